//! DWARF expressions, in every encoding, with an environment that answers all and one that answers
//! nothing.

use spelunk_base::ByteOrder;
use spelunk_unwind::Unreadable;
use spelunk_unwind::expression::{
    BaseKind, BaseType, DieReference, DwarfRegister, Encoding, Environment, ExpressionError, Value,
    evaluate, evaluate_value,
};
use std::sync::Arc;

struct Nothing;

impl Environment for Nothing {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        Err(ExpressionError::UnknownRegister(register))
    }

    fn memory(&self, address: u64, _: &mut [u8]) -> Result<(), ExpressionError> {
        Err(Unreadable { address }.into())
    }
}

/// Answers with what the bytes hold.
struct Everything(Arc<[u8]>);

impl Environment for Everything {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        Ok(u128::from(register.0) << 64 | u128::from(register.0))
    }

    fn memory(&self, address: u64, buffer: &mut [u8]) -> Result<(), ExpressionError> {
        for (offset, byte) in (0..).zip(buffer) {
            let index = address.wrapping_add(offset) % self.0.len().max(1) as u64;
            *byte = self.0.get(index as usize).copied().unwrap_or(0);
        }
        Ok(())
    }

    fn flat_address(&self, space: u64, address: u64) -> Result<u64, ExpressionError> {
        Ok(address ^ space)
    }

    fn frame_base(&self) -> Result<u64, ExpressionError> {
        Ok(u64::MAX)
    }

    fn cfa(&self) -> Result<u64, ExpressionError> {
        Ok(8)
    }

    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        Ok(offset)
    }

    fn address_at(&self, index: u64) -> Result<u64, ExpressionError> {
        Ok(index)
    }

    fn entry_value(&self, expression: &[u8]) -> Result<Value, ExpressionError> {
        Ok(Value::generic(expression.len() as u64, 64))
    }

    fn parameter(&self, _: DieReference) -> Result<Value, ExpressionError> {
        Ok(Value::generic(1, 32))
    }

    fn call(&self, _: DieReference) -> Result<Option<Arc<[u8]>>, ExpressionError> {
        Ok(Some(Arc::clone(&self.0)))
    }

    fn variable(&self, _: DieReference) -> Result<Value, ExpressionError> {
        self.base_type(3).and_then(|ty| Value::typed(ty, u128::MAX))
    }

    fn base_type(&self, offset: u64) -> Result<BaseType, ExpressionError> {
        let kinds = [
            BaseKind::Signed,
            BaseKind::Unsigned,
            BaseKind::Float,
            BaseKind::Other,
        ];
        let kind = kinds
            .get(offset as usize % 4)
            .copied()
            .unwrap_or(BaseKind::Other);
        Ok(BaseType {
            kind,
            bit_size: offset / 4 % 130,
        })
    }

    fn object_address(&self) -> Result<u64, ExpressionError> {
        Ok(0)
    }
}

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let everything = Everything(data.into());
    for byte_order in [ByteOrder::Little, ByteOrder::Big] {
        for address_size in [0, 1, 2, 4, 8, 255] {
            let encoding = Encoding {
                byte_order,
                address_size,
                offset_size: if address_size == 2 { 8 } else { 4 },
                version: u16::from(address_size),
            };
            let _ = evaluate(data, encoding, &Nothing);
            let _ = evaluate(data, encoding, &everything);
            let _ = evaluate_value(data, encoding, Some(1), &everything);
        }
    }
}
