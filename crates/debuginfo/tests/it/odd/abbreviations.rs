//! Tables of abbreviations: codes of any size and order, missing, repeated, cut off.

use super::{C11, Odd, assert_tells, begin, int, number, text, to};
use spelunk_synth::dwarf::{Label, UnitKind, UnitWriter, Value, at, form, tag};
use spelunk_types::TypeKind;

fn typedef(unit: &mut UnitWriter<'_>, name: &str, ty: Label) {
    unit.entry(tag::TYPEDEF, &[text(name), to(at::TYPE, ty)]);
}

#[test]
fn codes_may_be_of_any_size() {
    for first in [1, 2, 0x7f, 1 << 14, 1 << 32, (1 << 63) - 3, u64::MAX - 4] {
        for size in [1, 3, 9, 10] {
            let mut odd = Odd::usual();
            let mut unit = odd.dwarf.unit(UnitKind::Compile);
            (unit.first_code, unit.code_size) = (first, size);
            begin(&mut unit, "odd.c", C11);
            let int = int(&mut unit);
            typedef(&mut unit, "odd", int);
            unit.finish();
            let found = odd.open().definition(TypeKind::Typedef, "odd");
            assert_eq!(found.as_deref(), Ok("= int"), "{first:#x} in {size} bytes");
        }
    }
}

#[test]
fn an_entry_without_abbreviation_ends_its_unit_alone() {
    for code in [
        &[0x7f][..],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0xff; 12],
    ] {
        let mut odd = Odd::usual();
        odd.unit(C11, |unit| {
            let int = int(unit);
            typedef(unit, "first", int);
            let nowhere = unit.here();
            unit.raw(code);
            typedef(unit, "second", int);
            typedef(unit, "third", nowhere);
        });
        let opened = odd.open();
        let found = opened.definition(TypeKind::Typedef, "first");
        assert_eq!(found.as_deref(), Ok("= int"), "{code:x?}");
        // What stands behind may mean anything.
        let found = opened.definition(TypeKind::Typedef, "third");
        assert!(
            found.is_err() || found.as_deref() == Ok("none"),
            "{found:?}"
        );
    }
}

#[test]
fn what_refers_to_an_entry_without_abbreviation_says_where_it_is() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let nowhere = unit.label();
        typedef(unit, "odd", nowhere);
        unit.at(nowhere).raw(&[0x7f]);
    });
    let error = odd.open().definition(TypeKind::Typedef, "odd").unwrap_err();
    assert_tells(&error, ".debug_info", "");
}

#[test]
fn of_abbreviations_with_the_same_code_none_hinders_other_units() {
    let mut odd = Odd::usual();
    let mut unit = odd.dwarf.unit(UnitKind::Compile);
    // The root's code, for an entry that has nothing.
    unit.raw_abbreviations(&[1, 0x11, 1, 0, 0]);
    begin(&mut unit, "odd.c", C11);
    let int = int(&mut unit);
    typedef(&mut unit, "odd", int);
    unit.finish();
    let found = odd.open().definition(TypeKind::Typedef, "odd");
    assert!(found != Ok("= int".to_owned()), "{found:?}");
}

#[test]
fn tables_that_are_cut_off_or_elsewhere_cost_their_units_alone() {
    // A table without end; one that is not there; one in the middle of a sound one.
    let tables = [None, Some(u64::from(u32::MAX)), Some(1 << 20), Some(3)];
    for table in tables {
        let mut odd = Odd::usual();
        odd.sound("after");
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.abbreviations_at = table;
        if table.is_none() {
            unit.raw_abbreviations(&[0x05, 0x13, 0x01, 0x03]);
        }
        begin(&mut unit, "odd.c", C11);
        let int = int(&mut unit);
        typedef(&mut unit, "odd", int);
        unit.finish();
        let file = odd.dwarf.elf().build();
        let opened = super::Opened(crate::program::Program::of(&[(&file, 0)]));
        opened.assert_sound();
        assert_eq!(
            opened.definition(TypeKind::Typedef, "odd").as_deref(),
            Ok("none"),
            "{table:?}"
        );
    }
}

