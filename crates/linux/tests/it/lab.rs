//! The dumps that `cargo xtask lab` makes.

use spelunk_linux::helper::{Args, Value};
use spelunk_linux::helpers;
use spelunk_object::Object;
use spelunk_program::{DebugInfoOptions, LoadRequest, Program};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A dump and what the guest said of itself just before.
pub(crate) struct Dump {
    folder: PathBuf,
}

impl Dump {
    /// The dump called `name`; fails with the remedy if it is not there.
    pub(crate) fn find(name: &str) -> Self {
        let folder = cache().join("dumps").join(name);
        assert!(
            folder.join("truth").is_dir(),
            "no dump '{name}': make it with `cargo xtask lab {name}`"
        );
        Self { folder }
    }

    /// The dump's file of this name, relative to its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What the guest said in the file of this name.
    pub(crate) fn truth(&self, name: &str) -> String {
        let path = self.folder.join("truth").join(name);
        let bytes =
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The kernel's release.
    pub(crate) fn release(&self) -> String {
        self.truth("uname")
            .split_whitespace()
            .nth(2)
            .unwrap()
            .to_owned()
    }
}

fn cache() -> PathBuf {
    if let Some(cache) = std::env::var_os("SPELUNK_CACHE") {
        return cache.into();
    }
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME") {
        return Path::new(&cache).join("spelunk");
    }
    Path::new(&std::env::var_os("HOME").unwrap()).join(".cache/spelunk")
}

impl Dump {
    /// The dump in the file `file`, open, with the debugging information of its kernel and modules.
    pub(crate) fn open(&self, file: &str) -> Arc<Program> {
        let program = Program::new(None);
        program.debug_info_options().set(DebugInfoOptions {
            directories: Vec::new(),
            kernel_directories: kernels(&self.release()),
            ..DebugInfoOptions::default()
        });
        program
            .open_core(&[self.file(file)], &[&spelunk_linux::Linux])
            .unwrap();
        let report = program.load_debug_info(&LoadRequest::everything()).unwrap();
        assert!(program.contains("init_task").unwrap(), "{report}");
        program
    }

    /// The dump of the kernel of this series that panicked, open.
    pub(crate) fn open_panic(series: &str) -> (Self, Arc<Program>) {
        let dump = Self::find(
            match series {
                "6.1" => "panic".to_owned(),
                series => format!("panic-{series}"),
            }
            .as_str(),
        );
        let program = dump.open("vmcore.elf");
        (dump, program)
    }
}

/// The series of kernels that every helper is tried on.
pub(crate) const SERIES: [&str; 4] = ["5.10", "6.1", "6.12", "7.2"];

/// The folders of the kernels in the cache that have this release.
fn kernels(release: &str) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(cache()).unwrap();
    folders
        .map(|folder| folder.unwrap().path())
        .filter(|folder| folder.join("lib/modules").join(release).is_dir())
        .collect()
}

/// Calls the helper called `name` as a front end does.
pub(crate) fn call(program: &Program, name: &str, args: Vec<Value>) -> Value {
    let helper = helpers()
        .iter()
        .find(|helper| helper.name == name)
        .unwrap_or_else(|| panic!("no helper {name}"));
    (helper.call)(program, &Args::new(args)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All values of an iterator.
pub(crate) fn all(program: &Program, value: Value) -> Vec<Value> {
    let Value::Iter(mut iter) = value else {
        panic!("no iterator: {value:?}");
    };
    let mut values = Vec::new();
    while let Some(value) = iter.next(program).unwrap() {
        values.push(value);
    }
    values
}

/// All objects of an iterator.
pub(crate) fn objects(program: &Program, value: Value) -> Vec<Object> {
    all(program, value)
        .into_iter()
        .map(|value| match value {
            Value::Object(object) => object,
            other => panic!("no object: {other:?}"),
        })
        .collect()
}

/// The text of a member that is a string.
pub(crate) fn text(program: &Program, object: &Object, member: &str) -> String {
    let bytes = object
        .member(program, member)
        .unwrap()
        .string(program)
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a member that is a number.
pub(crate) fn number(program: &Program, object: &Object, member: &str) -> i128 {
    object
        .member(program, member)
        .unwrap()
        .to_i128(program)
        .unwrap()
}
