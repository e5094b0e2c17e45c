use crate::fake::{BASE, Fake, fields, items};
use spelunk_base::Architecture;
use spelunk_object::{
    AbsenceReason, ErrorKind, Object, Result, Target, Value, alignof, offsetof, sizeof,
};

fn message<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => "no error".into(),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

#[test]
fn an_object_is_small() {
    assert!(size_of::<Object>() <= 40);
    assert_eq!(size_of::<spelunk_object::Error>(), 8);
}

#[test]
fn members_are_found_through_pointers_typedefs_and_anonymous_members() {
    let f = Fake::x86_64();
    f.write(0, &[1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0]);
    let read = |object: &Object, name: &str| object.member(&f, name).unwrap().to_u64(&f).unwrap();
    let outer = f.at("struct outer");
    assert_eq!(read(&outer, "ui"), 9);
    assert_eq!(outer.member(&f, "uu").unwrap().address(), Some(BASE + 8));
    assert_eq!(read(&outer.member(&f, "named").unwrap(), "q"), 7);
    for ty in ["struct point", "pt_t", "const pt_t"] {
        assert_eq!(read(&f.at(ty), "y"), 2);
        let pointer = f.at(ty).address_of(&f).unwrap();
        assert_eq!(read(&pointer, "y"), 2);
    }
    let value = outer.read(&f).unwrap();
    assert_eq!(read(&value, "ui"), 9);
    assert_eq!(value.member(&f, "ui").unwrap().address(), None);
}

#[test]
fn what_has_no_such_member_says_so() {
    let f = Fake::x86_64();
    let pointer = |ty: &str| f.value(ty, 8u64);
    for (object, text) in [
        (
            f.at("struct point"),
            "Lookup: 'struct point' has no member 'z'",
        ),
        (
            f.at("const struct point"),
            "Lookup: 'struct point' has no member 'z'",
        ),
        (f.at("pt_t"), "Lookup: 'pt_t' has no member 'z'"),
        (pointer("pt_t *"), "Lookup: 'pt_t' has no member 'z'"),
        (f.at("struct inc"), "Lookup: 'struct inc' has no member 'z'"),
        (
            pointer("struct inc *"),
            "Lookup: 'struct inc' has no member 'z'",
        ),
        (
            f.at("int"),
            "Type: 'int' is not a structure, union, or class",
        ),
        (
            pointer("int *"),
            "Type: 'int' is not a structure, union, or class",
        ),
    ] {
        assert_eq!(message(object.member(&f, "z")), text);
    }
}

#[test]
fn elements_have_bounds_only_in_values() {
    let f = Fake::x86_64();
    let array = f.at("int [3]");
    assert_eq!(array.index(&f, 5).unwrap().address(), Some(BASE + 20));
    assert_eq!(array.index(&f, -1).unwrap().address(), Some(BASE - 4));
    assert_eq!(
        f.at("int []").index(&f, 7).unwrap().address(),
        Some(BASE + 28)
    );
    let pointer = f.value("struct point *", 0u64);
    assert_eq!(
        pointer.index(&f, -1).unwrap().address(),
        Some(0u64.wrapping_sub(8))
    );
    let value = f.value("int [3]", items([1, 2, 3]));
    assert_eq!(value.index(&f, 1).unwrap().to_u64(&f).unwrap(), 2);
    for index in [3, -1, i64::MIN, i64::MAX] {
        assert_eq!(
            message(value.index(&f, index)),
            "OutOfBounds: out of bounds of value"
        );
    }
    for (ty, text) in [
        ("void *", "Type: cannot get size of void type"),
        (
            "struct inc *",
            "Type: cannot get size of incomplete structure type",
        ),
        ("int (*)(void)", "Type: cannot get size of function type"),
        ("int", "Type: 'int' is not an array or pointer"),
    ] {
        assert_eq!(message(f.value(ty, 0u64).index(&f, 1)), text);
    }
}

