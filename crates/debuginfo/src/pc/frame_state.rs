use crate::DieId;
use spelunk_base::Platform;
use spelunk_unwind::expression::{DwarfRegister, ExpressionError, Value};
use spelunk_unwind::{Memory, Registers, Row};

/// What is known of the frame whose variables are looked at.
#[derive(Clone, Copy)]
pub struct FrameState<'a> {
    /// The address whose scope it is: where the frame was interrupted, or 1 less than where it
    /// will return to.
    pub pc: u64,
    /// The registers in the frame.
    pub registers: &'a Registers,
    /// The row at the address, for variables that are relative to the CFA.
    pub row: Option<&'a Row>,
    /// The machine.
    pub platform: Platform,
    /// The target's memory.
    pub memory: &'a dyn Memory,
    /// The frames around it, if there are any.
    pub around: Option<&'a dyn Surroundings>,
}

/// Something that a call passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallArgument {
    /// What this register holds.
    Register(DwarfRegister),
    /// What is in memory at the address that this register holds.
    Pointee(DwarfRegister),
    /// What the source code passes for this `DW_TAG_formal_parameter`, which the function was
    /// compiled to do without.
    Parameter(DieId),
}

/// What the frames around a frame tell of it.
pub trait Surroundings {
    /// What was passed when the frame's function was entered. Of it the lowest `size` bytes count, the others may be
    /// any.
    ///
    /// # Errors
    ///
    /// If that cannot be told.
    fn at_entry(&self, argument: CallArgument, size: usize) -> Result<Value, ExpressionError>;

    /// What a register, lost since, held when the frame made the call that it is in. Of it the lowest `size` bytes
    /// count, the others may be any.
    ///
    /// # Errors
    ///
    /// If that cannot be told.
    fn at_call(&self, register: DwarfRegister, size: usize) -> Result<Value, ExpressionError>;

    /// The address of what stands at `offset` in the module's thread-local storage.
    ///
    /// # Errors
    ///
    /// If the thread or its storage is not known.
    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError>;
}
