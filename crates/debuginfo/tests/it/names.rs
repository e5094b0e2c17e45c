//! Names of real kernels chosen at random, against what drgn says about them.

use crate::describe::{definition, reference};
use crate::oracle::{cache, elf, vmlinux};
use spelunk_base::{Cancel, NoProgress};
use spelunk_debuginfo::{DebugFile, DebugInfo, FoundObject, NameKind, ObjectKinds, ObjectValue};
use spelunk_elf::SectionAddresses;
use spelunk_synth::Random;
use spelunk_types::{TypeKind, TypeStore};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const COUNT: usize = 3000;

/// Reads names, prints answers.
const SCRIPT: &str = r#"
import sys, drgn
from drgn import TypeKind as K, Qualifiers as Q

prog = drgn.Program()
prog.extra_module("kernel", create=True).try_file(sys.argv[1], force=True)
KEYWORDS = {K.STRUCT: "struct", K.UNION: "union", K.CLASS: "class"}
QUALIFIERS = ((Q.CONST, "const "), (Q.VOLATILE, "volatile "), (Q.RESTRICT, "restrict "), (Q.ATOMIC, "_Atomic "))

def reference(type):
    text = "".join(name for bit, name in QUALIFIERS if type.qualifiers & bit)
    if type.kind in KEYWORDS or type.kind == K.ENUM:
        if type.tag is None:
            return text + definition(type.unqualified())
        keyword = KEYWORDS.get(type.kind, "enum")
        return f"{text}{keyword} {type.tag}" + ("" if type.is_complete() else "?")
    if type.kind == K.POINTER:
        return f"{text}*({reference(type.type)})"
    if type.kind == K.ARRAY:
        return f"{text}[{'?' if type.length is None else type.length}]({reference(type.type)})"
    if type.kind == K.FUNCTION:
        text += f"function({reference(type.type)})("
        text += "".join(f"{p.name or ''}: {reference(p.type)}, " for p in type.parameters)
        return text + ("...)" if type.is_variadic else ")")
    return text + ("void" if type.kind == K.VOID else type.name)

def definition(type):
    if type.kind in KEYWORDS:
        text = f"{KEYWORDS[type.kind]} size {'?' if type.size is None else type.size} {{"
        for m in type.members or ():
            text += f" {m.name or ''} @{m.bit_offset}:{m.bit_field_size or 0} {reference(m.type)};"
        return text + " }"
    if type.kind == K.ENUM:
        text = f"enum: {'?' if type.type is None else reference(type.type)} {{"
        return text + "".join(f" {e.name} = {e.value};" for e in type.enumerators or ()) + " }"
    if type.kind == K.TYPEDEF:
        return f"= {reference(type.type)}"
    return reference(type)

def answer(kind, name):
    if kind in ("struct", "union", "enum"):
        return definition(prog.type(f"{kind} {name}"))
    if kind == "typedef":
        return definition(prog.type(name))
    obj = getattr(prog, kind)(name)
    type = reference(obj.type_)
    if obj.absent_:
        return f"{type} absent"
    if obj.address_ is not None:
        return f"{type} at {obj.address_:#x}"
    return f"{type} = {obj.value_()}" if kind == "constant" else f"{type} = bytes {drgn.sizeof(obj)}"

for line in open(sys.argv[2]):
    line = line.rstrip("\n")
    try:
        print(answer(*line.split(" ", 1)))
    except LookupError:
        print("nothing")
    except Exception as error:
        print(f"error: {error}")
"#;

/// `fs/compat_binfmt_elf.c` includes `fs/binfmt_elf.c`, with other types: two meanings at one place in the
/// source, of which drgn takes one in one run and the other in the next.
const COMPILED_TWICE: &[&str] = &["parse_elf_properties"];

