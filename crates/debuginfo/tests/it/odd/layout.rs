//! Sizes, offsets and lengths that make no sense.

use super::{C11, CPP11, Odd, assert_tells, int, number, text, to};
use spelunk_synth::dwarf::{Attribute, Value, at, form, tag};
use spelunk_types::{TypeData, TypeKind};

const HUGE: i128 = u64::MAX as i128;

fn size(size: i128) -> Attribute {
    number(at::BYTE_SIZE, form::UDATA, size)
}

#[test]
fn members_too_far_away_are_unknown_and_spoil_no_others() {
    let offset = |value| number(at::DATA_MEMBER_LOCATION, form::UDATA, value);
    let bits = |value| number(at::BIT_SIZE, form::UDATA, value);
    let cases: &[(&str, &[Attribute])] = &[
        ("far", &[offset(1 << 61)]),
        ("farthest", &[offset(HUGE)]),
        (
            "negative",
            &[number(at::DATA_MEMBER_LOCATION, form::SDATA, -1)],
        ),
        (
            "bits",
            &[
                offset(1 << 60),
                bits(1),
                number(at::DATA_BIT_OFFSET, form::UDATA, HUGE),
            ],
        ),
        (
            "old_bits",
            &[
                bits(1),
                size(1 << 62),
                number(at::BIT_OFFSET, form::UDATA, 1),
            ],
        ),
        (
            "old_wide",
            &[bits(HUGE), size(4), number(at::BIT_OFFSET, form::UDATA, 1)],
        ),
        (
            "list",
            &[number(at::DATA_MEMBER_LOCATION, form::LOCLISTX, 0)],
        ),
        (
            "stack",
            &[(
                at::DATA_MEMBER_LOCATION,
                form::EXPRLOC,
                Value::Bytes(vec![0x22]),
            )],
        ),
        (
            "unknown",
            &[(
                at::DATA_MEMBER_LOCATION,
                form::EXPRLOC,
                Value::Bytes(vec![0xff, 0xff]),
            )],
        ),
        (
            "cut_off",
            &[(
                at::DATA_MEMBER_LOCATION,
                form::EXPRLOC,
                Value::Bytes(vec![0x23, 0x80]),
            )],
        ),
    ];
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        for (name, attributes) in cases {
            unit.begin(tag::STRUCTURE_TYPE, &[text(name), size(8)]);
            unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
            let own = [&[text("odd"), to(at::TYPE, int)], *attributes].concat();
            unit.entry(tag::MEMBER, &own);
            let behind = [text("y"), to(at::TYPE, int), offset(4)];
            unit.entry(tag::MEMBER, &behind);
            unit.end();
        }
    });
    let opened = odd.open();
    for (name, _) in cases {
        let ty = opened.ty(TypeKind::Struct, name).unwrap().unwrap();
        let store = &opened.0.store;
        let members = store.members(ty.id).unwrap().unwrap();
        assert!(members.find(store, "x").unwrap().is_some(), "{name}");
        let y = &members.members[2];
        assert_eq!((y.name.as_deref(), y.bit_offset), (Some("y"), 32), "{name}");
        assert_tells(&opened.member_error(name, "odd"), ".debug_info", "");
    }
}

#[test]
fn bit_fields_beyond_their_types_are_as_they_say() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        unit.begin(tag::STRUCTURE_TYPE, &[text("wide"), size(4)]);
        for (name, bits, offset) in [("none", 0, 3), ("far", 3, 1000), ("wide", 200, 0)] {
            let bits = number(at::BIT_SIZE, form::UDATA, bits);
            let offset = number(at::DATA_BIT_OFFSET, form::UDATA, offset);
            unit.entry(tag::MEMBER, &[text(name), to(at::TYPE, int), bits, offset]);
        }
        unit.end();
    });
    let found = odd.open().definition(TypeKind::Struct, "wide").unwrap();
    assert_eq!(
        found,
        "struct size 4 { none @3:0 int; far @1000:3 int; wide @0:200 int; }"
    );
}

#[test]
fn types_of_any_size_are_described() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        for (name, bytes) in [("empty", 0), ("huge", HUGE), ("half", 1 << 63)] {
            unit.begin(tag::STRUCTURE_TYPE, &[text(name), size(bytes)]);
            unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
            unit.end();
            unit.begin(tag::UNION_TYPE, &[text(name), size(bytes)]);
            unit.end();
            let base = [
                text(&format!("int_{name}")),
                size(bytes),
                number(at::ENCODING, form::DATA1, 5),
            ];
            unit.entry(tag::BASE_TYPE, &base);
        }
        unit.entry(
            tag::BASE_TYPE,
            &[text("sizeless"), number(at::ENCODING, form::DATA1, 5)],
        );
        unit.entry(tag::BASE_TYPE, &[text("no_encoding"), size(4)]);
        let strange = number(at::ENCODING, form::DATA1, 0xee);
        unit.entry(tag::BASE_TYPE, &[text("strange"), size(4), strange]);
        unit.begin(tag::STRUCTURE_TYPE, &[text("unsized")]);
        unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
        unit.end();
    });
    let opened = odd.open();
    for (name, bytes) in [("empty", 0), ("huge", u64::MAX), ("half", 1 << 63)] {
        let expected = format!("struct size {bytes} {{ x @0:0 int; }}");
        assert_eq!(opened.definition(TypeKind::Struct, name), Ok(expected));
        let expected = format!("union size {bytes} {{ }}");
        assert_eq!(opened.definition(TypeKind::Union, name), Ok(expected));
    }
    for name in ["int_huge", "int_half"] {
        assert_eq!(opened.definition(TypeKind::Int, name), Ok(name.to_owned()));
    }
    let error = opened.definition(TypeKind::Struct, "unsized").unwrap_err();
    assert_tells(&error, ".debug_info", "no size");
    for (name, words) in [
        ("sizeless", "no size"),
        ("no_encoding", "no encoding"),
        ("strange", "not supported"),
    ] {
        assert_tells(
            &opened.definition(TypeKind::Int, name).unwrap_err(),
            ".debug_info",
            words,
        );
    }
}

