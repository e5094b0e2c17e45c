//! Expressions of all arithmetic types as C compilers have them.
//!
//! The compilers work the expressions out by themselves and leave their types and values in the
//! object file, so nothing has to run and 32-bit code needs no libraries.

use crate::compiler::compile;
use crate::fake::Fake;
use num_bigint::BigInt;
use spelunk_base::Architecture;
use spelunk_object::{BinaryOperator as B, Object, Target, UnaryOperator as U, Value, type_name};
use spelunk_synth::Random;
use spelunk_types::{Scalar, ScalarKind};
use std::cmp::Ordering;
use std::fmt::Write;

const INTEGERS: &[&str] = &[
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
];
const FLOATS: &[&str] = &["float", "double", "long double"];
const WIDE: &[&str] = &["__int128", "unsigned __int128"];
const INTERCHANGE: &[&str] = &[
    "_Float16",
    "_Float32",
    "_Float64",
    "_Float128",
    "_Float32x",
    "_Float64x",
];
const COMPLEX: &[&str] = &["float _Complex", "double _Complex", "long double _Complex"];
const BIT_PRECISE: &[&str] = &[
    "_BitInt(2)",
    "unsigned _BitInt(1)",
    "_BitInt(7)",
    "unsigned _BitInt(17)",
    "_BitInt(31)",
    "_BitInt(32)",
    "unsigned _BitInt(32)",
    "_BitInt(33)",
    "_BitInt(64)",
    "unsigned _BitInt(64)",
    "unsigned _BitInt(65)",
    "_BitInt(100)",
    "_BitInt(128)",
    "unsigned _BitInt(128)",
];

/// A compiler, and the types that it knows.
struct Dialect {
    name: &'static str,
    architecture: Architecture,
    compiler: Vec<&'static str>,
    types: Vec<&'static str>,
}

/// An expression in C, and the object that stands for it.
#[derive(Clone)]
struct Expression {
    c: String,
    object: Object,
}

struct Generator<'a> {
    f: &'a Fake,
    types: &'a [&'static str],
    random: Random,
}

const ROW: usize = 64;
const VALUE: usize = 16;

