//! Parts of objects, and what pointers point to.

use super::create::{add, check_bits};
use super::read::out_of_bounds;
use super::{AbsenceReason, Object, Repr};
use crate::layout::{describe_valueless, lookup_resolved, name_of, resolve, sizeof};
use crate::scalar::stored;
use crate::{Error, Result, Target};
use spelunk_types::{PointerForm, QualifiedType, Stored, TypeData, TypeId, TypeKind};

/// An array or a pointer, as far as indexing goes.
struct Elements {
    element: QualifiedType,
    /// Where the elements start; `None` for those of a value.
    address: Option<u64>,
    length: Option<u64>,
}

impl Object {
    /// The member called `name`, also of a base class; a pointer's is that of what it points to
    /// (`.` and `->`). A variant's is there whether the variant is active or not.
    ///
    /// # Errors
    ///
    /// If there is none; if a pointer cannot be read.
    pub fn member(&self, target: &dyn Target, name: &str) -> Result<Self> {
        let types = target.types();
        let (id, ty) = resolve(types, self.ty.id)?;
        let TypeData::Pointer {
            form, referenced, ..
        } = ty.data
        else {
            let member = lookup_resolved(types, self.ty.id, id, name)?;
            return self.flat_part(target, id, member);
        };
        if form != PointerForm::Pointer {
            return self.lvalue(target)?.member(target, name);
        }
        // The name is looked up first: a pointer to a number is no matter of memory.
        let (id, _) = resolve(types, referenced.id)?;
        let member = lookup_resolved(types, referenced.id, id, name)?;
        if let Some(pointee) = self.pointee(target, referenced, 0)? {
            return pointee.flat_part(target, id, member);
        }
        Self::at(referenced, self.pointer_value(target)?).flat_part(target, id, member)
    }

    /// The part of type `ty` that stands `bit_offset` bits from this object's start.
    ///
    /// Parts of a value that have no values of their own, such as flexible array members, are
    /// absent.
    ///
    /// # Errors
    ///
    /// If this object is absent or too small.
    pub fn part(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        match &self.repr {
            Repr::Reference {
                address,
                bit_offset: start,
            } => {
                if *start == 0 && bit_offset.is_multiple_of(8) && bit_field_size.is_none() {
                    return Ok(Self::at(ty, add(target, *address, bit_offset / 8)));
                }
                let bit_offset = bit_offset
                    .checked_add(u64::from(*start))
                    .ok_or_else(offset_too_large)?;
                Self::reference(target, ty, *address, bit_offset, bit_field_size)
            }
            Repr::Absent(_) => self.known_part(target, ty, bit_offset, bit_field_size),
            _ => {
                let types = target.types();
                if describe_valueless(&resolve(types, ty.id)?.1.data).is_some() {
                    return Ok(Self::absent(ty, AbsenceReason::Other));
                }
                let size = check_bits(types, ty, bit_offset, bit_field_size)?;
                if let Some(part) = self.class_part(types, ty, bit_offset)? {
                    return Ok(part);
                }
                let bytes = self.value_bytes().unwrap_or(&[]);
                Self::cut(types, ty, bytes, bit_offset, size)?.ok_or_else(out_of_bounds)
            }
        }
    }

    fn elements(&self, target: &dyn Target) -> Result<Elements> {
        let types = target.types();
        match &resolve(types, self.ty.id)?.1.data {
            TypeData::Pointer { form, .. } if *form != PointerForm::Pointer => {
                self.lvalue(target)?.elements(target)
            }
            TypeData::Pointer { referenced, .. } => Ok(Elements {
                element: *referenced,
                address: Some(self.pointer_value(target)?),
                length: None,
            }),
            TypeData::Array { element, length } => match self.repr {
                Repr::Absent(_) if !self.has_known_parts() => Err(Error::absent()),
                _ => Ok(Elements {
                    element: *element,
                    address: self.address(),
                    length: *length,
                }),
            },
            _ => {
                let name = name_of(types, self.ty);
                let hint = self.container_hint(target);
                Err(Error::type_(format!(
                    "'{name}' is not an array or pointer{hint}"
                )))
            }
        }
    }

