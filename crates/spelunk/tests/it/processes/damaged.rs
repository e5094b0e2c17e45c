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

#[test]
fn libraries_that_the_list_has_lost_come_from_mappings() {
    let kind = KINDS.iter().find(|kind| kind.name == "library").unwrap();
    let workshop = kind.build("cut-libraries");
    let running = Running::start(&workshop);
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", running.pid())).unwrap();
    let path = running.into_core();
    let whole = spelunk::open(std::slice::from_ref(&path), None).unwrap();
    whole.load_debug_info(&LoadRequest::everything()).unwrap();
    let modules = |program: &spelunk::Program| {
        let found = program.modules();
        let facts = |module: &std::sync::Arc<spelunk::Module>| {
            (
                module.address_ranges().unwrap_or_default(),
                module.build_id(),
            )
        };
        let mut found: Vec<_> = found.iter().map(facts).collect();
        found.sort_by_key(|(ranges, _)| ranges.first().map(|range| range.start));
        found
    };
    let all = modules(&whole);
    // The dynamic linker's own data, at whose start the list is, stands behind the libraries.
    let mut linker = maps.lines().filter(|line| line.contains("/ld-linux"));
    let data = linker.rfind(|line| line.contains(" rw-p ")).unwrap();
    let data = u64::from_str_radix(data.split('-').next().unwrap(), 16).unwrap();
    let core = std::fs::read(&path).unwrap();
    let elf = spelunk_elf::ElfFile::parse(spelunk_elf::FileData::from_bytes("core", core.clone()));
    let elf = elf.unwrap();
    let mut segments = elf.segments().iter();
    let holder = segments.find(|load| {
        (load.virtual_address..load.virtual_address + load.memory_size).contains(&data)
    });
    let cut = holder.unwrap().offset as usize;
    workshop.write("cut", &core[..cut]);
    let program = spelunk::open(&[workshop.path("cut")], None).unwrap();
    let report = program.load_debug_info(&LoadRequest::everything()).unwrap();
    let text = report.to_string();
    assert!(text.contains("mapped files tell"), "{text}");
    assert_eq!(modules(&program), all, "{text}");
    let address = program.symbol_by_name("library_wait").unwrap().address;
    assert_eq!(
        address,
        whole.symbol_by_name("library_wait").unwrap().address
    );
    workshop.remove();
}
