use super::damaged;
use super::nodes::Nodes;
use super::reach::read_pointer;
use crate::object::add;
use crate::{Result, Target};

/// Tells whether a walk, whose nodes each lead to one other, goes in a circle. It does so at most
/// a few times around, found out as Brent does: by a mark that moves at powers of two.
#[derive(Default)]
pub(super) struct Circle {
    mark: u64,
    steps: u64,
}

impl Circle {
    /// Goes to the next node; whether the walk is where it was before.
    pub(super) fn closes_at(&mut self, node: u64) -> bool {
        if self.steps > 0 && node == self.mark {
            return true;
        }
        if self.steps == 0 || self.steps.is_power_of_two() {
            self.mark = node;
        }
        self.steps = self.steps.saturating_add(1);
        false
    }
}

/// A list of nodes, each of which has a pointer to the next.
pub(super) struct Chain {
    node: u64,
    /// What the last node leads to.
    end: u64,
    /// Where in a node the pointer stands.
    link: u64,
    is_started: bool,
    circle: Circle,
}

impl Chain {
    /// The nodes from `first` to before `end`, which have the pointer behind `link` bytes.
    pub(super) fn new(first: u64, end: u64, link: u64) -> Self {
        Self {
            node: first,
            end,
            link,
            is_started: false,
            circle: Circle::default(),
        }
    }
}

impl Nodes for Chain {
    fn next(&mut self, target: &dyn Target) -> Result<Option<u64>> {
        if self.is_started {
            self.node = read_pointer(target, add(target, self.node, self.link))?;
        }
        if self.node == self.end {
            return Ok(None);
        }
        if self.node == 0 {
            return Err(damaged("list ends in a null pointer"));
        }
        if self.circle.closes_at(self.node) {
            return Err(damaged("list goes in a circle"));
        }
        self.is_started = true;
        Ok(Some(self.node))
    }
}

/// A list up to a null pointer, whose nodes are counted and begin with the pointer to the next.
pub(super) struct CountedChain {
    chain: Chain,
    left: u64,
}

impl CountedChain {
    pub(super) fn new(first: u64, count: u64) -> Self {
        Self {
            chain: Chain::new(first, 0, 0),
            left: count,
        }
    }
}

impl Nodes for CountedChain {
    fn next(&mut self, target: &dyn Target) -> Result<Option<u64>> {
        let node = self.chain.next(target)?;
        match (&node, self.left) {
            (None, 0) => {}
            (None, _) => return Err(damaged("table has fewer elements than it counts")),
            (Some(_), 0) => return Err(damaged("table has more elements than it counts")),
            (Some(_), _) => self.left -= 1,
        }
        Ok(node)
    }
}
