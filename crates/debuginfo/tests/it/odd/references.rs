//! References that lead in circles, out of the unit, into the middle of entries, or nowhere.

use super::{C11, CPP11, Odd, assert_tells, int, number, text, to};
use spelunk_synth::dwarf::{Shape, UnitKind, Value, at, form, tag};
use spelunk_types::TypeKind;

#[test]
fn references_to_nowhere_say_where_they_stand() {
    for shape in Shape::all() {
        let mut cases = vec![
            ("beyond_unit", form::REF4, 0x7fff_ffff),
            ("header", form::REF1, 1),
            ("section", form::REF_ADDR, 0x7fff_ffff),
            ("unit_header", form::REF_ADDR, 2),
            ("number", form::DATA4, 30),
        ];
        if shape.version >= 4 {
            cases.push(("signature", form::REF_SIG8, 0x1234));
            cases.push(("supplementary", form::GNU_REF_ALT, 11));
        }
        if shape.version >= 5 {
            cases.push(("sup4", form::REF_SUP4, 11));
            cases.push(("sup8", form::REF_SUP8, 11));
        }
        let mut odd = Odd::new(shape);
        odd.unit(C11, |unit| {
            let int = int(unit);
            for (name, form, value) in &cases {
                let ty = number(at::TYPE, *form, *value);
                unit.entry(tag::TYPEDEF, &[text(name), ty.clone()]);
                unit.begin(
                    tag::STRUCTURE_TYPE,
                    &[text(name), number(at::BYTE_SIZE, form::DATA1, 8)],
                );
                unit.entry(tag::MEMBER, &[text("odd"), ty]);
                unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
                unit.end();
            }
        });
        let opened = odd.open();
        for (name, ..) in cases {
            let error = opened.definition(TypeKind::Typedef, name).unwrap_err();
            assert_tells(&error, ".debug_info", "");
            assert_tells(&opened.member_error(name, "odd"), ".debug_info", "");
            let found = opened.definition(TypeKind::Struct, name);
            assert!(
                found.is_err(),
                "its member's type is told with it: {found:?}"
            );
        }
    }
}

#[test]
fn a_reference_into_the_middle_of_an_entry_is_harmless() {
    for offset in 0..200 {
        let mut odd = Odd::usual();
        odd.unit(C11, |unit| {
            let _int = int(unit);
            let ty = number(at::TYPE, form::REF4, offset);
            unit.entry(tag::TYPEDEF, &[text("odd"), ty.clone()]);
            unit.entry(tag::VARIABLE, &[text("variable"), ty.clone()]);
            unit.entry(
                tag::SUBPROGRAM,
                &[
                    number(at::LOW_PC, form::ADDR, 16),
                    number(at::ABSTRACT_ORIGIN, form::REF4, offset),
                ],
            );
            unit.begin(
                tag::STRUCTURE_TYPE,
                &[text("s"), number(at::BYTE_SIZE, form::DATA1, 8)],
            );
            unit.entry(tag::INHERITANCE, &[ty]);
            unit.end();
        });
        let opened = odd.open();
        let _ = opened.definition(TypeKind::Typedef, "odd");
        let _ = opened.type_of("variable");
        let _ = opened.definition(TypeKind::Struct, "s");
    }
}

/// Every kind of type that has another one, in a circle with itself and with a second one.
#[test]
fn types_in_circles_come_to_an_end() {
    let tags = [
        tag::POINTER_TYPE,
        tag::TYPEDEF,
        tag::ARRAY_TYPE,
        tag::CONST_TYPE,
        tag::SUBROUTINE_TYPE,
        tag::ENUMERATION_TYPE,
        tag::SUBRANGE_TYPE,
    ];
    for first_tag in tags {
        for second_tag in tags {
            let mut odd = Odd::usual();
            odd.unit(CPP11, |unit| {
                let (first, second) = (unit.label(), unit.label());
                let name = text("round");
                unit.at(first)
                    .entry(first_tag, &[name.clone(), to(at::TYPE, second)]);
                unit.at(second)
                    .entry(second_tag, &[name, to(at::TYPE, first)]);
                unit.entry(tag::VARIABLE, &[text("variable"), to(at::TYPE, first)]);
                unit.entry(tag::TYPEDEF, &[text("alias"), to(at::TYPE, second)]);
            });
            let opened = odd.open();
            let store = &opened.0.store;
            let found = [
                opened
                    .object("variable")
                    .map(|object| object.map(|object| object.ty)),
                opened.ty(TypeKind::Typedef, "alias"),
                opened.ty(TypeKind::Typedef, "round"),
            ];
            for ty in found {
                match ty {
                    Ok(Some(ty)) => {
                        let _ = (
                            store.get(ty.id).is_ok(),
                            store.scalar(ty.id),
                            store.members(ty.id),
                        );
                    }
                    Ok(None) => {}
                    Err(error) => assert_tells(&error, ".debug_info", ""),
                }
            }
        }
    }
}

