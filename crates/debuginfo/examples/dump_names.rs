//! What debug files say about names, one line each, for comparison with another debugger's answer.
//!
//! `dump_names FILE... < NAMES`, where each line of NAMES is a kind (`struct`, `union`, `enum`,
//! `typedef`, `variable`, `function`, `constant`), a space and a name. With `--list N SEED` instead
//! of standard input: N names chosen at random.

use spelunk_base::{Cancel, NoProgress};
use spelunk_debuginfo::{DebugFile, DebugInfo, FoundObject, NameKind, ObjectKinds, ObjectValue};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_types::{QualifiedType, TypeData, TypeError, TypeKind, TypeStore};
use std::error::Error;
use std::fmt::Write as _;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut list = None;
    if arguments.first().is_some_and(|first| first == "--list") {
        let mut numbers = arguments.drain(..3).skip(1);
        let mut number = || numbers.next().unwrap_or_default().parse::<u64>();
        list = Some((number()?, number()?));
    }
    let store = Arc::new(TypeStore::new());
    let info = DebugInfo::new(Arc::clone(&store));
    for path in arguments {
        let elf = ElfFile::parse(FileData::open(Path::new(&path))?)?;
        info.add(DebugFile::new(elf, SectionAddresses::default(), 0))?;
    }
    info.prepare(&NoProgress, &Cancel::default())?;
    if let Some((count, seed)) = list {
        return list_names(&info, count, seed);
    }
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((kind, name)) = line.split_once(' ') else {
            continue;
        };
        println!("{line}: {}", describe(&info, kind, name));
    }
    Ok(())
}

fn list_names(info: &DebugInfo, count: u64, mut seed: u64) -> Result<(), Box<dyn Error>> {
    let mut all = Vec::new();
    for file in info.files().iter() {
        for (name, entries) in file.index()?.names(file.elf()) {
            let Ok(name) = std::str::from_utf8(name) else {
                continue;
            };
            let mut kinds: Vec<&str> = entries.filter_map(|entry| keyword(entry.kind)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            all.extend(kinds.into_iter().map(|kind| format!("{kind} {name}")));
        }
    }
    all.sort_unstable();
    all.dedup();
    for _ in 0..count {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let index = usize::try_from(seed >> 20)? % all.len().max(1);
        if let Some(line) = all.get(index) {
            println!("{line}");
        }
    }
    Ok(())
}

fn keyword(kind: NameKind) -> Option<&'static str> {
    Some(match kind {
        NameKind::Struct => "struct",
        NameKind::Union => "union",
        NameKind::Enum => "enum",
        NameKind::Typedef => "typedef",
        NameKind::Variable => "variable",
        NameKind::Function | NameKind::InlineFunction => "function",
        NameKind::Enumerator => "constant",
        NameKind::Class | NameKind::BaseType => return None,
    })
}

fn describe(info: &DebugInfo, kind: &str, name: &str) -> String {
    let found = match kind {
        "variable" => return object(info, ObjectKinds::VARIABLE, name),
        "function" => return object(info, ObjectKinds::FUNCTION, name),
        "constant" => return object(info, ObjectKinds::CONSTANT, name),
        "struct" => info.find_type(&[TypeKind::Struct], name, None),
        "union" => info.find_type(&[TypeKind::Union], name, None),
        "enum" => info.find_type(&[TypeKind::Enum], name, None),
        _ => info.find_type(&[TypeKind::Typedef], name, None),
    };
    match found {
        Ok(Some(ty)) => definition(info.store(), ty).unwrap_or_else(|error| error.to_string()),
        Ok(None) => "nothing".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

fn object(info: &DebugInfo, kinds: ObjectKinds, name: &str) -> String {
    match info.find_object(name, None, kinds) {
        Ok(Some(FoundObject { ty, value, .. })) => {
            let ty = reference(info.store(), ty).unwrap_or_else(|error| error.to_string());
            match value {
                ObjectValue::Address(address) => format!("{ty} at {address:#x}"),
                ObjectValue::Bytes(bytes) => format!("{ty} = bytes {}", bytes.len()),
                ObjectValue::Constant(value) => format!("{ty} = {value}"),
                ObjectValue::Absent(_) => format!("{ty} absent"),
            }
        }
        Ok(None) => "nothing".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

/// A type that is meant by its name, as a member's.
fn reference(store: &TypeStore, ty: QualifiedType) -> Result<String, TypeError> {
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
        TypeData::Enum { tag, enumerators, .. } => {
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
fn definition(store: &TypeStore, ty: QualifiedType) -> Result<String, TypeError> {
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