#[test]
fn slices_are_arrays() {
    let f = Fake::x86_64();
    let check = |object: &Object, start, stop, expected: (&str, u64)| {
        let slice = object.slice(&f, start, stop).unwrap();
        let name = spelunk_object::type_name(f.types(), slice.ty()).unwrap();
        assert_eq!((&*name, slice.address().unwrap()), expected);
    };
    let array = f.at("int [3]");
    check(&array, Some(1), None, ("int [2]", BASE + 4));
    check(&array, Some(-2), None, ("int [5]", BASE - 8));
    check(&array, None, Some(-2), ("int [0]", BASE));
    check(&f.at("int []"), Some(1), Some(5), ("int [4]", BASE + 4));
    check(&f.value("int *", 8u64), Some(1), Some(5), ("int [4]", 12));
    let value = f.value("int [3]", items([1, 2, 3]));
    assert_eq!(
        f.text(&value.slice(&f, Some(1), Some(3)).unwrap()),
        "(int [2]){ 2, 3 }"
    );
    assert_eq!(
        f.text(&value.slice(&f, Some(2), Some(1)).unwrap()),
        "(int [0]){}"
    );
    for (object, stop, text) in [
        (value, Some(4), "OutOfBounds: out of bounds of value"),
        (
            f.at("int []"),
            None,
            "Type: 'int []' has no length; slice stop must be given",
        ),
        (
            f.at("struct point"),
            Some(2),
            "Type: 'struct point' is not an array or pointer",
        ),
        (
            f.value("int *", 0),
            Some((1 << 62) + 1),
            "Overflow: type size is too large",
        ),
    ] {
        assert_eq!(message(object.slice(&f, Some(1), stop)), text);
    }
}

#[test]
fn references_may_start_at_any_bit_if_they_are_numbers() {
    let f = Fake::x86_64();
    let make = |ty: &str, offset, size| Object::reference(&f, f.ty(ty), BASE, offset, size);
    let int = make("int", 11, None).unwrap();
    assert_eq!((int.address(), int.bit_offset()), (Some(BASE + 1), Some(3)));
    assert!(make("struct point", 8, None).is_ok());
    for (result, text) in [
        (
            make("struct point", 1, None),
            "Value: non-scalar must be byte-aligned",
        ),
        (
            make("int", 0, Some(0)),
            "Value: bit field size cannot be zero",
        ),
        (
            make("int", 0, Some(33)),
            "Value: bit field size is larger than type size",
        ),
        (
            make("double", 0, Some(3)),
            "Value: bit field must be integer",
        ),
        (
            make("struct point", 0, Some(3)),
            "Value: bit field must be integer",
        ),
        (
            make("int *", 0, Some(3)),
            "Value: bit field must be integer",
        ),
    ] {
        assert_eq!(message(result), text);
    }
    for (ty, size) in [("int", 32), ("enum color", 3), ("_Bool", 1)] {
        assert!(make(ty, 0, Some(size)).is_ok());
    }
}

#[test]
fn bit_fields_read_in_both_byte_orders() {
    let bytes = [0x12, 0x34, 0x56, 0x78, 0x9a];
    for (architecture, expected) in [
        (
            Architecture::S390x,
            [0x1234_5678, 0x1, 0x2, 0x234, 0x1234, 0x2345_6789],
        ),
        (
            Architecture::X86_64,
            [0x7856_3412, 0x2, 0x1, 0x341, 0x682, 0xa785_6341],
        ),
    ] {
        let f = Fake::new(architecture);
        f.write(0, &bytes);
        let cases = [
            (0, None),
            (0, Some(4)),
            (4, Some(4)),
            (4, Some(12)),
            (3, Some(13)),
            (4, None),
        ];
        for ((offset, size), expected) in cases.into_iter().zip(expected) {
            let ty = f.ty("unsigned int");
            let reference = Object::reference(&f, ty, BASE, offset, size).unwrap();
            assert_eq!(reference.to_u64(&f).unwrap(), expected, "{offset} {size:?}");
            let value = Object::from_bytes(&f, ty, &bytes, offset, size).unwrap();
            assert_eq!(value.to_u64(&f).unwrap(), expected);
            assert_eq!(reference.to_bytes(&f).unwrap(), value.to_bytes(&f).unwrap());
        }
    }
    let f = Fake::new(Architecture::S390x);
    assert_eq!(
        f.bits("unsigned int", 0x123, 12).to_bytes(&f).unwrap(),
        [0x12, 0x30]
    );
    assert_eq!(f.bits("int", -1, 9).to_bytes(&f).unwrap(), [0xff, 0x80]);
}