#[test]
fn tags_and_attributes_that_nobody_knows_are_passed_over() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        for unknown in [0x4c, 0x4109, 0xfffe, 0xffff] {
            let value = (at::UNKNOWN, form::SDATA, Value::Number(-1));
            unit.begin(unknown, &[value, text("unknown")]);
            typedef(unit, "inside", int);
            unit.end();
        }
        typedef(unit, "behind", int);
        for name in [0x3fff, 0xffff] {
            let attributes = [
                number(name, form::DATA1, 1),
                text("attribute"),
                to(at::TYPE, int),
            ];
            unit.entry(tag::TYPEDEF, &attributes);
        }
    });
    let opened = odd.open();
    for name in ["behind", "attribute"] {
        let found = opened.definition(TypeKind::Typedef, name);
        assert_eq!(found.as_deref(), Ok("= int"), "{name}");
    }
}

/// DWARF's largest tag is 0xffff.
#[test]
fn tags_that_are_too_large_damage_their_table() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        unit.entry(0x10_0024, &[text("too_large")]);
        typedef(unit, "odd", int);
    });
    let error = odd.open().definition(TypeKind::Typedef, "odd").unwrap_err();
    assert_tells(&error, ".debug_abbrev", "of the unit at .debug_info+0x");
}

#[test]
fn a_type_of_an_unknown_tag_says_so() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let label = unit.here();
        unit.entry(0x4109, &[text("unknown")]);
        typedef(unit, "odd", label);
        unit.entry(tag::VARIABLE, &[text("variable"), to(at::TYPE, label)]);
    });
    let opened = odd.open();
    assert_tells(
        &opened.type_of("variable").unwrap_err(),
        ".debug_info",
        "not supported",
    );
    let ty = opened.ty(TypeKind::Typedef, "odd").unwrap().unwrap();
    assert!(opened.0.store.get(ty.id).is_ok());
    assert_tells(
        &opened.definition(TypeKind::Typedef, "odd").unwrap_err(),
        ".debug_info",
        "not supported",
    );
}

/// Each of many units has a table that reaches to the end of all others.
#[test]
fn tables_that_overlap_take_no_time_and_memory_without_end() {
    const UNITS: usize = 8_000;
    let mut odd = Odd::usual();
    let mut table = Vec::new();
    for code in 0..UNITS {
        // A typedef with a name, under a code of three bytes.
        let [low, high] = [code & 0x7f, code >> 7].map(|bits| u8::try_from(bits).unwrap());
        table.extend([low | 0x80, high | 0x80, 1, 0x16, 0, 0x03, 0x08, 0, 0]);
    }
    let start = odd.dwarf.abbreviations_size();
    for index in 0..UNITS {
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.abbreviations_at = Some((start + index * 9) as u64);
        if index == 0 {
            unit.raw_abbreviations(&table);
        }
        let code =
            [index & 0x7f | 0x80, index >> 7 | 0x80, 1].map(|bits| u8::try_from(bits).unwrap());
        unit.raw(&code).raw(b"odd\0");
        unit.finish_open();
    }
    let start = std::time::Instant::now();
    let opened = odd.open();
    // Looks at all units for their addresses.
    let _ = opened.0.info.files()[0].find_line(0x1000);
    let error = opened.definition(TypeKind::Typedef, "odd");
    assert!(
        start.elapsed().as_secs() < 20,
        "{:?} {error:?}",
        start.elapsed()
    );
}

/// Many units have the same table, which is parsed once.
#[test]
fn tables_that_are_shared_cost_what_one_does() {
    const UNITS: usize = 5_000;
    let mut odd = Odd::usual();
    let mut table = Vec::new();
    for code in 1..UNITS {
        let [low, high] = [code & 0x7f, code >> 7].map(|bits| u8::try_from(bits).unwrap());
        table.extend([low | 0x80, high, 0x16, 0, 0x03, 0x08, 0, 0]);
    }
    let start = odd.dwarf.abbreviations_size();
    for index in 0..UNITS {
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        unit.abbreviations_at = Some(start as u64);
        if index == 0 {
            unit.raw_abbreviations(&table);
        }
        unit.raw(&[1]).raw(b"shared\0");
        unit.finish_open();
    }
    let opened = odd.open();
    let files = opened.0.info.files();
    let count = files[0].with_units(|units| {
        Ok(units
            .indices()
            .filter(|index| units.unit(*index).is_ok())
            .count())
    });
    assert_eq!(count.unwrap(), UNITS + 2);
}
