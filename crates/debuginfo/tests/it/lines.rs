//! Functions and lines, against what `addr2line -i` and `llvm-symbolizer -i` say.

use crate::compiled::{Compiled, PROGRAM, parse, run};
use spelunk_debuginfo::{DebugFile, SourceLine};
use spelunk_elf::SectionAddresses;
use spelunk_synth::Workshop;
use std::collections::BTreeSet;
use std::ffi::OsString;

/// Methods, templates, inlined functions between ordinary ones, functions in parts, functions that
/// nobody calls.
const CPP: &str = r#"
volatile int sink;
extern "C" __attribute__((noinline, cold)) void complain(int value) { sink = value; sink = -value; }
namespace shapes {
template <typename T> inline __attribute__((always_inline)) T twice(T value)
{
    T doubled = value + value;
    sink = (int)doubled;
    return doubled;
}
struct Shape {
    int side;
    explicit Shape(int side) : side(side) {}
    virtual ~Shape() {}
    virtual int area() const = 0;
    int scaled(int by) const
    {
        if (by < 0) {
            complain(by);
            complain(by + 1);
        }
        return twice(area()) * by;
    }
};
struct Square : Shape {
    using Shape::Shape;
    int area() const override { return side * side; }
};
}
__attribute__((noinline)) int unused(int value) { return shapes::twice(value) + sink; }
template <typename T> struct Scale { T factor; int by(int value); };
template <typename T> int Scale<T>::by(int value)
{
    auto scaled = [&, value](int more) {
        struct Local { static int add(int a, int b) { return a + b; } };
        return Local::add(value * factor, more);
    };
    return scaled(sink);
}
__attribute__((noinline)) static int measure(const shapes::Shape &shape, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++) {
        auto add = [&](int by) { sum += shape.scaled(by) + shapes::twice(by * 1.5); };
        add(i - 1);
    }
    return sum;
}
int main(int argc, char **)
{
    shapes::Square square(argc);
    return Scale<int>{argc}.by(measure(square, argc + 2));
}
"#;

/// `callee /tmp/program.c:23`, innermost first, as addr2line prints it.
fn symbolize(file: &DebugFile, pc: u64) -> Vec<String> {
    let scopes = file.scopes(pc).unwrap();
    let mut line = file.find_line(pc).unwrap();
    let mut frames = Vec::new();
    for scope in &scopes {
        let at = line.take().unwrap();
        let name = scope.name.as_deref().unwrap();
        frames.push(format!("{name} {}:{}", at.file, at.line));
        line.clone_from(&scope.call_site);
    }
    assert!(
        line.is_none_or(|_| scopes.is_empty()),
        "the outermost one is called by nobody here"
    );
    frames
}

#[test]
fn every_instruction_equals_addr2line() {
    for version in 2..=5 {
        for level in ["-O0", "-O2"] {
            let dwarf = format!("-gdwarf-{version}");
            let name = format!("lines-{version}{level}");
            let program = Compiled::new(&name, PROGRAM, &[&dwarf, level]);
            let mut compared = 0;
            for function in ["callee", "aligned", "many", "main"] {
                let (start, end) = program.function(function);
                let mut arguments: Vec<OsString> =
                    ["-a", "-f", "-i", "-e"].map(OsString::from).into();
                arguments.push(program.path.clone().into());
                arguments.extend((start..end).map(|pc| format!("{pc:#x}").into()));
                let text = run("addr2line", arguments);
                let mut lines = text.lines().peekable();
                for pc in start..end {
                    assert_eq!(lines.next().map(crate::compiled::hex), Some(pc));
                    let mut expected = Vec::new();
                    while lines.peek().is_some_and(|line| !line.starts_with("0x")) {
                        let name = lines.next().unwrap();
                        let place = lines.next().unwrap();
                        let place = place.split(" (").next().unwrap();
                        expected.push(format!("{name} {place}"));
                    }
                    let got = symbolize(&program.file, pc);
                    // A line of 0 is printed as ?.
                    let got: Vec<_> = got
                        .into_iter()
                        .map(|frame| match frame.strip_suffix(":0") {
                            Some(place) => format!("{place}:?"),
                            None => frame,
                        })
                        .collect();
                    assert_eq!(got, expected, "{name}, {pc:#x} in {function}");
                    compared += 1;
                }
            }
            assert!(compared > 200);
        }
    }
}

/// As llvm-symbolizer prints it, innermost first: `callee /tmp/program.c:23:5`.
fn symbolize_with_columns(file: &DebugFile, pc: u64) -> Vec<String> {
    let mut line = file.find_line(pc).unwrap();
    let mut frames = Vec::new();
    for scope in file.scopes(pc).unwrap() {
        let at = line.take().unwrap();
        let name = scope.name.as_deref().unwrap();
        frames.push(format!("{name} {}:{}:{}", at.file, at.line, at.column));
        line.clone_from(&scope.call_site);
    }
    frames
}

