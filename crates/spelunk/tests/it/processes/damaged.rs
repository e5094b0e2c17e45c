//! Cores that are cut off: what is there is read.

use super::build::KINDS;
use super::run::Running;
use spelunk::LoadRequest;

#[test]
fn cut_off_anywhere() {
    let kind = KINDS.iter().find(|kind| kind.name == "library").unwrap();
    let workshop = kind.build("cut");
    let running = Running::start(&workshop);
    let tids = running.tids();
    let core = std::fs::read(running.into_core()).unwrap();
    let cut = workshop.path("cut");
    // The notes stand at the start, and have all threads.
    for size in [0x8000, core.len() / 4, core.len() / 2, core.len() - 0x1000] {
        std::fs::write(&cut, &core[..size]).unwrap();
        let program = spelunk::open(std::slice::from_ref(&cut), None).unwrap();
        assert_eq!(super::truth::tids(&program), tids, "{size:#x}");
        let _ = program.load_debug_info(&LoadRequest::everything()).unwrap();
        for tid in &tids {
            let trace = program.thread(*tid).unwrap().stack_trace(&program).unwrap();
            assert!(!trace.frames().is_empty(), "{size:#x}");
        }
    }
    workshop.remove();
}

#[test]
fn a_core_without_its_notes_is_cut_off() {
    let kind = KINDS.iter().find(|kind| kind.name == "library").unwrap();
    let workshop = kind.build("cut-notes");
    let running = Running::start(&workshop);
    let path = running.core_by_gdb();
    let core = std::fs::read(&path).unwrap();
    let cut = workshop.path("cut");
    // gdb writes the notes last.
    let size = core.len() / 2;
    std::fs::write(&cut, &core[..size]).unwrap();
    workshop.run("zstd", ["-q", "cut", "-o", "cut.zst"]);
    for name in ["cut", "cut.zst"] {
        let Err(error) = spelunk::open(&[workshop.path(name)], None) else {
            panic!("{name} has threads");
        };
        let error = error.to_string();
        let expected = format!("is cut off: it has {size} of ");
        assert!(error.contains(&expected), "{error}");
    }
    workshop.remove();
}
