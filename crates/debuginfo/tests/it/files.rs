//! Several units, several files.

use crate::describe;
use crate::program::{Program, compile};
use crate::types::describe as definition;
use spelunk_debuginfo::{ObjectKinds, ObjectValue};
use spelunk_types::TypeKind;

const USER: &str =
    "struct shared; struct own; struct shared *shared_pointer; struct own *own_pointer;
    static int same = 1; int *user = &same; struct twin { int a; } *twin_user;";
const OWNER: &str = "struct shared { int in_owner; } shared; struct own { long o; } own;
    static int same = 2; int *owner = &same; struct twin { long b; } *twin_owner;";

fn shared(source: &str, name: &str) -> Vec<u8> {
    compile(&[(name, source)], &["-g", "-shared", "-fPIC"])
}

fn pointer(program: &Program, name: &str) -> String {
    let found = program.info.find_object(name, None, ObjectKinds::VARIABLE);
    describe::reference(&program.store, found.unwrap().unwrap().ty).unwrap()
}

#[test]
fn declarations_are_completed_from_units_and_files() {
    let both = compile(
        &[("a.c", USER), ("b.c", OWNER)],
        &["-g", "-shared", "-fPIC"],
    );
    let program = Program::of(&[(&both, 0)]);
    assert_eq!(pointer(&program, "shared_pointer"), "*(struct shared)");
    let (user, owner) = (shared(USER, "a.c"), shared(OWNER, "b.c"));
    let alone = Program::of(&[(&user, 0)]);
    assert_eq!(pointer(&alone, "shared_pointer"), "*(struct shared?)");
    for files in [
        [(&user[..], 0), (&owner[..], 0x10_0000)],
        [(&owner[..], 0), (&user[..], 0x10_0000)],
    ] {
        let program = Program::of(&files);
        assert_eq!(pointer(&program, "shared_pointer"), "*(struct shared)");
        assert_eq!(
            definition(&program, "struct shared"),
            "struct size 4 { in_owner @0:0 int; }"
        );
    }
}

/// Two different definitions, and none in the declaration's own file: which one is meant?
#[test]
fn what_is_ambiguous_stays_incomplete() {
    let user = shared("struct twin *pointer;", "c.c");
    let (a, b) = (shared(USER, "a.c"), shared(OWNER, "b.c"));
    let program = Program::of(&[(&a, 0), (&b, 0), (&user, 0)]);
    assert_eq!(pointer(&program, "pointer"), "*(struct twin?)");
    let program = Program::of(&[(&a, 0), (&user, 0)]);
    assert_eq!(pointer(&program, "pointer"), "*(struct twin)");
}

#[test]
fn filenames_choose_among_definitions() {
    let both = compile(
        &[("a.c", USER), ("b.c", OWNER), ("h.h", "")],
        &["-g", "-shared", "-fPIC"],
    );
    let program = Program::of(&[(&both, 0)]);
    let value = |filename| {
        let found = program
            .info
            .find_object("same", filename, ObjectKinds::ANY)
            .unwrap();
        found.map(|found| match found.value {
            ObjectValue::Address(address) => address,
            value => panic!("{value:?}"),
        })
    };
    let (first, second) = (value(Some("a.c")), value(Some("b.c")));
    assert!(first.is_some() && second.is_some() && first != second);
    assert_eq!(value(None), first);
    assert_eq!(value(Some("c.c")), None);
    assert_eq!(value(Some(".c")), None);
    let twin = |filename| {
        let found = program
            .info
            .find_type(&[TypeKind::Struct], "twin", Some(filename))
            .unwrap();
        found.map(|ty| describe::definition(&program.store, ty).unwrap())
    };
    assert_eq!(twin("a.c").unwrap(), "struct size 4 { a @0:0 int; }");
    assert_eq!(twin("./b.c").unwrap(), "struct size 8 { b @0:0 long; }");
    assert_eq!(twin("x/b.c"), None);
}

#[test]
fn names_complete() {
    let both = compile(
        &[("a.c", USER), ("b.c", OWNER)],
        &["-g", "-shared", "-fPIC"],
    );
    let program = Program::of(&[(&both, 0), (&both, 0)]);
    let names = |prefix, limit| program.info.object_names(prefix, ObjectKinds::ANY, limit);
    assert_eq!(
        names("", 100).unwrap(),
        [
            "own",
            "own_pointer",
            "owner",
            "same",
            "shared",
            "shared_pointer",
            "twin_owner",
            "twin_user",
            "user"
        ]
    );
    assert_eq!(names("own", 2).unwrap(), ["own", "own_pointer"]);
    assert!(names("z", 9).unwrap().is_empty());
    let types = program
        .info
        .type_names("s", &[TypeKind::Struct], 9)
        .unwrap();
    assert_eq!(types, ["shared"]);
}

/// Definitions at file scope are in the index, declarations, members and locals are not.
#[test]
fn definitions_at_file_scope_are_in_the_index() {
    let source = "struct s { int m; struct { int x; } a; }; typedef int t; enum e { A, B, C }; union u { int i; };
        struct declared; int v; static int w; extern int not_here; int f(int p) { struct local { int l; } q; int k; return p; }
        struct s *s; t *tt; enum e *e; union u *u; struct declared *d;";
    let bytes = compile(&[("a.c", source)], &["-g", "-shared", "-fPIC"]);
    let program = Program::of(&[(&bytes, 0)]);
    let files = program.info.files();
    let index = files[0].index().unwrap();
    let mut names: Vec<_> = index
        .names()
        .map(|(name, entries)| (String::from_utf8(name.to_vec()).unwrap(), entries.count()))
        .collect();
    names.sort();
    let names: Vec<_> = names
        .iter()
        .map(|(name, count)| (&**name, *count))
        .collect();
    assert_eq!(
        names,
        [
            ("A", 1),
            ("B", 1),
            ("C", 1),
            ("d", 1),
            ("e", 2),
            ("f", 1),
            ("int", 1),
            ("s", 2),
            ("t", 1),
            ("tt", 1),
            ("u", 2),
            ("unsigned int", 1),
            ("v", 1),
            ("w", 1)
        ]
    );
}
