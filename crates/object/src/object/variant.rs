//! Variants: which of the parts of an `enum` of Rust is there.

use super::Object;
use crate::bits::truncate;
use crate::layout::{bit_size, resolve};
use crate::scalar::scalar_of;
use crate::{Error, Result, Target};
use spelunk_types::{Members, Variant};

impl Object {
    /// The active variant of an `enum` of Rust, and its name; `None` if the type has no variants.
    ///
    /// Of `Some(5)` it is `("Some", ...)`, a structure with the member `__0`.
    ///
    /// # Errors
    ///
    /// If the discriminant cannot be read, or belongs to no variant.
    pub fn active_variant<'a>(&self, target: &'a dyn Target) -> Result<Option<(&'a str, Self)>> {
        let object = self.lvalue(target)?;
        let types = target.types();
        let Some(members) = types.members(resolve(types, object.ty.id)?.0)? else {
            return Ok(None);
        };
        let Some(variant) = object.variant_of(target, members, 0)? else {
            return Ok(None);
        };
        let Some(member) = variant.members.first() else {
            return Ok(None);
        };
        let name = member.name.as_deref().unwrap_or("");
        Ok(Some((name, object.member_part(target, member, 0)?)))
    }

    /// The active one of the variants of what stands `outer` bits from this object's start and has
    /// these members.
    pub(crate) fn variant_of<'a>(
        &self,
        target: &dyn Target,
        members: &'a Members,
        outer: u64,
    ) -> Result<Option<&'a Variant>> {
        let Some(part) = &members.variant_part else {
            return Ok(None);
        };
        let Some(discriminant) = &part.discriminant else {
            return Ok(part.variants.first());
        };
        let types = target.types();
        let Some(scalar) = scalar_of(types, discriminant.ty.id)?.filter(|it| it.is_integer())
        else {
            return Err(Error::type_("discriminant of the variants is no integer"));
        };
        let bits = match discriminant.bit_field_size {
            Some(bits) => bits,
            None => bit_size(types, discriminant.ty)?,
        };
        let bits = u32::try_from(bits).unwrap_or(u32::MAX).clamp(1, 128);
        let number = self.member_part(target, discriminant, outer)?;
        let number = truncate(number.load_as(target, scalar)?, bits);
        // Both are seen as the discriminant's type has them, whatever the compiler wrote.
        let order = |bits_of: u128| match scalar.is_signed() {
            true => bits_of ^ 1u128.checked_shl(bits - 1).unwrap_or(0),
            false => bits_of,
        };
        let place = order(number);
        let end = |number: i128| order(truncate(number.cast_unsigned(), bits));
        let is_selected = |variant: &&Variant| {
            let mut ranges = variant.discriminants.iter();
            ranges.any(|(first, last)| (end(*first)..=end(*last)).contains(&place))
        };
        let chosen = part.variants.iter().find(is_selected);
        let mut rest = part.variants.iter();
        let chosen = chosen.or_else(|| rest.find(|variant| variant.discriminants.is_empty()));
        match chosen {
            Some(variant) => Ok(Some(variant)),
            None => Err(Error::value(format!(
                "no variant has the discriminant {number:#x}"
            ))),
        }
    }
}
