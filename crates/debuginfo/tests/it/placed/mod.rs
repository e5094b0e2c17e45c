//! The same programs with their debugging information placed in every usual way: the answers must
//! be those of the plain build.
//!
//! A few ways are tried always, all of them with `SPELUNK_TEST_FULL=1`.

mod answers;
mod build;

use answers::{Answers, answers, known_to_dwarfdump};
use build::{Build, Language, Way};
use spelunk_debuginfo::{DebugFile, SourceKind};
use spelunk_elf::SectionAddresses;

fn is_full() -> bool {
    std::env::var_os("SPELUNK_TEST_FULL").is_some()
}

/// What the plain build says, of which `llvm-dwarfdump` must know nothing more.
fn plain(build: &Build) -> Answers {
    let file = build.clone().way(Way::Plain).make();
    let plain = answers(&file);
    for known in known_to_dwarfdump(&file) {
        assert!(plain.contains_key(&known), "{known} in {file:?}");
    }
    plain
}

/// Compares each way with the plain one.
fn compare(build: &Build, ways: &[Way]) {
    let expected = plain(build);
    assert!(expected.len() > 8, "{build:?}: {expected:?}");
    for way in ways {
        let file = build.clone().way(*way).make();
        let missing = DebugFile::new(
            crate::compiled::parse(&file),
            SectionAddresses::default(),
            0,
        );
        assert_eq!(missing.missing_sources().unwrap(), [], "{file:?}");
        let got = answers(&file);
        let mut differences = Vec::new();
        for (name, answer) in &expected {
            let other = got.get(name);
            // The linker's optimizer removes what is not used.
            let is_gone = other.is_none_or(|other| other.ends_with("Absent(OptimizedOut)"));
            if other != Some(answer) && !(is_gone && way.is_optimized()) {
                differences.push(format!("{name}: {other:?}, not {answer}"));
            }
        }
        let alone = got.keys().filter(|name| !expected.contains_key(*name));
        differences.extend(alone.map(|name| format!("{name} here alone")));
        assert!(
            differences.is_empty(),
            "{}\n{}",
            file.display(),
            differences.join("\n")
        );
    }
}

fn compare_all(language: Language, compilers: &[&'static str], versions: &[u32]) {
    for compiler in compilers {
        for version in versions {
            let build = Build::new(language, compiler, *version);
            compare(&build, &Way::all(&build));
        }
    }
}

#[test]
fn c_by_gcc() {
    match is_full() {
        true => compare_all(Language::C, &["gcc"], &[2, 3, 4, 5]),
        false => compare_all(Language::C, &["gcc"], &[5]),
    }
}

#[test]
fn c_by_clang() {
    match is_full() {
        true => compare_all(Language::C, &["clang", "clang-19"], &[2, 3, 4, 5]),
        false => compare_all(Language::C, &["clang"], &[4]),
    }
}

#[test]
fn cpp_by_gcc() {
    match is_full() {
        true => compare_all(Language::Cpp, &["g++"], &[2, 3, 4, 5]),
        false => compare_all(Language::Cpp, &["g++"], &[4]),
    }
}

#[test]
fn cpp_by_clang() {
    match is_full() {
        true => compare_all(Language::Cpp, &["clang++", "clang++-19"], &[2, 3, 4, 5]),
        false => compare_all(Language::Cpp, &["clang++"], &[5]),
    }
}

#[test]
fn rust() {
    match is_full() {
        true => compare_all(Language::Rust, &["rustc"], &[4, 5]),
        false => compare_all(Language::Rust, &["rustc"], &[5]),
    }
}

#[test]
fn missing_files_are_told_and_the_rest_is_usable() {
    let build = Build::new(Language::C, "gcc", 5)
        .named("missing")
        .way(Way::Split);
    let file = build.make();
    let whole = answers(&file);
    let gone = file.with_file_name("b.dwo");
    let gone = if gone.exists() {
        gone
    } else {
        file.with_file_name("file-b.dwo")
    };
    std::fs::remove_file(&gone).unwrap();
    let debug = DebugFile::new(
        crate::compiled::parse(&file),
        SectionAddresses::default(),
        0,
    );
    let missing = debug.missing_sources().unwrap();
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!(missing[0].kind, SourceKind::SplitObject);
    assert!(missing[0].path.ends_with("b.dwo"), "{missing:?}");
    let rest = answers(&file);
    assert!(rest.len() < whole.len());
    for (name, answer) in rest {
        assert_eq!(whole.get(&name), Some(&answer), "{name}");
    }
    // One of another build is as good as none.
    std::fs::copy(file.with_file_name("file-a.dwo"), &gone).unwrap();
    let debug = DebugFile::new(
        crate::compiled::parse(&file),
        SectionAddresses::default(),
        0,
    );
    let missing = debug.missing_sources().unwrap();
    assert!(missing[0].reason.contains("another build"), "{missing:?}");
}
