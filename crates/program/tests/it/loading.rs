use crate::files::{Directory, elf_file};
use crate::system::{KERNEL_ID, MODULE_ID, RELEASE, TestSystem, program, program_of};
use spelunk_memory::{AddressSpace, Unreadable};
use spelunk_program::{ErrorKind, LoadReport, LoadRequest, Program, StackSource};
use spelunk_program::{StackEnd, Thread};
use spelunk_synth::elf::{ET_EXEC, ET_REL};
use std::path::PathBuf;

fn load(program: &Program) -> LoadReport {
    program.load_debug_info(&LoadRequest::everything()).unwrap()
}

fn paths(report: &LoadReport) -> Vec<PathBuf> {
    report.loaded.iter().map(|file| file.path.clone()).collect()
}

#[test]
fn a_dump_opens_once_and_its_memory_is_there() {
    let directory = Directory::new();
    let program = program(&directory);
    let core = directory.path().join("vmcore");
    assert_eq!(program.core_dump_paths(), [core.as_path()]);
    assert_eq!(
        program.read(AddressSpace::Physical, 0x1ffe, 2).unwrap(),
        [0x5a; 2]
    );
    let fault = program.read(AddressSpace::Physical, 0x1ffe, 1 << 40);
    assert_eq!(
        *fault.unwrap_err().kind(),
        ErrorKind::Fault(Unreadable {
            address: 0x2000,
            size: (1 << 40) - 2,
            space: AddressSpace::Physical,
        })
    );
    let again = program
        .open_core(&[core], &[&TestSystem(None)])
        .unwrap_err();
    assert_eq!(again.to_string(), "program memory was already initialized");
}

#[test]
fn files_are_found_in_the_layouts_of_distributions() {
    let kernel = elf_file(ET_EXEC, &KERNEL_ID, true);
    let module = elf_file(ET_REL, &MODULE_ID, true);
    let layouts = [
        (
            format!("usr/lib/debug/boot/vmlinux-{RELEASE}"),
            format!("usr/lib/debug/lib/modules/{RELEASE}/kernel/drivers/some-driver.ko"),
        ),
        (
            format!("usr/lib/debug/lib/modules/{RELEASE}/vmlinux"),
            format!("usr/lib/debug/lib/modules/{RELEASE}/kernel/some-driver.ko.debug"),
        ),
        (
            format!("lib/modules/{RELEASE}/build/vmlinux"),
            format!("lib/modules/{RELEASE}/updates/dkms/some_driver.ko"),
        ),
        (
            "usr/lib/debug/.build-id/01/020304.debug".into(),
            "usr/lib/debug/.build-id/05/060708.debug".into(),
        ),
    ];
    for (kernel_path, module_path) in layouts {
        let directory = Directory::new();
        let expected = [
            directory.write(&kernel_path, &kernel),
            directory.write(&module_path, &module),
        ];
        let program = program(&directory);
        assert_eq!(paths(&load(&program)), expected);
        assert!(load(&program).loaded.is_empty(), "loaded twice");
        let module = program.module_by_address(0x20010).unwrap();
        assert_eq!(module.name(), "some_driver");
        assert!(!module.wants_debug_file());
    }
}

#[test]
fn the_directory_of_one_kernel_leads_to_all_of_it() {
    let directory = Directory::new();
    let kernel = directory.write(
        &format!("usr/lib/debug/boot/vmlinux-{RELEASE}"),
        &elf_file(ET_EXEC, &KERNEL_ID, true),
    );
    let modules = directory.path().join(format!("lib/modules/{RELEASE}"));
    let module = directory.write(
        &format!("lib/modules/{RELEASE}/kernel/some-driver.ko"),
        &elf_file(ET_REL, &MODULE_ID, true),
    );
    let program = program(&directory);
    program
        .debug_info_options()
        .change(|options| options.kernel_directories = vec![modules]);
    assert_eq!(paths(&load(&program)), [kernel, module]);
}

