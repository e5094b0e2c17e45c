//! kallsyms: `include/linux/kallsyms.h`.

use super::module::Modules;
use crate::LinuxKernel;
use crate::helper::{Front, Helper, HelperModule, Output, Param, Value};
pub use crate::kernel::{kernel_symbols, module_symbols};
use spelunk_program::{Program, Result, Symbol, SymbolIndex};
use std::sync::Arc;

/// All symbols of all modules.
fn all_module_symbols(program: &Program) -> Result<Vec<Symbol>> {
    let mut symbols = Vec::new();
    let mut modules = Modules::new(program)?;
    while let Some(module) = modules.next_module(program)? {
        symbols.extend(module_symbols(program, &module)?.iter());
    }
    Ok(symbols)
}

fn index(symbols: Vec<Symbol>) -> Value {
    Value::SymbolIndex(Arc::new(SymbolIndex::new(symbols)))
}

const INDEX: Output = Output::Returns(
    "SymbolIndex",
    "for :meth:`spelunk.Program.register_symbol_finder()`",
);

const MODULE: HelperModule = HelperModule("kallsyms");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "load_vmlinux_kallsyms",
        Front::Program,
        &[],
        INDEX,
        "Return an index of the symbols of the kernel itself, out of its memory; no debugging information is needed.\n\nNames and addresses are looked up in them anyway where no file of the kernel's has symbols; this is for those who want them in another order. Sizes are guessed: a symbol ends where the next one begins, and has size 0 if that is 64 KiB away or more.",
        |program, _| {
            Ok(index(
                kernel_symbols(LinuxKernel::of(program)?, program)?.symbols(),
            ))
        },
    ),
    MODULE.helper(
        "load_module_kallsyms",
        Front::Program,
        &[],
        INDEX,
        "Return an index of the symbols of all modules that are loaded, out of the kernel's memory. The debugging information of the kernel itself must be loaded, but none of the modules.",
        |program, _| Ok(index(all_module_symbols(program)?)),
    ),
    MODULE.helper(
        "module_kallsyms",
        Front::Nothing,
        &[Param::object("module", "struct module *")],
        Output::Returns(
            "List[Symbol]",
            "its symbols, without those that it takes from elsewhere",
        ),
        "Return the symbols of a module, out of the kernel's memory.",
        |program, args| {
            let symbols = module_symbols(program, args.object(0)?)?;
            Ok(Value::List(symbols.iter().map(Value::Symbol).collect()))
        },
    ),
];
