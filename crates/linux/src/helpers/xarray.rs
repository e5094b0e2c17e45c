//! XArrays, and the radix trees and IDs that are built of them: `include/linux/xarray.h`, `include/linux/idr.h`.

use crate::access::{
    Field, find_member, find_type_named, integer, integer_named, parse_words, pointer_type,
    read_bytes, type_named,
};
use crate::helper::{
    Args, Default, Front, Helper, HelperIter, HelperModule, Output, Param, ParamKind, Value,
};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};
use spelunk_types::QualifiedType;

/// `XA_ZERO_ENTRY`: `xa_mk_internal(257)`.
const ZERO_ENTRY: u64 = 257 << 2 | 2;

/// `XA_RETRY_ENTRY`: `xa_mk_internal(256)`.
const RETRY_ENTRY: u64 = 256 << 2 | 2;

/// Internal entries above this are nodes: `xa_is_node()`.
const MAX_SPECIAL: u64 = 4096;

/// An XArray, or a radix tree as it was before it became one.
pub struct XArray {
    head: u64,
    layout: NodeLayout,
}

/// How a node is laid out.
#[derive(Clone, Copy)]
struct NodeLayout {
    shift: Field,
    slots: Field,
    /// What the lowest two bits of the pointer to a node are.
    tag: u64,
}

/// A node, read.
struct Node {
    /// The index of its first slot.
    first: u64,
    shift: u32,
    slots: Vec<u64>,
}

impl NodeLayout {
    /// The layout for `head`, the member at the root of the tree.
    fn new(program: &Program, is_xarray: bool) -> Result<Self> {
        // In 4.20 `struct radix_tree_node` became `struct xa_node`.
        let node = match find_type_named(program, "struct xa_node")? {
            Some(node) => node,
            None => type_named(program, "struct radix_tree_node")?,
        };
        Ok(Self {
            shift: Field::new(program, node, "shift")?,
            slots: Field::new(program, node, "slots")?,
            tag: if is_xarray { 2 } else { 1 },
        })
    }

    fn is_node(&self, entry: u64) -> bool {
        entry & 3 == self.tag && entry > MAX_SPECIAL
    }

    /// The node that `entry` leads to, if it is one. `parent` is the shift of the node above.
    fn node(&self, program: &Program, entry: u64, first: u64, parent: u32) -> Result<Option<Node>> {
        if !self.is_node(entry) {
            return Ok(None);
        }
        let address = entry & !3;
        let shift = self.shift.read(program, address)?;
        let shift = u32::try_from(shift).unwrap_or(u32::MAX);
        // Each level covers fewer bits than the one above; so the walk ends, whatever the memory holds.
        if shift >= parent {
            return Err(Error::other(format!(
                "broken XArray: the node at {address:#x} does not belong where it is"
            )));
        }
        let bytes = read_bytes(program, self.slots.at(address), self.slots.size)?;
        Ok(Some(Node {
            first,
            shift,
            slots: parse_words(program, &bytes),
        }))
    }
}

impl Node {
    /// The first index that belongs to `slot`.
    fn index_of(&self, slot: usize) -> u64 {
        let offset = (slot as u64).checked_shl(self.shift).unwrap_or(0);
        self.first.wrapping_add(offset)
    }

    /// What is in `slot`; a slot that belongs to an entry of several says which is the first of them.
    fn entry(&self, slot: usize) -> u64 {
        let entry = self.slots.get(slot).copied().unwrap_or(0);
        match self.sibling(entry) {
            Some(first) => self.slots.get(first).copied().unwrap_or(0),
            None => entry,
        }
    }

    /// `xa_is_sibling()`
    fn sibling(&self, entry: u64) -> Option<usize> {
        let slot = usize::try_from(entry >> 2).ok()?;
        (entry & 3 == 2 && slot < self.slots.len()).then_some(slot)
    }
}

impl XArray {
    /// The tree at `root`: a `struct xarray *` or `struct radix_tree_root *`.
    pub fn new(program: &Program, root: &Object) -> Result<Self> {
        // In 4.20 `struct radix_tree_root` became `struct xarray`.
        let (head, is_xarray) = match find_member(program, root, "xa_head")? {
            Some(head) => (head, true),
            None => (root.member(program, "rnode")?, false),
        };
        Ok(Self {
            head: head.to_u64(program)?,
            layout: NodeLayout::new(program, is_xarray)?,
        })
    }