#[test]
fn what_does_not_match_is_refused_with_both_build_ids() {
    let directory = Directory::new();
    directory.write(
        &format!("boot/vmlinux-{RELEASE}"),
        &elf_file(ET_EXEC, &MODULE_ID, true),
    );
    let given = directory.write("some-driver.ko", &elf_file(ET_REL, &[9, 9], true));
    let other = directory.write("other.ko", &elf_file(ET_REL, &[0xab], true));
    let broken = directory.write("broken", b"no ELF");
    let program = program(&directory);
    let report = program
        .load_debug_info(&LoadRequest {
            paths: vec![given, other, broken],
            ..LoadRequest::everything()
        })
        .unwrap();
    assert!(report.loaded.is_empty());
    assert_eq!(report.missing.len(), 2);
    let text = report.to_string();
    for part in [
        "the file has build ID 05060708, the kernel in the dump has 01020304",
        "the file has build ID 0909, the some_driver in the dump has 05060708",
        "other.ko: nothing that is loaded has its build ID ab",
        "broken: not an ELF file",
        "some_driver (build ID 05060708)",
        "the list of loaded modules is not complete: address is not mapped: 0x1234",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

#[test]
fn a_place_without_a_file_is_no_news() {
    let directory = Directory::new();
    let kernel = directory.path().join(format!("boot/vmlinux-{RELEASE}"));
    std::fs::create_dir_all(&kernel).unwrap();
    let program = program(&directory);
    let report = program
        .load_debug_info(&LoadRequest {
            paths: vec![directory.path().join("nothing")],
            ..LoadRequest::everything()
        })
        .unwrap();
    let text = report.to_string();
    for path in [kernel, directory.path().join("nothing")] {
        let count = text.matches(&format!("{}:", path.display())).count();
        assert_eq!(count, 1, "{}: {text}", path.display());
    }
    for missing in report.missing {
        let refused: Vec<_> = missing.refused.iter().map(|file| &*file.reason).collect();
        let expected: &[&str] = match &*missing.module {
            "kernel" => &["is a directory"],
            _ => &[],
        };
        assert_eq!(refused, expected, "{}", missing.module);
    }
}

#[test]
fn a_file_with_debugging_information_is_preferred() {
    let directory = Directory::new();
    let kernel = directory.write("debug", &elf_file(ET_EXEC, &KERNEL_ID, true));
    let stripped = directory.write("stripped.ko", &elf_file(ET_REL, &MODULE_ID, false));
    let full = directory.write("full.ko", &elf_file(ET_REL, &MODULE_ID, true));
    let program = program(&directory);
    let request = LoadRequest {
        paths: vec![stripped.clone(), full.clone(), kernel.clone()],
        ..LoadRequest::default()
    };
    let report = program.load_debug_info(&request).unwrap();
    assert_eq!(paths(&report), [kernel, full]);
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].path, stripped);
}

#[test]
fn symbols_alone_are_used_and_said_to_be_not_enough() {
    let directory = Directory::new();
    let kernel = directory.write(
        &format!("boot/vmlinux-{RELEASE}"),
        &elf_file(ET_EXEC, &KERNEL_ID, false),
    );
    let program = program(&directory);
    let report = load(&program);
    assert_eq!(paths(&report), [kernel]);
    assert!(report.to_string().contains("no debugging information"));
    assert!(program.main_module().unwrap().wants_debug_file());
}

#[test]
fn a_trace_without_memory_is_empty_and_says_why() {
    let directory = Directory::new();
    let program = program(&directory);
    let thread = Thread {
        tid: 1,
        object: None,
    };
    let trace = program.stack_trace(&StackSource::Thread(thread)).unwrap();
    assert!(trace.frames().is_empty());
    let reason = "address is not mapped: 0x5678".into();
    assert_eq!(*trace.end(), StackEnd::Lost { reason });
    let missing = program.stack_trace(&StackSource::Tid(7)).unwrap_err();
    assert_eq!(missing.to_string(), "thread with ID 7 not found");
}

