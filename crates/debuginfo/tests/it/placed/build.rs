use spelunk_synth::output_of;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    C,
    Cpp,
    Rust,
}

/// Where the debugging information is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    Plain,
    Split,
    /// The `.dwo` sections stay in the objects.
    SplitInObject,
    /// A package, made by the compiler's own tool: LLVM's never ends over some of GCC's files.
    Package,
    TypeUnits,
    SplitTypeUnits,
    PackageTypeUnits,
    /// `dwz` of one file: partial units in the file itself.
    Dwz,
    /// `dwz` of several files: with a supplementary file, of GNU's kind or DWARF 5's.
    Supplementary,
    DwarfSupplementary,
    Lto,
    ThinLto,
    /// Compressed sections.
    Zlib,
    ZlibGnu,
    Zstd,
    /// The debug file of a stripped program.
    DebugFile,
    Dwarf64,
}

/// A program of two units, and how to compile it.
#[derive(Clone, Debug)]
pub(super) struct Build {
    language: Language,
    compiler: &'static str,
    version: u32,
    way: Way,
    name: &'static str,
}

impl Way {
    /// The ways that the compiler knows.
    pub(super) fn all(build: &Build) -> Vec<Self> {
        let Build {
            language,
            compiler,
            version,
            ..
        } = build;
        if *language == Language::Rust {
            return vec![Self::Split, Self::Package, Self::Zlib, Self::DebugFile];
        }
        let is_gcc = !compiler.starts_with("clang");
        let mut ways = vec![
            Self::Lto,
            Self::Zlib,
            Self::ZlibGnu,
            Self::Zstd,
            Self::DebugFile,
        ];
        if *version >= 4 {
            ways.extend([
                Self::Split,
                Self::Package,
                Self::TypeUnits,
                Self::SplitTypeUnits,
            ]);
            ways.push(Self::PackageTypeUnits);
        }
        if *version == 5 {
            ways.push(Self::DwarfSupplementary);
        }
        // No tool here makes packages of what GCC writes: GNU's crashes, LLVM's never ends.
        if is_gcc && *version == 5 {
            ways.retain(|way| !matches!(way, Self::Package | Self::PackageTypeUnits));
        }
        // Clang before 16 writes strings as `dwz` does not know them.
        if is_gcc {
            ways.extend([Self::Dwz, Self::Supplementary]);
        } else {
            ways.extend([Self::ThinLto]);
            ways.extend((*version >= 4).then_some(Self::SplitInObject));
            ways.retain(|way| *way != Self::DwarfSupplementary);
            // Its code is too new for the linker of version 14.
            ways.retain(|way| !(compiler.ends_with("19") && way.is_optimized()));
        }
        if *version >= 3 && (is_gcc || compiler.ends_with("19")) {
            ways.push(Self::Dwarf64);
        }
        ways
    }

    /// Whether the linker compiles.
    pub(super) fn is_optimized(self) -> bool {
        matches!(self, Self::Lto | Self::ThinLto)
    }

    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Split | Self::Package => &["-gsplit-dwarf"],
            Self::SplitInObject => &["-gsplit-dwarf=single"],
            Self::TypeUnits => &["-fdebug-types-section"],
            Self::SplitTypeUnits | Self::PackageTypeUnits => {
                &["-gsplit-dwarf", "-fdebug-types-section"]
            }
            Self::Lto => &["-flto"],
            Self::ThinLto => &["-flto=thin"],
            Self::Dwarf64 => &["-gdwarf64"],
            _ => &[],
        }
    }
}

impl Build {
    pub(super) fn new(language: Language, compiler: &'static str, version: u32) -> Self {
        Self {
            language,
            compiler,
            version,
            way: Way::Plain,
            name: "placed",
        }
    }