    /// The entry at `index`, special ones included; 0 if there is none.
    pub fn load(&self, program: &Program, index: u64) -> Result<u64> {
        let mut entry = self.head;
        let mut parent = u32::MAX;
        while let Some(node) = self.layout.node(program, entry, 0, parent)? {
            let slot = index.checked_shr(node.shift).unwrap_or(0);
            if parent == u32::MAX && slot >= node.slots.len() as u64 {
                return Ok(0);
            }
            let mask = (node.slots.len() as u64).wrapping_sub(1);
            entry = node.entry(usize::try_from(slot & mask).unwrap_or(0));
            parent = node.shift;
        }
        if parent == u32::MAX && index != 0 {
            return Ok(0);
        }
        Ok(if entry == RETRY_ENTRY { 0 } else { entry })
    }

    /// All entries with their indices, special ones included.
    #[must_use]
    pub fn into_entries(self) -> Entries {
        Entries {
            head: Some(self.head),
            layout: self.layout,
            stack: Vec::new(),
        }
    }
}

/// The entries of an XArray, in order.
pub struct Entries {
    head: Option<u64>,
    layout: NodeLayout,
    /// The nodes that the walk is in, with the next slot of each.
    stack: Vec<(Node, usize)>,
}

impl Entries {
    /// The next entry and its index.
    pub fn next_entry(&mut self, program: &Program) -> Result<Option<(u64, u64)>> {
        if let Some(head) = self.head.take() {
            match self.layout.node(program, head, 0, u32::MAX)? {
                Some(node) => self.stack.push((node, 0)),
                None if head != 0 => return Ok(Some((0, head))),
                None => {}
            }
        }
        while let Some((node, slot)) = self.stack.last_mut() {
            let (current, index) = (*slot, node.index_of(*slot));
            let Some(entry) = node.slots.get(current).copied() else {
                self.stack.pop();
                continue;
            };
            *slot = current.saturating_add(1);
            if entry == 0 || entry == RETRY_ENTRY || node.sibling(entry).is_some() {
                continue;
            }
            let shift = node.shift;
            match self.layout.node(program, entry, index, shift)? {
                Some(below) => self.stack.push((below, 0)),
                None => return Ok(Some((index, entry))),
            }
        }
        Ok(None)
    }
}

/// Pairs of index and entry for the user.
struct Pairs {
    entries: Entries,
    pointer: QualifiedType,
    /// What is added to indices.
    base: u64,
    advanced: bool,
}

impl HelperIter for Pairs {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        while let Some((index, entry)) = self.entries.next_entry(program)? {
            if entry == ZERO_ENTRY && !self.advanced {
                continue;
            }
            let entry = integer(program, self.pointer, entry)?;
            return Ok(Some((self.base.wrapping_add(index), entry).into()));
        }
        Ok(None)
    }
}

fn pairs(program: &Program, root: &Object, advanced: bool) -> Result<Value> {
    Ok(Value::iter(Pairs {
        entries: XArray::new(program, root)?.into_entries(),
        pointer: void_pointer(program)?,
        base: 0,
        advanced,
    }))
}

fn void_pointer(program: &Program) -> Result<QualifiedType> {
    pointer_type(program, type_named(program, "void")?)
}

/// The entry at `index`.
fn load(program: &Program, root: &Object, index: u64, advanced: bool) -> Result<Object> {
    let entry = match XArray::new(program, root)?.load(program, index)? {
        ZERO_ENTRY if !advanced => 0,
        entry => entry,
    };
    integer(program, void_pointer(program)?, entry)
}

/// The entries of a `struct idr`, and what is added to their indices for the ID.
pub(crate) struct Idr {
    pub(crate) entries: XArray,
    pub(crate) base: u64,
}

impl Idr {
    /// That at `idr`, a `struct idr *`.
    pub(crate) fn new(program: &Program, idr: &Object) -> Result<Self> {
        let root = idr.member(program, "idr_rt")?.address_of(program)?;
        // Since 4.16 IDs can begin elsewhere than at 0.
        let base = match find_member(program, idr, "idr_base")? {
            Some(base) => base.to_u64(program)?,
            None => 0,
        };
        Ok(Self {
            entries: XArray::new(program, &root)?,
            base,
        })
    }

    /// The pointer with this ID; 0 if there is none.
    pub(crate) fn find(&self, program: &Program, id: u64) -> Result<u64> {
        match id.checked_sub(self.base) {
            Some(index) => self.entries.load(program, index),
            None => Ok(0),
        }
    }
}

fn idr_pairs(program: &Program, args: &Args, pointer: QualifiedType) -> Result<Value> {
    let idr = Idr::new(program, args.object(0)?)?;
    Ok(Value::iter(Pairs {
        entries: idr.entries.into_entries(),
        pointer,
        base: idr.base,
        advanced: false,
    }))
}

