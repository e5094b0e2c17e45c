//! What looks like a call but is a constant: GCC's built-in functions, `offsetof`, `_Generic`.

use super::super::compatible::are_compatible_unqualified;
use super::super::primitive::primitive_type;
use super::evaluator::Evaluator;
use super::token::Kind;
use crate::layout::sizeof;
use crate::{Error, Object, Result, offsetof};
use spelunk_types::{Primitive, QualifiedType};

/// A count of the bits of a value, whose type has the second number of bits.
type CountBits = fn(u64, u32) -> u32;

impl Evaluator<'_> {
    /// The built-in function, if one is called here.
    pub(super) fn builtin(&mut self) -> Result<Option<Object>> {
        let (Some(name), Some(behind)) = (self.peek(), self.ahead(1)) else {
            return Ok(None);
        };
        if !behind.is("(") {
            return Ok(None);
        }
        let name = &*name.text;
        let Some(builtin) = Builtin::find(name) else {
            return Ok(None);
        };
        self.next();
        self.next();
        let result = match builtin {
            Builtin::Offset => self.offset()?,
            Builtin::Choose => {
                let condition = self.conditional()?;
                let is_first = condition.truth(self.target())?;
                self.expect(",")?;
                let first = self.evaluated_if(is_first, Self::conditional)?;
                self.expect(",")?;
                let second = self.evaluated_if(!is_first, Self::conditional)?;
                if is_first { first } else { second }
            }
            Builtin::Compatible => {
                let first = self.type_name()?;
                self.expect(",")?;
                let second = self.type_name()?;
                let types = self.target().types();
                let is_so = are_compatible_unqualified(types, first.id, second.id)?;
                self.make(Primitive::Int, i32::from(is_so))?
            }
            Builtin::IsConstant => {
                let constant = self.attempt(|this| {
                    let object = this.conditional()?;
                    object.read(this.target())
                });
                if constant.is_none() {
                    self.evaluated_if(false, Self::conditional)?;
                }
                self.make(Primitive::Int, i32::from(constant.is_some()))?
            }
            Builtin::Expect => {
                let object = self.conditional()?;
                while self.take(",") {
                    self.conditional()?;
                }
                let long = primitive_type(self.target(), Primitive::Long)?;
                object.cast(self.target(), long)?
            }
            Builtin::Generic => self.generic()?,
            Builtin::Infinity(primitive) => self.make(primitive, f64::INFINITY)?,
            Builtin::NotANumber(primitive) => {
                self.conditional()?;
                self.make(primitive, f64::NAN)?
            }
            Builtin::Bits { count, operand } => {
                let object = self.conditional()?;
                let ty = primitive_type(self.target(), operand)?;
                let size = sizeof(self.target().types(), ty)?;
                let value = object.cast(self.target(), ty)?.to_u64(self.target())?;
                self.make(Primitive::Int, count(value, 8 * size as u32))?
            }
            Builtin::Swap(operand) => {
                let object = self.conditional()?;
                let ty = primitive_type(self.target(), operand)?;
                let size = sizeof(self.target().types(), ty)?;
                let value = object.cast(self.target(), ty)?.to_u64(self.target())?;
                let unused = 64u32.saturating_sub(8 * size as u32);
                self.make(operand, value.swap_bytes().checked_shr(unused).unwrap_or(0))?
            }
        };
        self.expect(")")?;
        Ok(Some(result))
    }

    /// `offsetof(struct foo, bar[2].baz)`
    fn offset(&mut self) -> Result<Object> {
        let ty = self.type_name()?;
        self.expect(",")?;
        let mut designator = String::new();
        while let Some(token) = self.peek().filter(|token| !token.is(")")) {
            self.next();
            designator.push_str(&token.text);
            if token.is("[") {
                let index = self.conditional()?.to_u64(self.target())?;
                designator.push_str(&index.to_string());
            }
        }
        let offset = offsetof(self.target(), ty, &designator)?;
        self.make(Primitive::SizeT, offset)
    }

    /// C11, 6.5.1.1
    fn generic(&mut self) -> Result<Object> {
        let control = self.evaluated_if(false, Self::conditional)?;
        let control = QualifiedType::from(control.ty().id);
        let mut matching = None;
        let mut other = None;
        while self.take(",") {
            let is_default = self
                .peek()
                .is_some_and(|token| token.kind == Kind::Identifier && &*token.text == "default");
            let slot = match is_default {
                true => {
                    self.next();
                    &mut other
                }
                false => {
                    let ty = self.type_name()?;
                    let types = self.target().types();
                    match are_compatible_unqualified(types, ty.id, control.id)? {
                        true => &mut matching,
                        false => &mut None,
                    }
                }
            };
            self.expect(":")?;
            // Only the one that is chosen need have a value.
            let position = slot.is_none();
            let object = self.attempt(Self::conditional);
            match object {
                Some(object) if position => *slot = Some(object),
                Some(_) => {}
                None => {
                    self.evaluated_if(false, Self::conditional)?;
                }
            }
        }
        matching
            .or(other)
            .ok_or_else(|| Error::type_("no type of _Generic is that of its operand"))
    }
}

