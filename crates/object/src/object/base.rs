//! Members by where the index has them, and virtual base classes, which are elsewhere in each
//! object.

use super::create::add;
use super::read::out_of_bounds;
use super::{Object, Repr};
use crate::{Error, Result, Target};
use spelunk_base::{ByteOrder, Platform};
use spelunk_types::{FlatMember, Member, MemberRole, QualifiedType, TypeId, VirtualStep};

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
                let bytes = self.value_bytes().unwrap_or(&[]);
                let start = usize::try_from(offset).map_err(|_| out_of_bounds())?;
                let word = bytes
                    .get(start..)
                    .and_then(|bytes| bytes.get(..usize::from(platform.address_size())))
                    .ok_or_else(out_of_bounds)?;
                Ok(word_of(word, platform.byte_order))
            }
        }
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
        let bit_offset = u64::try_from(start)
            .ok()
            .and_then(|start| start.checked_mul(8)?.checked_add(bit_offset))
            .ok_or_else(out_of_bounds)?;
        self.part(target, ty, bit_offset, bit_field_size)
    }
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
