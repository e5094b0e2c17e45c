//! Getting values out of objects.

use super::reference::stored_scalar;
use super::{Object, Repr};
use crate::bits;
use crate::layout::{name_of, resolve, sizeof, too_deep};
use crate::number::Number;
use crate::printer::Presentation;
use crate::scalar::{bits_of, check_has_values, scalar_of, stored};
use crate::{Error, ErrorKind, Result, Target, Value};
use spelunk_types::{
    Member, MemberRole, PointerForm, Scalar, ScalarKind, Stored, TypeData, TypeStore,
};

/// Memory is read in such pieces, so that a type of absurd size ends at the first hole.
const CHUNK: u64 = 1 << 20;
/// Strings are looked for in such pieces.
const STRING_CHUNK: u64 = 256;
/// Objects that stand for objects that stand for strings.
const MAX_REPLACED: u32 = 16;
/// Bytes of a string that has no end before.
const MAX_STRING: usize = 1 << 26;
/// Structures in structures of one value.
const MAX_DEPTH: u32 = 128;
/// Numbers and structures in one value: for each byte, since unions show it several times, and at
/// least.
const PARTS_PER_BYTE: usize = 64;
const MIN_PARTS: usize = 1 << 10;

impl Object {
    /// This object as a value, read from memory if it is there; what a reference of C++ refers to.
    ///
    /// # Errors
    ///
    /// A fault; also if the type has no values or the object is absent. So do all that follow.
    pub fn read(&self, target: &dyn Target) -> Result<Self> {
        match self.referent(target)? {
            Some(referent) => referent.read_stored(target),
            None => self.read_stored(target),
        }
    }

    /// What stands where the object is: of a reference of C++ the address.
    pub(crate) fn read_stored(&self, target: &dyn Target) -> Result<Self> {
        let Repr::Reference {
            address,
            bit_offset,
        } = self.repr
        else {
            return match self.is_absent() {
                true => Err(Error::absent()),
                false => Ok(self.clone()),
            };
        };
        let types = target.types();
        let stored = stored(types, self.ty.id)?;
        if bit_offset != 0 || self.bit_field_size != 0 {
            let (Stored::Number(scalar) | Stored::Reference(scalar)) = stored else {
                self.check_readable(types)?;
                return Err(super::create::not_byte_aligned());
            };
            let size = bits_of(*scalar, self.bit_field_size)?;
            let (offset, field) = (u64::from(bit_offset), self.bit_field_size);
            let length = bits::bytes_for(offset, size.into()).ok_or_else(out_of_bounds)?;
            let bytes = read_bytes(target, address, length)?;
            return Self::cut(types, self.ty, &bytes, offset, field)?.ok_or_else(out_of_bounds);
        }
        let size = match stored {
            Stored::Number(scalar) | Stored::Reference(scalar) => scalar.size,
            Stored::Other => {
                self.check_readable(types)?;
                sizeof(types, self.ty)?
            }
        };
        let mut inline = [0; 16];
        let repr = match inline.get_mut(..usize::try_from(size).unwrap_or(usize::MAX)) {
            Some(place) => {
                target.read(address, place)?;
                Repr::Inline {
                    length: size as u8,
                    bytes: inline,
                }
            }
            None => Repr::Heap(read_bytes(target, address, size)?.into()),
        };
        Ok(Self {
            ty: self.ty,
            bit_field_size: 0,
            repr,
        })
    }

    fn check_readable(&self, types: &TypeStore) -> Result<()> {
        check_has_values(types, self.ty.id, |what| {
            format!("cannot read object with {what} type")
        })
    }

    /// The number that a scalar is. The caller has seen that it is one, or takes the error.
    pub(crate) fn load(&self, target: &dyn Target) -> Result<(Number, Scalar)> {
        let types = target.types();
        let Some(scalar) = scalar_of(types, self.ty.id)? else {
            if let Some(referent) = self.referent(target)? {
                return referent.load(target);
            }
            self.check_readable(types)?;
            let name = name_of(types, self.ty);
            return Err(Error::type_(format!("'{name}' is not a scalar")));
        };
        Ok((self.load_number(target, scalar)?, scalar))
    }

