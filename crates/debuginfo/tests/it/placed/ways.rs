use super::build::{Build, Language};

/// A way to compile, link and pack a program, that changes where its debugging information is or
/// how it is written down, but not what it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) name: &'static str,
    /// The compiler's options, for units and for the program.
    pub(super) options: &'static [&'static str],
    /// Those of the second unit alone.
    pub(super) second: &'static [&'static str],
    /// What is done to the program `file` afterwards.
    pub(super) steps: &'static [&'static str],
    /// What has the debugging information then.
    pub(super) result: &'static str,
    fits: fn(&Build) -> bool,
}

const PLAIN: Way = Way {
    name: "plain",
    options: &[],
    second: &[],
    steps: &[],
    result: "file",
    fits: |_| true,
};

impl Way {
    pub(super) const PLAIN: Self = PLAIN;

    /// The one of this name.
    pub(super) fn named(name: &str) -> Self {
        let found = WAYS.iter().find(|way| way.name == name);
        *found.unwrap()
    }

    /// Those that the compiler and the tools at hand know for a program.
    pub(super) fn all(build: &Build) -> Vec<Self> {
        WAYS.iter()
            .filter(|way| (way.fits)(build))
            .copied()
            .collect()
    }

    /// Whether units are of several versions, of which 5 alone tells what alignment is asked for.
    pub(super) fn is_mixed(self) -> bool {
        self.name.starts_with("mixed")
    }

    /// Whether the file has the simple names of templates alone, which stand for all of them.
    pub(super) fn has_simple_names(self) -> bool {
        self.options.contains(&"-gsimple-template-names")
    }

    /// Whether `dwz` moved entries into units that do not tell their language.
    pub(super) fn is_without_language(self) -> bool {
        self.steps.iter().any(|step| step.starts_with("dwz "))
    }

    /// Whether the linker compiles.
    pub(super) fn is_optimized(self) -> bool {
        self.name.contains("lto")
    }
}

fn is_rust(build: &Build) -> bool {
    build.language == Language::Rust
}

fn is_gcc(build: &Build) -> bool {
    build.compiler.starts_with('g')
}

fn is_clang(build: &Build) -> bool {
    build.compiler.starts_with("clang")
}

fn is_clang_14(build: &Build) -> bool {
    is_clang(build) && !build.compiler.ends_with("19")
}

/// `dwz` 0.15 refuses the sections that Clang and rustc count strings and addresses in.
fn is_for_dwz(build: &Build) -> bool {
    is_gcc(build) || build.version < 5
}

/// Whether the linker needs not be told the machine.
fn is_for_ld(build: &Build) -> bool {
    !is_rust(build) && !build.is_of_32_bits()
}

const DWZ_OF_TWO: &str = "cp file other";

