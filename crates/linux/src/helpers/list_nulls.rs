//! Hash lists whose end says which list it is: `include/linux/list_nulls.h`, `struct hlist_nulls_head`.

use super::entry::{ENTRY_MEMBER, ENTRY_TYPE, Entries};
use super::list::ChainEntries;
use crate::access::{Field, member_value, referenced_type};
use crate::helper::{Front, Helper, HelperModule, Output, Param, Value};
use crate::walk::Chain;

const HEAD: Param = Param::object("head", "struct hlist_nulls_head *");

const MODULE: HelperModule = HelperModule("list_nulls");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "is_a_nulls",
        Front::Nothing,
        &[Param::object("pos", "struct hlist_nulls_node *")],
        Output::Returns("bool", ""),
        "Return whether a pointer is the mark at the end of a nulls hash list.",
        |program, args| Ok((args.object(0)?.to_u64(program)? & 1 != 0).into()),
    ),
    MODULE.helper(
        "hlist_nulls_empty",
        Front::Nothing,
        &[HEAD],
        Output::Returns("bool", ""),
        "Return whether a nulls hash list has no entries.",
        |program, args| Ok((member_value(program, args.object(0)?, "first")? & 1 != 0).into()),
    ),
    MODULE.helper(
        "hlist_nulls_for_each_entry",
        Front::Nothing,
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
