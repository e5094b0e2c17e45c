use super::damaged;
use super::reach::read_pointer;
use crate::{Result, Target};

/// A list of nodes, each of which begins with the pointer to the next. It is followed once around
/// at most, found out as Brent does: by a mark that moves at powers of two.
pub(super) struct Chain {
    node: u64,
    mark: u64,
    steps: u64,
    next_mark: u64,
}

impl Chain {
    pub(super) fn new(first: u64) -> Self {
        Self {
            node: first,
            mark: 0,
            steps: 0,
            next_mark: 1,
        }
    }

    /// The next node's address, `None` where that is `end`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or the list goes in a circle without `end`.
    pub(super) fn next(&mut self, target: &dyn Target, end: u64) -> Result<Option<u64>> {
        if self.steps > 0 {
            self.node = read_pointer(target, self.node)?;
        }
        if self.node == end {
            return Ok(None);
        }
        if self.node == 0 {
            return Err(damaged("list ends in a null pointer"));
        }
        if self.steps > 0 && self.node == self.mark {
            return Err(damaged("list goes in a circle"));
        }
        if self.steps == 0 || self.steps == self.next_mark {
            self.mark = self.node;
            self.next_mark = self.next_mark.saturating_mul(2);
        }
        self.steps += 1;
        Ok(Some(self.node))
    }
}
