//! Arrays whose length is only known in a frame: `int a[n]`.
//!
//! GCC says with an expression how many elements there are, Clang with a variable that it made up.

use super::context::Context;
use super::frame_state::FrameState;
use super::location::VariableValue;
use crate::entry::Die;
use crate::types::{dimensions, length, storage_size};
use crate::{DebugFile, DebugInfoError, DieId, Scope, Variable};
use gimli::{AttributeValue, DwAt, constants as dw};
use spelunk_types::{PointerForm, QualifiedType, Qualifiers, TypeStore};
use spelunk_unwind::expression::PieceKind;
use std::cell::Cell;

/// Pointers to arrays of pointers...: more is no program but a damaged file.
const MAX_DEPTH: u32 = 64;

impl DebugFile {
    /// The type of a variable as it is in a frame: arrays of variable length have theirs, also
    /// behind pointers and typedefs. Where that cannot be told it is as
    /// [`variable_type`](Self::variable_type) says.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    pub fn variable_type_in(
        &self,
        store: &TypeStore,
        variable: &Variable,
        scope: &Scope,
        frame: FrameState<'_>,
    ) -> Result<QualifiedType, DebugInfoError> {
        let known = &self.pc_tables.variables.types;
        if let Some(ty) = known.find(variable.die) {
            return Ok(*ty);
        }
        let depends = Cell::new(false);
        let in_frame = self.with_units(|units| {
            let ty = units.integrate(variable.die, |die| die.reference(dw::DW_AT_type))?;
            let Some(ty) = ty else {
                return Ok(None);
            };
            let context = Context::new(self, units, scope, frame);
            Resolver {
                file: self,
                store,
                context,
                depends: &depends,
            }
            .resolve(ty, 0)
        })?;
        match in_frame {
            Some(ty) => Ok(ty),
            None if depends.get() => self.variable_type(store, variable),
            None => {
                let ty = known.get(variable.die, || self.variable_type(store, variable))?;
                Ok(*ty)
            }
        }
    }
}

/// The length of an array in a frame.
#[derive(Clone, Copy)]
enum Length {
    Known(u64),
    /// It has one, which is not known there.
    Unknown,
    /// It has none (`[]`).
    None,
}

struct Resolver<'c, 'a> {
    file: &'c DebugFile,
    store: &'c TypeStore,
    context: Context<'c, 'a>,
    /// Set if the answer is not the same in all frames.
    depends: &'c Cell<bool>,
}

