//! Every form, in every shape: attributes that nobody reads do not hinder those behind them, and
//! what can be said in several forms means the same in all.

use super::{C11, Odd, assert_tells, int, number, text, to};
use spelunk_debuginfo::ObjectValue;
use spelunk_synth::dwarf::{Attribute, Shape, UnitKind, Value, at, form, tag};
use spelunk_types::TypeKind;

/// An attribute without meaning in each form that `shape` has.
fn all_forms(shape: Shape) -> Vec<Attribute> {
    let bytes = || Value::Bytes(vec![0xff; 5]);
    let any = || Value::Number(3);
    let forms = [
        (2, form::ADDR, any()),
        (2, form::BLOCK1, bytes()),
        (2, form::BLOCK2, bytes()),
        (2, form::BLOCK4, bytes()),
        (2, form::BLOCK, bytes()),
        (2, form::DATA1, any()),
        (2, form::DATA2, any()),
        (2, form::DATA4, any()),
        (2, form::DATA8, any()),
        (2, form::STRING, Value::Text("text".to_owned())),
        (2, form::FLAG, any()),
        (2, form::SDATA, Value::Number(-70)),
        (2, form::STRP, any()),
        (2, form::UDATA, Value::Number(700)),
        (2, form::REF_ADDR, any()),
        (2, form::REF1, any()),
        (2, form::REF2, any()),
        (2, form::REF4, any()),
        (2, form::REF8, any()),
        (2, form::REF_UDATA, Value::Number(700)),
        (
            2,
            form::INDIRECT,
            Value::Indirect(form::DATA2, Box::new(any())),
        ),
        (
            2,
            form::INDIRECT,
            Value::Indirect(form::STRING, Box::new(Value::Text("t".into()))),
        ),
        (4, form::SEC_OFFSET, any()),
        (4, form::EXPRLOC, bytes()),
        (4, form::FLAG_PRESENT, any()),
        (4, form::REF_SIG8, any()),
        (4, form::GNU_ADDR_INDEX, any()),
        (4, form::GNU_STR_INDEX, any()),
        (4, form::GNU_REF_ALT, any()),
        (4, form::GNU_STRP_ALT, any()),
        (5, form::STRX, any()),
        (5, form::ADDRX, any()),
        (5, form::REF_SUP4, any()),
        (5, form::STRP_SUP, any()),
        (5, form::DATA16, any()),
        (5, form::LINE_STRP, any()),
        (5, form::IMPLICIT_CONST, Value::Number(-3)),
        (5, form::LOCLISTX, any()),
        (5, form::RNGLISTX, any()),
        (5, form::REF_SUP8, any()),
        (5, form::STRX1, any()),
        (5, form::STRX2, any()),
        (5, form::STRX3, any()),
        (5, form::STRX4, any()),
        (5, form::ADDRX1, any()),
        (5, form::ADDRX2, any()),
        (5, form::ADDRX3, any()),
        (5, form::ADDRX4, any()),
    ];
    let known = forms
        .into_iter()
        .filter(|(version, ..)| *version <= shape.version);
    known
        .map(|(_, form, value)| (at::UNKNOWN, form, value))
        .collect()
}

#[test]
fn what_is_unknown_is_passed_over_whatever_its_form() {
    for shape in Shape::all() {
        let mut odd = Odd::new(shape);
        odd.unit(C11, |unit| {
            let int = int(unit);
            for attribute in all_forms(shape) {
                let name = format!("with_{:#x}", attribute.1);
                let size = number(at::BYTE_SIZE, form::DATA1, 4);
                let attributes = [
                    attribute.clone(),
                    text(&name),
                    attribute.clone(),
                    size,
                    attribute,
                ];
                unit.begin(tag::STRUCTURE_TYPE, &attributes);
                unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
                unit.end();
            }
        });
        let opened = odd.open();
        for (_, form, _) in all_forms(shape) {
            let name = format!("with_{form:#x}");
            let found = opened.definition(TypeKind::Struct, &name);
            assert_eq!(
                found.as_deref(),
                Ok("struct size 4 { x @0:0 int; }"),
                "{shape:?} {name}"
            );
        }
    }
}

