use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::load_bias::LoadBias;
use crate::object::{Absence, ObjectValue};
use crate::types::storage_size;
use gimli::{AttributeValue, Format, constants as dw};
use spelunk_base::{ByteOrder, Platform};
use spelunk_unwind::expression::{
    self, DwarfRegister, Encoding, Environment, ExpressionError, PieceKind,
};
use std::cell::Cell;

/// Largest value that is known without memory: a large array's initialiser.
const MAX_BYTES: u64 = 1 << 20;

/// Where a variable that belongs to no frame is, or what it is.
pub(crate) fn variable_value(
    die: &Die<'_, '_>,
    platform: Platform,
    bias: LoadBias,
) -> Result<ObjectValue, DebugInfoError> {
    let origin = die.origin()?;
    let attr = |name| die.attr(name).or_else(|| origin.as_ref()?.attr(name));
    let value = die.attr(dw::DW_AT_const_value);
    let location = attr(dw::DW_AT_location);
    // A definition has its place although the declaration tells its value.
    if let Some(value) = value.or_else(|| match &location {
        Some(_) => None,
        None => attr(dw::DW_AT_const_value),
    }) {
        return constant(die, &value, platform.byte_order);
    }
    let expression = match location {
        Some(AttributeValue::Exprloc(expression)) => expression.0,
        // Here and there in code a register has it; nowhere does memory.
        Some(_) | None => return Ok(ObjectValue::Absent(Absence::OptimizedOut)),
    };
    let encoding = die.unit().encoding();
    let encoding = Encoding {
        byte_order: platform.byte_order,
        address_size: encoding.address_size,
        offset_size: match encoding.format {
            Format::Dwarf32 => 4,
            Format::Dwarf64 => 8,
        },
        version: encoding.version,
    };
    let fixed = Fixed {
        die,
        bias,
        is_thread_local: Cell::new(false),
    };
    let location = match expression::evaluate(expression.slice(), encoding, &fixed) {
        Ok(location) => location,
        Err(ExpressionError::Missing(_) | ExpressionError::UnknownRegister(_)) => {
            return Ok(ObjectValue::Absent(Absence::NotImplemented));
        }
        Err(error) => return Err(die.damaged(format!("DW_AT_location: {error}"))),
    };
    Ok(match location.as_whole() {
        Some(PieceKind::Memory(offset)) if fixed.is_thread_local.get() => {
            ObjectValue::ThreadLocal(*offset)
        }
        Some(PieceKind::Memory(address)) if bias.is_left_out(*address, platform.address_mask()) => {
            ObjectValue::Absent(Absence::OptimizedOut)
        }
        Some(PieceKind::Memory(address)) => ObjectValue::Address(address & platform.address_mask()),
        Some(PieceKind::Value(value)) => number(die, value.to_u64().into(), platform.byte_order)?,
        Some(PieceKind::Bytes(bytes)) => ObjectValue::Bytes(bytes[..].into()),
        Some(PieceKind::OptimizedOut) => ObjectValue::Absent(Absence::OptimizedOut),
        _ => ObjectValue::Absent(Absence::NotImplemented),
    })
}

/// Where the code of a function starts.
pub(crate) fn function_value(
    die: &Die<'_, '_>,
    platform: Platform,
    bias: LoadBias,
) -> Result<ObjectValue, DebugInfoError> {
    let dwarf = die.unit().dwarf();
    let damaged = |error: gimli::Error| die.damaged(error.to_string());
    let place = |address| {
        let address = bias.relocate(address) & platform.address_mask();
        match bias.is_left_out(address, platform.address_mask()) {
            true => ObjectValue::Absent(Absence::OptimizedOut),
            false => ObjectValue::Address(address),
        }
    };
    for name in [dw::DW_AT_low_pc, dw::DW_AT_entry_pc] {
        if let Some(value) = die.attr(name)
            && let Some(address) = dwarf.attr_address(die.unit(), value).map_err(damaged)?
        {
            return Ok(place(address));
        }
    }
    if let Some(value) = die.attr(dw::DW_AT_ranges)
        && let Some(mut ranges) = dwarf.attr_ranges(die.unit(), value).map_err(damaged)?
        && let Some(range) = ranges.next().map_err(damaged)?
    {
        return Ok(place(range.begin));
    }
    Ok(ObjectValue::Absent(Absence::OptimizedOut))
}

fn constant(
    die: &Die<'_, '_>,
    value: &AttributeValue<crate::Slice<'_>>,
    order: ByteOrder,
) -> Result<ObjectValue, DebugInfoError> {
    match value {
        AttributeValue::Block(bytes) => Ok(ObjectValue::Bytes(bytes.slice().into())),
        AttributeValue::Exprloc(bytes) => Ok(ObjectValue::Bytes(bytes.0.slice().into())),
        AttributeValue::Sdata(value) => number(die, (*value).into(), order),
        AttributeValue::Data16(value) => number(die, value.cast_signed(), order),
        value => match value.udata_value() {
            Some(value) => number(die, value.into(), order),
            None => match die.unit().dwarf().attr_string(die.unit(), *value) {
                Ok(string) => {
                    let mut bytes = string.slice().to_vec();
                    bytes.push(0);
                    Ok(ObjectValue::Bytes(bytes.into()))
                }
                Err(_) => Err(die.damaged("DW_AT_const_value is no constant")),
            },
        },
    }
}

/// A number as the bytes of the variable's type.
fn number(die: &Die<'_, '_>, value: i128, order: ByteOrder) -> Result<ObjectValue, DebugInfoError> {
    let size = storage_size(die)?;
    let size = usize::try_from(size.min(MAX_BYTES)).unwrap_or(usize::MAX);
    let fill = if value < 0 { 0xff } else { 0 };
    let mut bytes = value.to_le_bytes().to_vec();
    bytes.resize(size, fill);
    if order == ByteOrder::Big {
        bytes.reverse();
    }
    Ok(ObjectValue::Bytes(bytes.into()))
}

/// What an expression can ask where there is no frame: addresses in the file.
struct Fixed<'d, 'u, 'a> {
    die: &'d Die<'u, 'a>,
    bias: LoadBias,
    /// Whether the address counts from where a thread's storage of the module is.
    is_thread_local: Cell<bool>,
}

impl Environment for Fixed<'_, '_, '_> {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        Err(ExpressionError::UnknownRegister(register))
    }

    fn memory(&self, _: u64, _: &mut [u8]) -> Result<(), ExpressionError> {
        Err(ExpressionError::Missing("memory"))
    }

    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        self.is_thread_local.set(true);
        Ok(offset)
    }

    fn relocate(&self, address: u64) -> u64 {
        self.bias.relocate(address)
    }

    fn address_at(&self, index: u64) -> Result<u64, ExpressionError> {
        let missing = ExpressionError::Missing("address in .debug_addr");
        let Ok(index) = usize::try_from(index) else {
            return Err(missing);
        };
        let dwarf = self.die.unit().dwarf();
        dwarf
            .address(self.die.unit(), gimli::DebugAddrIndex(index))
            .map_err(|_| missing)
    }
}
