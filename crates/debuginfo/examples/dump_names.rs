//! What debug files say about names, one line each, for comparison with another debugger's answer.
//!
//! `dump_names FILE... < NAMES`, where each line of NAMES is a kind (`struct`, `union`, `enum`,
//! `typedef`, `variable`, `function`, `constant`), a space and a name. With `--list N SEED` instead
//! of standard input: N names chosen at random.

#[path = "../tests/it/describe.rs"]
mod describe;

use describe::{definition, reference};
use spelunk_base::{Cancel, NoProgress};
use spelunk_debuginfo::{DebugFile, DebugInfo, FoundObject, NameKind, ObjectKinds, ObjectValue};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_types::{TypeKind, TypeStore};
use std::error::Error;
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
        println!("{line}: {}", answer(&info, kind, name));
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

fn answer(info: &DebugInfo, kind: &str, name: &str) -> String {
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
