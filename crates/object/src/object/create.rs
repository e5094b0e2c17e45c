//! Making objects.

use super::number::integer_of;
use super::read::out_of_bounds;
use super::reference::stored_scalar;
use super::{AbsenceReason, Object, Repr};
use crate::bits::{bytes_for, read, read_wide, write_wide};
use crate::layout::{bit_size, lookup_member, name_of, resolve, sizeof};
use crate::number::{Complex, Float, Integer, Number, Rounding};
use crate::scalar::{NARROW, bits_of, check_has_values, decode_wide, encode, scalar_of};
use crate::{Error, ErrorKind, Result, Target, Value};
use spelunk_types::{QualifiedType, Scalar, ScalarKind, TypeData, TypeStore};

/// The largest value that is made out of nothing, in bytes.
const MAX_SIZE: u64 = 1 << 30;
/// Structures in structures in a value that is made.
const MAX_DEPTH: u32 = 128;

impl Object {
    /// The object at `address`, `bit_offset` bits in; `bit_field_size` makes it a bit field.
    ///
    /// # Errors
    ///
    /// If a bit offset or width does not fit the type.
    pub fn reference(
        target: &dyn Target,
        ty: QualifiedType,
        address: u64,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        if bit_offset == 0 && bit_field_size.is_none() {
            return Ok(Self::at(ty, address));
        }
        let bit_field_size = check_bits(target.types(), ty, bit_offset, bit_field_size)?;
        Ok(Self {
            ty,
            bit_field_size,
            repr: Repr::Reference {
                address: add(target, address, bit_offset / 8),
                bit_offset: (bit_offset % 8) as u8,
            },
        })
    }

    /// The variable of type `ty` at `address`: [`reference`](Self::reference) without bits.
    #[must_use]
    pub fn at(ty: QualifiedType, address: u64) -> Self {
        Self {
            ty,
            bit_field_size: 0,
            repr: Repr::Reference {
                address,
                bit_offset: 0,
            },
        }
    }

    /// An object of type `ty` that is nowhere.
    #[must_use]
    pub fn absent(ty: QualifiedType, reason: AbsenceReason) -> Self {
        Self {
            ty,
            bit_field_size: 0,
            repr: Repr::Absent(reason.into()),
        }
    }

    /// An absent bit field; see [`absent`](Self::absent).
    ///
    /// # Errors
    ///
    /// If the width does not fit the type.
    pub fn absent_bit_field(
        target: &dyn Target,
        ty: QualifiedType,
        reason: AbsenceReason,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        Ok(Self {
            ty,
            bit_field_size: check_bits(target.types(), ty, 0, bit_field_size)?,
            repr: Repr::Absent(reason.into()),
        })
    }

    /// A value made from a host's: numbers are converted as by assignment, structures take
    /// [`Value::Struct`] by member names, arrays [`Value::Array`], references of C++ the address.
    ///
    /// # Errors
    ///
    /// If the value does not suit the type.
    pub fn from_value(
        target: &dyn Target,
        ty: QualifiedType,
        value: &Value,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let types = target.types();
        check_has_values(types, ty.id, |what| {
            format!("cannot create value with {what} type")
        })?;
        let bit_field_size = check_bits(types, ty, 0, bit_field_size)?;
        if let Some(scalar) = stored_scalar(types, ty.id)? {
            let number = number_of(types, ty, scalar, bit_field_size, value)?;
            return Self::from_number(ty, scalar, bit_field_size, &number);
        }
        let size = sizeof(types, ty)?;
        if size > MAX_SIZE {
            return Err(Error::new(ErrorKind::Memory, "value is too large"));
        }
        let mut bytes = vec![0; size as usize];
        fill(types, ty, value, &mut bytes, 0, 0)?;
        Ok(Self {
            ty,
            bit_field_size: 0,
            repr: Repr::value(&bytes),
        })
    }

    /// An integer, Boolean, enumeration or pointer of this value, cut to its size.
    ///
    /// # Errors
    ///
    /// If the type is none of these.
    pub fn from_u64(target: &dyn Target, ty: QualifiedType, value: u64) -> Result<Self> {
        Self::from_value(target, ty, &Value::from(value), None)
    }

    /// The value of type `ty` that stands in `bytes`, `bit_offset` bits in.
    ///
    /// # Errors
    ///
    /// If there are too few bytes, or the type has no values.
    pub fn from_bytes(
        target: &dyn Target,
        ty: QualifiedType,
        bytes: &[u8],
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let types = target.types();
        check_has_values(types, ty.id, |what| {
            format!("cannot create object with {what} type")
        })?;
        let bit_field_size = check_bits(types, ty, bit_offset, bit_field_size)?;
        Self::cut(types, ty, bytes, bit_offset, bit_field_size)?
            .ok_or_else(|| Error::value("buffer is too small"))
    }

