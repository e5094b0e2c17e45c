//! How many bytes of what an expression is computed from count.

use super::context::Context;
use crate::entry::Die;
use crate::types::storage_size;
use gimli::{Operation, UnitOffset, constants as dw};

/// Bytes of a register.
const WHOLE: usize = 8;

impl<'a> Context<'_, 'a> {
    /// Of the value that an expression computes for a variable.
    pub(super) fn counted_of_variable(&self, die: &Die<'_, 'a>, expression: &[u8]) -> usize {
        let is_value = expression.last() == Some(&dw::DW_OP_stack_value.0);
        let size = self
            .units
            .integrate(die.id(), |die| Ok(storage_size(die).ok()));
        let size = size
            .ok()
            .flatten()
            .and_then(|size| usize::try_from(size).ok());
        match size.filter(|_| is_value) {
            Some(size) => self.counted(die, expression, size),
            None => WHOLE,
        }
    }

    /// If the lowest `size` bytes of what an expression computes are wanted.
    pub(super) fn counted(&self, die: &Die<'_, 'a>, expression: &[u8], size: usize) -> usize {
        let is_part = (1..WHOLE).contains(&size);
        if is_part && self.computes_from_lowest_bytes(die, expression).is_some() {
            size
        } else {
            WHOLE
        }
    }

    /// Whether the lowest bytes of the result come from the lowest bytes of all that it is computed from, and nothing
    /// else: so it is with integers that are added, multiplied, negated, and with bits.
    fn computes_from_lowest_bytes(&self, die: &Die<'_, 'a>, expression: &[u8]) -> Option<()> {
        let mut operations = self.operations(die, expression);
        while let Some(operation) = operations.next().ok()? {
            let is_integer = |base| self.is_integer(die, base);
            let keeps = match operation {
                Operation::Register { .. }
                | Operation::PlusConstant { .. }
                | Operation::Plus
                | Operation::Minus
                | Operation::Mul
                | Operation::And
                | Operation::Or
                | Operation::Xor
                | Operation::Not
                | Operation::Neg
                | Operation::Nop
                | Operation::UnsignedConstant { .. }
                | Operation::SignedConstant { .. }
                | Operation::ParameterRef { .. }
                | Operation::StackValue => true,
                Operation::RegisterOffset { base_type, .. } | Operation::Convert { base_type } => {
                    is_integer(base_type)
                }
                Operation::EntryValue { expression } => self
                    .computes_from_lowest_bytes(die, expression.slice())
                    .is_some(),
                _ => false,
            };
            keeps.then_some(())?;
        }
        Some(())
    }

    /// Whether a type in an expression is an integer; 0 is the generic type.
    fn is_integer(&self, die: &Die<'_, 'a>, base: UnitOffset) -> bool {
        if base.0 == 0 {
            return true;
        }
        let ty = base
            .is_in_bounds(&die.unit().header)
            .then(|| self.units.die(die.unit().die_id(base)).ok());
        let encoding = ty.flatten().and_then(|ty| ty.attr(dw::DW_AT_encoding));
        let integers = [
            dw::DW_ATE_signed,
            dw::DW_ATE_unsigned,
            dw::DW_ATE_signed_char,
            dw::DW_ATE_unsigned_char,
        ];
        matches!(encoding, Some(gimli::AttributeValue::Encoding(encoding)) if integers.contains(&encoding))
    }
}
