//! Names in many files: found in the first one that has them, whatever was asked before.

use crate::compiled::{Compiled, parse};
use spelunk_debuginfo::{DebugFile, DebugInfo, FoundObject, ObjectKinds, ObjectValue};
use spelunk_elf::SectionAddresses;
use spelunk_types::{TypeData, TypeKind, TypeStore};
use std::path::PathBuf;
use std::sync::Arc;

const FILES: u32 = 12;

/// What file `number` of the program has: names of its own, names that it shares with all or with the
/// next one, and a declaration of what the last file defines.
fn source(number: u32) -> String {
    let next = number + 1;
    format!(
        r"
        struct everywhere {{ char everywhere[{number} + 1]; }} everywhere = {{ {{ 1 }} }};
        struct only_{number} {{ char only[{number} + 1]; }} only_{number};
        struct pair_{number} {{ char pair[{number} + 1]; }} pair_{number};
        struct pair_{next} {{ char pair[{number} + 1]; }} *of_pair_{next};
        extern struct only_{FILES} only_{FILES};
        struct declared_{number} {{ struct only_{FILES} *last; }} declared_{number};
        enum {{ constant_{number} = {number} }};
        int function_{number}(void) {{ return constant_{number} + (sizeof &only_{FILES}); }}
        int main(void) {{ return 0; }}
        "
    )
}

/// The files of a program for a test of this name.
pub(crate) fn paths(test: &str) -> Vec<PathBuf> {
    let compile = |number: u32| {
        let options = ["-g", "-Wl,--unresolved-symbols=ignore-all"];
        let mut source = source(number);
        if number == FILES - 1 {
            source += &format!("struct only_{FILES} {{ char only[{FILES} + 1]; }} only_{FILES};");
        }
        Compiled::new(&format!("many-files-{test}-{number}"), &source, &options).path
    };
    (0..FILES).map(compile).collect()
}

fn size(info: &DebugInfo, name: &str) -> Option<u64> {
    let found = info.find_type(&[TypeKind::Struct], name, None).unwrap()?;
    match &info.store().get(found.id).unwrap().data {
        TypeData::Compound { size, .. } => *size,
        _ => None,
    }
}

fn constant(info: &DebugInfo, name: &str) -> Option<i128> {
    let found = info.find_object(name, None, ObjectKinds::CONSTANT).unwrap();
    found.map(|FoundObject { value, .. }| match value {
        ObjectValue::Constant(value) => value,
        other => panic!("{other:?}"),
    })
}

/// Asserts that each name is found in the first of `files` files that has it.
fn check(info: &DebugInfo, files: u32) {
    assert_eq!(size(info, "everywhere"), Some(1));
    for number in 0..=FILES {
        let is_there = number < files || number == FILES && files == FILES;
        let own = is_there.then_some(u64::from(number) + 1);
        assert_eq!(
            size(info, &format!("only_{number}")),
            own,
            "{number} of {files}"
        );
        // The file before has the name, too.
        let first = (number <= files).then_some(u64::from(number.max(1)));
        assert_eq!(
            size(info, &format!("pair_{number}")),
            first,
            "{number} of {files}"
        );
        let known = (number < files).then_some(number.into());
        assert_eq!(constant(info, &format!("constant_{number}")), known);
        let function = info.find_object(&format!("function_{number}"), None, ObjectKinds::FUNCTION);
        assert_eq!(function.unwrap().is_some(), number < files);
    }
    for name in ["", "nothing", "only_", "only_::x", "only_1<int>", "a::b<c>"] {
        assert_eq!(size(info, name), None, "{name}");
    }
}

#[test]
fn the_first_file_that_has_a_name_counts() {
    let paths = paths("first");
    let info = DebugInfo::new(Arc::new(TypeStore::new()));
    let add = |path: &PathBuf| {
        let file = DebugFile::new(parse(path), SectionAddresses::default(), 0);
        info.add(file).unwrap();
    };
    for (path, files) in paths.iter().zip(1..) {
        add(path);
        check(&info, files);
        // After so many, names are merged where there are files enough.
        for number in 0..2_000 {
            assert_eq!(size(&info, &format!("missing_{number}")), None);
        }
        check(&info, files);
    }
    // What the first file declares, the last one defines.
    let outer = info
        .find_type(&[TypeKind::Struct], "declared_0", None)
        .unwrap()
        .unwrap();
    let members = info.store().members(outer.id).unwrap().unwrap();
    let pointer = &info.store().get(members.members[0].ty.id).unwrap().data;
    let TypeData::Pointer { referenced, .. } = pointer else {
        panic!("{pointer:?}");
    };
    let data = &info.store().get(referenced.id).unwrap().data;
    assert!(
        matches!(data, TypeData::Compound { size: Some(size), .. } if *size == u64::from(FILES) + 1),
        "{data:?}"
    );
}

/// Also one that a file has as `v1::NAME`, and no other names that tell.
#[test]
fn names_in_inline_namespaces_are_found_among_many() {
    let source = "inline namespace v1 { struct versioned { char c[9]; } of_v1; } int main() {}";
    let program = Compiled::with("g++", "many-files-inline", source, &["-xc++", "-g"]);
    let info = DebugInfo::new(Arc::new(TypeStore::new()));
    let mut paths = paths("inline");
    paths.insert(5, program.path);
    for path in &paths {
        let file = DebugFile::new(parse(path), SectionAddresses::default(), 0);
        info.add(file).unwrap();
    }
    for _ in 0..2 {
        check(&info, FILES);
        assert_eq!(size(&info, "versioned"), Some(9));
        for number in 0..2_000 {
            assert_eq!(size(&info, &format!("missing_{number}")), None);
        }
    }
}

#[test]
fn many_threads_ask_while_files_are_added() {
    let paths = paths("threads");
    let info = DebugInfo::new(Arc::new(TypeStore::new()));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let info = &info;
            scope.spawn(move || {
                for number in 0..10_000 {
                    let wanted = (number + thread) % FILES;
                    let found = size(info, &format!("only_{wanted}"));
                    assert!(found.is_none_or(|size| size == u64::from(wanted) + 1));
                }
            });
        }
        for path in &paths {
            let file = DebugFile::new(parse(path), SectionAddresses::default(), 0);
            info.add(file).unwrap();
        }
    });
    check(&info, FILES);
}
