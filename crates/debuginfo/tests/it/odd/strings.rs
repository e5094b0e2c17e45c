//! Names that are nowhere, or no names.

use super::{C11, Odd, int, text, to};
use spelunk_synth::dwarf::{UnitKind, Value, at, form, tag};
use spelunk_types::TypeKind;

#[test]
fn entries_whose_names_are_nowhere_cost_no_others() {
    let forms = [
        (form::STRP, 1 << 30),
        (form::STRP, 0xffff_ffff),
        (form::LINE_STRP, 0xffff_ffff),
        (form::STRX, 1 << 60),
        (form::STRX, u64::MAX.into()),
        (form::STRX1, 255),
        (form::STRX4, 0xffff_ffff),
        (form::STRP_SUP, 0),
        (form::GNU_STRP_ALT, 7),
        (form::GNU_STR_INDEX, 7),
        // No names at all.
        (form::UDATA, 7),
        (form::FLAG_PRESENT, 1),
        (form::REF4, 0),
    ];
    for (form, value) in forms {
        let mut odd = Odd::usual();
        odd.unit(C11, |unit| {
            let int = int(unit);
            let name = (at::NAME, form, Value::Number(value));
            unit.entry(tag::TYPEDEF, &[name.clone(), to(at::TYPE, int)]);
            unit.begin(
                tag::STRUCTURE_TYPE,
                &[text("holder"), super::number(at::BYTE_SIZE, form::DATA1, 4)],
            );
            unit.entry(tag::MEMBER, &[name, to(at::TYPE, int)]);
            unit.entry(tag::MEMBER, &[text("y"), to(at::TYPE, int)]);
            unit.end();
            unit.entry(tag::TYPEDEF, &[text("behind"), to(at::TYPE, int)]);
        });
        let opened = odd.open();
        let found = opened.definition(TypeKind::Typedef, "behind");
        assert_eq!(found.as_deref(), Ok("= int"), "{form:#x}");
        let holder = opened.definition(TypeKind::Struct, "holder").unwrap();
        assert!(holder.ends_with(" y @0:0 int; }"), "{form:#x} {holder}");
    }
}

#[test]
fn names_may_be_long_empty_or_no_text() {
    let long = "n".repeat(1 << 13);
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        unit.entry(tag::TYPEDEF, &[text(&long), to(at::TYPE, int)]);
        unit.entry(tag::TYPEDEF, &[text(""), to(at::TYPE, int)]);
        let bytes = (
            at::NAME,
            form::STRING,
            Value::Raw(b"bad\xff\xfe\0".to_vec()),
        );
        unit.entry(tag::TYPEDEF, &[bytes, to(at::TYPE, int)]);
    });
    let opened = odd.open();
    assert_eq!(
        opened.definition(TypeKind::Typedef, &long).as_deref(),
        Ok("= int")
    );
    let _ = opened.definition(TypeKind::Typedef, "");
    let _ = opened.definition(TypeKind::Typedef, "bad\u{fffd}\u{fffd}");
}

/// Sections of texts that do not end, or that are not there.
#[test]
fn sections_that_are_empty_or_cut_off_cost_what_stands_in_them() {
    for section in [
        ".debug_str",
        ".debug_line_str",
        ".debug_str_offsets",
        ".debug_addr",
    ] {
        for bytes in [vec![], vec![b'a'], vec![0xff; 7]] {
            let mut odd = Odd::usual();
            let mut unit = odd.dwarf.unit(UnitKind::Compile);
            super::begin(&mut unit, "odd.c", C11);
            let int = int(&mut unit);
            for form in [form::STRP, form::LINE_STRP, form::STRX1] {
                let name = (at::NAME, form, Value::Text("named".to_owned()));
                unit.entry(tag::TYPEDEF, &[name, to(at::TYPE, int)]);
            }
            unit.finish();
            odd.dwarf.sections.push((section.to_owned(), bytes));
            let _ = odd.open().definition(TypeKind::Typedef, "named");
        }
    }
}
