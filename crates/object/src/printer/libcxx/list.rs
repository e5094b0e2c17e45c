//! `list`, `forward_list`.

use super::pair::first;
use crate::printer::chain::Chain;
use crate::printer::nodes::elements;
use crate::printer::reach::{argument, number, word};
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};

/// A circle of nodes through the list itself: `__prev_`, `__next_`, the element.
pub(super) fn list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = object.member(target, "__end_")?;
    let end = head
        .address()
        .ok_or_else(|| damaged("a list that is no reference has no nodes"))?;
    let next = number(target, &head, &["__next_"])?;
    let (element, word) = (argument(target, object, 0)?, word(target)?);
    Ok(elements(Chain::new(next, end, word), element, 2 * word))
}

/// A chain of nodes: `__next_`, the element.
pub(super) fn forward_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = first(target, object, &["__before_begin_"])?;
    let next = number(target, &head, &["__next_"])?;
    let element = argument(target, object, 0)?;
    Ok(elements(Chain::new(next, 0, 0), element, word(target)?))
}
