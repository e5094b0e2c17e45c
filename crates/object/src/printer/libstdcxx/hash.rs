//! `bits/hashtable.h`: all elements are in one list, whatever their bucket.

use crate::printer::Presentation;
use crate::printer::chain::CountedChain;
use crate::printer::nodes::{elements, entries};
use crate::printer::reach::{argument, number, word};
use crate::{Object, Result, Target};

fn nodes(target: &dyn Target, object: &Object) -> Result<CountedChain> {
    let first = number(target, object, &["_M_h", "_M_before_begin", "_M_nxt"])?;
    let count = number(target, object, &["_M_h", "_M_element_count"])?;
    Ok(CountedChain::new(first, count))
}

pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    Ok(elements(nodes(target, object)?, element, word(target)?))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pair = argument(target, &object.member(target, "_M_h")?, 1)?;
    Ok(entries(nodes(target, object)?, pair, word(target)?))
}
