//! Where the files of user programs are found.

use crate::files::Directory;
use spelunk_base::BuildId;
use spelunk_program::{DebugInfoOptions, Module, ModuleKind, Program};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const SOURCE: &str = "int variable; int main(void) { return variable; }";

fn run(folder: &Path, command: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(command);
    let output = command.args(arguments).current_dir(folder).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A program, stripped, with a debug link, and its debug file apart.
struct Built {
    directory: Directory,
    root: PathBuf,
    build_id: BuildId,
}

impl Built {
    /// The program is at `bin/program` and its debug file at `debug`, both below the root.
    fn new() -> Self {
        let directory = Directory::new();
        let root = directory.path().canonicalize().unwrap();
        directory.write("bin/program.c", SOURCE.as_bytes());
        let run = |command, arguments: &[&str]| run(&root.join("bin"), command, arguments);
        let options = ["-g", "-Wl,--build-id", "program.c", "-o", "program"];
        run("gcc", &options);
        run(
            "objcopy",
            &["--only-keep-debug", "program", "program.debug"],
        );
        run("strip", &["-s", "program"]);
        run("objcopy", &["--add-gnu-debuglink=program.debug", "program"]);
        let notes = run("readelf", &["-n", "program"]);
        let id = notes.split("Build ID: ").nth(1).unwrap();
        let id = id.split_whitespace().next().unwrap();
        Self {
            build_id: id.parse().unwrap(),
            directory,
            root,
        }
    }

    /// Moves the debug file to a place below the root.
    fn place_debug_file(&self, place: &str) -> PathBuf {
        let target = self.root.join(place);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::rename(self.root.join("bin/program.debug"), &target).unwrap();
        target
    }

    /// `.build-id/xx/yyy` with this ending.
    fn by_id(&self, ending: &str) -> String {
        let id = self.build_id.to_string();
        let (first, rest) = id.split_at(2);
        format!("store/.build-id/{first}/{rest}{ending}")
    }

    /// The module of this name after a search below `store/`.
    fn search(&self, name: &str, change: impl FnOnce(&mut DebugInfoOptions)) -> Arc<Module> {
        let program = Program::new(None);
        let kind = ModuleKind::Extra { id: 0 };
        let module = program.create_module(kind, name).unwrap();
        module.set_build_id(Some(self.build_id.clone()));
        let mut options = DebugInfoOptions {
            directories: vec![self.root.join("store")],
            ..DebugInfoOptions::default()
        };
        change(&mut options);
        let modules = [Arc::clone(&module)];
        program
            .find_standard_debug_info(&modules, &options)
            .unwrap();
        module
    }

    fn program(&self) -> String {
        self.root.join("bin/program").to_str().unwrap().to_owned()
    }
}

fn debug(module: &Module) -> Option<PathBuf> {
    Some(module.debug_file()?.path().clone())
}

#[test]
fn build_ids_lead_to_both_files_whatever_the_module_is_called() {
    let built = Built::new();
    let debug_file = built.place_debug_file(&built.by_id(".debug"));
    let loaded_file = built.root.join(built.by_id(""));
    std::fs::copy(built.program(), &loaded_file).unwrap();
    let module = built.search("anything", |_| {});
    assert_eq!(debug(&module), Some(debug_file));
    assert_eq!(module.loaded_file().unwrap().path(), &loaded_file);
    let module = built.search("anything", |options| options.try_build_id = false);
    assert!(module.file().is_none());
}

#[test]
fn debug_links_lead_to_the_usual_places() {
    for place in ["bin/program.debug", "bin/.debug/program.debug"] {
        let built = Built::new();
        let expected = built.place_debug_file(place);
        let module = built.search(&built.program(), |_| {});
        assert_eq!(debug(&module), Some(expected), "{place}");
        let module = built.search(&built.program(), |options| options.try_debug_link = false);
        assert_eq!(debug(&module), None);
        assert!(module.loaded_file().is_some());
    }
    let built = Built::new();
    let bin = built.root.join("bin");
    let below = format!("store{}/program.debug", bin.display());
    let expected = built.place_debug_file(&below);
    let module = built.search(&built.program(), |_| {});
    assert_eq!(debug(&module), Some(expected));
    let module = built.search(&built.program(), |options| {
        options
            .debug_link_directories
            .retain(|path| !path.as_os_str().is_empty());
    });
    assert_eq!(debug(&module), None);
    assert!(built.directory.path().exists());
}

#[test]
fn what_a_debug_link_leads_to_must_have_its_checksum() {
    let built = Built::new();
    let place = built.place_debug_file("bin/.debug/program.debug");
    let mut bytes = std::fs::read(&place).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&place, bytes).unwrap();
    let module = built.search(&built.program(), |_| {});
    assert_eq!(debug(&module), None);
    assert!(module.wants_debug_file());
}

#[test]
fn a_file_in_a_build_id_directory_must_have_the_build_id() {
    let (built, other) = (Built::new(), Built::new());
    let place = built.place_debug_file(&built.by_id(".debug"));
    run(
        &other.root.join("bin"),
        "gcc",
        &["-g", "-Wl,--build-id=0x0102", "program.c", "-o", "other"],
    );
    std::fs::copy(other.root.join("bin/other"), &place).unwrap();
    let module = built.search("anything", |_| {});
    assert_eq!(debug(&module), None);
}
