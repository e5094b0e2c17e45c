//! The words of DWARF that compilers use: each is known here, or passed over for a reason.
//!
//! Known is what the crate's source names. Tables of abbreviations say what compilers use.

use spelunk_base::{ByteOrder, Cursor, Truncated};
use spelunk_elf::{ElfFile, FileData};
use spelunk_synth::Workshop;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const C: &str = r#"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
struct flexible { int n; struct { unsigned a : 3, b : 5; }; union { float f; char c[4]; } u; long rest[]; } *flexible;
enum color { RED, GREEN = 1 << 20 } color; typedef enum color color_t; color_t painted;
_Complex double z; _Atomic int atomic; _Alignas(64) int aligned; _Thread_local int own = 3; int v __attribute__((vector_size(16)));
typedef int vec __attribute__((vector_size(16))); vec vector; const volatile int *restrict pointer; _Bool truth; __int128 wide;
int matrix[3][4], (*function_pointer)(int, ...); const char *const text = "text"; static const int limit = 7;
__attribute__((noreturn)) void leave(void) { abort(); }
static inline int add(int a, int b) { return a + b; }
int __attribute__((noinline)) sum(int n, ...)
{
    va_list list; va_start(list, n); int total = 0, array[n]; array[0] = 1;
    for (int i = 0; i < n; i++) { int inner = va_arg(list, int); total += add(inner, array[0]); if (total < 0) goto out; }
out:
    va_end(list);
    return total;
}
int tail(int n) { if (n) return sum(n + 1, n); extern int elsewhere; return elsewhere ? sum(1, 2) : tail(n - 1); }
"#;

const CXX: &str = r#"
#include <concepts>
#include <coroutine>
#include <string>
#include <utility>
namespace outer { inline namespace v1 { struct T { int t; }; } namespace alias_of { int hidden; } namespace { int nobody; } }
namespace other = outer::alias_of; using namespace outer; using outer::alias_of::hidden;
struct Base { virtual ~Base() = default; virtual int pure() = 0; protected: int b; mutable int m; friend struct Friend; };
struct Friend : virtual Base { int pure() override { return b; } static constexpr int limit = 3; static inline int count; Friend() = default;
    Friend(Friend const &) = delete; explicit operator bool() const { return true; } int f() & { return 1; } int f() && { return 2; } };
template<class T, int N, template<class> class U, auto... V> struct Tmpl { T t[N]; using type = U<T>; type u; enum class E : unsigned char { A }; };
template<class T> struct Maybe { T t; }; Tmpl<int, 3, Maybe, 1, 'x'> tmpl; template<class T> constexpr T variable = T(3); double used = variable<double>;
template<class... A> auto pack(A &&...a) { return (a + ... + 0); }
enum class Scoped : long { One = 1 }; Scoped scoped; static union { int x; float y; }; int Friend::*member = nullptr; int (Friend::*method)() = &Friend::pure;
decltype(nullptr) null; wchar_t w; char8_t c8; char16_t c16; char32_t c32; long double ld; int &&rvalue = 3; thread_local std::string own;
auto lambda = [x = 1, &y = used](auto z) mutable { struct Local { int l; } local { x }; return local.l + y + z; };
template<std::integral I> I twice(I i) { return 2 * i; }
struct Task { struct promise_type { Task get_return_object() { return {}; } std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; } void return_void() {} void unhandled_exception() {} }; };
Task coroutine(int n) { int kept = n; co_await std::suspend_always {}; hidden = kept; }
auto deduced(int n = 3) { auto [a, b] = std::pair { n, 2.5 }; return a + b; }
[[noreturn]] void fail(const char *why) { try { throw std::string(why); } catch (std::string &caught) { hidden = caught.size(); throw; } }
int main() { used += lambda(2) + pack(1, 2, 3) + twice(4L) + deduced(); coroutine(1); Friend f; T t {}; return t.t + f.f() + Friend().f(); }
"#;

