"""Types of the standard libraries of C++ and Rust in cores of programs that several compilers made: each is shown as
the program printed it, and as what it is made of by its name alone."""

import re
import shutil
import subprocess

import pytest

from spelunk import Program, cast, sizeof

# Each program writes `name = value` lines of its variables into a file, and aborts.
CXX = r"""
#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <variant>
#include <vector>
using std::string;
template<class T> concept Integer = std::is_integral_v<T>;
template<class T> concept Text = std::is_convertible_v<T, std::string_view>;
string say(Integer auto n) { return std::to_string((long long)n); }
string say(double d) { char text[40]; snprintf(text, sizeof text, "%.1f", d); return text; }
string say(std::byte b) { return std::to_string((int)b); }
string say(Text auto const &text)
{
    string said = "\"";
    for (char c : std::string_view(text)) said += c == '"' ? "\\\"" : string(1, c);
    return said + '"';
}
namespace app {
struct Point { int x, y; };
template<class T> struct Box { T t; };
string say(Point const &p) { return "{ .x = " + ::say(p.x) + ", .y = " + ::say(p.y) + " }"; }
template<class T> string say(Box<T> const &b);
}
template<class T> string say(std::optional<T> const &o);
template<class... T> string say(std::tuple<T...> const &t);
template<class A, class B> string say(std::pair<A, B> const &p);
template<class R> string list(R const &range);
template<class M> string map(M const &m);
template<class T> string say(std::vector<T> const &v) { return list(v); }
string say(std::vector<bool> const &v) { return list(std::vector<int>(v.begin(), v.end())); }
template<class T> string say(std::deque<T> const &v) { return list(v); }
template<class T> string say(std::list<T> const &v) { return list(v); }
template<class T> string say(std::forward_list<T> const &v) { return list(v); }
template<class T, size_t N> string say(std::array<T, N> const &v) { return list(v); }
template<class T, size_t N> string say(std::span<T, N> const &v) { return list(v); }
template<class T> string say(std::initializer_list<T> const &v) { return list(v); }
template<class T> string say(std::valarray<T> const &v) { return list(v); }
template<class T, class C> string say(std::set<T, C> const &v) { return list(v); }
template<class T> string say(std::multiset<T> const &v) { return list(v); }
template<class T> string say(std::unordered_set<T> const &v) { return list(v); }
template<class K, class V> string say(std::map<K, V> const &m) { return map(m); }
template<class K, class V> string say(std::multimap<K, V> const &m) { return map(m); }
template<class K, class V> string say(std::unordered_map<K, V> const &m) { return map(m); }
template<class T> string say(std::atomic<T> const &a) { return say(a.load()); }
template<size_t N> string say(std::bitset<N> const &b) { return '"' + b.to_string() + '"'; }
string say(std::filesystem::path const &p) { return say(p.native()); }
string say(std::complex<double> const &c)
{
    return say(c.real()) + (c.imag() < 0 ? " - " : " + ") + say(std::abs(c.imag())) + "i";
}
string say(std::chrono::milliseconds d) { return std::to_string(d.count()) + "ms"; }
string say(std::chrono::hours d) { return std::to_string(d.count()) + "h"; }
string say(std::chrono::year_month_day d)
{
    char text[20];
    snprintf(text, sizeof text, "%04d-%02u-%02u", (int)d.year(), (unsigned)d.month(), (unsigned)d.day());
    return text;
}
template<class T> string at(T const *p) { char text[30]; snprintf(text, sizeof text, "%#lx", (long)p); return text; }
template<class T> string say(std::unique_ptr<T> const &p) { return p ? at(p.get()) + " = " + say(*p) : "0x0"; }
template<class T> string say(std::shared_ptr<T> const &p)
{
    return p ? at(p.get()) + " (use count " + std::to_string(p.use_count()) + ", weak count 0) = " + say(*p) : "0x0";
}
template<class T> string say(std::optional<T> const &o) { return o ? say(*o) : "nullopt"; }
template<class A, class B> string say(std::pair<A, B> const &p)
{
    return "{ .first = " + say(p.first) + ", .second = " + say(p.second) + " }";
}
string braces(string const &inner) { return inner.empty() ? "{}" : "{ " + inner + " }"; }
template<class R> string list(R const &range)
{
    string text;
    for (auto const &each : range) text += (text.empty() ? "" : ", ") + say(each);
    return braces(text);
}
template<class M> string map(M const &m)
{
    string text;
    for (auto const &[k, v] : m) text += (text.empty() ? "[" : ", [") + say(k) + "] = " + say(v);
    return braces(text);
}
template<class... T> string say(std::tuple<T...> const &t)
{
    string text;
    std::apply([&](auto const &...each) { ((text += (text.empty() ? "" : ", ") + say(each)), ...); }, t);
    return braces(text);
}
template<class T> string app::say(Box<T> const &b) { return "{ .t = " + ::say(b.t) + " }"; }
using namespace std::literals;
std::vector<int> ints = { 1, -2, 3 }, no_ints;
std::vector<bool> bits = { true, false, true };
std::vector<string> texts = { "a", "a text that is longer than fits into the object itself", "" };
std::vector<std::vector<unsigned long>> nested = { { 1, 2 }, {}, { 3 } };
std::vector<app::Point> points = { { 1, 2 }, { 3, 4 } };
std::vector<std::unique_ptr<int>> owners;
app::Box<std::map<string, std::vector<int>>> box = { { { "k", { 1, 2 } } } };
std::deque<int> deque; std::list<string> strings = { "x", "y" }; std::forward_list<short> forward = { 6, 7 };
std::array<int, 3> array = { 7, 8, 9 }; std::array<int, 0> empty_array;
std::span<int> span(array); std::span<int, 3> fixed_span(array);
std::initializer_list<int> initial = { 4, 5 }; std::valarray<double> values = { 0.5, 1.5 };
std::set<int> set = { 3, 1, 2 }; std::set<string, std::greater<string>> reverse = { "a", "b" };
std::multiset<int> multi = { 2, 2, 1 }; std::unordered_set<int> hashed = { 8 };
std::map<string, int> by_name = { { "one", 1 }, { "two", 2 } }; std::map<int, std::map<int, string>> tree = { { 1, { { 2, "d" } } } };
std::multimap<int, string> many = { { 1, "p" }, { 1, "q" } };
std::unordered_map<string, std::vector<int>> table = { { "t", { 5 } } };
string text = "hello \"you\"", long_text(100, 'z'), no_text; std::string_view view(long_text);
std::optional<int> some = 5, none; std::optional<string> some_text = "o"; std::optional<app::Point> some_point = app::Point { 1, 2 };
std::pair<int, string> pair = { 1, "p" }; std::tuple<int, string, std::vector<int>> tuple = { 1, "t", { 2 } }; std::tuple<> unit;
std::unique_ptr<int> unique(new int(5)), no_unique; std::unique_ptr<app::Point> unique_point(new app::Point { 1, 2 });
std::shared_ptr<string> shared(new string("s")), also_shared = shared, no_shared;
std::atomic<int> atomic = 9; std::atomic<unsigned long> atomic_long = 10; std::byte byte { 0x7f };
std::bitset<12> few_bits(0xa5); std::bitset<70> more_bits("1100"); std::complex<double> complex(1, -2);
std::filesystem::path path = "/usr/lib"; std::chrono::milliseconds ms = 1500ms; std::chrono::hours hours = 3h;
std::chrono::year_month_day date = 2024y / 2 / 29;
namespace app {
int twice(int x) { return 2 * x; }
struct Adder { int n; int operator()(int x) const { return x + n; } };
struct Big { long a, b, c; int operator()(int x) const { return x + a + b + c; } };
struct Sharer { std::shared_ptr<int> p; int operator()(int x) const { return x + *p; } };
}
std::function<int(int)> empty, function = app::twice, adder = app::Adder { 5 }, big = app::Big { 1, 2, 3 },
    sharer = app::Sharer { std::make_shared<int>(4) }, closure = [](int x) { return x; };
FILE *out;
#define show(v) fprintf(out, #v " = %s\n", say(v).c_str())
int main(int, char **arguments)
{
    out = fopen(arguments[1], "w");
    for (int i = 0; i < 300; i++) deque.push_back(i);
    owners.emplace_back(); owners.pop_back();
    show(ints); show(no_ints); show(bits); show(texts); show(nested); show(points); show(box); show(deque); show(strings);
    show(forward); show(array); show(empty_array); show(span); show(fixed_span); show(values); show(set); show(reverse);
    show(multi); show(hashed); show(by_name); show(tree); show(many); show(table); show(text); show(long_text);
    show(no_text); show(view); show(some); show(none); show(some_text); show(some_point); show(pair); show(tuple);
    show(unit); show(unique); show(no_unique); show(unique_point); show(shared); show(also_shared); show(no_shared);
    show(atomic); show(atomic_long); show(byte); show(few_bits); show(more_bits); show(complex); show(path); show(ms);
    show(hours); show(date); show(owners);
    fclose(out);
    abort();
}
"""

