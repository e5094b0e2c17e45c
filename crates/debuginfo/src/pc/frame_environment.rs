use super::context::Context;
use super::frame_state::{CallArgument, FrameState, Surroundings};
use super::producer::Producer;
use crate::entry::Die;
use crate::{DebugInfoError, DieId};
use gimli::{DebugAddrIndex, UnitOffset, constants as dw};
use spelunk_unwind::expression::{
    self, BaseKind, BaseType, DieReference, DwarfRegister, Encoding, Environment, ExpressionError,
    PieceKind, Value,
};
use spelunk_unwind::{StepError, canonical_frame_address};
use std::sync::Arc;

/// What is outside of an expression in the debug information of a frame's function.
pub(super) struct FrameEnvironment<'c, 'd, 'a> {
    context: Context<'c, 'a>,
    /// The entry that the expression belongs to: its unit counts.
    die: &'d Die<'d, 'a>,
    /// How many of the lowest bytes count of what the expression is computed from.
    counted: usize,
    /// Whether this is for the frame base, which may not be relative to itself.
    in_frame_base: bool,
}

impl<'c, 'd, 'a> FrameEnvironment<'c, 'd, 'a> {
    pub(super) fn new(context: Context<'c, 'a>, die: &'d Die<'d, 'a>, counted: usize) -> Self {
        Self {
            context,
            die,
            counted,
            in_frame_base: false,
        }
    }

    pub(super) fn encoding(&self) -> Encoding {
        let unit = self.die.unit().encoding();
        Encoding {
            byte_order: self.frame().platform.byte_order,
            address_size: unit.address_size,
            offset_size: unit.format.word_size(),
            version: unit.version,
        }
    }

    fn frame(&self) -> &FrameState<'c> {
        &self.context.frame
    }

    /// The value of a register in the frame, also of one that is lost since.
    pub(super) fn register_value(&self, register: DwarfRegister) -> Result<Value, ExpressionError> {
        let registers = self.frame().registers;
        let found = registers.find_dwarf(register);
        let known = found.and_then(|register| registers.get(register));
        if let Some(known) = known
            && found == Some(registers.arch().stack_pointer)
            && Producer::of(self.context.units, self.die).forgets_pushes()
        {
            let pushed = self.context.file.pushed_at(self.context.file_pc);
            return Ok(Value::generic(known.wrapping_add(pushed), 64));
        }
        match (known, self.frame().around) {
            (Some(known), _) => Ok(Value::generic(known, 64)),
            (None, Some(around)) => around.at_call(register, self.counted),
            (None, None) => Err(ExpressionError::UnknownRegister(register)),
        }
    }

    fn around(&self) -> Result<&'c dyn Surroundings, ExpressionError> {
        let around = self.frame().around;
        around.ok_or(ExpressionError::Missing("caller"))
    }

    fn generic(&self, number: u64) -> Value {
        Value::generic(number, u32::from(self.encoding().address_size) * 8)
    }

    fn die(&self, reference: DieReference) -> Result<Die<'_, 'a>, ExpressionError> {
        let die = self
            .die
            .referenced(reference)
            .and_then(|die| self.context.units.die(die).ok());
        die.ok_or(ExpressionError::Missing(
            "entry that the expression refers to",
        ))
    }

    fn frame_base_of(&self, function: &Die<'_, 'a>) -> Result<Option<u64>, DebugInfoError> {
        let Some(bytes) = self.context.expression(function, dw::DW_AT_frame_base)? else {
            return Ok(None);
        };
        let environment = FrameEnvironment {
            context: self.context,
            die: function,
            counted: 8,
            in_frame_base: true,
        };
        let location = expression::evaluate(&bytes, environment.encoding(), &environment);
        let place = location
            .ok()
            .and_then(|location| location.as_whole().cloned());
        Ok(match place {
            Some(PieceKind::Memory(address)) => Some(address),
            Some(PieceKind::Value(value)) => Some(value.to_u64()),
            // The frame base is then what the register holds (DWARF 5, section 3.3.5).
            Some(PieceKind::Register(register)) => {
                let value = environment.register(register).ok();
                value.and_then(|value| u64::try_from(value).ok())
            }
            _ => None,
        })
    }
}