const RUST: &str = r#"
#![allow(dead_code, static_mut_refs)]
use std::collections::*;
pub trait Shape { fn area(&self) -> f64; }
pub struct Square(f64); impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }
pub enum Tree<T> { Leaf, Node(Box<(Tree<T>, T)>), Named { t: T } }
#[repr(u8)] pub enum Plain { A = 3, B } pub union Both { a: u32, b: f32 }
pub struct Const<const N: usize> { a: [u8; N] }
static mut NUMBER: i128 = 5; thread_local! { static OWN: std::cell::Cell<u32> = const { std::cell::Cell::new(1) }; }
async fn later(n: u32) -> u32 { let kept = n; std::future::ready(()).await; kept + 1 }
#[inline(always)] fn inlined(n: u32) -> u32 { let m = n * 2; std::hint::black_box(m) }
fn never() -> ! { panic!("never") }
fn generic<T: Shape + ?Sized>(shape: &T, call: impl Fn(f64) -> f64) -> f64 { call(shape.area()) }
fn main() {
    let tree = Tree::Node(Box::new((Tree::Named { t: 1u8 }, 2))); let dynamic: &dyn Shape = &Square(2.0);
    let closure = |x: f64| x + inlined(3) as f64; let f: fn(u32) -> u32 = inlined;
    let c = Const::<4> { a: [1; 4] }; let map: HashMap<String, Vec<Option<char>>> = HashMap::new(); let both = Both { a: 1 };
    println!("{} {} {} {}", generic(dynamic, closure), f(1), c.a.len(), map.len());
    std::hint::black_box((&tree, &both, Plain::A as u8, std::mem::size_of_val(&later(1)), unsafe { NUMBER }));
    if map.len() > 7 { never() }
    OWN.with(|own| own.set(2));
}
"#;

/// What compilers say that is not taken up, and why.
const PASSED_OVER: &[(&str, &str)] = &[
    (
        "DW_AT_GNU_discriminator",
        "tells apart blocks of one line for profiles",
    ),
    ("DW_AT_address_class", "all addresses are of one kind"),
    (
        "DW_AT_main_subprogram",
        "the program starts at its entry point",
    ),
    (
        "DW_AT_GNU_entry_view",
        "views tell instructions of one address apart",
    ),
    (
        "DW_AT_GNU_locviews",
        "views tell instructions of one address apart",
    ),
    (
        "DW_AT_GNU_odr_signature",
        "whether two definitions are the same is not checked",
    ),
    ("DW_AT_GNU_pubnames", "the index here is of all entries"),
    ("DW_AT_GNU_vector", "a vector is an array in memory"),
    ("DW_AT_accessibility", "a debugger may look at all members"),
    ("DW_AT_addr_base", "gimli reads it with the unit"),
    ("DW_AT_calling_convention", "nothing is called"),
    ("DW_AT_const_expr", "its value is in DW_AT_const_value"),
    (
        "DW_AT_decl_column",
        "definitions are told apart by file and line",
    ),
    ("DW_AT_defaulted", "says nothing about layout or value"),
    ("DW_AT_deleted", "such a function has no code"),
    ("DW_AT_explicit", "says nothing about layout or value"),
    (
        "DW_AT_inline",
        "a function that is inline everywhere has no addresses",
    ),
    ("DW_AT_loclists_base", "gimli reads it with the unit"),
    ("DW_AT_noreturn", "unwinding goes by call frame information"),
    ("DW_AT_object_pointer", "`this` is a parameter like others"),
    (
        "DW_AT_prototyped",
        "functions are shown with the parameters that they have",
    ),
    (
        "DW_AT_reference",
        "a qualifier of methods, which are not called",
    ),
    ("DW_AT_rnglists_base", "gimli reads it with the unit"),
    (
        "DW_AT_rvalue_reference",
        "a qualifier of methods, which are not called",
    ),
    (
        "DW_AT_use_location",
        "of pointers to members, whose form is the ABI's",
    ),
    (
        "DW_AT_virtuality",
        "a virtual base has an expression for its place",
    ),
    ("DW_AT_vtable_elem_location", "nothing is called"),
    (
        "DW_TAG_imported_declaration",
        "names are looked up by the scope that declares them",
    ),
    (
        "DW_TAG_imported_module",
        "names are looked up by the scope that declares them",
    ),
    ("DW_TAG_label", "code in the middle of a function"),
];

/// Tags, attributes and forms, by their names.
type Words = BTreeSet<String>;