const XARRAY: Param = Param::object("xa", "struct xarray *");
const ROOT: Param = Param::object("root", "struct radix_tree_root *");
const IDR: Param = Param::object("idr", "struct idr *");
const ENTRY: Param = Param::object("entry", "void *");
const INDEX: Param = Param::int("index", "Index of the entry.");
const ADVANCED: Param = Param::new(
    "advanced",
    ParamKind::Bool,
    "Whether to show zero entries (see :func:`xa_is_zero()`), as the kernel's advanced interface does.",
)
.or(Default::Bool(false))
.keyword();
const PAIRS: Output = Output::Returns("Iterator[Tuple[int, Object]]", "(index, ``void *``) tuples");
const FOUND: Output = Output::Returns("Object", "``void *``, ``NULL`` if there is none");

const IDR_MODULE: HelperModule = HelperModule("idr");
const RADIXTREE_MODULE: HelperModule = HelperModule("radixtree");
const XARRAY_MODULE: HelperModule = HelperModule("xarray");

pub(super) static HELPERS: &[Helper] = &[
    XARRAY_MODULE.helper(
        "xa_load",
        Front::Nothing,
        &[XARRAY, INDEX, ADVANCED],
        FOUND,
        "Return the entry of an XArray at an index.",
        |program, args| Ok(load(program, args.object(0)?, args.address(1)?, args.bool(2)?)?.into()),
    ),
    XARRAY_MODULE.helper(
        "xa_for_each",
        Front::Nothing,
        &[XARRAY, ADVANCED],
        PAIRS,
        "Iterate over the entries of an XArray and their indices.",
        |program, args| pairs(program, args.object(0)?, args.bool(1)?),
    ),
    XARRAY_MODULE.helper(
        "xa_is_value",
        Front::Nothing,
        &[ENTRY],
        Output::Returns("bool", ""),
        "Return whether an entry of an XArray is an integer instead of a pointer; see :func:`xa_to_value()`.",
        |program, args| Ok((args.object(0)?.to_u64(program)? & 1 != 0).into()),
    ),
    XARRAY_MODULE.helper(
        "xa_to_value",
        Front::Nothing,
        &[ENTRY],
        Output::Returns("Object", "``unsigned long``"),
        "Return the integer that an entry of an XArray is; see :func:`xa_is_value()`.",
        |program, args| {
            let value = args.object(0)?.to_u64(program)? >> 1;
            Ok(integer_named(program, "unsigned long", value)?.into())
        },
    ),
    XARRAY_MODULE.helper(
        "xa_is_zero",
        Front::Nothing,
        &[ENTRY],
        Output::Returns("bool", ""),
        "Return whether an entry of an XArray only keeps a place: reserved, but nothing stored yet. :func:`xa_load()` and :func:`xa_for_each()` show such entries if *advanced* is true.",
        |program, args| Ok((args.object(0)?.to_u64(program)? == ZERO_ENTRY).into()),
    ),
    RADIXTREE_MODULE.helper(
        "radix_tree_lookup",
        Front::Nothing,
        &[ROOT, INDEX],
        FOUND,
        "Return the entry of a radix tree at an index.",
        |program, args| Ok(load(program, args.object(0)?, args.address(1)?, false)?.into()),
    ),
    RADIXTREE_MODULE.helper(
        "radix_tree_for_each",
        Front::Nothing,
        &[ROOT],
        PAIRS,
        "Iterate over the entries of a radix tree and their indices.",
        |program, args| pairs(program, args.object(0)?, false),
    ),
    IDR_MODULE.helper(
        "idr_find",
        Front::Nothing,
        &[IDR, Param::int("id", "The ID.")],
        FOUND,
        "Return the pointer that an ID stands for.",
        |program, args| {
            let id = args.unsigned(1, "number of an entry")?;
            let found = Idr::new(program, args.object(0)?)?.find(program, id)?;
            Ok(integer(program, void_pointer(program)?, found)?.into())
        },
    ),
    IDR_MODULE.helper(
        "idr_for_each",
        Front::Nothing,
        &[IDR],
        Output::Returns("Iterator[Tuple[int, Object]]", "(ID, ``void *``) tuples"),
        "Iterate over the IDs that are in use, and what they stand for.",
        |program, args| idr_pairs(program, args, void_pointer(program)?),
    ),
    IDR_MODULE.helper(
        "idr_for_each_entry",
        Front::Nothing,
        &[
            IDR,
            Param::new("type", ParamKind::Type, "Type of what the IDs stand for."),
        ],
        Output::Returns("Iterator[Tuple[int, Object]]", "(ID, ``type *``) tuples"),
        "Iterate over the IDs that are in use, and what they stand for, as pointers to a type.",
        |program, args| {
            let ty = args.ty(program, 1)?;
            idr_pairs(program, args, pointer_type(program, ty)?)
        },
    ),
];
