//! Maple trees: `include/linux/maple_tree.h`, `lib/maple_tree.c`.

use crate::access::{
    Field, integer, member_value, parse_words, pointer_type, read_bytes, type_named,
};
use crate::helper::{
    Default, Front, Helper, HelperIter, HelperModule, Output, Param, ParamKind, Value,
};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};
use spelunk_types::QualifiedType;

/// `XA_ZERO_ENTRY`
const ZERO_ENTRY: u64 = 257 << 2 | 2;

/// Internal entries above this are nodes: `xa_is_node()`.
const MAX_SPECIAL: u64 = 4096;

/// `MAPLE_NODE_MASK`: nodes are aligned to 256 bytes, what is below says their type.
const NODE_MASK: u64 = 255;

/// `MAPLE_NODE_TYPE_SHIFT`, `MAPLE_NODE_TYPE_MASK`
const TYPE_SHIFT: u32 = 3;
const TYPE_MASK: u64 = 15;

/// No tree is deeper: `MAPLE_HEIGHT_MAX`.
const MAX_DEPTH: usize = 31;

/// An entry and the indices that it is for, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first index.
    pub first: u64,
    /// The last index.
    pub last: u64,
    /// The entry.
    pub entry: u64,
}

/// A maple tree.
pub struct MapleTree {
    root: u64,
    layout: Layout,
}

/// How the types of nodes are laid out.
#[derive(Clone, Copy)]
struct Layout {
    dense: Slots,
    range: Slots,
    allocation: Slots,
}

/// Where the slots of a type of nodes are, and the last index of each but the last.
#[derive(Clone, Copy)]
struct Slots {
    slots: Field,
    pivots: Option<Field>,
}

/// A part of the tree: what is in a slot.
type Part = Range;

impl Layout {
    fn new(program: &Program) -> Result<Self> {
        let node = type_named(program, "struct maple_node")?;
        let slots = |slots: &str, pivots: Option<&str>| -> Result<Slots> {
            Ok(Slots {
                slots: Field::new(program, node, slots)?,
                pivots: pivots
                    .map(|pivots| Field::new(program, node, pivots))
                    .transpose()?,
            })
        };
        Ok(Self {
            dense: slots("slot", None)?,
            range: slots("mr64.slot", Some("mr64.pivot"))?,
            allocation: slots("ma64.slot", Some("ma64.pivot"))?,
        })
    }

    /// The slots of the root, if it is a node: only there can it be something else, and only there a mark tells.
    fn root_parts(&self, program: &Program, root: Part) -> Result<Option<(Vec<Part>, bool)>> {
        if root.entry & 3 != 2 || root.entry <= MAX_SPECIAL {
            return Ok(None);
        }
        self.parts(program, root).map(Some)
    }

    /// The slots of the node that `part` leads to, and whether it is a leaf.
    fn parts(&self, program: &Program, part: Part) -> Result<(Vec<Part>, bool)> {
        let address = part.entry & !NODE_MASK;
        // `enum maple_type`: dense, leaf_64, range_64, arange_64, and since 7.1 copy.
        let (slots, is_leaf) = match part.entry >> TYPE_SHIFT & TYPE_MASK {
            0 => (&self.dense, true),
            1 => (&self.range, true),
            2 => (&self.range, false),
            3 => (&self.allocation, false),
            other => {
                return Err(Error::other(format!(
                    "broken maple tree: node {address:#x} is of type {other}, which is not known"
                )));
            }
        };
        let words = |field: &Field| -> Result<Vec<u64>> {
            let bytes = read_bytes(program, field.at(address), field.size)?;
            Ok(parse_words(program, &bytes))
        };
        let entries = words(&slots.slots)?;
        let pivots = slots.pivots.as_ref().map(words).transpose()?;
        let mut parts = Vec::new();
        let mut first = part.first;
        for (index, entry) in entries.into_iter().enumerate() {
            let last = match &pivots {
                None => first,
                Some(pivots) => match pivots.get(index).copied() {
                    // An unused pivot is 0, and what is before it the last slot that is used.
                    Some(0) if index > 0 => part.last,
                    Some(pivot) => pivot.min(part.last),
                    None => part.last,
                },
            };
            if last < first {
                return Err(Error::other(format!(
                    "broken maple tree: the indices in node {address:#x} are out of order"
                )));
            }
            parts.push(Part { first, last, entry });
            match last.checked_add(1) {
                Some(next) if last < part.last => first = next,
                _ => break,
            }
        }
        Ok((parts, is_leaf))
    }
}

impl MapleTree {
    /// The tree at `tree`, a `struct maple_tree *`.
    pub fn new(program: &Program, tree: &Object) -> Result<Self> {
        Ok(Self {
            root: member_value(program, tree, "ma_root")?,
            layout: Layout::new(program)?,
        })
    }

