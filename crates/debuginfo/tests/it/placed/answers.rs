use crate::compiled::{parse, run};
use crate::describe::{definition, reference};
use spelunk_debuginfo::{
    DebugFile, DebugInfo, FoundObject, NameKind, ObjectKinds, ObjectValue, SymbolTable,
};
use spelunk_elf::SectionAddresses;
use spelunk_types::{TypeKind, TypeStore};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

/// What each name means, by kind and name.
pub(super) type Answers = BTreeMap<String, String>;

/// What a file says of all names in it.
pub(super) fn answers(path: &Path) -> Answers {
    let elf = || parse(path);
    let info = DebugInfo::new(Arc::new(TypeStore::new()));
    let file = DebugFile::new(elf(), SectionAddresses::default(), 0);
    info.add(Arc::clone(&file)).unwrap();
    let symbols = SymbolTable::parse(&elf(), &SectionAddresses::default(), 0).unwrap();
    let mut answers = Answers::new();
    for (name, entries) in file.index().unwrap().names() {
        let name = std::str::from_utf8(name).unwrap();
        if !is_ours(path, name) {
            continue;
        }
        for entry in entries {
            let answer = answer(&info, &symbols, entry.kind, name);
            answers.insert(format!("{} {name}", keyword(entry.kind)), answer);
        }
    }
    answers
}

/// Rust's standard library is linked in, too.
fn is_ours(path: &Path, name: &str) -> bool {
    !path.to_string_lossy().contains("rustc") || name.starts_with("shapes::")
}

fn keyword(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Struct => "struct",
        NameKind::Union => "union",
        NameKind::Class => "class",
        NameKind::Enum => "enum",
        NameKind::Typedef => "typedef",
        NameKind::BaseType => "base",
        NameKind::Variable => "variable",
        NameKind::Function | NameKind::InlineFunction => "function",
        NameKind::Enumerator | NameKind::Constant => "constant",
    }
}

fn answer(info: &DebugInfo, symbols: &SymbolTable, kind: NameKind, name: &str) -> String {
    let kinds: &[TypeKind] = match kind {
        NameKind::Struct => &[TypeKind::Struct],
        NameKind::Union => &[TypeKind::Union],
        NameKind::Class => &[TypeKind::Class],
        NameKind::Enum => &[TypeKind::Enum],
        NameKind::Typedef => &[TypeKind::Typedef],
        NameKind::BaseType => &[TypeKind::Int, TypeKind::Bool, TypeKind::Float],
        NameKind::Variable => return object(info, symbols, ObjectKinds::VARIABLE, name),
        NameKind::Function | NameKind::InlineFunction => {
            return object(info, symbols, ObjectKinds::FUNCTION, name);
        }
        NameKind::Enumerator | NameKind::Constant => {
            return object(info, symbols, ObjectKinds::CONSTANT, name);
        }
    };
    match info.find_type(kinds, name, None) {
        Ok(Some(ty)) => definition(info.store(), ty).unwrap_or_else(|error| error.to_string()),
        Ok(None) => "nothing".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

fn object(info: &DebugInfo, symbols: &SymbolTable, kinds: ObjectKinds, name: &str) -> String {
    let FoundObject { ty, value, .. } = match info.find_object(name, None, kinds) {
        Ok(Some(found)) => found,
        Ok(None) => return "nothing".to_owned(),
        Err(error) => return format!("error: {error}"),
    };
    let ty = reference(info.store(), ty).unwrap_or_else(|error| error.to_string());
    match value {
        // Where it is differs from build to build; that it is at its symbol does not.
        ObjectValue::Address(address) => {
            let symbol = symbols.find(address);
            let symbol = symbol.map_or_else(|| "nothing".into(), |symbol| symbol.name);
            format!(
                "{ty} at {}",
                any_structor(symbol.split('.').next().unwrap_or_default())
            )
        }
        value => format!("{ty} = {value:?}"),
    }
}

/// Of the copies that a constructor or destructor has (`C1`, `C2`, `D0`...), each is as good.
fn any_structor(symbol: &str) -> String {
    let copies = ["C1E", "C2E", "D0E", "D1E", "D2E"];
    let replace = |name: String, copy: &&str| name.replace(copy, "structorE");
    copies.iter().fold(symbol.to_owned(), replace)
}

/// The names at file scope that another reader knows.
pub(super) fn known_to_dwarfdump(path: &Path) -> Vec<String> {
    let text = run(
        "llvm-dwarfdump",
        [OsStr::new("--debug-info"), path.as_os_str()],
    );
    let mut known = Vec::new();
    for entry in text.split("\n\n") {
        let Some(line) = entry.lines().next() else {
            continue;
        };
        let Some((_, tag)) = line.split_once(':') else {
            continue;
        };
        let depth = tag.len() - tag.trim_start().len();
        // What is directly inside of the unit.
        if depth != 3 || entry.contains("DW_AT_declaration") {
            continue;
        }
        let kind = match tag.trim() {
            "DW_TAG_structure_type" => "struct",
            "DW_TAG_union_type" => "union",
            "DW_TAG_class_type" => "class",
            "DW_TAG_enumeration_type" => "enum",
            "DW_TAG_typedef" => "typedef",
            "DW_TAG_base_type" => "base",
            "DW_TAG_variable" => "variable",
            "DW_TAG_subprogram" => "function",
            _ => continue,
        };
        let name = entry
            .split_once("DW_AT_name\t(\"")
            .and_then(|(_, rest)| rest.split_once("\")"));
        if let Some((name, _)) = name
            && is_ours(path, name)
        {
            known.push(format!("{kind} {name}"));
        }
    }
    assert!(
        known.len() > 5 || path.to_string_lossy().contains("rustc"),
        "{path:?}"
    );
    known
}