impl Die<'_, '_> {
    /// The entry that an expression in this one refers to.
    pub(super) fn referenced(&self, reference: DieReference) -> Option<DieId> {
        let offset = |offset| usize::try_from(offset).ok();
        match reference {
            DieReference::Unit(in_unit) => {
                let in_unit = UnitOffset(offset(in_unit)?);
                let in_unit = in_unit
                    .is_in_bounds(&self.unit().header)
                    .then_some(in_unit)?;
                Some(self.unit().die_id(in_unit))
            }
            DieReference::Section(in_section) => {
                Some(self.unit().die_in_section(offset(in_section)?))
            }
        }
    }
}

impl Environment for FrameEnvironment<'_, '_, '_> {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        self.register_value(register).map(|value| bits(&value))
    }

    fn memory(&self, address: u64, buffer: &mut [u8]) -> Result<(), ExpressionError> {
        Ok(self.frame().memory.read(address, buffer)?)
    }

    fn relocate(&self, address: u64) -> u64 {
        self.context.bias.relocate(address)
    }

    fn frame_base(&self) -> Result<u64, ExpressionError> {
        let missing = ExpressionError::Missing("frame base");
        if self.in_frame_base {
            return Err(missing);
        }
        let function = self.context.units.die(self.context.function);
        let base = function.and_then(|function| self.frame_base_of(&function));
        base.ok().flatten().ok_or(missing)
    }

    fn cfa(&self) -> Result<u64, ExpressionError> {
        let frame = self.frame();
        let row = frame
            .row
            .ok_or(ExpressionError::Missing("canonical frame address"))?;
        canonical_frame_address(frame.registers, row, frame.platform, frame.memory).map_err(
            |error| match error {
                StepError::Expression(error) => error,
                StepError::Memory(error) => error.into(),
                _ => ExpressionError::Missing("canonical frame address"),
            },
        )
    }

    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        self.around()?.thread_local(offset)
    }

    fn entry_value(&self, expression: &[u8]) -> Result<Value, ExpressionError> {
        let around = self.around()?;
        if let Some(register) = dereferenced_register(expression) {
            return around.at_entry(CallArgument::Pointee(register), 8);
        }
        let entry = AtEntry {
            frame: self,
            around,
        };
        match expression::compute(expression, self.encoding(), &entry)? {
            PieceKind::Register(register) => {
                around.at_entry(CallArgument::Register(register), self.counted)
            }
            PieceKind::Value(value) => Ok(value),
            _ => Err(ExpressionError::NotAValue),
        }
    }

    fn parameter(&self, parameter: DieReference) -> Result<Value, ExpressionError> {
        let parameter = self
            .die
            .referenced(parameter)
            .ok_or(ExpressionError::Missing(
                "entry that the expression refers to",
            ))?;
        let parameter = CallArgument::Parameter(parameter);
        self.around()?.at_entry(parameter, self.counted)
    }

    fn variable(&self, die: DieReference) -> Result<Value, ExpressionError> {
        let missing = ExpressionError::Missing("value of the variable");
        let number = self
            .die
            .referenced(die)
            .and_then(|die| self.context.variable_number(die).ok().flatten());
        number.map(|number| self.generic(number)).ok_or(missing)
    }

    fn address_at(&self, index: u64) -> Result<u64, ExpressionError> {
        let index = usize::try_from(index).ok().map(DebugAddrIndex);
        let dwarf = self.die.unit().dwarf();
        index
            .and_then(|index| dwarf.address(self.die.unit(), index).ok())
            .ok_or(ExpressionError::Missing("entry of .debug_addr"))
    }

    fn call(&self, die: DieReference) -> Result<Option<Arc<[u8]>>, ExpressionError> {
        let die = self.die(die)?;
        let expression = self.context.expression(&die, dw::DW_AT_location);
        let expression = expression.map_err(|_| ExpressionError::Missing("called expression"))?;
        Ok(expression.map(|bytes| bytes.slice().into()))
    }

    fn base_type(&self, offset: u64) -> Result<BaseType, ExpressionError> {
        let die = self.die(DieReference::Unit(offset))?;
        let encoding = match die.attr(dw::DW_AT_encoding) {
            Some(gimli::AttributeValue::Encoding(encoding)) => encoding,
            _ => return Err(ExpressionError::Missing("base type")),
        };
        Ok(BaseType {
            kind: match encoding {
                dw::DW_ATE_signed | dw::DW_ATE_signed_char => BaseKind::Signed,
                dw::DW_ATE_unsigned
                | dw::DW_ATE_unsigned_char
                | dw::DW_ATE_boolean
                | dw::DW_ATE_address
                | dw::DW_ATE_UTF
                | dw::DW_ATE_UCS
                | dw::DW_ATE_ASCII => BaseKind::Unsigned,
                dw::DW_ATE_float => BaseKind::Float,
                _ => BaseKind::Other,
            },
            bit_size: bit_size(&die).ok_or(ExpressionError::Missing("size of the base type"))?,
        })
    }
}

