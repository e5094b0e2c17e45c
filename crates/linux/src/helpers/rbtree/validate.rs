//! Whether a tree keeps the rules: order, links, colours.

use super::find::compare;
use super::walk::{MAX_DEPTH, Node, Order, Walk};
use crate::access::member_value;
use crate::helper::{Args, Callback, HelperIter, Value};
use crate::helpers::entry::Entries;
use spelunk_object::Object;
use spelunk_program::{Error, ErrorKind, Program, Result};
use std::cmp::Ordering;
use std::sync::Arc;

/// A walk in order that checks the tree on the way.
pub(super) struct Validated {
    walk: Walk,
    entries: Entries,
    compare: Arc<dyn Callback>,
    allow_equal: bool,
    previous: Option<Object>,
    /// Black nodes from the root to the first leaf.
    black_height: Option<usize>,
    root: u64,
}

impl Validated {
    pub(super) fn new(program: &Program, args: &Args) -> Result<Self> {
        let root = args.object(1)?;
        Ok(Self {
            walk: Walk::new(program, root, Order::In)?,
            entries: Entries::from_args(program, args, 0, 2)?,
            compare: args.callback(3)?.clone(),
            allow_equal: args.bool(4)?,
            previous: None,
            black_height: None,
            root: member_value(program, root, "rb_node")?,
        })
    }

    fn invalid(message: String) -> Error {
        Error::new(ErrorKind::Validation, message)
    }

    /// Checks what the node says of itself and of its children.
    fn check_links(&mut self, program: &Program, node: &Node) -> Result<()> {
        let address = node.address;
        if address == self.root {
            if node.parent != 0 {
                return Err(Self::invalid(format!(
                    "root node {address:#x} has parent {:#x}",
                    node.parent
                )));
            }
            if !node.is_black {
                return Err(Self::invalid(format!("root node {address:#x} is red")));
            }
        }
        for child in [node.left, node.right]
            .into_iter()
            .filter(|child| *child != 0)
        {
            let child = self.walk.layout.read(program, child)?;
            if child.parent != address {
                return Err(Self::invalid(format!(
                    "node {:#x} has rb_parent {:#x}, but is a child of {address:#x}",
                    child.address, child.parent
                )));
            }
            if !node.is_black && !child.is_black {
                return Err(Self::invalid(format!(
                    "red node {address:#x} has red child {:#x}",
                    child.address
                )));
            }
        }
        if node.left == 0 || node.right == 0 {
            self.check_height(program, node)?;
        }
        Ok(())
    }

    /// Checks that as many black nodes are above the leaf below `node` as above any other.
    fn check_height(&mut self, program: &Program, node: &Node) -> Result<()> {
        let mut height = usize::from(node.is_black);
        let mut above = node.parent;
        for _ in 0..MAX_DEPTH {
            if above == 0 {
                break;
            }
            let node = self.walk.layout.read(program, above)?;
            height = height.saturating_add(usize::from(node.is_black));
            above = node.parent;
        }
        let expected = *self.black_height.get_or_insert(height);
        if height != expected {
            return Err(Self::invalid(format!(
                "{height} black nodes lead to {:#x}, but {expected} to others",
                node.address
            )));
        }
        Ok(())
    }

    pub(super) fn next_entry(&mut self, program: &Program) -> Result<Option<Object>> {
        let next = self.walk.next_node(program).map_err(|error| match error {
            fault if fault.is_fault() => fault,
            circle => Self::invalid(circle.message().into()),
        })?;
        let Some(node) = next else { return Ok(None) };
        self.check_links(program, &node)?;
        let entry = self.entries.containing(program, node.address)?;
        if let Some(previous) = self.previous.replace(entry.clone()) {
            let (before, after) = (previous.to_u64(program)?, entry.to_u64(program)?);
            match compare(program, self.compare.as_ref(), previous.into(), &entry)? {
                Ordering::Less => {}
                Ordering::Equal if self.allow_equal => {}
                Ordering::Equal => {
                    return Err(Self::invalid(format!(
                        "entries {before:#x} and {after:#x} compare equal"
                    )));
                }
                Ordering::Greater => {
                    return Err(Self::invalid(format!(
                        "entry {before:#x} compares greater than the next, {after:#x}"
                    )));
                }
            }
        }
        Ok(Some(entry))
    }
}

impl HelperIter for Validated {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_entry(program)?.map(Value::Object))
    }
}
