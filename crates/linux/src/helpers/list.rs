//! Doubly linked lists and hash lists: `include/linux/list.h`, `struct list_head` and `struct hlist_head`.

use super::entry::Entries;
use crate::access::{Field, integer, member_value, pointer, referenced_type};
use crate::helper::{Front, Helper, HelperIter, HelperModule, Output, Param, Value};
use crate::walk::{Chain, Links};
use spelunk_object::Object;
use spelunk_program::{Error, ErrorKind, Program, Result};
use spelunk_types::QualifiedType;

/// The nodes of a list, without its head.
pub(crate) struct Nodes {
    links: Links,
    /// `struct list_head *` or `struct hlist_node *`.
    pointer: QualifiedType,
}

impl Nodes {
    /// The nodes of the list at `head`, forwards or backwards.
    pub(crate) fn of_list(program: &Program, head: &Object, backwards: bool) -> Result<Self> {
        let link = head.member(program, if backwards { "prev" } else { "next" })?;
        let address = head.to_u64(program)?;
        let offset = link.address().unwrap_or(0).wrapping_sub(address);
        Ok(Self {
            links: Links::new(address, offset, address),
            pointer: link.ty(),
        })
    }

    /// The nodes of the hash list at `head`.
    pub(crate) fn of_hlist(program: &Program, head: &Object) -> Result<Self> {
        let first = head.member(program, "first")?;
        let node = referenced_type(program, first.ty())?;
        let offset = Field::new(program, node, "next")?.offset;
        let start = first.address().unwrap_or(0).wrapping_sub(offset);
        Ok(Self {
            links: Links::new(start, offset, 0),
            pointer: first.ty(),
        })
    }

    /// The address of the next node.
    pub(crate) fn next_address(&mut self, program: &Program) -> Result<Option<u64>> {
        self.links.next(program)
    }

    /// All of them.
    fn count(mut self, program: &Program) -> Result<u64> {
        let mut count = 0u64;
        while self.next_address(program)?.is_some() {
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}

impl HelperIter for Nodes {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(address) = self.next_address(program)? else {
            return Ok(None);
        };
        Ok(Some(integer(program, self.pointer, address)?.into()))
    }
}

/// The entries whose nodes these are.
struct NodeEntries {
    nodes: Nodes,
    entries: Entries,
}

impl HelperIter for NodeEntries {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(address) = self.nodes.next_address(program)? else {
            return Ok(None);
        };
        Ok(Some(self.entries.containing(program, address)?.into()))
    }
}

/// An iterator over each `ty` whose `member` is a node of the list at `head`.
pub(crate) fn entries(
    program: &Program,
    ty: QualifiedType,
    head: &Object,
    member: &str,
) -> Result<Value> {
    Ok(Value::iter(NodeEntries {
        entries: Entries::new(program, ty, member)?,
        nodes: Nodes::of_list(program, head, false)?,
    }))
}

/// The entries whose nodes a chain has.
pub(super) struct ChainEntries {
    chain: Chain,
    entries: Entries,
}

impl ChainEntries {
    pub(super) fn new(chain: Chain, entries: Entries) -> Self {
        Self { chain, entries }
    }
}

impl HelperIter for ChainEntries {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(address) = self.chain.next(program)? else {
            return Ok(None);
        };
        Ok(Some(self.entries.containing(program, address)?.into()))
    }
}

/// Whether the list at `head` has no nodes.
pub fn list_empty(program: &Program, head: &Object) -> Result<bool> {
    Ok(member_value(program, head, "next")? == head.to_u64(program)?)
}

/// Whether the list at `head` has exactly one node.
pub fn list_is_singular(program: &Program, head: &Object) -> Result<bool> {
    let next = member_value(program, head, "next")?;
    Ok(next != head.to_u64(program)? && next == member_value(program, head, "prev")?)
}

/// The entry that contains the node which `link` of `from` points to.
fn neighbour(
    program: &Program,
    from: &Object,
    link: &str,
    ty: QualifiedType,
    member: &str,
) -> Result<Object> {
    let node = from.member(program, link)?;
    Ok(node.container_of(program, ty, member)?)
}

/// The nodes of a list, each checked to point back to the one before.
struct Validated {
    nodes: Nodes,
    head: Object,
    previous: u64,
    entries: Option<Entries>,
    is_done: bool,
}

impl Validated {
    fn new(program: &Program, head: &Object, entries: Option<Entries>) -> Result<Self> {
        Ok(Self {
            nodes: Nodes::of_list(program, head, false)?,
            head: head.clone(),
            previous: head.to_u64(program)?,
            entries,
            is_done: false,
        })
    }

