use super::build;
use super::format::Depth;
use super::names::Names;
use crate::sources::Sources;
use spelunk_base::{Cancel, NoProgress};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

fn sources(path: &Path) -> Arc<Sources> {
    let elf = ElfFile::parse(FileData::open(path).unwrap()).unwrap();
    Arc::new(Sources::new(elf, SectionAddresses::default(), None))
}

/// What would be kept on disk of the file as it is now.
fn index(path: &Path) -> Vec<u8> {
    let built = build::build(&sources(path), Depth::File, &NoProgress, &Cancel::default());
    built.unwrap().bytes
}

/// Whether an index that was kept is used for the file as it is now.
fn is_used(path: &Path, index: &[u8]) -> bool {
    Names::parse(&sources(path), Depth::File, index.to_vec().into()).is_some()
}

#[test]
fn an_index_is_of_all_files_as_they_were() {
    let folder = std::env::temp_dir().join(format!("spelunk-index-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let object = folder.join("a.o");
    let compile = |text: &str| {
        std::fs::write(folder.join("a.c"), text).unwrap();
        let mut gcc = Command::new("gcc");
        let arguments = ["-gdwarf-5", "-gsplit-dwarf", "-c", "a.c", "-o", "a.o"];
        let status = gcc.current_dir(&folder).args(arguments).status();
        assert!(status.expect("install gcc").success());
    };
    compile("int one;");
    let whole = index(&object);
    assert!(is_used(&object, &whole));
    assert!(!is_used(&object, &whole[..whole.len() - 1]));

    // The split debug file goes, and comes back.
    let split = folder.join("a.dwo");
    let bytes = std::fs::read(&split).unwrap();
    std::fs::remove_file(&split).unwrap();
    assert!(!is_used(&object, &whole));
    let less = index(&object);
    assert!(less.len() < whole.len());
    assert!(is_used(&object, &less));
    std::fs::write(&split, bytes).unwrap();
    assert!(!is_used(&object, &less));
    assert!(is_used(&object, &whole));

    // Both are those of another program.
    compile("int one; struct two { long x; } three;");
    assert!(!is_used(&object, &whole));
    std::fs::remove_dir_all(&folder).unwrap();
}
