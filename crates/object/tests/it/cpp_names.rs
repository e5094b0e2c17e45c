//! Names of C++ types, as people spell them, in programs of two compilers.

use crate::compiled::{Holder, TestProgram, build};
use spelunk_object::{Target, lookup_type, sizeof, type_name};

const SOURCE: &str = r#"
namespace a {
    namespace { struct Hidden { int x; }; }
    struct S { int m; int f(int); enum class E { X, Y }; struct In { int q; }; };
    inline namespace v1 { struct Inline { short i; }; }
    namespace b { struct In { int q[9]; }; }
    union U { int x; };
    enum En { Q };
    typedef long Long;
    template<class T, int N> struct A { T t[N]; };
    template<bool B, char C, unsigned long L> struct V { };
    template<class T> struct P { };
    template<S::E e> struct T2 { };
    template<int S::*p> struct T4 { };
    template<class... T> struct Pk { };
}
a::Hidden hidden; a::S s; a::U u; a::En en; a::Long l; a::S::In in; a::S::E e;
a::A<unsigned long, 3> x1; a::A<const char*, 5> x2; a::V<true, 'a', 7> x3;
a::P<int&> x4; a::P<int&&> x5; a::P<int (*)(int, ...)> x6; a::P<int[3]> x7;
a::P<const volatile int* const> x8; a::P<int a::S::*> x9; a::P<int (a::S::*)(int)> x10;
a::T2<a::S::E::Y> x11; a::T4<&a::S::m> x12; a::Pk<> x13;
a::Pk<unsigned, long long, unsigned long long, short, unsigned short, signed char, bool, wchar_t> x14;
a::P<a::P<a::P<int> > > x15; a::P<void()> x16; a::P<const a::S> x17; a::P<const a::S*> x18;
a::P<char(const long&)> x19; a::P<const int (*)[3]> x20; a::P<int* const*> x21;
a::P<const int[2][3]> x22; a::P<const a::P<const int*>&> x23; a::P<__int128> x24;
a::P<void (*(*)(int))(char*)> x25;
bool b; wchar_t w;
a::Inline in_line; a::b::In other_in;
namespace std {
    template<class T> struct allocator {}; template<class T> struct char_traits {};
    template<class T, class A = allocator<T>> struct vector { T *t; };
    inline namespace __cxx11 {
        template<class T, class R = char_traits<T>, class A = allocator<T>> struct basic_string { T t[3]; };
    }
}
template<class T> struct Global { T t; }; Global<a::S> g1; Global<a::P<int>> g2; Global<std::vector<int>> g3;
std::vector<int> v1; std::vector<int, a::P<int>> v2; std::vector<std::basic_string<char>> v3; std::basic_string<char> s1;
namespace std { namespace pmr { template<class T> struct vector { T t; }; } }
std::pmr::vector<int> v4;
"#;

