//! Hash lists whose end says which list it is: `include/linux/list_nulls.h`, `struct hlist_nulls_head`.

use super::entry::{ENTRY_MEMBER, ENTRY_TYPE, Entries};
use super::list::ChainEntries;
use crate::access::{Field, member_value, referenced_type};
use crate::helper::{Args, Front, Helper, Output, Param, Value};
use crate::walk::Chain;
use spelunk_program::{Program, Result};

const HEAD: Param = Param::object("head", "struct hlist_nulls_head *");

/// The record of a helper in this file.
const fn helper(
    name: &'static str,
    params: &'static [Param],
    output: Output,
    doc: &'static str,
    call: fn(&Program, &Args) -> Result<Value>,
) -> Helper {
    Helper {
        module: "list_nulls",
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
        "is_a_nulls",
        &[Param::object("pos", "struct hlist_nulls_node *")],
        Output::Returns("bool", ""),
        "Return whether a pointer is the mark at the end of a nulls hash list.",
        |program, args| Ok((args.object(0)?.to_u64(program)? & 1 != 0).into()),
    ),
    helper(
        "hlist_nulls_empty",
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a nulls hash list has no entries.",
        |program, args| Ok((member_value(program, args.object(0)?, "first")? & 1 != 0).into()),
    ),
    helper(
        "hlist_nulls_for_each_entry",
        &[ENTRY_TYPE, HEAD, ENTRY_MEMBER],
        Output::Returns("Iterator[Object]", "``type *`` objects"),
        "Iterate over the entries of a nulls hash list.",
        |program, args| {
            let first = args.object(1)?.member(program, "first")?;
            let link = Field::new(program, referenced_type(program, first.ty())?, "next")?;
            let chain = Chain::new(first.to_u64(program)?, link);
            let entries = Entries::from_args(program, args, 0, 2)?;
            Ok(Value::iter(ChainEntries::new(chain, entries)))
        },
    ),
];
