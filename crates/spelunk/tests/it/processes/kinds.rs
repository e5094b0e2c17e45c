//! Every kind of program: running, its core by the kernel, its core by gdb.

use super::build::{KINDS, Kind};
use super::gdb;
use super::run::Running;
use super::truth;
use spelunk::{LoadRequest, Program};
use std::path::Path;

/// Those whose core is taken from gdb as well, which is slow.
const BY_GDB: &[&str] = &["pie", "32-bit", "library"];

fn load(program: &Program) {
    program.load_debug_info(&LoadRequest::everything()).unwrap();
}

fn open(core: &Path) -> std::sync::Arc<Program> {
    let program = spelunk::open(&[core.to_owned()], None).unwrap();
    load(&program);
    program
}

fn check(kind: &Kind) {
    let name = kind.name;
    let workshop = kind.build("kind");
    let running = Running::start(&workshop);
    let live = spelunk::open_process(running.pid()).unwrap();
    load(&live);
    truth::check(name, &running.lines, &live);
    truth::check_threads(name, &running, &live);
    let flags = live.flags();
    assert!(
        flags.is_live && flags.is_local && !flags.is_linux_kernel,
        "{name}"
    );
    let tids = running.tids();
    let stacks: Vec<_> = tids.iter().map(|tid| truth::stack(&live, *tid)).collect();
    let own = &stacks[0];
    let depth = own
        .iter()
        .filter(|function| function.rsplit("::").next() == Some("inner"))
        .count();
    let is_opener = name == "opener";
    assert_eq!(depth, if is_opener { 0 } else { 4 }, "{name}: {own:?}");
    assert!(
        own.iter().any(|function| function.ends_with("main")),
        "{name}: {own:?}"
    );

    if BY_GDB.contains(&name) {
        let core = running.core_by_gdb();
        let dead = open(&core);
        truth::check(name, &running.lines, &dead);
        assert_eq!(truth::tids(&dead), tids, "{name}, gdb's core");
        for (tid, stack) in tids.iter().zip(&stacks) {
            assert_eq!(truth::stack(&dead, *tid), *stack, "{name}, gdb's core");
        }
    }
    let pid = u64::from(running.pid());
    let lines = running.lines.clone();
    let core = running.into_core();
    let dead = open(&core);
    truth::check(name, &lines, &dead);
    assert_eq!(truth::tids(&dead), tids, "{name}, core");
    assert_eq!(dead.main_thread().unwrap().tid, pid, "{name}");
    // Any thread may take a signal that is for the process.
    assert!(tids.contains(&dead.crashed_thread().unwrap().tid), "{name}");
    let theirs = gdb::stacks(&workshop.path("program"), &core);
    for (tid, stack) in tids.iter().zip(&stacks) {
        let found = truth::stack(&dead, *tid);
        assert_eq!(found, *stack, "{name}, core");
        compare(name, &found, theirs.get(tid).map_or(&[][..], Vec::as_slice));
    }
    workshop.remove();
}

/// gdb gives up earlier now and then, and has names from elsewhere where debugging information has none.
pub(super) fn compare(name: &str, ours: &[String], theirs: &[String]) {
    assert!(!theirs.is_empty(), "{name}: gdb sees no stack");
    for (own, other) in ours.iter().zip(theirs) {
        // Functions have several symbols (pause, __libc_pause), and names of Rust several spellings.
        let is_same = other == "??"
            || own.contains(other.as_str())
            || other.contains(own.as_str())
            || [own, other].iter().any(|name| name.contains(['<', '{']));
        assert!(
            is_same,
            "{name}: {own} is {other} to gdb\n{ours:?}\n{theirs:?}"
        );
    }
    assert!(
        ours.len() + 1 >= theirs.len(),
        "{name}:\n{ours:?}\n{theirs:?}"
    );
}

macro_rules! kinds {
    ($($test:ident = $range:expr;)*) => {
        $(
            #[test]
            fn $test() {
                KINDS[$range].iter().for_each(check);
            }
        )*
    };
}

// Several tests, which run beside each other.
kinds! {
    gcc_position_independent_and_static = 0..5;
    gcc_debug_formats_and_linker_options = 5..11;
    gcc_32_bit = 11..14;
    clang_lld_and_cxx = 14..17;
    libraries = 17..20;
    rust = 20..;
}
