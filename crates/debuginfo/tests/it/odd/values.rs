//! Constants in every form, and places that make no sense.

use super::{C11, Odd, assert_tells, int, number, text, to};
use spelunk_debuginfo::{Absence, ObjectValue};
use spelunk_synth::dwarf::{Attribute, Shape, Value, at, form, tag};

fn constant(form: u64, value: Value) -> Attribute {
    (at::CONST_VALUE, form, value)
}

#[test]
fn constants_have_the_bytes_of_their_type_whatever_their_form() {
    for shape in Shape::all() {
        let mut cases: Vec<(Attribute, i128)> = vec![
            (number(at::CONST_VALUE, form::DATA1, 200), 200),
            (number(at::CONST_VALUE, form::DATA2, 40_000), 40_000),
            (
                number(at::CONST_VALUE, form::DATA4, 0xfedc_ba98),
                0xfedc_ba98,
            ),
            (number(at::CONST_VALUE, form::DATA8, 0xff_0000_0007), 7),
            (number(at::CONST_VALUE, form::UDATA, u64::MAX.into()), -1),
            (number(at::CONST_VALUE, form::SDATA, -2), -2),
            (
                constant(
                    form::INDIRECT,
                    Value::Indirect(form::SDATA, Box::new(Value::Number(-3))),
                ),
                -3,
            ),
        ];
        if shape.version >= 5 {
            cases.push((number(at::CONST_VALUE, form::DATA16, (1 << 90) + 9), 9));
            cases.push((number(at::CONST_VALUE, form::IMPLICIT_CONST, -4), -4));
        }
        let mut odd = Odd::new(shape);
        odd.unit(C11, |unit| {
            let int = int(unit);
            for (index, (value, _)) in cases.iter().enumerate() {
                let name = text(&format!("value_{index}"));
                unit.entry(tag::VARIABLE, &[name, to(at::TYPE, int), value.clone()]);
            }
            let bytes = || Value::Bytes(vec![1, 2, 3, 4]);
            for (name, form) in [
                ("block", form::BLOCK1),
                ("block2", form::BLOCK2),
                ("block4", form::BLOCK4),
                ("uleb", form::BLOCK),
            ] {
                unit.entry(
                    tag::VARIABLE,
                    &[text(name), to(at::TYPE, int), constant(form, bytes())],
                );
            }
            let value = constant(form::STRP, Value::Text("abc".to_owned()));
            unit.entry(tag::VARIABLE, &[text("text"), to(at::TYPE, int), value]);
            let value = constant(form::REF4, Value::To(int));
            unit.entry(
                tag::VARIABLE,
                &[text("reference"), to(at::TYPE, int), value],
            );
        });
        let opened = odd.open();
        let bytes = |name: &str| match opened.object(name).unwrap().unwrap().value {
            ObjectValue::Bytes(bytes) => bytes.to_vec(),
            value => panic!("{name}: {value:?}"),
        };
        for (index, (_, value)) in cases.iter().enumerate() {
            let low = u32::try_from(value & 0xffff_ffff).unwrap();
            let expected = match shape.encoding.big_endian {
                true => low.to_be_bytes(),
                false => low.to_le_bytes(),
            };
            assert_eq!(
                bytes(&format!("value_{index}")),
                expected,
                "{shape:?} {index}"
            );
        }
        for name in ["block", "block2", "block4", "uleb"] {
            assert_eq!(bytes(name), [1, 2, 3, 4], "{shape:?} {name}");
        }
        assert_eq!(bytes("text"), b"abc\0", "{shape:?}");
        let error = opened.object("reference").err().unwrap();
        assert_tells(&error, ".debug_info", "DW_AT_const_value is no constant");
    }
}

#[test]
fn constants_of_types_without_end_take_no_memory_without_end() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let huge = unit.here();
        let size = number(at::BYTE_SIZE, form::UDATA, u64::MAX.into());
        unit.entry(
            tag::BASE_TYPE,
            &[text("huge"), size, number(at::ENCODING, form::DATA1, 5)],
        );
        let value = number(at::CONST_VALUE, form::SDATA, -1);
        unit.entry(
            tag::VARIABLE,
            &[text("constant"), to(at::TYPE, huge), value],
        );
    });
    if let Ok(Some(object)) = odd.open().object("constant")
        && let ObjectValue::Bytes(bytes) = object.value
    {
        assert!(bytes.len() <= 1 << 20, "{}", bytes.len());
    }
}

#[test]
fn places_that_make_no_sense_say_so() {
    let place = |bytes: &[u8]| (at::LOCATION, form::EXPRLOC, Value::Bytes(bytes.to_vec()));
    let damaged: [(&str, Attribute); 6] = [
        ("cut_off", place(&[0x03, 1, 2])),
        ("unknown", place(&[0xff])),
        ("empty_stack", place(&[0x22])),
        ("division", place(&[0x31, 0x30, 0x1b])),
        ("endless", place(&[0x2f, 0xfd, 0xff])),
        ("jump", place(&[0x2f, 0xff, 0x7f])),
    ];
    let absent: [(&str, Attribute); 3] = [
        ("empty", place(&[])),
        ("list", number(at::LOCATION, form::SEC_OFFSET, 0xffff)),
        ("number", number(at::LOCATION, form::DATA1, 1)),
    ];
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        for (name, place) in damaged.iter().chain(&absent) {
            unit.entry(
                tag::VARIABLE,
                &[text(name), to(at::TYPE, int), place.clone()],
            );
        }
    });
    let opened = odd.open();
    for (name, _) in &damaged {
        assert_tells(
            &opened.object(name).err().unwrap(),
            ".debug_info",
            "DW_AT_location",
        );
    }
    for (name, _) in &absent {
        let found = opened.object(name).unwrap().unwrap();
        assert!(
            matches!(found.value, ObjectValue::Absent(Absence::OptimizedOut)),
            "{name}: {found:?}"
        );
    }
}
