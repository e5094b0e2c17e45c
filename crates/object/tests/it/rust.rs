//! Objects of Rust as the program itself sees them.

use crate::process::Process;
use spelunk_object::{Target, type_name};

const SOURCE: &str = r#"
#![allow(dead_code)]
extern "C" { fn leave(); }
pub mod shapes {
    pub enum Shape { Unit, Tuple(i32, u8), Named { w: u64, h: u16 } }
    pub struct Generic<T> { pub t: T, pub c: char, pub unit: () }
}
use shapes::*;
#[repr(i8)] pub enum Negative { A(u32) = -1, B(u32) = 5, C = -128 }
#[repr(u128)] pub enum Wide { A(u8) = 1, B(u8) = 0x1_0000_0000_0000_0000_0001 }
pub enum CLike { X = 3, Y = -7 }
pub enum One { Only(u32) }
pub enum Niche { A(bool), B, C }
pub union Either { a: u32, b: f32 }
static N: i32 = 42;
#[used] #[no_mangle] static mut UNIT: Shape = Shape::Unit;
#[used] #[no_mangle] static mut TUPLE: Shape = Shape::Tuple(-5, 7);
#[used] #[no_mangle] static mut NAMED: Shape = Shape::Named { w: 1 << 40, h: 9 };
#[used] #[no_mangle] static mut NEGATIVE: [Negative; 3] = [Negative::A(1), Negative::B(2), Negative::C];
#[used] #[no_mangle] static mut WIDE: [Wide; 2] = [Wide::A(3), Wide::B(4)];
#[used] #[no_mangle] static mut C_LIKE: [CLike; 2] = [CLike::X, CLike::Y];
#[used] #[no_mangle] static mut ONE: One = One::Only(8);
#[used] #[no_mangle] static mut NICHE: [Niche; 4] = [Niche::A(true), Niche::B, Niche::C, Niche::A(false)];
#[used] #[no_mangle] static mut EITHER: Either = Either { a: 0x3f80_0000 };
#[used] #[no_mangle] static mut GENERIC: Generic<(u8, i64)> = Generic { t: (1, -2), c: 'ß', unit: () };
#[used] #[no_mangle] static mut SOME: Option<u32> = Some(5);
#[used] #[no_mangle] static mut NONE: Option<u32> = None;
#[used] #[no_mangle] static mut SOME_REF: Option<&'static i32> = Some(&N);
#[used] #[no_mangle] static mut NONE_REF: Option<&'static i32> = None;
#[used] #[no_mangle] static mut NESTED: [Option<Option<bool>>; 3] = [Some(None), None, Some(Some(true))];
#[used] #[no_mangle] static mut TEXT: &str = "hello";
#[used] #[no_mangle] static mut SLICE: &[i32] = &[1, 2, 3];
#[used] #[no_mangle] static mut RESULT: Result<u8, i64> = Err(-9);
fn main() {
    println!("TUPLE.Tuple.__0 = -5\nTUPLE.Tuple.__1 = 7\nNAMED.Named.w = {}\nNAMED.Named.h = 9", 1u64 << 40);
    println!("NEGATIVE[0].A.__0 = 1\nNEGATIVE[1].B.__0 = 2\nWIDE[1].B.__0 = 4\nC_LIKE[1] = -7");
    println!("ONE.Only.__0 = 8\nGENERIC.t.__1 = -2\nGENERIC.c = {}\nSOME.Some.__0 = 5", 'ß' as u32);
    println!("SOME_REF.Some.__0[0] = 42\nSLICE.length = 3\nSLICE.data_ptr[2] = 3\nRESULT.Err.__0 = -9");
    unsafe {
        println!("EITHER.a = {}", EITHER.a);
        for place in [&raw const UNIT, &raw const TUPLE, &raw const NAMED] { std::hint::black_box(place); }
        leave()
    }
}
"#;

#[test]
fn variants_are_what_the_program_says() {
    let process = Process::run("rust-values", "rustc", SOURCE, &[]);
    let p = &process;
    p.check_output();
    let active = |path: &str| {
        let object = p.at(path);
        let (name, _) = object.active_variant(p).unwrap().unwrap();
        name.to_owned()
    };
    for (path, name) in [
        ("UNIT", "Unit"),
        ("TUPLE", "Tuple"),
        ("NAMED", "Named"),
        ("NEGATIVE[0]", "A"),
        ("NEGATIVE[1]", "B"),
        ("NEGATIVE[2]", "C"),
        ("WIDE[0]", "A"),
        ("WIDE[1]", "B"),
        ("ONE", "Only"),
        ("NICHE[0]", "A"),
        ("NICHE[1]", "B"),
        ("NICHE[2]", "C"),
        ("NICHE[3]", "A"),
        ("SOME", "Some"),
        ("NONE", "None"),
        ("SOME_REF", "Some"),
        ("NONE_REF", "None"),
        ("NESTED[0]", "Some"),
        ("NESTED[0].Some.__0", "None"),
        ("NESTED[1]", "None"),
        ("NESTED[2].Some.__0", "Some"),
        ("RESULT", "Err"),
    ] {
        assert_eq!(active(path), name, "{path}");
    }
    assert!(p.at("GENERIC").active_variant(p).unwrap().is_none());
    let name = |path: &str| type_name(p.types(), p.at(path).ty()).unwrap();
    assert_eq!(name("SOME"), "core::option::Option<u32>");
    assert_eq!(name("TUPLE.Tuple"), "program::shapes::Shape::Tuple");
    assert_eq!(name("GENERIC"), "program::shapes::Generic<(u8, i64)>");
    assert_eq!(name("TEXT"), "&str");
    assert_eq!(
        p.show("SOME"),
        "(core::option::Option<u32>){\n\
             \t.Some = (core::option::Option<u32>::Some){\n\t\t.__0 = (u32)5,\n\t},\n}"
    );
    assert_eq!(
        p.show("UNIT"),
        "(program::shapes::Shape){\n\t.Unit = (program::shapes::Shape::Unit){},\n}"
    );
    assert_eq!(
        p.show("GENERIC"),
        "(program::shapes::Generic<(u8, i64)>){\n\
             \t.t = ((u8, i64)){\n\t\t.__0 = (u8)1,\n\t\t.__1 = (i64)-2,\n\t},\n\
             \t.c = (char)'ß',\n\t.unit = (()){},\n}"
    );
}
