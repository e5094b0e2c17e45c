//! `bits/stl_tree.h`: red-black trees.

use crate::object::add;
use crate::printer::chain::Circle;
use crate::printer::reach::{argument, behind, member, number, read_pointer, word};
use crate::printer::{Child, Key, Presentation, damaged};
use crate::{Object, Result, Target};
use spelunk_types::QualifiedType;

/// Nodes from the root to a leaf: a balanced tree of all memory has fewer.
const MAX_HEIGHT: u32 = 128;

/// The nodes of a tree in order: colour, parent, left, right (`_Rb_tree_node_base`), the element.
struct Tree {
    /// The node in the tree itself: its left one is the first.
    header: u64,
    node: u64,
    /// Nodes that are still to come.
    left: u64,
    word: u64,
    circle: Circle,
}

impl Tree {
    fn new(target: &dyn Target, object: &Object) -> Result<Self> {
        let storage = member(target, object, &["_M_t", "_M_impl"])?;
        let header = storage.member(target, "_M_header")?;
        Ok(Self {
            header: header
                .address()
                .ok_or_else(|| damaged("a tree that is no reference has no nodes"))?,
            node: number(target, &header, &["_M_left"])?,
            left: number(target, &storage, &["_M_node_count"])?,
            word: word(target)?,
            circle: Circle::default(),
        })
    }

    fn next(&mut self, target: &dyn Target) -> Result<Option<u64>> {
        match (self.left, self.node == self.header) {
            (0, true) => return Ok(None),
            (0, false) => return Err(damaged("tree has more nodes than it counts")),
            (_, true) => return Err(damaged("tree has fewer nodes than it counts")),
            (_, false) => self.left -= 1,
        }
        let node = self.node;
        if self.circle.closes_at(node) {
            return Err(damaged("tree goes in a circle"));
        }
        self.node = self.successor(target)?;
        Ok(Some(node))
    }

    fn link(&self, target: &dyn Target, node: u64, index: u64) -> Result<u64> {
        read_pointer(target, add(target, node, index * self.word))
    }

    fn successor(&self, target: &dyn Target) -> Result<u64> {
        const PARENT: u64 = 1;
        const LEFT: u64 = 2;
        const RIGHT: u64 = 3;
        let mut node = self.node;
        let right = self.link(target, node, RIGHT)?;
        if right != 0 {
            node = right;
            for _ in 0..MAX_HEIGHT {
                match self.link(target, node, LEFT)? {
                    0 => return Ok(node),
                    left => node = left,
                }
            }
            return Err(damaged("tree is too deep"));
        }
        for _ in 0..MAX_HEIGHT {
            let parent = self.link(target, node, PARENT)?;
            if parent == self.header || self.link(target, parent, RIGHT)? != node {
                // The header's right one is the last node: that comes back to the header, too.
                return Ok(parent);
            }
            node = parent;
        }
        Err(damaged("tree is too deep"))
    }

    /// Where the element is in a node.
    fn header_size(&self) -> u64 {
        4 * self.word
    }
}

pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let mut tree = Tree::new(target, object)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match tree.next(target)? {
            Some(node) => {
                let value = behind(target, element, node, tree.header_size())?;
                Ok(Some(Child::from(value)))
            }
            None => Ok(None),
        },
    )))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pair = Pair::of(target, &object.member(target, "_M_t")?)?;
    let mut tree = Tree::new(target, object)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match tree.next(target)? {
            Some(node) => pair.behind(target, node, tree.header_size()).map(Some),
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
