use crate::lab::Dump;
use spelunk::{Program, StackEnd, StackSource, StackTrace, Thread};
use std::collections::HashMap;

const DUMPS: &[&str] = &[
    "panic",
    "panic-5.10",
    "panic-7.2",
    "la57",
    "stop-nokaslr",
    "kyber",
    "kyber-oops",
    "arm64-panic",
    "arm64-interrupt",
    "i386-panic",
    "i386-interrupt",
];
/// What only `cargo xtask test --full` makes.
const FULL: &[&str] = &[
    "arm64-stop",
    "arm64-nopac-panic",
    "arm64-16k-panic",
    "i386-stop",
];

fn threads(program: &Program) -> Vec<Thread> {
    let mut iter = program.threads().unwrap();
    std::iter::from_fn(|| iter.next(program).unwrap()).collect()
}

fn trace_of(program: &Program, thread: &Thread) -> StackTrace {
    let source = StackSource::Thread(thread.clone());
    program
        .stack_trace(&source)
        .unwrap_or_else(|error| panic!("thread {}: {error}", thread.tid))
}

/// Whether the calls of a trace end in `expected`, which the kernel showed in `/proc/PID/stack`
/// (`do_wait+0x114`).
fn ends_in(program: &Program, trace: &StackTrace, expected: &[String]) -> bool {
    let calls = trace.frames().iter().filter(|frame| !frame.is_inline());
    let pcs: Vec<u64> = calls
        .filter(|frame| {
            frame
                .symbol(program)
                .is_ok_and(|symbol| !is_entry(&symbol.name))
        })
        .filter_map(|frame| frame.pc())
        .collect();
    let start = pcs.len().checked_sub(expected.len());
    let Some(pcs) = start.and_then(|start| pcs.get(start..)) else {
        return false;
    };
    // By address and not by name, since functions have several names.
    pcs.iter().zip(expected).all(|(pc, call)| {
        let (name, offset) = call.split_once("+0x").unwrap();
        let offset = u64::from_str_radix(offset, 16).unwrap();
        let mut symbols = program.symbols_by_name(name).unwrap().into_iter();
        symbols.any(|symbol| symbol.address + offset == *pc)
    })
}

/// Whether this is one of the labels at the entry from user code, of which the kernel shows another
/// than we do.
fn is_entry(name: &str) -> bool {
    name.starts_with("entry_SYSCALL")
}

/// What the guest showed in `/proc/PID/stack`, by thread.
fn calls_in_guest(dump: &Dump) -> HashMap<u64, Vec<String>> {
    let text = dump.truth("all-stacks");
    let mut stacks = HashMap::new();
    for stack in text.split("== ").skip(1) {
        let mut lines = stack.lines();
        let tid = lines.next().unwrap().trim().parse().unwrap();
        let calls = lines
            .filter_map(|line| line.strip_prefix("[<0>] ")?.split('/').next())
            .filter(|call| !is_entry(call));
        stacks.insert(tid, calls.map(str::to_owned).collect());
    }
    stacks
}

#[test]
fn traces_end_for_a_reason_and_agree_with_the_kernels_own() {
    let full: &[&str] = match std::env::var_os("SPELUNK_TEST_FULL") {
        Some(_) => FULL,
        None => &[],
    };
    for name in [DUMPS, full].concat() {
        let dump = Dump::find(name);
        let program = dump.open();
        let in_guest = calls_in_guest(&dump);
        let (mut compared, mut same) = (0, 0);
        for thread in threads(&program) {
            let trace = trace_of(&program, &thread);
            match trace.end() {
                StackEnd::Outermost | StackEnd::UserCode => assert!(!trace.frames().is_empty()),
                StackEnd::Lost { reason } if reason.contains("exited") => {
                    assert!(trace.frames().is_empty());
                }
                end => panic!("{name}, thread {}: {end}", thread.tid),
            }
            let Some(expected) = in_guest.get(&thread.tid).filter(|calls| calls.len() > 1) else {
                continue;
            };
            compared += 1;
            same += usize::from(ends_in(&program, &trace, expected));
        }
        // The guest went on before the dump was made, so a few threads sleep elsewhere by now.
        assert!(
            compared > 50 && same * 10 >= compared * 9,
            "{name}: {same} of {compared} agree"
        );
    }
}

#[test]
fn many_threads_see_the_same() {
    let program = Dump::find("panic").open();
    let threads = threads(&program);
    let texts = || -> Vec<String> {
        let traces = threads.iter().map(|thread| trace_of(&program, thread));
        traces.map(|trace| trace.format(&program)).collect()
    };
    // All start at once, with nothing looked up yet.
    let all: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(texts)).collect();
        let results = workers.into_iter().map(|worker| worker.join());
        results.map(Result::unwrap).collect()
    });
    assert!(all.iter().all(|texts| *texts == all[0]));
}
