//! Objects of C++, compiled by GCC and Clang, as the program itself sees them.

use crate::fake::{BASE, Fake, member};
use crate::process::Process;
use spelunk_object::{BinaryOperator, Target, lookup_type, offsetof, sizeof, type_name};
use spelunk_object::{FormatOptions, Object, Value, format_type};
use spelunk_types::{CompoundKind, TypeError};

const SOURCE: &str = r#"
#include <cstdio>
extern "C" void leave(void);
namespace ns { namespace in {
struct Base { int b = 13; virtual ~Base() {} };
struct A : virtual Base { int a = 11; };
struct B : virtual Base { int bb = 12; };
class C : public A, public B {
public:
    struct Nested { char n = 'n'; } nested;
    enum class E : unsigned char { x = 1, y } e = E::y;
    static int shared;
    int c = 14;
    int &r;
    C(int &x) : r(x) {}
};
int C::shared = 7;
struct Deep : C { int deep = 15; using C::C; };
template <typename T, int N, auto *P> struct Array { T elements[N]; };
template <typename... T> struct Pack { int z = 1; };
} }
namespace { struct Hidden { long l = 5; } hidden; }
struct S1 { int x = 1, y = 2; int f(int i) { return i; } };
struct S2 { int z = 3, x = 33; };
struct Empty {};
using Second = S2; typedef Empty Nothing;
struct Members : S1, Second, Nothing {
    int x = 4;
    int S1::*data = &S1::y;
    int S1::*none = nullptr;
    int S1::*first = &S1::x;
    int (S1::*function)(int) = &S1::f;
    int (S1::*no_function)(int) = nullptr;
    decltype(nullptr) null = nullptr;
} members;
int number = 42, numbers[3] = { 5, 6, 7 };
int &reference = number;
int (&to_array)[3] = numbers;
int *pointer = numbers, *&to_pointer = pointer;
int &&rvalue = 9;
ns::in::C object(number);
ns::in::C &to_object = object;
ns::in::B *as_b = &object;
ns::in::Deep deep(number);
ns::in::Deep *to_deep = &deep;
struct Cycle { Cycle &self; int i; } cycle = { cycle, 3 };
ns::in::Array<ns::in::C::Nested, 3, &number> array;
ns::in::Pack<int, char, ns::in::A *> pack;
#define show(what) printf("%s = %lld\n", #what, (long long)(what))
int main()
{
    reference += 0; rvalue += 1;
    show(object.a); show(object.b); show(object.bb); show(object.c); show(object.r);
    show(object.nested.n); show(object.e);
    show(to_object.a); show(to_object.b); show(to_object.r);
    show(deep.a); show(deep.b); show(deep.bb); show(deep.c); show(deep.deep);
    printf("as_b.b = %d\nto_deep.b = %d\n", as_b->b, to_deep->b);
    show(members.x); show(members.y); show(members.z);
    show(members.S1::x), show(members.S2::x);
    show(reference); show(rvalue); show(to_array[2]); show(to_pointer[1]); show(*to_pointer);
    show(cycle.self.self.i);
    leave();
    return (long)&hidden & 0;
}
"#;

fn process(name: &str, compiler: &str, flags: &[&str]) -> Process {
    // The tests say where a class is a way to a member of the same name.
    let mut process = Process::run(name, compiler, SOURCE, &[flags, &["-std=c++17"]].concat());
    process.output = process
        .output
        .replace("::x =", ".x =")
        .replace("*to_pointer", "to_pointer[0]");
    process
}

fn processes(name: &str) -> Vec<Process> {
    vec![
        process(&format!("{name}-gcc"), "g++", &[]),
        process(&format!("{name}-gcc-4"), "g++", &["-gdwarf-4"]),
        process(&format!("{name}-clang"), "clang++", &[]),
        process(&format!("{name}-clang-4"), "clang++", &["-gdwarf-4"]),
    ]
}

#[test]
fn members_are_what_the_program_says() {
    for process in processes("cxx-values") {
        process.check_output();
        assert_eq!(
            process.at("ns::in::C::shared").to_i128(&process).unwrap(),
            7
        );
        assert_eq!(process.at("object.Base.b").to_i128(&process).unwrap(), 13);
    }
}

