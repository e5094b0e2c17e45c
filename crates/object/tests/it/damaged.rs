//! Variants and virtual base classes that no compiler makes: what can be said is said, and nothing
//! else happens.

use crate::fake::{BASE, Fake, bit_field, member, unnamed};
use spelunk_base::Language;
use spelunk_object::{FormatOptions, Object, Target, Value, find_member};
use spelunk_types::{
    CompoundKind, Member, MemberRole, Members, QualifiedType, Type, TypeData, TypeError, Variant,
    VariantPart,
};

fn variant(discriminants: &[(i128, i128)], members: Vec<Member>) -> Variant {
    Variant {
        discriminants: discriminants.into(),
        members: members.into(),
    }
}

/// A type of 8 bytes with these variants.
fn with_variants(f: &Fake, discriminant: Option<Member>, variants: Vec<Variant>) -> QualifiedType {
    let data = TypeData::Compound {
        kind: CompoundKind::Struct,
        tag: Some("V".into()),
        size: Some(8),
    };
    let part = VariantPart {
        discriminant,
        variants: variants.into(),
    };
    let members = Members::new(Vec::new(), Vec::new()).with_variants(Some(part));
    let ty = Type::new(Language::Rust, data);
    f.types().add_compound(ty, members).unwrap().into()
}

fn active(f: &Fake, ty: QualifiedType) -> Result<Option<String>, String> {
    let object = Object::at(ty, BASE);
    // Whatever it is, it can be shown.
    object.format(f, &FormatOptions::default()).unwrap();
    let found = object.active_variant(f);
    let found = found.map(|found| found.map(|(name, _)| name.to_owned()));
    found.map_err(|error| error.to_string())
}

#[test]
fn discriminants_select_variants_whatever_they_are() {
    let f = Fake::x86_64();
    let int = f.ty("int");
    let signed_char = f.ty("signed char");
    f.write(0, &[0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0]);
    let a = || vec![member("A", int, 32)];
    let b = || vec![member("B", int, 32)];
    let named = |name: &str| Ok(Some(name.to_owned()));

    // -2, as an `int` and as a byte, and as compilers write it for unsigned types.
    for number in [-2, 0xffff_fffe, 0xfe_u8.into()] {
        let ty = with_variants(
            &f,
            Some(member("d", signed_char, 0)),
            vec![variant(&[(1, 5)], a()), variant(&[(number, number)], b())],
        );
        assert_eq!(active(&f, ty), named("B"), "{number}");
    }
    let d = || Some(member("d", int, 0));
    // Ranges that overlap, end before they start, and span everything: the first one counts.
    let ty = with_variants(
        &f,
        d(),
        vec![
            variant(&[(5, -5), (-1, -10)], a()),
            variant(&[(-3, 0)], b()),
            variant(&[(i128::MIN, i128::MAX)], a()),
        ],
    );
    assert_eq!(active(&f, ty), named("B"));
    // The one without discriminants is for all others, wherever it stands.
    let ty = with_variants(&f, d(), vec![variant(&[], a()), variant(&[(-2, -2)], b())]);
    assert_eq!(active(&f, ty), named("B"));
    let ty = with_variants(&f, d(), vec![variant(&[(3, 3)], b()), variant(&[], a())]);
    assert_eq!(active(&f, ty), named("A"));
    // A bit field.
    let field = Some(bit_field("d", f.ty("unsigned int"), 1, 3));
    let ty = with_variants(&f, field, vec![variant(&[(7, 7)], a())]);
    assert_eq!(active(&f, ty), named("A"));
    // Only one.
    let ty = with_variants(&f, None, vec![variant(&[], a())]);
    assert_eq!(active(&f, ty), named("A"));
}

#[test]
fn what_selects_no_variant_says_why() {
    let f = Fake::x86_64();
    let int = f.ty("int");
    let a = || vec![member("A", int, 32)];
    let only = |discriminant| with_variants(&f, discriminant, vec![variant(&[(1, 1)], a())]);
    let why = |discriminant| active(&f, only(Some(discriminant))).unwrap_err();
    assert_eq!(
        why(member("d", int, 0)),
        "no variant has the discriminant 0x0"
    );
    for name in ["struct point", "double", "int [2]"] {
        let error = why(member("d", f.ty(name), 0));
        assert_eq!(
            error, "discriminant of the variants is no integer",
            "{name}"
        );
    }
    let damaged = f.types().add_unknown(TypeError::new("no such entry"));
    assert_eq!(
        why(member("d", damaged.unwrap().into(), 0)),
        "no such entry"
    );
    // Outside of memory, outside of a value, and where no address is.
    let far = only(Some(member("d", int, 1 << 40)));
    assert!(active(&f, far).unwrap_err().contains("memory segment"));
    let value = Object::from_bytes(&f, far, &[0; 8], 0, None).unwrap();
    assert!(
        value
            .active_variant(&f)
            .unwrap_err()
            .to_string()
            .contains("out of bounds")
    );
    assert!(active(&f, only(Some(member("d", int, u64::MAX)))).is_err());
    // No variant at all, and one that holds nothing.
    assert_eq!(active(&f, with_variants(&f, None, Vec::new())), Ok(None));
    let empty = with_variants(&f, None, vec![variant(&[], Vec::new())]);
    assert_eq!(active(&f, empty), Ok(None));
    // A variant of which the type is damaged spoils no other.
    let members = vec![member("A", damaged_type(&f), 0)];
    let ty = with_variants(&f, None, vec![variant(&[], members)]);
    assert_eq!(active(&f, ty), Ok(Some("A".into())));
    assert_eq!(
        Object::at(ty, BASE).value(&f).unwrap(),
        Value::Struct(Vec::new())
    );
}

