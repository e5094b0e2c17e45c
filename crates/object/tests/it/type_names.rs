use crate::fake::{Fake, bit_field, member, unnamed};
use proptest::prelude::*;
use spelunk_object::{Target, format_type, lookup_type, sizeof, type_name, variable_declaration};
use spelunk_types::{CompoundKind, TypeData};

#[test]
fn names_parse_and_print() {
    let f = Fake::x86_64();
    for (name, printed) in [
        ("int", "int"),
        ("unsigned", "unsigned int"),
        ("signed", "int"),
        ("unsigned long int long", "unsigned long long"),
        ("int short unsigned", "unsigned short"),
        ("char unsigned", "unsigned char"),
        ("double long", "long double"),
        ("_Bool", "_Bool"),
        ("void const", "const void"),
        ("volatile const int", "const volatile int"),
        ("int volatile *const", "volatile int * const"),
        ("int *[2]", "int *[2]"),
        ("int (*)[2]", "int (*)[2]"),
        ("int [2][3]", "int [2][3]"),
        ("int [][3]", "int [][3]"),
        ("int (*[3])[4]", "int (*[3])[4]"),
        ("int(*(*)[3])[4]", "int (*(*)[3])[4]"),
        ("int (((*)))", "int *"),
        ("int ((*)[2])", "int (*)[2]"),
        ("int *(*)", "int **"),
        ("int [0x10]", "int [16]"),
        ("int [010]", "int [8]"),
        ("int (*const)[2]", "int (* const)[2]"),
        ("int const *volatile *", "const int * volatile *"),
        ("struct   point*", "struct point *"),
        ("struct point const", "const struct point"),
        ("enum color *[3]", "enum color *[3]"),
        ("pt_t *", "pt_t *"),
        ("size_t", "size_t"),
        // drgn: "function pointer types are not implemented".
        ("int (*)(int)", "int (*)(int)"),
        ("int ()", "int ()"),
        ("int (...)", "int ()"),
        ("int (void)", "int (void)"),
        ("void (*)(int, ...)", "void (*)(int, ...)"),
        ("int (*)(int a, char *s)", "int (*)(int a, char *s)"),
        (
            "void (*(*)(int))(struct point *)",
            "void (*(*)(int))(struct point *)",
        ),
        (
            "void (*)(int (*cb)(int *), int x[3])",
            "void (*)(int (*cb)(int *), int x[3])",
        ),
        ("int (*[4])(void)", "int (*[4])(void)"),
    ] {
        let ty = lookup_type(&f, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(type_name(f.types(), ty).unwrap(), printed);
        let again = lookup_type(&f, printed, None).unwrap();
        assert_eq!(type_name(f.types(), again).unwrap(), printed);
    }
}

#[test]
fn what_is_no_type_name_says_why() {
    let f = Fake::x86_64();
    for (name, text) in [
        ("", "Syntax: expected type specifier"),
        ("*", "Syntax: expected type specifier"),
        ("const", "Syntax: expected type specifier"),
        ("(int)", "Syntax: expected type specifier"),
        ("struct", "Syntax: expected identifier after 'struct'"),
        ("struct *", "Syntax: expected identifier after 'struct'"),
        ("struct int", "Syntax: expected identifier after 'struct'"),
        (
            "enum const color",
            "Syntax: expected identifier after 'enum'",
        ),
        ("struct point point", "Syntax: expected abstract declarator"),
        (
            "struct point int",
            "Syntax: cannot combine 'int' with 'struct'",
        ),
        ("myint int", "Syntax: cannot combine 'int' with identifier"),
        ("unsigned myint", "Syntax: expected abstract declarator"),
        ("int x", "Syntax: expected abstract declarator"),
        ("int *x", "Syntax: extra tokens after type name"),
        ("int [", "Syntax: expected ']'"),
        ("int [x]", "Syntax: expected ']'"),
        ("int [-1]", "Syntax: invalid character \\x2d"),
        ("int [99999999999999999999]", "Value: number is too large"),
        ("int ]", "Syntax: expected abstract declarator"),
        ("int )", "Syntax: expected abstract declarator"),
        (
            "long long long",
            "Syntax: cannot combine 'long' with 'long long'",
        ),
        ("short long", "Syntax: cannot combine 'long' with 'short'"),
        (
            "short double",
            "Syntax: cannot combine 'double' with 'short'",
        ),
        (
            "unsigned float",
            "Syntax: cannot combine 'float' with 'unsigned'",
        ),
        (
            "unsigned long float",
            "Syntax: cannot combine 'float' with 'unsigned long'",
        ),
        (
            "signed unsigned",
            "Syntax: cannot combine 'unsigned' with 'signed'",
        ),
        ("int int", "Syntax: cannot combine 'int' with 'int'"),
        ("char int", "Syntax: cannot combine 'int' with 'char'"),
        ("void int", "Syntax: cannot combine 'int' with 'void'"),
        ("int %", "Syntax: invalid character \\x25"),
        ("int, int", "Syntax: invalid character \\x2c"),
        ("int [3]const", "Syntax: extra tokens after type name"),
        (
            "long long double",
            "Syntax: cannot combine 'double' with 'long long'",
        ),
        ("long _Complex", "Lookup: could not find 'long _Complex'"),
        (
            "int _Complex",
            "Syntax: cannot combine '_Complex' with 'int'",
        ),
        ("_BitInt", "Syntax: expected number of bits after '_BitInt'"),
        (
            "_BitInt()",
            "Syntax: expected number of bits after '_BitInt'",
        ),
        (
            "_BitInt(1)",
            "Value: _BitInt must have from 2 to 8388608 bits, not 1",
        ),
        ("_Atomic(int", "Syntax: expected ')'"),
        ("int nope::*", "Lookup: could not find 'int nope::*'"),
        ("nope *", "Lookup: could not find 'nope *'"),
        ("foo bar", "Lookup: could not find 'foo bar'"),
        ("union point", "Lookup: could not find 'union point'"),
        (
            "std::vector<int> *",
            "Lookup: could not find 'std::vector<int> *'",
        ),
    ] {
        let error = lookup_type(&f, name, None).unwrap_err();
        assert_eq!(format!("{:?}: {error}", error.kind()), text, "{name}");
    }
    let error = lookup_type(&f, "struct point", Some("nope.c")).unwrap_err();
    assert_eq!(error.message(), "could not find 'struct point' in 'nope.c'");
}

#[test]
fn wide_and_complex_numbers_have_their_names() {
    let f = Fake::x86_64();
    for (name, printed, size) in [
        ("__int128 unsigned", "unsigned __int128", 16),
        ("signed __int128", "__int128", 16),
        ("_BitInt(17)", "_BitInt(17)", 4),
        (
            "_BitInt ( 0x41 ) unsigned const",
            "const unsigned _BitInt(65)",
            16,
        ),
        ("double _Complex", "double _Complex", 16),
        ("_Complex float", "float _Complex", 8),
        ("complex long double", "long double _Complex", 32),
        ("long _Complex double", "long double _Complex", 32),
        ("_Float16", "_Float16", 2),
        ("__float128 *", "_Float128 *", 8),
        ("_Atomic(int) *", "_Atomic int *", 8),
        ("_Atomic(int *) const", "int * const _Atomic", 8),
        ("int _Atomic", "_Atomic int", 4),
    ] {
        let ty = lookup_type(&f, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(type_name(f.types(), ty).unwrap(), printed);
        assert_eq!(sizeof(f.types(), ty).unwrap(), size, "{name}");
    }
}

#[test]
fn text_around_a_name_is_free() {
    let f = Fake::x86_64();
    for (name, printed) in [
        ("int/* of */*// pointer", "int *"),
        ("int\x0b*\n\t[3]", "int *[3]"),
        ("int [0b11u] ['a']", "int [3][97]"),
        ("int [1'000ULL]", "int [1000]"),
        ("__signed__ char", "signed char"),
        (
            "__const int __volatile__ *__restrict",
            "const volatile int * restrict",
        ),
    ] {
        let ty = lookup_type(&f, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(type_name(f.types(), ty).unwrap(), printed);
    }
}

#[test]
fn a_name_in_parentheses_is_a_type_if_there_is_one() {
    let f = Fake::x86_64();
    for (name, printed) in [
        ("void (*)(int (myint))", "void (*)(int (myint))"),
        ("void (*)(int (x))", "void (*)(int x)"),
        ("void (*)(int myint)", "void (*)(int myint)"),
        ("void (*)(int (*myint)[2])", "void (*)(int (*myint)[2])"),
        ("void (*)(unsigned size_t)", "void (*)(unsigned int size_t)"),
    ] {
        let ty = lookup_type(&f, name, None).unwrap();
        assert_eq!(type_name(f.types(), ty).unwrap(), printed);
    }
}

#[test]
fn cpp_has_references_and_pointers_to_members() {
    let mut f = Fake::x86_64();
    f.language = spelunk_base::Language::Cpp;
    f.compound(CompoundKind::Class, Some("a::Foo"), 4, vec![]);
    for (name, printed) in [
        ("int &", "int &"),
        ("int const&", "const int &"),
        ("a::Foo &&", "a::Foo &&"),
        ("struct a::Foo *&", "a::Foo *&"),
        ("int (&)[3]", "int (&)[3]"),
        ("int (&&)(a::Foo &)", "int (&&)(a::Foo &)"),
        ("int a::Foo::*", "int a::Foo::*"),
        ("int *a::Foo::*const *", "int *a::Foo::* const *"),
        ("int (a::Foo::*)(int) const", "int (a::Foo::*)(int)"),
        ("int (a :: Foo :: *[2])[3]", "int (a::Foo::*[2])[3]"),
        ("int ()", "int (void)"),
        ("bool", "_Bool"),
    ] {
        let ty = lookup_type(&f, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(type_name(f.types(), ty).unwrap(), printed);
        let again = lookup_type(&f, printed, None).unwrap();
        assert_eq!(type_name(f.types(), again).unwrap(), printed);
    }
    let size = |name| sizeof(f.types(), lookup_type(&f, name, None).unwrap()).unwrap();
    assert_eq!(size("int a::Foo::*"), 8);
    assert_eq!(size("int (a::Foo::*)(int)"), 16);
}

#[test]
fn templates_are_found_however_they_are_spelled() {
    let f = Fake::x86_64();
    for tag in [
        "std::vector<int, std::allocator<int> >",
        "A<long unsigned int, char const*>",
        "B<unsigned long, const char *, 3UL>",
        "alloc::vec::Vec<core::option::Option<u32>>",
        "(anonymous namespace)::C",
    ] {
        f.structure(tag, 8, vec![]);
    }
    for (name, tag) in [
        (
            "std::vector<int,std::allocator<int>>",
            "std::vector<int, std::allocator<int> >",
        ),
        (
            "::std :: vector<int, std::allocator<int> > *",
            "std::vector<int, std::allocator<int> > *",
        ),
        (
            "A<unsigned long, const char *>",
            "A<long unsigned int, char const*>",
        ),
        (
            "struct B<long unsigned, char const*, 3> *",
            "B<unsigned long, const char *, 3UL> *",
        ),
        (
            "alloc::vec::Vec<core::option::Option<u32> >",
            "alloc::vec::Vec<core::option::Option<u32>>",
        ),
        (
            "(anonymous namespace)::C [2]",
            "(anonymous namespace)::C [2]",
        ),
    ] {
        let ty = lookup_type(&f, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(type_name(f.types(), ty).unwrap(), format!("struct {tag}"));
    }
}

#[test]
fn rust_has_names_of_its_own() {
    let mut f = Fake::x86_64();
    f.language = spelunk_base::Language::Rust;
    for tag in [
        "&str",
        "(i32, u8)",
        "&mut [u8]",
        "dyn core::fmt::Debug",
        "core::option::Option<u32>",
    ] {
        f.structure(tag, 8, vec![]);
    }
    f.add(
        "u32",
        TypeData::Int {
            name: "u32".into(),
            size: 4,
            precision: None,
            is_signed: false,
            byte_order: spelunk_base::ByteOrder::Little,
        },
    );
    for (name, printed) in [
        ("&str", "&str"),
        ("&&str", "&&str"),
        ("(i32,u8)", "(i32, u8)"),
        ("& mut [u8]", "&mut [u8]"),
        ("*const dyn core::fmt::Debug", "*const dyn core::fmt::Debug"),
        (
            "&'a mut core::option::Option<u32>",
            "&mut core::option::Option<u32>",
        ),
        ("u32", "u32"),
        ("*mut u32", "*mut u32"),
        ("[u32; 4]", "[u32; 4]"),
        ("[[u32; 2]; 3]", "[[u32; 2]; 3]"),
    ] {
        let ty = lookup_type(&f, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(type_name(f.types(), ty).unwrap(), printed);
    }
    assert!(lookup_type(&f, "&i128", None).unwrap_err().is_lookup());
}

#[test]
fn class_is_a_keyword_only_in_cpp() {
    let mut f = Fake::x86_64();
    f.structure("class", 4, vec![]);
    let ty = lookup_type(&f, "struct class *", None).unwrap();
    assert_eq!(type_name(f.types(), ty).unwrap(), "struct class *");
    assert!(
        lookup_type(&f, "class point", None)
            .unwrap_err()
            .is_lookup()
    );
    f.language = spelunk_base::Language::Cpp;
    f.compound(CompoundKind::Class, Some("A::B<int>"), 4, vec![]);
    for name in ["A::B<int> *", "class A::B<int> *", "::A::B<int> *"] {
        let ty = lookup_type(&f, name, None).unwrap();
        assert_eq!(type_name(f.types(), ty).unwrap(), "A::B<int> *");
    }
}

#[test]
fn definitions_show_members() {
    let f = Fake::x86_64();
    let (int, uint) = (f.ty("int"), f.ty("unsigned int"));
    let anonymous = f.compound(CompoundKind::Struct, None, 8, vec![member("a", int, 0)]);
    f.typedef("anon_t", anonymous);
    let pointer = spelunk_object::pointer_type(&f, anonymous, f.language).unwrap();
    f.structure(
        "big",
        100,
        vec![
            member("a", f.ty("int [3]"), 0),
            member("cb", f.ty("int (*)(int a, char *s)"), 0),
            member("q", f.ty("int (*[3])[2]"), 0),
            member("panon", pointer.into(), 0),
            member("in", anonymous, 0),
            unnamed(anonymous, 0),
            bit_field("bits", uint, 0, 3),
            member("tanon", f.ty("anon_t"), 0),
        ],
    );
    for (ty, text) in [
        ("int *", "int *"),
        ("struct inc", "struct inc"),
        (
            "const struct point",
            "const struct point {\n\tint x;\n\tint y;\n}",
        ),
        (
            "struct bf",
            "struct bf {\n\tint a : 4;\n\tunsigned int b : 12;\n\tint c : 1;\n}",
        ),
        (
            "struct outer",
            "struct outer {\n\tstruct point p;\n\tunion {\n\t\tint ui;\n\t\tunsigned int uu;\n\t};\n\
             \tstruct {\n\t\tint q;\n\t} named;\n}",
        ),
        (
            "enum color",
            "enum color {\n\tRED = 0,\n\tGREEN = 1,\n\tBLUE = 2,\n}",
        ),
        ("myint", "typedef int myint"),
        ("const myint", "const typedef int myint"),
        ("pt_t", "typedef struct point pt_t"),
        ("anon_t", "typedef struct {\n\tint a;\n} anon_t"),
        ("size_t", "typedef unsigned long size_t"),
        (
            "struct big",
            "struct big {\n\tint a[3];\n\tint (*cb)(int a, char *s);\n\tint (*q[3])[2];\n\
             \tstruct <anonymous> *panon;\n\tstruct {\n\t\tint a;\n\t} in;\n\tstruct {\n\t\tint a;\n\t};\n\
             \tunsigned int bits : 3;\n\tanon_t tanon;\n}",
        ),
    ] {
        assert_eq!(format_type(f.types(), f.ty(ty)).unwrap(), text);
    }
    for (ty, text) in [
        ("int [4]", "int my_array[4]"),
        ("int (*)[2]", "int (*my_array)[2]"),
        ("int *const", "int * const my_array"),
        ("struct point", "struct point my_array"),
    ] {
        assert_eq!(
            variable_declaration(f.types(), f.ty(ty), "my_array").unwrap(),
            text
        );
    }
    assert_eq!(
        variable_declaration(f.types(), anonymous, "x").unwrap(),
        "struct {\n\tint a;\n} x"
    );
    assert_eq!(
        type_name(f.types(), anonymous).unwrap(),
        "struct <anonymous>"
    );
}

#[test]
fn compilers_spellings_are_shown_as_programmers_have_them() {
    let f = Fake::x86_64();
    let order = spelunk_base::ByteOrder::Little;
    let ty = f.int("long unsigned int", 8, false, order);
    assert_eq!(type_name(f.types(), ty).unwrap(), "unsigned long");
}

#[test]
fn cyclic_types_end() {
    let f = Fake::x86_64();
    // A type whose producer leads back to it: a pointer to itself, a function that takes itself.
    struct Circle(std::sync::OnceLock<spelunk_types::ProducerId>);
    impl spelunk_types::TypeProducer for Circle {
        fn complete(
            &self,
            store: &spelunk_types::TypeStore,
            key: u64,
        ) -> Result<spelunk_types::Type, spelunk_types::TypeError> {
            let me: spelunk_types::QualifiedType =
                store.declare(*self.0.get().unwrap(), key)?.into();
            let order = spelunk_base::ByteOrder::Little;
            let data = match key {
                0 => TypeData::Pointer {
                    form: spelunk_types::PointerForm::Pointer,
                    size: 8,
                    byte_order: order,
                    referenced: me,
                },
                1 => TypeData::Typedef {
                    name: "t".into(),
                    aliased: me,
                },
                2 => TypeData::Array {
                    element: me,
                    length: Some(2),
                },
                3 => TypeData::Function {
                    return_type: me,
                    parameters: vec![spelunk_types::Parameter { name: None, ty: me }; 5].into(),
                    is_variadic: false,
                },
                _ => TypeData::Compound {
                    kind: CompoundKind::Struct,
                    tag: None,
                    size: Some(8),
                },
            };
            Ok(spelunk_types::Type::new(spelunk_base::Language::C, data))
        }

        fn members(
            &self,
            store: &spelunk_types::TypeStore,
            key: u64,
        ) -> Result<spelunk_types::Members, spelunk_types::TypeError> {
            let me = store.declare(*self.0.get().unwrap(), key)?.into();
            Ok(spelunk_types::Members::new(
                vec![member("a", me, 0), member("b", me, 0)],
                Vec::new(),
            ))
        }
    }
    let circle = std::sync::Arc::new(Circle(std::sync::OnceLock::new()));
    let producer = f.types().register(circle.clone()).unwrap();
    circle.0.set(producer).unwrap();
    for key in 0..5 {
        let ty = f.types().declare(producer, key).unwrap().into();
        // Whatever they say, they say it soon.
        let _ = type_name(f.types(), ty);
        let _ = format_type(f.types(), ty);
        let _ = spelunk_object::sizeof(f.types(), ty);
        let _ = spelunk_object::alignof(&f, ty);
        let object = spelunk_object::Object::at(ty, crate::fake::BASE);
        let _ = object.format(&f, &Default::default());
        let _ = object.member(&f, "a");
        let _ = object.compare(&f, &object);
        let _ = object.implicit_convert(&f, ty, None);
        let _ = object.value(&f);
    }
}

fn declarators() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("int"),
        Just("unsigned long"),
        Just("const char"),
        Just("volatile struct point"),
        Just("enum color"),
        Just("pt_t"),
        Just("void"),
    ]
    .prop_map(|base| (base.to_owned(), String::new()));
    leaf.prop_recursive(6, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|(base, d)| (base, format!("*{d}"))),
            inner
                .clone()
                .prop_map(|(base, d)| (base, format!("* const {d}"))),
            (inner.clone(), 0..9u32).prop_map(|((base, d), n)| (base, format!("({d})[{n}]"))),
            inner.prop_map(|(base, d)| (base, format!("({d})(int, char *)"))),
        ]
    })
    .prop_map(|(base, declarator)| format!("{base} {declarator}"))
}

proptest! {
    #[test]
    fn printed_names_parse_to_types_that_print_the_same(name in declarators()) {
        let f = Fake::x86_64();
        // Some are no C: an empty pair of parentheses, or `* const (*)`; those need not parse.
        if let Ok(ty) = lookup_type(&f, &name, None) {
            let printed = type_name(f.types(), ty).unwrap();
            let again = lookup_type(&f, &printed, None).unwrap();
            prop_assert_eq!(type_name(f.types(), again).unwrap(), printed);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "[a-z*()\\[\\],.<>:0-9 ]{0,60}") {
        let f = Fake::x86_64();
        let _ = lookup_type(&f, &text, None);
        let _ = f.at("struct outer").subobject(&f, &text);
    }
}
