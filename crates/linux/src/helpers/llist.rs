//! Lockless lists: `include/linux/llist.h`, `struct llist_head`.

use super::entry::{ENTRY_MEMBER, ENTRY_TYPE, Entries};
use super::list::ChainEntries;
use crate::access::{Field, integer, member_value, pointer, referenced_type};
use crate::helper::{Args, Front, Helper, HelperIter, HelperModule, Output, Param, Value};
use crate::walk::Chain;
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// The chain of nodes from `node` (a `struct llist_node *`) on.
fn chain(program: &Program, node: &Object) -> Result<Chain> {
    let link = Field::new(program, referenced_type(program, node.ty())?, "next")?;
    Ok(Chain::new(node.to_u64(program)?, link))
}

/// The nodes of a chain.
struct Nodes {
    chain: Chain,
    /// `struct llist_node *`
    pointer: QualifiedType,
}

impl HelperIter for Nodes {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(address) = self.chain.next(program)? else {
            return Ok(None);
        };
        Ok(Some(integer(program, self.pointer, address)?.into()))
    }
}

/// The first entry of the list that is argument 0.
fn first_entry(program: &Program, args: &Args) -> Result<Object> {
    let first = args.object(0)?.member(program, "first")?;
    Ok(first.container_of(program, args.ty(program, 1)?, args.str(2)?)?)
}

const HEAD: Param = Param::object("head", "struct llist_head *");
const NODE: Param = Param::object("node", "struct llist_node *");

const MODULE: HelperModule = HelperModule("llist");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "llist_empty",
        Front::Nothing,
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a lockless list has no entries.",
        |program, args| Ok((member_value(program, args.object(0)?, "first")? == 0).into()),
    ),
    MODULE.helper(
        "llist_is_singular",
        Front::Nothing,
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a lockless list has exactly one entry.",
        |program, args| {
            let first = args.object(0)?.member(program, "first")?;
            let is_empty = first.to_u64(program)? == 0;
            Ok((!is_empty && member_value(program, &first, "next")? == 0).into())
        },
    ),
    MODULE.helper(
        "llist_first_entry",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``"),
        "Return the first entry of a lockless list that is known not to be empty.\n\nFor a list that may be, there is :func:`llist_first_entry_or_null()`.",
        |program, args| Ok(first_entry(program, args)?.into()),
    ),
    MODULE.helper(
        "llist_first_entry_or_null",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``, ``NULL`` if the list is empty"),
        "Return the first entry of a lockless list, if it has any.",
        |program, args| {
            if member_value(program, args.object(0)?, "first")? == 0 {
                return Ok(pointer(program, args.ty(program, 1)?, 0)?.into());
            }
            Ok(first_entry(program, args)?.into())
        },
    ),
    MODULE.helper(
        "llist_next_entry",
        Front::Nothing,
        &[
            Param::object("pos", "type *").doc("An entry of the list, not the last one."),
            ENTRY_MEMBER,
        ],
        Output::Returns("Object", "``type *``"),
        "Return the entry of a lockless list after another.",
        |program, args| {
            let (entry, member) = (args.object(0)?, args.str(1)?);
            let ty = referenced_type(program, entry.ty())?;
            let node = entry.dereference(program)?.subobject(program, member)?;
            let next = node.member(program, "next")?;
            Ok(next.container_of(program, ty, member)?.into())
        },
    ),
    MODULE.helper(
        "llist_for_each",
        Front::Nothing,
        &[NODE],
        Output::Returns("Iterator[Object]", "``struct llist_node *`` objects"),
        "Iterate over the nodes of a lockless list from one on.",
        |program, args| {
            let node = args.object(0)?;
            Ok(Value::iter(Nodes {
                chain: chain(program, node)?,
                pointer: node.ty(),
            }))
        },
    ),
    MODULE.helper(
        "llist_for_each_entry",
        Front::Nothing,
        &[ENTRY_TYPE, NODE, ENTRY_MEMBER],
        Output::Returns("Iterator[Object]", "``type *`` objects"),
        "Iterate over the entries of a lockless list from one on.",
        |program, args| {
            let entries = Entries::from_args(program, args, 0, 2)?;
            let chain = chain(program, args.object(1)?)?;
            Ok(Value::iter(ChainEntries::new(chain, entries)))
        },
    ),
];