impl Generator<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.below(from.len())]
    }

    fn scalar(&self, object: &Object) -> Scalar {
        self.f.types().scalar(object.ty().id).unwrap().unwrap()
    }

    fn is_integer(&self, object: &Object) -> bool {
        self.scalar(object).is_integer()
    }

    fn word(&mut self) -> u64 {
        match self.random.below(4) {
            0 => (self.random.below(10) as i64 - 5).cast_unsigned(),
            1 => self.random.next_u64() >> 50,
            _ => {
                let value = self.random.next_u64().cast_signed();
                (value >> self.random.below(64)).cast_unsigned()
            }
        }
    }

    fn leaf(&mut self) -> Expression {
        let (f, types) = (self.f, self.types);
        let ty = self.pick(types);
        let scalar = f.types().scalar(f.ty(ty).id).unwrap().unwrap();
        let (low, high) = (self.word(), self.word());
        let number = f.value("unsigned long long", low);
        let (c, object) = match scalar.kind {
            ScalarKind::Complex => {
                let [real, imaginary] = [low, high].map(|word| word as i32);
                let part = ty.strip_suffix(" _Complex").unwrap();
                let value = Value::Complex(real.into(), imaginary.into());
                let c = format!("__builtin_complex(({part}){real}, ({part}){imaginary})");
                (c, f.value(ty, value).cast(f, f.ty(ty)).unwrap())
            }
            ScalarKind::Float if low.is_multiple_of(2) => {
                // A number with a fraction.
                let value = f64::from(low as i32) / 1024.0;
                (format!("(({ty}){value:?})"), f.value(ty, value))
            }
            _ if scalar.is_integer() && scalar.size > 8 => {
                let value = (BigInt::from(high) << 64) + low;
                let c = format!("(({ty})((unsigned __int128){high:#x}ull << 64 | {low:#x}ull))");
                (c, f.value(ty, Value::Wide(value)))
            }
            _ => (
                format!("(({ty}){low:#x}ull)"),
                number.cast(f, f.ty(ty)).unwrap(),
            ),
        };
        Expression { c, object }
    }

    fn expression(&mut self, depth: u32) -> Expression {
        if depth == 0 {
            return self.leaf();
        }
        let a = self.expression(depth - 1);
        match self.random.below(14) {
            0 | 1 => {
                let operator = self.pick(&[U::Plus, U::Minus, U::Not]);
                match a.object.unary(self.f, operator) {
                    Ok(object) => Expression {
                        c: format!("({}{})", operator.symbol(), self.operand(&a, &object)),
                        object,
                    },
                    Err(_) => a,
                }
            }
            2 | 3 => self.cast(a),
            4 => self.comparison(a, depth),
            _ => self.binary(a, depth),
        }
    }

    fn is_half(&self, object: &Object) -> bool {
        type_name(self.f.types(), object.ty()).unwrap() == "_Float16"
    }

    /// The C of an operand: GCC computes with halves in `float` until they are stored.
    fn operand(&self, operand: &Expression, result: &Object) -> String {
        match self.is_half(result) {
            true => format!("((_Float16){})", operand.c),
            false => operand.c.clone(),
        }
    }

    fn cast(&mut self, a: Expression) -> Expression {
        let types = self.types;
        let mut ty = self.pick(types);
        let to = self.f.types().scalar(self.f.ty(ty).id).unwrap().unwrap();
        if !self.is_integer(&a.object) && to.is_integer() && to.kind != ScalarKind::Bool {
            let (real, _) = a
                .object
                .complex_parts(self.f)
                .unwrap_or((a.object.clone(), a.object.clone()));
            // C leaves open what becomes of floating-point numbers that do not fit.
            match real.to_f64(self.f).unwrap().abs() < 1e9 {
                true => ty = "long long",
                false => return a,
            }
        }
        Expression {
            object: a.object.cast(self.f, self.f.ty(ty)).unwrap(),
            c: format!("(({ty}){})", a.c),
        }
    }

    fn comparison(&mut self, a: Expression, depth: u32) -> Expression {
        let inner = self.random.below(depth as usize) as u32;
        let b = self.expression(inner);
        let (symbol, holds) = match self.random.below(3) {
            0 => ("==", a.object.equals(self.f, &b.object)),
            1 => ("!=", a.object.equals(self.f, &b.object).map(|equal| !equal)),
            _ => {
                let order = a.object.compare(self.f, &b.object);
                ("<", order.map(|order| order == Some(Ordering::Less)))
            }
        };
        match holds {
            // GCC compares what it has not rounded to halves yet.
            Ok(_) if self.is_half(&a.object) || self.is_half(&b.object) => a,
            Ok(holds) => Expression {
                c: format!("({} {symbol} {})", a.c, b.c),
                object: self.f.value("int", i32::from(holds)),
            },
            Err(_) => a,
        }
    }

    fn binary(&mut self, a: Expression, depth: u32) -> Expression {
        let operator = self.pick(&[
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
        ]);
        let f = self.f;
        let b = match operator {
            // C has no shift by the width or more.
            B::ShiftLeft | B::ShiftRight => {
                let promoted = a.object.unary(f, U::Plus).ok();
                let scalar = promoted.map(|object| self.scalar(&object));
                let width = scalar.map_or(1, |scalar| {
                    scalar
                        .precision
                        .map_or(scalar.size as usize * 8, |bits| bits as usize)
                });
                let distance = self.random.below(width) as i64;
                Expression {
                    c: format!("{distance}"),
                    object: f.value("int", distance),
                }
            }
            _ => {
                let inner = self.random.below(depth as usize) as u32;
                self.expression(inner)
            }
        };
        // Division by 0, and of the least number by -1, is no constant.
        let is_division = matches!(operator, B::Divide | B::Remainder);
        let is_small = match self.is_integer(&b.object) {
            true => b.object.to_f64(f).unwrap().abs() <= 1.0,
            false => !b.object.truth(f).unwrap(),
        };
        match a.object.binary(f, operator, &b.object) {
            Ok(object) if !(is_division && is_small) => {
                let (a, b) = (self.operand(&a, &object), self.operand(&b, &object));
                let c = format!("({a} {} {b})", operator.symbol());
                let c = match self.is_half(&object) {
                    true => format!("((_Float16){c})"),
                    false => c,
                };
                Expression { c, object }
            }
            _ => a,
        }
    }
}

