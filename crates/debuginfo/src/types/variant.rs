use super::template::number;
use crate::dwarf::Slice;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use gimli::{AttributeValue, Reader, constants as dw};
use spelunk_types::{TypeStore, Variant, VariantPart};

/// Variants of a type, and members of one: more is no program but a damaged file.
const MAX_VARIANTS: usize = 1 << 16;
const MAX_MEMBERS: usize = 1 << 16;

impl DebugFile {
    /// `DW_TAG_variant_part`, which `enum`s of Rust have (DWARF 5, section 5.7.10).
    pub(super) fn variant_part(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<VariantPart, DebugInfoError> {
        let discriminant = match die.reference(dw::DW_AT_discr)? {
            Some(discriminant) => Some(self.member(store, &die.units().die(discriminant)?)?),
            None => None,
        };
        let is_signed = match &discriminant {
            Some(member) => {
                let scalar = store.scalar(member.ty.id).ok().flatten();
                scalar.is_some_and(|scalar| scalar.is_signed())
            }
            None => false,
        };
        let mut variants = Vec::new();
        die.for_each_child(|child| {
            if child.tag() == dw::DW_TAG_variant {
                if variants.len() == MAX_VARIANTS {
                    return Err(child.damaged("type has too many variants"));
                }
                variants.push(self.variant(store, &child, is_signed)?);
            }
            Ok(())
        })?;
        Ok(VariantPart {
            discriminant,
            variants: variants.into(),
        })
    }

    fn variant(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
        is_signed: bool,
    ) -> Result<Variant, DebugInfoError> {
        let mut members = Vec::new();
        die.for_each_child(|child| {
            if child.tag() == dw::DW_TAG_member {
                if members.len() == MAX_MEMBERS {
                    return Err(child.damaged("variant has too many members"));
                }
                members.push(self.member(store, &child)?);
            }
            Ok(())
        })?;
        Ok(Variant {
            discriminants: self.discriminants(die, is_signed)?.into(),
            members: members.into(),
        })
    }

    /// The discriminants that select the variant, as ranges.
    fn discriminants(
        &self,
        die: &Die<'_, '_>,
        is_signed: bool,
    ) -> Result<Vec<(i128, i128)>, DebugInfoError> {
        if let Some(value) = die.attr(dw::DW_AT_discr_value) {
            let value = match value {
                AttributeValue::Sdata(value) => Some(value.into()),
                AttributeValue::Data16(value) => Some(value.cast_signed()),
                AttributeValue::Block(bytes) if bytes.len() <= 16 => {
                    let order = self.elf().platform().byte_order;
                    Some(number(bytes.slice(), order).cast_signed())
                }
                value => value.udata_value().map(i128::from),
            };
            let value = value.ok_or_else(|| die.damaged("DW_AT_discr_value is no constant"))?;
            return Ok(vec![(value, value)]);
        }
        match die.attr(dw::DW_AT_discr_list) {
            None => Ok(Vec::new()),
            Some(AttributeValue::Block(list)) => {
                let ranges = ranges(list, is_signed);
                ranges.map_err(|error| die.damaged(format!("DW_AT_discr_list: {error}")))
            }
            Some(_) => Err(die.damaged("DW_AT_discr_list is no block")),
        }
    }
}

/// The ranges of a list of discriminants (DWARF 5, section 7.5.2, "discriminant list").
fn ranges(list: Slice<'_>, is_signed: bool) -> gimli::Result<Vec<(i128, i128)>> {
    let mut list = list;
    let mut ranges = Vec::new();
    while !list.is_empty() {
        let descriptor = gimli::DwDsc(list.read_u8()?);
        let mut number = || -> gimli::Result<i128> {
            match is_signed {
                true => list.read_sleb128().map(i128::from),
                false => list.read_uleb128().map(i128::from),
            }
        };
        let first = number()?;
        let last = match descriptor {
            dw::DW_DSC_range => number()?,
            _ => first,
        };
        ranges.push((first, last));
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gimli::{EndianSlice, RunTimeEndian};

    #[test]
    fn lists_hold_labels_and_ranges() {
        let parse = |bytes: &[u8], is_signed| {
            ranges(EndianSlice::new(bytes, RunTimeEndian::Little), is_signed).ok()
        };
        let list = [0, 5, 1, 0x7f, 3, 1, 0x80, 1, 0xff, 1];
        assert_eq!(parse(&list, true), Some(vec![(5, 5), (-1, 3), (128, 255)]));
        let unsigned = parse(&list, false);
        assert_eq!(unsigned, Some(vec![(5, 5), (127, 3), (128, 255)]));
        assert_eq!(parse(&[1, 5], false), None, "cut off");
        assert_eq!(parse(&[], false), Some(Vec::new()));
    }
}
