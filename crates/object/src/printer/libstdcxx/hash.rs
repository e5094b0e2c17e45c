//! `bits/hashtable.h`: all elements are in one list, whatever their bucket.

use super::tree::Pair;
use crate::printer::chain::Chain;
use crate::printer::reach::{argument, behind, number, word};
use crate::printer::{Child, Presentation, damaged};
use crate::{Object, Result, Target};

struct Nodes {
    chain: Chain,
    left: u64,
}

impl Nodes {
    fn new(target: &dyn Target, object: &Object) -> Result<Self> {
        let first = number(target, object, &["_M_h", "_M_before_begin", "_M_nxt"])?;
        Ok(Self {
            chain: Chain::new(first),
            left: number(target, object, &["_M_h", "_M_element_count"])?,
        })
    }

    fn next(&mut self, target: &dyn Target) -> Result<Option<u64>> {
        let node = self.chain.next(target, 0)?;
        match (&node, self.left) {
            (None, 0) => {}
            (None, _) => return Err(damaged("table has fewer elements than it counts")),
            (Some(_), 0) => return Err(damaged("table has more elements than it counts")),
            (Some(_), _) => self.left -= 1,
        }
        Ok(node)
    }
}

pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let mut nodes = Nodes::new(target, object)?;
    let header = word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match nodes.next(target)? {
            Some(node) => Ok(Some(Child::from(behind(target, element, node, header)?))),
            None => Ok(None),
        },
    )))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pair = Pair::of(target, &object.member(target, "_M_h")?)?;
    let mut nodes = Nodes::new(target, object)?;
    let header = word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match nodes.next(target)? {
            Some(node) => pair.behind(target, node, header).map(Some),
            None => Ok(None),
        },
    )))
}
