//! Arithmetic and bit fields as a C compiler has them.
//!
//! The compiler works the expressions out by itself and leaves their types and values in the
//! object file, so nothing has to run and 32-bit code needs no libraries.

use crate::fake::Fake;
use spelunk_base::Architecture;
use spelunk_object::{BinaryOperator as B, Object, UnaryOperator as U, Value, type_name};
use spelunk_object::{Target, lookup_type};
use spelunk_synth::Random;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

const TYPES: [&str; 14] = [
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned int",
    "long",
    "unsigned long",
    "long long",
    "unsigned long long",
    "_Bool",
    "float",
    "double",
];

/// The bytes of the read-only data that `gcc` makes of `source`.
fn compile(name: &str, source: &str, flags: &[&str]) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = |extension: &str| folder.join(format!("{name}.{extension}"));
    std::fs::write(path("c"), source).unwrap();
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
    };
    run(Command::new("gcc")
        .args(["-c", "-w", "-fwrapv", "-fno-pic", "-std=gnu11"])
        .args(flags)
        .arg("-o")
        .args([path("o"), path("c")]));
    run(Command::new("objcopy")
        .args(["-O", "binary", "-j", ".rodata"])
        .args([path("o"), path("bin")]));
    std::fs::read(path("bin")).unwrap()
}

/// An expression in C, and the object that stands for it.
struct Expression {
    c: String,
    object: Object,
}

fn leaf(f: &Fake, random: &mut Random) -> Expression {
    let ty = TYPES[random.below(TYPES.len())];
    let value = match random.below(4) {
        0 => random.below(10) as i64 - 5,
        1 => (random.next_u64() >> 50).cast_signed(),
        _ => random.next_u64().cast_signed() >> random.below(64),
    };
    let (c, value): (String, Value) = match ty {
        "float" | "double" => {
            let value = (value % 1_000_000) as f64 / 8.0;
            (format!("(({ty}){value:?})"), value.into())
        }
        _ => (
            format!("(({ty}){:#x}ull)", value.cast_unsigned()),
            value.into(),
        ),
    };
    Expression {
        c,
        object: f.value(ty, value),
    }
}

fn expression(f: &Fake, random: &mut Random, depth: u32) -> Expression {
    if depth == 0 {
        return leaf(f, random);
    }
    let a = expression(f, random, depth - 1);
    match random.below(12) {
        0 => unary(f, a, [U::Plus, U::Minus, U::Not][random.below(3)]),
        1 => {
            let ty = TYPES[random.below(11)];
            // C leaves open what becomes of floating-point numbers that do not fit.
            if a.object.to_f64(f).is_ok_and(|value| value.abs() < 1e9) || !is_float(f, &a.object) {
                let ty = if is_float(f, &a.object) {
                    "long long"
                } else {
                    ty
                };
                return Expression {
                    object: a.object.cast(f, f.ty(ty)).unwrap(),
                    c: format!("(({ty}){})", a.c),
                };
            }
            a
        }
        _ => {
            let operator = [
                B::Add,
                B::Subtract,
                B::Multiply,
                B::Divide,
                B::Remainder,
                B::ShiftLeft,
                B::ShiftRight,
                B::And,
                B::Or,
                B::Xor,
            ][random.below(10)];
            let b = match operator {
                // C has no shift by more than the width.
                B::ShiftLeft | B::ShiftRight => {
                    let distance = random.below(32) as i64;
                    Expression {
                        c: format!("{distance}"),
                        object: f.value("int", distance),
                    }
                }
                _ => {
                    let inner = random.below(depth as usize) as u32;
                    expression(f, random, inner)
                }
            };
            // Division by 0, and of the least number by -1, is no constant.
            let is_division = matches!(operator, B::Divide | B::Remainder);
            let is_small = b.object.to_f64(f).is_ok_and(|value| value.abs() <= 1.0);
            match a.object.binary(f, operator, &b.object) {
                Ok(object) if !(is_division && is_small) => Expression {
                    c: format!("({} {} {})", a.c, operator.symbol(), b.c),
                    object,
                },
                _ => a,
            }
        }
    }
}

fn unary(f: &Fake, a: Expression, operator: U) -> Expression {
    match a.object.unary(f, operator) {
        Ok(object) => Expression {
            c: format!("({}{})", operator.symbol(), a.c),
            object,
        },
        Err(_) => a,
    }
}

fn is_float(f: &Fake, object: &Object) -> bool {
    matches!(object.value(f), Ok(Value::Float(_)))
}

