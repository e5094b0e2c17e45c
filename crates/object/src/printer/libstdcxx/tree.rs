//! `bits/stl_tree.h`: red-black trees.

use crate::printer::Presentation;
use crate::printer::nodes::{elements, entries};
use crate::printer::reach::{argument, member, number, word};
use crate::printer::tree::{Links, Tree};
use crate::{Object, Result, Target};

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
    Ok(elements(nodes(target, object)?, element, 4 * word(target)?))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let pair = argument(target, &object.member(target, "_M_t")?, 1)?;
    Ok(entries(nodes(target, object)?, pair, 4 * word(target)?))
}
