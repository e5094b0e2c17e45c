use crate::{DebugFile, DebugInfoError, Scope, Variable};
use spelunk_base::Platform;
use spelunk_types::QualifiedType;
use spelunk_unwind::expression::{ExpressionError, Location};
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
}

/// Where a variable is, or what it is.
#[derive(Clone, Debug)]
pub enum VariableValue {
    /// There.
    At(Location),
    /// It is this number, whatever its type's size (`DW_AT_const_value`).
    Constant(i128),
    /// It has these bytes (`DW_AT_const_value` with a block).
    Bytes(Vec<u8>),
    /// It has no location at this address: optimized out.
    OptimizedOut,
    /// Its location cannot be computed in this frame, for this reason.
    Unknown(ExpressionError),
}

impl DebugFile {
    /// The type of a variable.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn variable_type(&self, variable: &Variable) -> Result<QualifiedType, DebugInfoError> {
        let _ = variable;
        Err(DebugInfoError::Missing {
            file: self.name().to_owned(),
            what: "types of variables yet",
        })
    }

    /// Where `variable` of `scope` is in the frame.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn locate(
        &self,
        variable: &Variable,
        scope: &Scope,
        frame: FrameState<'_>,
    ) -> Result<VariableValue, DebugInfoError> {
        let _ = (variable, scope, frame);
        Ok(VariableValue::OptimizedOut)
    }
}