enum Builtin {
    Offset,
    Choose,
    Compatible,
    IsConstant,
    Expect,
    Generic,
    Infinity(Primitive),
    NotANumber(Primitive),
    /// A number from the bits of an operand of this type, of which there are so many.
    Bits {
        count: CountBits,
        operand: Primitive,
    },
    Swap(Primitive),
}

impl Builtin {
    fn find(name: &str) -> Option<Self> {
        if let Some(name) = name.strip_prefix("__builtin_") {
            return Self::find_gnu(name);
        }
        match name {
            "offsetof" => Some(Self::Offset),
            "_Generic" => Some(Self::Generic),
            _ => None,
        }
    }

    fn find_gnu(name: &str) -> Option<Self> {
        let float = |suffix| match suffix {
            "" => Some(Primitive::Double),
            "f" => Some(Primitive::Float),
            "l" => Some(Primitive::LongDouble),
            "f16" => Some(Primitive::Float16),
            "f32" => Some(Primitive::Float32),
            "f64" => Some(Primitive::Float64),
            "f128" => Some(Primitive::Float128),
            _ => None,
        };
        match name {
            "offsetof" => return Some(Self::Offset),
            "choose_expr" => return Some(Self::Choose),
            "types_compatible_p" => return Some(Self::Compatible),
            "constant_p" => return Some(Self::IsConstant),
            "expect" => return Some(Self::Expect),
            "bswap16" => return Some(Self::Swap(Primitive::UnsignedShort)),
            "bswap32" => return Some(Self::Swap(Primitive::UnsignedInt)),
            "bswap64" => return Some(Self::Swap(Primitive::UnsignedLongLong)),
            _ => {}
        }
        for prefix in ["inf", "huge_val"] {
            if let Some(primitive) = name.strip_prefix(prefix).and_then(float) {
                return Some(Self::Infinity(primitive));
            }
        }
        if let Some(primitive) = name.strip_prefix("nan").and_then(float) {
            return Some(Self::NotANumber(primitive));
        }
        const COUNTS: &[(&str, CountBits)] = &[
            ("clz", |value, bits| {
                value.leading_zeros().saturating_sub(64 - bits.min(64))
            }),
            ("ctz", |value, bits| value.trailing_zeros().min(bits)),
            ("ffs", |value, _| match value {
                0 => 0,
                _ => value.trailing_zeros() + 1,
            }),
            ("popcount", |value, _| value.count_ones()),
            ("parity", |value, _| value.count_ones() % 2),
        ];
        COUNTS.iter().find_map(|(known, count)| {
            let operand = match name.strip_prefix(known)? {
                "" => Primitive::UnsignedInt,
                "l" => Primitive::UnsignedLong,
                "ll" => Primitive::UnsignedLongLong,
                _ => return None,
            };
            Some(Self::Bits {
                count: *count,
                operand,
            })
        })
    }
}