#[test]
fn values_come_as_host_values_and_back() {
    let f = Fake::x86_64();
    let outer = f.value(
        "struct outer",
        fields([("p", fields([("x", 1.into())])), ("uu", 5.into())]),
    );
    assert_eq!(
        outer.value(&f).unwrap(),
        fields([
            ("p", fields([("x", 1.into()), ("y", 0.into())])),
            ("ui", 5.into()),
            ("uu", 5u32.into()),
            ("named", fields([("q", 0.into())])),
        ])
    );
    let bits = fields([("a", 100.into()), ("b", (-1).into()), ("c", 1.into())]);
    assert_eq!(
        f.value("struct bf", bits).value(&f).unwrap(),
        fields([("a", 4.into()), ("b", 4095u32.into()), ("c", (-1).into())])
    );
    for (ty, value, text) in [
        (
            "struct outer",
            fields([("zz", 5.into())]),
            "Lookup: 'struct outer' has no member 'zz'",
        ),
        (
            "struct outer",
            fields([("p", 5.into())]),
            "Type: 'struct point' value must be dictionary or mapping",
        ),
        (
            "int [3]",
            items([1, 2, 3, 4]),
            "Value: too many items in array value",
        ),
        (
            "int [3]",
            5.into(),
            "Type: 'int [3]' value must be iterable",
        ),
        ("int", items([1]), "Type: 'int' value must be number"),
        (
            "int []",
            items([1]),
            "Type: cannot create value with incomplete array type",
        ),
        (
            "struct inc",
            fields([]),
            "Type: cannot create value with incomplete structure type",
        ),
        ("void", 1.into(), "Type: cannot create value with void type"),
        (
            "char [1099511627776]",
            items([1]),
            "Memory: value is too large",
        ),
    ] {
        assert_eq!(
            message(Object::from_value(&f, f.ty(ty), &value, None)),
            text
        );
    }
    for (ty, value, expected) in [
        ("int", Value::from(1i64 << 40), Value::from(0)),
        ("int", 1.5.into(), 1.into()),
        ("unsigned int", (-1).into(), u32::MAX.into()),
        ("double", 3.into(), 3.0.into()),
        ("enum color", (-1).into(), u32::MAX.into()),
        ("int *", (-1).into(), u64::MAX.into()),
        // C's conversion; drgn keeps 2 and makes 0 of 0.5.
        ("_Bool", 2.into(), true.into()),
        ("_Bool", 0.5.into(), true.into()),
    ] {
        assert_eq!(f.value(ty, value).value(&f).unwrap(), expected);
    }
}

#[test]
fn what_has_no_value_cannot_be_read() {
    let f = Fake::x86_64();
    for (ty, what) in [
        ("void", "void"),
        ("struct inc", "incomplete structure"),
        ("int []", "incomplete array"),
        ("fn", "function"),
    ] {
        let text = format!("Type: cannot read object with {what} type");
        assert_eq!(message(f.at(ty).read(&f)), text);
        assert_eq!(message(f.at(ty).value(&f)), text);
    }
    let fault = f.value("struct point *", 0u64).member(&f, "x").unwrap();
    assert_eq!(
        message(fault.value(&f)),
        "Fault(Unreadable { address: 0, size: 0, space: Virtual }): could not find memory segment: 0x0"
    );
    assert_eq!(
        message(Object::at(f.ty("char [1152921504606846976]"), BASE).read(&f)),
        format!(
            "Fault(Unreadable {{ address: {}, size: 0, space: Virtual }}): could not find memory segment: 0xffff1000",
            BASE + 4096
        )
    );
}

