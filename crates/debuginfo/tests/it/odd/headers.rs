//! Headers of units that lie, and units of versions and kinds that nobody knows.

use super::{C11, Odd, assert_tells, begin, int, number, text, to};
use spelunk_synth::dwarf::{Shape, UnitKind, UnitWriter, at, form, tag};
use spelunk_types::TypeKind;

fn typedef(unit: &mut UnitWriter<'_>) {
    begin(unit, "odd.c", C11);
    let int = int(unit);
    unit.entry(tag::TYPEDEF, &[text("odd"), to(at::TYPE, int)]);
}

#[test]
fn units_of_unknown_versions_are_passed_over() {
    for version in [0, 1, 6, 0xffff] {
        let mut odd = Odd::usual();
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.shape.version = version;
        typedef(&mut unit);
        unit.finish();
        let opened = odd.open();
        let found = opened.definition(TypeKind::Typedef, "odd");
        assert_eq!(found.as_deref(), Ok("none"), "{version}");
        assert_tells(&opened.damage(), ".debug_info", "unit is passed over");
    }
}

#[test]
fn units_of_unknown_kinds_are_passed_over() {
    for kind in [0, 7, 0x80, 0xff] {
        let mut odd = Odd::usual();
        let mut unit = odd.dwarf.unit(UnitKind::Other(kind));
        typedef(&mut unit);
        unit.finish();
        let opened = odd.open();
        let found = opened.definition(TypeKind::Typedef, "odd");
        assert_eq!(found.as_deref(), Ok("none"), "{kind}");
        assert_tells(&opened.damage(), ".debug_info", "unit is passed over");
    }
}

#[test]
fn units_with_addresses_of_odd_sizes_cost_no_other() {
    for size in [0, 1, 2, 3, 5, 16, 255] {
        let mut odd = Odd::usual();
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.shape.address_size = size;
        typedef(&mut unit);
        unit.finish();
        let _ = odd.open().definition(TypeKind::Typedef, "odd");
    }
}

#[test]
fn units_in_all_versions_and_formats_stand_beside_each_other() {
    let mut odd = Odd::usual();
    let shapes: Vec<Shape> = Shape::all()
        .into_iter()
        .filter(|shape| shape.encoding == odd.dwarf.shape.encoding)
        .collect();
    for shape in &shapes {
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.shape = *shape;
        begin(&mut unit, "odd.c", C11);
        let int = int(&mut unit);
        let name = format!("odd_{}_{}", shape.version, shape.is_64_bit);
        unit.entry(tag::TYPEDEF, &[text(&name), to(at::TYPE, int)]);
        unit.finish();
    }
    let opened = odd.open();
    for shape in shapes {
        let name = format!("odd_{}_{}", shape.version, shape.is_64_bit);
        let found = opened.definition(TypeKind::Typedef, &name);
        assert_eq!(found.as_deref(), Ok("= int"), "{name}");
    }
}

/// A unit whose length is wrong hides what follows: nobody can know where that starts.
#[test]
fn a_length_that_lies_costs_no_unit_before() {
    for error in [
        -1,
        -20,
        1,
        20,
        1 << 31,
        0xffff_fff0 - (1 << 31),
        i64::MIN,
        -1 << 40,
    ] {
        for is_64_bit in [false, true] {
            let mut odd = Odd::usual();
            odd.sound("after");
            let mut unit = odd.dwarf.unit(UnitKind::Compile);
            unit.shape.is_64_bit = is_64_bit;
            unit.length_error = error;
            typedef(&mut unit);
            unit.finish();
            let file = odd.dwarf.elf().build();
            let opened = super::Opened(crate::program::Program::of(&[(&file, 0)]));
            opened.assert_sound();
            let _ = opened.definition(TypeKind::Typedef, "odd");
        }
    }
}

#[test]
fn a_file_that_ends_within_a_unit_keeps_what_stands_before() {
    let mut odd = Odd::usual();
    odd.sound("after");
    let sound = odd.dwarf.info_size();
    odd.unit(C11, |unit| {
        for index in 0..4 {
            let int = int(unit);
            let name = text(&format!("odd_{index}"));
            unit.entry(tag::TYPEDEF, &[name, to(at::TYPE, int)]);
        }
    });
    let sections = odd.dwarf.build();
    let (_, info) = sections
        .iter()
        .find(|(name, _)| name == ".debug_info")
        .unwrap();
    for size in sound..info.len() {
        odd.dwarf.sections = vec![(".debug_info".to_owned(), info[..size].to_vec())];
        let file = odd.dwarf.elf().build();
        let opened = super::Opened(crate::program::Program::of(&[(&file, 0)]));
        opened.assert_sound();
        for index in 0..4 {
            let _ = opened.definition(TypeKind::Typedef, &format!("odd_{index}"));
        }
    }
}

#[test]
fn empty_units_and_padding_between_units_hide_nothing() {
    for padding in [
        &[][..],
        &[0; 4],
        &[0; 8],
        &[0, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 0],
    ] {
        let mut odd = Odd::usual();
        // Units without any entry.
        odd.dwarf.unit(UnitKind::Compile).finish();
        odd.dwarf.unit(UnitKind::Partial).finish();
        odd.dwarf.raw_info(padding);
        odd.dwarf.unit(UnitKind::Type(5)).finish();
        odd.open();
    }
}

/// Four zeros are a unit without anything.
#[test]
fn a_section_of_zeros_is_told_of_in_few_words() {
    let mut odd = Odd::usual();
    odd.dwarf.raw_info(&vec![0; 4_000_000]);
    let opened = odd.open();
    let files = opened.0.info.files();
    let count = files[0].with_units(|units| Ok(units.damage().len()));
    assert_eq!(count.unwrap(), 100);
}

#[test]
fn an_unknown_language_is_read_as_c() {
    for language in [0, 0x7fff, 0x8001, 0xffff] {
        let mut odd = Odd::usual();
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.begin(
            tag::COMPILE_UNIT,
            &[number(at::LANGUAGE, form::DATA2, language)],
        );
        let int = int(&mut unit);
        unit.entry(tag::TYPEDEF, &[text("odd"), to(at::TYPE, int)]);
        unit.finish();
        let found = odd.open().definition(TypeKind::Typedef, "odd");
        assert_eq!(found.as_deref(), Ok("= int"), "{language:#x}");
    }
}
