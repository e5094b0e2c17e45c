//! Iterators: pointers to elements, by way of the nodes that hold them.

use crate::printer::reach::{argument, behind, number, word};
use crate::printer::{Presentation, parts};
use crate::{Object, Result, Target};

/// That of a `std::vector`, `std::string` or `std::span`, which has the element's address.
pub(super) fn pointer(target: &dyn Target, object: &Object) -> Result<Presentation> {
    parts::pointer(target, &object.member(target, "_M_current")?, String::new())
}

pub(super) fn deque(target: &dyn Target, object: &Object) -> Result<Presentation> {
    parts::pointer(target, &object.member(target, "_M_cur")?, String::new())
}

/// Behind the links to the next and the previous node.
pub(super) fn list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    in_node(target, object, "_M_node", 2)
}

pub(super) fn forward_list(target: &dyn Target, object: &Object) -> Result<Presentation> {
    in_node(target, object, "_M_node", 1)
}

/// Behind the colour and three links.
pub(super) fn tree(target: &dyn Target, object: &Object) -> Result<Presentation> {
    in_node(target, object, "_M_node", 4)
}

pub(super) fn hash(target: &dyn Target, object: &Object) -> Result<Presentation> {
    in_node(target, object, "_M_cur", 1)
}

/// The element behind so many words of the node that a member points to. What is behind the last
/// element looks like any other.
fn in_node(target: &dyn Target, object: &Object, node: &str, words: u64) -> Result<Presentation> {
    let node = number(target, object, &[node])?;
    if node == 0 {
        return Ok(parts::nothing("end"));
    }
    let element = argument(target, object, 0)?;
    let element = behind(target, element, node, words * word(target)?)?;
    parts::pointer_to(target, element)
}