    /// The bits of a scalar of at most 128.
    pub(crate) fn load_as(&self, target: &dyn Target, scalar: Scalar) -> Result<u128> {
        let size = bits_of(scalar, self.bit_field_size)?;
        self.load_bits(target, size, scalar.order)
    }

    /// The value as a host language would hold it. References of C++ are what they refer to; in
    /// structures and arrays they are addresses, as pointers are. Of an `enum` of Rust there is the
    /// active variant. Members whose types are damaged are left out.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn value(&self, target: &dyn Target) -> Result<Value> {
        if let Some((bits, scalar)) = self.find_narrow(target)? {
            return Ok(match scalar.kind {
                ScalarKind::Bool => Value::Bool(bits != 0),
                ScalarKind::Signed => Value::Signed(bits.cast_signed()),
                _ => Value::Unsigned(bits),
            });
        }
        if let Some(scalar) = scalar_of(target.types(), self.ty.id)? {
            return Ok(self.load_number(target, scalar)?.to_value(scalar));
        }
        if let Some(referent) = self.referent(target)? {
            return referent.value(target);
        }
        let size = sizeof(target.types(), self.ty).unwrap_or(0);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut left = size
            .saturating_mul(PARTS_PER_BYTE)
            .saturating_add(MIN_PARTS);
        self.parts(target, 0, &mut left)
    }

    fn parts(&self, target: &dyn Target, depth: u32, left: &mut usize) -> Result<Value> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        match left.checked_sub(1) {
            Some(rest) => *left = rest,
            None => return Err(Error::new(ErrorKind::Memory, "value is too large")),
        }
        let types = target.types();
        if let Some(scalar) = stored_scalar(types, self.ty.id)? {
            return Ok(self.load_number(target, scalar)?.to_value(scalar));
        }
        let whole = self.read_stored(target)?;
        let (id, ty) = resolve(types, self.ty.id)?;
        match &ty.data {
            TypeData::Array {
                element,
                length: Some(length),
            } => {
                let mut values = Vec::new();
                for index in 0..*length {
                    let element = whole.element(target, *element, index.cast_signed())?;
                    values.push(element.parts(target, depth + 1, left)?);
                }
                Ok(Value::Array(values))
            }
            _ => {
                let mut values = Vec::new();
                if let Some(members) = types.members(id)? {
                    let values = &mut values;
                    whole.add_members(target, self, &members.members, depth, left, values)?;
                    if let Some(variant) = whole.variant_of(target, members, 0)? {
                        whole.add_members(target, self, &variant.members, depth, left, values)?;
                    }
                }
                Ok(Value::Struct(values))
            }
        }
    }

    /// Adds the members of this value, which was read from `place`: a virtual base class may be
    /// there, but outside of the value.
    fn add_members(
        &self,
        target: &dyn Target,
        place: &Self,
        members: &[Member],
        depth: u32,
        left: &mut usize,
        values: &mut Vec<(Box<str>, Value)>,
    ) -> Result<()> {
        let types = target.types();
        for member in members {
            if types.get(member.ty.id).is_err() {
                continue;
            }
            let part = match member.role {
                MemberRole::Member => self.member_part(target, member, 0)?,
                MemberRole::Base => place.member_part(target, member, 0)?,
                MemberRole::VirtualBase { .. } => match place.member_part(target, member, 0) {
                    Err(error) if error.kind() == ErrorKind::OutOfBounds => continue,
                    part => part?,
                },
            };
            if part.is_absent() {
                continue;
            }
            let value = part.parts(target, depth + 1, left)?;
            match (&member.name, value) {
                (Some(name), value) if member.role == MemberRole::Member => {
                    values.push((name.clone(), value))
                }
                (_, Value::Struct(inner)) => values.extend(inner),
                // An unnamed number has no name to stand under.
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn inconvertible(&self, target: &dyn Target, to: &str) -> Error {
        let name = name_of(target.types(), self.ty);
        Error::type_(format!("cannot convert '{name}' to {to}"))
    }

    /// The bytes of the value as they stand in memory.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn to_bytes(&self, target: &dyn Target) -> Result<Vec<u8>> {
        Ok(self.read(target)?.value_bytes().unwrap_or(&[]).into())
    }

    /// The bytes up to the first NUL, pointed to or in the array; the array's end also ends them.
    /// Of a string of a library, such as `std::string`, all that it holds, as UTF-8 if it is wide.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also if this is nothing of these.
    pub fn string(&self, target: &dyn Target) -> Result<Vec<u8>> {
        self.string_within(target, 0)
    }

    /// As [`string`](Self::string), of an object that stands for so many others.
    fn string_within(&self, target: &dyn Target, depth: u32) -> Result<Vec<u8>> {
        let types = target.types();
        match &resolve(types, self.ty.id)?.1.data {
            // References of a damaged file may refer to themselves.
            TypeData::Pointer { form, .. }
                if *form != PointerForm::Pointer && depth < MAX_REPLACED =>
            {
                self.lvalue(target)?.string_within(target, depth + 1)
            }
            TypeData::Pointer { .. } => {
                let address = self.to_u64(target)?;
                read_c_string(target, address, u64::MAX)
            }
            TypeData::Array { length, .. } => {
                let limit = match length {
                    Some(_) => sizeof(types, self.ty)?,
                    None => u64::MAX,
                };
                match &self.repr {
                    Repr::Reference { address, .. } => read_c_string(target, *address, limit),
                    Repr::Absent(_) => Err(Error::absent()),
                    _ => {
                        let bytes = self.value_bytes().unwrap_or(&[]);
                        Ok(bytes
                            .iter()
                            .copied()
                            .take_while(|byte| *byte != 0)
                            .collect())
                    }
                }
            }
            _ => match self.lookup_presentation(target)? {
                Some(Presentation::String { is_cut: true, .. }) => Err(Error::value(
                    "string has more characters than are read of one",
                )),
                Some(Presentation::String { bytes, .. }) => Ok(bytes),
                // A path, which holds a string; but no class that stands for itself.
                Some(Presentation::Object(inner))
                    if inner.ty != self.ty && depth < MAX_REPLACED =>
                {
                    inner.string_within(target, depth + 1)
                }
                _ => {
                    let name = name_of(types, self.ty);
                    Err(Error::type_(format!(
                        "string() argument must be an array or pointer, not '{name}'"
                    )))
                }
            },
        }
    }
}

pub(crate) fn out_of_bounds() -> Error {
    Error::out_of_bounds("out of bounds of value")
}

/// `size` bytes at `address`, allocated as memory proves to be there.
pub(crate) fn read_bytes(target: &dyn Target, address: u64, size: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut done = 0;
    while done < size {
        let length = (size - done).min(CHUNK);
        let start = bytes.len();
        bytes.resize(start + length as usize, 0);
        let place = bytes.get_mut(start..).unwrap_or(&mut []);
        target.read(super::create::add(target, address, done), place)?;
        done += length;
    }
    Ok(bytes)
}

/// The bytes from `address` up to a NUL, `limit` at most.
///
/// # Errors
///
/// A fault before the string's end; if it does not end at all.
pub fn read_c_string(target: &dyn Target, address: u64, limit: u64) -> Result<Vec<u8>> {
    let mut string = Vec::new();
    let mut address = address;
    let mut left = limit;
    while left > 0 {
        if string.len() > MAX_STRING {
            return Err(Error::value("string is too long"));
        }
        let mut buf = [0; STRING_CHUNK as usize];
        // Up to the next multiple, so that no page is touched needlessly.
        let length = (STRING_CHUNK - address % STRING_CHUNK).min(left) as usize;
        let chunk = buf.get_mut(..length).unwrap_or(&mut []);
        let length = match target.read(address, chunk) {
            Ok(()) => length,
            // The string may end before the hole does begin.
            Err(error) => match error.kind() {
                ErrorKind::Fault(hole) if hole.address > address => {
                    let length = usize::try_from(hole.address - address)
                        .unwrap_or(length)
                        .min(length);
                    target.read(address, chunk.get_mut(..length).unwrap_or(&mut []))?;
                    length
                }
                _ => return Err(error),
            },
        };
        let chunk = buf.get(..length).unwrap_or(&[]);
        if let Some(end) = chunk.iter().position(|byte| *byte == 0) {
            string.extend(chunk.iter().take(end));
            return Ok(string);
        }
        string.extend(chunk);
        address = super::create::add(target, address, length as u64);
        left -= length as u64;
    }
    Ok(string)
}