    /// The element at `index` of an array or from a pointer on. Bounds count only for values.
    ///
    /// # Errors
    ///
    /// If this is neither array nor pointer, or a pointer cannot be read.
    pub fn index(&self, target: &dyn Target, index: i64) -> Result<Self> {
        if self.is_synthetic_pointer()
            && let TypeData::Pointer {
                form: PointerForm::Pointer,
                referenced,
                ..
            } = resolve(target.types(), self.ty.id)?.1.data
            && let Some(pointee) = self.pointee(target, referenced, index)?
        {
            return Ok(pointee);
        }
        let elements = self.elements(target)?;
        match elements.address {
            Some(address) => {
                let size = sizeof(target.types(), elements.element)?;
                let offset = index.cast_unsigned().wrapping_mul(size);
                Ok(Self::at(elements.element, add(target, address, offset)))
            }
            None => self.element(target, elements.element, index),
        }
    }

    /// The element at `index` of this array, which is no pointer.
    pub(crate) fn element(
        &self,
        target: &dyn Target,
        element: QualifiedType,
        index: i64,
    ) -> Result<Self> {
        let size = sizeof(target.types(), element)?;
        if let Repr::Reference { address, .. } = self.repr {
            let offset = index.cast_unsigned().wrapping_mul(size);
            return Ok(Self::at(element, add(target, address, offset)));
        }
        let offset = u64::try_from(index)
            .ok()
            .and_then(|index| index.checked_mul(size)?.checked_mul(8))
            .ok_or_else(out_of_bounds)?;
        self.part(target, element, offset, None)
    }

    /// A new array of the elements from `start` up to before `stop`. Left out, they are 0 and
    /// the array's length.
    ///
    /// # Errors
    ///
    /// As [`index`](Self::index); also if `stop` is left out and the length is not known.
    pub fn slice(
        &self,
        target: &dyn Target,
        start: Option<i64>,
        stop: Option<i64>,
    ) -> Result<Self> {
        let types = target.types();
        let elements = self.elements(target)?;
        let start = start.unwrap_or(0);
        let stop = match (stop, elements.length) {
            (Some(stop), _) => stop,
            (None, Some(length)) => i64::try_from(length).map_err(|_| too_large())?,
            (None, None) => {
                let name = name_of(types, self.ty);
                return Err(Error::type_(format!(
                    "'{name}' has no length; slice stop must be given"
                )));
            }
        };
        let size = sizeof(types, elements.element)?;
        let length = i128::from(stop).saturating_sub(start.into()).max(0);
        let length = u64::try_from(length).map_err(|_| too_large())?;
        length.checked_mul(size).ok_or_else(too_large)?;
        let language = types.get(self.ty.id)?.language;
        let ty = types
            .array(elements.element, Some(length), language)?
            .into();
        match elements.address {
            Some(address) => {
                let offset = start.cast_unsigned().wrapping_mul(size);
                Ok(Self::at(ty, add(target, address, offset)))
            }
            // Nothing is within any bounds.
            None if length == 0 => Self::from_bytes(target, ty, &[], 0, None),
            None => {
                let offset = u64::try_from(start)
                    .ok()
                    .and_then(|start| start.checked_mul(size)?.checked_mul(8))
                    .ok_or_else(out_of_bounds)?;
                self.part(target, ty, offset, None)
            }
        }
    }

    /// The number of elements of an array.
    ///
    /// # Errors
    ///
    /// If this is no array or its length is not known.
    pub fn len(&self, target: &dyn Target) -> Result<u64> {
        let types = target.types();
        match &resolve(types, self.ty.id)?.1.data {
            TypeData::Array {
                length: Some(length),
                ..
            } => Ok(*length),
            TypeData::Pointer { form, .. } if *form != PointerForm::Pointer => {
                self.lvalue(target)?.len(target)
            }
            _ => {
                let name = name_of(types, self.ty);
                let hint = self.container_hint(target);
                Err(Error::type_(format!("'{name}' has no len(){hint}")))
            }
        }
    }

