//! Sections that are missing, empty, there twice, or of several kinds.

use super::{C11, Odd, Opened, begin, int, number, text, to};
use crate::program::Program;
use spelunk_synth::dwarf::{Dwarf, Shape, UnitKind, at, form, tag};
use spelunk_synth::elf::SHT_NOBITS;
use spelunk_types::TypeKind;

/// A type unit of version 4 with `struct NAME`, alone in its `.debug_types`.
fn type_unit(shape: Shape, signature: u64, name: &str) -> Vec<u8> {
    let mut dwarf = Dwarf::new(shape);
    let mut unit = dwarf.unit(UnitKind::Type(signature));
    let language = number(at::LANGUAGE, form::DATA1, C11);
    unit.begin(tag::TYPE_UNIT, &[language]);
    unit.here();
    let size = number(at::BYTE_SIZE, form::DATA1, 4);
    unit.entry(tag::STRUCTURE_TYPE, &[text(name), size]);
    unit.finish();
    let sections = dwarf.build();
    let section = |wanted: &str| {
        let found = sections.iter().find(|(name, _)| name == wanted);
        found.unwrap().1.clone()
    };
    assert!(!section(".debug_abbrev").is_empty());
    section(".debug_types")
}

/// Before it is linked, each type unit has a section of its own.
#[test]
fn there_may_be_many_sections_of_types() {
    let shape = Shape {
        version: 4,
        ..Shape::USUAL
    };
    let mut odd = Odd::new(shape);
    // Units all use the first table of abbreviations, which must be that of type units.
    odd.dwarf = Dwarf::new(shape);
    let mut unit = odd.dwarf.unit(UnitKind::Type(1));
    unit.begin(tag::TYPE_UNIT, &[number(at::LANGUAGE, form::DATA1, C11)]);
    unit.here();
    let size = number(at::BYTE_SIZE, form::DATA1, 4);
    unit.entry(tag::STRUCTURE_TYPE, &[text("type_1"), size]);
    unit.finish();
    odd.sound("before");
    for signature in 2..50 {
        let types = type_unit(shape, signature, &format!("type_{signature}"));
        odd.dwarf.sections.push((".debug_types".to_owned(), types));
    }
    // One that makes no sense, and one that is empty.
    odd.dwarf
        .sections
        .push((".debug_types".to_owned(), vec![0xff; 30]));
    odd.dwarf
        .sections
        .push((".debug_types".to_owned(), Vec::new()));
    let types = type_unit(shape, 50, "type_50");
    odd.dwarf.sections.push((".debug_types".to_owned(), types));
    odd.unit(C11, |unit| {
        for signature in 2..=50 {
            let ty = number(at::TYPE, form::REF_SIG8, signature);
            unit.entry(tag::VARIABLE, &[text(&format!("variable_{signature}")), ty]);
        }
    });
    let opened = odd.open();
    for signature in 2..=50 {
        let found = opened.type_of(&format!("variable_{signature}"));
        assert_eq!(found.as_deref(), Ok("struct size 4 { }"), "{signature}");
        let found = opened.definition(TypeKind::Struct, &format!("type_{signature}"));
        assert_eq!(found.as_deref(), Ok("struct size 4 { }"), "{signature}");
    }
}

#[test]
fn a_file_without_a_section_has_what_needs_none() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        int(unit);
    });
    let whole = odd.dwarf.elf();
    for missing in 0..whole.sections.len() {
        for way in 0..3 {
            let mut file = whole.clone();
            match way {
                0 => drop(file.sections.remove(missing)),
                1 => file.sections[missing].data.clear(),
                _ => {
                    file.sections[missing].size = file.sections[missing].data.len() as u64;
                    file.sections[missing].kind = SHT_NOBITS;
                    file.sections[missing].data.clear();
                }
            }
            let opened = Opened(Program::of(&[(&file.build(), 0)]));
            let name = &whole.sections[missing].name;
            let found = opened.definition(TypeKind::Struct, "before");
            // Only these two are needed here.
            if matches!(&**name, ".debug_info" | ".debug_abbrev") {
                assert_eq!(found.as_deref(), Ok("none"), "{name}");
            } else {
                assert_eq!(
                    found.as_deref(),
                    Ok("struct size 4 { x @0:0 int; }"),
                    "{name}"
                );
            }
        }
    }
}

/// Of sections with the same name those with units all count; of others the first.
#[test]
fn sections_that_are_there_twice_hide_nothing() {
    let mut odd = Odd::usual();
    let mut unit = odd.dwarf.unit(UnitKind::Compile);
    begin(&mut unit, "odd.c", C11);
    let int = int(&mut unit);
    unit.entry(tag::TYPEDEF, &[text("odd"), to(at::TYPE, int)]);
    unit.finish();
    odd.sound("after");
    let mut file = odd.dwarf.elf();
    let mut again = file.sections.clone();
    for section in &mut again {
        if section.name != ".debug_info" {
            section.data = vec![0xff; 20];
        }
    }
    file.sections.append(&mut again);
    let opened = Opened(Program::of(&[(&file.build(), 0)]));
    opened.assert_sound();
    let found = opened.definition(TypeKind::Typedef, "odd");
    assert_eq!(found.as_deref(), Ok("= int"));
}
