//! `bits/hashtable.h`: all elements are in one list, whatever their bucket.

use super::tree::Pair;
use crate::printer::chain::CountedChain;
use crate::printer::reach::{argument, behind, number, word};
use crate::printer::{Child, Presentation};
use crate::{Object, Result, Target};

fn nodes(target: &dyn Target, object: &Object) -> Result<CountedChain> {
    let first = number(target, object, &["_M_h", "_M_before_begin", "_M_nxt"])?;
    let count = number(target, object, &["_M_h", "_M_element_count"])?;
    Ok(CountedChain::new(first, count))
}

pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let mut nodes = nodes(target, object)?;
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
    let mut nodes = nodes(target, object)?;
    let header = word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match nodes.next(target)? {
            Some(node) => pair.behind(target, node, header).map(Some),
            None => Ok(None),
        },
    )))
}