    fn next_address(&mut self, program: &Program) -> Result<Option<u64>> {
        if self.is_done {
            return Ok(None);
        }
        let next = self.nodes.next_address(program).map_err(|error| {
            if error.is_fault() {
                return error;
            }
            Error::new(ErrorKind::Validation, error.message())
        })?;
        let node = match next {
            Some(node) => node,
            None => self.head.to_u64(program)?,
        };
        let back = integer(program, self.nodes.pointer, node)?.member(program, "prev")?;
        let back = back.to_u64(program)?;
        if back != self.previous {
            let previous = self.previous;
            return Err(Error::new(
                ErrorKind::Validation,
                format!("(struct list_head *){previous:#x} next {node:#x} has prev {back:#x}"),
            ));
        }
        self.previous = node;
        self.is_done = next.is_none();
        Ok(next)
    }
}

impl HelperIter for Validated {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(address) = self.next_address(program)? else {
            return Ok(None);
        };
        let object = match &self.entries {
            Some(entries) => entries.containing(program, address)?,
            None => integer(program, self.nodes.pointer, address)?,
        };
        Ok(Some(object.into()))
    }
}

const HEAD: Param = Param::object("head", "struct list_head *");
const HASH_HEAD: Param = Param::object("head", "struct hlist_head *");
use super::entry::{ENTRY_MEMBER, ENTRY_TYPE};
const NODES: &str = "``struct list_head *`` objects";
const ENTRIES: &str = "``type *`` objects";
const ITERATOR: &str = "Iterator[Object]";

