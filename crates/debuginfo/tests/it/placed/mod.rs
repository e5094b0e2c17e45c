//! The same programs with their debugging information placed in every usual way: the answers must
//! be those of the plain build.
//!
//! A few ways are tried always, all of them with `SPELUNK_TEST_FULL=1`.

mod answers;
mod build;
mod known;
mod ways;

use crate::names;
use answers::{Answers, Asked};
use build::{Build, Language};
use spelunk_debuginfo::{DebugFile, SourceKind};
use spelunk_elf::SectionAddresses;
use std::collections::BTreeSet;
use std::path::Path;
use ways::Way;

fn is_full() -> bool {
    std::env::var_os("SPELUNK_TEST_FULL").is_some()
}

/// A build, to be asked.
fn asked(build: &Build, file: &Path) -> Asked {
    Asked::new(file, build.is_ours())
}

/// Asserts that `llvm-dwarfdump` knows nothing more than was asked, and nothing else.
fn check(asked: &Asked, file: &Path) {
    let known = known::known(file);
    let mut differences: Vec<_> = known
        .iter()
        .filter_map(|known| asked.check(known))
        .collect();
    // Names that several have: the first is found.
    differences.retain(|line| {
        let (name, _) = line.split_once(": ").unwrap();
        let same = known
            .iter()
            .filter(|known| name == format!("{} {}", known.keyword, known.name));
        same.count() == 1
    });
    assert!(
        differences.is_empty(),
        "{}\n{}",
        file.display(),
        differences.join("\n")
    );
}

/// What the plain build says.
fn plain(build: &Build) -> Answers {
    let file = build.clone().way(Way::PLAIN).make();
    let asked = asked(build, &file);
    check(&asked, &file);
    let answers = asked.answers();
    for (name, answer) in &answers {
        let is_error = |text: &String| text.contains("error:") || text.contains(".debug_");
        assert!(
            !answer.iter().any(is_error),
            "{}: {name}: {answer:?}",
            file.display()
        );
    }
    answers
}

/// The linker's optimizer removes what is not used, and keeps constants in memory that compilers tell
/// the values of; of the copies of a constructor any may be first.
fn is_of_optimizer(answer: Option<&BTreeSet<String>>) -> bool {
    let is = |answer: &String| {
        answer.ends_with("Absent(OptimizedOut)")
            || answer.contains("structorE")
            || answer.contains(" at _ZN6shapes17variable_template")
            || answer.contains(" at _ZN6shapesL7aliased")
    };
    answer.is_none_or(|answers| answers.iter().all(is))
}

fn drop_alignment(answers: &mut Answers) {
    for all in answers.values_mut() {
        let without = |answer: &String| answer.replace(" aligned Alignment(16)", "");
        *all = all.iter().map(without).collect();
    }
}

