use super::damaged;
use super::reach::read_pointer;
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

/// A list of nodes, each of which begins with the pointer to the next.
pub(super) struct Chain {
    node: u64,
    is_started: bool,
    circle: Circle,
}

impl Chain {
    pub(super) fn new(first: u64) -> Self {
        Self {
            node: first,
            is_started: false,
            circle: Circle::default(),
        }
    }

    /// The next node's address, `None` where that is `end`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or the list goes in a circle without `end`.
    pub(super) fn next(&mut self, target: &dyn Target, end: u64) -> Result<Option<u64>> {
        if self.is_started {
            self.node = read_pointer(target, self.node)?;
        }
        if self.node == end {
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