#[test]
fn origins_in_circles_come_to_an_end() {
    for (first_at, second_at) in [
        (at::SPECIFICATION, at::SPECIFICATION),
        (at::ABSTRACT_ORIGIN, at::ABSTRACT_ORIGIN),
        (at::SPECIFICATION, at::ABSTRACT_ORIGIN),
    ] {
        for kind in [
            tag::VARIABLE,
            tag::SUBPROGRAM,
            tag::STRUCTURE_TYPE,
            tag::ENUMERATION_TYPE,
            tag::NAMESPACE,
        ] {
            let mut odd = Odd::usual();
            odd.unit(CPP11, |unit| {
                let (first, second, own) = (unit.label(), unit.label(), unit.label());
                let code = number(at::LOW_PC, form::ADDR, 16);
                let size = number(at::BYTE_SIZE, form::DATA1, 4);
                unit.at(first)
                    .begin(kind, &[to(first_at, second), code.clone(), size.clone()]);
                unit.entry(tag::TYPEDEF, &[text("inside")]);
                unit.end();
                unit.at(second)
                    .entry(kind, &[to(second_at, first), code, size.clone()]);
                unit.at(own).entry(kind, &[to(first_at, own), size]);
                unit.entry(tag::VARIABLE, &[text("variable"), to(at::TYPE, first)]);
                unit.entry(tag::VARIABLE, &[text("variable_of_own"), to(at::TYPE, own)]);
            });
            let opened = odd.open();
            let _ = opened.type_of("variable");
            let _ = opened.type_of("variable_of_own");
            let _ = opened.definition(TypeKind::Typedef, "inside");
        }
    }
}

#[test]
fn units_that_import_each_other_come_to_an_end() {
    let mut odd = Odd::usual();
    let labels: Vec<_> = (0..3).map(|_| odd.dwarf.label()).collect();
    let import = |label| (at::IMPORT, form::REF_ADDR, Value::To(label));
    for index in 0..3 {
        let mut unit = odd.dwarf.unit(UnitKind::Partial);
        unit.at(labels[index]).begin(tag::PARTIAL_UNIT, &[]);
        for label in [labels[(index + 1) % 3], labels[index]] {
            unit.entry(tag::IMPORTED_UNIT, &[import(label)]);
        }
        let int = int(&mut unit);
        unit.entry(
            tag::TYPEDEF,
            &[text(&format!("shared_{index}")), to(at::TYPE, int)],
        );
        unit.finish();
    }
    odd.unit(CPP11, |unit| {
        unit.entry(tag::IMPORTED_UNIT, &[import(labels[0])]);
        unit.entry(
            tag::IMPORTED_UNIT,
            &[number(at::IMPORT, form::REF_ADDR, 0x7fff_ffff)],
        );
        unit.entry(tag::IMPORTED_UNIT, &[]);
    });
    let opened = odd.open();
    for index in 0..3 {
        let found = opened.definition(TypeKind::Typedef, &format!("shared_{index}"));
        assert_eq!(found.as_deref(), Ok("= int"));
    }
}

/// `DW_AT_sibling` that leads back, to itself, out of the unit, or over what follows.
#[test]
fn siblings_that_lie_end_no_walk_and_start_no_endless_one() {
    for sibling in [0, 1, 11, 12, 40, 0x7fff_fff0, 0xffff_ffff] {
        let mut odd = Odd::usual();
        odd.unit(CPP11, |unit| {
            let int = int(unit);
            let lie = number(at::SIBLING, form::REF4, sibling);
            // What leads on from a structure to somewhere in the unit looks like the truth.
            let far = if sibling == 40 { 0xffff } else { sibling };
            unit.begin(
                tag::STRUCTURE_TYPE,
                &[
                    text("odd"),
                    number(at::SIBLING, form::REF4, far),
                    number(at::BYTE_SIZE, form::DATA1, 8),
                ],
            );
            for name in ["a", "b"] {
                unit.begin(tag::MEMBER, &[text(name), lie.clone(), to(at::TYPE, int)]);
                unit.entry(tag::MEMBER, &[text("inner"), to(at::TYPE, int)]);
                unit.end();
            }
            unit.end();
            unit.begin(tag::SUBPROGRAM, &[text("function"), lie]);
            unit.entry(tag::FORMAL_PARAMETER, &[text("p"), to(at::TYPE, int)]);
            unit.end();
            unit.entry(tag::TYPEDEF, &[text("behind"), to(at::TYPE, int)]);
        });
        let opened = odd.open();
        let found = opened.definition(TypeKind::Struct, "odd");
        assert_eq!(
            found.as_deref(),
            Ok("struct size 8 { a @0:0 int; b @0:0 int; }"),
            "{sibling:#x}"
        );
        let found = opened.definition(TypeKind::Typedef, "behind");
        assert_eq!(found.as_deref(), Ok("= int"), "{sibling:#x}");
        assert_eq!(
            opened.type_of("function").as_deref(),
            Ok("function(void)(p: int, )"),
            "{sibling:#x}"
        );
    }
}

