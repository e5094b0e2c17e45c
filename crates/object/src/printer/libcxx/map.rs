//! `map`, `set`, `unordered_map`, `unordered_set`: `__tree`, `__hash_table`.

use super::pair::first;
use crate::printer::chain::CountedChain;
use crate::printer::reach::{argument, behind, number, word};
use crate::printer::tree::{Links, Tree};
use crate::printer::{Child, Key, Presentation};
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
    let element = argument(target, object, 0)?;
    let mut tree = tree(target, &object.member(target, "__tree_")?)?;
    let header = 3 * word(target)? + 1;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match tree.next(target)? {
            Some(node) => Ok(Some(behind(target, element, node, header)?.into())),
            None => Ok(None),
        },
    )))
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let inner = object.member(target, "__tree_")?;
    let element = argument(target, &inner, 0)?;
    let mut tree = tree(target, &inner)?;
    let header = 3 * word(target)? + 1;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match tree.next(target)? {
            Some(node) => entry(target, &behind(target, element, node, header)?).map(Some),
            None => Ok(None),
        },
    )))
}

/// All elements are in one list: the next one, the hash, the element.
fn table(target: &dyn Target, table: &Object) -> Result<CountedChain> {
    let head = first(target, table, &["__p1_", "__first_node_"])?;
    let next = number(target, &head, &["__next_"])?;
    let count = first(target, table, &["__p2_", "__size_"])?;
    Ok(CountedChain::new(next, count.to_u64(target)?))
}

pub(super) fn unordered_set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let element = argument(target, object, 0)?;
    let mut nodes = table(target, &object.member(target, "__table_")?)?;
    let header = 2 * word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match nodes.next(target)? {
            Some(node) => Ok(Some(behind(target, element, node, header)?.into())),
            None => Ok(None),
        },
    )))
}

pub(super) fn unordered_map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let inner = object.member(target, "__table_")?;
    let element = argument(target, &inner, 0)?;
    let mut nodes = table(target, &inner)?;
    let header = 2 * word(target)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match nodes.next(target)? {
            Some(node) => entry(target, &behind(target, element, node, header)?).map(Some),
            None => Ok(None),
        },
    )))
}

/// A pair, in a class of its own up to version 20.
fn entry(target: &dyn Target, element: &Object) -> Result<Child> {
    let pair = match element.member(target, "__cc_") {
        Ok(pair) => pair,
        Err(error) if error.is_lookup() => element.clone(),
        Err(error) => return Err(error),
    };
    Ok(Child {
        key: Some(Key::Object(pair.member(target, "first")?)),
        value: pair.member(target, "second")?,
    })
}
