//! What stands in what, deeper than any program: neither the stack nor time runs out.

use super::{C11, CPP11, Odd, int, number, text, to};
use spelunk_synth::dwarf::{UnitKind, at, form, tag};
use spelunk_types::TypeKind;
use std::time::Instant;

const DEPTH: usize = 100_000;

#[test]
fn entries_may_be_nested_as_deep_as_the_file_is_long() {
    for language in [C11, CPP11] {
        for nested in [
            tag::STRUCTURE_TYPE,
            tag::NAMESPACE,
            tag::SUBPROGRAM,
            tag::ENUMERATION_TYPE,
            0x0b,
        ] {
            let mut odd = Odd::usual();
            odd.unit(language, |unit| {
                let int = int(unit);
                unit.entry(tag::TYPEDEF, &[text("first"), to(at::TYPE, int)]);
                for _ in 0..DEPTH {
                    unit.begin(nested, &[text("n"), number(at::BYTE_SIZE, form::DATA1, 4)]);
                }
                unit.entry(tag::TYPEDEF, &[text("innermost"), to(at::TYPE, int)]);
                for _ in 0..DEPTH {
                    unit.end();
                }
                unit.entry(tag::TYPEDEF, &[text("last"), to(at::TYPE, int)]);
            });
            let opened = odd.open();
            for name in ["first", "last"] {
                let found = opened.definition(TypeKind::Typedef, name);
                assert_eq!(
                    found.as_deref(),
                    Ok("= int"),
                    "{language} {nested:#x} {name}"
                );
            }
            if nested == tag::STRUCTURE_TYPE {
                let found = opened.definition(TypeKind::Struct, "n");
                assert_eq!(found.as_deref(), Ok("struct size 4 { }"));
            }
        }
    }
}

#[test]
fn blocks_may_be_nested_as_deep_as_the_file_is_long() {
    const LEXICAL_BLOCK: u64 = 0x0b;
    let code = [
        number(at::LOW_PC, form::ADDR, 0x1000),
        number(at::HIGH_PC, form::DATA1, 0x10),
    ];
    let mut odd = Odd::usual();
    let mut unit = odd.dwarf.unit(UnitKind::Compile);
    let language = number(at::LANGUAGE, form::DATA1, C11);
    unit.begin(
        tag::COMPILE_UNIT,
        &[&[text("odd.c"), language], &code[..]].concat(),
    );
    let int = int(&mut unit);
    unit.begin(tag::SUBPROGRAM, &[&[text("f")], &code[..]].concat());
    unit.entry(tag::VARIABLE, &[text("outermost"), to(at::TYPE, int)]);
    for _ in 0..DEPTH / 2 {
        unit.begin(LEXICAL_BLOCK, &code);
    }
    unit.finish();
    let opened = odd.open();
    let start = Instant::now();
    let files = opened.0.info.files();
    let scopes = files[0].scopes(0x1000).unwrap();
    assert_eq!(scopes.len(), 1);
    let variables = files[0].variables(&scopes[0]).unwrap();
    assert_eq!(&*variables[0].name, "outermost");
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn units_may_end_before_their_entries_do() {
    let mut odd = Odd::usual();
    let mut unit = odd.dwarf.unit(spelunk_synth::dwarf::UnitKind::Compile);
    super::begin(&mut unit, "odd.c", CPP11);
    let int = int(&mut unit);
    unit.entry(tag::TYPEDEF, &[text("first"), to(at::TYPE, int)]);
    for _ in 0..DEPTH {
        unit.begin(
            tag::STRUCTURE_TYPE,
            &[text("n"), number(at::BYTE_SIZE, form::DATA1, 4)],
        );
    }
    unit.finish_open();
    let opened = odd.open();
    let found = opened.definition(TypeKind::Typedef, "first");
    assert_eq!(found.as_deref(), Ok("= int"));
    let _ = opened.definition(TypeKind::Struct, "n");
}

/// Ends of lists of entries that are too many are no entries.
#[test]
fn entries_may_be_ended_more_often_than_they_begin() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let int = int(unit);
        unit.entry(tag::TYPEDEF, &[text("first"), to(at::TYPE, int)]);
        unit.raw(&[0; 1000]);
        unit.entry(tag::TYPEDEF, &[text("behind"), to(at::TYPE, int)]);
    });
    let opened = odd.open();
    let found = opened.definition(TypeKind::Typedef, "first");
    assert_eq!(found.as_deref(), Ok("= int"));
    let _ = opened.definition(TypeKind::Typedef, "behind");
}