    pub(super) fn way(mut self, way: Way) -> Self {
        self.way = way;
        self
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

    /// Compiles the program and returns its path, or that of its debug file.
    pub(super) fn make(&self) -> PathBuf {
        let Self {
            compiler,
            version,
            way,
            name,
            ..
        } = self;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(name)
            .join(format!("{compiler}-{version}-{way:?}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("file");
        match self.language {
            Language::C => self.compile(&folder, &["a.c", "b.c"]),
            Language::Cpp => self.compile(&folder, &["a.cpp", "b.cpp"]),
            Language::Rust => self.compile_rust(&folder),
        }
        let objcopy = |arguments: &[&str]| run(&folder, "objcopy", arguments);
        match way {
            Way::Package | Way::PackageTypeUnits if self.language != Language::Rust => {
                let tool = if compiler.starts_with("clang") {
                    "llvm-dwp"
                } else {
                    "dwp"
                };
                run(&folder, tool, &["-e", "file", "-o", "file.dwp"]);
                remove_split_files(&folder);
            }
            Way::Dwz => run(&folder, "dwz", &["file"]),
            Way::Supplementary | Way::DwarfSupplementary => {
                std::fs::copy(&file, folder.join("other")).unwrap();
                let kind: &[&str] = match way {
                    Way::Supplementary => &[],
                    _ => &["--dwarf-5"],
                };
                let common = ["-m", "common", "-M", "./common", "file", "other"];
                run(&folder, "dwz", &[kind, &common].concat());
                assert!(folder.join("common").exists(), "{folder:?}");
            }
            Way::Zlib => objcopy(&["--compress-debug-sections=zlib", "file"]),
            Way::ZlibGnu => objcopy(&["--compress-debug-sections=zlib-gnu", "file"]),
            Way::Zstd => objcopy(&["--compress-debug-sections=zstd", "file"]),
            Way::DebugFile => {
                objcopy(&["--only-keep-debug", "file", "file.debug"]);
                return folder.join("file.debug");
            }
            _ => {}
        }
        file
    }

    fn compile(&self, folder: &Path, names: &[&str]) {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/placed/sources");
        for entry in std::fs::read_dir(&sources).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
        let version = format!("-gdwarf-{}", self.version);
        let mut flags = vec!["-g", &version, "-w", "-O0"];
        if self.language == Language::Cpp {
            flags.push("-std=c++17");
        }
        flags.extend(self.way.flags());
        let mut objects = Vec::new();
        for name in names {
            let stem = name.split('.').next().unwrap();
            let object = format!("file-{stem}.o");
            let arguments = [&flags[..], &["-c", name, "-o", &object]].concat();
            run(folder, self.compiler, &arguments);
            objects.push(object);
        }
        let mut arguments = flags;
        // Without build ID, so that no index is kept.
        arguments.extend(["-Wl,--build-id=none", "-o", "file"]);
        if self.compiler.starts_with("clang") && self.way.is_optimized() {
            arguments.push("-fuse-ld=lld");
        }
        arguments.extend(objects.iter().map(String::as_str));
        run(folder, self.compiler, &arguments);
    }

    fn compile_rust(&self, folder: &Path) {
        let source =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/placed/sources/shapes.rs");
        std::fs::copy(source, folder.join("shapes.rs")).unwrap();
        let version = format!("-Cdwarf-version={}", self.version);
        let split = match self.way {
            Way::Split => "-Csplit-debuginfo=unpacked",
            Way::Package => "-Csplit-debuginfo=packed",
            _ => "-Csplit-debuginfo=off",
        };
        let arguments = [
            "-g",
            "-Ccodegen-units=2",
            &version,
            split,
            "-Clink-arg=-Wl,--build-id=none",
            "--edition=2021",
            "-o",
            "file",
            "shapes.rs",
        ];
        run(folder, self.compiler, &arguments);
    }
}

fn remove_split_files(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "dwo") {
            std::fs::remove_file(path).unwrap();
        }
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    output_of(Command::new(program).current_dir(folder).args(arguments));
}