const WAYS: &[Way] = &[
    Way {
        name: "split",
        options: &["-gsplit-dwarf"],
        fits: |build| !is_rust(build),
        ..PLAIN
    },
    // The `.dwo` sections stay in the objects.
    Way {
        name: "split-in-object",
        options: &["-gsplit-dwarf=single"],
        fits: is_clang,
        ..PLAIN
    },
    Way {
        name: "package",
        options: &["-gsplit-dwarf"],
        steps: &["dwp -e file -o file.dwp", "rm a.dwo b.dwo"],
        // It crashes over DWARF 5.
        fits: |build| is_gcc(build) && build.version < 5,
        ..PLAIN
    },
    Way {
        name: "package-llvm",
        options: &["-gsplit-dwarf"],
        steps: &["llvm-dwp -e file -o file.dwp", "rm a.dwo b.dwo"],
        fits: |build| !is_rust(build) && (build.version == 5 || is_clang(build)),
        ..PLAIN
    },
    Way {
        name: "types",
        options: &["-fdebug-types-section"],
        fits: |build| !is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "split-types",
        options: &["-gsplit-dwarf", "-fdebug-types-section"],
        fits: |build| !is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "package-types",
        options: &["-gsplit-dwarf", "-fdebug-types-section"],
        steps: &["dwp -e file -o file.dwp", "rm a.dwo b.dwo"],
        fits: |build| is_gcc(build) && build.version == 4,
        ..PLAIN
    },
    Way {
        name: "package-types-llvm",
        options: &["-gsplit-dwarf", "-fdebug-types-section"],
        steps: &["timeout 60 llvm-dwp -e file -o file.dwp", "rm a.dwo b.dwo"],
        fits: |build| !is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    // Partial units in the file itself.
    Way {
        name: "dwz",
        steps: &["dwz file"],
        fits: is_for_dwz,
        ..PLAIN
    },
    Way {
        name: "dwz-odr",
        steps: &["dwz --odr file"],
        fits: |build| is_for_dwz(build) && build.language == Language::Cpp,
        ..PLAIN
    },
    Way {
        name: "dwz-types",
        options: &["-fdebug-types-section"],
        steps: &["dwz file"],
        fits: |build| is_for_dwz(build) && !is_rust(build) && build.version == 4,
        ..PLAIN
    },
    // With a supplementary file, of GNU's kind or DWARF 5's.
    Way {
        name: "supplementary",
        steps: &[
            DWZ_OF_TWO,
            "dwz -m common -M ./common file other",
            "test -e common",
        ],
        fits: is_for_dwz,
        ..PLAIN
    },
    Way {
        name: "supplementary-5",
        steps: &[
            DWZ_OF_TWO,
            "dwz --dwarf-5 -m common -M ./common file other",
            "test -e common",
        ],
        fits: |build| is_for_dwz(build) && build.version == 5,
        ..PLAIN
    },
    Way {
        name: "supplementary-zlib",
        steps: &[
            DWZ_OF_TWO,
            "dwz -m common -M ./common file other",
            "objcopy --compress-debug-sections=zlib common",
            "objcopy --compress-debug-sections=zstd file",
        ],
        fits: is_for_dwz,
        ..PLAIN
    },
    Way {
        name: "lto",
        options: &["-flto"],
        fits: |build| !is_rust(build),
        ..PLAIN
    },
    Way {
        name: "lto-thin",
        options: &["-flto=thin"],
        fits: is_clang,
        ..PLAIN
    },
    // GCC's, not cut into parts, and with the code that was compiled before.
    Way {
        name: "lto-one",
        options: &["-flto", "-flto-partition=none", "-ffat-lto-objects"],
        fits: is_gcc,
        ..PLAIN
    },
    Way {
        name: "lto-rust",
        options: &["-Clto=fat"],
        // The standard library's version counts, which knows that enumerations are scoped.
        fits: |build| is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "lto-rust-thin",
        options: &["-Clto=thin"],
        fits: |build| is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "zlib",
        steps: &["objcopy --compress-debug-sections=zlib file"],
        ..PLAIN
    },
    Way {
        name: "zlib-gnu",
        steps: &["objcopy --compress-debug-sections=zlib-gnu file"],
        ..PLAIN
    },
    Way {
        name: "zstd",
        steps: &["objcopy --compress-debug-sections=zstd file"],
        ..PLAIN
    },
    // The debug file of a stripped program.
    Way {
        name: "debug-file",
        steps: &["objcopy --only-keep-debug file file.debug", "strip file"],
        result: "file.debug",
        ..PLAIN
    },
    Way {
        name: "debug-file-zstd",
        steps: &[
            "objcopy --only-keep-debug file file.debug",
            "objcopy --compress-debug-sections=zstd file.debug",
        ],
        result: "file.debug",
        ..PLAIN
    },
    // The only symbols are those of a small file, compressed, in a section.
    Way {
        name: "mini-debug-info",
        steps: &[
            "cp file mini",
            "objcopy --strip-debug mini",
            "xz -f mini",
            "strip --strip-all --keep-section=.debug_* file",
            "objcopy --add-section .gnu_debugdata=mini.xz file",
        ],
        ..PLAIN
    },
    // What the linker has not seen: all is to be relocated.
    Way {
        name: "relocatable",
        steps: &["ld -r a.o b.o -o file"],
        fits: is_for_ld,
        ..PLAIN
    },
    Way {
        name: "relocatable-types",
        options: &["-fdebug-types-section"],
        steps: &["ld -r a.o b.o -o file"],
        fits: |build| is_for_ld(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "relocatable-zlib",
        options: &["-gz=zlib"],
        steps: &[
            "ld -r a.o b.o -o file",
            "objcopy --compress-debug-sections=zlib file",
        ],
        fits: is_for_ld,
        ..PLAIN
    },
    Way {
        name: "64-bit",
        options: &["-gdwarf64"],
        fits: |build| !is_rust(build) && build.version >= 3 && !is_clang_14(build),
        ..PLAIN
    },
    Way {
        name: "64-bit-split",
        options: &["-gdwarf64", "-gsplit-dwarf"],
        fits: |build| is_gcc(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "strict",
        options: &["-gstrict-dwarf"],
        fits: |build| !is_rust(build) && build.version == 5,
        ..PLAIN
    },
    Way {
        name: "no-columns",
        options: &["-gno-column-info"],
        fits: |build| !is_rust(build),
        ..PLAIN
    },
    Way {
        name: "with-sources",
        options: &["-gembed-source"],
        fits: |build| is_clang(build) && build.version == 5,
        ..PLAIN
    },
    Way {
        name: "with-names",
        options: &["-ggnu-pubnames"],
        fits: |build| !is_rust(build),
        ..PLAIN
    },
    Way {
        name: "sections-apart",
        options: &["-ffunction-sections", "-fdata-sections"],
        fits: |build| !is_rust(build),
        ..PLAIN
    },
    Way {
        name: "not-merged",
        options: &["-fno-merge-debug-strings"],
        fits: is_gcc,
        ..PLAIN
    },
    Way {
        name: "simple-names",
        options: &["-gsimple-template-names"],
        fits: |build| is_clang(build) && build.language == Language::Cpp && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "simple-names-split",
        options: &["-gsimple-template-names", "-gsplit-dwarf"],
        fits: |build| is_clang(build) && build.language == Language::Cpp && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "simple-names-types",
        options: &["-gsimple-template-names", "-fdebug-types-section"],
        fits: |build| is_clang(build) && build.language == Language::Cpp && build.version >= 4,
        ..PLAIN
    },
    // Units of several versions in one program.
    Way {
        name: "mixed-4",
        second: &["-gdwarf-4"],
        fits: |build| !is_rust(build) && build.version == 5,
        ..PLAIN
    },
    Way {
        name: "mixed-5",
        second: &["-gdwarf-5"],
        fits: |build| !is_rust(build) && build.version == 4,
        ..PLAIN
    },
    Way {
        name: "split-with-types",
        options: &["-gsplit-dwarf"],
        second: &["-fdebug-types-section"],
        fits: |build| !is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "half-split",
        second: &["-gsplit-dwarf"],
        fits: |build| !is_rust(build) && build.version >= 4,
        ..PLAIN
    },
    Way {
        name: "rust-split",
        options: &["-Csplit-debuginfo=unpacked"],
        fits: is_rust,
        ..PLAIN
    },
    Way {
        name: "rust-package",
        options: &["-Csplit-debuginfo=packed"],
        fits: is_rust,
        ..PLAIN
    },
];
