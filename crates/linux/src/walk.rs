//! Walks along links in target memory, which may be broken or lead in a circle.

use crate::access::{Field, bad_pointer, read_word};
use spelunk_program::{Error, Program, Result};

/// Notices when a walk comes to a place again, without remembering all places: R. P. Brent, "An improved Monte Carlo
/// factorization algorithm" (1980), section 2. It may let a circle pass a few times before it does.
#[derive(Debug)]
pub(crate) struct Cycle {
    mark: u64,
    steps: u64,
    limit: u64,
}

impl Default for Cycle {
    fn default() -> Self {
        Self {
            mark: 0,
            steps: 0,
            limit: 1,
        }
    }
}

impl Cycle {
    /// Notes a step to `place` (not 0). Whether the walk was there before.
    pub(crate) fn comes_back_to(&mut self, place: u64) -> bool {
        if place == self.mark {
            return true;
        }
        self.steps = self.steps.saturating_add(1);
        if self.steps >= self.limit {
            self.mark = place;
            self.steps = 0;
            self.limit = self.limit.saturating_mul(2);
        }
        false
    }
}

/// A walk along one link from node to node.
#[derive(Debug)]
pub(crate) struct Links {
    /// The node stepped to last.
    position: u64,
    /// Where the link stands in a node.
    offset: u64,
    /// The address at which the walk ends: that of the list's head, or 0.
    end: u64,
    cycle: Cycle,
}

impl Links {
    /// A walk from `start`, which is not itself part of it, to before `end`.
    pub(crate) fn new(start: u64, offset: u64, end: u64) -> Self {
        Self {
            position: start,
            offset,
            end,
            cycle: Cycle::default(),
        }
    }

    /// The next node.
    pub(crate) fn next(&mut self, program: &Program) -> Result<Option<u64>> {
        let link = self.position.wrapping_add(self.offset);
        let node = read_word(program, link)?;
        if node == self.end {
            return Ok(None);
        }
        if node == 0 {
            return Err(bad_pointer(
                format!("broken list: the link at {link:#x} is NULL"),
                0,
            ));
        }
        if self.cycle.comes_back_to(node) {
            return Err(Error::other(format!(
                "broken list: it leads in a circle through {node:#x} that does not contain its head"
            )));
        }
        self.position = node;
        Ok(Some(node))
    }
}

/// A walk along one link, from a node on that is part of it.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The node to come, or, if it was there already, the node whose link leads on.
    node: u64,
    is_visited: bool,
    link: Field,
    cycle: Cycle,
}

impl Chain {
    /// A walk from the node at `first` on.
    pub(crate) fn new(first: u64, link: Field) -> Self {
        Self {
            node: first,
            is_visited: false,
            link,
            cycle: Cycle::default(),
        }
    }

    /// The next node.
    pub(crate) fn next(&mut self, program: &Program) -> Result<Option<u64>> {
        if self.is_visited {
            self.node = self.link.read(program, self.node)?;
        }
        let node = self.node;
        // `include/linux/list_nulls.h`: some lists end with an odd number instead of NULL.
        self.is_visited = node != 0 && node & 1 == 0;
        if !self.is_visited {
            return Ok(None);
        }
        if self.cycle.comes_back_to(node) {
            return Err(Error::other(format!(
                "broken list: it leads in a circle through {node:#x}"
            )));
        }
        Ok(Some(node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_circle_is_noticed_and_nothing_else() {
        for (tail, circle) in [(0, 1), (0, 2), (1, 1), (5, 3), (100, 7), (3, 1000)] {
            let mut cycle = Cycle::default();
            let steps = (0u64..)
                .map(|step| {
                    1 + if step < tail {
                        step
                    } else {
                        tail + (step - tail) % circle
                    }
                })
                .take_while(|place| !cycle.comes_back_to(*place))
                .count() as u64;
            assert!(steps >= tail + circle, "{tail} {circle}");
            assert!(steps <= 3 * (tail + circle) + 1, "{tail} {circle}: {steps}");
        }
        let mut cycle = Cycle::default();
        assert!(!(1..100_000).any(|place| cycle.comes_back_to(place)));
    }
}
