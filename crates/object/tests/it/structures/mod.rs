//! Structures as compilers lay them out, made up at random: what a program holds is read back
//! member by member, out of its core or its data, and compared with what was written into it.

mod generate;

use crate::compiled::{Holder, TestProgram, build};
use generate::{Abilities, Content, Kind, Shape, Source};

use spelunk_object::{Object, Target, Value, alignof, lookup_type, offsetof, sizeof};

/// Structures of one program.
fn count() -> usize {
    match std::env::var_os("SPELUNK_TEST_FULL") {
        Some(_) => 400,
        None => 60,
    }
}

fn check(name: &str, compiler: &[&str], holder: Holder, seed: u64) {
    let is_32_bit = |flag: &&str| matches!(*flag, "-m32" | "--target=mips-linux-gnu");
    let abilities = Abilities {
        has_int128: !compiler.iter().any(is_32_bit),
        tells_full_width: compiler[0] == "gcc",
        tells_alignment: compiler[0] == "gcc",
    };
    let source = Source::new(seed, count(), abilities);
    let program = build(name, &source.text(), compiler, holder);
    let layout = program.variable("layout");
    let mut rows = 0..;
    let mut row = || {
        let element = layout.index(&program, rows.next().unwrap()).unwrap();
        element.to_u64(&program).unwrap()
    };
    for (index, compound) in source.compounds.iter().enumerate() {
        let keyword = compound.keyword();
        let ty = lookup_type(&program, &format!("{keyword} s{index}"), None).unwrap();
        let what = || format!("{name}: {keyword} s{index}:\n{}", source.definition(index));
        assert_eq!(sizeof(program.types(), ty).unwrap(), row(), "{}", what());
        let alignment = row();
        let known = alignof(&program, ty).unwrap();
        match source.tells_alignment(compound) {
            true => assert_eq!(known, alignment, "{}", what()),
            false => assert!(known >= alignment, "{}", what()),
        }
        for member in source.plain_members(index) {
            let offset = offsetof(&program, ty, &member).unwrap();
            assert_eq!(offset, row(), "{member}: {}", what());
        }
        let variable = program.variable(&format!("v{index}"));
        let content = &source.contents[index];
        compare(&program, &variable, content, &what);
        compare(&program, &variable.read(&program).unwrap(), content, &what);
    }
}

/// Asserts that the object holds what was put into it.
fn compare(program: &TestProgram, object: &Object, content: &Content, what: &dyn Fn() -> String) {
    match content {
        Content::Integer(expected) => {
            let value = match object.value(program).unwrap() {
                Value::Signed(value) => value,
                Value::Unsigned(value) => value.cast_signed(),
                Value::Bool(value) => value.into(),
                other => panic!("{other:?} {}", what()),
            };
            assert_eq!(value, *expected, "{}", what());
        }
        Content::Float(expected) => {
            assert_eq!(
                object.value(program).unwrap(),
                Value::Float(*expected),
                "{}",
                what()
            );
        }
        Content::Elements(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let object = object.index(program, index as i64).unwrap();
                compare(program, &object, element, what);
            }
        }
        Content::Members(members) => {
            for (name, member) in members {
                let Ok(object) = object.member(program, name) else {
                    panic!("no {name}: {}", what());
                };
                let what = || format!("{name} of {}", what());
                compare(program, &object, member, &what);
            }
        }
    }
}

/// Types whose alignment declarations ask for: more or less than that of what they are made of.
const ALIGNED: &str = "
typedef int coarse __attribute__((aligned(64)));
typedef long fine __attribute__((aligned(2)));
typedef coarse renamed;
struct outer { char c; coarse a; };
struct inner { fine f; _Alignas(32) char c; };
struct __attribute__((packed)) packed { char c; long l; };
struct __attribute__((packed)) halves { short a; int b; char *c; };
struct __attribute__((packed, aligned(4))) words { char c; long l; };
struct holder { char c; struct words words[3]; };
union __attribute__((packed)) either { long l; char c[9]; };
coarse v_coarse; fine v_fine; renamed v_renamed; struct outer v_outer; struct inner v_inner;
struct packed v_packed; struct halves v_halves; struct words v_words; struct holder v_holder;
union either v_either;
unsigned long long layout[] = { _Alignof(coarse), _Alignof(fine), _Alignof(renamed),
    _Alignof(struct outer), _Alignof(struct inner), _Alignof(struct packed),
    _Alignof(struct halves), _Alignof(struct words), _Alignof(struct holder),
    _Alignof(union either) };
int main(void) { __builtin_trap(); }
";

