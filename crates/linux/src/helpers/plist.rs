//! Lists sorted by priority: `include/linux/plist.h`, `struct plist_head`.

use super::entry::{ENTRY_MEMBER, ENTRY_TYPE};
use super::list::{entries, list_empty};
use crate::access::type_named;
use crate::helper::{Args, Front, Helper, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Program, Result};

/// The list of all nodes, of a head or a node: a `struct list_head *`.
fn node_list(program: &Program, object: &Object) -> Result<Object> {
    Ok(object.member(program, "node_list")?.address_of(program)?)
}

/// The entry that `link` of the head points to: arguments are the head, the type and the member.
fn end(program: &Program, args: &Args, link: &str) -> Result<Value> {
    let node = node_list(program, args.object(0)?)?.member(program, link)?;
    let member = format!("{}.node_list", args.str(2)?);
    Ok(node
        .container_of(program, args.ty(program, 1)?, &member)?
        .into())
}

const HEAD: Param = Param::object("head", "struct plist_head *");

const MODULE: HelperModule = HelperModule("plist");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "plist_head_empty",
        Front::Nothing,
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a sorted list has no entries.",
        |program, args| Ok(list_empty(program, &node_list(program, args.object(0)?)?)?.into()),
    ),
    MODULE.helper(
        "plist_node_empty",
        Front::Nothing,
        &[Param::object("node", "struct plist_node *")],
        Output::Returns("bool", ""),
        "Return whether a node is on no sorted list.",
        |program, args| Ok(list_empty(program, &node_list(program, args.object(0)?)?)?.into()),
    ),
    MODULE.helper(
        "plist_first_entry",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``"),
        "Return the first entry, that of highest priority, of a sorted list that is known not to be empty.",
        |program, args| end(program, args, "next"),
    ),
    MODULE.helper(
        "plist_last_entry",
        Front::Nothing,
        &[HEAD, ENTRY_TYPE, ENTRY_MEMBER],
        Output::Returns("Object", "``type *``"),
        "Return the last entry, that of lowest priority, of a sorted list that is known not to be empty.",
        |program, args| end(program, args, "prev"),
    ),
    MODULE.helper(
        "plist_for_each",
        Front::Nothing,
        &[HEAD],
        Output::Returns("Iterator[Object]", "``struct plist_node *`` objects"),
        "Iterate over the nodes of a sorted list.",
        |program, args| {
            let node = type_named(program, "struct plist_node")?;
            let head = node_list(program, args.object(0)?)?;
            entries(program, node, &head, "node_list")
        },
    ),
    MODULE.helper(
        "plist_for_each_entry",
        Front::Nothing,
        &[ENTRY_TYPE, HEAD, ENTRY_MEMBER],
        Output::Returns("Iterator[Object]", "``type *`` objects"),
        "Iterate over the entries of a sorted list.",
        |program, args| {
            let head = node_list(program, args.object(1)?)?;
            let member = format!("{}.node_list", args.str(2)?);
            entries(program, args.ty(program, 0)?, &head, &member)
        },
    ),
];