/// The words in a section of tables of abbreviations.
fn words(section: &[u8]) -> Words {
    let mut words = Words::new();
    let mut cursor = Cursor::new(section, ByteOrder::Little);
    while let Ok(()) = abbreviation(&mut cursor, &mut words) {}
    assert!(cursor.is_empty(), "tables are read to their end");
    words
}

fn abbreviation(cursor: &mut Cursor<'_>, words: &mut Words) -> Result<(), Truncated> {
    let number = |cursor: &mut Cursor<'_>| Ok(u16::try_from(cursor.uleb128()?).unwrap());
    if number(cursor)? == 0 {
        return Ok(());
    }
    words.insert(gimli::DwTag(number(cursor)?).to_string());
    cursor.u8()?;
    loop {
        let (attribute, form) = (number(cursor)?, number(cursor)?);
        if (attribute, form) == (0, 0) {
            return Ok(());
        }
        if gimli::DwForm(form) == gimli::constants::DW_FORM_implicit_const {
            cursor.sleb128()?;
        }
        words.insert(gimli::DwAt(attribute).to_string());
        words.insert(gimli::DwForm(form).to_string());
    }
}

/// All of the crate's source.
fn source(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => source(&path, text),
            false => *text += &std::fs::read_to_string(path).unwrap(),
        }
    }
}

fn emitted() -> BTreeMap<String, String> {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "vocabulary");
    workshop.write("a.c", C);
    workshop.write("a.cpp", CXX);
    workshop.write("a.rs", RUST);
    let mut all = BTreeMap::new();
    let mut take = |command: &str| {
        let (compiler, options) = command.split_once(' ').unwrap();
        workshop.run(compiler, options.split(' '));
        for file in ["a.o", "a.dwo"] {
            if !workshop.path(file).exists() {
                continue;
            }
            let elf = ElfFile::parse(FileData::open(&workshop.path(file)).unwrap()).unwrap();
            for section in [".debug_abbrev", ".debug_abbrev.dwo"] {
                if let Ok(Some(data)) = elf.section_data(section) {
                    for word in words(&data) {
                        all.entry(word).or_insert_with(|| command.to_owned());
                    }
                }
            }
            std::fs::remove_file(workshop.path(file)).unwrap();
        }
    };
    for (compiler, file, standard) in [
        ("gcc", "a.c", "gnu11"),
        ("clang", "a.c", "gnu11"),
        ("clang-19", "a.c", "gnu23"),
        ("g++", "a.cpp", "c++20"),
        ("clang++", "a.cpp", "c++20"),
        ("clang++-19", "a.cpp", "c++20"),
    ] {
        for flags in [
            "-gdwarf-2",
            "-O2 -gdwarf-4",
            "-gdwarf-4 -fdebug-types-section",
            "-O2 -gdwarf-5 -fdebug-types-section",
            "-O2 -gdwarf-4 -gsplit-dwarf",
            "-O2 -gdwarf-5 -gsplit-dwarf",
        ] {
            take(&format!(
                "{compiler} -w -std={standard} {flags} -c {file} -o a.o"
            ));
        }
    }
    for flags in ["", " -Copt-level=2"] {
        for version in [2, 4, 5] {
            take(&format!(
                "rustc --edition=2021 --crate-type=bin --emit=obj -Ccodegen-units=1 -g -Cdwarf-version={version}{flags} a.rs -o a.o"
            ));
        }
    }
    workshop.remove();
    all
}

#[test]
fn all_that_compilers_say_is_known_or_passed_over_for_a_reason() {
    let mut known = String::new();
    source(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut known,
    );
    let is_known = |word: &str| {
        let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        known
            .match_indices(word)
            .any(|(place, _)| is_end(&known[place + word.len()..]))
    };
    let emitted = emitted();
    let unknown: Vec<_> = emitted
        .iter()
        .filter(|(word, _)| !is_known(word) && !PASSED_OVER.iter().any(|(other, _)| other == word))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    for (word, reason) in PASSED_OVER {
        assert!(!is_known(word), "{word} is taken up, but listed: {reason}");
        assert!(emitted.contains_key(*word), "nobody says {word}: {reason}");
    }
}