#[test]
fn given_program_counters_are_frames_without_registers() {
    let directory = Directory::new();
    let program = program(&directory);
    let pcs = vec![0x10010, 0];
    let trace = program.stack_trace(&StackSource::Pcs(pcs)).unwrap();
    assert_eq!(*trace.end(), StackEnd::Given);
    assert_eq!(trace.format(&program), "#0  0x10010\n#1  0x0");
    let frame = &trace.frames()[0];
    assert_eq!((frame.pc(), frame.sp()), (Some(0x10010), None));
    assert_eq!(frame.register_values().count(), 0);
    assert_eq!(frame.format(&program), "#0 at 0x10010");
    let unknown = frame.register("nonsense").unwrap_err();
    assert_eq!(*unknown.kind(), ErrorKind::Value);
    assert!(frame.register("rsp").unwrap_err().is_lookup());
}

#[test]
fn split_debug_files_that_are_missing_are_reported() {
    let directory = Directory::new();
    let source = directory.write("driver.c", b"int answer = 42;");
    let object = directory.path().join("some_driver.ko");
    let split = directory.path().join("some_driver.dwo");
    let compiler = std::process::Command::new("gcc")
        .args(["-g", "-gsplit-dwarf", "-c", "-o"])
        .args([&object, &source])
        .status();
    assert!(compiler.expect("install gcc").success());
    let report = || {
        let program = program_of(&directory, &TestSystem(None));
        let request = LoadRequest {
            paths: vec![object.clone()],
            ..LoadRequest::default()
        };
        program.load_debug_info(&request).unwrap()
    };
    assert_eq!(report().incomplete, []);
    std::fs::remove_file(&split).unwrap();
    let report = report();
    assert_eq!(paths(&report), [object.as_path()]);
    assert!(!report.is_complete());
    let text = report.to_string();
    for part in [
        "some_driver.ko: part of the debugging information is missing",
        "some_driver.dwo: not found in",
        "keep it where it was compiled",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

/// A module of this source, with debugging information.
fn compile(directory: &Directory, source: &[u8]) -> PathBuf {
    let source = directory.write("driver.c", source);
    let object = directory.path().join("some_driver.ko");
    let compiler = std::process::Command::new("gcc")
        .args(["-g", "-c", "-o"])
        .args([&object, &source])
        .status();
    assert!(compiler.unwrap().success(), "install gcc");
    object
}

#[test]
fn damaged_units_are_reported() {
    let directory = Directory::new();
    // A unit of no version that there is, before that of the compiler.
    let source =
        br#"asm(".pushsection .debug_info\n.long 4\n.value 99, 0\n.popsection"); int answer = 42;"#;
    let object = compile(&directory, source);
    let program = program_of(&directory, &TestSystem(None));
    let request = LoadRequest {
        paths: vec![object.clone()],
        ..LoadRequest::default()
    };
    let report = program.load_debug_info(&request).unwrap();
    assert_eq!(paths(&report), [object.as_path()]);
    let text = report.to_string();
    for part in [
        "some_driver.ko: part of the debugging information is missing; .debug_info+0x0: unit is passed over: ",
        "; get a whole copy of the file",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
    assert!(program.variable("answer", None).is_ok());
    // Once is enough.
    let again = program.load_debug_info(&request).unwrap();
    assert_eq!(again.incomplete, []);
}

#[test]
fn files_that_are_cut_off_are_reported() {
    let directory = Directory::new();
    let object = compile(&directory, b"int answer = 42;");
    // The table of sections is at the end: nothing tells where anything is.
    let whole = std::fs::read(&object).unwrap();
    std::fs::write(&object, &whole[..whole.len() / 2]).unwrap();
    let program = program_of(&directory, &TestSystem(None));
    let request = LoadRequest {
        paths: vec![object.clone()],
        ..LoadRequest::default()
    };
    let report = program.load_debug_info(&request).unwrap();
    assert_eq!(paths(&report), [object.as_path()]);
    let text = report.to_string();
    for part in [
        "some_driver.ko: part of the debugging information is missing; table of section headers",
        "the file is cut off; get a whole copy of the file",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}