RUST = r"""
#![allow(dead_code, static_mut_refs)]
use std::collections::*;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;
pub mod app {
    #[derive(Clone)] pub struct Point { pub x: i32, pub y: i32 }
    pub enum Shape { Unit, Pair(i32, u8), Named { w: u64 } }
}
use app::*;
trait Say { fn say(&self) -> String; }
macro_rules! numbers { ($($t:ty)*) => { $(impl Say for $t { fn say(&self) -> String { self.to_string() } })* } }
numbers!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize bool);
impl Say for f64 { fn say(&self) -> String { format!("{self:?}") } }
impl Say for char { fn say(&self) -> String { format!("{self:?}") } }
impl Say for str { fn say(&self) -> String { format!("\"{}\"", self.replace('"', "\\\"")) } }
impl Say for String { fn say(&self) -> String { self.as_str().say() } }
impl Say for &str { fn say(&self) -> String { (**self).say() } }
fn braces(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "{}".into() } else { format!("{{ {} }}", parts.join(", ")) }
}
fn list<'a, T: Say + 'a>(each: impl Iterator<Item = &'a T>) -> String { braces(each.map(Say::say)) }
fn map<'a, K: Say + 'a, V: Say + 'a>(each: impl Iterator<Item = (&'a K, &'a V)>) -> String {
    braces(each.map(|(k, v)| format!("[{}] = {}", k.say(), v.say())))
}
impl<T: Say> Say for Vec<T> { fn say(&self) -> String { list(self.iter()) } }
impl<T: Say, const N: usize> Say for [T; N] { fn say(&self) -> String { list(self.iter()) } }
impl<T: Say> Say for &[T] { fn say(&self) -> String { list(self.iter()) } }
impl<T: Say> Say for VecDeque<T> { fn say(&self) -> String { list(self.iter()) } }
impl<T: Say> Say for LinkedList<T> { fn say(&self) -> String { list(self.iter()) } }
impl<T: Say> Say for BTreeSet<T> { fn say(&self) -> String { list(self.iter()) } }
impl<T: Say> Say for HashSet<T> { fn say(&self) -> String { list(self.iter()) } }
impl<K: Say, V: Say> Say for BTreeMap<K, V> { fn say(&self) -> String { map(self.iter()) } }
impl<K: Say, V: Say> Say for HashMap<K, V> { fn say(&self) -> String { map(self.iter()) } }
impl<T: Say> Say for Option<T> {
    fn say(&self) -> String { match self { Some(t) => format!("Some({})", t.say()), None => "None".into() } }
}
impl<T: Say, E: Say> Say for Result<T, E> {
    fn say(&self) -> String { match self { Ok(t) => format!("Ok({})", t.say()), Err(e) => format!("Err({})", e.say()) } }
}
impl<A: Say, B: Say> Say for (A, B) { fn say(&self) -> String { format!("({}, {})", self.0.say(), self.1.say()) } }
impl Say for Point { fn say(&self) -> String { format!("{{ .x = {}, .y = {} }}", self.x, self.y) } }
impl Say for Shape {
    fn say(&self) -> String {
        match self {
            Shape::Unit => "Unit".into(),
            Shape::Pair(a, b) => format!("Pair({a}, {b})"),
            Shape::Named { w } => format!("Named {{ .w = {w} }}"),
        }
    }
}
struct All {
    ints: Vec<i32>, no_ints: Vec<i32>, texts: Vec<String>, nested: Vec<Vec<u64>>, points: Vec<Point>,
    boxes: Vec<Option<String>>, array: [u8; 3], slice: &'static [i32], deque: VecDeque<i32>, list: LinkedList<i32>,
    btree_set: BTreeSet<i32>, hash_set: HashSet<i32>, btree: BTreeMap<i32, String>, hash: HashMap<String, Vec<i32>>,
    text: String, no_text: String, str: &'static str, some: Option<u32>, none: Option<u32>, some_text: Option<String>,
    no_text_at_all: Option<String>, ok: Result<u8, String>, err: Result<u8, String>, pair: (i32, String),
    shapes: Vec<Shape>, wide: i128, float: f64, character: char, truth: bool, rc: Rc<i32>, arc: Arc<String>,
}
macro_rules! show { ($all:expr, $out:expr, $($name:ident)*) => { $(writeln!($out, "{} = {}", stringify!($name), $all.$name.say()).unwrap();)* } }
#[used] #[no_mangle] static mut ALL: Option<All> = None;
fn main() {
    let all = All {
        ints: vec![1, -2, 3], no_ints: vec![], texts: vec!["a".into(), "say \"ü\"".into(), String::new()],
        nested: vec![vec![1, 2], vec![], vec![3]], points: vec![Point { x: 1, y: 2 }, Point { x: 3, y: 4 }],
        boxes: vec![Some("b".into()), None], array: [7, 8, 9], slice: &[4, 5], deque: (0..300).collect(), list: [1, 2].into(),
        btree_set: (0..100).collect(), hash_set: [8].into(), btree: (0..100).map(|n| (n, n.to_string())).collect(),
        hash: [("h".to_string(), vec![5])].into(), text: "hello".into(), no_text: String::new(), str: "str", some: Some(5),
        none: None, some_text: Some("o".into()), no_text_at_all: None, ok: Ok(1), err: Err("e".into()),
        pair: (1, "p".into()), shapes: vec![Shape::Unit, Shape::Pair(-5, 7), Shape::Named { w: 1 << 40 }],
        wide: -(1 << 100), float: 0.5, character: 'ß', truth: true, rc: Rc::new(5), arc: Arc::new("arc".into()),
    };
    let mut out = String::new();
    show!(all, out, ints no_ints texts nested points boxes array slice deque list btree_set hash_set btree hash text no_text
        str some none some_text no_text_at_all ok err pair shapes wide float character truth);
    std::fs::write(std::env::args().nth(1).unwrap(), out).unwrap();
    unsafe { ALL = Some(all); std::hint::black_box(&raw const ALL); }
    std::process::abort();
}
"""