fn compare(dump: &str) {
    let path = vmlinux(dump);
    let info = DebugInfo::new(Arc::new(TypeStore::new()));
    let file = DebugFile::new(elf(&path), SectionAddresses::default(), 0);
    info.add(file).unwrap();
    info.prepare(&NoProgress, &Cancel::default()).unwrap();
    let names = choose(&info);
    let expected = drgn_answers(dump, &path, &names);
    let mut excused = 0;
    for (line, expected) in names.iter().zip(&expected) {
        let (kind, name) = line.split_once(' ').unwrap();
        let got = answer(&info, kind, name);
        // drgn takes what the linker left out to be at 0.
        let was_left_out = got.ends_with(" absent") && expected.ends_with(" at 0x0");
        if was_left_out || normal(&got) == normal(expected) || COMPILED_TWICE.contains(&name) {
            continue;
        }
        assert!(is_better(&got, expected), "{line}: {got}, drgn: {expected}");
        excused += 1;
    }
    assert!(excused < names.len() / 10, "{excused} differences");
}

/// What drgn says about each of the names in the file at `path`.
pub(crate) fn drgn_answers(test: &str, path: &Path, names: &[String]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (script, list) = (
        folder.join(format!("{test}-names.py")),
        folder.join(format!("{test}-names")),
    );
    std::fs::write(&script, SCRIPT).unwrap();
    std::fs::write(&list, names.join("\n")).unwrap();
    let output = Command::new(cache().join("oracle/bin/python"))
        .args([&script, path, &list])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), names.len());
    answers
}

/// What both must agree on: drgn takes the parameters of a function from its code, where the
/// compiler may have put them in another order.
pub(crate) fn normal(answer: &str) -> String {
    match answer.strip_prefix("function(") {
        Some(rest) => {
            let mut words: Vec<_> = rest.split(' ').collect();
            words.sort_unstable();
            words.join(" ")
        }
        None => answer.to_owned(),
    }
}

/// Whether our answer is more than drgn's: it finds no code of most functions that are also inlined
/// somewhere, nor functions of Rust, does not know the types of functions in assembly, and fails at
/// arrays of variable length.
pub(crate) fn is_better(got: &str, expected: &str) -> bool {
    let has_place = got.contains(" at 0x");
    let has_none = expected.ends_with(" absent") || expected == "nothing";
    expected.starts_with("error: ") || (has_place && has_none)
}

/// Some names that mean one thing.
fn choose(info: &DebugInfo) -> Vec<String> {
    // The paths of Rust, whose types drgn does not know by name.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut all = single(info, |name| name.bytes().all(is_plain));
    all.sort_unstable();
    let mut random = Random::new(5);
    (0..COUNT)
        .map(|_| all[random.below(all.len())].clone())
        .collect()
}

/// Names that mean one thing: where there are several definitions, each debugger takes another.
pub(crate) fn single(info: &DebugInfo, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut all = Vec::new();
    for file in info.files().iter() {
        for (name, entries) in file.index().unwrap().names() {
            let Ok(name) = std::str::from_utf8(name) else {
                continue;
            };
            if !is_wanted(name) {
                continue;
            }
            let mut definitions: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
            for entry in entries {
                let mark = match entry.kind {
                    NameKind::Function | NameKind::Variable => entry.die.as_u64(),
                    _ => entry.mark.into(),
                };
                if let Some(kind) = keyword(entry.kind) {
                    let marks = definitions.entry(kind).or_default();
                    if !marks.contains(&mark) {
                        marks.push(mark);
                    }
                }
            }
            let single = definitions
                .into_iter()
                .filter(|(_, marks)| marks.len() == 1);
            all.extend(single.map(|(kind, _)| format!("{kind} {name}")));
        }
    }
    all
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
        NameKind::Class | NameKind::BaseType | NameKind::Constant => return None,
    })
}

/// What the debugging information says about a name, as the script prints what drgn says.
pub(crate) fn answer(info: &DebugInfo, kind: &str, name: &str) -> String {
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
                ObjectValue::ThreadLocal(offset) => format!("{ty} thread-local at {offset:#x}"),
                ObjectValue::Absent(_) => format!("{ty} absent"),
            }
        }
        Ok(None) => "nothing".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn names_of_linux_6_1() {
    compare("kyber-oops");
}

#[test]
fn names_of_linux_5_10() {
    compare("panic-5.10");
}

#[test]
fn names_of_linux_7_2() {
    compare("panic-7.2");
}
