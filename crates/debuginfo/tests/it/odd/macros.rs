use super::{C11, Odd, number};
use spelunk_synth::dwarf::{Shape, UnitKind, at, form, tag};
use std::time::Instant;

/// Entries of `.debug_macro` (DWARF 5, section 7.23).
const END_FILE: u8 = 4;
const IMPORT: u8 = 7;
/// `#define NAME 1`
const A: &[u8] = b"\x01\x01A 1\0";
const B: &[u8] = b"\x01\x01B 1\0";

/// A list: version 5 in 32-bit DWARF, nothing else in the header.
fn list(entries: &[u8]) -> Vec<u8> {
    [&[5, 0, 0], entries, &[0]].concat()
}

fn import(offset: usize) -> Vec<u8> {
    let [a, b, c, d] = u32::try_from(offset).unwrap().to_le_bytes();
    vec![IMPORT, a, b, c, d]
}

/// A file with a unit for each of these offsets into the section of macros.
fn file(section: &str, bytes: Vec<u8>, offsets: impl Iterator<Item = usize>) -> Odd {
    let (name, version) = match section {
        ".debug_macro" => (at::MACROS, 5),
        _ => (at::MACRO_INFO, 4),
    };
    let mut odd = Odd::new(Shape {
        version,
        ..Shape::USUAL
    });
    let table = u64::try_from(odd.dwarf.abbreviations_size()).unwrap();
    for (index, offset) in offsets.enumerate() {
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        let offset = number(name, form::SEC_OFFSET, i128::try_from(offset).unwrap());
        let language = number(at::LANGUAGE, form::DATA1, C11);
        unit.entry(tag::COMPILE_UNIT, &[language, offset]);
        if index > 0 {
            unit.abbreviations_at = Some(table);
        }
        unit.finish();
    }
    odd.dwarf.sections.push((section.to_owned(), bytes));
    odd
}

/// The names of the macros, and in how many units A is defined.
fn ask(odd: Odd) -> (Vec<String>, usize) {
    let start = Instant::now();
    let files = odd.open().0.info.files();
    let names = files[0].macro_names("", 10).unwrap();
    let places = files[0].macro_places("A", None).unwrap().len();
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    (names.into_iter().collect(), places)
}

#[test]
fn lists_that_all_units_share_take_no_memory_without_end() {
    const LISTS: usize = 20_000;
    let empty = list(&[]);
    let behind = list(A).len() + LISTS * import(0).len();
    let imports = (0..LISTS).map(|index| import(behind + index * empty.len()));
    let root = list(&[A, &imports.collect::<Vec<_>>().concat()].concat());
    let section = [root, empty.repeat(LISTS)].concat();
    let units = std::iter::repeat_n(0, 20_000);
    assert_eq!(
        ask(file(".debug_macro", section, units)),
        (vec!["A".to_owned()], 1)
    );
}

/// Each list imports the one before eight times, which makes 8 to the 14th power.
#[test]
fn lists_that_import_each_other_many_times_come_to_an_end() {
    let mut section = Vec::new();
    let mut last = None;
    for _ in 0..15 {
        let imports = last.map_or_else(Vec::new, |last| import(last).repeat(8));
        last = Some(section.len());
        section.extend(list(&imports));
    }
    let mut roots = Vec::new();
    for _ in 0..100 {
        roots.push(section.len());
        section.extend(list(&[&import(last.unwrap()), A].concat()));
    }
    assert_eq!(
        ask(file(".debug_macro", section, roots.into_iter())),
        (vec!["A".to_owned()], 100)
    );
}

/// Of lists that run into each other the first is read, and one that is sound.
#[test]
fn lists_that_overlap_take_no_time_without_end() {
    const UNITS: usize = 30_000;
    let section = [A, &[END_FILE; 2 * UNITS], B, &[0]].concat();
    let units = (0..UNITS).map(|index| 2 * index);
    let (names, places) = ask(file(".debug_macinfo", section, units));
    assert_eq!((names, places), (vec!["A".to_owned(), "B".to_owned()], 1));
}

/// A hundred thousand entries through a few lists, in each of thousands of units, of which none has
/// the name from the same list.
#[test]
fn lists_that_each_unit_imports_many_times_take_no_time_without_end() {
    const UNITS: usize = 5_000;
    let mut section = Vec::new();
    let mut last = None;
    for _ in 0..15 {
        let imports = last.map_or_else(Vec::new, |last| import(last).repeat(8));
        last = Some(section.len());
        section.extend(list(&imports));
    }
    let mut roots = Vec::new();
    for _ in 0..UNITS {
        roots.push(section.len());
        section.extend(list(&[&import(last.unwrap()), A].concat()));
    }
    let (names, places) = ask(file(".debug_macro", section, roots.into_iter()));
    assert_eq!(names, ["A"]);
    assert!((100..UNITS).contains(&places), "{places}");
}
