use super::open;
use spelunk_program::Program;
use spelunk_synth::Workshop;
use std::sync::Arc;

const HEADER: &str = "\
#ifndef A_H
#define A_H
#define FROM_HEADER (BASE + 1)
#define ADD(a, b) ((a) + (b))
#define REST(format, args...) format, ## args
#define ANY(...) __VA_ARGS__
#endif
";
const FIRST: &str = "\
#define BASE 41
#include \"a.h\"
#include <stddef.h>
#define SAME 1
#define TWICE 1
#undef TWICE
#define TWICE ADD(SAME, FROM_HEADER)
#define GONE 5
#undef GONE
#define CALLED() 1
#define NOTHING
int f(void);
int variable;
#define VARIABLE variable
#define ADDRESS (&variable)
#define ROUND_A ROUND_B
#define ROUND_B ROUND_A
#define variable variable
int main(void) { return ADD(SAME, TWICE) + FROM_HEADER + f() + variable; }
";
const SECOND: &str = "\
#define BASE 1
#include \"a.h\"
#include <stddef.h>
#define SAME 2
int f(void) { return SAME; }
";

fn build(name: &str, commands: &[&[&str]]) -> (Workshop, Arc<Program>) {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &format!("macros-{name}"));
    workshop.write("a.h", HEADER);
    workshop.write("a.c", FIRST);
    workshop.write("b.c", SECOND);
    for command in commands {
        workshop.run(command[0], &command[1..]);
    }
    let program = open(&workshop.path("out"));
    (workshop, program)
}

fn value(program: &Program, name: &str, filename: Option<&str>) -> Option<i128> {
    let object = program.constant(name, filename).ok()?;
    Some(object.to_i128(program).unwrap())
}

fn check(program: &Program, has_second: bool, what: &str) {
    let value = |name, filename| value(program, name, filename);
    if let Err(error) = program.constant("SAME", None) {
        panic!("{what}: {error}");
    }
    assert_eq!(value("SAME", None), Some(1), "{what}");
    assert_eq!(value("FROM_HEADER", None), Some(42), "{what}");
    assert_eq!(value("FROM_HEADER", Some("a.c")), Some(42), "{what}");
    assert_eq!(value("FROM_HEADER", Some("a.h")), Some(42), "{what}");
    assert_eq!(value("TWICE", None), Some(43), "{what}");
    assert_eq!(value("GONE", None), Some(5), "{what}");
    assert_eq!(value("__CHAR_BIT__", None), Some(8), "{what}");
    for name in [
        "CALLED", "NOTHING", "VARIABLE", "ROUND_A", "ADD", "A_H", "missing",
    ] {
        assert_eq!(value(name, None), None, "{what} {name}");
    }
    if has_second {
        assert_eq!(value("SAME", Some("b.c")), Some(2), "{what}");
        assert_eq!(value("FROM_HEADER", Some("b.c")), Some(2), "{what}");
        assert_eq!(value("SAME", Some("c.c")), None, "{what}");
    }
    let places = |name| -> Vec<(String, u32)> {
        let found = program.macros(name, None).unwrap();
        let place = |found: spelunk_program::Macro| {
            let filename = found
                .filename
                .map(|name| name.to_string())
                .unwrap_or_default();
            (filename.rsplit('/').next().unwrap().to_owned(), found.line)
        };
        found.into_iter().map(place).collect()
    };
    let second = ("b.c".to_owned(), 4);
    let mut same = vec![("a.c".to_owned(), 4)];
    same.extend(has_second.then_some(second));
    assert_eq!(places("SAME"), same, "{what}");
    let file = |name: &str, line| (name.to_owned(), line);
    assert_eq!(places("TWICE"), [file("a.c", 7), file("a.c", 5)], "{what}");
    assert_eq!(places("ADD"), [file("a.h", 4)], "{what}");
    assert_eq!(places("__CHAR_BIT__"), [file("", 0)], "{what}");
    let found = program.lookup_macro("REST", None).unwrap();
    let parameters: Vec<&str> = found
        .parameters
        .iter()
        .flatten()
        .map(|name| &**name)
        .collect();
    assert_eq!(parameters, ["format", "args..."], "{what}");
    assert_eq!(found.body.replace(' ', ""), "format,##args", "{what}");
    let found = program.lookup_macro("CALLED", None).unwrap();
    assert_eq!(found.parameters.as_deref(), Some(&[][..]), "{what}");
    // What has a place stays what it is.
    assert!(
        program
            .object("variable", spelunk_program::ObjectKinds::ANY, None)
            .unwrap()
            .address()
            .is_some()
    );
}