impl<'a> Resolver<'_, 'a> {
    /// The type with the lengths that it has in the frame; `None` if they do not depend on that.
    fn resolve(&self, ty: DieId, depth: u32) -> Result<Option<QualifiedType>, DebugInfoError> {
        let die = self.context.units.die(ty)?;
        if depth > MAX_DEPTH {
            return Ok(None);
        }
        let behind = || match die.reference(dw::DW_AT_type)? {
            Some(ty) => self.resolve(ty, depth + 1),
            None => Ok(None),
        };
        let qualified = |qualifiers| -> Result<_, DebugInfoError> {
            Ok(behind()?.map(|ty| QualifiedType {
                qualifiers: ty.qualifiers | qualifiers,
                ..ty
            }))
        };
        let pointer = |form| -> Result<_, DebugInfoError> {
            let Some(referenced) = behind()? else {
                return Ok(None);
            };
            let size = die.unsigned(dw::DW_AT_byte_size);
            let size = size.unwrap_or(die.unit().encoding().address_size.into());
            let order = self.context.frame.platform.byte_order;
            let pointer = self
                .store
                .pointer_of(form, referenced, size, order, die.language())?;
            Ok(Some(pointer.into()))
        };
        match die.tag() {
            dw::DW_TAG_typedef => behind(),
            dw::DW_TAG_const_type => qualified(Qualifiers::CONST),
            dw::DW_TAG_volatile_type => qualified(Qualifiers::VOLATILE),
            dw::DW_TAG_restrict_type => qualified(Qualifiers::RESTRICT),
            dw::DW_TAG_atomic_type => qualified(Qualifiers::ATOMIC),
            dw::DW_TAG_pointer_type => pointer(PointerForm::Pointer),
            dw::DW_TAG_reference_type => pointer(PointerForm::Reference),
            dw::DW_TAG_rvalue_reference_type => pointer(PointerForm::RvalueReference),
            dw::DW_TAG_array_type => self.array(&die, behind()?),
            _ => Ok(None),
        }
    }

    fn array(
        &self,
        die: &Die<'_, 'a>,
        element: Option<QualifiedType>,
    ) -> Result<Option<QualifiedType>, DebugInfoError> {
        let mut is_variable = element.is_some();
        let lengths = dimensions(die, |subrange| {
            if let Some(length) = length(subrange) {
                return Ok(Length::Known(length));
            }
            let subrange = self.context.units.die(subrange.id())?;
            let count = self.bound(&subrange, dw::DW_AT_count)?;
            let length = match count {
                Some(count) => Some(count),
                // Of no elements it is -1.
                None => self
                    .bound(&subrange, dw::DW_AT_upper_bound)?
                    .map(|bound| bound.wrapping_add(1)),
            };
            let length = length.filter(|length| i64::try_from(*length).is_ok());
            let has_bound = [dw::DW_AT_count, dw::DW_AT_upper_bound]
                .into_iter()
                .any(|bound| subrange.attr(bound).is_some());
            is_variable |= has_bound;
            Ok(match length {
                Some(length) => Length::Known(length),
                None if has_bound => Length::Unknown,
                None => Length::None,
            })
        })?;
        if !is_variable {
            return Ok(None);
        }
        let mut ty = match element {
            Some(element) => element,
            None => self.file.declared_type(self.store, die)?,
        };
        for length in lengths.into_iter().rev() {
            let (store, language) = (self.store, die.language());
            ty = match length {
                Length::Known(length) => store.array(ty, Some(length), language)?.into(),
                Length::Unknown => store.array_of_unknown_length(ty, language)?.into(),
                Length::None => store.array(ty, None, language)?.into(),
            };
        }
        Ok(Some(ty))
    }

    /// What a bound that is no constant is in the frame.
    fn bound(&self, die: &Die<'_, 'a>, name: DwAt) -> Result<Option<u64>, DebugInfoError> {
        let value = die.attr(name);
        self.depends.set(self.depends.get() || value.is_some());
        match value {
            None => Ok(None),
            Some(AttributeValue::UnitRef(_) | AttributeValue::DebugInfoRef(_)) => {
                match die.reference(name)? {
                    Some(variable) => self.context.variable_number(variable),
                    None => Ok(None),
                }
            }
            // The number is what the expression leaves on the stack, not the address of it.
            Some(_) => match self.context.expression(die, name)? {
                Some(expression) => {
                    let number = self.context.number(die, &expression, 8).ok();
                    Ok(number.map(|number| number.to_u64()))
                }
                None => Ok(None),
            },
        }
    }
}

impl Context<'_, '_> {
    /// The integer that a variable holds.
    pub(super) fn variable_number(&self, variable: DieId) -> Result<Option<u64>, DebugInfoError> {
        let value = self.units.integrate(variable, |die| self.value(die))?;
        let size = self
            .units
            .integrate(variable, |die| Ok(storage_size(die).ok()))?;
        Ok(value.and_then(|value| self.integer(&value, size.unwrap_or(8))))
    }

    /// The value of a variable of `size` bytes.
    fn integer(&self, value: &VariableValue, size: u64) -> Option<u64> {
        let location = match value {
            VariableValue::At(location) => location,
            VariableValue::Constant(number) => return u64::try_from(*number).ok(),
            _ => return None,
        };
        match location.as_whole()? {
            PieceKind::Memory(address) => {
                let mut bytes = [0; 8];
                let bytes = bytes.get_mut(..usize::try_from(size).ok()?)?;
                self.frame.memory.read(*address, bytes).ok()?;
                Some(self.frame.platform.byte_order.uint(bytes))
            }
            PieceKind::Value(value) => Some(match u32::try_from(size) {
                Ok(size @ 1..8) => value.to_u64() & !(u64::MAX << (size * 8)),
                _ => value.to_u64(),
            }),
            PieceKind::Register(register) => {
                let registers = self.frame.registers;
                registers.get(registers.find_dwarf(*register)?)
            }
            _ => None,
        }
    }
}