    /// The value at `bit_offset` of `bytes`; `None` if it does not fit in there.
    pub(crate) fn cut(
        types: &TypeStore,
        ty: QualifiedType,
        bytes: &[u8],
        bit_offset: u64,
        bit_field_size: u8,
    ) -> Result<Option<Self>> {
        let Ok(start) = usize::try_from(bit_offset / 8) else {
            return Ok(None);
        };
        let Some(bytes) = bytes.get(start..) else {
            return Ok(None);
        };
        let bit_offset = (bit_offset % 8) as u32;
        if bit_offset != 0 || bit_field_size != 0 {
            let Some(scalar) = scalar_of(types, ty.id)? else {
                return Err(not_byte_aligned());
            };
            let size = bits_of(scalar, bit_field_size)?;
            let repr = match size {
                ..=NARROW => read(bytes, scalar.order, bit_offset, size)
                    .map(|bits| Repr::bits(bits, scalar.order, size)),
                _ => read_wide(bytes, scalar.order, bit_offset, size)
                    .map(|bits| Repr::value(&write_wide(bits, scalar.order, size))),
            };
            return Ok(repr.map(|repr| Self {
                ty,
                bit_field_size,
                repr,
            }));
        }
        let size = usize::try_from(sizeof(types, ty)?).ok();
        Ok(size.and_then(|size| bytes.get(..size)).map(|bytes| Self {
            ty,
            bit_field_size,
            repr: Repr::value(bytes),
        }))
    }
}

/// `address` moved by `count` bytes, around the end of the target's address space.
pub(crate) fn add(target: &dyn Target, address: u64, count: u64) -> u64 {
    let mask = target
        .platform()
        .map_or(u64::MAX, |platform| platform.address_mask());
    address.wrapping_add(count) & mask
}

/// The width of a bit field as an object holds it; 0 for what is none.
pub(crate) fn check_bits(
    types: &TypeStore,
    ty: QualifiedType,
    bit_offset: u64,
    bit_field_size: Option<u64>,
) -> Result<u8> {
    let scalar = scalar_of(types, ty.id)?;
    let Some(size) = bit_field_size else {
        return match scalar {
            None if !bit_offset.is_multiple_of(8) => Err(not_byte_aligned()),
            _ => Ok(0),
        };
    };
    if size == 0 {
        return Err(Error::value("bit field size cannot be zero"));
    }
    if !scalar.is_some_and(Scalar::is_integer) {
        return Err(Error::value("bit field must be integer"));
    }
    if size > bit_size(types, ty)? {
        return Err(Error::value("bit field size is larger than type size"));
    }
    match u8::try_from(size) {
        Ok(size) => Ok(size),
        _ => Err(Error::value(format!(
            "unsupported integer bit size ({size})"
        ))),
    }
}

pub(crate) fn not_byte_aligned() -> Error {
    Error::value("non-scalar must be byte-aligned")
}

/// What a host's number becomes as one of a scalar type.
fn number_of(
    types: &TypeStore,
    ty: QualifiedType,
    scalar: Scalar,
    bit_field_size: u8,
    value: &Value,
) -> Result<Number> {
    let not_a_number = || Error::type_(format!("'{}' value must be number", name_of(types, ty)));
    let number = match value {
        Value::Bool(value) => Number::Integer(Integer::Unsigned((*value).into())),
        Value::Signed(value) => Number::Integer(Integer::Signed(*value)),
        Value::Unsigned(value) => Number::Integer(Integer::Unsigned(*value)),
        Value::Wide(value) => Number::Integer(Integer::Wide(value.clone())),
        // A host's float becomes the integer that it is first, which then wraps around.
        Value::Float(value)
            if matches!(
                scalar.kind,
                ScalarKind::Signed | ScalarKind::Unsigned | ScalarKind::Pointer
            ) =>
        {
            Number::Integer(integer_of(&Float::Native(*value), Rounding::TowardZero)?)
        }
        Value::Float(value) => Number::Float(Float::Native(*value)),
        Value::Complex(real, imaginary) if scalar.kind == ScalarKind::Complex => {
            Number::Complex(Complex {
                real: Float::Native(*real),
                imaginary: Float::Native(*imaginary),
            })
        }
        Value::Complex(..) => {
            let name = name_of(types, ty);
            return Err(Error::type_(format!("'{name}' value must be real number")));
        }
        Value::Encoded(of, bytes) => match scalar_of(types, of.id)? {
            Some(scalar) => {
                let size = bits_of(scalar, 0)?;
                let bits = read_wide(bytes, scalar.order, 0, size);
                decode_wide(bits.ok_or_else(out_of_bounds)?, scalar, 0)?
            }
            None => return Err(not_a_number()),
        },
        Value::Struct(_) | Value::Array(_) => return Err(not_a_number()),
    };
    number.convert(scalar, bit_field_size)
}

