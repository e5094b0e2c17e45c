//! Red-black trees whose nodes know their parents.

use super::chain::Circle;
use super::damaged;
use super::nodes::Nodes;
use super::reach::{read_pointer, word};
use crate::object::add;
use crate::{Object, Result, Target};

/// Nodes from the root to a leaf: a balanced tree of all memory has fewer.
const MAX_HEIGHT: u32 = 128;

/// Which words of a node lead to others.
#[derive(Clone, Copy)]
pub(super) struct Links {
    pub(super) left: u64,
    pub(super) right: u64,
    pub(super) parent: u64,
}

/// The nodes of a tree in order.
pub(super) struct Tree {
    /// The node in the tree itself, whose child is the root.
    header: u64,
    links: Links,
    node: u64,
    /// Nodes that are still to come.
    left: u64,
    word: u64,
    circle: Circle,
}

impl Tree {
    /// A tree of `count` nodes, of which `first` is the first.
    pub(super) fn new(
        target: &dyn Target,
        header: &Object,
        links: Links,
        first: u64,
        count: u64,
    ) -> Result<Self> {
        Ok(Self {
            header: header
                .address()
                .ok_or_else(|| damaged("a tree that is no reference has no nodes"))?,
            links,
            node: first,
            left: count,
            word: word(target)?,
            circle: Circle::default(),
        })
    }

    fn link(&self, target: &dyn Target, node: u64, index: u64) -> Result<u64> {
        read_pointer(target, add(target, node, index * self.word))
    }

    fn successor(&self, target: &dyn Target) -> Result<u64> {
        let Links {
            left,
            right,
            parent,
        } = self.links;
        let mut node = self.node;
        let greater = self.link(target, node, right)?;
        if greater != 0 {
            node = greater;
            for _ in 0..MAX_HEIGHT {
                match self.link(target, node, left)? {
                    0 => return Ok(node),
                    less => node = less,
                }
            }
            return Err(damaged("tree is too deep"));
        }
        for _ in 0..MAX_HEIGHT {
            let above = self.link(target, node, parent)?;
            // A header may have a right one, too: the last node.
            if above == self.header || self.link(target, above, right)? != node {
                return Ok(above);
            }
            node = above;
        }
        Err(damaged("tree is too deep"))
    }
}

impl Nodes for Tree {
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
}