#[test]
fn absent_objects_stay_absent() {
    let f = Fake::x86_64();
    let absent = |ty: &str| Object::absent(f.ty(ty), AbsenceReason::OptimizedOut);
    let text = "ObjectAbsent: object absent";
    assert_eq!(message(absent("struct point").member(&f, "x")), text);
    assert_eq!(message(absent("struct point *").member(&f, "x")), text);
    assert_eq!(message(absent("int [2]").index(&f, 0)), text);
    assert_eq!(message(absent("int [2]").slice(&f, None, None)), text);
    assert_eq!(message(absent("int").read(&f)), text);
    assert_eq!(message(absent("int").truth(&f)), text);
    assert_eq!(message(absent("int").address_of(&f)), text);
    assert_eq!(message(absent("int [2]").string(&f)), text);
    assert_eq!(message(absent("int").cast(&f, f.ty("long"))), text);
    assert!(absent("int").cast(&f, f.ty("void")).unwrap().is_absent());
    assert_eq!(
        f.text(&absent("struct point *")),
        "(struct point *)<optimized out>"
    );
}

#[test]
fn strings_end_at_nul_or_where_the_array_does() {
    let f = Fake::x86_64();
    f.write(0, b"hello\0");
    f.write(4080, &[b'a'; 16]);
    let string = |object: Object| {
        object
            .string(&f)
            .map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(string(f.at("char [16]")).unwrap(), "hello");
    assert_eq!(string(f.at("char [3]")).unwrap(), "hel");
    assert_eq!(string(f.at("int [1]")).unwrap(), "hell");
    assert_eq!(string(f.at("char []")).unwrap(), "hello");
    assert_eq!(string(f.value("void *", BASE)).unwrap(), "hello");
    assert_eq!(
        string(f.value("char [4]", items([97, 98, 99, 100]))).unwrap(),
        "abcd"
    );
    let end = f.value("char *", BASE + 4080);
    assert_eq!(
        message(string(end)),
        format!(
            "Fault(Unreadable {{ address: {}, size: 0, space: Virtual }}): could not find memory segment: 0xffff1000",
            BASE + 4096
        )
    );
    f.write(4095, &[0]);
    assert_eq!(
        string(f.value("char *", BASE + 4080)).unwrap(),
        "a".repeat(15)
    );
    assert_eq!(
        message(string(f.at("struct point"))),
        "Type: string() argument must be an array or pointer, not 'struct point'"
    );
}

#[test]
fn addresses_of_bits_and_values_are_refused() {
    let f = Fake::x86_64();
    let pointer = f.at("fn").address_of(&f).unwrap();
    assert_eq!(f.text(&pointer), "(int (*)(int a, char *s))0xffff0000");
    assert_eq!(
        message(f.value("int", 1).address_of(&f)),
        "Value: cannot take address of value"
    );
    for name in ["a", "c"] {
        let field = f.at("struct bf").member(&f, name).unwrap();
        assert_eq!(
            message(field.address_of(&f)),
            "Value: cannot take address of bit field"
        );
    }
}

#[test]
fn designators_name_parts() {
    let f = Fake::x86_64();
    let of = |ty: &str, designator: &str| offsetof(&f, f.ty(ty), designator);
    assert_eq!(of("struct outer", " p . y ").unwrap(), 4);
    assert_eq!(of("struct outer", "named.q").unwrap(), 12);
    assert_eq!(of("struct outer", "uu").unwrap(), 8);
    assert_eq!(of("struct bf", "c").unwrap(), 2);
    for (ty, designator, text) in [
        (
            "struct point",
            "z",
            "Lookup: 'struct point' has no member 'z'",
        ),
        (
            "int",
            "z",
            "Type: 'int' is not a structure, union, or class",
        ),
        ("struct bf", "b", "Value: member is not byte-aligned"),
        (
            "struct point",
            "x.y",
            "Type: 'int' is not a structure, union, or class",
        ),
        ("struct point", "", "Syntax: expected identifier"),
        ("struct point [4]", "[1].y", "Syntax: expected identifier"),
        (
            "struct point *",
            "x",
            "Type: 'struct point *' is not a structure, union, or class",
        ),
        ("struct point", "y[1]", "Type: 'int' is not an array"),
        ("struct point", "y->x", "Syntax: invalid character \\x2d"),
        (
            "struct outer",
            "p..y",
            "Syntax: expected identifier after '.'",
        ),
        (
            "struct outer",
            "p]",
            "Syntax: expected '.' or '[' after identifier",
        ),
    ] {
        assert_eq!(message(of(ty, designator)), text);
    }
    let array = f.at("struct point [4]");
    assert_eq!(
        array.subobject(&f, "[2].y").unwrap().address(),
        Some(BASE + 20)
    );
    assert_eq!(
        array.subobject(&f, "[0x1].x").unwrap().address(),
        Some(BASE + 8)
    );
    for (designator, text) in [
        ("", "Syntax: expected identifier or '['"),
        (".x", "Syntax: expected identifier or '['"),
        ("2", "Syntax: expected identifier or '['"),
        ("[2", "Syntax: expected ']' after number"),
        ("[x]", "Syntax: expected number after '['"),
        ("[1]x", "Syntax: expected '.' or '[' after ']'"),
        ("[9999999999999999999].x", "Overflow: offset is too large"),
        ("[99999999999999999999]", "Value: number is too large"),
    ] {
        assert_eq!(message(array.subobject(&f, designator)), text);
    }
    let pointer = f.value("struct point *", 8u64);
    assert_eq!(
        message(pointer.subobject(&f, "[1]")),
        "Type: 'struct point *' is not an array"
    );
}

#[test]
fn containers_are_found_from_their_members() {
    let f = Fake::x86_64();
    let of = |pointer: &str, address: u64, ty: &str, designator: &str| {
        let container = f
            .value(pointer, address)
            .container_of(&f, f.ty(ty), designator)?;
        Ok(f.text(&container))
    };
    assert_eq!(
        of("int *", 0x1004, "struct point", "y").unwrap(),
        "(struct point *)0x1000"
    );
    assert_eq!(
        of("int *", 2, "struct point", "y").unwrap(),
        "(struct point *)0xfffffffffffffffe"
    );
    assert_eq!(
        of("char *", 0x1004, "const struct outer", "named.q").unwrap(),
        "(const struct outer *)0xff8"
    );
    assert_eq!(
        message(of("int", 1, "struct point", "y")),
        "Type: container_of() argument must be a pointer, not 'int'"
    );
}

#[test]
fn sizes_and_alignments() {
    let f = Fake::x86_64();
    let size = |ty: &str| sizeof(f.types(), f.ty(ty));
    assert_eq!(size("int [3][5]").unwrap(), 60);
    assert_eq!(size("enum color").unwrap(), 4);
    for (ty, text) in [
        (
            "struct inc",
            "Type: cannot get size of incomplete structure type",
        ),
        (
            "struct inc [0]",
            "Type: cannot get size of incomplete structure type",
        ),
        ("int []", "Type: cannot get size of incomplete array type"),
        ("void", "Type: cannot get size of void type"),
        (
            "int [1099511627776][1099511627776]",
            "Overflow: type size is too large",
        ),
    ] {
        assert_eq!(message(size(ty)), text);
    }
    let i386 = Fake::new(Architecture::I386);
    for (ty, wide, narrow) in [
        ("char", 1, 1),
        ("int", 4, 4),
        ("long", 8, 4),
        ("long long", 8, 4),
        ("double", 8, 4),
        ("long double", 16, 4),
        ("double _Complex", 8, 4),
        ("_BitInt(200)", 8, 4),
        ("__int128", 16, 16),
        ("void *[3]", 8, 4),
    ] {
        assert_eq!(alignof(&f, f.ty(ty)).unwrap(), wide);
        assert_eq!(alignof(&i386, i386.ty(ty)).unwrap(), narrow);
    }
    assert_eq!(alignof(&f, f.ty("struct outer")).unwrap(), 4);
    assert_eq!(
        message(alignof(&f, f.ty("int []"))),
        "Type: cannot get alignment of incomplete array type"
    );
}

#[test]
fn without_a_platform_basic_types_are_not_known() {
    let mut f = Fake::new(Architecture::X86_64);
    f.platform = None;
    let find = |name: &str| spelunk_object::lookup_type(&f, name, None);
    assert!(find("void").is_ok());
    assert_eq!(
        message(find("int")),
        "Value: program byte order is not known"
    );
    assert_eq!(
        message(find("size_t")),
        "Value: program address size is not known"
    );
    assert_eq!(
        message(find("void *")),
        "Value: program address size is not known"
    );
    assert_eq!(find("foo").unwrap_err().kind(), ErrorKind::Lookup);
}
