//! Modules made by hand, and the files that they take.

use crate::files::{Directory, elf_file};
use spelunk_base::BuildId;
use spelunk_program::{
    DebugInfoOptions, Module, ModuleFileFinder, ModuleFileStatus, ModuleKind, ObjectKinds, Program,
    Result,
};
use spelunk_synth::elf::ET_EXEC;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

const SOURCE: &str =
    "struct point { int x, y; }; struct point origin; int main(void) { return origin.x; }";

fn extra(program: &Program, name: &str) -> Arc<Module> {
    program
        .create_module(ModuleKind::Extra { id: 0 }, name)
        .unwrap()
}

fn run(directory: &Directory, command: &str, arguments: &[&str]) {
    let status = Command::new(command)
        .args(arguments)
        .current_dir(directory.path())
        .status();
    assert!(status.unwrap().success(), "{command} {arguments:?}");
}

/// A program without debugging information, `program`, with a link to its debug file, `debug`.
fn linked(directory: &Directory) -> PathBuf {
    directory.write("program.c", SOURCE.as_bytes());
    run(
        directory,
        "gcc",
        &["-g", "-Wl,--build-id", "program.c", "-o", "program"],
    );
    run(
        directory,
        "objcopy",
        &["--only-keep-debug", "program", "debug"],
    );
    run(directory, "strip", &["-s", "program"]);
    run(
        directory,
        "objcopy",
        &["--add-gnu-debuglink=debug", "program"],
    );
    directory.path().canonicalize().unwrap().join("program")
}

fn search(file: &Path) -> (Arc<Program>, Arc<Module>) {
    let program = Program::new(None);
    let module = extra(&program, file.to_str().unwrap());
    let options = DebugInfoOptions {
        directories: Vec::new(),
        ..DebugInfoOptions::default()
    };
    program
        .find_standard_debug_info(&[Arc::clone(&module)], &options)
        .unwrap();
    (program, module)
}

#[test]
fn a_debug_link_leads_to_the_file_with_its_checksum_only() {
    let directory = Directory::new();
    let file = linked(&directory);
    let (program, module) = search(&file);
    assert_eq!(module.loaded_file().unwrap().path(), &file);
    let debug = file.with_file_name("debug");
    assert_eq!(module.debug_file().unwrap().path(), &debug);
    let origin = program.object("origin", ObjectKinds::VARIABLE, None);
    assert!(origin.unwrap().address().is_some());

    let mut bytes = std::fs::read(&debug).unwrap();
    bytes.push(0);
    std::fs::write(&debug, bytes).unwrap();
    let (_, module) = search(&file);
    assert_eq!(module.loaded_file_status(), ModuleFileStatus::Have);
    assert_eq!(module.debug_file_status(), ModuleFileStatus::Want);
}

#[test]
fn a_refused_file_says_why() {
    let directory = Directory::new();
    let file = directory.write("file", &elf_file(ET_EXEC, &[1, 2], true));
    let none = directory.write("none", b"no ELF");
    let program = Program::new(None);
    let module = extra(&program, "e");
    module.set_build_id(BuildId::new(&[3, 4]));
    let refused = |path: &Path| program.try_file(&module, path, false).unwrap().unwrap();
    assert_eq!(
        refused(&file).reason,
        "the file has build ID 0102, the e in the dump has 0304"
    );
    assert_eq!(refused(&none).reason, "not an ELF file");
    let gone = refused(&directory.path().join("gone")).reason;
    assert_eq!(gone, "No such file or directory");
    assert!(program.try_file(&module, &file, true).unwrap().is_none());
    assert_eq!(module.debug_file_status(), ModuleFileStatus::Have);
    assert_eq!(module.build_id(), BuildId::new(&[3, 4]));
}

#[test]
fn addresses_belong_to_the_first_module_and_ranges_of_users_do_not_overlap() {
    let program = Program::new(None);
    let (one, two) = (extra(&program, "one"), extra(&program, "two"));
    program
        .set_address_ranges(&one, Some(vec![0x30..0x40, 0x10..0x20]))
        .unwrap();
    assert_eq!(program.module_by_address(0x1f).unwrap().name(), "one");
    assert!(program.module_by_address(0x20).is_err());
    assert_eq!(one.address_ranges().unwrap(), [0x10..0x20, 0x30..0x40]);
    let place = || Some(std::iter::once(0x3f..0x50).collect());
    let error = program.set_address_ranges(&two, place());
    assert_eq!(
        error.unwrap_err().to_string(),
        "two [0x3f, 0x50) overlaps one [0x30, 0x40)"
    );
    program.set_address_ranges(&one, None).unwrap();
    assert!(program.module_by_address(0x1f).is_err());
    program.set_address_ranges(&two, place()).unwrap();
    assert_eq!(program.module_by_address(0x40).unwrap().name(), "two");
}

/// Notes the modules that it is asked for, and gives them a file if it has one.
struct Giver {
    file: Option<PathBuf>,
    asked: Mutex<Vec<String>>,
}

impl ModuleFileFinder for Giver {
    fn find(&self, program: &Program, modules: &[Arc<Module>]) -> Result<()> {
        for module in modules {
            self.asked.lock().unwrap().push(module.name().to_owned());
            if let Some(file) = &self.file {
                program.try_file(module, file, false)?;
            }
        }
        Ok(())
    }
}

#[test]
fn finders_are_asked_for_what_those_before_them_did_not_find() {
    let directory = Directory::new();
    directory.write("program.c", SOURCE.as_bytes());
    run(&directory, "gcc", &["-g", "program.c", "-o", "program"]);
    let giver = |file: Option<&str>| {
        Arc::new(Giver {
            file: file.map(|file| directory.path().join(file)),
            asked: Mutex::default(),
        })
    };
    let (first, second, third) = (giver(None), giver(Some("program")), giver(None));
    let program = Program::new(None);
    let finders = program.module_file_finders();
    for (name, finder) in [("first", &first), ("second", &second), ("third", &third)] {
        let finder: Arc<dyn ModuleFileFinder> = Arc::clone(finder) as _;
        finders.register(name, finder, Some(usize::MAX)).unwrap();
    }
    let names = ["first", "second", "third"].map(str::to_owned);
    finders.set_enabled(&names).unwrap();
    let (one, two) = (extra(&program, "one"), extra(&program, "two"));
    two.set_build_id(BuildId::new(&[9]));
    program
        .load_module_debug_info(&[Arc::clone(&one), two])
        .unwrap();
    assert!(one.debug_file().is_some());
    assert_eq!(*first.asked.lock().unwrap(), ["one", "two"]);
    assert_eq!(*third.asked.lock().unwrap(), ["two"]);
    assert!(program.load_module_debug_info(&[one]).is_ok());
    assert_eq!(first.asked.lock().unwrap().len(), 2);
}
