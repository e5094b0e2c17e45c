use super::ways::Way;
use spelunk_synth::output_of;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    C,
    Cpp,
    Rust,
}

/// A program of two units, and how to compile it.
#[derive(Clone, Debug)]
pub(super) struct Build {
    pub(super) language: Language,
    pub(super) compiler: &'static str,
    pub(super) version: u32,
    /// Options that say which machine it is for.
    machine: &'static [&'static str],
    way: Way,
    name: &'static str,
}

impl Build {
    pub(super) fn new(language: Language, compiler: &'static str, version: u32) -> Self {
        Self {
            language,
            compiler,
            version,
            machine: &[],
            way: Way::PLAIN,
            name: "placed",
        }
    }

    pub(super) fn way(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// For a machine of 32 bits.
    pub(super) fn of_32_bits(mut self) -> Self {
        self.machine = &["-m32"];
        self
    }

    pub(super) fn is_of_32_bits(&self) -> bool {
        !self.machine.is_empty()
    }

    /// A folder of one test's own.
    pub(super) fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Tells the program's own names from those of the standard library that is linked in.
    pub(super) fn is_ours(&self) -> fn(&str) -> bool {
        match self.language {
            Language::Rust => |name| name.starts_with("shapes"),
            Language::C | Language::Cpp => |_| true,
        }
    }

    /// Compiles the program and returns the path of what has its debugging information.
    pub(super) fn make(&self) -> PathBuf {
        let Self {
            compiler,
            version,
            way,
            ..
        } = self;
        let machine = self.machine.concat();
        let folder = self.prepare(&format!("{compiler}{machine}-{version}-{}", way.name));
        match self.language {
            Language::C => self.compile(&folder, ["a.c", "b.c"], &[]),
            Language::Cpp => self.compile(&folder, ["a.cpp", "b.cpp"], &["-std=c++17"]),
            Language::Rust => self.compile_rust(&folder),
        }
        for step in way.steps {
            let (program, arguments) = step.split_once(' ').unwrap();
            let arguments: Vec<_> = arguments.split(' ').collect();
            run(&folder, program, &arguments);
        }
        folder.join(way.result)
    }

    /// Compiles the first unit for another machine, without linking it.
    pub(super) fn make_object(&self, target: &str, options: &[&str]) -> PathBuf {
        let way = options.concat();
        let folder = self.prepare(&format!(
            "{target}-{}-{:?}{way}",
            self.version, self.language
        ));
        let (unit, standard) = match self.language {
            Language::C => ("a.c", "-std=gnu17"),
            _ => ("a.cpp", "-std=c++17"),
        };
        let (version, target) = (
            format!("-gdwarf-{}", self.version),
            format!("--target={target}"),
        );
        let flags = [
            "-g",
            &version,
            &target,
            standard,
            "-w",
            "-ffreestanding",
            "-c",
            unit,
            "-o",
            "file",
        ];
        run(&folder, self.compiler, &[&flags[..], options].concat());
        folder.join("file")
    }

    /// A folder with the sources.
    fn prepare(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(self.name)
            .join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/placed/sources");
        for entry in std::fs::read_dir(&sources).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
        folder
    }

    fn compile(&self, folder: &Path, units: [&str; 2], language: &[&str]) {
        let version = format!("-gdwarf-{}", self.version);
        let flags = [
            &["-g", &version, "-w", "-O0"],
            self.machine,
            language,
            self.way.options,
        ]
        .concat();
        for (unit, more) in units.into_iter().zip([&[], self.way.second]) {
            run(
                folder,
                self.compiler,
                &[&flags[..], more, &["-c", unit]].concat(),
            );
        }
        // Without build ID, so that no index is kept.
        let mut link = [
            &flags[..],
            &["-Wl,--build-id=none", "-o", "file", "a.o", "b.o"],
        ]
        .concat();
        if self.compiler.starts_with("clang") && self.way.is_optimized() {
            // Each knows the code of its own version.
            link.push(match self.compiler.ends_with("19") {
                true => "-fuse-ld=lld-19",
                false => "-fuse-ld=lld",
            });
        }
        run(folder, self.compiler, &link);
    }

    fn compile_rust(&self, folder: &Path) {
        let version = format!("-Cdwarf-version={}", self.version);
        let flags = [
            "-g",
            "-Ccodegen-units=2",
            "-Csplit-debuginfo=off",
            "-Clink-arg=-Wl,--build-id=none",
            "--edition=2021",
            "-o",
            "file",
            "shapes.rs",
            &version,
        ];
        run(
            folder,
            self.compiler,
            &[&flags[..], self.way.options].concat(),
        );
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    output_of(Command::new(program).current_dir(folder).args(arguments));
}