#[test]
fn bases_references_and_members_are_shown() {
    for process in processes("cxx-shown") {
        let number = process.at("number").address().unwrap();
        assert_eq!(
            process.show("members"),
            "(Members){\n\
             \t.S1 = (S1){\n\t\t.x = (int)1,\n\t\t.y = (int)2,\n\t},\n\
             \t.S2 = (S2){\n\t\t.z = (int)3,\n\t\t.x = (int)33,\n\t},\n\
             \t.x = (int)4,\n\
             \t.data = (int S1::*)&S1::y,\n\
             \t.none = (int S1::*)nullptr,\n\
             \t.first = (int S1::*)&S1::x,\n"
                .to_owned()
                + &process.show("members")[process.show("members").find("\t.function").unwrap()..]
        );
        let text = process.show("members");
        assert!(text.contains("(S1 *, int))nullptr,\n"), "{text}");
        assert!(text.contains(", .__delta = 0 },\n"), "{text}");
        assert!(
            text.contains("\t.null = (decltype(nullptr))0x0,\n}"),
            "{text}"
        );
        let text = process.show("object");
        assert!(
            text.starts_with("(ns::in::C){\n\t.A = (ns::in::A){\n\t\t.Base = (ns::in::Base){\n"),
            "{text}"
        );
        assert!(
            text.contains(&format!("\t.r = (int &){number:#x} = 42,\n")),
            "{text}"
        );
        assert!(
            text.contains("\t.nested = (ns::in::C::Nested){\n"),
            "{text}"
        );
        assert!(text.contains("\t.e = (ns::in::C::E)y,\n"), "{text}");
        assert_eq!(
            process.show("reference"),
            format!("(int &){number:#x} = 42")
        );
        assert_eq!(
            process.show("hidden"),
            "((anonymous namespace)::Hidden){\n\t.l = (long)5,\n}"
        );
        let cycle = process.at("cycle").address().unwrap();
        assert_eq!(
            process.show("cycle"),
            format!("(Cycle){{\n\t.self = (Cycle &){cycle:#x},\n\t.i = (int)3,\n}}")
        );
        let text = process.show("to_object");
        let object = process.at("object").address().unwrap();
        assert!(
            text.starts_with(&format!("(ns::in::C &){object:#x} = {{\n\t.A = ")),
            "{text}"
        );
    }
}

#[test]
fn references_are_what_they_refer_to() {
    let process = process("cxx-references", "g++", &[]);
    let p = &process;
    let (reference, number) = (p.at("reference"), p.at("number"));
    let name = |object: &Object| type_name(p.types(), object.ty()).unwrap();
    assert_eq!(name(&reference), "int &");
    assert_eq!(reference.value(p).unwrap(), Value::Signed(42));
    assert_eq!(name(&reference.read(p).unwrap()), "int");
    let address = reference.address_of(p).unwrap();
    assert_eq!(name(&address), "int *");
    assert_eq!(address.to_u64(p).unwrap(), number.address().unwrap());
    assert_ne!(reference.address(), number.address());
    let sum = reference
        .binary(p, BinaryOperator::Add, &p.at("to_array[0]"))
        .unwrap();
    assert_eq!((name(&sum).as_str(), sum.to_i128(p).unwrap()), ("int", 47));
    assert!(reference.truth(p).unwrap());
    assert_eq!(p.at("to_array").len(p).unwrap(), 3);
    let second = p.at("to_pointer").binary(
        p,
        BinaryOperator::Add,
        &Object::from_value(p, number.ty(), &1i64.into(), None).unwrap(),
    );
    assert_eq!(
        second.unwrap().dereference(p).unwrap().to_i128(p).unwrap(),
        6
    );
    // In a structure it is an address, as a pointer is.
    let Value::Struct(values) = p.at("object").value(p).unwrap() else {
        panic!()
    };
    let r = values.iter().find(|(name, _)| &**name == "r").unwrap();
    assert_eq!(r.1, Value::Unsigned(number.address().unwrap().into()));
    let made = Object::from_value(p, reference.ty(), &number.address().unwrap().into(), None);
    assert_eq!(made.unwrap().to_i128(p).unwrap(), 42);
}