LIBCXX = ["clang++-19", "-stdlib=libc++", "-w", "-std=c++20"]

BUILDS = {
    "gcc-5": ("program.cpp", ["g++", "-w", "-std=c++20", "-gdwarf-5"]),
    "gcc-4": ("program.cpp", ["g++", "-w", "-std=c++20", "-gdwarf-4"]),
    "gcc-types": ("program.cpp", ["g++", "-w", "-std=c++20", "-gdwarf-5", "-fdebug-types-section"]),
    # Clang leaves out of a program what its libraries are built with, unless told so.
    "clang-5": ("program.cpp", ["clang++", "-w", "-std=c++20", "-gdwarf-5", "-fstandalone-debug"]),
    "clang-4": ("program.cpp", ["clang++", "-w", "-std=c++20", "-gdwarf-4", "-fstandalone-debug"]),
    "libc++-5": ("program.cpp", [*LIBCXX, "-gdwarf-5", "-fstandalone-debug"]),
    "libc++-4": ("program.cpp", [*LIBCXX, "-gdwarf-4", "-fstandalone-debug"]),
    "rust-5": ("program.rs", ["rustc", "-Awarnings", "-Cdwarf-version=5"]),
    "rust-4": ("program.rs", ["rustc", "-Awarnings", "-Cdwarf-version=4"]),
}