/// Compares every instruction of every function of the program's own.
fn compare_with_llvm(program: &Compiled, name: &str) -> usize {
    let symbols = run("nm", [OsString::from("-S"), program.path.clone().into()]);
    let mut pcs = Vec::new();
    for symbol in symbols.lines() {
        let words: Vec<_> = symbol.split_whitespace().collect();
        if let [start, size, "t" | "T" | "W", name] = words[..]
            && !["_start", "_dl_relocate_static_pie"].contains(&name)
            && !name.starts_with("__x86.")
        {
            let start = crate::compiled::hex(start);
            pcs.extend(start..start + crate::compiled::hex(size));
        }
    }
    let mut arguments: Vec<OsString> = ["-a", "-i", "--functions=short", "-e"]
        .map(OsString::from)
        .into();
    arguments.push(program.path.clone().into());
    arguments.extend(pcs.iter().map(|pc| format!("{pc:#x}").into()));
    let text = run("llvm-symbolizer", arguments);
    let answers: Vec<_> = text.trim_end().split("\n\n").collect();
    assert_eq!(answers.len(), pcs.len(), "{name}");
    // With an index of names, functions are found through it.
    let indexed = DebugFile::new(parse(&program.path), SectionAddresses::default(), 0);
    indexed.index().unwrap();
    for (pc, answer) in pcs.iter().zip(answers) {
        let mut lines = answer.lines();
        assert_eq!(lines.next().map(crate::compiled::hex), Some(*pc));
        let lines: Vec<_> = lines.collect();
        let expected: Vec<_> = lines.chunks(2).map(|frame| frame.join(" ")).collect();
        for file in [&program.file, &indexed] {
            assert_eq!(
                symbolize_with_columns(file, *pc),
                expected,
                "{name}, {pc:#x}"
            );
        }
    }
    pcs.len()
}

