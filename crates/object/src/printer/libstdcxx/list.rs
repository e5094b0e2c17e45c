//! `bits/stl_list.h`, `bits/forward_list.h`.

use crate::printer::chain::Chain;
use crate::printer::reach::{argument, behind, member, number, word};
use crate::printer::{Child, Presentation, damaged};
use crate::{Object, Result, Target};

/// A circle of nodes through the list itself: `_M_next`, `_M_prev`, the element. The newer
/// interface counts them.
pub(super) fn list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = member(target, object, &["_M_impl", "_M_node"])?;
    let end = head
        .address()
        .ok_or_else(|| damaged("a list that is no reference has no nodes"))?;
    let first = number(target, &head, &["_M_next"])?;
    elements(target, object, first, end, 2 * word(target)?)
}

/// A chain of nodes: `_M_next`, the element.
pub(super) fn forward_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let first = number(target, object, &["_M_impl", "_M_head", "_M_next"])?;
    elements(target, object, first, 0, word(target)?)
}

/// The elements of the nodes from `first` to before `end`; each stands behind `header` bytes.
fn elements(
    target: &dyn Target,
    object: &Object,
    first: u64,
    end: u64,
    header: u64,
) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let mut chain = Chain::new(first);
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            let Some(node) = chain.next(target, end)? else {
                return Ok(None);
            };
            Ok(Some(Child::from(behind(target, element, node, header)?)))
        },
    )))
}
