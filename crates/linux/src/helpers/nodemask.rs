//! Sets of NUMA nodes: `include/linux/nodemask.h`.

use super::bitops::Bitmap;
use super::page::find_constant;
use crate::access::{find_variable, variable, word_size};
use crate::helper::{Front, Helper, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};

/// The nodes in `mask`, a `nodemask_t`.
fn nodes(program: &Program, mask: &Object) -> Result<Bitmap> {
    let bits = mask.member(program, "bits")?;
    let address = bits.address_of(program)?.to_u64(program)?;
    let word = (word_size(program) as u64).saturating_mul(8);
    Bitmap::read(program, address, bits.len(program)?.saturating_mul(word))
}

/// The nodes that are in `state`, an `enum node_states`.
fn nodes_in_state(program: &Program, state: u64) -> Result<Bitmap> {
    let states = variable(program, "node_states")?;
    let count = states.len(program)?;
    if state >= count {
        return Err(Error::value(format!(
            "nodes have states 0 to {}, not {state}",
            count.saturating_sub(1)
        )));
    }
    let index = i64::try_from(state).unwrap_or(0);
    nodes(program, &states.index(program, index)?)
}

/// The nodes that are in the state called `name`.
fn nodes_in_state_named(program: &Program, name: &str) -> Result<Value> {
    let state = find_constant(program, name)?
        .ok_or_else(|| Error::lookup(format!("the kernel has no state {name} of nodes")))?;
    Ok(Value::ready(
        nodes_in_state(program, state)?.into_bits(true),
    ))
}

const NODES: Output = Output::Returns("Iterator[int]", "");

const MODULE: HelperModule = HelperModule("nodemask");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "for_each_node_mask",
        Front::Nothing,
        &[Param::object("mask", "nodemask_t")],
        NODES,
        "Iterate over the NUMA nodes in a set.",
        |program, args| {
            let nodes = nodes(program, args.object(0)?)?;
            Ok(Value::ready(nodes.into_bits(true)))
        },
    ),
    MODULE.helper(
        "for_each_node_state",
        Front::Program,
        &[Param::int(
            "state",
            "``enum node_states``, such as ``N_NORMAL_MEMORY``.",
        )],
        NODES,
        "Iterate over the NUMA nodes that are in a state.",
        |program, args| {
            let nodes = nodes_in_state(program, args.address(0)?)?;
            Ok(Value::ready(nodes.into_bits(true)))
        },
    ),
    MODULE.helper(
        "for_each_node",
        Front::Program,
        &[],
        NODES,
        "Iterate over the NUMA nodes that could ever be there.",
        |program, _| nodes_in_state_named(program, "N_POSSIBLE"),
    ),
    MODULE.helper(
        "for_each_online_node",
        Front::Program,
        &[],
        NODES,
        "Iterate over the NUMA nodes that are up.",
        |program, _| nodes_in_state_named(program, "N_ONLINE"),
    ),
    MODULE.helper(
        "node_state",
        Front::Nothing,
        &[
            Param::int("node", "Number of the NUMA node."),
            Param::object("state", "enum node_states").doc("Such as ``N_NORMAL_MEMORY``."),
        ],
        Output::Returns("bool", ""),
        "Return whether a NUMA node is in a state.",
        |program, args| {
            let state = args.object(1)?.to_u64(program)?;
            Ok(nodes_in_state(program, state)?
                .contains(args.address(0)?)
                .into())
        },
    ),
    MODULE.helper(
        "nr_node_ids",
        Front::Program,
        &[],
        Output::Returns("int", ""),
        "Return a number that is greater than that of any NUMA node.",
        |program, _| {
            // Without CONFIG_NUMA it is a macro.
            Ok(match find_variable(program, "nr_node_ids")? {
                Some(count) => count.to_u64(program)?,
                None => 1,
            }
            .into())
        },
    ),
];
