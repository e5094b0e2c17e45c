//! Types as one line of text, for tests and for comparison with another debugger.

use spelunk_types::{QualifiedType, TypeData, TypeError, TypeStore};
use std::fmt::Write as _;

/// A type that is meant by its name, as a member's.
pub(crate) fn reference(store: &TypeStore, ty: QualifiedType) -> Result<String, TypeError> {
    let mut text = String::new();
    for keyword in ty.qualifiers.keywords() {
        let _ = write!(text, "{keyword} ");
    }
    match &store.get(ty.id)?.data {
        TypeData::Compound { tag: None, .. } | TypeData::Enum { tag: None, .. } => {
            text.push_str(&definition(store, ty.id.into())?);
        }
        TypeData::Compound { kind, tag, size } => {
            let _ = write!(
                text,
                "{} {}{}",
                kind.keyword(),
                tag.as_deref().unwrap_or_default(),
                if size.is_some() { "" } else { "?" }
            );
        }
        TypeData::Enum {
            tag, enumerators, ..
        } => {
            let _ = write!(
                text,
                "enum {}{}",
                tag.as_deref().unwrap_or_default(),
                if enumerators.is_some() { "" } else { "?" }
            );
        }
        TypeData::Pointer { referenced, .. } => {
            let _ = write!(text, "*({})", reference(store, *referenced)?);
        }
        TypeData::Array { element, length } => {
            let length = length.map_or_else(|| "?".to_owned(), |length| length.to_string());
            let _ = write!(text, "[{length}]({})", reference(store, *element)?);
        }
        TypeData::Function {
            return_type,
            parameters,
            is_variadic,
        } => {
            let _ = write!(text, "function({})(", reference(store, *return_type)?);
            for parameter in parameters {
                let name = parameter.name.as_deref().unwrap_or_default();
                let _ = write!(text, "{name}: {}, ", reference(store, parameter.ty)?);
            }
            text.push_str(if *is_variadic { "...)" } else { ")" });
        }
        data => text.push_str(data.name().unwrap_or_default()),
    }
    Ok(text)
}

/// All of a type, one level deep.
pub(crate) fn definition(store: &TypeStore, ty: QualifiedType) -> Result<String, TypeError> {
    let mut text = String::new();
    match &store.get(ty.id)?.data {
        TypeData::Compound { kind, size, .. } => {
            let size = size.map_or_else(|| "?".to_owned(), |size| size.to_string());
            let _ = write!(text, "{} size {size} {{", kind.keyword());
            for member in store.members(ty.id)?.map_or(&[][..], |all| &all.members) {
                let bits = member.bit_field_size.unwrap_or(0);
                let _ = write!(
                    text,
                    " {} @{}:{bits} {};",
                    member.name.as_deref().unwrap_or_default(),
                    member.bit_offset,
                    reference(store, member.ty)?
                );
            }
            text.push_str(" }");
        }
        TypeData::Enum {
            compatible,
            enumerators,
            ..
        } => {
            let compatible = match compatible {
                Some(id) => reference(store, (*id).into())?,
                None => "?".to_owned(),
            };
            let _ = write!(text, "enum: {compatible} {{");
            for enumerator in enumerators.iter().flatten() {
                let _ = write!(text, " {} = {};", enumerator.name, enumerator.value);
            }
            text.push_str(" }");
        }
        TypeData::Typedef { aliased, .. } => {
            let _ = write!(text, "= {}", reference(store, *aliased)?);
        }
        _ => return reference(store, ty),
    }
    Ok(text)
}