#[test]
fn types_keep_their_scope_and_parameters() {
    for process in processes("cxx-types") {
        let ty = |name| lookup_type(&process, name, None).unwrap();
        let text = format_type(process.types(), ty("class ns::in::C")).unwrap();
        assert!(
            text.starts_with(
                "class ns::in::C : ns::in::A, ns::in::B {\n\tns::in::C::Nested nested;\n"
            ),
            "{text}"
        );
        assert!(text.contains("\tint &r;\n"), "{text}");
        let text = format_type(process.types(), ty("struct ns::in::A")).unwrap();
        assert!(
            text.starts_with("struct ns::in::A : virtual ns::in::Base {\n"),
            "{text}"
        );
        let hidden = ty("struct (anonymous namespace)::Hidden");
        assert_eq!(hidden, process.at("hidden").ty());
        let parameters = |path: &str| {
            let id = process.at(path).ty().id;
            let members = process.types().members(id).unwrap().unwrap();
            let parameters = members.template_parameters.iter().map(|parameter| {
                let name = type_name(process.types(), parameter.ty).unwrap();
                format!(
                    "{}: {name} {:?}",
                    parameter.name.as_deref().unwrap_or("-"),
                    parameter.value
                )
            });
            parameters.collect::<Vec<_>>().join(", ")
        };
        let number = process.at("number").address().unwrap();
        assert_eq!(
            parameters("array"),
            format!(
                "T: ns::in::C::Nested None, N: int Some(Constant(3)), P: int * Some(Constant({number}))"
            )
        );
        assert_eq!(
            parameters("pack"),
            "-: int None, -: char None, -: ns::in::A * None"
        );
        assert_eq!(
            sizeof(process.types(), process.at("members.data").ty()).unwrap(),
            8
        );
        assert_eq!(
            sizeof(process.types(), process.at("members.function").ty()).unwrap(),
            16
        );
    }
}

#[test]
fn places_in_bases_are_known_unless_they_are_virtual() {
    let process = process("cxx-places", "g++", &[]);
    let p = &process;
    let members = lookup_type(p, "struct Members", None).unwrap();
    assert_eq!(offsetof(p, members, "z").unwrap(), 8);
    assert_eq!(offsetof(p, members, "S2.x").unwrap(), 12);
    assert_eq!(offsetof(p, members, "x").unwrap(), 16);
    let z = p.at("members.z").address_of(p).unwrap();
    let outer = z.container_of(p, members, "z").unwrap();
    assert_eq!(outer.to_u64(p).unwrap(), p.at("members").address().unwrap());
    let class = lookup_type(p, "class ns::in::C", None).unwrap();
    assert_eq!(
        offsetof(p, class, "b").unwrap_err().to_string(),
        "'b' is in a virtual base class of 'ns::in::C', which each object has elsewhere"
    );
    // Without the table of virtual functions only what is behind it is lost.
    let lost = Object::at(class, p.at("numbers").address().unwrap());
    assert!(lost.member(p, "b").unwrap_err().is_fault());
    assert!(lost.member(p, "c").is_ok());
    // A whole value has its virtual base in it.
    let value = p.at("object").read(p).unwrap();
    assert_eq!(value.member(p, "b").unwrap().to_i128(p).unwrap(), 13);
}

#[test]
fn a_damaged_member_spoils_no_other() {
    let f = Fake::x86_64();
    f.write(0, &[1, 0, 0, 0, 2, 0, 0, 0]);
    let unknown = f
        .types()
        .add_unknown(TypeError::new("no such entry"))
        .unwrap();
    let members = vec![
        member("bad", unknown.into(), 0),
        member("good", f.ty("int"), 32),
    ];
    let ty = f.compound(CompoundKind::Struct, Some("half"), 8, members);
    let object = Object::at(ty, BASE);
    let text = object.format(&f, &FormatOptions::default()).unwrap();
    assert_eq!(
        text,
        "(struct half){\n\t.bad = <error: no such entry>,\n\t.good = (int)2,\n}"
    );
    let good = ("good".into(), Value::Signed(2));
    assert_eq!(object.value(&f).unwrap(), Value::Struct(vec![good]));
    assert_eq!(object.member(&f, "good").unwrap().to_i128(&f).unwrap(), 2);
    assert_eq!(
        format_type(f.types(), ty).unwrap(),
        "struct half {\n\t<error: no such entry> bad;\n\tint good;\n}"
    );
    let bad = object.member(&f, "bad").unwrap();
    assert_eq!(bad.value(&f).unwrap_err().to_string(), "no such entry");
}

#[test]
fn pointers_to_members_are_true_unless_null() {
    for process in processes("cxx-member-pointers") {
        for (name, expected) in [
            ("data", true),
            ("first", true),
            ("none", false),
            ("function", true),
            ("no_function", false),
        ] {
            let object = process.at(&format!("members.{name}"));
            assert_eq!(object.truth(&process).unwrap(), expected, "{name}");
            let value = object.read(&process).unwrap();
            assert_eq!(value.truth(&process).unwrap(), expected, "{name}");
        }
    }
}
