//! Conversions: casts, assignment, and the same bytes seen differently.

use super::class_cast::cast_address;
use super::compatible::{all_qualifiers, are_compatible_unqualified};
use super::operand::{Kind, Operand};
use crate::layout::{bit_size, describe_valueless, name_of, resolve};
use crate::number::{Integer, Number};
use crate::object::{AbsenceReason, Repr, check_bits, out_of_bounds};
use crate::scalar::{integer_layout, scalar_of};
use crate::{Error, Object, Result, Target};
use spelunk_base::Language;
use spelunk_types::{PointerForm, QualifiedType, ScalarKind, TypeData, TypeKind};

impl Object {
    /// The value converted as by C's cast operator. A cast to `void` is absent. One to a reference
    /// of C++ refers to this object.
    ///
    /// # Errors
    ///
    /// If C has no such cast; if the value cannot be read.
    pub fn cast(&self, target: &dyn Target, ty: QualifiedType) -> Result<Self> {
        let types = target.types();
        let scalar = scalar_of(types, ty.id)?;
        if scalar.is_some_and(|scalar| scalar.kind != ScalarKind::Pointer) {
            return self.convert(target, ty, 0);
        }
        let data = &resolve(types, ty.id)?.1.data;
        match data {
            TypeData::Void => Ok(Self::absent(ty, AbsenceReason::Other)),
            TypeData::Function { .. } => Err(Error::type_("cannot cast to function type")),
            TypeData::Compound { .. } | TypeData::Array { .. } => {
                let name = name_of(types, ty);
                Err(Error::type_(format!("cannot cast to '{name}'")))
            }
            TypeData::Pointer {
                form, referenced, ..
            } if *form != PointerForm::Pointer => self.cast_to_reference(target, ty, *referenced),
            TypeData::Pointer { referenced, .. } => {
                let pointer = self.convert(target, ty, 0)?;
                if types.get(referenced.id)?.language != Language::Cpp {
                    return Ok(pointer);
                }
                let source = self.lvalue(target)?;
                let TypeData::Pointer {
                    referenced: from, ..
                } = resolve(types, source.ty.id)?.1.data
                else {
                    return Ok(pointer);
                };
                let old = pointer.pointer_value(target)?;
                match cast_address(target, old, from, *referenced)? {
                    new if new == old => Ok(pointer),
                    new => match scalar_of(types, ty.id)? {
                        Some(scalar) => Self::scalar(ty, scalar, 0, new.into()),
                        None => Ok(pointer),
                    },
                }
            }
            _ => self.convert(target, ty, 0),
        }
    }

    /// The value as one of the scalar type `ty`.
    fn convert(&self, target: &dyn Target, ty: QualifiedType, bit_field_size: u8) -> Result<Self> {
        let types = target.types();
        let Some(scalar) = scalar_of(types, ty.id)? else {
            return Err(Error::type_("cannot cast to incomplete enumerated type"));
        };
        if matches!(
            scalar.kind,
            ScalarKind::Signed | ScalarKind::Unsigned | ScalarKind::Pointer
        ) && let Some((bits, _)) = self.find_narrow(target)?
        {
            let layout = integer_layout(scalar, bit_field_size)?;
            if layout.is_narrow() {
                return Ok(Self::from_narrow(ty, layout, bit_field_size, bits));
            }
        }
        let operand = Operand::new(target, self)?;
        let number = match (scalar.kind, operand.kind) {
            (ScalarKind::Bool, _) => Number::Integer(Integer::Unsigned(self.truth(target)?.into())),
            (_, Kind::Other) | (ScalarKind::Float | ScalarKind::Complex, Kind::Pointer { .. }) => {
                let (from, to) = (name_of(types, self.ty), name_of(types, ty));
                return Err(Error::type_(format!("cannot convert '{from}' to '{to}'")));
            }
            _ => operand.load(target)?.convert(scalar, bit_field_size)?,
        };
        Self::from_number(ty, scalar, bit_field_size, &number)
    }