/// A method whose `DW_AT_sibling` leads out of its class hides none of the names behind it there.
#[test]
fn siblings_that_lead_out_of_a_class_hide_no_names_in_it() {
    let mut odd = Odd::usual();
    odd.unit(CPP11, |unit| {
        let int = int(unit);
        let behind = unit.label();
        let size = number(at::BYTE_SIZE, form::DATA1, 8);
        let class = [text("odd"), to(at::SIBLING, behind), size];
        unit.begin(tag::CLASS_TYPE, &class);
        unit.begin(tag::SUBPROGRAM, &[text("f"), to(at::SIBLING, behind)]);
        unit.entry(tag::FORMAL_PARAMETER, &[to(at::TYPE, int)]);
        unit.end();
        unit.entry(tag::TYPEDEF, &[text("inner"), to(at::TYPE, int)]);
        unit.end();
        unit.at(behind);
        unit.entry(tag::TYPEDEF, &[text("behind"), to(at::TYPE, int)]);
    });
    let opened = odd.open();
    for name in ["odd::inner", "behind"] {
        let found = opened.definition(TypeKind::Typedef, name);
        assert_eq!(found.as_deref(), Ok("= int"), "{name}");
    }
}

/// A structure that contains itself, by value: no program has it, but its members can be told.
#[test]
fn structures_that_contain_themselves_have_their_members() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let own = unit.here();
        let int = unit.label();
        unit.begin(
            tag::STRUCTURE_TYPE,
            &[text("own"), number(at::BYTE_SIZE, form::DATA1, 4)],
        );
        unit.entry(tag::MEMBER, &[to(at::TYPE, own)]);
        unit.entry(tag::MEMBER, &[text("inner"), to(at::TYPE, own)]);
        unit.entry(tag::MEMBER, &[text("x"), to(at::TYPE, int)]);
        unit.end();
        unit.at(int);
        super::int(unit);
    });
    let opened = odd.open();
    let found = opened.definition(TypeKind::Struct, "own");
    assert_eq!(
        found.as_deref(),
        Ok("struct size 4 {  @0:0 struct own; inner @0:0 struct own; x @0:0 int; }")
    );
    let store = &opened.0.store;
    let ty = opened.ty(TypeKind::Struct, "own").unwrap().unwrap();
    let members = store.members(ty.id).unwrap().unwrap();
    assert!(members.find(store, "x").unwrap().is_some());
    assert!(!matches!(members.find(store, "nowhere"), Ok(Some(_))));
}

#[test]
fn types_that_are_only_declared_stay_incomplete() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        for (kind, name) in [
            (tag::STRUCTURE_TYPE, "declared_struct"),
            (tag::UNION_TYPE, "declared_union"),
            (tag::ENUMERATION_TYPE, "declared_enum"),
        ] {
            let declared = unit.here();
            unit.entry(
                kind,
                &[text(name), number(at::DECLARATION, form::FLAG_PRESENT, 1)],
            );
            unit.entry(
                tag::VARIABLE,
                &[text(&format!("of_{name}")), to(at::TYPE, declared)],
            );
        }
    });
    let opened = odd.open();
    assert_eq!(
        opened.type_of("of_declared_struct").as_deref(),
        Ok("struct size ? { }")
    );
    assert_eq!(
        opened.type_of("of_declared_union").as_deref(),
        Ok("union size ? { }")
    );
    assert_eq!(
        opened.type_of("of_declared_enum").as_deref(),
        Ok("enum: ? { }")
    );
    assert_eq!(
        opened
            .definition(TypeKind::Struct, "declared_struct")
            .as_deref(),
        Ok("none")
    );
}

/// In DWARF 4 the units of types have a section of their own.
#[test]
fn signatures_lead_to_the_type_whatever_else_has_the_number() {
    for version in [4, 5] {
        let mut odd = Odd::new(Shape {
            version,
            ..Shape::USUAL
        });
        // Two units claim the same signature; of a third one the type is no entry at all.
        for name in ["first_claim", "second_claim"] {
            let mut unit = odd.dwarf.unit(UnitKind::Type(7));
            let language = number(at::LANGUAGE, form::DATA1, C11);
            unit.begin(tag::TYPE_UNIT, &[language]);
            let label = unit.label();
            unit.at(label).entry(
                tag::STRUCTURE_TYPE,
                &[text(name), number(at::BYTE_SIZE, form::DATA1, 4)],
            );
            unit.finish();
        }
        let mut unit = odd.dwarf.unit(UnitKind::Type(8));
        unit.begin(tag::TYPE_UNIT, &[number(at::LANGUAGE, form::DATA1, C11)]);
        unit.finish();
        odd.unit(C11, |unit| {
            for (name, signature) in [("claimed", 7), ("empty", 8), ("nowhere", 9)] {
                let ty = number(at::TYPE, form::REF_SIG8, signature);
                unit.entry(tag::VARIABLE, &[text(name), ty]);
            }
        });
        let opened = odd.open();
        let found = opened.type_of("claimed");
        assert_eq!(found.as_deref(), Ok("struct size 4 { }"), "{version}");
        let error = opened.type_of("nowhere").unwrap_err();
        assert_tells(
            &error,
            ".debug_info",
            "no unit has the type 0x0000000000000009",
        );
        // It leads to the unit itself.
        assert!(opened.type_of("empty").is_err(), "{version}");
    }
}
