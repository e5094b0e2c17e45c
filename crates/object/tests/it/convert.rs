use crate::fake::{Fake, fields, items};
use spelunk_object::{Object, Result};

fn show(f: &Fake, result: Result<Object>) -> String {
    match result {
        Ok(object) => f.text(&object),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

#[test]
fn casts_convert_numbers_and_addresses() {
    let f = Fake::x86_64();
    for (object, ty, text) in [
        (f.value("double", 2.5), "int", "(int)2"),
        (f.value("double", 0.5), "_Bool", "(_Bool)1"),
        (f.value("int", 300), "char", "(char)44"),
        (f.value("int", 7), "enum color", "(enum color)7"),
        (f.value("double", 2.5), "enum color", "(enum color)BLUE"),
        (
            f.value("int", -1),
            "struct point *",
            "(struct point *)0xffffffffffffffff",
        ),
        (f.value("struct point *", 0x1000), "int", "(int)4096"),
        (f.value("int *", 0x1000), "_Bool", "(_Bool)1"),
        (
            f.at("int [3]"),
            "unsigned long",
            "(unsigned long)4294901760",
        ),
        (f.at("fn"), "unsigned long", "(unsigned long)4294901760"),
        (f.value("double", 1e30), "int", "(int)2147483647"),
        (f.value("double", -1.9), "unsigned int", "(unsigned int)0"),
        (f.value("double", f64::NAN), "int", "(int)0"),
        (
            f.value("double", 0.1),
            "float",
            "(float)0.10000000149011612",
        ),
        (
            f.value("unsigned long", u64::MAX),
            "double",
            "(double)18446744073709551616.0",
        ),
        (f.value("int", 7), "const int", "(const int)7"),
        (f.value("int", 7), "void", "(void)<absent>"),
        (
            f.value("int", 7),
            "struct point",
            "Type: cannot cast to 'struct point'",
        ),
        (
            f.at("struct point"),
            "struct point",
            "Type: cannot cast to 'struct point'",
        ),
        (
            f.at("struct point"),
            "int",
            "Type: cannot convert 'struct point' to 'int'",
        ),
        (
            f.at("struct point"),
            "_Bool",
            "Type: cannot convert 'struct point' to bool",
        ),
        (
            f.value("int *", 1),
            "double",
            "Type: cannot convert 'int *' to 'double'",
        ),
        (f.at("int [3]"), "int [3]", "Type: cannot cast to 'int [3]'"),
        (f.at("fn"), "fn", "Type: cannot cast to function type"),
        (
            f.value("int [3]", items([1])),
            "int *",
            "Value: cannot get address of value",
        ),
    ] {
        assert_eq!(show(&f, object.cast(&f, f.ty(ty))), text);
    }
}

#[test]
fn assignment_is_stricter_than_casts() {
    let f = Fake::x86_64();
    let p = |ty: &str| f.value(ty, 0x1000);
    for (object, ty, text) in [
        (f.value("int", 7), "unsigned int", "(unsigned int)7"),
        (f.value("int", 7), "enum color", "(enum color)7"),
        (f.value("double", 2.5), "int", "(int)2"),
        (p("void *"), "struct point *", "(struct point *)0x1000"),
        (p("struct point *"), "void *", "(void *)0x1000"),
        (p("int *"), "const int *", "(const int *)0x1000"),
        (p("int *"), "myint *", "(myint *)0x1000"),
        (p("unsigned int *"), "enum color *", "(enum color *)0x1000"),
        (p("int (*)[]"), "int (*)[3]", "(int (*)[3])0x1000"),
        (p("int *"), "_Bool", "(_Bool)1"),
        (
            f.at("fn"),
            "int (*)(int, char *)",
            "(int (*)(int, char *))0xffff0000",
        ),
        (
            f.value("int", 0),
            "int *",
            "Type: cannot convert 'int' to incompatible type 'int *'",
        ),
        (
            p("const int *"),
            "int *",
            "Type: cannot convert 'const int *' to incompatible type 'int *'",
        ),
        (
            p("const int *"),
            "void *",
            "Type: cannot convert 'const int *' to incompatible type 'void *'",
        ),
        (
            p("int **"),
            "const int **",
            "Type: cannot convert 'int **' to incompatible type 'const int **'",
        ),
        (
            p("int *"),
            "unsigned int *",
            "Type: cannot convert 'int *' to incompatible type 'unsigned int *'",
        ),
        (
            p("int (*)[2]"),
            "int (*)[3]",
            "Type: cannot convert 'int (*)[2]' to incompatible type 'int (*)[3]'",
        ),
        (
            p("int *"),
            "int",
            "Type: cannot convert 'int *' to incompatible type 'int'",
        ),
        (
            f.at("struct point"),
            "int",
            "Type: cannot convert 'struct point' to incompatible type 'int'",
        ),
        (
            f.at("struct point"),
            "struct outer",
            "Type: cannot convert 'struct point' to incompatible type 'struct outer'",
        ),
        (f.value("int", 1), "void", "Type: cannot convert to 'void'"),
        (
            f.at("int [3]"),
            "int [3]",
            "Type: cannot convert to 'int [3]'",
        ),
    ] {
        assert_eq!(show(&f, object.implicit_convert(&f, f.ty(ty), None)), text);
    }
    let point = f
        .at("struct point")
        .implicit_convert(&f, f.ty("pt_t"), None)
        .unwrap();
    assert_eq!(point.address(), f.at("pt_t").address());
    let field = f
        .value("int", 100)
        .implicit_convert(&f, f.ty("int"), Some(4))
        .unwrap();
    assert_eq!(f.text(&field), "(int)4");
}

#[test]
fn bytes_can_be_seen_as_another_type() {
    let f = Fake::x86_64();
    let point = f.value("struct point", fields([("x", 1.into())]));
    for (object, ty, text) in [
        (f.value("int", 7), "unsigned short", "(unsigned short)7"),
        (f.value("int", 7), "char [4]", "(char [4])\"\\a\""),
        (f.value("unsigned int", 0x3f80_0000), "float", "(float)1.0"),
        (point.clone(), "int", "(int)1"),
        (point.clone(), "struct inc", "(struct inc)<absent>"),
        (point, "struct outer", "OutOfBounds: out of bounds of value"),
        (
            f.bits("int", 3, 4),
            "unsigned char",
            "OutOfBounds: out of bounds of value",
        ),
    ] {
        // A bit field of 4 bits has one byte, which is enough for a character.
        if object.bit_field_size().is_none() {
            assert_eq!(show(&f, object.reinterpret(&f, f.ty(ty))), text);
        }
    }
    let field = f.at("struct bf").member(&f, "b").unwrap();
    let seen = field.reinterpret(&f, f.ty("int")).unwrap();
    assert_eq!((seen.bit_offset(), seen.bit_field_size()), (Some(4), None));
    assert_eq!(
        show(&f, field.reinterpret(&f, f.ty("struct point"))),
        "Value: non-scalar must be byte-aligned"
    );
}