    /// The value converted as by assignment, to a bit field if `bit_field_size` is given.
    ///
    /// # Errors
    ///
    /// If C has no such conversion; if the value cannot be read.
    pub fn implicit_convert(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let types = target.types();
        let data = &resolve(types, ty.id)?.1.data;
        let size = check_bits(types, ty, 0, bit_field_size)?;
        match data {
            TypeData::Void | TypeData::Array { .. } | TypeData::Function { .. } => {
                let name = name_of(types, ty);
                return Err(Error::type_(format!("cannot convert to '{name}'")));
            }
            TypeData::Pointer {
                form, referenced, ..
            } if *form != PointerForm::Pointer => {
                let object = self.lvalue(target)?;
                if are_compatible_unqualified(types, referenced.id, object.ty.id)? {
                    return self.cast_to_reference(target, ty, *referenced);
                }
                return Err(self.incompatible(target, ty));
            }
            TypeData::Compound { .. } => {
                if self.is_absent() {
                    return Err(Error::absent());
                }
                if are_compatible_unqualified(types, ty.id, self.ty.id)? {
                    return Ok(Self { ty, ..self.clone() });
                }
                return Err(self.incompatible(target, ty));
            }
            _ => {}
        }
        let operand = Operand::new(target, self)?;
        let is_allowed = match (data.kind(), operand.kind) {
            (TypeKind::Bool, Kind::Other) => return Err(self.inconvertible(target, "bool")),
            (_, Kind::Other) => false,
            (TypeKind::Pointer, Kind::Pointer { referenced }) => {
                assignable(target, ty, referenced)?
            }
            (TypeKind::Pointer, _) => false,
            (TypeKind::Bool, Kind::Pointer { .. }) => true,
            (_, Kind::Pointer { .. }) => false,
            _ => true,
        };
        match is_allowed {
            true => self.convert(target, ty, size),
            false => Err(self.incompatible(target, ty)),
        }
    }

    fn incompatible(&self, target: &dyn Target, ty: QualifiedType) -> Error {
        let types = target.types();
        let (from, to) = (name_of(types, self.ty), name_of(types, ty));
        Error::type_(format!(
            "cannot convert '{from}' to incompatible type '{to}'"
        ))
    }

    /// The same memory, or the same bytes, seen as another type.
    ///
    /// # Errors
    ///
    /// If a value has fewer bytes than the type; if a reference is not where one may be.
    pub fn reinterpret(&self, target: &dyn Target, ty: QualifiedType) -> Result<Self> {
        let types = target.types();
        match &self.repr {
            Repr::Reference {
                address,
                bit_offset,
            } => Self::reference(target, ty, *address, u64::from(*bit_offset), None),
            Repr::Absent(_) => Err(Error::absent()),
            _ => {
                if describe_valueless(&resolve(types, ty.id)?.1.data).is_some() {
                    return Ok(Self::absent(ty, AbsenceReason::Other));
                }
                let field = u64::from(self.bit_field_size);
                if field != 0 && bit_size(types, ty)? > field {
                    return Err(out_of_bounds());
                }
                let bytes = self.value_bytes().unwrap_or(&[]);
                Self::cut(types, ty, bytes, 0, 0)?.ok_or_else(out_of_bounds)
            }
        }
    }
}

/// Whether a pointer to `from` may be assigned to the pointer type `to` (C11, 6.5.16.1).
fn assignable(target: &dyn Target, to: QualifiedType, from: QualifiedType) -> Result<bool> {
    let types = target.types();
    let TypeData::Pointer { referenced: to, .. } = resolve(types, to.id)?.1.data else {
        return Ok(false);
    };
    if !all_qualifiers(types, to)?.contains(all_qualifiers(types, from)?) {
        return Ok(false);
    }
    let is_void = |ty: QualifiedType| -> Result<bool> {
        Ok(matches!(resolve(types, ty.id)?.1.data, TypeData::Void))
    };
    Ok(is_void(to)? || is_void(from)? || are_compatible_unqualified(types, to.id, from.id)?)
}