    /// What a pointer points to (`*p`). Unlike element 0, it may be of a type without size.
    ///
    /// # Errors
    ///
    /// If this is no pointer or cannot be read.
    pub fn dereference(&self, target: &dyn Target) -> Result<Self> {
        let types = target.types();
        match &resolve(types, self.ty.id)?.1.data {
            TypeData::Pointer { form, .. } if *form != PointerForm::Pointer => {
                self.lvalue(target)?.dereference(target)
            }
            TypeData::Pointer { referenced, .. } => match self.pointee(target, *referenced, 0)? {
                Some(pointee) => Ok(pointee),
                None => Ok(Self::at(*referenced, self.pointer_value(target)?)),
            },
            _ => {
                let name = name_of(types, self.ty);
                Err(Error::type_(format!("'{name}' is not a pointer")))
            }
        }
    }

    /// The address that a pointer holds. The caller has seen that it is one.
    pub(crate) fn pointer_value(&self, target: &dyn Target) -> Result<u64> {
        self.to_u64(target)
    }

    /// A pointer to this object in memory (`&x`); of a reference of C++, to what it refers to.
    ///
    /// # Errors
    ///
    /// If this is not in memory, or a bit field.
    pub fn address_of(&self, target: &dyn Target) -> Result<Self> {
        if let Some(referent) = self.referent(target)? {
            return referent.address_of(target);
        }
        match self.repr {
            Repr::Reference {
                address,
                bit_offset,
            } => {
                if self.bit_field_size != 0 || bit_offset != 0 {
                    return Err(Error::value("cannot take address of bit field"));
                }
                let language = target.types().get(self.ty.id)?.language;
                let ty = pointer_type(target, self.ty, language)?;
                pointer(target, ty, address)
            }
            Repr::Absent(_) => Err(Error::absent()),
            _ => Err(Error::value("cannot take address of value")),
        }
    }

    /// The pointer to the `ty` whose member (or part, `a.b[3].c`) this pointer points to.
    ///
    /// # Errors
    ///
    /// If this is no pointer or the designator names no part of `ty`.
    pub fn container_of(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        designator: &str,
    ) -> Result<Self> {
        if let Some(referent) = self.referent(target)? {
            return referent.container_of(target, ty, designator);
        }
        let types = target.types();
        let (_, own) = resolve(types, self.ty.id)?;
        if own.data.kind() != TypeKind::Pointer {
            let name = name_of(types, self.ty);
            return Err(Error::type_(format!(
                "container_of() argument must be a pointer, not '{name}'"
            )));
        }
        let offset = super::offsetof(target, ty, designator)?;
        let address = self.pointer_value(target)?;
        let result = pointer_type(target, ty, types.get(ty.id)?.language)?;
        pointer(target, result, add(target, address, offset.wrapping_neg()))
    }
}

fn too_large() -> Error {
    Error::overflow("type size is too large")
}

pub(crate) fn offset_too_large() -> Error {
    Error::overflow("offset is too large")
}

/// The target's type of pointers to `referenced`.
///
/// # Errors
///
/// If the target's platform is not known.
pub fn pointer_type(
    target: &dyn Target,
    referenced: QualifiedType,
    language: spelunk_base::Language,
) -> Result<TypeId> {
    let Some(platform) = target.platform() else {
        return Err(Error::value("program address size is not known"));
    };
    let size = platform.address_size().into();
    Ok(target
        .types()
        .pointer(referenced, size, platform.byte_order, language)?)
}

/// A pointer of type `ty` that holds `address`.
pub(crate) fn pointer(target: &dyn Target, ty: TypeId, address: u64) -> Result<Object> {
    match stored(target.types(), ty)? {
        Stored::Number(scalar) => Object::scalar(ty.into(), *scalar, 0, address.into()),
        _ => Err(Error::type_("not a pointer type")),
    }
}
