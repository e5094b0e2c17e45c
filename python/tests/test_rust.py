"""A running program of Rust as scripts see it: what it printed of itself, and what there is besides."""

import shutil

import pytest
from process import Process

from spelunk import TypeKind

SOURCE = r"""
#![allow(dead_code, static_mut_refs)]
use std::io::{Read, Write};
pub mod shapes {
    pub enum Shape { Unit, Tuple(i32, u8), Named { w: u64, h: u16 } }
    pub struct Generic<T> { pub t: T, pub c: char, pub yes: bool }
}
use shapes::*;
pub enum CLike { X = 3, Y = -7 }
fn twice(n: i32) -> i32 { n * 2 }
static N: i32 = 42;
#[used] #[no_mangle] static mut UNIT: Shape = Shape::Unit;
#[used] #[no_mangle] static mut TUPLE: Shape = Shape::Tuple(-5, 7);
#[used] #[no_mangle] static mut NAMED: Shape = Shape::Named { w: 1 << 40, h: 9 };
#[used] #[no_mangle] static mut C_LIKE: [CLike; 2] = [CLike::X, CLike::Y];
#[used] #[no_mangle] static mut GENERIC: Generic<(u8, i64)> = Generic { t: (1, -2), c: 'ß', yes: true };
#[used] #[no_mangle] static mut CHARS: [char; 4] = ['x', '\n', '\'', '🦀'];
#[used] #[no_mangle] static mut SOME: Option<u32> = Some(5);
#[used] #[no_mangle] static mut NONE: Option<u32> = None;
#[used] #[no_mangle] static mut SHARED: &i32 = &N;
#[used] #[no_mangle] static mut SOME_REF: Option<&'static i32> = Some(&N);
#[used] #[no_mangle] static mut RAW: *mut u64 = 0x10 as *mut u64;
#[used] #[no_mangle] static mut CONST: *const [u8; 4] = 0x20 as *const [u8; 4];
#[used] #[no_mangle] static mut FUNCTION: fn(i32) -> i32 = twice;
#[used] #[no_mangle] static mut TEXT: &str = "hello";
#[used] #[no_mangle] static mut SLICE: &[i32] = &[1, 2, 3];
#[used] #[no_mangle] static mut RESULT: Result<u8, i64> = Err(-9);
fn main() {
    unsafe {
        if let Shape::Tuple(a, b) = &TUPLE { println!("TUPLE.Tuple.__0 = {a}\nTUPLE.Tuple.__1 = {b}"); }
        if let Shape::Named { w, h } = &NAMED { println!("NAMED.Named.w = {w}\nNAMED.Named.h = {h}"); }
        if let Err(e) = &RESULT { println!("RESULT.Err.__0 = {e}"); }
        println!("GENERIC.t.__1 = {}\nGENERIC.c = {}", GENERIC.t.1, GENERIC.c as u32);
        println!("SOME.Some.__0 = {}\nSLICE.length = {}", SOME.unwrap(), SLICE.len());
        println!("SLICE.data_ptr[2] = {}\nSHARED[0] = {}", SLICE[2], *SHARED);
        println!("RAW = {}\nFUNCTION = {}", RAW as usize, FUNCTION as usize);
        println!("ready");
        std::io::stdout().flush().unwrap();
        for place in [&raw const UNIT, &raw const TUPLE] { std::hint::black_box(place); }
    }
    std::io::stdin().read(&mut [0]).unwrap();
}
"""


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    if shutil.which("rustc") is None:
        pytest.skip("rustc is not installed")
    keep = ["-Clink-arg=-Wl,--no-gc-sections", "-Awarnings"]
    process = Process(tmp_path_factory.mktemp("rust"), SOURCE, ["rustc", *keep])
    yield process
    process.close()


@pytest.fixture
def prog(process):
    return process.prog


def evaluate(prog, path):
    name, *members = path.replace("[", ".[").split(".")
    obj = prog[f"program::{name}"]
    for member in members:
        obj = obj[int(member[1:-1])] if member.startswith("[") else getattr(obj, member)
    return obj


def test_values_are_what_the_program_says(process):
    assert len(process.output) > 10
    for path, value in process.output:
        assert int(evaluate(process.prog, path)) == int(value), path


@pytest.mark.parametrize(
    "name, variant",
    [("UNIT", "Unit"), ("TUPLE", "Tuple"), ("NAMED", "Named"), ("SOME", "Some"), ("NONE", "None"), ("RESULT", "Err")],
)
def test_the_active_variant_is_known(prog, name, variant):
    obj = prog[f"program::{name}"]
    found, part = obj.variant_()
    assert found == variant and part.address_ == obj.address_
    assert {variant} == set(obj.value_())
    assert obj.read_().variant_()[0] == variant


def test_what_is_no_enum_has_no_variant(prog):
    assert prog["program::GENERIC"].variant_() is None
    assert prog["program::C_LIKE"][1].variant_() is None


@pytest.mark.parametrize(
    "path, text",
    [
        ("UNIT", "(Shape)Unit"),
        ("TUPLE", "(Shape)Tuple(-5, 7)"),
        ("SOME", "(Option<u32>)Some(5)"),
        ("NONE", "(Option<u32>)None"),
        ("RESULT", "(Result<u8, i64>)Err(-9)"),
        ("TEXT", '(&str)"hello"'),
        ("SLICE", "(&[i32]){ 1, 2, 3 }"),
        ("C_LIKE", "([program::CLike; 2]){ X, Y }"),
        ("CHARS", "([char; 4]){ 'x', '\\n', '\\'', '🦀' }"),
        ("GENERIC.c", "(char)'ß'"),
        ("GENERIC.yes", "(bool)true"),
        ("RAW", "(*mut u64)0x10"),
        ("CONST", "(*const [u8; 4])0x20"),
    ],
)
def test_objects_are_shown_as_rust_writes_them(prog, path, text):
    assert evaluate(prog, path).format_(dereference=False) == text


@pytest.mark.parametrize(
    "path, name",
    [
        ("SHARED", "&i32"),
        ("RAW", "*mut u64"),
        ("CONST", "*const [u8; 4]"),
        ("FUNCTION", "fn(i32) -> i32"),
        ("SOME_REF", "core::option::Option<&i32>"),
        ("GENERIC", "program::shapes::Generic<(u8, i64)>"),
        ("GENERIC.t", "(u8, i64)"),
        ("TUPLE.Tuple", "program::shapes::Shape::Tuple"),
    ],
)
def test_types_have_the_names_of_rust(prog, path, name):
    assert evaluate(prog, path).type_.type_name() == name


@pytest.mark.parametrize("name", ["&i32", "&mut u64", "*const u8", "*mut *const i32", "[i32; 3]", "&[[u8; 2]; 3]"])
def test_names_of_rust_are_types(prog, name):
    ty = prog.type(name)
    assert ty.type_name() == name
    assert ty._ptr == prog.type(name)._ptr
    assert ty.kind == (TypeKind.ARRAY if name.startswith("[") else TypeKind.POINTER)


def test_characters_and_truth_values_are_still_numbers(prog):
    generic = prog["program::GENERIC"]
    assert generic.c.value_() == ord("ß") and generic.c + 1 == ord("ß") + 1
    assert generic.yes.value_() is True