#[test]
fn alignments_are_those_that_declarations_ask_for() {
    let compilers: [(&str, &[&str]); 4] = [
        ("aligned_gcc64", &["gcc", "-m64"]),
        ("aligned_gcc32", &["gcc", "-m32"]),
        ("aligned_clang64", &["clang", "-m64"]),
        ("aligned_dwarf4", &["gcc", "-m64", "-gdwarf-4"]),
    ];
    for (name, compiler) in compilers {
        let program = build(name, ALIGNED, compiler, Holder::Data);
        let layout = program.variable("layout");
        let types = [
            "coarse",
            "fine",
            "renamed",
            "struct outer",
            "struct inner",
            "struct packed",
            "struct halves",
            "struct words",
            "struct holder",
            "union either",
        ];
        for (index, spelling) in types.into_iter().enumerate() {
            let ty = lookup_type(&program, spelling, None).unwrap();
            let expected = layout.index(&program, index as i64).unwrap();
            assert_eq!(
                alignof(&program, ty).unwrap(),
                expected.to_u64(&program).unwrap(),
                "{name}: {spelling}"
            );
        }
    }
}

#[test]
fn of_gcc_in_a_core() {
    check("gcc64", &["gcc", "-m64"], Holder::Core, 1);
}

#[test]
fn of_gcc_in_a_32_bit_core() {
    check("gcc32", &["gcc", "-m32"], Holder::Core, 2);
}

#[test]
fn of_clang() {
    check("clang64", &["clang", "-m64"], Holder::Data, 3);
    check("clang32", &["clang", "-m32"], Holder::Data, 4);
}

#[test]
fn of_old_debugging_information() {
    for (index, version) in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4"]
        .into_iter()
        .enumerate()
    {
        let name = format!("gcc{version}");
        check(
            &name,
            &["gcc", "-m64", version],
            Holder::Data,
            5 + index as u64,
        );
    }
}

#[test]
fn of_big_endian_machines() {
    let clang = |target| ["clang", target];
    check(
        "ppc64",
        &clang("--target=powerpc64-linux-gnu"),
        Holder::Data,
        8,
    );
    check("mips", &clang("--target=mips-linux-gnu"), Holder::Data, 9);
    // Bit fields as they were told before DWARF 4.
    for (seed, version) in [(10, "-gdwarf-2"), (13, "-gdwarf-3"), (14, "-gdwarf-4")] {
        let compiler = ["clang", "--target=mips-linux-gnu", version];
        check(&format!("mips{version}"), &compiler, Holder::Data, seed);
    }
}

/// Structures whose bytes are in the order of another machine (`DW_AT_endianity`).
#[test]
fn of_the_other_order_of_bytes() {
    let source = "struct __attribute__((scalar_storage_order(\"big-endian\"))) network {
        unsigned short port; unsigned address; unsigned version : 4, length : 12; int low : 5; float ratio;
        unsigned short list[2]; long long wide; unsigned long long a : 3, b : 40, c : 21; _Bool flag : 1; int x; };
        struct network network = { 80, 0x7f000001, 4, 0x123, -3, 0.5, { 1, 2 }, -4, 5, 0xabcdef0123, 0x12345, 1, 9 };";
    let members = [
        ("port", 80),
        ("address", 0x7f00_0001),
        ("version", 4),
        ("length", 0x123),
        ("low", -3),
        ("wide", -4),
        ("a", 5),
        ("b", 0xab_cdef_0123),
        ("c", 0x1_2345),
        ("flag", 1),
        ("x", 9),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), Content::Integer(value)));
    let mut members = Vec::from(members);
    members.push(("ratio".to_owned(), Content::Float(0.5)));
    let list = [1, 2].map(Content::Integer);
    members.push(("list".to_owned(), Content::Elements(list.into())));
    let content = Content::Members(members);
    for version in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
        let name = format!("other_order{version}");
        let program = build(&name, source, &["gcc", version], Holder::Data);
        compare(&program, &program.variable("network"), &content, &|| {
            name.clone()
        });
    }
}

#[test]
fn shapes_are_of_all_kinds() {
    let abilities = Abilities {
        has_int128: true,
        tells_full_width: true,
        tells_alignment: true,
    };
    let source = Source::new(1, 400, abilities);
    let has = |wanted: &dyn Fn(&Shape) -> bool| {
        source
            .compounds
            .iter()
            .flat_map(|compound| &compound.members)
            .any(|member| wanted(&member.shape))
    };
    assert!(has(&|shape| matches!(shape, Shape::BitField { .. })));
    assert!(has(&|shape| matches!(shape, Shape::Array(..))));
    assert!(has(&|shape| matches!(shape, Shape::Pointer)));
    assert!(has(&|shape| matches!(shape, Shape::Enum(_))));
    assert!(has(&|shape| matches!(shape, Shape::Float(_))));
    assert!(has(&|shape| matches!(shape, Shape::Compound(_))));
    assert!(has(&|shape| matches!(shape, Shape::Anonymous(_))));
    let is_packed_union =
        |compound: &generate::Compound| compound.kind == Kind::Union && compound.is_packed;
    assert!(source.compounds.iter().any(is_packed_union));
}