fn damaged_type(f: &Fake) -> QualifiedType {
    let id = f.types().add_unknown(TypeError::new("no such entry"));
    id.unwrap().into()
}

fn virtual_base(ty: QualifiedType, table_offset: i64) -> Member {
    Member {
        name: None,
        role: MemberRole::VirtualBase { table_offset },
        ..member("", ty, 0)
    }
}

#[test]
fn tables_of_virtual_functions_may_hold_anything() {
    let mut f = Fake::x86_64();
    f.language = Language::Cpp;
    let long = f.ty("long");
    let base = f.structure("Base", 8, vec![member("b", long, 0)]);
    let members = vec![virtual_base(base, -24), member("_vptr", long, 0)];
    let class = f.structure("Class", 32, members);
    let object = Object::at(class, BASE);
    let write = |offset: usize, number: u64| f.write(offset, &number.to_le_bytes());
    let b = |object: &Object| object.member(&f, "b").and_then(|b| b.to_i128(&f));

    // The table is at 0x100: the distance to the base stands 24 bytes before.
    write(0, BASE + 0x100);
    write(0x100 - 24, 16);
    write(16, 77);
    assert_eq!(b(&object).unwrap(), 77);
    let value = object.read(&f).unwrap();
    assert_eq!(b(&value).unwrap(), 77);
    // The base is the object itself, far before it, or outside of memory.
    write(0x100 - 24, 0);
    assert_eq!(b(&object).unwrap(), i128::from(BASE + 0x100));
    for distance in [u64::MAX, i64::MAX as u64, i64::MIN as u64, 1 << 40] {
        write(0x100 - 24, distance);
        assert!(b(&object).unwrap_err().is_fault());
        let error = b(&object.read(&f).unwrap()).unwrap_err().to_string();
        assert!(
            error.starts_with("virtual base class is not in the value"),
            "{error}"
        );
        let text = object.format(&f, &FormatOptions::default()).unwrap();
        assert!(text.contains("._vptr = (long)4294902016"), "{text}");
    }
    // The address of the table is none.
    for table in [0, 1, u64::MAX, BASE - 1] {
        write(0, table);
        assert!(b(&object).unwrap_err().is_fault());
        assert!(object.value(&f).unwrap_err().is_fault());
    }
    // A value that is too short for a table, as no value is.
    let short = f.structure("Short", 4, vec![virtual_base(base, i64::MIN)]);
    let short = Object::from_bytes(&f, short, &[0; 4], 0, None).unwrap();
    assert!(b(&short).is_err());
}

#[test]
fn bases_that_are_in_themselves_end() {
    let mut f = Fake::x86_64();
    f.language = Language::Cpp;
    // Each class has the one before as base twice, virtual and not: paths are many.
    let mut class = f.structure("C0", 8, vec![member("m", f.ty("long"), 0)]);
    for number in 1..40 {
        let bases = vec![
            virtual_base(class, -24),
            Member {
                role: MemberRole::Base,
                ..virtual_base(class, 0)
            },
        ];
        class = f.structure(&format!("C{number}"), 8, bases);
    }
    // Found, or there is a reason why not.
    match find_member(f.types(), class.id, "m") {
        Ok(member) => assert!(member.is_some()),
        Err(error) => assert!(error.to_string().contains("too"), "{error}"),
    }
    let object = Object::at(class, BASE);
    let options = FormatOptions::default();
    assert!(object.format(&f, &options).is_ok());
    assert!(object.read(&f).unwrap().format(&f, &options).is_ok());
}

#[test]
fn anonymous_members_without_end_end() {
    let f = Fake::x86_64();
    // Each has the one before twice: a name that stands in 2 to the 40th power places, and none at all.
    for leaf in [vec![member("m", f.ty("char"), 0)], Vec::new()] {
        let mut ty = f.compound(CompoundKind::Struct, None, 0, leaf);
        for _ in 0..40 {
            let twice = vec![unnamed(ty, 0), unnamed(ty, 0)];
            ty = f.compound(CompoundKind::Struct, None, 0, twice);
        }
        let outermost = f.structure("outermost", 8, vec![unnamed(ty, 0)]);
        let object = Object::from_bytes(&f, outermost, &[0; 8], 0, None).unwrap();
        let error = object.format(&f, &FormatOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), "object is too large to show");
        let _ = object.value(&f);
        let _ = find_member(f.types(), outermost.id, "m");
    }
}