/// Compares each way with the plain one.
fn compare(build: &Build, ways: &[Way]) {
    let expected = plain(build);
    assert!(expected.len() > 8, "{build:?}: {expected:?}");
    let mut wrong = Vec::new();
    for way in ways {
        let file = build.clone().way(*way).make();
        let missing = DebugFile::new(
            crate::compiled::parse(&file),
            SectionAddresses::default(),
            0,
        );
        assert_eq!(missing.missing_sources().unwrap(), [], "{file:?}");
        let asked = asked(build, &file);
        let mut got = match way.has_simple_names() {
            true => asked.answers_to(&expected),
            false => asked.answers(),
        };
        let mut expected = expected.clone();
        if way.is_mixed() {
            [&mut got, &mut expected]
                .into_iter()
                .for_each(drop_alignment);
        }
        // That Rust's enumerators are named by their enum, only the language tells before DWARF 4.
        if way.is_without_language() && build.language == Language::Rust && build.version < 4 {
            for answers in [&mut got, &mut expected] {
                answers.retain(|name, _| !name.starts_with("constant "));
            }
        }
        let mut differences = Vec::new();
        for (name, answer) in &expected {
            let other = got.get(name);
            if other != Some(answer) && !(way.is_optimized() && is_of_optimizer(other)) {
                differences.push(format!("{name}: {other:?}, not {answer:?}"));
            }
        }
        let alone = got.iter().filter(|(name, answer)| {
            // GCC also defines static members of which it tells the value when it splits.
            let constant = name.replacen("variable ", "constant ", 1);
            !expected.contains_key(*name)
                && expected.get(&constant) != Some(answer)
                && !is_of_optimizer(Some(answer))
        });
        differences.extend(alone.map(|(name, answer)| format!("{name} here alone: {answer:?}")));
        if !differences.is_empty() {
            wrong.push(format!("{}\n{}", file.display(), differences.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        true => compare_all(Language::Rust, &["rustc"], &[2, 3, 4, 5]),
        false => compare_all(Language::Rust, &["rustc"], &[5]),
    }
}

/// Where debugging information cannot say so, too: before DWARF 4.
#[test]
fn enumerators_of_rust_are_named_by_their_enum() {
    let answers = plain(&Build::new(Language::Rust, "rustc", 2).named("placed-rust-2"));
    for name in ["Color::Red", "Color::Green", "Far::Near"] {
        let constant = format!("constant shapes::model::{name}");
        assert!(answers.contains_key(&constant), "{name}");
    }
    assert!(!answers.contains_key("constant shapes::model::Red"));
}

/// Addresses of four bytes.
#[test]
fn programs_of_32_bits() {
    let compilers = [
        (Language::C, "gcc"),
        (Language::C, "clang"),
        (Language::Cpp, "g++"),
    ];
    for ((language, compiler), version) in compilers.into_iter().zip([5, 4, 4]) {
        let build = Build::new(language, compiler, version).of_32_bits();
        let mut ways = Way::all(&build);
        if !is_full() {
            ways.truncate(2);
        }
        compare(&build, &ways);
    }
}

/// What Clang compiles for, of all sizes and orders of bytes.
const TARGETS: &[&str] = &[
    "i386-linux-gnu",
    "aarch64-linux-gnu",
    "armv7-linux-gnueabihf",
    "armv7eb-linux-gnueabihf",
    "powerpc64-linux-gnu",
    "powerpc64le-linux-gnu",
    "powerpc-linux-gnu",
    "s390x-linux-gnu",
    "mips-linux-gnu",
    "mips64el-linux-gnuabi64",
    "riscv64-linux-gnu",
    "riscv32-linux-gnu",
];

#[test]
fn objects_of_other_machines() {
    for (index, target) in TARGETS.iter().enumerate() {
        let versions: &[u32] = match is_full() {
            true => &[2, 3, 4, 5],
            false => &[2 + index as u32 % 4],
        };
        for version in versions {
            for language in [Language::C, Language::Cpp] {
                let build = Build::new(language, "clang", *version);
                let file = build.make_object(target, &[]);
                check(&Asked::unplaced(&file), &file);
                let plain = Asked::new(&file, |_| true).answers();
                let ways: &[&[&str]] = match is_full() {
                    true => &[
                        &["-fdebug-types-section"],
                        &["-gz=zlib"],
                        &["-gsplit-dwarf"],
                    ],
                    false => &[],
                };
                // Clang 14 does not split for RISC-V, whose linkers move code.
                let fits =
                    |way: &&&[&str]| !(target.starts_with("riscv") && way[0].contains("split"));
                for way in ways.iter().filter(fits) {
                    let file = build.make_object(target, way);
                    let answers = Asked::new(&file, |_| true).answers();
                    assert!(answers == plain, "{}", file.display());
                }
            }
        }
    }
}

#[test]
fn missing_files_are_told_and_the_rest_is_usable() {
    let build = Build::new(Language::C, "gcc", 5)
        .named("missing")
        .way(Way::named("split"));
    let file = build.make();
    let whole = asked(&build, &file).answers();
    let gone = file.with_file_name("b.dwo");
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
    let rest = asked(&build, &file).answers();
    assert!(rest.len() < whole.len());
    for (name, answer) in rest {
        assert_eq!(whole.get(&name), Some(&answer), "{name}");
    }
    // One of another build is as good as none.
    std::fs::copy(file.with_file_name("a.dwo"), &gone).unwrap();
    let debug = DebugFile::new(
        crate::compiled::parse(&file),
        SectionAddresses::default(),
        0,
    );
    let missing = debug.missing_sources().unwrap();
    assert!(missing[0].reason.contains("another build"), "{missing:?}");
}

/// What drgn says of the same programs.
#[test]
fn answers_are_those_of_drgn() {
    let mut wrong = Vec::new();
    for (language, compiler, version) in [
        (Language::C, "gcc", 2),
        (Language::C, "gcc", 5),
        (Language::C, "clang", 4),
        (Language::Cpp, "g++", 4),
        (Language::Cpp, "clang++", 5),
    ] {
        let build = Build::new(language, compiler, version).named("placed-drgn");
        let file = build.make();
        let asked = asked(&build, &file);
        let names = names::single(asked.info(), |_| true);
        let theirs = names::drgn_answers(&format!("placed-{compiler}-{version}"), &file, &names);
        for (line, theirs) in names.iter().zip(theirs) {
            let (kind, name) = line.split_once(' ').unwrap();
            let ours = names::answer(asked.info(), kind, name);
            // GCC's spelling, which is no C.
            let theirs = theirs.replace("__int128 unsigned", "unsigned __int128");
            let agrees = names::normal(&ours) == names::normal(&theirs)
                || names::is_better(&ours, &theirs)
                || language == Language::Cpp && knows_cpp(&ours, &theirs);
            if !agrees {
                wrong.push(format!(
                    "{compiler} {version}: {line}: {ours}, drgn: {theirs}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the difference is one of drgn's: it knows no base classes, takes static members for others
/// at offset 0, leaves out the parameters of packs, which have no names, and does not find what is in
/// scoped enumerations, in anonymous namespaces and in templates.
fn knows_cpp(ours: &str, theirs: &str) -> bool {
    let has_pack = ours.starts_with("function(") && ours.contains(", : ");
    if theirs == "nothing" || has_pack {
        return true;
    }
    let members = |text: &str| -> Vec<String> {
        let inside = text.split_once('{').map_or("", |(_, inside)| inside);
        inside
            .split(';')
            .map(|member| member.trim().to_owned())
            .collect()
    };
    let (ours, theirs) = (members(ours), members(theirs));
    let of_bases = |member: &&String| !member.starts_with('@');
    let mut own = ours.iter().filter(of_bases);
    ours.len() > 1 && own.all(|member| theirs.contains(member))
        || theirs.iter().any(|member| member.starts_with("count @0:0"))
}