/// Each type is the next one's: pointers, typedefs, arrays, members, one in the other.
#[test]
fn types_may_be_nested_as_deep_as_the_file_is_long() {
    for (outer, has_name) in [
        (tag::POINTER_TYPE, false),
        (tag::TYPEDEF, true),
        (tag::ARRAY_TYPE, false),
        (tag::CONST_TYPE, false),
        (tag::VOLATILE_TYPE, false),
        (tag::SUBROUTINE_TYPE, false),
        (tag::ENUMERATION_TYPE, true),
    ] {
        let mut odd = Odd::usual();
        odd.unit(C11, |unit| {
            let mut ty = int(unit);
            for _ in 0..DEPTH {
                let inner = ty;
                ty = unit.here();
                let mut attributes = vec![to(at::TYPE, inner)];
                attributes.extend(has_name.then(|| text("t")));
                unit.entry(outer, &attributes);
            }
            unit.entry(tag::VARIABLE, &[text("deep"), to(at::TYPE, ty)]);
            unit.entry(tag::TYPEDEF, &[text("deep_type"), to(at::TYPE, ty)]);
        });
        let opened = odd.open();
        let store = &opened.0.store;
        let deep = opened
            .object("deep")
            .and_then(|object| object.ok_or_else(|| "none".to_owned()));
        match deep {
            Ok(object) => {
                let _ = store.get(object.ty.id).map(|ty| ty.data.kind());
                let _ = store.scalar(object.ty.id);
                let _ = store.members(object.ty.id);
            }
            Err(error) => super::assert_tells(&error, ".debug_info", ""),
        }
        if let Ok(Some(ty)) = opened.ty(TypeKind::Typedef, "deep_type") {
            let _ = (
                store.get(ty.id).is_ok(),
                store.scalar(ty.id),
                store.members(ty.id),
            );
        }
    }
}

/// A structure in a structure, each the only member of the next one.
#[test]
fn members_may_be_nested_as_deep_as_the_file_is_long() {
    let mut odd = Odd::usual();
    odd.unit(C11, |unit| {
        let mut ty = int(unit);
        for index in 0..DEPTH {
            let inner = ty;
            ty = unit.here();
            let size = number(at::BYTE_SIZE, form::DATA1, 4);
            if index + 1 == DEPTH {
                unit.begin(tag::STRUCTURE_TYPE, &[text("outermost"), size]);
            } else {
                unit.begin(tag::STRUCTURE_TYPE, &[size]);
            }
            // Without names, so that a member of the innermost is one of the outermost.
            unit.entry(tag::MEMBER, &[to(at::TYPE, inner)]);
            unit.end();
        }
    });
    let opened = odd.open();
    let store = &opened.0.store;
    let ty = opened.ty(TypeKind::Struct, "outermost").unwrap().unwrap();
    let members = store.members(ty.id).unwrap().unwrap();
    assert!(!matches!(members.find(store, "nowhere"), Ok(Some(_))));
}

/// Templates with simple names are called by their arguments: here by functions of functions of
/// functions, whose names no memory has room for.
#[test]
fn templates_whose_names_would_never_end_keep_their_simple_ones() {
    let mut odd = Odd::usual();
    odd.unit(CPP11, |unit| {
        let mut ty = int(unit);
        for depth in 0..20 {
            unit.begin(
                tag::STRUCTURE_TYPE,
                &[
                    text(&format!("t{depth}")),
                    number(at::BYTE_SIZE, form::DATA1, 1),
                ],
            );
            unit.entry(tag::TEMPLATE_TYPE_PARAMETER, &[to(at::TYPE, ty)]);
            unit.end();
            let inner = ty;
            ty = unit.here();
            unit.begin(tag::SUBROUTINE_TYPE, &[]);
            for _ in 0..60 {
                unit.entry(tag::FORMAL_PARAMETER, &[to(at::TYPE, inner)]);
            }
            unit.end();
        }
    });
    let opened = odd.open();
    for name in ["t0<int>", "t0", "t10", "t19"] {
        let found = opened.definition(TypeKind::Struct, name);
        assert_eq!(found.as_deref(), Ok("struct size 1 { }"), "{name}");
    }
    assert_eq!(
        opened.definition(TypeKind::Struct, "t0<long>").as_deref(),
        Ok("none")
    );
}
