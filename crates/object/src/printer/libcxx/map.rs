//! `map`, `set`, `unordered_map`, `unordered_set`: `__tree`, `__hash_table`.

use super::pair::first;
use crate::printer::chain::CountedChain;
use crate::printer::nodes::{self, elements, walk};
use crate::printer::reach::{argument, number, word};
use crate::printer::tree::{Links, Tree};
use crate::printer::{Child, Presentation};
use crate::{Object, Result, Target};

/// Nodes have a left, a right one and a parent, the colour in a byte, and the element; the left one of
/// the node in the tree itself is the root.
fn tree(target: &dyn Target, tree: &Object) -> Result<Tree> {
    const LINKS: Links = Links {
        left: 0,
        right: 1,
        parent: 2,
    };
    let header = first(target, tree, &["__pair1_", "__end_node_"])?;
    let start = number(target, tree, &["__begin_node_"])?;
    let count = first(target, tree, &["__pair3_", "__size_"])?;
    Tree::new(target, &header, LINKS, start, count.to_u64(target)?)
}

pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let nodes = tree(target, &object.member(target, "__tree_")?)?;
    let header = 3 * word(target)? + 1;
    Ok(elements(nodes, argument(target, object, 0)?, header))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let inner = object.member(target, "__tree_")?;
    let (nodes, header) = (tree(target, &inner)?, 3 * word(target)? + 1);
    Ok(walk(nodes, argument(target, &inner, 0)?, header, entry))
}

/// All elements are in one list: the next one, the hash, the element.
fn table(target: &dyn Target, table: &Object) -> Result<CountedChain> {
    let head = first(target, table, &["__p1_", "__first_node_"])?;
    let next = number(target, &head, &["__next_"])?;
    let count = first(target, table, &["__p2_", "__size_"])?;
    Ok(CountedChain::new(next, count.to_u64(target)?))
}

pub(super) fn unordered_set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let nodes = table(target, &object.member(target, "__table_")?)?;
    let header = 2 * word(target)?;
    Ok(elements(nodes, argument(target, object, 0)?, header))
}

pub(super) fn unordered_map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let inner = object.member(target, "__table_")?;
    let (nodes, header) = (table(target, &inner)?, 2 * word(target)?);
    Ok(walk(nodes, argument(target, &inner, 0)?, header, entry))
}

/// A pair, in a class of its own up to version 20.
fn entry(target: &dyn Target, element: Object) -> Result<Child> {
    match element.member(target, "__cc_") {
        Ok(pair) => nodes::entry(target, pair),
        Err(error) if error.is_lookup() => nodes::entry(target, element),
        Err(error) => Err(error),
    }
}