fn check_expressions(architecture: Architecture, name: &str, flags: &[&str]) {
    let f = Fake::new(architecture);
    let mut random = Random::new(7);
    let expressions: Vec<_> = (0..4000)
        .map(|index| expression(&f, &mut random, 1 + index % 3))
        .collect();
    let mut source = String::from("#define ID(x) _Generic((x)");
    for (index, ty) in TYPES.iter().enumerate() {
        write!(source, ", {ty}: {index}").unwrap();
    }
    source.push_str(
        ")\n#define ROW(x) { ID(x), (unsigned long long)(__builtin_choose_expr(ID(x) >= 12, 0, x)), \
         __builtin_choose_expr(ID(x) >= 12, x, 0) },\n\
         const struct { unsigned long long id, bits; double number; } rows[] = {\n",
    );
    for expression in &expressions {
        writeln!(source, "ROW({})", expression.c).unwrap();
    }
    source.push_str("};\n");
    let bytes = compile(name, &source, flags);
    let mut words = bytes
        .chunks_exact(8)
        .map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    for Expression { c, object } in expressions {
        let mut word = || words.next().unwrap();
        let (id, bits, number) = (word(), word(), f64::from_bits(word()));
        let expected = TYPES[id as usize];
        assert_eq!(type_name(f.types(), object.ty()).unwrap(), expected, "{c}");
        match object.value(&f).unwrap() {
            Value::Float(value) => {
                let is_same = value == number || (value.is_nan() && number.is_nan());
                assert!(is_same, "{c}: {value} {number}");
            }
            _ => assert_eq!(object.to_u64(&f).unwrap(), bits, "{c}"),
        }
    }
}

#[test]
fn expressions_have_the_compilers_types_and_values() {
    check_expressions(Architecture::X86_64, "expressions64", &["-m64"]);
}

#[test]
fn expressions_have_those_of_a_32_bit_compiler_too() {
    check_expressions(
        Architecture::I386,
        "expressions32",
        &["-m32", "-msse2", "-mfpmath=sse"],
    );
}

/// Structures of bit fields: where each is shows in the bytes of a structure that has only it set.
#[test]
fn bit_fields_are_where_the_compiler_puts_them() {
    let f = Fake::new(Architecture::X86_64);
    let mut random = Random::new(11);
    let mut source = String::new();
    let mut fields = Vec::new();
    for number in 0..200 {
        let packed = ["", "__attribute__((packed))"][random.below(2)];
        let mut declarations = String::new();
        let mut own = Vec::new();
        for index in 0..=random.below(6) {
            let ty = [
                "int",
                "unsigned int",
                "unsigned char",
                "short",
                "long",
                "unsigned long",
            ][random.below(6)];
            let widest = spelunk_object::sizeof(f.types(), f.ty(ty)).unwrap() * 8;
            let size = 1 + random.below(widest as usize) as u64;
            write!(declarations, "{ty} m{index} : {size}; ").unwrap();
            own.push((ty, size, random.next_u64()));
        }
        writeln!(
            source,
            "struct s{number} {{ {declarations} char pad[16]; }} {packed};"
        )
        .unwrap();
        for (index, (_, _, value)) in own.iter().enumerate() {
            for value in [u64::MAX, *value] {
                let name = format!("x{number}_{index}_{}", value != u64::MAX);
                let body = format!("{{ .m{index} = {value:#x}ul }}");
                writeln!(
                    source,
                    "const union {{ struct s{number} s; char bytes[64]; }} \
                     __attribute__((aligned(64))) {name} = {{ .s = {body} }};"
                )
                .unwrap();
            }
        }
        fields.extend(own);
    }
    let bytes = compile("bitfields", &source, &["-m64", "-fno-toplevel-reorder"]);
    assert_eq!(bytes.len(), fields.len() * 128);
    for ((ty, size, value), bytes) in fields.into_iter().zip(bytes.chunks_exact(128)) {
        let (mask, bytes) = bytes.split_at(64);
        let first = mask.iter().position(|byte| *byte != 0).unwrap();
        let offset = first as u64 * 8 + u64::from(mask[first].trailing_zeros());
        let ty = lookup_type(&f, ty, None).unwrap();
        let object = Object::from_bytes(&f, ty, bytes, offset, Some(size)).unwrap();
        let expected = Object::from_value(&f, ty, &value.into(), Some(size)).unwrap();
        assert_eq!(object.value(&f).unwrap(), expected.value(&f).unwrap());
        let ones = Object::from_bytes(&f, ty, mask, offset, Some(size)).unwrap();
        let minus_one = Object::from_value(&f, ty, &(-1).into(), Some(size)).unwrap();
        assert_eq!(ones.value(&f).unwrap(), minus_one.value(&f).unwrap());
    }
}
