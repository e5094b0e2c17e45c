//! Containers made of nodes, in each of which an element stands behind a header.

use super::reach::behind;
use super::{Child, Key, Presentation};
use crate::{Object, Result, Target};
use spelunk_types::QualifiedType;

/// The nodes of a container, found one after the other.
pub(super) trait Nodes: Send + 'static {
    /// The next node's address, `None` behind the last.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or the container contradicts itself.
    fn next(&mut self, target: &dyn Target) -> Result<Option<u64>>;
}

/// What stands behind `header` bytes of each node, all of one type.
pub(super) fn elements(nodes: impl Nodes, element: QualifiedType, header: u64) -> Presentation {
    walk(nodes, element, header, |_, element| Ok(element.into()))
}

/// As [`elements`], of which each is a `std::pair` of a key and its value.
pub(super) fn entries(nodes: impl Nodes, pair: QualifiedType, header: u64) -> Presentation {
    walk(nodes, pair, header, entry)
}

/// As [`elements`], of which `child` makes what they are.
pub(super) fn walk(
    mut nodes: impl Nodes,
    element: QualifiedType,
    header: u64,
    child: fn(&dyn Target, Object) -> Result<Child>,
) -> Presentation {
    Presentation::Children(Box::new(move |target: &dyn Target| {
        match nodes.next(target)? {
            Some(node) => child(target, behind(target, element, node, header)?).map(Some),
            None => Ok(None),
        }
    }))
}

/// The key and the value of a `std::pair`.
pub(super) fn entry(target: &dyn Target, pair: Object) -> Result<Child> {
    Ok(Child {
        key: Some(Key::Object(pair.member(target, "first")?)),
        value: pair.member(target, "second")?,
    })
}