#[test]
fn arrays_have_the_lengths_that_they_say() {
    let upper = |form, value| number(at::UPPER_BOUND, form, value);
    let cases: &[(&str, Attribute, Option<u64>)] = &[
        (
            "count",
            number(at::COUNT, form::DATA8, 1 << 63),
            Some(1 << 63),
        ),
        ("most", number(at::COUNT, form::UDATA, HUGE), Some(u64::MAX)),
        ("none", number(at::COUNT, form::DATA1, 0), Some(0)),
        ("bound", upper(form::UDATA, (1 << 63) - 1), Some(1 << 63)),
        ("wrapping", upper(form::UDATA, HUGE), Some(0)),
        ("negative", upper(form::SDATA, -1), Some(0)),
        ("data4", upper(form::DATA4, 0xffff_ffff), Some(0)),
        ("data8", upper(form::DATA8, HUGE), Some(0)),
        (
            "block",
            (at::COUNT, form::BLOCK1, Value::Bytes(vec![1])),
            None,
        ),
        (
            "expression",
            (at::UPPER_BOUND, form::EXPRLOC, Value::Bytes(vec![0x30])),
            None,
        ),
        (
            "text",
            (at::UPPER_BOUND, form::STRING, Value::Text("3".to_owned())),
            None,
        ),
        ("nothing", text("subrange"), None),
    ];
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        for (name, bound, _) in cases {
            let array = unit.here();
            unit.begin(tag::ARRAY_TYPE, &[to(at::TYPE, int)]);
            unit.entry(tag::SUBRANGE_TYPE, std::slice::from_ref(bound));
            unit.end();
            unit.entry(tag::VARIABLE, &[text(name), to(at::TYPE, array)]);
        }
        // As many dimensions as one likes, of which all elements count.
        let array = unit.here();
        unit.begin(tag::ARRAY_TYPE, &[to(at::TYPE, int)]);
        for _ in 0..900 {
            unit.entry(tag::SUBRANGE_TYPE, &[number(at::COUNT, form::UDATA, HUGE)]);
        }
        unit.end();
        unit.entry(tag::VARIABLE, &[text("deep"), to(at::TYPE, array)]);
        let array = unit.here();
        unit.begin(tag::ARRAY_TYPE, &[to(at::TYPE, int)]);
        for _ in 0..100_000 {
            unit.entry(tag::SUBRANGE_TYPE, &[]);
        }
        unit.end();
        unit.entry(tag::VARIABLE, &[text("deepest"), to(at::TYPE, array)]);
    });
    let opened = odd.open();
    for (name, _, expected) in cases {
        let object = opened.object(name).unwrap().unwrap();
        let ty = opened.0.store.get(object.ty.id).unwrap();
        let TypeData::Array { length, .. } = ty.data else {
            panic!("{name} is no array");
        };
        assert_eq!(length, *expected, "{name}");
    }
    assert!(opened.type_of("deep").is_ok());
    assert_tells(
        &opened.type_of("deepest").unwrap_err(),
        ".debug_info",
        "too many dimensions",
    );
}

#[test]
fn alignments_that_are_none_ask_for_nothing() {
    let mut odd = Odd::usual();
    odd.unit(CPP11, |unit| {
        for (name, value) in [("zero", 0), ("three", 3), ("huge", HUGE), ("sixteen", 16)] {
            let alignment = number(at::ALIGNMENT, form::UDATA, value);
            unit.entry(tag::STRUCTURE_TYPE, &[text(name), size(4), alignment]);
        }
    });
    let opened = odd.open();
    for (name, expected) in [
        ("zero", false),
        ("three", false),
        ("huge", false),
        ("sixteen", true),
    ] {
        let ty = opened.ty(TypeKind::Struct, name).unwrap().unwrap();
        let ty = opened.0.store.get(ty.id).unwrap();
        assert_eq!(ty.alignment.is_some(), expected, "{name}");
    }
}

// No compiler of C says it, but those of other languages that programs are linked with do.
#[test]
fn arrays_may_start_anywhere() {
    let bounds = |low, high| {
        [
            number(at::LOWER_BOUND, form::SDATA, low),
            number(at::UPPER_BOUND, form::SDATA, high),
        ]
    };
    let cases = [
        ("one", 1, 10, 10),
        ("below", -3, 3, 7),
        ("none", 1, 0, 0),
        ("less", 5, 1, 0),
    ];
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        for (name, low, high, _) in cases {
            let array = unit.here();
            unit.begin(tag::ARRAY_TYPE, &[to(at::TYPE, int)]);
            unit.entry(tag::SUBRANGE_TYPE, &bounds(low, high));
            unit.end();
            unit.entry(tag::VARIABLE, &[text(name), to(at::TYPE, array)]);
        }
    });
    let opened = odd.open();
    for (name, _, _, length) in cases {
        assert_eq!(
            opened.type_of(name),
            Ok(format!("[{length}](int)")),
            "{name}"
        );
    }
}