const GCC: &[&str] = &[
    "gcc",
    "-w",
    "-Wl,--build-id=none",
    "-o",
    "out",
    "a.c",
    "b.c",
];
const CLANG: &[&str] = &[
    "clang",
    "-w",
    "-g",
    "-fdebug-macro",
    "-o",
    "out",
    "a.c",
    "b.c",
];

#[test]
fn macros_are_found_in_what_gcc_writes() {
    for flags in [
        &["-gdwarf-4"][..],
        &["-gdwarf-2"],
        &["-gdwarf-3"],
        &["-gdwarf-5"],
        &["-gdwarf-2", "-gstrict-dwarf"],
        &["-gdwarf-4", "-gstrict-dwarf"],
        &["-gdwarf64", "-gdwarf-5"],
        &["-gz"],
        &["-flto"],
    ] {
        let command = [GCC, flags, &["-g3"]].concat();
        let name = format!("gcc{}", flags.concat());
        let (workshop, program) = build(&name, &[&command]);
        check(&program, true, &format!("{flags:?}"));
        workshop.remove();
    }
}

#[test]
fn macros_are_found_in_split_files() {
    for (compiler, macros) in [("gcc", "-g3"), ("clang", "-fdebug-macro")] {
        for version in ["-gdwarf-4", "-gdwarf-5"] {
            let command = [
                compiler,
                "-w",
                "-g",
                macros,
                version,
                "-gsplit-dwarf",
                "-o",
                "out",
                "a.c",
                "b.c",
            ];
            let (workshop, program) = build(&format!("split-{compiler}{version}"), &[&command]);
            check(&program, true, &format!("{compiler} {version}"));
            workshop.remove();
        }
    }
}

#[test]
fn macros_are_found_in_what_clang_writes() {
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let command = [CLANG, &[version]].concat();
        let (workshop, program) = build(&format!("clang{version}"), &[&command]);
        check(&program, true, version);
        workshop.remove();
    }
}

#[test]
fn macros_are_found_before_files_are_linked() {
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let command = ["gcc", "-w", "-g3", version, "-c", "-o", "out", "a.c"];
        let (workshop, program) = build(&format!("object{version}"), &[&command]);
        check(&program, false, version);
        workshop.remove();
    }
    let compile = |source| ["gcc", "-w", "-g3", "-c", source];
    let link = ["ld", "-r", "-o", "out", "a.o", "b.o"];
    let (workshop, program) = build("ld-r", &[&compile("a.c"), &compile("b.c"), &link]);
    check(&program, true, "ld -r");
    workshop.remove();
}

#[test]
fn macros_are_found_in_supplementary_files() {
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let first = [GCC, &["-g3", version]].concat();
        let second = ["gcc", "-w", "-g3", version, "-o", "other", "b.c", "a.c"];
        let dwz = ["dwz", "-m", "common", "out", "other"];
        let name = format!("dwz{version}");
        let (workshop, program) = build(&name, &[&first, &second, &dwz]);
        assert!(workshop.path("common").exists());
        check(&program, true, version);
        workshop.remove();
    }
}

#[test]
fn what_is_no_constant_says_why() {
    let (workshop, program) = build("reasons", &[&[GCC, &["-g3"]].concat()]);
    for (name, reason) in [
        ("VARIABLE", "it depends on what is in memory"),
        ("ROUND_A", "'ROUND_A' is not known"),
        ("CALLED", "it takes arguments"),
        ("NOTHING", "expected expression"),
    ] {
        let error = program.constant(name, None).unwrap_err().to_string();
        let message = format!("could not find constant '{name}': the macro at ");
        assert!(
            error.starts_with(&message) && error.ends_with(reason),
            "{error}"
        );
    }
    let address = program
        .constant("ADDRESS", None)
        .unwrap()
        .to_i128(&*program);
    assert!(address.unwrap() > 0);
    assert_eq!(
        program.constant("NO", None).unwrap_err().to_string(),
        "could not find constant 'NO'"
    );
    // Whoever does without debugging information does without its macros.
    program.object_finders().set_enabled(&[]).unwrap();
    assert!(program.constant("SAME", None).is_err());
    workshop.remove();
}