class Core:
    """The core of a program that was compiled and ran, and what it printed."""

    def __init__(self, folder, build):
        name, command = BUILDS[build]
        (folder / name).write_text(RUST if name.endswith(".rs") else CXX)
        subprocess.run([*command, "-g", name, "-o", "program"], cwd=folder, check=True)
        gdb = ["gdb", "-q", "-nx", "-batch", "-ex", "run printed", "-ex", "generate-core-file core", "./program"]
        subprocess.run(gdb, cwd=folder, check=True, capture_output=True)
        self.is_rust = name.endswith(".rs")
        lines = (folder / "printed").read_text().splitlines()
        self.printed = [line.split(" = ", 1) for line in lines]
        self.prog = Program()
        self.prog.set_core_dump(folder / "core")
        self.prog.load_debug_info([folder / "program"])

    def variable(self, name):
        if not self.is_rust:
            return self.prog[name]
        found, part = self.prog["program::ALL"].variant_()
        assert found == "Some"
        return part.member_("__0").member_(name)


@pytest.fixture(scope="module", params=BUILDS)
def core(request, tmp_path_factory):
    compiler = BUILDS[request.param][1][0]
    if shutil.which(compiler) is None or shutil.which("gdb") is None:
        pytest.skip(f"{compiler} or gdb is not installed")
    return Core(tmp_path_factory.mktemp("standard"), request.param)


