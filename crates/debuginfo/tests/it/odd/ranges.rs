//! Addresses of units and functions that overlap, wrap around, or are nowhere.

use super::{C11, Odd, Opened, int, number, text, to};
use crate::program::Program;
use spelunk_synth::dwarf::{Attribute, Value, at, form, tag};

fn low(address: i128) -> Attribute {
    number(at::LOW_PC, form::ADDR, address)
}

fn size(size: i128) -> Attribute {
    number(at::HIGH_PC, form::DATA8, size)
}

/// A file with a unit that has one function; both have these attributes.
fn open(attributes: &[Attribute]) -> Opened {
    let mut odd = Odd::usual();
    odd.dwarf.addresses = vec![0x1000];
    let mut unit = odd.dwarf.unit(spelunk_synth::dwarf::UnitKind::Compile);
    let own = [text("odd.c"), number(at::LANGUAGE, form::DATA1, C11)];
    unit.begin(tag::COMPILE_UNIT, &[&own, attributes].concat());
    let int = int(&mut unit);
    unit.begin(tag::SUBPROGRAM, &[&[text("function")], attributes].concat());
    unit.entry(tag::VARIABLE, &[text("local"), to(at::TYPE, int)]);
    unit.finish();
    odd.open()
}

/// The functions at an address.
fn functions_at(opened: &Opened, address: u64) -> Result<usize, String> {
    let Program { info, .. } = &opened.0;
    let files = info.files();
    let scopes = files[0].scopes(address);
    let _ = (files[0].find_line(address), files[0].find_row(address));
    scopes
        .map(|scopes| scopes.len())
        .map_err(|error| error.to_string())
}

#[test]
fn ranges_may_end_where_addresses_do_but_not_behind() {
    let opened = open(&[low(0x1000), size(0x10)]);
    let counts = [0xfff, 0x1000, 0x100f, 0x1010].map(|address| functions_at(&opened, address));
    let [before, first, last, behind] = counts;
    assert_eq!((before, behind), (Ok(0), Ok(0)));
    assert!(
        first.as_ref().is_ok_and(|count| *count > 0) && first == last,
        "{first:?}"
    );

    let top = i128::from(u64::MAX) - 0xf;
    let cases: [&[Attribute]; 8] = [
        &[low(top), size(0x100)],
        &[low(0x1000), size(u64::MAX.into())],
        &[low(0x1000), number(at::HIGH_PC, form::ADDR, 0xff0)],
        &[
            low(0x1000),
            (at::HIGH_PC, form::STRING, Value::Text("x".to_owned())),
        ],
        &[
            low(0x1000),
            number(at::RANGES, form::SEC_OFFSET, 0xffff_fff0),
        ],
        &[number(at::RANGES, form::RNGLISTX, 3), low(0x1000)],
        &[number(at::LOW_PC, form::ADDRX, 77), size(1)],
        &[number(at::LOW_PC, form::STRX, 0), size(1)],
    ];
    for case in cases {
        let opened = open(case);
        for address in [0, 0x1000, 0x1001, u64::MAX - 0xf, u64::MAX] {
            if let Ok(count) = functions_at(&opened, address) {
                assert_eq!(count, 0, "{address:#x} {case:x?}");
            }
        }
    }
}

/// Of units with the same code one is found, whichever; of none of them the types are lost.
#[test]
fn units_may_overlap() {
    let mut odd = Odd::usual();
    for (start, length) in [
        (0x1000, 0x1000),
        (0x1000, 0x1000),
        (0x1800, 0x10),
        (0x1000, 0x20),
    ] {
        let mut unit = odd.dwarf.unit(spelunk_synth::dwarf::UnitKind::Compile);
        let own = [text("odd.c"), number(at::LANGUAGE, form::DATA1, C11)];
        let range = [low(start), size(length)];
        unit.begin(tag::COMPILE_UNIT, &[&own[..], &range].concat());
        unit.entry(tag::SUBPROGRAM, &[&[text("function")][..], &range].concat());
        unit.finish();
    }
    let opened = odd.open();
    for address in [0x1000, 0x1010, 0x1805, 0x1fff] {
        assert!(
            functions_at(&opened, address).is_ok_and(|count| count > 0),
            "{address:#x}"
        );
    }
    assert_eq!(functions_at(&opened, 0x2000), Ok(0));
}
