//! `bits/stl_list.h`, `bits/forward_list.h`.

use crate::printer::chain::Chain;
use crate::printer::nodes::elements;
use crate::printer::reach::{argument, member, number, word};
use crate::printer::{Presentation, damaged};
use crate::{Object, Result, Target};

/// A circle of nodes through the list itself: `_M_next`, `_M_prev`, the element. The newer
/// interface counts them.
pub(super) fn list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let head = member(target, object, &["_M_impl", "_M_node"])?;
    let end = head
        .address()
        .ok_or_else(|| damaged("a list that is no reference has no nodes"))?;
    let first = number(target, &head, &["_M_next"])?;
    let element = argument(target, object, 0)?;
    Ok(elements(
        Chain::new(first, end, 0),
        element,
        2 * word(target)?,
    ))
}

/// A chain of nodes: `_M_next`, the element.
pub(super) fn forward_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let first = number(target, object, &["_M_impl", "_M_head", "_M_next"])?;
    let element = argument(target, object, 0)?;
    Ok(elements(Chain::new(first, 0, 0), element, word(target)?))
}
