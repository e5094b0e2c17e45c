//! From node to node.

use crate::access::{Field, byte_order, integer, read, referenced_type};
use crate::helper::{HelperIter, Value};
use crate::helpers::entry::Entries;
use spelunk_base::ByteOrder;
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, Program, Result};
use spelunk_types::QualifiedType;
use std::collections::HashSet;

/// No tree that fits into memory is deeper: 2 * log2(2^64 / 24) at most.
pub(super) const MAX_DEPTH: usize = 128;

/// How `struct rb_node` is laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pointer: QualifiedType,
    parent: Field,
    pub(super) left: Field,
    pub(super) right: Field,
    size: usize,
    order: ByteOrder,
}

/// One node of a tree, read at once.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) address: u64,
    pub(super) parent: u64,
    pub(super) is_black: bool,
    pub(super) left: u64,
    pub(super) right: u64,
}

#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

impl Node {
    fn child(&self, side: Side) -> u64 {
        match side {
            Side::Left => self.left,
            Side::Right => self.right,
        }
    }
}

impl Layout {
    /// The layout, from a pointer type to `struct rb_node`.
    pub(super) fn new(program: &Program, pointer: QualifiedType) -> Result<Self> {
        let node = referenced_type(program, pointer)?;
        Ok(Self {
            pointer,
            parent: Field::new(program, node, "__rb_parent_color")?,
            left: Field::new(program, node, "rb_left")?,
            right: Field::new(program, node, "rb_right")?,
            size: usize::try_from(sizeof(program.types(), node)?).unwrap_or(0),
            order: byte_order(program),
        })
    }

    pub(super) fn read(&self, program: &Program, address: u64) -> Result<Node> {
        let mut bytes = [0; 64];
        let (bytes, _) = bytes.split_at_mut(self.size.min(64));
        read(program, address, bytes)?;
        let parent_color = self.parent.parse(self.order, bytes);
        Ok(Node {
            address,
            // The lowest bit is the colour; nodes are aligned to 4 bytes at least.
            parent: parent_color & !3,
            is_black: parent_color & 1 != 0,
            left: self.left.parse(self.order, bytes),
            right: self.right.parse(self.order, bytes),
        })
    }

    /// The last node on the way from the node at `address` down on `side`.
    fn outermost(&self, program: &Program, mut address: u64, side: Side) -> Result<u64> {
        for _ in 0..MAX_DEPTH {
            match self.read(program, address)?.child(side) {
                0 => return Ok(address),
                child => address = child,
            }
        }
        Err(too_deep(address))
    }

    /// The node after (`side` right) or before (left) the one at `address`; 0 at the end.
    fn neighbour(&self, program: &Program, address: u64, side: Side) -> Result<u64> {
        let mut node = self.read(program, address)?;
        if node.parent == address {
            // RB_EMPTY_NODE
            return Ok(0);
        }
        if node.child(side) != 0 {
            return self.outermost(program, node.child(side), side.other());
        }
        for _ in 0..MAX_DEPTH {
            if node.parent == 0 {
                return Ok(0);
            }
            let parent = self.read(program, node.parent)?;
            if parent.child(side) != node.address {
                return Ok(parent.address);
            }
            node = parent;
        }
        Err(too_deep(address))
    }

    fn object(&self, program: &Program, address: u64) -> Result<Object> {
        integer(program, self.pointer, address)
    }
}

pub(super) fn too_deep(address: u64) -> Error {
    Error::other(format!(
        "broken red-black tree: the links at {address:#x} lead in a circle"
    ))
}

/// In which order a tree is walked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    In,
    Pre,
}

/// A walk over all nodes of a tree, each read once.
pub(crate) struct Walk {
    pub(super) layout: Layout,
    order: Order,
    /// The subtree to go down next; 0 if none.
    down: u64,
    /// In order: nodes whose left subtree is done. Before their children: the root and right subtrees not begun.
    stack: Vec<Node>,
    seen: HashSet<u64>,
}

impl Walk {
    pub(super) fn new(program: &Program, root: &Object, order: Order) -> Result<Self> {
        let top = root.member(program, "rb_node")?;
        Ok(Self {
            layout: Layout::new(program, top.ty())?,
            order,
            down: top.to_u64(program)?,
            stack: Vec::new(),
            seen: HashSet::new(),
        })
    }

    /// The nodes of the tree at `root`, in order.
    pub(crate) fn in_order(program: &Program, root: &Object) -> Result<Self> {
        Self::new(program, root, Order::In)
    }

    /// The address of the next node.
    pub(crate) fn next_address(&mut self, program: &Program) -> Result<Option<u64>> {
        Ok(self.next_node(program)?.map(|node| node.address))
    }

    fn enter(&mut self, program: &Program, address: u64) -> Result<Node> {
        if !self.seen.insert(address) {
            return Err(too_deep(address));
        }
        self.layout.read(program, address)
    }

    pub(super) fn next_node(&mut self, program: &Program) -> Result<Option<Node>> {
        match self.order {
            Order::In => {
                while self.down != 0 {
                    let node = self.enter(program, self.down)?;
                    self.stack.push(node);
                    self.down = node.left;
                }
                let node = self.stack.pop();
                self.down = node.map_or(0, |node| node.right);
                Ok(node)
            }
            Order::Pre => {
                while self.down == 0 {
                    match self.stack.pop() {
                        Some(node) => self.down = node.right,
                        None => return Ok(None),
                    }
                }
                let node = self.enter(program, self.down)?;
                self.stack.push(node);
                self.down = node.left;
                Ok(Some(node))
            }
        }
    }
}

impl HelperIter for Walk {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(node) = self.next_node(program)? else {
            return Ok(None);
        };
        Ok(Some(self.layout.object(program, node.address)?.into()))
    }
}

/// The entries whose nodes a walk comes to.
pub(super) struct WalkEntries {
    pub(super) walk: Walk,
    pub(super) entries: Entries,
}

impl HelperIter for WalkEntries {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(node) = self.walk.next_node(program)? else {
            return Ok(None);
        };
        Ok(Some(self.entries.containing(program, node.address)?.into()))
    }
}

/// The first (`side` left) or last node of the tree at `root`, or NULL.
pub(super) fn end(program: &Program, root: &Object, side: Side) -> Result<Object> {
    let top = root.member(program, "rb_node")?;
    let layout = Layout::new(program, top.ty())?;
    let address = match top.to_u64(program)? {
        0 => 0,
        top => layout.outermost(program, top, side)?,
    };
    layout.object(program, address)
}

/// The node beside `node`, or NULL.
pub(super) fn beside(program: &Program, node: &Object, side: Side) -> Result<Object> {
    let layout = Layout::new(program, node.ty())?;
    let address = layout.neighbour(program, node.to_u64(program)?, side)?;
    layout.object(program, address)
}
