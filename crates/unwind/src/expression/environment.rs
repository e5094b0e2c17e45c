use super::{BaseType, ExpressionError, Value};
use std::sync::Arc;

/// A register by the number that DWARF gives it on the architecture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DwarfRegister(pub u64);

/// A DIE that an expression refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DieReference {
    /// By its offset from the header of the unit that the expression stands in.
    Unit(u64),
    /// By its offset in `.debug_info`.
    Section(u64),
}

/// What is outside an expression.
///
/// A method that is not implemented answers [`ExpressionError::Missing`].
pub trait Environment {
    /// The bits of a register, the lowest first.
    ///
    /// # Errors
    ///
    /// [`ExpressionError::UnknownRegister`] if its value is not known.
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError>;

    /// Fills `buffer` with the memory from `address` on.
    ///
    /// # Errors
    ///
    /// [`ExpressionError::Memory`] if it cannot be read.
    fn memory(&self, address: u64, buffer: &mut [u8]) -> Result<(), ExpressionError>;

    /// The address, in the one space of addresses that [`memory`](Self::memory) is of, of what
    /// stands at `address` of address space `space` (`DW_OP_xderef`). Space 0 is that one.
    ///
    /// # Errors
    ///
    /// If there is no such space.
    fn flat_address(&self, space: u64, address: u64) -> Result<u64, ExpressionError> {
        match space {
            0 => Ok(address),
            _ => Err(ExpressionError::Missing("address space")),
        }
    }

    /// The address in the target of an address in the file (`DW_OP_addr`).
    fn relocate(&self, address: u64) -> u64 {
        address
    }

    /// The frame base of the function (`DW_OP_fbreg`).
    ///
    /// # Errors
    ///
    /// If it has none, or it cannot be computed.
    fn frame_base(&self) -> Result<u64, ExpressionError> {
        Err(ExpressionError::Missing("frame base"))
    }

    /// The canonical frame address (`DW_OP_call_frame_cfa`).
    ///
    /// # Errors
    ///
    /// If it is not known.
    fn cfa(&self) -> Result<u64, ExpressionError> {
        Err(ExpressionError::Missing("canonical frame address"))
    }

    /// The address of what stands at `offset` in the thread-local storage of the module
    /// (`DW_OP_form_tls_address`).
    ///
    /// # Errors
    ///
    /// If the thread or its storage is not known.
    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        let _ = offset;
        Err(ExpressionError::Missing("thread-local storage"))
    }

    /// Entry `index` of the unit's part of `.debug_addr` (`DW_OP_addrx`, `DW_OP_constx`), as it
    /// stands there.
    ///
    /// # Errors
    ///
    /// If there is no such entry.
    fn address_at(&self, index: u64) -> Result<u64, ExpressionError> {
        let _ = index;
        Err(ExpressionError::Missing("table of addresses"))
    }

    /// What `expression` was when the function was entered (`DW_OP_entry_value`), as call site
    /// information tells.
    ///
    /// # Errors
    ///
    /// If that cannot be told.
    fn entry_value(&self, expression: &[u8]) -> Result<Value, ExpressionError> {
        let _ = expression;
        Err(ExpressionError::Missing("value at entry to the function"))
    }

    /// What the caller passed for the parameter `parameter` (`DW_OP_GNU_parameter_ref`).
    ///
    /// # Errors
    ///
    /// If that cannot be told.
    fn parameter(&self, parameter: DieReference) -> Result<Value, ExpressionError> {
        let _ = parameter;
        Err(ExpressionError::Missing("value of the caller's parameter"))
    }

    /// The location expression of `die` (`DW_OP_call2` and its like); `None` if it has none.
    ///
    /// # Errors
    ///
    /// If there is no such DIE.
    fn call(&self, die: DieReference) -> Result<Option<Arc<[u8]>>, ExpressionError> {
        let _ = die;
        Err(ExpressionError::Missing("called expression"))
    }

    /// The value of the variable `die` (`DW_OP_GNU_variable_value`).
    ///
    /// # Errors
    ///
    /// If that cannot be told.
    fn variable(&self, die: DieReference) -> Result<Value, ExpressionError> {
        let _ = die;
        Err(ExpressionError::Missing("value of the variable"))
    }

    /// The base type whose DIE is at `offset` in the unit (`DW_OP_convert` and its like).
    ///
    /// # Errors
    ///
    /// If it is none.
    fn base_type(&self, offset: u64) -> Result<BaseType, ExpressionError> {
        let _ = offset;
        Err(ExpressionError::Missing("base type"))
    }

    /// The address of the object that is being looked at (`DW_OP_push_object_address`).
    ///
    /// # Errors
    ///
    /// If there is none.
    fn object_address(&self) -> Result<u64, ExpressionError> {
        Err(ExpressionError::Missing("address of the object"))
    }
}
