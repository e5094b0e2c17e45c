use crate::describe;
use crate::program::{Program, compile};
use spelunk_types::TypeKind;

/// The assertions make the compiler agree with what the tests expect.
const SOURCE: &str = r#"
#define at(type, member, offset) \
    _Static_assert(__builtin_offsetof(type, member) == offset, #member)
struct point { char c; int x; long y; };
at(struct point, x, 4); at(struct point, y, 8);
union either { int i; double d; };
struct fields { int a : 3; unsigned b : 7; long c : 40; _Bool d : 1; unsigned char : 0; unsigned f : 1; };
_Static_assert(sizeof(struct fields) == 8, "");
struct outer { int n; union { int y; struct { char z; }; }; struct { short s; } named; };
at(struct outer, z, 4); at(struct outer, named, 8);
struct flexible { int n; int rest[]; };
struct empty_array { int n; int none[0]; int after; };
struct matrix { int n; short m[2][3]; };
at(struct matrix, m, 4);
struct node { struct node *next; struct opaque *unknown; int (*call)(int, const char *, ...); };
enum color { RED, GREEN = 5, BLUE };
enum sign { MINUS = -1, LARGE = 255 };
enum big { BIG = 0x100000000 };
enum __attribute__((packed)) small { SMALL = 255 };
typedef const struct point *point_pointer;
typedef int none[0]; typedef int unknown_length[];
typedef unsigned long ulong_t; typedef short short_t; typedef __int128 wide;
struct qualified { const volatile int cv; int *const *restrict p; };
typedef void function_t(struct point, int array[3]);
struct packed { char c; int i; } __attribute__((packed));
at(struct packed, i, 1);

struct point *v0; union either *v1; struct fields *v2; struct outer *v3; struct flexible *v4;
struct empty_array *v5; struct matrix *v6; struct node *v7; enum color v8; enum sign v9; enum big v10;
enum small v11; point_pointer v12; none *v13; unknown_length *v14; ulong_t v15; short_t v16; wide v17;
struct qualified *v18; function_t *v19; struct packed *v20;
"#;

const EXPECTED: &[(&str, &str)] = &[
    (
        "struct point",
        "struct size 16 { c @0:0 char; x @32:0 int; y @64:0 long; }",
    ),
    (
        "union either",
        "union size 8 { i @0:0 int; d @0:0 double; }",
    ),
    (
        "struct fields",
        "struct size 8 { a @0:3 int; b @3:7 unsigned int; c @10:40 long; d @50:1 _Bool; f @56:1 unsigned int; }",
    ),
    (
        "struct outer",
        "struct size 12 { n @0:0 int;  @32:0 union size 4 { y @0:0 int;  @0:0 struct size 1 { z @0:0 char; }; }; \
         named @64:0 struct size 2 { s @0:0 short; }; }",
    ),
    (
        "struct flexible",
        "struct size 4 { n @0:0 int; rest @32:0 [?](int); }",
    ),
    (
        "struct empty_array",
        "struct size 8 { n @0:0 int; none @32:0 [0](int); after @32:0 int; }",
    ),
    (
        "struct matrix",
        "struct size 16 { n @0:0 int; m @32:0 [2]([3](short)); }",
    ),
    (
        "struct node",
        "struct size 24 { next @0:0 *(struct node); unknown @64:0 *(struct opaque?); \
         call @128:0 *(function(int)(: int, : *(const char), ...)); }",
    ),
    (
        "enum color",
        "enum: unsigned int { RED = 0; GREEN = 5; BLUE = 6; }",
    ),
    ("enum sign", "enum: int { MINUS = -1; LARGE = 255; }"),
    ("enum big", "enum: unsigned long { BIG = 4294967296; }"),
    ("enum small", "enum: unsigned char { SMALL = 255; }"),
    ("typedef point_pointer", "= *(const struct point)"),
    ("typedef none", "= [0](int)"),
    ("typedef unknown_length", "= [?](int)"),
    ("typedef ulong_t", "= unsigned long"),
    ("typedef short_t", "= short"),
    ("typedef wide", "= __int128"),
    (
        "struct qualified",
        "struct size 16 { cv @0:0 const volatile int; p @64:0 restrict *(const *(int)); }",
    ),
    (
        "typedef function_t",
        "= function(void)(: struct point, : *(int), )",
    ),
    (
        "struct packed",
        "struct size 5 { c @0:0 char; i @8:0 int; }",
    ),
];

pub(crate) fn describe(program: &Program, what: &str) -> String {
    let (kind, name) = what.split_once(' ').unwrap();
    let kind = match kind {
        "struct" => TypeKind::Struct,
        "class" => TypeKind::Class,
        "union" => TypeKind::Union,
        "enum" => TypeKind::Enum,
        _ => TypeKind::Typedef,
    };
    match program.info.find_type(&[kind], name, None).unwrap() {
        Some(ty) => describe::definition(&program.store, ty).unwrap(),
        None => "nothing".to_owned(),
    }
}

#[test]
fn types_are_as_the_compiler_lays_them_out() {
    for flags in [
        &["-g", "-gdwarf-2"][..],
        &["-g", "-gdwarf-3"],
        &["-g", "-gdwarf-4"],
        &["-g", "-gdwarf-5"],
        &["-g", "-gdwarf-4", "-fdebug-types-section"],
        &["-g", "-gdwarf-5", "-fdebug-types-section"],
    ] {
        for link in ["-shared", "-c"] {
            let flags = [flags, &["-fPIC", link]].concat();
            let bytes = compile(&[("a.c", SOURCE)], &flags);
            let program = Program::of(&[(&bytes, 0)]);
            for (what, expected) in EXPECTED {
                let mut expected = (*expected).to_owned();
                if flags.contains(&"-gdwarf-2") {
                    // DWARF 2 has no `restrict`.
                    expected = expected.replace("restrict ", "");
                }
                assert_eq!(describe(&program, what), expected, "{what} with {flags:?}");
            }
        }
    }
}

#[test]
fn programs_of_32_bits_have_small_pointers() {
    let source =
        "struct small { void *p; long l; long long w; } small; int function(void) { return 0; }";
    let flags = ["-m32", "-g", "-shared", "-nostdlib"];
    let program = Program::of(&[(&compile(&[("a.c", source)], &flags), 0xffff_f000)]);
    assert_eq!(
        describe(&program, "struct small"),
        "struct size 16 { p @0:0 *(void); l @32:0 long; w @64:0 long long; }"
    );
    let kinds = spelunk_debuginfo::ObjectKinds::ANY;
    let found = program.info.find_object("function", None, kinds).unwrap();
    let spelunk_debuginfo::ObjectValue::Address(address) = found.unwrap().value else {
        panic!("no address");
    };
    assert!(address < 1 << 32, "addresses wrap at 32 bits");
}

#[test]
fn threads_see_the_same_types() {
    let bytes = compile(&[("a.c", SOURCE)], &["-g", "-shared", "-fPIC"]);
    let program = Program::of(&[(&bytes, 0)]);
    let all: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let names = EXPECTED.iter();
                    names.map(|(what, _)| describe(&program, what)).collect()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(all.iter().all(|answers| *answers == all[0]));
}

/// Without DWARF 3's underlying type an enumeration still has a size and a sign.
#[test]
fn enumerations_without_a_type_get_one() {
    let bytes = compile(
        &[("a.c", "enum s { A = -1, B = 300 } s; enum u { C = 7 } u;")],
        &["-gdwarf-2", "-gstrict-dwarf", "-shared"],
    );
    let program = Program::of(&[(&bytes, 0)]);
    assert_eq!(
        describe(&program, "enum s"),
        "enum: <unknown> { A = -1; B = 300; }"
    );
    assert_eq!(describe(&program, "enum u"), "enum: <unknown> { C = 7; }");
}

#[test]
fn big_endian_members_are_told() {
    let source = r#"struct __attribute__((scalar_storage_order("big-endian"))) be { int x; } be;"#;
    let bytes = compile(&[("a.c", source)], &["-g", "-shared"]);
    let program = Program::of(&[(&bytes, 0)]);
    let found = program
        .info
        .find_type(&[TypeKind::Struct], "be", None)
        .unwrap();
    let members = program.store.members(found.unwrap().id).unwrap().unwrap();
    let member = members.find(&program.store, "x").unwrap().unwrap();
    let spelunk_types::TypeData::Int { byte_order, .. } =
        program.store.get(member.ty.id).unwrap().data
    else {
        panic!("no integer");
    };
    assert_eq!(byte_order, spelunk_base::ByteOrder::Big);
}

#[test]
fn names_in_namespaces_and_classes_are_found_by_path() {
    let source = r"
        namespace a { namespace b { struct in { int x; }; int variable = 3; void function() {} }
            class base { int m; }; class derived : public base { public: int n; struct nested { char c; }; void method(); };
            enum class scoped : unsigned char { one = 1 }; struct later; later *pointer; }
        namespace { struct hidden { long l; } h; }
        void a::derived::method() {}
        a::b::in i; a::derived d; a::derived::nested n; a::scoped s;
        namespace a { struct later { short z; } l; }
        template <typename T, int N> struct array { T elements[N]; }; array<int, 3> three;";
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let bytes = compile(&[("a.cpp", source)], &["-g", version, "-shared", "-fPIC"]);
        let program = Program::of(&[(&bytes, 0)]);
        for (what, expected) in [
            ("struct a::b::in", "struct size 4 { x @0:0 int; }"),
            ("class a::base", "class size 4 { m @0:0 int; }"),
            (
                "class a::derived",
                "class size 8 {  @0:0 class base; n @32:0 int; }",
            ),
            (
                "struct a::derived::nested",
                "struct size 1 { c @0:0 char; }",
            ),
            ("struct hidden", "struct size 8 { l @0:0 long; }"),
            ("enum a::scoped", "enum: unsigned char { one = 1; }"),
            (
                "struct array<int, 3>",
                "struct size 12 { elements @0:0 [3](int); }",
            ),
            ("struct in", "nothing"),
        ] {
            assert_eq!(describe(&program, what), expected, "{what} with {version}");
        }
        let kinds = spelunk_debuginfo::ObjectKinds::ANY;
        for name in [
            "a::b::variable",
            "a::b::function",
            "a::derived::method",
            "a::scoped::one",
        ] {
            assert!(
                program
                    .info
                    .find_object(name, None, kinds)
                    .unwrap()
                    .is_some(),
                "{name}"
            );
        }
        let pointer = program
            .info
            .find_object("a::pointer", None, kinds)
            .unwrap()
            .unwrap();
        let pointer = describe::reference(&program.store, pointer.ty).unwrap();
        assert_eq!(pointer, "*(struct later)", "completed from the same unit");
    }
}

#[test]
fn enumerators_may_have_128_bits() {
    let source = "enum wide : __int128 { HIGH = (__int128)1 << 100, LOW = -((__int128)3 << 90), PLAIN = 5 } wide;
        enum small : short { MINUS = -2, LARGE = 200 } small; enum byte : unsigned char { MOST = 255 } byte;";
    for version in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
        let bytes = compile(&[("a.cpp", source)], &["-g", version, "-shared", "-fPIC"]);
        let program = Program::of(&[(&bytes, 0)]);
        let find = |name| {
            let kinds = spelunk_debuginfo::ObjectKinds::CONSTANT;
            let found = program.info.find_object(name, None, kinds).unwrap();
            match found.unwrap().value {
                spelunk_debuginfo::ObjectValue::Constant(value) => value,
                other => panic!("{version}: {name}: {other:?}"),
            }
        };
        assert_eq!(find("HIGH"), 1 << 100, "{version}");
        assert_eq!(find("LOW"), -(3 << 90), "{version}");
        assert_eq!(
            ["PLAIN", "MINUS", "LARGE", "MOST"].map(find),
            [5, -2, 200, 255],
            "{version}"
        );
    }
}