#[test]
fn every_instruction_equals_llvm_symbolizer() {
    let mut builds = Vec::new();
    for version in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
        for compiler in ["gcc", "clang", "clang-19", "g++", "clang++"] {
            builds.push(format!("{compiler} {version} -O2"));
        }
        builds.push(format!("g++ {version} -O0"));
        builds.push(format!("clang++ {version} -O0"));
    }
    builds.extend(
        [
            "gcc -gdwarf-4 -O2 -gsplit-dwarf",
            "gcc -gdwarf-5 -O2 -gsplit-dwarf",
            "g++ -gdwarf-5 -O2 -gsplit-dwarf",
            "clang++ -gdwarf-5 -O2 -gsplit-dwarf",
            "gcc -gdwarf-4 -gdwarf64 -O2",
            "g++ -gdwarf-5 -gdwarf64 -O2",
            "clang -gdwarf-4 -gdwarf64 -O2",
            "clang++ -gdwarf-5 -gdwarf64 -O2",
            "gcc -gdwarf-5 -m32 -O2",
            "gcc -gdwarf-5 -O2 -flto",
            "g++ -gdwarf-5 -O2 -fdebug-types-section",
            "g++ -gdwarf-4 -O2 -ffunction-sections -Wl,--gc-sections",
            "g++ -gdwarf-5 -O2 -ffunction-sections -Wl,--gc-sections -fuse-ld=lld",
            "clang++ -gdwarf-5 -O2 -ffunction-sections -Wl,--gc-sections -fuse-ld=lld",
        ]
        .map(str::to_owned),
    );
    let mut compared = 0;
    for build in builds {
        let (compiler, options) = build.split_once(' ').unwrap();
        let mut options: Vec<_> = options.split(' ').collect();
        options.push("-w");
        let source = if compiler.contains("++") {
            CPP
        } else {
            PROGRAM
        };
        let program = Compiled::with(compiler, "lines-llvm", source, &options);
        compared += compare_with_llvm(&program, &build);
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn columns_and_call_sites() {
    let program = Compiled::new("columns", PROGRAM, &["-g", "-O2"]);
    let (start, end) = program.function("callee");
    let deepest = (start..end)
        .map(|pc| program.file.scopes(pc).unwrap())
        .max_by_key(Vec::len)
        .unwrap();
    let names: Vec<_> = deepest
        .iter()
        .map(|scope| scope.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["twice", "quadruple", "callee"]);
    let source: Vec<_> = PROGRAM.lines().collect();
    for (scope, call) in deepest.iter().zip(["twice(", "quadruple("]) {
        let site = scope.call_site.as_ref().unwrap();
        let line = source[site.line as usize - 1];
        assert_eq!(line.find(call), Some(site.column as usize - 1), "{line}");
        assert!(scope.is_inline());
        assert_eq!(scope.function, deepest[2].die);
    }
    assert!(!deepest[2].is_inline());
    assert_eq!(deepest[1].blocks.len(), 1, "the braces in quadruple");
}

#[test]
fn what_no_unit_covers_has_no_line() {
    let program = Compiled::new("no-line", PROGRAM, &["-g", "-O2"]);
    let (start, _) = program.function("_start");
    assert_eq!(program.file.find_line(start).unwrap(), None);
    assert!(program.file.scopes(start).unwrap().is_empty());
    assert_eq!(program.file.find_line(u64::MAX).unwrap(), None);
}

/// Where a compiler runs and with which arguments, and the names of `lib.c`, `inc.h` and `sub/inc.h`,
/// all in the folder `TOP/src`. drgn 0.3.0 shows the same names.
const FILES: &[(&str, &str, [&str; 3])] = &[
    (
        "src",
        "gcc lib.c",
        ["TOP/src/lib.c", "TOP/src/inc.h", "sub/inc.h"],
    ),
    ("src", "gcc ./lib.c", ["./lib.c", "./inc.h", "./sub/inc.h"]),
    (
        "",
        "gcc src/lib.c",
        ["src/lib.c", "src/inc.h", "src/sub/inc.h"],
    ),
    (
        "src/sub",
        "gcc ../lib.c",
        ["../lib.c", "../inc.h", "../sub/inc.h"],
    ),
    (
        "",
        "gcc TOP/src/lib.c",
        ["TOP/src/lib.c", "TOP/src/inc.h", "TOP/src/sub/inc.h"],
    ),
    (
        "src",
        "gcc lib.c -fdebug-prefix-map=TOP=/build",
        ["/build/src/lib.c", "/build/src/inc.h", "sub/inc.h"],
    ),
    (
        "src",
        "gcc lib.c -fdebug-prefix-map=TOP/src=.",
        ["./lib.c", "./inc.h", "sub/inc.h"],
    ),
    (
        "src",
        "clang lib.c",
        ["TOP/src/lib.c", "./inc.h", "./sub/inc.h"],
    ),
    (
        "src",
        "clang lib.c -fdebug-prefix-map=TOP=/build",
        ["/build/src/lib.c", "./inc.h", "./sub/inc.h"],
    ),
    (
        "src",
        "clang TOP/src/lib.c",
        ["TOP/src/lib.c", "TOP/src/inc.h", "sub/inc.h"],
    ),
];

#[test]
fn files_stand_below_their_directories() {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "lines-files");
    let header = |name: &str| {
        let inline = "static inline __attribute__((always_inline))";
        format!("{inline} int {name}(int v) {{ volatile int s = v; return s; }}")
    };
    std::fs::create_dir_all(workshop.path("src/sub")).unwrap();
    workshop.write("src/inc.h", header("near"));
    workshop.write("src/sub/inc.h", header("far"));
    let source = "\n#include \"inc.h\"\n#include \"sub/inc.h\"
        int f(int v) { return near(v) + far(v); }";
    workshop.write("src/lib.c", source);
    let top = workshop.path("").display().to_string();
    let top = top.trim_end_matches('/');
    let path = workshop.path("lib.so");
    let formats = ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"];
    let formats = formats
        .into_iter()
        .chain(["-gdwarf-4 -gsplit-dwarf", "-gdwarf-5 -gsplit-dwarf"]);
    for (format, (folder, command, names)) in
        formats.flat_map(|f| FILES.iter().map(move |row| (f, row)))
    {
        let command = format!("{command} {format} -O1 -shared -fPIC -nostdlib").replace("TOP", top);
        let (compiler, arguments) = command.split_once(' ').unwrap();
        let mut run = std::process::Command::new(compiler);
        run.current_dir(workshop.path(folder))
            .args(arguments.split(' '))
            .arg("-o")
            .arg(&path);
        spelunk_synth::output_of(&mut run);
        let file = DebugFile::new(
            crate::compiled::parse(&path),
            SectionAddresses::default(),
            0,
        );
        let program = Compiled {
            path: path.clone(),
            file,
        };
        let (start, end) = program.function("f");
        let places = (start..end).flat_map(|pc| {
            let line = program
                .file
                .find_line(pc)
                .unwrap()
                .filter(SourceLine::is_known);
            let scopes = program.file.scopes(pc).unwrap();
            line.into_iter()
                .chain(scopes.into_iter().filter_map(|scope| scope.call_site))
        });
        let got: BTreeSet<String> = places.map(|place| place.file.to_string()).collect();
        let expected: BTreeSet<_> = names.iter().map(|name| name.replace("TOP", top)).collect();
        assert_eq!(got, expected, "{command}");
    }
}
