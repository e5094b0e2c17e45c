use crate::entry::Die;
use crate::error::DebugInfoError;
use gimli::{AttributeValue, Expression, Operation, constants as dw};
use spelunk_base::ByteOrder;

/// Where a member is in its structure.
pub(super) struct MemberPlace {
    /// From the start of the structure.
    pub(super) bit_offset: u64,
    /// Width, of a bit field.
    pub(super) bit_field_size: Option<u64>,
}

impl MemberPlace {
    /// Where the member (or base class) is, whichever way DWARF says it.
    pub(super) fn of(die: &Die<'_, '_>, order: ByteOrder) -> Result<Self, DebugInfoError> {
        let overflow = || die.damaged("member is too far from the start of its type");
        let byte_offset = byte_offset(die)?;
        let bit_offset = byte_offset.checked_mul(8).ok_or_else(overflow)?;
        let bit_field_size = die.unsigned(dw::DW_AT_bit_size);
        let at = |bit_offset: Option<u64>| {
            Ok(Self {
                bit_offset: bit_offset.ok_or_else(overflow)?,
                bit_field_size,
            })
        };
        let Some(size) = bit_field_size else {
            return at(Some(bit_offset));
        };
        // DWARF 4 and later: counted in the order of memory.
        if let Some(offset) = die.unsigned(dw::DW_AT_data_bit_offset) {
            return at(bit_offset.checked_add(offset));
        }
        // DWARF 2 and 3: from the most significant bit of the storage unit to the field's,
        // negative where the field hangs out of the unit (DWARF 3, section 5.6.6).
        let Some(offset) = signed(die, dw::DW_AT_bit_offset) else {
            return at(Some(bit_offset));
        };
        match order {
            ByteOrder::Big => at(bit_offset.checked_add_signed(offset)),
            ByteOrder::Little => {
                let unit = storage_size(die)?.checked_mul(8).ok_or_else(overflow)?;
                let end = bit_offset.checked_add(unit).ok_or_else(overflow)?;
                let start = end.checked_sub(size).ok_or_else(overflow)?;
                let negated = offset.checked_neg().ok_or_else(overflow)?;
                at(start.checked_add_signed(negated))
            }
        }
    }
}

fn signed(die: &Die<'_, '_>, name: gimli::DwAt) -> Option<i64> {
    match die.attr(name)? {
        AttributeValue::Sdata(value) => Some(value),
        value => value.udata_value().map(u64::cast_signed),
    }
}

/// The offset of the member, or of its storage unit, in bytes.
fn byte_offset(die: &Die<'_, '_>) -> Result<u64, DebugInfoError> {
    match die.attr(dw::DW_AT_data_member_location) {
        // Members of a union, and bit fields of DWARF 4, have none.
        None => Ok(0),
        Some(AttributeValue::Exprloc(expression)) => constant_offset(die, expression),
        Some(AttributeValue::LocationListsRef(_)) => {
            Err(die.damaged("members whose place is a list of locations are not supported"))
        }
        Some(value) => value
            .udata_value()
            .ok_or_else(|| die.damaged("member has an invalid DW_AT_data_member_location")),
    }
}

/// Where in the table of virtual functions it stands where a virtual base class is; `None` for
/// other base classes.
///
/// The address of the object is on the stack: GCC and Clang push it again, fetch the table's
/// address from there, go down in the table, and add what they find to the object's address.
pub(super) fn virtual_base(die: &Die<'_, '_>) -> Result<Option<i64>, DebugInfoError> {
    use Operation as O;
    let Some(AttributeValue::Exprloc(expression)) = die.attr(dw::DW_AT_data_member_location) else {
        return Ok(None);
    };
    let mut operations = expression.operations(die.unit().encoding());
    let mut next = || {
        let operation = operations.next();
        operation.map_err(|error| die.damaged(error.to_string()))
    };
    let (Some(O::Pick { index: 0 }), Some(O::Deref { .. })) = (next()?, next()?) else {
        return Ok(None);
    };
    let offset = match (next()?, next()?) {
        (Some(O::UnsignedConstant { value }), Some(O::Minus)) => value.cast_signed().checked_neg(),
        (Some(O::SignedConstant { value }), Some(O::Plus)) => Some(value),
        _ => None,
    };
    match (next()?, next()?, next()?) {
        (Some(O::Deref { .. }), Some(O::Plus), None) => Ok(offset),
        _ => Ok(None),
    }
}

/// What an expression of DWARF 2 adds to the address of the structure.
fn constant_offset<R: gimli::Reader>(
    die: &Die<'_, '_>,
    expression: Expression<R>,
) -> Result<u64, DebugInfoError> {
    let mut operations = expression.operations(die.unit().encoding());
    let mut next = || {
        operations
            .next()
            .map_err(|error| die.damaged(error.to_string()))
    };
    let offset = match (next()?, next()?) {
        (Some(Operation::PlusConstant { value }), None) => Some(value),
        (Some(Operation::UnsignedConstant { value }), None) => Some(value),
        (Some(Operation::UnsignedConstant { value }), Some(Operation::Plus)) => Some(value),
        _ => None,
    };
    offset.ok_or_else(|| {
        die.damaged("members whose place must be computed in this way are not supported")
    })
}

/// Whether objects of the type are addresses, whose size Clang leaves out.
fn is_address(tag: gimli::DwTag) -> bool {
    matches!(
        tag,
        dw::DW_TAG_pointer_type | dw::DW_TAG_reference_type | dw::DW_TAG_rvalue_reference_type
    )
}

/// The size of a member or variable in bytes, where DWARF says it: its own (of the unit that a bit
/// field is counted in), else its type's, which a definition leaves to its declaration.
pub(crate) fn storage_size(die: &Die<'_, '_>) -> Result<u64, DebugInfoError> {
    if let Some(size) = die.unsigned(dw::DW_AT_byte_size) {
        return Ok(size);
    }
    let mut ty = match (die.reference(dw::DW_AT_type)?, die.origin()?) {
        (None, Some(declaration)) => declaration.reference(dw::DW_AT_type)?,
        (ty, _) => ty,
    };
    for _ in 0..super::MAX_CHAIN {
        let Some(id) = ty else { break };
        let behind = die.units().die(id)?;
        if let Some(size) = behind.unsigned(dw::DW_AT_byte_size) {
            return Ok(size);
        }
        if is_address(behind.tag()) {
            return Ok(behind.unit().encoding().address_size.into());
        }
        ty = behind.reference(dw::DW_AT_type)?;
    }
    Err(die.damaged("type of the member or variable has no size"))
}
