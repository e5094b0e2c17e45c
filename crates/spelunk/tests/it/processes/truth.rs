//! What a program says of itself, against what is found.

use super::run::Running;
use spelunk::{ModuleKind, ObjectKinds, Program, StackOptions, StackSource, TailCallFrames};

/// Compares modules, variables and functions. `program` has debugging information.
pub(super) fn check(name: &str, running_lines: &[String], program: &Program) {
    let modules = program.modules();
    let mut named = 0;
    for line in running_lines {
        let mut words = line.splitn(3, ' ');
        let (what, first) = (words.next().unwrap(), words.next().unwrap());
        let second = words.next().unwrap_or_default();
        let number = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap();
        match what {
            "module" => {
                named += 1;
                let bias = number(first);
                let module = modules.iter().find(|module| match module.kind() {
                    ModuleKind::Main => second.is_empty(),
                    _ => module.name() == second,
                });
                let module = module.unwrap_or_else(|| panic!("{name}: {line}"));
                let file = module.loaded_file();
                let file = file.unwrap_or_else(|| panic!("{name}: no file: {line}"));
                assert_eq!(file.bias(), bias, "{name}: {line}");
            }
            "variable" | "function" => {
                let kind = match what {
                    "variable" => ObjectKinds::VARIABLE,
                    _ => ObjectKinds::FUNCTION,
                };
                let object = program.object(first, kind, None);
                let object = object.unwrap_or_else(|error| panic!("{name}: {first}: {error}"));
                let address = object.address();
                assert_eq!(address, Some(number(second)), "{name}: {line}");
                let symbol = program.symbol_by_address(number(second));
                let symbol = symbol.unwrap_or_else(|error| panic!("{name}: {line}: {error}"));
                let own = first.rsplit("::").next().unwrap();
                assert!(symbol.name.contains(own), "{name}: {line}: {symbol:?}");
            }
            _ => panic!("{name}: {line}"),
        }
    }
    // Static programs tell of themselves and, some of them, of the vdso.
    if named > 2 {
        assert_eq!(modules.len(), named, "{name}");
    }
}

/// The frames' names of a thread's stack.
pub(super) fn stack(program: &Program, tid: u64) -> Vec<String> {
    let trace = program.thread(tid).unwrap().stack_trace(program).unwrap();
    let frames = trace.frames().iter();
    frames.map(|frame| frame.name(program)).collect()
}

/// As [`stack`], with the frames that tail calls lost, which gdb shows as well.
pub(super) fn whole_stack(program: &Program, tid: u64) -> Vec<String> {
    let source = StackSource::Tid(tid);
    let trace = program.stack_trace_with(
        &source,
        StackOptions {
            tail_calls: TailCallFrames::PutBack,
            ..StackOptions::default()
        },
    );
    let trace = trace.unwrap();
    let frames = trace.frames().iter();
    frames.map(|frame| frame.name(program)).collect()
}

/// The threads' IDs, in order.
pub(super) fn tids(program: &Program) -> Vec<u64> {
    let mut threads = program.threads().unwrap();
    let mut tids = Vec::new();
    while let Some(thread) = threads.next(program).unwrap() {
        tids.push(thread.tid);
    }
    tids.sort_unstable();
    tids
}

/// Compares threads with those that the process has.
pub(super) fn check_threads(name: &str, running: &Running, program: &Program) {
    assert_eq!(tids(program), running.tids(), "{name}");
    let main = program.main_thread().unwrap();
    assert_eq!(main.tid, u64::from(running.pid()), "{name}");
    let shown = main.name(program).unwrap();
    assert_eq!(shown.as_deref(), Some(&b"program"[..]), "{name}");
}
