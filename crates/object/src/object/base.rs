//! Members by where the index has them, and virtual base classes, which are elsewhere in each
//! object.

use super::create::add;
use super::read::out_of_bounds;
use super::{Object, Repr, Within};
use crate::layout::resolve;
use crate::{Error, Result, Target};
use spelunk_base::{ByteOrder, Platform};
use spelunk_types::{
    FlatMember, Member, MemberRole, QualifiedType, TypeData, TypeId, TypeStore, VirtualStep,
};
use std::sync::Arc;

impl Object {
    /// The member that stands in this object, whose type behind typedefs is `id`, where `member`
    /// says.
    #[inline]
    pub(crate) fn flat_part(
        &self,
        target: &dyn Target,
        id: TypeId,
        member: FlatMember,
    ) -> Result<Self> {
        let Some(path) = member.via else {
            return self.part(target, member.ty, member.bit_offset, member.bit_field_size);
        };
        let types = target.types();
        let members = types.members(id)?;
        let steps = members.map_or(&[][..], |members| members.by_name(types).virtual_path(path));
        let start = self.find_virtual_base(target, steps)?;
        self.moved(
            target,
            start,
            member.ty,
            member.bit_offset,
            member.bit_field_size,
        )
    }

    /// The member or base class `member` of what stands `outer` bits from this object's start.
    pub(crate) fn member_part(
        &self,
        target: &dyn Target,
        member: &Member,
        outer: u64,
    ) -> Result<Self> {
        match member.role {
            MemberRole::VirtualBase { table_offset } => {
                let step = VirtualStep {
                    bit_offset: outer,
                    table_offset,
                };
                let start = self.find_virtual_base(target, &[step])?;
                self.moved(target, start, member.ty, 0, None)
            }
            _ => {
                let offset = outer.wrapping_add(member.bit_offset);
                self.part(target, member.ty, offset, member.bit_field_size)
            }
        }
    }

    /// Where a virtual base class is, in bytes from this object's start: for each step the class
    /// that has the base begins with the address of its table of virtual functions, in which the
    /// distance to the base stands (Itanium C++ ABI, section 2.5.2).
    fn find_virtual_base(&self, target: &dyn Target, steps: &[VirtualStep]) -> Result<i64> {
        let Some(platform) = target.platform() else {
            return Err(Error::value("program address size is not known"));
        };
        let mut start = 0i64;
        for step in steps {
            let class = start.wrapping_add((step.bit_offset / 8).cast_signed());
            let table = self.word_at(target, platform, class)?;
            let entry = add(target, table, step.table_offset.cast_unsigned());
            let distance = read_word(target, platform, entry)?;
            let distance = match platform.is_64_bit {
                true => distance.cast_signed(),
                false => i64::from((distance as u32).cast_signed()),
            };
            start = class.wrapping_add(distance);
        }
        Ok(start)
    }

    /// The word that stands `offset` bytes from this object's start.
    fn word_at(&self, target: &dyn Target, platform: Platform, offset: i64) -> Result<u64> {
        match &self.repr {
            Repr::Reference { address, .. } => {
                let address = add(target, *address, offset.cast_unsigned());
                read_word(target, platform, address)
            }
            Repr::Absent(_) => Err(Error::absent()),
            _ => {
                let (whole, start) = self.whole_value();
                let word = start
                    .checked_add_signed(isize::try_from(offset).unwrap_or(isize::MIN))
                    .and_then(|start| whole.get(start..))
                    .and_then(|bytes| bytes.get(..usize::from(platform.address_size())))
                    .ok_or_else(outside)?;
                Ok(word_of(word, platform.byte_order))
            }
        }
    }

    /// The bytes of the value that this one is part of, and where it starts in there.
    fn whole_value(&self) -> (&[u8], usize) {
        match &self.repr {
            Repr::Within(part) => (&part.whole, part.place.start),
            repr => (repr.bytes().unwrap_or(&[]), 0),
        }
    }

    /// The structure or class that stands `bit_offset` bits from the start of this value, if it
    /// is one.
    pub(super) fn class_part(
        &self,
        types: &TypeStore,
        ty: QualifiedType,
        bit_offset: u64,
    ) -> Result<Option<Self>> {
        let (whole, place) = match &self.repr {
            Repr::Heap(whole) => (whole, 0..whole.len()),
            Repr::Within(part) => (&part.whole, part.place.clone()),
            _ => return Ok(None),
        };
        let (id, data) = resolve(types, ty.id).map(|(id, ty)| (id, &ty.data))?;
        let TypeData::Compound {
            size: Some(size), ..
        } = data
        else {
            return Ok(None);
        };
        let offset = usize::try_from(bit_offset / 8).map_err(|_| out_of_bounds())?;
        let start = place.start.checked_add(offset).ok_or_else(out_of_bounds)?;
        let end = usize::try_from(*size).ok();
        let end = end.and_then(|size| start.checked_add(size));
        let end = match end.filter(|end| *end <= place.end) {
            Some(end) => end,
            // As a base class it is shorter: its virtual base classes may stand before it.
            None if start <= whole.len() && has_virtual_bases(types, id)? => whole.len(),
            None => return Err(out_of_bounds()),
        };
        let part = Within {
            whole: Arc::clone(whole),
            place: start..end,
        };
        Ok(Some(Self {
            ty,
            bit_field_size: 0,
            repr: Repr::Within(Arc::new(part)),
        }))
    }

    /// The part of type `ty` that stands `bit_offset` bits from `start`, which may be before this
    /// object: then the object is a base class of a larger one.
    fn moved(
        &self,
        target: &dyn Target,
        start: i64,
        ty: QualifiedType,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        if let Repr::Reference { address, .. } = self.repr {
            let address = add(target, address, start.cast_unsigned());
            return Self::at(self.ty, address).part(target, ty, bit_offset, bit_field_size);
        }
        let (whole, own_start) = self.whole_value();
        let bit_offset = (own_start as u64)
            .checked_add_signed(start)
            .filter(|start| *start <= whole.len() as u64)
            .and_then(|start| start.checked_mul(8)?.checked_add(bit_offset))
            .ok_or_else(outside)?;
        let whole = match &self.repr {
            Repr::Within(part) => Repr::Heap(Arc::clone(&part.whole)),
            repr => repr.clone(),
        };
        let whole = Self {
            repr: whole,
            ..self.clone()
        };
        whole.part(target, ty, bit_offset, bit_field_size)
    }
}

/// Whether objects of the type have virtual base classes.
fn has_virtual_bases(types: &TypeStore, id: TypeId) -> Result<bool> {
    let Some(members) = types.members(id)? else {
        return Ok(false);
    };
    let mut all = members.by_name(types).iter();
    Ok(all.any(|(_, member)| member.via.is_some()))
}

/// What is read of a base class alone has not what stands elsewhere.
fn outside() -> Error {
    Error::out_of_bounds(
        "virtual base class is not in the value, which is only a part of an object: \
         take it from the whole object, or from the object in memory",
    )
}

fn read_word(target: &dyn Target, platform: Platform, address: u64) -> Result<u64> {
    let mut word = [0; 8];
    let word = word
        .get_mut(..usize::from(platform.address_size()))
        .unwrap_or_default();
    target.read(address, word)?;
    Ok(word_of(word, platform.byte_order))
}

fn word_of(bytes: &[u8], order: ByteOrder) -> u64 {
    let join = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, join),
        ByteOrder::Big => bytes.iter().fold(0, join),
    }
}
