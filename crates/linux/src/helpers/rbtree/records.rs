//! The records of these helpers.

use super::find::{compare, rb_find};
use super::validate::Validated;
use super::walk::{Order, Side, Walk, WalkEntries, beside, end};
use crate::access::{integer, member_value};
use crate::helper::{Front, Helper, HelperModule, Output, Param, ParamKind, Value};
use crate::helpers::entry::{ENTRY_MEMBER, ENTRY_TYPE, Entries};

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

const MODULE: HelperModule = HelperModule("rbtree");

pub(in crate::helpers) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "RB_EMPTY_ROOT",
        Front::Nothing,
        &[ROOT],
        Output::Returns("bool", ""),
        "Return whether a red-black tree has no nodes.",
        |program, args| Ok((member_value(program, args.object(0)?, "rb_node")? == 0).into()),
    ),
    MODULE.helper(
        "RB_EMPTY_NODE",
        Front::Nothing,
        &[NODE],
        Output::Returns("bool", ""),
        "Return whether a node is in no red-black tree.",
        |program, args| {
            let node = args.object(0)?;
            let parent = member_value(program, node, "__rb_parent_color")?;
            Ok((parent == node.to_u64(program)?).into())
        },
    ),
    MODULE.helper(
        "rb_parent",
        Front::Nothing,
        &[NODE],
        NODE_OR_NULL,
        "Return the parent of a node of a red-black tree.",
        |program, args| {
            let node = args.object(0)?;
            let parent = member_value(program, node, "__rb_parent_color")? & !3;
            Ok(integer(program, node.ty(), parent)?.into())
        },
    ),
    MODULE.helper(
        "rb_first",
        Front::Nothing,
        &[ROOT],
        NODE_OR_NULL,
        "Return the first node of a red-black tree, in its order.",
        |program, args| Ok(end(program, args.object(0)?, Side::Left)?.into()),
    ),
    MODULE.helper(
        "rb_last",
        Front::Nothing,
        &[ROOT],
        NODE_OR_NULL,
        "Return the last node of a red-black tree, in its order.",
        |program, args| Ok(end(program, args.object(0)?, Side::Right)?.into()),
    ),
    MODULE.helper(
        "rb_next",
        Front::Nothing,
        &[NODE],
        NODE_OR_NULL,
        "Return the node after another, in the tree's order.",
        |program, args| Ok(beside(program, args.object(0)?, Side::Right)?.into()),
    ),
    MODULE.helper(
        "rb_prev",
        Front::Nothing,
        &[NODE],
        NODE_OR_NULL,
        "Return the node before another, in the tree's order.",
        |program, args| Ok(beside(program, args.object(0)?, Side::Left)?.into()),
    ),
    MODULE.helper(
        "rbtree_inorder_for_each",
        Front::Nothing,
        &[ROOT],
        NODES,
        "Iterate over the nodes of a red-black tree, in its order.",
        |program, args| Ok(Value::iter(Walk::new(program, args.object(0)?, Order::In)?)),
    ),
    MODULE.helper(
        "rbtree_preorder_for_each",
        Front::Nothing,
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
    MODULE.helper(
        "rbtree_inorder_for_each_entry",
        Front::Nothing,
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
    MODULE.helper(
        "rbtree_preorder_for_each_entry",
        Front::Nothing,
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
    MODULE.helper(
        "rb_find",
        Front::Nothing,
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
    MODULE.helper(
        "validate_rbtree",
        Front::Nothing,
        &[ENTRY_TYPE, ROOT, ENTRY_MEMBER, COMPARE_ENTRIES, ALLOW_EQUAL],
        Output::Returns("None", ""),
        "Check a red-black tree: the order of its entries, its parent links, and the rules of its colours (a black root, no red child of a red node, as many black nodes on the way to every leaf).\n\n:raises ValidationError: if something is wrong; it names the node",
        |program, args| {
            let mut walk = Validated::new(program, args)?;
            while walk.next_entry(program)?.is_some() {}
            Ok(Value::None)
        },
    ),
    MODULE.helper(
        "validate_rbtree_inorder_for_each_entry",
        Front::Nothing,
        &[ENTRY_TYPE, ROOT, ENTRY_MEMBER, COMPARE_ENTRIES, ALLOW_EQUAL],
        ENTRIES,
        "Iterate over the entries of a red-black tree in its order, and check it on the way as :func:`validate_rbtree()` does.\n\n:raises ValidationError: if something is wrong; it names the node",
        |program, args| Ok(Value::iter(Validated::new(program, args)?)),
    ),
];