/// A name in many spellings, and the size of the type.
const NAMES: &[(&[&str], u64)] = &[
    (
        &["a::S", "::a::S", "a :: S", "struct a::S", "class a::S"],
        4,
    ),
    (&["a::U", "union a::U"], 4),
    (&["a::En", "enum a::En"], 4),
    (&["a::Long"], 8),
    (&["a::S::In"], 4),
    (&["a::S::E"], 4),
    (
        &[
            "a::A<unsigned long, 3>",
            "a::A<long unsigned int,3>",
            "a::A<unsigned long int, 3>",
        ],
        24,
    ),
    (
        &[
            "a::A<const char*, 5>",
            "a::A<char const *,5>",
            "a::A< const char * , 5 >",
        ],
        40,
    ),
    (
        &[
            "a::V<true, 'a', 7>",
            "a::V<true,'a',7ul>",
            "a::V<true, 'a', 7UL>",
        ],
        1,
    ),
    (&["a::P<int&>", "a::P<int &>"], 1),
    (&["a::P<int &&>"], 1),
    (&["a::P<int(*)(int,...)>", "a::P<int (*) (int, ...)>"], 1),
    (&["a::P<int[3]>", "a::P<int [3]>"], 1),
    (
        &[
            "a::P<const volatile int* const>",
            "a::P<volatile int const *const>",
        ],
        1,
    ),
    (&["a::P<int a::S::*>"], 1),
    (&["a::P<int (a::S::*)(int)>"], 1),
    (&["a::T4<&a::S::m>"], 1),
    (&["a::Pk<>"], 1),
    (
        &[
            "a::Pk<unsigned, long long, unsigned long long, short, unsigned short, signed char, bool, wchar_t>",
        ],
        1,
    ),
    (&["a::P<a::P<a::P<int>>>", "a::P<a::P<a::P<int> > >"], 1),
    (&["a::P<void()>", "a::P<void ()>"], 1),
    (
        &[
            "a::P<const a::S>",
            "a::P<a::S const>",
            "a::P<const struct a::S>",
        ],
        1,
    ),
    (&["a::P<const a::S*>", "a::P<a::S const *>"], 1),
    (&["a::P<char(const long &)>"], 1),
    (&["a::P<const int (*)[3]>"], 1),
    (&["a::P<int *const*>"], 1),
    (&["a::P<const int[2][3]>"], 1),
    (&["a::P<const a::P<const int*>&>"], 1),
    (&["a::P<__int128>"], 1),
    (&["a::P<void (*(*)(int))(char*)>"], 1),
    (&["bool"], 1),
    (&["wchar_t"], 4),
    (
        &["a::A<unsigned long, 3> &", "a::A<unsigned long, 3> const&"],
        8,
    ),
    // At file scope, with scopes in its arguments.
    (&["Global<a::S>", "Global<S>", "struct Global<a::S>"], 4),
    (&["Global<a::P<int>>", "Global<P<int> >"], 1),
    (&["Global<std::vector<int>>"], 8),
    // Short names.
    (
        &[
            "a::v1::Inline",
            "a::Inline",
            "Inline",
            "struct Inline",
            "v1::Inline",
        ],
        2,
    ),
    (&["S", "const S", "struct S"], 4),
    (&["A<unsigned long, 3>"], 24),
    (&["P<P<P<int>>>", "P<a::P<P<int> > >"], 1),
    (&["S *", "Inline &", "pmr::vector<int> *"], 8),
    (
        &[
            "std::vector<int>",
            "std::vector<int, std::allocator<int>>",
            "std::vector<int,allocator<int>>",
            "std::vector<int, P<int>>",
            "std::vector<std::string>",
            "std::vector<basic_string<char>>",
        ],
        8,
    ),
    (&["std::string", "std::basic_string<char>"], 3),
    (&["int a::S::*"], 8),
    (&["int (a::S::*)(int)"], 16),
];

/// Names that several types have.
#[track_caller]
fn check_ambiguous(program: &TestProgram) {
    for (name, message) in [
        (
            "In",
            "'In' may be a::S::In, a::b::In; write more of the name",
        ),
        (
            "a::In",
            "'a::In' may be a::S::In, a::b::In; write more of the name",
        ),
        (
            "vector<int>",
            "'vector<int>' may be std::pmr::vector<int>, VECTOR; write more of the name",
        ),
        ("vector<char>", "could not find 'vector<char>'"),
        ("std::vector", "could not find 'std::vector'"),
    ] {
        let error = lookup_type(program, name, None).unwrap_err();
        let text = error.to_string();
        let text = text.replace("std::vector<int, std::allocator<int> >", "VECTOR");
        assert_eq!(
            text.replace("std::vector<int, std::allocator<int>>", "VECTOR"),
            message
        );
        assert!(error.is_lookup());
    }
}

fn check(program: &TestProgram) {
    check_ambiguous(program);
    let mut missing = Vec::new();
    for (spellings, size) in NAMES {
        for name in *spellings {
            match lookup_type(program, name, None) {
                Ok(ty) => {
                    assert_eq!(sizeof(program.types(), ty).unwrap(), *size, "{name}");
                    assert!(!type_name(program.types(), ty).unwrap().is_empty());
                }
                Err(error) => missing.push(format!("{name}: {error}")),
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn of_gxx_are_found() {
    check(&build("g++", SOURCE, &["g++"], Holder::Data));
}

#[test]
fn of_clangxx_are_found() {
    check(&build("clang++", SOURCE, &["clang++"], Holder::Data));
}