#[test]
fn names_and_references_mean_the_same_in_every_form() {
    for shape in Shape::all() {
        let mut odd = Odd::new(shape);
        let indirect = |form, value| Value::Indirect(form, Box::new(value));
        let texts: Vec<u64> = [
            (2, form::STRING),
            (2, form::STRP),
            (5, form::LINE_STRP),
            (5, form::STRX),
            (5, form::STRX1),
            (5, form::STRX2),
            (5, form::STRX3),
            (5, form::STRX4),
        ]
        .iter()
        .filter(|(version, _)| *version <= shape.version)
        .map(|(_, form)| *form)
        .collect();
        let references = [
            form::REF1,
            form::REF2,
            form::REF4,
            form::REF8,
            form::REF_UDATA,
            form::REF_ADDR,
        ];
        let base = odd.dwarf.tables_base();
        // References of one byte do not go far.
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        let mut root = vec![number(at::LANGUAGE, form::DATA1, C11)];
        if shape.version >= 5 {
            root.push(number(at::STR_OFFSETS_BASE, form::SEC_OFFSET, base.into()));
        }
        unit.begin(tag::COMPILE_UNIT, &root);
        let int = int(&mut unit);
        for form in references {
            for (kind, ty) in [
                ("direct", (at::TYPE, form, Value::To(int))),
                (
                    "indirect",
                    (at::TYPE, form::INDIRECT, indirect(form, Value::To(int))),
                ),
            ] {
                unit.entry(tag::TYPEDEF, &[text(&format!("{kind}_{form:#x}")), ty]);
            }
        }
        for form in &texts {
            let name = |kind| Value::Text(format!("{kind}_{form:#x}"));
            let ty = (at::TYPE, form::REF4, Value::To(int));
            unit.entry(
                tag::TYPEDEF,
                &[(at::NAME, *form, name("direct")), ty.clone()],
            );
            let name = indirect(*form, name("indirect"));
            unit.entry(tag::TYPEDEF, &[(at::NAME, form::INDIRECT, name), ty]);
        }
        unit.finish();
        let opened = odd.open();
        for form in references.iter().chain(&texts) {
            for kind in ["direct", "indirect"] {
                let name = format!("{kind}_{form:#x}");
                let found = opened.definition(TypeKind::Typedef, &name);
                assert_eq!(found.as_deref(), Ok("= int"), "{shape:?} {name}");
            }
        }
    }
}

#[test]
fn enumerators_have_their_values_in_every_form() {
    for shape in Shape::all() {
        let mut values = vec![
            (form::DATA1, 200, 200),
            (form::DATA2, 40_000, 40_000),
            (form::DATA4, 3_000_000_000, 3_000_000_000),
            (form::DATA8, 1 << 63, 1 << 63),
            (form::UDATA, u64::MAX.into(), u64::MAX.into()),
            (form::SDATA, -5, -5),
            (form::SDATA, i64::MIN.into(), i64::MIN.into()),
        ];
        if shape.version >= 5 {
            values.push((form::DATA16, 1 << 100, 1 << 100));
            values.push((form::IMPLICIT_CONST, -7, -7));
        }
        let mut odd = Odd::new(shape);
        odd.unit(C11, |unit| {
            let size = number(at::BYTE_SIZE, form::DATA1, 16);
            unit.begin(tag::ENUMERATION_TYPE, &[text("values"), size.clone()]);
            for (index, (form, value, _)) in values.iter().enumerate() {
                let name = text(&format!("value_{index}"));
                unit.entry(
                    tag::ENUMERATOR,
                    &[name, number(at::CONST_VALUE, *form, *value)],
                );
            }
            unit.end();
            // A block of bytes, and none at all: neither is a value.
            for (name, value) in [
                (
                    "block",
                    Some((at::CONST_VALUE, form::BLOCK1, Value::Bytes(vec![1, 2]))),
                ),
                (
                    "string",
                    Some((at::CONST_VALUE, form::STRING, Value::Text("1".into()))),
                ),
                ("none", None),
            ] {
                unit.begin(tag::ENUMERATION_TYPE, &[text(name), size.clone()]);
                let attributes: Vec<_> = std::iter::once(text("e")).chain(value).collect();
                unit.entry(tag::ENUMERATOR, &attributes);
                unit.end();
            }
        });
        let opened = odd.open();
        let found: Vec<i128> = opened
            .enumerators("values")
            .unwrap()
            .iter()
            .map(|one| one.1)
            .collect();
        let expected: Vec<i128> = values.iter().map(|(.., value)| *value).collect();
        assert_eq!(found, expected, "{shape:?}");
        for name in ["block", "string", "none"] {
            let error = opened.enumerators(name).unwrap_err();
            assert_tells(&error, ".debug_info", "enumerator has no value");
        }
    }
}

