//! Names in namespaces that one need not name.

use crate::compiled::Compiled;
use spelunk_debuginfo::{DebugFile, DebugInfo, ObjectKinds};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::dwarf::{Attribute, Dwarf, Shape, UnitKind, Value, at, form, tag};
use spelunk_types::{TypeKind, TypeStore};
use std::sync::Arc;

const SOURCE: &str = r"
namespace o {
inline namespace v1 {
struct type { int member; };
template <class T> struct box { T content; };
int function(int x) { return x + 1; }
int variable = 3;
enum kind { ONE = 1, TWO };
inline namespace inner { struct nested { int member; }; }
namespace plain { struct deep { int member; }; }
}
namespace {
struct hidden { long member; };
int unseen = 4;
}
struct user { type a; hidden b; box<type> c; nested d; plain::deep e; kind f; };
}
namespace { struct top { char member; }; int outermost = 9; }
o::user user;
top top_user;
int main() { return o::function(o::variable) + o::unseen + outermost + top_user.member; }
";

#[test]
fn names_are_found_without_inline_and_anonymous_namespaces() {
    for (compiler, version) in [
        ("g++", "-gdwarf-5"),
        ("g++", "-gdwarf-4"),
        ("clang++", "-gdwarf-5"),
    ] {
        let name = format!("namespaces-{compiler}{version}");
        let program = Compiled::with(compiler, &name, SOURCE, &["-xc++", "-g", version, "-O0"]);
        let info = DebugInfo::new(Arc::new(TypeStore::new()));
        info.add(program.file).unwrap();
        let found = |kind, name: &str| info.find_type(&[kind], name, None).unwrap();
        for (short, whole) in [
            ("o::type", "o::v1::type"),
            ("o::box<o::v1::type>", "o::v1::box<o::v1::type>"),
            ("o::nested", "o::v1::inner::nested"),
            ("o::v1::nested", "o::v1::inner::nested"),
            ("o::plain::deep", "o::v1::plain::deep"),
            ("o::hidden", "o::(anonymous namespace)::hidden"),
            ("top", "(anonymous namespace)::top"),
        ] {
            let expected = found(TypeKind::Struct, whole);
            assert!(expected.is_some(), "{name}: {whole}");
            assert_eq!(found(TypeKind::Struct, short), expected, "{name}: {short}");
        }
        assert!(found(TypeKind::Enum, "o::kind").is_some());
        for wrong in [
            "v1::type",
            "o::deep",
            "type",
            "o::v2::type",
            "o::v1::v1::type",
        ] {
            assert_eq!(found(TypeKind::Struct, wrong), None, "{name}: {wrong}");
        }
        for object in [
            "o::function",
            "o::v1::function",
            "o::variable",
            "o::TWO",
            "o::v1::TWO",
            "o::unseen",
            "o::(anonymous namespace)::unseen",
            "outermost",
        ] {
            let found = info.find_object(object, None, ObjectKinds::ANY).unwrap();
            assert!(found.is_some(), "{name}: {object}");
        }
    }
}

const OUTERMOST: &str = r"
inline namespace v1 {
struct type { int member; };
struct inside { struct deep { int member; }; static int fixed; static void method() {} };
int inside::fixed = 5;
template <class T> struct box { T content; };
enum kind { ONE = 1, TWO };
enum class scoped { THREE = 3 };
int variable = 3;
int function(int x) { return x + 1; }
inline namespace v2 { struct second { char member; }; int other = 4; extern int declared; }
namespace plain { struct inner { int member; }; int hidden = 7; }
}
int v1::v2::declared = 6;
struct user { type a; inside::deep b; box<int> c; second d; plain::inner e; kind f; scoped g; };
user global;
int main() { inside::method(); return function(variable) + other + declared + plain::hidden; }
";

