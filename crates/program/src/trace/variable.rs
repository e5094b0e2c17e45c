//! The variables of a frame, as objects.

use super::around::Inquiry;
use super::frame::FramePlace;
use super::provenance::{Missing, Provenance, Source, register_name};
use super::values::Values;
use crate::{Error, Program, Result};
use spelunk_base::arch::Arch;
use spelunk_debuginfo::{FrameState, Gone, Scope, Variable, VariableValue};
use spelunk_object::{AbsenceReason, Object};
use spelunk_types::QualifiedType;
use spelunk_unwind::expression::{ExpressionError, PieceKind};

/// Pointers to pointers... that are all nowhere.
const MAX_POINTERS: u32 = 8;

/// The object that `variable` of `scope` is in the frame, and how it was found.
pub(super) fn find(
    program: &Program,
    place: &FramePlace,
    scope: &Scope,
    variable: &Variable,
) -> Result<(Object, Provenance)> {
    let inquiry = Inquiry::new(program, &place.stack);
    let (object, source) = inquiry
        .with_state(place.at, false, |state| {
            object(&inquiry, place, scope, variable, state, 0)
        })
        .ok_or_else(|| Error::other("the frame has lost its program counter"))??;
    Ok((object, Provenance::new(source, inquiry.ways())))
}

fn object(
    inquiry: &Inquiry<'_>,
    place: &FramePlace,
    scope: &Scope,
    variable: &Variable,
    state: FrameState<'_>,
    depth: u32,
) -> Result<(Object, Source)> {
    let program = inquiry.program;
    let call = inquiry.stack.call(place.at);
    let file = call
        .and_then(|call| call.module.as_ref()?.debug_file())
        .ok_or_else(|| Error::other("the frame has lost its file"))?
        .debug();
    let ty = file.variable_type_in(program.types(), variable, scope, state)?;
    let values = Values {
        program,
        state: &state,
        ty,
    };
    let arch = state.registers.arch();
    Ok(match file.locate(variable, scope, state)? {
        VariableValue::At(location) => {
            if let Some(PieceKind::ImplicitPointer(die, offset)) = location.as_whole() {
                let pointee = file.referenced_variable(variable, *die)?;
                let whole = match pointee {
                    Some(pointee) if depth < MAX_POINTERS => {
                        object(inquiry, place, scope, &pointee, state, depth + 1)?.0
                    }
                    _ => return Ok(absent(ty, AbsenceReason::OptimizedOut, Missing::Pointee)),
                };
                let pointer = Object::pointer_into(ty, whole, *offset);
                return Ok((pointer, Source::Absent(Missing::Pointee)));
            }
            let object = values.at(&location)?;
            let source = match (location.as_whole(), object.is_absent()) {
                (Some(kind), true) => Source::Absent(missing(arch, kind)),
                (None, true) => Source::Absent(Missing::Part),
                (Some(PieceKind::Memory(_)), _) => Source::Memory,
                (Some(PieceKind::Register(register)), _) => Source::Register {
                    name: register_name(arch, *register).unwrap_or("?"),
                    saved: place.at.index > 0,
                },
                (Some(PieceKind::Bytes(_)), _) => Source::Constant,
                (Some(_), _) => Source::Computed,
                (None, _) => Source::Pieces,
            };
            (object, source)
        }
        VariableValue::Constant(value) => (
            values.number(value.cast_unsigned(), value < 0)?,
            Source::Constant,
        ),
        VariableValue::Bytes(bytes) => (values.bytes(&bytes)?, Source::Constant),
        VariableValue::OptimizedOut(gone) => {
            match file.argument_of_constant(variable, ty.qualifiers, scope, state)? {
                Some(Ok(value)) => (values.value(&value)?, Source::Computed),
                _ => absent(ty, AbsenceReason::OptimizedOut, Missing::Location(gone)),
            }
        }
        VariableValue::Unknown(error) => {
            let reason = absence(&error);
            let missing = match &error {
                ExpressionError::UnknownRegister(register) => {
                    missing(arch, &PieceKind::Register(*register))
                }
                _ => Missing::Expression(error),
            };
            absent(ty, reason, missing)
        }
    })
}

fn absent(ty: QualifiedType, reason: AbsenceReason, missing: Missing) -> (Object, Source) {
    (Object::absent(ty, reason), Source::Absent(missing))
}

fn absence(error: &ExpressionError) -> AbsenceReason {
    match error {
        // What it is computed from is lost: a register, or the value at the function's entry.
        ExpressionError::UnknownRegister(_)
        | ExpressionError::Memory(_)
        | ExpressionError::NoEntryValue(_)
        | ExpressionError::Missing(_) => AbsenceReason::OptimizedOut,
        ExpressionError::UnknownOperation { .. } | ExpressionError::UnsupportedType(_) => {
            AbsenceReason::NotImplemented
        }
        _ => AbsenceReason::Other,
    }
}

/// Why there is no value in a place.
fn missing(arch: &Arch, kind: &PieceKind) -> Missing {
    match kind {
        PieceKind::Register(register) => match register_name(arch, *register) {
            Some(name) => Missing::Register(name),
            None => Missing::Expression(ExpressionError::UnknownRegister(*register)),
        },
        PieceKind::ImplicitPointer(..) => Missing::Pointee,
        PieceKind::OptimizedOut => Missing::Location(Gone::Here),
        _ => Missing::Size,
    }
}
