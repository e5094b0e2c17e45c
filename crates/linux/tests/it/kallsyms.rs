//! Symbols out of the kernel's memory, as `/proc/kallsyms` showed them.

use crate::lab::{Dump, SERIES};
use spelunk_debuginfo::Symbol;
use spelunk_debuginfo::kallsyms::{Kallsyms, parse_proc_kallsyms};
use spelunk_linux::helpers::kallsyms::{kernel_symbols, module_symbols};
use spelunk_linux::{Linux, LinuxKernel};
use spelunk_program::{ModuleKind, Program};
use std::collections::BTreeMap;

fn describe(symbols: &Kallsyms) -> Vec<(u64, char, String)> {
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let symbols = symbols.iter();
    symbols
        .map(|(address, letter, name)| (address, letter, text(name)))
        .collect()
}

// What the kernel showed, in its order: every address, kind and name.
#[test]
fn of_the_kernel_without_debugging_information() {
    for name in [
        "panic",
        "panic-5.10",
        "panic-6.12",
        "panic-7.2",
        "la57",
        "stop-nokaslr",
    ] {
        let dump = Dump::find(name);
        let program = Program::new(None);
        let file = [dump.file("vmcore.elf")];
        program.open_core(&file, &[&Linux]).unwrap();
        let kernel = LinuxKernel::of(&program).unwrap();
        let found = kernel_symbols(kernel, &program).unwrap();
        let (shown, _) = parse_proc_kallsyms(dump.truth("kallsyms").as_bytes()).unwrap();
        let (found, shown) = (describe(&found), describe(&shown));
        assert_eq!(found.len(), shown.len(), "{name}");
        for (ours, theirs) in found.iter().zip(&shown) {
            assert_eq!(ours, theirs, "{name}");
        }
        assert!(shown.len() > 50_000, "{name}");

        // Names are looked up in them where there is no file.
        program.create_module(ModuleKind::Main, "kernel").unwrap();
        let schedule = program.symbol_by_name("schedule").unwrap();
        let truth = shown.iter().find(|(_, _, name)| name == "schedule");
        assert_eq!(schedule.address, truth.unwrap().0, "{name}");
        assert!(program.symbol_by_name("no_such_symbol").is_err());
        let error = program.crashed_thread().unwrap_err().to_string();
        let expected = format!(
            "could not find 'panic_cpu': debugging information of Linux {}",
            dump.release()
        );
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn of_modules() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let (_, shown) = parse_proc_kallsyms(dump.truth("kallsyms").as_bytes()).unwrap();
        let mut expected: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
        for symbol in shown {
            let list = expected.entry(symbol.module).or_default();
            list.push((symbol.name, symbol.address));
        }
        let mut count = 0;
        for module in program.modules() {
            let Some(object) = module.object() else {
                continue;
            };
            let table = module_symbols(&program, &object).unwrap();
            let named = |symbol: Symbol| (symbol.name.to_string(), symbol.address);
            let mut found: Vec<_> = table.iter().map(named).collect();
            let truth = expected.get_mut(module.name()).unwrap();
            found.sort_unstable();
            truth.sort_unstable();
            assert_eq!(&found, truth, "{series}: {}", module.name());
            count += 1;
        }
        assert!(count > 10, "{series}");
    }
}
