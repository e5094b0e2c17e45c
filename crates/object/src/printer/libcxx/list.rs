//! `list`, `forward_list`.

use super::pair::first;
use crate::printer::chain::Chain;
use crate::printer::reach::{argument, behind, number, word};
use crate::printer::{Child, Presentation, damaged};
use crate::{Object, Result, Target};

/// A circle of nodes through the list itself: `__prev_`, `__next_`, the element.
pub(super) fn list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = object.member(target, "__end_")?;
    let end = head
        .address()
        .ok_or_else(|| damaged("a list that is no reference has no nodes"))?;
    let next = number(target, &head, &["__next_"])?;
    let word = word(target)?;
    elements(target, object, Chain::linked_at(next, word), end, 2 * word)
}

/// A chain of nodes: `__next_`, the element.
pub(super) fn forward_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = first(target, object, &["__before_begin_"])?;
    let next = number(target, &head, &["__next_"])?;
    elements(target, object, Chain::new(next), 0, word(target)?)
}

/// The elements of the nodes before `end`; each stands behind `header` bytes.
fn elements(
    target: &dyn Target,
    object: &Object,
    mut chain: Chain,
    end: u64,
    header: u64,
) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            let Some(node) = chain.next(target, end)? else {
                return Ok(None);
            };
            Ok(Some(Child::from(behind(target, element, node, header)?)))
        },
    )))
}
