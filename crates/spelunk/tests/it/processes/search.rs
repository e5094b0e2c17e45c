//! Where the files of processes are found.

use super::build::KINDS;
use super::run::Running;
use super::truth;
use spelunk::{AddressSpace, LoadRequest, ObjectKinds};

fn workshop(purpose: &str) -> spelunk_synth::Workshop {
    KINDS[0].build(purpose)
}

#[test]
fn deleted_executable() {
    let workshop = workshop("deleted");
    let running = Running::start(&workshop);
    std::fs::remove_file(workshop.path("program")).unwrap();
    let program = spelunk::open_process(running.pid()).unwrap();
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    truth::check("deleted", &running.lines, &program);
    let name = program.main_module().unwrap().name().to_owned();
    assert!(name.ends_with("/program (deleted)"), "{name}");
    // Only through /proc.
    let program = spelunk::open_process(running.pid()).unwrap();
    program
        .debug_info_options()
        .change(|options| options.try_procfs = false);
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    assert!(program.main_module().unwrap().wants_loaded_file());
}

#[test]
fn replaced_executable() {
    let workshop = workshop("replaced");
    let running = Running::start(&workshop);
    let core = running.core_by_gdb();
    std::fs::remove_file(workshop.path("program")).unwrap();
    workshop.write("other.c", "int main(void) { return 1; }");
    workshop.run("gcc", ["-g", "-o", "program", "other.c"]);
    let program = spelunk::open_process(running.pid()).unwrap();
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    truth::check("replaced", &running.lines, &program);
    // The core has nothing but the path, where another file is now: neither it nor its bytes count.
    let program = spelunk::open(&[core], None).unwrap();
    let report = program.load_debug_info(&LoadRequest::everything()).unwrap();
    let main = program.main_module().unwrap();
    assert!(main.wants_debug_file() && main.wants_loaded_file());
    let missing = report
        .missing
        .iter()
        .find(|missing| missing.module == main.name());
    assert_eq!(missing.unwrap().refused.len(), 1, "{report}");
}

#[test]
fn stripped_with_debug_link() {
    let workshop = workshop("stripped");
    workshop.run("objcopy", ["--only-keep-debug", "program", "program.debug"]);
    workshop.run("strip", ["program"]);
    workshop.run("objcopy", ["--add-gnu-debuglink=program.debug", "program"]);
    let running = Running::start(&workshop);
    let program = spelunk::open_process(running.pid()).unwrap();
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    truth::check("stripped", &running.lines, &program);
    let main = program.main_module().unwrap();
    let path = main.debug_file().unwrap().path();
    assert!(path.ends_with("program.debug"), "{}", path.display());
}

#[test]
fn code_that_a_core_leaves_out_comes_from_files() {
    let workshop = workshop("filled");
    let running = Running::start(&workshop);
    let lines = running.lines.clone();
    let live = spelunk::open_process(running.pid()).unwrap();
    live.load_debug_info(&LoadRequest::everything()).unwrap();
    let place = |name| {
        let object = live.object(name, ObjectKinds::ANY, None).unwrap();
        object.address().unwrap()
    };
    let (main, constant) = (place("main"), place("constant"));
    let read =
        |program: &spelunk::Program, address| program.read(AddressSpace::Virtual, address, 64);
    let (code, text) = (read(&live, main).unwrap(), read(&live, constant).unwrap());
    assert!(text.starts_with(b"constant\0"));
    let core = running.into_core();
    let dead = spelunk::open(std::slice::from_ref(&core), None).unwrap();
    assert_eq!(read(&dead, main).unwrap(), code);
    assert_eq!(read(&dead, constant).unwrap(), text);
    // Moved away, the file is found by nobody, until it is given.
    let moved = workshop.path("elsewhere");
    std::fs::rename(workshop.path("program"), &moved).unwrap();
    let dead = spelunk::open(&[core], None).unwrap();
    if read(&dead, main).is_ok() {
        // gdb's cores have the code.
        return;
    }
    dead.load_debug_info(&LoadRequest {
        paths: vec![moved],
        ..LoadRequest::everything()
    })
    .unwrap();
    assert_eq!(read(&dead, main).unwrap(), code);
    truth::check("filled", &lines, &dead);
}

#[test]
fn values_are_read_afresh() {
    let workshop = spelunk_synth::Workshop::new(env!("CARGO_TARGET_TMPDIR"), "process-afresh");
    workshop.write(
        "counter.c",
        "#include <stdio.h>\n#include <unistd.h>\nvolatile long counter;\nint main(void)\n\
         { puts(\"ready\"); fflush(stdout); for (;;) { counter++; usleep(1000); } }",
    );
    workshop.run("gcc", ["-g", "-o", "program", "counter.c"]);
    let running = Running::start(&workshop);
    let program = spelunk::open_process(running.pid()).unwrap();
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    let counter = program
        .object("counter", ObjectKinds::VARIABLE, None)
        .unwrap();
    let first = counter.to_u64(&*program).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(50));
    let second = counter.to_u64(&*program).unwrap();
    assert!(second > first);
    // Registers are taken of a thread that goes on.
    let trace = program
        .main_thread()
        .unwrap()
        .stack_trace(&program)
        .unwrap();
    assert!(trace.frames().len() > 1);
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert!(counter.to_u64(&*program).unwrap() > second);
    // What ended has no memory.
    drop(running);
    assert!(counter.to_u64(&*program).is_err());
}
