use super::location::{Context, FrameState};
use crate::entry::Die;
use crate::{DebugInfoError, DieId};
use gimli::{DebugAddrIndex, UnitOffset, constants as dw};
use spelunk_unwind::expression::{
    self, BaseKind, BaseType, DieReference, DwarfRegister, Encoding, Environment, ExpressionError,
    PieceKind,
};
use spelunk_unwind::{StepError, canonical_frame_address};
use std::sync::Arc;

/// What is outside of an expression in the debug information of a frame's function.
pub(super) struct FrameEnvironment<'c, 'd, 'a> {
    context: Context<'c, 'a>,
    /// The entry that the expression belongs to: its unit counts.
    die: &'d Die<'d, 'a>,
    /// Whether this is for the frame base, which may not be relative to itself.
    in_frame_base: bool,
}

impl<'c, 'd, 'a> FrameEnvironment<'c, 'd, 'a> {
    pub(super) fn new(context: Context<'c, 'a>, die: &'d Die<'d, 'a>) -> Self {
        Self {
            context,
            die,
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

    /// The entry that an expression refers to.
    fn find(&self, reference: DieReference) -> Option<DieId> {
        let offset = |offset| usize::try_from(offset).ok();
        match reference {
            DieReference::Unit(in_unit) => {
                let header = &self.die.unit().header;
                let in_unit = UnitOffset(offset(in_unit)?);
                let in_unit = in_unit.is_in_bounds(header).then_some(in_unit)?;
                Some(self.die.unit().die_id(in_unit))
            }
            DieReference::Section(in_section) => {
                Some(self.die.unit().die_in_section(offset(in_section)?))
            }
        }
    }

    fn die(&self, reference: DieReference) -> Result<Die<'_, 'a>, ExpressionError> {
        let die = self
            .find(reference)
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

impl Environment for FrameEnvironment<'_, '_, '_> {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        let registers = self.frame().registers;
        registers
            .find_dwarf(register)
            .and_then(|register| registers.get(register))
            .map(u128::from)
            .ok_or(ExpressionError::UnknownRegister(register))
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
        let size = die.unsigned(dw::DW_AT_byte_size);
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
            size: size.ok_or(ExpressionError::Missing("size of the base type"))?,
        })
    }
}