def shown(obj):
    """The value without the names of types, on one line."""
    options = {"type_name": False, "member_type_names": False, "element_type_names": False, "symbolize": False}
    return obj.format_(members_same_line=True, elements_same_line=True, columns=10**6, **options)


def test_values_are_shown_as_the_program_printed_them(core):
    assert len(core.printed) > 25
    wrong = [(name, value, shown(core.variable(name))) for name, value in core.printed
             if shown(core.variable(name)) != value]
    assert not wrong


def test_functions_are_shown_as_what_they_call(core):
    if core.is_rust:
        return
    def called(name):
        return core.variable(name).format_(members_same_line=True).removeprefix("(std::function<int(int)>)").removeprefix(
            "(std::function<int (int)>)")
    assert called("empty") == "empty"
    assert re.fullmatch(r"\(int \(\*\)\(int\)\)(0x[0-9a-f]+ = )?app::twice\(int\)\+0x0.*", called("function"))
    assert called("adder") == "(app::Adder){ .n = (int)5 }"
    assert called("big") == "(app::Big){ .a = (long)1, .b = (long)2, .c = (long)3 }"
    # libstdc++ tells nowhere whether it is in the object itself.
    assert re.fullmatch(r"app::Sharer|\(app::Sharer\)\{.*\(use count 1, weak count 0\).*\}", called("sharer"))
    # Each compiler has names of its own for these.
    assert re.search(r"lambda\(int\)|\$_0", called("closure"))


def test_names_of_types_lead_to_them(core):
    missing = []
    for name, _ in core.printed:
        obj = core.variable(name)
        first = str(obj).split("\n")[0]
        names = {obj.type_.type_name()}
        # As it stands before the value. (A tuple of Rust has its own parentheses.)
        if match := re.match(r"\(([^(){}]+)\)[^(]", first):
            names.add(match[1])
        for name in names:
            try:
                assert sizeof(core.prog.type(name)) == sizeof(obj)
                pointer = f"*const {name}" if core.is_rust else f"{name} *"
                assert cast(pointer, obj.address_of_())[0].address_ == obj.address_
            except (LookupError, SyntaxError, AssertionError) as error:
                missing.append((name, repr(error)))
    assert not missing
