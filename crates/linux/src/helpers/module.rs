//! Modules: `include/linux/module.h`.

use super::entry::Entries;
use super::list::Nodes;
use crate::access::{
    any_member, find_member, find_variable, member_value, pointer, type_named, variable,
};
use crate::helper::{Front, Helper, HelperIter, HelperModule, Output, Param, ParamKind, Value};
use spelunk_object::Object;
use spelunk_program::{Program, Result};

/// The modules that are loaded, newest first.
pub struct Modules {
    nodes: Nodes,
    entries: Entries,
}

impl Modules {
    /// All of them.
    pub fn new(program: &Program) -> Result<Self> {
        let head = variable(program, "modules")?.address_of(program)?;
        let module = type_named(program, "struct module")?;
        Ok(Self {
            nodes: Nodes::of_list(program, &head, false)?,
            entries: Entries::new(program, module, "list")?,
        })
    }

    /// The next one: `struct module *`.
    pub fn next_module(&mut self, program: &Program) -> Result<Option<Object>> {
        let Some(node) = self.nodes.next_address(program)? else {
            return Ok(None);
        };
        self.entries.containing(program, node).map(Some)
    }
}

impl HelperIter for Modules {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_module(program)?.map(Value::Object))
    }
}

/// The module called `name`.
pub fn find_module(program: &Program, name: &[u8]) -> Result<Option<Object>> {
    let mut modules = Modules::new(program)?;
    while let Some(module) = modules.next_module(program)? {
        if module.member(program, "name")?.string(program)? == name {
            return Ok(Some(module));
        }
    }
    Ok(None)
}

/// The address and size of each part of `module`, empty ones included.
pub fn address_regions(program: &Program, module: &Object) -> Result<Vec<(u64, u64)>> {
    let region = |layout: &Object| -> Result<(u64, u64)> {
        Ok((
            member_value(program, layout, "base")?,
            member_value(program, layout, "size")?,
        ))
    };
    // Since 6.4.
    if let Some(memory) = find_member(program, module, "mem")? {
        let count = i64::try_from(memory.len(program)?).unwrap_or(0);
        return (0..count)
            .map(|index| region(&memory.index(program, index)?))
            .collect();
    }
    // Since 4.5.
    if find_member(program, module, "core_layout")?.is_some() {
        let mut regions = vec![
            region(&module.member(program, "core_layout")?)?,
            region(&module.member(program, "init_layout")?)?,
        ];
        // 5.18 to 6.4, where data can be apart from code.
        if let Some(data) = find_member(program, module, "data_layout")? {
            regions.push(region(&data)?);
        }
        return Ok(regions);
    }
    ["core", "init"]
        .into_iter()
        .map(|part| {
            let base = member_value(program, module, &format!("module_{part}"))?;
            Ok((
                base,
                member_value(program, module, &format!("{part}_size"))?,
            ))
        })
        .collect()
}

/// The module that `address` is in, or NULL.
fn address_to_module(program: &Program, address: u64) -> Result<Object> {
    let mut modules = Modules::new(program)?;
    while let Some(module) = modules.next_module(program)? {
        let contains = address_regions(program, &module)?
            .into_iter()
            .any(|(start, size)| {
                address
                    .checked_sub(start)
                    .is_some_and(|offset| offset < size)
            });
        if contains {
            return Ok(module);
        }
    }
    pointer(program, type_named(program, "struct module")?, 0)
}

/// The letters of the ways in which `module` taints the kernel.
fn taints(program: &Program, module: &Object) -> Result<String> {
    let taints = member_value(program, module, "taints")?;
    let mut letters = String::new();
    // A table says the letter for each: `c_true` of `struct taint_flag` from 5.10 on, `true` in kernels long before.
    let Some(flags) = find_variable(program, "taint_flags")? else {
        return Ok(letters);
    };
    let count = i64::try_from(flags.len(program)?).unwrap_or(0);
    for index in (0..count.min(64)).filter(|index| taints >> index & 1 != 0) {
        let letter = any_member(program, &flags.index(program, index)?, &["c_true", "true"])?;
        letters.push(char::from(
            u8::try_from(letter.to_u64(program)?).unwrap_or(b'?'),
        ));
    }
    Ok(letters)
}

const MOD: Param = Param::object("mod", "struct module *");
const FOUND: Output = Output::Returns("Object", "``struct module *``, ``NULL`` if there is none");

const MODULE: HelperModule = HelperModule("module");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "for_each_module",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct module *`` objects"),
        "Iterate over the modules that are loaded, newest first.",
        |program, _| Ok(Value::iter(Modules::new(program)?)),
    ),
    MODULE.helper(
        "find_module",
        Front::Program,
        &[Param::new(
            "name",
            ParamKind::Bytes,
            "Name, with ``_`` and not ``-``.",
        )],
        FOUND,
        "Return the module with a name.",
        |program, args| match find_module(program, args.bytes(0)?)? {
            Some(module) => Ok(module.into()),
            None => Ok(pointer(program, type_named(program, "struct module")?, 0)?.into()),
        },
    ),
    MODULE.helper(
        "address_to_module",
        Front::Program,
        &[Param::int(
            "addr",
            "Address of code or data of the module; not of memory that it allocated.",
        )],
        FOUND,
        "Return the module that an address is in.",
        |program, args| Ok(address_to_module(program, args.address(0)?)?.into()),
    ),
    MODULE.helper(
        "module_address_regions",
        Front::Nothing,
        &[MOD],
        Output::Returns("List[Tuple[int, int]]", "(address, size) tuples"),
        "Return the ranges of addresses that a module is in, without its per-CPU variables. How many there are and what each holds depends on the kernel's version.",
        |program, args| {
            let regions = address_regions(program, args.object(0)?)?;
            Ok(Value::List(regions.into_iter().map(Value::from).collect()))
        },
    ),
    MODULE.helper(
        "module_percpu_region",
        Front::Nothing,
        &[MOD],
        Output::Returns("Tuple[int, int]", "(address, size), (0, 0) if it has none"),
        "Return where the per-CPU variables of a module are.",
        |program, args| {
            let module = args.object(0)?;
            // Only with CONFIG_SMP.
            let region = match find_member(program, module, "percpu")? {
                Some(base) => (
                    base.to_u64(program)?,
                    member_value(program, module, "percpu_size")?,
                ),
                None => (0, 0),
            };
            Ok(region.into())
        },
    ),
    MODULE.helper(
        "module_taints",
        Front::Nothing,
        &[Param::object("module", "struct module *")],
        Output::Returns("str", "one letter for each, such as ``OE``"),
        "Return the ways in which a module taints the kernel, as its `documentation <https://docs.kernel.org/admin-guide/tainted-kernels.html>`_ names them.",
        |program, args| Ok(taints(program, args.object(0)?)?.into()),
    ),
];