const MODULE: HelperModule = HelperModule("list");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "list_empty",
        Front::Nothing,
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a list has no entries.",
        |program, args| Ok(list_empty(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "list_is_singular",
        Front::Nothing,
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a list has exactly one entry.",
        |program, args| Ok(list_is_singular(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "list_count_nodes",
        Front::Nothing,
        &[HEAD],
        Output::Returns("int", ""),
        "Count the nodes of a list. The head is not one of them.",
        |program, args| {
            let nodes = Nodes::of_list(program, args.object(0)?, false)?;
            Ok(nodes.count(program)?.into())
        },
    ),
    MODULE.helper(
        "list_first_entry",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``"),
        "Return the first entry of a list that is known not to be empty.\n\nFor a list that may be, there is :func:`list_first_entry_or_null()`.",
        |program, args| {
            let ty = args.ty(program, 1)?;
            Ok(neighbour(program, args.object(0)?, "next", ty, args.str(2)?)?.into())
        },
    ),
    MODULE.helper(
        "list_first_entry_or_null",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``, ``NULL`` if the list is empty"),
        "Return the first entry of a list, if it has any.",
        |program, args| {
            let (head, ty) = (args.object(0)?, args.ty(program, 1)?);
            if list_empty(program, head)? {
                return Ok(pointer(program, ty, 0)?.into());
            }
            Ok(neighbour(program, head, "next", ty, args.str(2)?)?.into())
        },
    ),
    MODULE.helper(
        "list_last_entry",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``"),
        "Return the last entry of a list that is known not to be empty.",
        |program, args| {
            let ty = args.ty(program, 1)?;
            Ok(neighbour(program, args.object(0)?, "prev", ty, args.str(2)?)?.into())
        },
    ),
    MODULE.helper(
        "list_next_entry",
        Front::Nothing,
        &[
            Param::object("pos", "type *").doc("An entry of the list."),
            ENTRY_MEMBER,
        ],
        Output::Returns("Object", "``type *``"),
        "Return the entry after another. After the last one, that is the head taken for an entry.",
        |program, args| {
            let (entry, member) = (args.object(0)?, args.str(1)?);
            let ty = referenced_type(program, entry.ty())?;
            let node = entry.dereference(program)?.subobject(program, member)?;
            Ok(neighbour(program, &node, "next", ty, member)?.into())
        },
    ),
    MODULE.helper(
        "list_prev_entry",
        Front::Nothing,
        &[
            Param::object("pos", "type *").doc("An entry of the list."),
            ENTRY_MEMBER,
        ],
        Output::Returns("Object", "``type *``"),
        "Return the entry before another. Before the first one, that is the head taken for an entry.",
        |program, args| {
            let (entry, member) = (args.object(0)?, args.str(1)?);
            let ty = referenced_type(program, entry.ty())?;
            let node = entry.dereference(program)?.subobject(program, member)?;
            Ok(neighbour(program, &node, "prev", ty, member)?.into())
        },
    ),
    MODULE.helper(
        "list_for_each",
        Front::Nothing,
        &[HEAD],
        Output::Returns(ITERATOR, NODES),
        "Iterate over the nodes of a list, without its head.",
        |program, args| {
            Ok(Value::iter(Nodes::of_list(
                program,
                args.object(0)?,
                false,
            )?))
        },
    ),
    MODULE.helper(
        "list_for_each_reverse",
        Front::Nothing,
        &[HEAD],
        Output::Returns(ITERATOR, NODES),
        "Iterate over the nodes of a list from the last to the first.",
        |program, args| Ok(Value::iter(Nodes::of_list(program, args.object(0)?, true)?)),
    ),
    MODULE.helper(
        "list_for_each_entry",
        Front::Nothing,
        &[ENTRY_TYPE, HEAD, ENTRY_MEMBER],
        Output::Returns(ITERATOR, ENTRIES),
        "Iterate over the entries of a list.",
        |program, args| {
            Ok(Value::iter(NodeEntries {
                entries: Entries::from_args(program, args, 0, 2)?,
                nodes: Nodes::of_list(program, args.object(1)?, false)?,
            }))
        },
    ),
    MODULE.helper(
        "list_for_each_entry_reverse",
        Front::Nothing,
        &[ENTRY_TYPE, HEAD, ENTRY_MEMBER],
        Output::Returns(ITERATOR, ENTRIES),
        "Iterate over the entries of a list from the last to the first.",
        |program, args| {
            Ok(Value::iter(NodeEntries {
                entries: Entries::from_args(program, args, 0, 2)?,
                nodes: Nodes::of_list(program, args.object(1)?, true)?,
            }))
        },
    ),
    MODULE.helper(
        "validate_list",
        Front::Nothing,
        &[HEAD],
        Output::Returns("None", ""),
        "Check that the links of a list agree in both directions and do not lead in a circle.\n\n:raises ValidationError: if they do not; it names the node",
        |program, args| {
            let mut nodes = Validated::new(program, args.object(0)?, None)?;
            while nodes.next_address(program)?.is_some() {}
            Ok(Value::None)
        },
    ),
    MODULE.helper(
        "validate_list_count_nodes",
        Front::Nothing,
        &[HEAD],
        Output::Returns("int", ""),
        "Count the nodes of a list, as :func:`list_count_nodes()` does, and check it on the way.\n\n:raises ValidationError: as :func:`validate_list()` does",
        |program, args| {
            let mut nodes = Validated::new(program, args.object(0)?, None)?;
            let mut count = 0u64;
            while nodes.next_address(program)?.is_some() {
                count = count.saturating_add(1);
            }
            Ok(count.into())
        },
    ),
    MODULE.helper(
        "validate_list_for_each",
        Front::Nothing,
        &[HEAD],
        Output::Returns(ITERATOR, NODES),
        "Iterate over the nodes of a list, and check it on the way.\n\nNodes may come more than once before a circle is noticed.\n\n:raises ValidationError: as :func:`validate_list()` does",
        |program, args| Ok(Value::iter(Validated::new(program, args.object(0)?, None)?)),
    ),
    MODULE.helper(
        "validate_list_for_each_entry",
        Front::Nothing,
        &[ENTRY_TYPE, HEAD, ENTRY_MEMBER],
        Output::Returns(ITERATOR, ENTRIES),
        "Iterate over the entries of a list, and check it on the way.\n\nEntries may come more than once before a circle is noticed.\n\n:raises ValidationError: as :func:`validate_list()` does",
        |program, args| {
            let entries = Entries::from_args(program, args, 0, 2)?;
            let head = args.object(1)?;
            Ok(Value::iter(Validated::new(program, head, Some(entries))?))
        },
    ),
    MODULE.helper(
        "hlist_empty",
        Front::Nothing,
        &[HASH_HEAD],
        Output::Returns("bool", ""),
        "Return whether a hash list has no entries.",
        |program, args| Ok((member_value(program, args.object(0)?, "first")? == 0).into()),
    ),
    MODULE.helper(
        "hlist_for_each",
        Front::Nothing,
        &[HASH_HEAD],
        Output::Returns(ITERATOR, "``struct hlist_node *`` objects"),
        "Iterate over the nodes of a hash list.",
        |program, args| Ok(Value::iter(Nodes::of_hlist(program, args.object(0)?)?)),
    ),
    MODULE.helper(
        "hlist_for_each_entry",
        Front::Nothing,
        &[ENTRY_TYPE, HASH_HEAD, ENTRY_MEMBER],
        Output::Returns(ITERATOR, ENTRIES),
        "Iterate over the entries of a hash list.",
        |program, args| {
            Ok(Value::iter(NodeEntries {
                entries: Entries::from_args(program, args, 0, 2)?,
                nodes: Nodes::of_hlist(program, args.object(1)?)?,
            }))
        },
    ),
];