/// Writes `value` as a `ty` at `bit_offset` of `bytes`.
fn fill(
    types: &TypeStore,
    ty: QualifiedType,
    value: &Value,
    bytes: &mut [u8],
    bit_offset: u64,
    depth: u32,
) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(crate::layout::too_deep());
    }
    if let Some(scalar) = stored_scalar(types, ty.id)? {
        let number = number_of(types, ty, scalar, 0, value)?;
        return store(bytes, scalar, bit_offset, 0, &number);
    }
    let out = || Error::overflow("offset is too large");
    match (&resolve(types, ty.id)?.1.data, value) {
        (TypeData::Compound { .. }, Value::Struct(members)) => {
            for (name, value) in members {
                let member = lookup_member(types, ty.id, name)?;
                if member.via.is_some() {
                    return Err(Error::value(format!(
                        "'{name}' is in a virtual base class, which a new value has no place for"
                    )));
                }
                let offset = bit_offset.checked_add(member.bit_offset).ok_or_else(out)?;
                match member.bit_field_size {
                    None => fill(types, member.ty, value, bytes, offset, depth + 1)?,
                    Some(_) => {
                        let size = check_bits(types, member.ty, offset, member.bit_field_size)?;
                        if let Some(scalar) = scalar_of(types, member.ty.id)? {
                            let number = number_of(types, member.ty, scalar, size, value)?;
                            store(bytes, scalar, offset, size, &number)?;
                        }
                    }
                }
            }
            Ok(())
        }
        (TypeData::Array { element, length }, Value::Array(values)) => {
            if length.is_some_and(|length| values.len() as u64 > length) {
                return Err(Error::value("too many items in array value"));
            }
            let size = bit_size(types, *element)?;
            let mut offset = bit_offset;
            for value in values {
                fill(types, *element, value, bytes, offset, depth + 1)?;
                offset = offset.checked_add(size).ok_or_else(out)?;
            }
            Ok(())
        }
        (_, Value::Encoded(of, value)) if resolve(types, of.id)?.0 == resolve(types, ty.id)?.0 => {
            if !bit_offset.is_multiple_of(8) {
                return Err(not_byte_aligned());
            }
            let place = usize::try_from(bit_offset / 8)
                .ok()
                .and_then(|start| bytes.get_mut(start..start.checked_add(value.len())?));
            place.ok_or_else(out_of_bounds)?.copy_from_slice(value);
            Ok(())
        }
        (data, _) => {
            let name = name_of(types, ty);
            let wanted = match data {
                TypeData::Compound { .. } => "dictionary or mapping",
                _ => "iterable",
            };
            Err(Error::type_(format!("'{name}' value must be {wanted}")))
        }
    }
}

/// Puts a number at `bit_offset` of `bytes`.
fn store(
    bytes: &mut [u8],
    scalar: Scalar,
    bit_offset: u64,
    bit_field_size: u8,
    number: &Number,
) -> Result<()> {
    let size = bits_of(scalar, bit_field_size)?;
    let repr = encode(number, scalar, bit_field_size)?;
    let value = repr.bytes().unwrap_or(&[]);
    let place = usize::try_from(bit_offset / 8).ok().and_then(|start| {
        let length = bytes_for(bit_offset % 8, size.into())?;
        bytes.get_mut(start..start.checked_add(usize::try_from(length).ok()?)?)
    });
    let Some(place) = place else {
        return Err(Error::out_of_bounds("out of bounds of value"));
    };
    let shift = (bit_offset % 8) as u32;
    if shift == 0 && size.is_multiple_of(8) {
        place.copy_from_slice(value);
        return Ok(());
    }
    for index in 0..size {
        // Bit `index` of the value, and the place that it goes to, counted in the byte order.
        let bit = |place: u32| match scalar.order {
            spelunk_base::ByteOrder::Little => 1u8 << (place % 8),
            spelunk_base::ByteOrder::Big => 0x80u8 >> (place % 8),
        };
        let is_set = value
            .get((index / 8) as usize)
            .is_some_and(|byte| byte & bit(index) != 0);
        let to = index + shift;
        if let Some(byte) = place.get_mut((to / 8) as usize) {
            match is_set {
                true => *byte |= bit(to),
                false => *byte &= !bit(to),
            }
        }
    }
    Ok(())
}
