use super::context::Context;
use super::frame_environment::FrameEnvironment;
use super::frame_state::FrameState;
use crate::entry::Die;
use crate::{DebugFile, DebugInfoError, Scope, Variable};
use gimli::{AttributeValue, constants as dw};
use spelunk_unwind::expression::{self, ExpressionError, Location, PieceKind, Value};
use std::fmt;

/// Where a variable is, or what it is.
#[derive(Clone, PartialEq, Debug)]
pub enum VariableValue {
    /// There.
    At(Location),
    /// It is this number, in as many bits as its type has (`DW_AT_const_value`).
    Constant(i128),
    /// It has these bytes (`DW_AT_const_value` with a block or a string).
    Bytes(Vec<u8>),
    /// It is nowhere at this address.
    OptimizedOut(Gone),
    /// Where it is cannot be told in this frame, for this reason.
    Unknown(ExpressionError),
}

/// Why a variable is nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gone {
    /// Debug information says nowhere where it is: the compiler did without it, or it is only
    /// declared.
    Everywhere,
    /// Debug information does not say where it is at this address, or that it is nowhere.
    Here,
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everywhere => "debugging information does not say where it is, at any address",
            Self::Here => "debugging information does not say where it is at this address",
        })
    }
}

impl DebugFile {
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
        self.with_units(|units| {
            let context = Context::new(self, units, scope, frame);
            let value = units.integrate(variable.die, |die| context.value(die))?;
            Ok(value.unwrap_or(VariableValue::OptimizedOut(Gone::Everywhere)))
        })
    }
}

impl<'a> Context<'_, 'a> {
    pub(super) fn value(&self, die: &Die<'_, 'a>) -> Result<Option<VariableValue>, DebugInfoError> {
        if die.attr(dw::DW_AT_location).is_some() {
            return Ok(Some(match self.expression(die, dw::DW_AT_location)? {
                Some(expression) => self.evaluate(die, &expression),
                None => VariableValue::OptimizedOut(Gone::Here),
            }));
        }
        Ok(die
            .attr(dw::DW_AT_const_value)
            .and_then(|value| match value {
                AttributeValue::Block(block) => Some(VariableValue::Bytes(block.slice().to_vec())),
                AttributeValue::Exprloc(block) => {
                    Some(VariableValue::Bytes(block.0.slice().to_vec()))
                }
                // Forms without a sign of their own: the value's bits, of which the type takes some.
                AttributeValue::Data1(value) => Some(VariableValue::Constant(value.into())),
                AttributeValue::Data2(value) => Some(VariableValue::Constant(value.into())),
                AttributeValue::Data4(value) => Some(VariableValue::Constant(value.into())),
                AttributeValue::Data8(value) => Some(VariableValue::Constant(value.into())),
                AttributeValue::Udata(value) => Some(VariableValue::Constant(value.into())),
                AttributeValue::Sdata(value) => Some(VariableValue::Constant(value.into())),
                AttributeValue::Data16(value) => Some(VariableValue::Constant(value.cast_signed())),
                value => {
                    let text = die.unit().dwarf().attr_string(die.unit(), value).ok()?;
                    let mut bytes = text.slice().to_vec();
                    bytes.push(0);
                    Some(VariableValue::Bytes(bytes))
                }
            }))
    }

    pub(super) fn evaluate(&self, die: &Die<'_, 'a>, expression: &[u8]) -> VariableValue {
        let counted = self.counted_of_variable(die, expression);
        let environment = FrameEnvironment::new(*self, die, counted);
        if self.lacks_a_load(die, expression) {
            return VariableValue::Unknown(ExpressionError::Missing(
                "what is on the stack where the compiler computes with the address",
            ));
        }
        match expression::evaluate(expression, environment.encoding(), &environment) {
            Ok(location) if location.as_whole() == Some(&PieceKind::OptimizedOut) => {
                VariableValue::OptimizedOut(Gone::Here)
            }
            Ok(location) => VariableValue::At(location),
            Err(error) => VariableValue::Unknown(error),
        }
    }

    /// What `expression` leaves on the stack, which is no address of the value, but the value; of which
    /// `size` bytes count.
    pub(super) fn number(
        &self,
        die: &Die<'_, 'a>,
        expression: &[u8],
        size: usize,
    ) -> Result<Value, ExpressionError> {
        let counted = self.counted(die, expression, size);
        let environment = FrameEnvironment::new(*self, die, counted);
        match expression::compute(expression, environment.encoding(), &environment)? {
            PieceKind::Value(value) => Ok(value),
            PieceKind::Register(register) => environment.register_value(register),
            _ => Err(ExpressionError::NotAValue),
        }
    }
}