    fn whole(&self) -> Part {
        Part {
            first: 0,
            last: u64::MAX,
            entry: self.root,
        }
    }

    /// The entry at `index`, special ones included; 0 if there is none.
    pub fn load(&self, program: &Program, index: u64) -> Result<u64> {
        let mut part = self.whole();
        let Some((mut parts, mut is_leaf)) = self.layout.root_parts(program, part)? else {
            // Without nodes, the root is the entry at 0.
            return Ok(if index == 0 { part.entry } else { 0 });
        };
        for _ in 0..MAX_DEPTH {
            let Some(found) = parts.into_iter().find(|part| part.last >= index) else {
                return Ok(0);
            };
            if is_leaf || found.entry == 0 {
                return Ok(found.entry);
            }
            part = found;
            (parts, is_leaf) = self.layout.parts(program, part)?;
        }
        Err(too_deep(part))
    }

    /// All entries, special ones included.
    #[must_use]
    pub fn into_entries(self) -> Entries {
        Entries {
            root: Some(self.whole()),
            layout: self.layout,
            stack: Vec::new(),
        }
    }
}

fn too_deep(part: Part) -> Error {
    Error::other(format!(
        "broken maple tree: it goes on below {:#x}, deeper than any",
        part.entry
    ))
}

/// The entries of a maple tree, in order.
pub struct Entries {
    root: Option<Part>,
    layout: Layout,
    /// The slots that are left of each node that the walk is in, and whether it is a leaf.
    stack: Vec<(std::vec::IntoIter<Part>, bool)>,
}

impl Entries {
    /// The next entry.
    pub fn next_entry(&mut self, program: &Program) -> Result<Option<Range>> {
        if let Some(root) = self.root.take() {
            match self.layout.root_parts(program, root)? {
                Some((parts, is_leaf)) => self.stack.push((parts.into_iter(), is_leaf)),
                None if root.entry != 0 => return Ok(Some(Range { last: 0, ..root })),
                None => {}
            }
        }
        while let Some((parts, is_leaf)) = self.stack.last_mut() {
            let Some(part) = parts.next() else {
                self.stack.pop();
                continue;
            };
            if part.entry == 0 {
                continue;
            }
            if *is_leaf {
                return Ok(Some(part));
            }
            if self.stack.len() >= MAX_DEPTH {
                return Err(too_deep(part));
            }
            let (parts, is_leaf) = self.layout.parts(program, part)?;
            self.stack.push((parts.into_iter(), is_leaf));
        }
        Ok(None)
    }
}

struct Ranges {
    entries: Entries,
    pointer: QualifiedType,
    advanced: bool,
}

impl HelperIter for Ranges {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        while let Some(range) = self.entries.next_entry(program)? {
            if range.entry == ZERO_ENTRY && !self.advanced {
                continue;
            }
            let entry = integer(program, self.pointer, range.entry)?;
            return Ok(Some(Value::Tuple(vec![
                range.first.into(),
                range.last.into(),
                entry.into(),
            ])));
        }
        Ok(None)
    }
}

fn void_pointer(program: &Program) -> Result<QualifiedType> {
    pointer_type(program, type_named(program, "void")?)
}

const TREE: Param = Param::object("mt", "struct maple_tree *");
const ADVANCED: Param = Param::new(
    "advanced",
    ParamKind::Bool,
    "Whether to show zero entries, as the kernel's advanced interface does: places that are reserved.",
)
.or(Default::Bool(false))
.keyword();

const MODULE: HelperModule = HelperModule("mapletree");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "mtree_load",
        Front::Nothing,
        &[TREE, Param::int("index", "The index."), ADVANCED],
        Output::Returns("Object", "``void *``, ``NULL`` if there is none"),
        "Return the entry of a maple tree at an index.",
        |program, args| {
            let tree = MapleTree::new(program, args.object(0)?)?;
            let entry = match tree.load(program, args.address(1)?)? {
                ZERO_ENTRY if !args.bool(2)? => 0,
                entry => entry,
            };
            Ok(integer(program, void_pointer(program)?, entry)?.into())
        },
    ),
    MODULE.helper(
        "mt_for_each",
        Front::Nothing,
        &[TREE, ADVANCED],
        Output::Returns(
            "Iterator[Tuple[int, int, Object]]",
            "(first index, last index, ``void *``) tuples",
        ),
        "Iterate over the entries of a maple tree and the indices that each is for.",
        |program, args| {
            Ok(Value::iter(Ranges {
                entries: MapleTree::new(program, args.object(0)?)?.into_entries(),
                pointer: void_pointer(program)?,
                advanced: args.bool(1)?,
            }))
        },
    ),
];
