//! What calls pass: `DW_TAG_call_site_parameter` (DWARF 5, section 3.4.2) and GNU's before it.

use super::context::Context;
use super::frame_state::{CallArgument, FrameState};
use super::producer::Producer;
use crate::entry::Die;
use crate::types::storage_size;
use crate::{DebugFile, DebugInfoError, DieId, Scope, Variable, VariableKind};
use gimli::{DwAt, constants as dw};
use spelunk_types::Qualifiers;
use spelunk_unwind::Registers;
use spelunk_unwind::expression::{
    self, DwarfRegister, Encoding, Environment, ExpressionError, PieceKind, Value,
};

impl DebugFile {
    /// What the call `site` of the function around `scope` passes for `argument`, of which the lowest
    /// `size` bytes count. `None` if it does not say.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn call_argument(
        &self,
        site: DieId,
        argument: CallArgument,
        size: usize,
        scope: &Scope,
        frame: FrameState<'_>,
    ) -> Result<Option<Result<Value, ExpressionError>>, DebugInfoError> {
        self.with_units(|units| {
            let site = units.die(site)?;
            let none = Registers::new(frame.registers.arch());
            let is_before_epilogue = [dw::DW_AT_call_tail_call, dw::DW_AT_GNU_tail_call]
                .iter()
                .any(|name| site.flag(*name))
                && Producer::of(units, &site).forgets_epilogues();
            let frame = match is_before_epilogue {
                true => FrameState {
                    registers: &none,
                    ..frame
                },
                false => frame,
            };
            let context = Context::new(self, units, scope, frame);
            let mut found = None;
            site.for_each_child(|child| {
                let is_parameter = matches!(
                    child.tag(),
                    dw::DW_TAG_call_site_parameter | dw::DW_TAG_GNU_call_site_parameter
                );
                if is_parameter && found.is_none() && is_for(&context, &child, argument)? {
                    let names = match argument {
                        CallArgument::Pointee(_) => [
                            dw::DW_AT_call_data_value,
                            dw::DW_AT_GNU_call_site_data_value,
                        ],
                        _ => [dw::DW_AT_call_value, dw::DW_AT_GNU_call_site_value],
                    };
                    found = number(&context, &child, names, size)?;
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// What was passed for a parameter that is nowhere now, where it cannot have changed since: where
    /// it is declared constant (`qualifiers`), which a program must not change.
    ///
    /// Of any other parameter the argument says nothing: the function may have assigned to it, and
    /// where debug information gives up on it, that is often why. A compiler that knows better says
    /// so itself, by `DW_OP_entry_value`.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn argument_of_constant(
        &self,
        variable: &Variable,
        qualifiers: Qualifiers,
        scope: &Scope,
        frame: FrameState<'_>,
    ) -> Result<Option<Result<Value, ExpressionError>>, DebugInfoError> {
        let is_constant = variable.kind == VariableKind::Parameter
            && qualifiers.contains(Qualifiers::CONST)
            && scope.die == scope.function;
        let (true, Some(around)) = (is_constant, frame.around) else {
            return Ok(None);
        };
        let Some(entry) = self.function_calls(scope)?.entry else {
            return Ok(None);
        };
        let at_entry = FrameState { pc: entry, ..frame };
        let register = self.with_units(|units| {
            let context = Context::new(self, units, scope, at_entry);
            units.integrate(variable.die, |die| {
                let expression = context.expression(die, dw::DW_AT_location)?;
                let register = expression.and_then(|expression| named_register(&expression));
                Ok(register.map(|register| (register, storage_size(die).unwrap_or(8))))
            })
        })?;
        Ok(register.map(|(register, size)| {
            let size = usize::try_from(size).map_or(8, |size| size.clamp(1, 8));
            around.at_entry(CallArgument::Register(register), size)
        }))
    }

    /// The address that the indirect call `site` calls, where the frame tells it.
    ///
    /// # Errors
    ///
    /// As [`call_argument`](Self::call_argument).
    pub fn call_target(
        &self,
        site: DieId,
        scope: &Scope,
        frame: FrameState<'_>,
    ) -> Result<Option<Result<Value, ExpressionError>>, DebugInfoError> {
        self.with_units(|units| {
            let context = Context::new(self, units, scope, frame);
            let names = [dw::DW_AT_call_target, dw::DW_AT_GNU_call_site_target];
            number(&context, &units.die(site)?, names, 8)
        })
    }
}

/// Whether a parameter of a call site is about `argument`.
fn is_for<'a>(
    context: &Context<'_, 'a>,
    parameter: &Die<'_, 'a>,
    argument: CallArgument,
) -> Result<bool, DebugInfoError> {
    match argument {
        CallArgument::Register(register) | CallArgument::Pointee(register) => {
            let Some(location) = context.expression(parameter, dw::DW_AT_location)? else {
                return Ok(false);
            };
            Ok(named_register(&location) == Some(register))
        }
        CallArgument::Parameter(die) => {
            let reference = match parameter.reference(dw::DW_AT_call_parameter)? {
                Some(reference) => Some(reference),
                None => parameter.reference(dw::DW_AT_abstract_origin)?,
            };
            Ok(reference == Some(die))
        }
    }
}

/// The register that an expression names and says no more of.
fn named_register(expression: &[u8]) -> Option<DwarfRegister> {
    const ANY: Encoding = Encoding {
        byte_order: spelunk_base::ByteOrder::Little,
        address_size: 8,
        offset_size: 4,
        version: 5,
    };
    let location = expression::evaluate(expression, ANY, &Nothing).ok()?;
    match location.as_whole()? {
        PieceKind::Register(register) => Some(*register),
        _ => None,
    }
}

struct Nothing;

impl Environment for Nothing {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        Err(ExpressionError::UnknownRegister(register))
    }

    fn memory(&self, _: u64, _: &mut [u8]) -> Result<(), ExpressionError> {
        Err(ExpressionError::Missing("memory"))
    }
}

/// The number that the first of two attributes that is there computes.
fn number<'a>(
    context: &Context<'_, 'a>,
    die: &Die<'_, 'a>,
    names: [DwAt; 2],
    size: usize,
) -> Result<Option<Result<Value, ExpressionError>>, DebugInfoError> {
    for name in names {
        if let Some(expression) = context.expression(die, name)? {
            return Ok(Some(context.number(die, &expression, size)));
        }
    }
    Ok(None)
}
