//! Red-black trees: `include/linux/rbtree.h`.

use super::entry::{ENTRY_MEMBER, ENTRY_TYPE, Entries};
use crate::access::{Field, byte_order, integer, member_value, read, referenced_type};
use crate::helper::{Args, Callback, Front, Helper, HelperIter, Output, Param, ParamKind, Value};
use crate::walk::Cycle;
use spelunk_base::ByteOrder;
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, ErrorKind, Program, Result};
use spelunk_types::QualifiedType;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

/// No tree that fits into memory is deeper: 2 * log2(2^64 / 24) at most.
const MAX_DEPTH: usize = 128;

/// How `struct rb_node` is laid out.
#[derive(Clone, Copy)]
struct Layout {
    pointer: QualifiedType,
    parent: Field,
    left: Field,
    right: Field,
    size: usize,
    order: ByteOrder,
}

/// One node of a tree, read at once.
#[derive(Clone, Copy)]
struct Node {
    address: u64,
    parent: u64,
    is_black: bool,
    left: u64,
    right: u64,
}

#[derive(Clone, Copy)]
enum Side {
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
    fn new(program: &Program, pointer: QualifiedType) -> Result<Self> {
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

    fn read(&self, program: &Program, address: u64) -> Result<Node> {
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

fn too_deep(address: u64) -> Error {
    Error::other(format!(
        "broken red-black tree: the links at {address:#x} lead in a circle"
    ))
}

/// In which order a tree is walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    In,
    Pre,
}

/// A walk over all nodes of a tree, each read once.
pub(crate) struct Walk {
    layout: Layout,
    order: Order,
    /// The subtree to go down next; 0 if none.
    down: u64,
    /// In order: nodes whose left subtree is done. Before their children: the root and right subtrees not begun.
    stack: Vec<Node>,
    seen: HashSet<u64>,
}

impl Walk {
    fn new(program: &Program, root: &Object, order: Order) -> Result<Self> {
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

    fn next_node(&mut self, program: &Program) -> Result<Option<Node>> {
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
struct WalkEntries {
    walk: Walk,
    entries: Entries,
}

impl HelperIter for WalkEntries {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(node) = self.walk.next_node(program)? else {
            return Ok(None);
        };
        Ok(Some(self.entries.containing(program, node.address)?.into()))
    }
}

/// An entry of the tree at `root` that `compare` finds equal to what is sought, which it compares with entries.
pub fn rb_find(
    program: &Program,
    ty: QualifiedType,
    root: &Object,
    member: &str,
    compare: &mut dyn FnMut(&Object) -> Result<Ordering>,
) -> Result<Object> {
    let entries = Entries::new(program, ty, member)?;
    let top = root.member(program, "rb_node")?;
    let layout = Layout::new(program, top.ty())?;
    let mut address = top.to_u64(program)?;
    let mut cycle = Cycle::default();
    while address != 0 {
        if cycle.comes_back_to(address) {
            return Err(too_deep(address));
        }
        let entry = entries.containing(program, address)?;
        address = match compare(&entry)? {
            Ordering::Equal => return Ok(entry),
            Ordering::Less => layout.left.read(program, address)?,
            Ordering::Greater => layout.right.read(program, address)?,
        };
    }
    entries.null(program)
}

/// What a comparison function of the front end says of two things.
fn compare(
    program: &Program,
    callback: &dyn Callback,
    left: Value,
    right: &Object,
) -> Result<Ordering> {
    let answer = callback.call(program, vec![left, right.clone().into()])?;
    let number = match answer {
        Value::Int(number) => number,
        Value::Bool(value) => i128::from(value),
        Value::Object(object) => object.to_i128(program)?,
        other => {
            return Err(Error::type_(format!(
                "comparison must return an integer, not {}",
                other.kind()
            )));
        }
    };
    Ok(number.cmp(&0))
}

/// A walk in order that checks the tree on the way.
struct Validated {
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
    fn new(program: &Program, args: &Args) -> Result<Self> {
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

    fn next_entry(&mut self, program: &Program) -> Result<Option<Object>> {
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

/// The first (`side` left) or last node of the tree at `root`, or NULL.
fn end(program: &Program, root: &Object, side: Side) -> Result<Object> {
    let top = root.member(program, "rb_node")?;
    let layout = Layout::new(program, top.ty())?;
    let address = match top.to_u64(program)? {
        0 => 0,
        top => layout.outermost(program, top, side)?,
    };
    layout.object(program, address)
}

/// The node beside `node`, or NULL.
fn beside(program: &Program, node: &Object, side: Side) -> Result<Object> {
    let layout = Layout::new(program, node.ty())?;
    let address = layout.neighbour(program, node.to_u64(program)?, side)?;
    layout.object(program, address)
}

const ROOT: Param = Param::object("root", "struct rb_root *");
const NODE: Param = Param::object("node", "struct rb_node *");
const COMPARE_ENTRIES: Param = Param::new(
    "cmp",
    ParamKind::Callback("Callable[[Object, Object], int]"),
    "Compares two entries (``type *``): negative if the first comes first, positive if the second does, 0 if neither.",
);
const ALLOW_EQUAL: Param = Param::new(
    "allow_equal",
    ParamKind::Bool,
    "Whether entries may compare equal.",
);
const NODE_OR_NULL: Output =
    Output::Returns("Object", "``struct rb_node *``, ``NULL`` if there is none");
const NODES: Output = Output::Returns("Iterator[Object]", "``struct rb_node *`` objects");
const ENTRIES: Output = Output::Returns("Iterator[Object]", "``type *`` objects");

/// The record of a helper in this file.
const fn helper(
    name: &'static str,
    params: &'static [Param],
    output: Output,
    doc: &'static str,
    call: fn(&Program, &Args) -> Result<Value>,
) -> Helper {
    Helper {
        module: "rbtree",
        name,
        front: Front::Nothing,
        params,
        output,
        doc,
        call,
    }
}

pub(super) static HELPERS: &[Helper] = &[
    helper(
        "RB_EMPTY_ROOT",
        &[ROOT],
        Output::Returns("bool", ""),
        "Return whether a red-black tree has no nodes.",
        |program, args| Ok((member_value(program, args.object(0)?, "rb_node")? == 0).into()),
    ),
    helper(
        "RB_EMPTY_NODE",
        &[NODE],
        Output::Returns("bool", ""),
        "Return whether a node is in no red-black tree.",
        |program, args| {
            let node = args.object(0)?;
            let parent = member_value(program, node, "__rb_parent_color")?;
            Ok((parent == node.to_u64(program)?).into())
        },
    ),
    helper(
        "rb_parent",
        &[NODE],
        NODE_OR_NULL,
        "Return the parent of a node of a red-black tree.",
        |program, args| {
            let node = args.object(0)?;
            let parent = member_value(program, node, "__rb_parent_color")? & !3;
            Ok(integer(program, node.ty(), parent)?.into())
        },
    ),
    helper(
        "rb_first",
        &[ROOT],
        NODE_OR_NULL,
        "Return the first node of a red-black tree, in its order.",
        |program, args| Ok(end(program, args.object(0)?, Side::Left)?.into()),
    ),
    helper(
        "rb_last",
        &[ROOT],
        NODE_OR_NULL,
        "Return the last node of a red-black tree, in its order.",
        |program, args| Ok(end(program, args.object(0)?, Side::Right)?.into()),
    ),
    helper(
        "rb_next",
        &[NODE],
        NODE_OR_NULL,
        "Return the node after another, in the tree's order.",
        |program, args| Ok(beside(program, args.object(0)?, Side::Right)?.into()),
    ),
    helper(
        "rb_prev",
        &[NODE],
        NODE_OR_NULL,
        "Return the node before another, in the tree's order.",
        |program, args| Ok(beside(program, args.object(0)?, Side::Left)?.into()),
    ),
    helper(
        "rbtree_inorder_for_each",
        &[ROOT],
        NODES,
        "Iterate over the nodes of a red-black tree, in its order.",
        |program, args| Ok(Value::iter(Walk::new(program, args.object(0)?, Order::In)?)),
    ),
    helper(
        "rbtree_preorder_for_each",
        &[ROOT],
        NODES,
        "Iterate over the nodes of a red-black tree, each before its children.",
        |program, args| {
            Ok(Value::iter(Walk::new(
                program,
                args.object(0)?,
                Order::Pre,
            )?))
        },
    ),
    helper(
        "rbtree_inorder_for_each_entry",
        &[ENTRY_TYPE, ROOT, ENTRY_MEMBER],
        ENTRIES,
        "Iterate over the entries of a red-black tree, in its order.",
        |program, args| {
            Ok(Value::iter(WalkEntries {
                entries: Entries::from_args(program, args, 0, 2)?,
                walk: Walk::new(program, args.object(1)?, Order::In)?,
            }))
        },
    ),
    helper(
        "rbtree_preorder_for_each_entry",
        &[ENTRY_TYPE, ROOT, ENTRY_MEMBER],
        ENTRIES,
        "Iterate over the entries of a red-black tree, each before its children.",
        |program, args| {
            Ok(Value::iter(WalkEntries {
                entries: Entries::from_args(program, args, 0, 2)?,
                walk: Walk::new(program, args.object(1)?, Order::Pre)?,
            }))
        },
    ),
    helper(
        "rb_find",
        &[
            ENTRY_TYPE,
            ROOT,
            ENTRY_MEMBER,
            Param::new(
                "key",
                ParamKind::Any("KeyType"),
                "What to look for; only *cmp* looks at it.",
            ),
            Param::new(
                "cmp",
                ParamKind::Callback("Callable[[KeyType, Object], int]"),
                "Compares *key* with an entry (``type *``): negative if the key comes first, positive if the entry does, 0 if it is found.",
            ),
        ],
        Output::Returns("Object", "``type *``, ``NULL`` if no entry compares equal"),
        "Search a red-black tree.\n\nThe kernel has no such function: it writes out the search where it is needed.",
        |program, args| {
            let (ty, key) = (args.ty(program, 0)?, args.foreign(3)?);
            let callback = args.callback(4)?.as_ref();
            let found = rb_find(program, ty, args.object(1)?, args.str(2)?, &mut |entry| {
                compare(program, callback, Value::Foreign(key.clone()), entry)
            })?;
            Ok(found.into())
        },
    ),
    helper(
        "validate_rbtree",
        &[ENTRY_TYPE, ROOT, ENTRY_MEMBER, COMPARE_ENTRIES, ALLOW_EQUAL],
        Output::Returns("None", ""),
        "Check a red-black tree: the order of its entries, its parent links, and the rules of its colours (a black root, no red child of a red node, as many black nodes on the way to every leaf).\n\n:raises ValidationError: if something is wrong; it names the node",
        |program, args| {
            let mut walk = Validated::new(program, args)?;
            while walk.next_entry(program)?.is_some() {}
            Ok(Value::None)
        },
    ),
    helper(
        "validate_rbtree_inorder_for_each_entry",
        &[ENTRY_TYPE, ROOT, ENTRY_MEMBER, COMPARE_ENTRIES, ALLOW_EQUAL],
        ENTRIES,
        "Iterate over the entries of a red-black tree in its order, and check it on the way as :func:`validate_rbtree()` does.\n\n:raises ValidationError: if something is wrong; it names the node",
        |program, args| Ok(Value::iter(Validated::new(program, args)?)),
    ),
];