#[test]
fn names_in_outermost_inline_namespaces_are_names_at_file_scope() {
    for (compiler, name, options) in [
        ("g++", "outermost-5", &["-gdwarf-5"][..]),
        (
            "g++",
            "outermost-types",
            &["-gdwarf-4", "-fdebug-types-section"],
        ),
        ("clang++", "outermost-clang", &["-gdwarf-4"]),
        (
            "clang++",
            "outermost-simple",
            &["-gdwarf-5", "-gsimple-template-names"],
        ),
    ] {
        let options = [&["-xc++", "-g", "-O0"], options].concat();
        let program = Compiled::with(compiler, name, OUTERMOST, &options);
        let info = DebugInfo::new(Arc::new(TypeStore::new()));
        info.add(program.file).unwrap();
        for (kind, short, whole) in [
            (TypeKind::Struct, "type", "v1::type"),
            (TypeKind::Struct, "inside", "v1::inside"),
            (TypeKind::Struct, "inside::deep", "v1::inside::deep"),
            (TypeKind::Struct, "box<int>", "v1::box<int>"),
            (TypeKind::Struct, "second", "v1::v2::second"),
            (TypeKind::Struct, "v2::second", "v1::v2::second"),
            (TypeKind::Struct, "plain::inner", "v1::plain::inner"),
            (TypeKind::Enum, "kind", "v1::kind"),
            (TypeKind::Enum, "scoped", "v1::scoped"),
        ] {
            let found = |name: &str| info.find_type(&[kind], name, None).unwrap();
            let expected = found(whole);
            assert!(expected.is_some(), "{name}: {whole}");
            assert_eq!(found(short), expected, "{name}: {short}");
        }
        for (short, whole) in [
            ("variable", "v1::variable"),
            ("function", "v1::function"),
            ("other", "v1::v2::other"),
            ("declared", "v1::v2::declared"),
            ("TWO", "v1::TWO"),
            ("scoped::THREE", "v1::scoped::THREE"),
            ("inside::fixed", "v1::inside::fixed"),
            ("inside::method", "v1::inside::method"),
            ("plain::hidden", "v1::plain::hidden"),
        ] {
            let found = |name: &str| info.find_object(name, None, ObjectKinds::ANY).unwrap();
            let expected = found(whole).map(|found| format!("{:?}", found.value));
            assert!(expected.is_some(), "{name}: {whole}");
            let value = found(short).map(|found| format!("{:?}", found.value));
            assert_eq!(value, expected, "{name}: {short}");
        }
        for wrong in ["deep", "inner", "hidden", "THREE", "fixed", "method"] {
            let object = info.find_object(wrong, None, ObjectKinds::ANY).unwrap();
            assert!(object.is_none(), "{name}: {wrong}");
            let ty = info.find_type(&[TypeKind::Struct], wrong, None).unwrap();
            assert!(ty.is_none(), "{name}: {wrong}");
        }
    }
}

/// Rust has what stands for `dyn A::B` outside of all namespaces.
#[test]
fn names_at_file_scope_may_have_scopes_in_them() {
    let mut dwarf = Dwarf::new(Shape::USUAL);
    let text = |name: &str| (at::NAME, form::STRP, Value::Text(name.to_owned()));
    let number = |name, value| -> Attribute { (name, form::DATA1, Value::Number(value)) };
    let mut unit = dwarf.unit(UnitKind::Compile);
    let language = number(at::LANGUAGE, 0x1c);
    unit.begin(tag::COMPILE_UNIT, &[text("a.rs"), language]);
    let size = number(at::BYTE_SIZE, 1);
    for name in ["dyn a::T", "(a::T, u8)", "::b"] {
        unit.entry(tag::STRUCTURE_TYPE, &[text(name), size.clone()]);
    }
    unit.finish();
    let elf = ElfFile::parse(FileData::from_bytes("a.o", dwarf.elf().build())).unwrap();
    let file = DebugFile::new(elf, SectionAddresses::default(), 0);
    let index = file.index().unwrap();
    for name in ["dyn a::T", "(a::T, u8)", "::b"] {
        assert_eq!(index.find(name).count(), 1, "{name}");
    }
    let info = DebugInfo::new(Arc::new(TypeStore::new()));
    info.add(file).unwrap();
    let found = info.find_type(&[TypeKind::Struct], "dyn a::T", None);
    assert!(found.unwrap().is_some());
}
