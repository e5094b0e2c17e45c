//! `BTreeMap` and `BTreeSet`.

use super::variant::{pointee_type, some};
use crate::printer::reach::{argument, innermost, member, number, pointee, unlike};
use crate::printer::{Child, Key, Presentation, damaged};
use crate::{Object, Result, Target};
use spelunk_types::QualifiedType;

/// Nodes from the root to a leaf: each but the root has six edges or more.
const MAX_HEIGHT: u64 = 32;

/// A node on the way to where the walk is.
struct Level {
    /// A `LeafNode`, which inner nodes begin with.
    node: Object,
    height: u64,
    /// The next key and value of the node.
    index: u64,
    length: u64,
}

struct Tree {
    key: QualifiedType,
    value: QualifiedType,
    /// `InternalNode`
    inner: QualifiedType,
    levels: Vec<Level>,
    left: u64,
}

impl Tree {
    fn new(target: &dyn Target, map: &Object) -> Result<Option<Self>> {
        let left = number(target, map, &["length"])?;
        let Some(root) = some(target, &map.member(target, "root")?)? else {
            return Ok(None);
        };
        let height = number(target, &root, &["height"])?;
        let node = pointee(target, &innermost(target, &root.member(target, "node")?)?)?;
        let parent = node.member(target, "parent")?;
        let mut tree = Self {
            key: argument(target, map, 0)?,
            value: argument(target, map, 1)?,
            inner: pointee_type(target, parent.ty())?.ok_or_else(|| unlike(target, map))?,
            levels: Vec::new(),
            left,
        };
        tree.descend(target, node, height)?;
        Ok(Some(tree))
    }

    /// Goes down to the first leaf under a node.
    fn descend(&mut self, target: &dyn Target, node: Object, height: u64) -> Result<()> {
        if height > MAX_HEIGHT {
            return Err(damaged("tree is too deep"));
        }
        let mut node = node;
        for height in (0..=height).rev() {
            let capacity = node.member(target, "keys")?.len(target)?;
            let length = number(target, &node, &["len"])?;
            if length > capacity {
                return Err(damaged("node is fuller than it is large"));
            }
            let first = match height {
                0 => None,
                _ => Some(self.edge(target, &node, 0)?),
            };
            self.levels.push(Level {
                node,
                height,
                index: 0,
                length,
            });
            match first {
                Some(first) => node = first,
                None => break,
            }
        }
        Ok(())
    }

    /// The node behind an edge of an inner node.
    fn edge(&self, target: &dyn Target, node: &Object, index: u64) -> Result<Object> {
        let address = node.address().ok_or_else(|| unlike(target, node))?;
        let edges = Object::at(self.inner, address).member(target, "edges")?;
        let edge = edges.index(target, index.cast_signed())?;
        pointee(target, &innermost(target, &edge)?)
    }

    /// The next key and value.
    fn next(&mut self, target: &dyn Target) -> Result<Option<(Object, Object)>> {
        if self.left == 0 {
            return Ok(None);
        }
        loop {
            let Some(level) = self.levels.last_mut() else {
                return Err(damaged("tree has fewer elements than it counts"));
            };
            if level.index == level.length {
                self.levels.pop();
                continue;
            }
            let slot = |name: &str, ty: QualifiedType| -> Result<Object> {
                let slots = member(target, &level.node, &[name])?;
                let slot = slots.index(target, level.index.cast_signed())?;
                slot.part(target, ty, 0, None)
            };
            let pair = (slot("keys", self.key)?, slot("vals", self.value)?);
            level.index += 1;
            self.left -= 1;
            let (node, index, height) = (level.node.clone(), level.index, level.height);
            if let Some(below) = height.checked_sub(1).filter(|_| self.left > 0) {
                let next = self.edge(target, &node, index)?;
                self.descend(target, next, below)?;
            }
            return Ok(Some(pair));
        }
    }
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    walk(target, object, |key, value| Child {
        key: Some(Key::Object(key)),
        value,
    })
}

/// A map to nothing.
pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let map = object.member(target, "map")?;
    walk(target, &map, |key, _| Child::from(key))
}

fn walk(
    target: &dyn Target,
    map: &Object,
    child: fn(Object, Object) -> Child,
) -> Result<Presentation> {
    let mut tree = Tree::new(target, map)?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| {
            let pair = match &mut tree {
                Some(tree) => tree.next(target)?,
                None => None,
            };
            Ok(pair.map(|(key, value)| child(key, value)))
        },
    )))
}
