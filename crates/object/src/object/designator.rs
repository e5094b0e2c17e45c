//! Designators: `a.b[3].c`, which parts of structures and arrays are called by.

use super::Object;
use super::access::offset_too_large;
use crate::c::{Lexer, Token};
use crate::layout::{bit_size, lookup_member, name_of, resolve};
use crate::{Error, Result, Target};
use spelunk_types::{FlatMember, QualifiedType, TypeData, TypeStore};

/// Where the part that a designator (`a.b[3].c`) names stands in the type: bytes from its start.
///
/// # Errors
///
/// If the designator names no part, or one that does not start at a byte.
pub fn offsetof(target: &dyn Target, ty: QualifiedType, designator: &str) -> Result<u64> {
    let part = find_part(target.types(), ty, designator, false)?;
    match part.bit_offset % 8 {
        0 => Ok(part.bit_offset / 8),
        _ => Err(Error::value("member is not byte-aligned")),
    }
}

impl Object {
    /// The part that a designator such as `a.b[3].c` names. Pointers are not followed.
    ///
    /// # Errors
    ///
    /// If the designator is no designator or names no part.
    pub fn subobject(&self, target: &dyn Target, designator: &str) -> Result<Self> {
        let part = find_part(target.types(), self.ty, designator, true)?;
        self.part(target, part.ty, part.bit_offset, part.bit_field_size)
    }
}

/// The part of `ty` that `designator` names; a subscript in front only if `subscript_first`.
fn find_part(
    types: &TypeStore,
    ty: QualifiedType,
    designator: &str,
    subscript_first: bool,
) -> Result<FlatMember> {
    let mut lexer = Lexer::new(designator);
    let mut part = FlatMember {
        ty,
        bit_offset: 0,
        bit_field_size: None,
        via: None,
    };
    let mut after: Option<&str> = None;
    loop {
        match (lexer.next()?, after) {
            (None, Some(_)) => return Ok(part),
            (Some(Token::Identifier(name)), None) => {
                step_into(types, &mut part, name)?;
                after = Some("identifier");
            }
            (Some(Token::Dot), Some(_)) => {
                let Some(Token::Identifier(name)) = lexer.next()? else {
                    return Err(Error::syntax("expected identifier after '.'"));
                };
                step_into(types, &mut part, name)?;
                after = Some("identifier");
            }
            (Some(Token::LeftBracket), _) if subscript_first || after.is_some() => {
                let Some(Token::Number(index)) = lexer.next()? else {
                    return Err(Error::syntax("expected number after '['"));
                };
                if lexer.next()? != Some(Token::RightBracket) {
                    return Err(Error::syntax("expected ']' after number"));
                }
                step_to(types, &mut part, index)?;
                after = Some("']'");
            }
            (_, None) if subscript_first => {
                return Err(Error::syntax("expected identifier or '['"));
            }
            (_, None) => return Err(Error::syntax("expected identifier")),
            (_, Some(after)) => {
                return Err(Error::syntax(format!("expected '.' or '[' after {after}")));
            }
        }
    }
}

fn step_into(types: &TypeStore, part: &mut FlatMember, name: &str) -> Result<()> {
    let member = lookup_member(types, part.ty.id, name)?;
    if member.via.is_some() {
        let ty = name_of(types, part.ty);
        return Err(Error::value(format!(
            "'{name}' is in a virtual base class of '{ty}', which each object has elsewhere"
        )));
    }
    let bit_offset = part.bit_offset.checked_add(member.bit_offset);
    *part = FlatMember {
        bit_offset: bit_offset.ok_or_else(offset_too_large)?,
        ..member
    };
    Ok(())
}

fn step_to(types: &TypeStore, part: &mut FlatMember, index: u64) -> Result<()> {
    let TypeData::Array { element, .. } = &resolve(types, part.ty.id)?.1.data else {
        let name = name_of(types, part.ty);
        return Err(Error::type_(format!("'{name}' is not an array")));
    };
    let bit_offset = bit_size(types, *element)?
        .checked_mul(index)
        .and_then(|offset| part.bit_offset.checked_add(offset))
        .ok_or_else(offset_too_large)?;
    *part = FlatMember {
        ty: *element,
        bit_offset,
        bit_field_size: None,
        via: None,
    };
    Ok(())
}