/// The size in bits of a base type that an expression refers to.
///
/// Situation: values of LLVM's types `i1` are converted to "base types" of it in expressions, of a whole byte.
/// Evidence: the names of these, `DW_ATE_unsigned_1`, are all that is left of the width (`DwarfCompileUnit` and
/// `DwarfExpression` of LLVM 14 and 19); what is converted has all bits of `DW_OP_not` otherwise. Remedy: the
/// width is taken from such names.
fn bit_size(die: &Die<'_, '_>) -> Option<u64> {
    let bytes = die.unsigned(dw::DW_AT_byte_size);
    let bits = die.unsigned(dw::DW_AT_bit_size);
    let bits = bits.or_else(|| bytes?.checked_mul(8))?;
    let name = die.name().ok().flatten();
    let named = name.as_deref().and_then(|name| {
        let width = name
            .strip_prefix("DW_ATE_unsigned_")
            .or_else(|| name.strip_prefix("DW_ATE_signed_"));
        width?.parse().ok()
    });
    Some(
        named
            .filter(|width| (1..=bits).contains(width))
            .unwrap_or(bits),
    )
}

/// A frame as it was when its function was entered. Memory is not as it was.
struct AtEntry<'e, 'c, 'd, 'a> {
    frame: &'e FrameEnvironment<'c, 'd, 'a>,
    around: &'c dyn Surroundings,
}

impl Environment for AtEntry<'_, '_, '_, '_> {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        let argument = CallArgument::Register(register);
        let value = self.around.at_entry(argument, self.frame.counted)?;
        Ok(bits(&value))
    }

    fn memory(&self, _: u64, _: &mut [u8]) -> Result<(), ExpressionError> {
        Err(ExpressionError::Missing(
            "memory as it was at entry to the function",
        ))
    }

    fn relocate(&self, address: u64) -> u64 {
        self.frame.relocate(address)
    }

    fn cfa(&self) -> Result<u64, ExpressionError> {
        self.frame.cfa()
    }

    fn address_at(&self, index: u64) -> Result<u64, ExpressionError> {
        self.frame.address_at(index)
    }

    fn base_type(&self, offset: u64) -> Result<BaseType, ExpressionError> {
        self.frame.base_type(offset)
    }
}

/// The bits that a register has that holds `value`.
fn bits(value: &Value) -> u128 {
    if value.size() > 8 {
        value.bits()
    } else {
        value.to_u64().into()
    }
}

/// The register at whose value memory is read, if an expression does this and no more.
fn dereferenced_register(expression: &[u8]) -> Option<DwarfRegister> {
    let breg = dw::DW_OP_breg0.0..=dw::DW_OP_breg31.0;
    let (first, rest) = expression.split_first()?;
    let is_read = match rest {
        [0, deref] => *deref == dw::DW_OP_deref.0,
        [0, deref, _] => *deref == dw::DW_OP_deref_size.0,
        [0, deref, ..] => *deref == dw::DW_OP_deref_type.0 || *deref == dw::DW_OP_GNU_deref_type.0,
        _ => false,
    };
    let number = first.checked_sub(dw::DW_OP_breg0.0)?;
    (breg.contains(first) && is_read).then(|| DwarfRegister(number.into()))
}