#[test]
fn addresses_mean_the_same_in_every_form() {
    for shape in Shape::all() {
        let mut odd = Odd::new(shape);
        let address: u64 = 0x1234_5678;
        odd.dwarf.addresses = vec![1, 2, 3, address];
        let mut forms = vec![(form::ADDR, i128::from(address))];
        if shape.version >= 5 {
            let indexed = [
                form::ADDRX,
                form::ADDRX1,
                form::ADDRX2,
                form::ADDRX3,
                form::ADDRX4,
            ];
            forms.extend(indexed.map(|form| (form, 3)));
        }
        let base = odd.dwarf.tables_base();
        let mut unit = odd.dwarf.unit(UnitKind::Compile);
        let mut root = vec![number(at::LANGUAGE, form::DATA1, C11)];
        if shape.version >= 5 {
            root.push(number(at::ADDR_BASE, form::SEC_OFFSET, base.into()));
        }
        unit.begin(tag::COMPILE_UNIT, &root);
        for (form, value) in &forms {
            let name = text(&format!("with_{form:#x}"));
            unit.entry(tag::SUBPROGRAM, &[name, number(at::LOW_PC, *form, *value)]);
        }
        if shape.version >= 5 {
            let name = text("beyond");
            unit.entry(tag::SUBPROGRAM, &[name, number(at::LOW_PC, form::ADDRX, 4)]);
        }
        unit.finish();
        let opened = odd.open();
        for (form, _) in &forms {
            let found = opened.object(&format!("with_{form:#x}")).unwrap().unwrap();
            assert!(
                matches!(found.value, ObjectValue::Address(found) if found == address),
                "{shape:?} {form:#x}"
            );
        }
        if shape.version >= 5 {
            assert_tells(&opened.object("beyond").err().unwrap(), ".debug_info", "");
        }
    }
}

#[test]
fn forms_that_nobody_knows_end_their_unit_alone() {
    for unknown in [0x02, 0x2d, 0x1f03, 0xffff_ffff] {
        let mut odd = Odd::usual();
        odd.unit(C11, |unit| {
            int(unit);
            let attribute = (at::UNKNOWN, unknown, Value::Raw(vec![1]));
            unit.entry(tag::TYPEDEF, &[text("unknowable"), attribute]);
        });
        let opened = odd.open();
        match opened.definition(TypeKind::Typedef, "unknowable") {
            Ok(text) => assert_eq!(text, "none", "{unknown:#x}"),
            Err(error) => assert_tells(&error, ".debug_", ""),
        }
    }
}

#[test]
fn indirect_forms_that_lead_to_indirect_ones_end_their_unit_alone() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let inner = Value::Indirect(form::DATA1, Box::new(Value::Number(1)));
        let value = Value::Indirect(form::INDIRECT, Box::new(inner));
        unit.entry(
            tag::TYPEDEF,
            &[(at::UNKNOWN, form::INDIRECT, value), text("behind")],
        );
    });
    let opened = odd.open();
    assert_eq!(
        opened.definition(TypeKind::Typedef, "behind").as_deref(),
        Ok("none")
    );
}
