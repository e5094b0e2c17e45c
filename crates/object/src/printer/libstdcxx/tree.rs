//! `bits/stl_tree.h`: red-black trees.

use crate::printer::reach::{argument, behind, member, number, word};
use crate::printer::tree::{Links, Tree};
use crate::printer::{Child, Key, Presentation};
use crate::{Object, Result, Target};
use spelunk_types::QualifiedType;

/// Nodes have a colour, a parent, a left and a right one (`_Rb_tree_node_base`), and the element; the
/// left one of the header is the first.
fn nodes(target: &dyn Target, object: &Object) -> Result<Tree> {
    const LINKS: Links = Links {
        parent: 1,
        left: 2,
        right: 3,
    };
    let storage = member(target, object, &["_M_t", "_M_impl"])?;
    let header = storage.member(target, "_M_header")?;
    let first = number(target, &header, &["_M_left"])?;
    let count = number(target, &storage, &["_M_node_count"])?;
    Tree::new(target, &header, LINKS, first, count)
}

pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let mut tree = nodes(target, object)?;
    let header = 4 * word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match tree.next(target)? {
            Some(node) => {
                let value = behind(target, element, node, header)?;
                Ok(Some(Child::from(value)))
            }
            None => Ok(None),
        },
    )))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pair = Pair::of(target, &object.member(target, "_M_t")?)?;
    let mut tree = nodes(target, object)?;
    let header = 4 * word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match tree.next(target)? {
            Some(node) => pair.behind(target, node, header).map(Some),
            None => Ok(None),
        },
    )))
}

/// `std::pair<const Key, Value>`: what the nodes of a map hold.
pub(super) struct Pair(QualifiedType);

impl Pair {
    /// The tree or table in a map has the pair as its second argument.
    pub(super) fn of(target: &dyn Target, base: &Object) -> Result<Self> {
        argument(target, base, 1).map(Self)
    }

    /// The pair that stands behind `size` bytes at `node`.
    pub(super) fn behind(&self, target: &dyn Target, node: u64, size: u64) -> Result<Child> {
        let pair = behind(target, self.0, node, size)?;
        Ok(Child {
            key: Some(Key::Object(pair.member(target, "first")?)),
            value: pair.member(target, "second")?,
        })
    }
}