fn is_finite(f: &Fake, object: &Object) -> bool {
    match object.value(f).unwrap() {
        Value::Float(value) => value.is_finite(),
        Value::Complex(real, imaginary) => real.is_finite() && imaginary.is_finite(),
        _ => true,
    }
}

fn check(dialect: &Dialect, count: u32) {
    let f = Fake::new(dialect.architecture);
    let mut generator = Generator {
        f: &f,
        types: &dialect.types,
        random: Random::new(7),
    };
    let expressions: Vec<_> = (0..count)
        .map(|index| generator.expression(1 + index % 3))
        .collect();
    let mut source = String::from("#define ID(x) _Generic((x)");
    for (index, ty) in dialect.types.iter().enumerate() {
        write!(source, ", {ty}: {index}").unwrap();
    }
    source.push_str(
        ")\n#define ROW(i, x) const struct { unsigned id __attribute__((aligned(16))); \
         union { __typeof__(x) value; char bytes[48]; } u __attribute__((aligned(16))); } \
         row_##i = { ID(x), { x } };\n",
    );
    for (index, expression) in expressions.iter().enumerate() {
        writeln!(source, "ROW({index}, {})", expression.c).unwrap();
    }
    let bytes = compile(dialect.name, &source, &dialect.compiler);
    assert_eq!(bytes.len(), ROW * expressions.len());
    for (Expression { c, object }, row) in expressions.iter().zip(bytes.chunks_exact(ROW)) {
        let id = u32::from_le_bytes(row[..4].try_into().unwrap());
        let ty = dialect.types[id as usize];
        let name = type_name(f.types(), object.ty()).unwrap();
        assert_eq!(name, ty, "{c}");
        let expected = Object::from_bytes(&f, f.ty(ty), &row[VALUE..], 0, None).unwrap();
        let (value, expected_value) = (f.text(object), f.text(&expected));
        // NaN has signs that C does not speak of.
        if is_finite(&f, &expected) || is_finite(&f, object) {
            assert_eq!(value, expected_value, "{c}");
        }
        // Padding may be anything.
        let scalar = f.types().scalar(object.ty().id).unwrap().unwrap();
        if is_finite(&f, object) && scalar.precision.is_none() && !ty.starts_with("long double") {
            let own = object.to_bytes(&f).unwrap();
            assert_eq!(own, row[VALUE..][..own.len()], "{c}");
        }
    }
}

const GCC: [&str; 7] = [
    "gcc",
    "-c",
    "-w",
    "-fwrapv",
    "-fno-pic",
    "-std=gnu11",
    "-fno-toplevel-reorder",
];

#[test]
fn expressions_have_the_compilers_types_and_values() {
    check(
        &Dialect {
            name: "expressions64",
            architecture: Architecture::X86_64,
            compiler: [&GCC[..], &["-m64"]].concat(),
            types: [INTEGERS, WIDE, FLOATS, INTERCHANGE].concat(),
        },
        6000,
    );
}

#[test]
fn expressions_have_those_of_a_32_bit_compiler_too() {
    check(
        &Dialect {
            name: "expressions32",
            architecture: Architecture::I386,
            compiler: [&GCC[..], &["-m32", "-msse2", "-mfpmath=sse"]].concat(),
            types: [INTEGERS, FLOATS, INTERCHANGE].concat(),
        },
        6000,
    );
}

#[test]
fn complex_numbers_have_those_of_the_compiler() {
    check(
        &Dialect {
            name: "complex",
            architecture: Architecture::X86_64,
            compiler: [&GCC[..], &["-m64"]].concat(),
            types: [INTEGERS, FLOATS, COMPLEX].concat(),
        },
        3000,
    );
}

#[test]
fn bit_precise_integers_have_those_of_the_compiler() {
    check(
        &Dialect {
            name: "bitint",
            architecture: Architecture::X86_64,
            compiler: vec!["clang", "-c", "-w", "-fwrapv", "-fno-pic", "-std=c2x"],
            types: [INTEGERS, WIDE, BIT_PRECISE].concat(),
        },
        6000,
    );
}
