use crate::fake::{BASE, Fake, fields, items, member};
use spelunk_object::{AbsenceReason, FormatOptions, IntegerBase, Object, Value};
use spelunk_types::TypeData;

const D: FormatOptions = FormatOptions {
    columns: usize::MAX,
    integer_base: IntegerBase::Decimal,
    dereference: true,
    symbolize: true,
    string: true,
    char: false,
    type_name: true,
    member_type_names: true,
    element_type_names: false,
    members_same_line: false,
    elements_same_line: true,
    member_names: true,
    element_indices: false,
    implicit_members: true,
    implicit_elements: false,
    raw: false,
};

fn check(f: &Fake, object: &Object, options: FormatOptions, expected: &str) {
    assert_eq!(object.format(f, &options).unwrap(), expected, "{options:?}");
}

#[test]
fn the_default_is_as_documented() {
    assert_eq!(FormatOptions::default(), D);
}

#[test]
fn characters_and_strings() {
    let f = Fake::x86_64();
    f.write(0, b"hello\n\x01\x7f\x80\xff\"'\\\t\0z");
    f.write(0xff0, &[b'a'; 16]);
    let hello = r#""hello\n\x01\x7f\x80\xff\"'\\\t""#;
    check(&f, &f.at("char [16]"), D, &format!("(char [16]){hello}"));
    check(&f, &f.at("char []"), D, "(char []){}");
    let pointer = f.value("char *", BASE);
    check(&f, &pointer, D, &format!("(char *)0xffff0000 = {hello}"));
    check(
        &f,
        &pointer,
        FormatOptions { string: false, ..D },
        "*(char *)0xffff0000 = 104",
    );
    check(
        &f,
        &pointer,
        FormatOptions {
            type_name: false,
            ..D
        },
        &format!("0xffff0000 = {hello}"),
    );
    check(&f, &f.value("char *", 0), D, "(char *)0x0");
    check(
        &f,
        &f.value("char *", BASE + 0xff0),
        D,
        "(char *)0xffff0ff0",
    );
    let no_string = FormatOptions { string: false, ..D };
    for (elements, string, plain, chars) in [
        ([0, 0, 0, 0], "\"\"", "{}", "{}"),
        (
            [97, 98, 99, 0],
            "\"abc\"",
            "{ 97, 98, 99 }",
            "{ 'a', 'b', 'c' }",
        ),
        (
            [97, 98, 99, 100],
            "\"abcd\"",
            "{ 97, 98, 99, 100 }",
            "{ 'a', 'b', 'c', 'd' }",
        ),
        (
            [97, 0, 98, 0],
            "\"a\"",
            "{ 97, 0, 98 }",
            "{ 'a', '\\0', 'b' }",
        ),
    ] {
        let array = f.value("char [4]", items(elements));
        check(&f, &array, D, &format!("(char [4]){string}"));
        check(&f, &array, no_string, &format!("(char [4]){plain}"));
        let options = FormatOptions {
            char: true,
            ..no_string
        };
        check(&f, &array, options, &format!("(char [4]){chars}"));
    }
    // Typedefs of characters are numbers.
    let u8 = f.typedef("u8", f.ty("unsigned char"));
    check(
        &f,
        &f.value("u8 [3]", items([97, 98])),
        D,
        "(u8 [3]){ 97, 98 }",
    );
    let byte = Object::from_value(&f, u8, &97.into(), None).unwrap();
    check(&f, &byte, FormatOptions { char: true, ..D }, "(u8)97");
    check(
        &f,
        &f.value("char", 97),
        FormatOptions { char: true, ..D },
        "(char)'a'",
    );
    check(&f, &f.value("char", 97), D, "(char)97");
    check(
        &f,
        &f.value("char [0]", items::<i32>([])),
        D,
        "(char [0]){}",
    );
}

#[test]
fn numbers() {
    let f = Fake::x86_64();
    let hex = FormatOptions {
        integer_base: IntegerBase::Hexadecimal,
        ..D
    };
    let octal = FormatOptions {
        integer_base: IntegerBase::Octal,
        ..D
    };
    check(&f, &f.value("int", -8), hex, "(int)-0x8");
    check(&f, &f.value("int", -8), octal, "(int)-010");
    check(&f, &f.value("_Bool", true), octal, "(_Bool)01");
    check(&f, &f.value("double", 10), hex, "(double)10.0");
    check(&f, &f.value("enum color", 1), hex, "(enum color)GREEN");
    check(&f, &f.value("enum color", 5), hex, "(enum color)5");
    check(&f, &f.value("enum neg", -1), D, "(enum neg)M");
    check(&f, &f.value("enum neg", -7), D, "(enum neg)-7");
}

#[test]
fn pointers() {
    let mut f = Fake::x86_64();
    f.symbols = vec![(BASE + 0x100, 0x100, "sym")];
    let at = |ty: &str, address: u64| f.value(ty, address);
    for (ty, address, text) in [
        ("void *", BASE + 0x110, "(void *)sym+0x10 = 0xffff0110"),
        ("void *", BASE, "(void *)0xffff0000"),
        ("int *", BASE + 0x100, "*(int *)(sym+0x0 = 0xffff0100) = 0"),
        ("int **", BASE, "*(int **)0xffff0000 = 0x0"),
        (
            "char *",
            BASE + 0x100,
            "(char *)sym+0x0 = 0xffff0100 = \"\"",
        ),
        ("struct inc *", BASE, "(struct inc *)0xffff0000"),
        ("int (*)(void)", BASE, "(int (*)(void))0xffff0000"),
        ("int (*)[3]", BASE, "*(int (*)[3])0xffff0000 = {}"),
        ("int (*)[]", BASE, "(int (*)[])0xffff0000"),
        ("char (*)[3]", BASE, "*(char (*)[3])0xffff0000 = \"\""),
        ("struct point *", 0, "(struct point *)0x0"),
        (
            "pt_t *",
            BASE,
            "*(pt_t *)0xffff0000 = {\n\t.x = (int)0,\n\t.y = (int)0,\n}",
        ),
    ] {
        check(&f, &at(ty, address), D, text);
    }
    let plain = FormatOptions {
        dereference: false,
        ..D
    };
    check(&f, &at("int *", BASE), plain, "(int *)0xffff0000");
    let unnamed = FormatOptions {
        type_name: false,
        ..D
    };
    check(
        &f,
        &at("int *", BASE + 0x100),
        unnamed,
        "*(sym+0x0 = 0xffff0100) = 0",
    );
    check(
        &f,
        &at("int *", BASE + 0x100),
        FormatOptions {
            symbolize: false,
            ..D
        },
        "*(int *)0xffff0100 = 0",
    );
    check(&f, &f.at("fn"), D, "(int (int a, char *s))0xffff0000");
}

#[test]
fn structures() {
    let f = Fake::x86_64();
    let outer = f.value(
        "struct outer",
        fields([
            ("p", fields([("x", 1.into())])),
            ("uu", 5.into()),
            ("named", fields([("q", 3.into())])),
        ]),
    );
    let same = FormatOptions {
        members_same_line: true,
        ..D
    };
    for (options, text) in [
        (
            D,
            "(struct outer){\n\t.p = (struct point){\n\t\t.x = (int)1,\n\t\t.y = (int)0,\n\t},\n\t.ui = (int)5,\n\
             \t.uu = (unsigned int)5,\n\t.named = (struct <anonymous>){\n\t\t.q = (int)3,\n\t},\n}",
        ),
        (
            FormatOptions {
                member_type_names: false,
                ..D
            },
            "(struct outer){\n\t.p = {\n\t\t.x = 1,\n\t\t.y = 0,\n\t},\n\t.ui = 5,\n\t.uu = 5,\n\t.named = {\n\t\t.q = 3,\n\t},\n}",
        ),
        (
            FormatOptions {
                member_names: false,
                ..D
            },
            "(struct outer){\n\t(struct point){\n\t\t(int)1,\n\t\t(int)0,\n\t},\n\t(union <anonymous>){\n\t\t(int)5,\n\
             \t\t(unsigned int)5,\n\t},\n\t(struct <anonymous>){\n\t\t(int)3,\n\t},\n}",
        ),
        (
            same,
            "(struct outer){ .p = (struct point){ .x = (int)1, .y = (int)0 }, .ui = (int)5, .uu = (unsigned int)5, \
             .named = (struct <anonymous>){ .q = (int)3 } }",
        ),
        (
            FormatOptions {
                columns: 60,
                ..same
            },
            "(struct outer){\n\t.p = (struct point){ .x = (int)1, .y = (int)0 },\n\t.ui = (int)5, .uu = (unsigned int)5,\n\
             \t.named = (struct <anonymous>){ .q = (int)3 },\n}",
        ),
        (
            FormatOptions {
                columns: 50,
                ..same
            },
            "(struct outer){\n\t.p = (struct point){\n\t\t.x = (int)1, .y = (int)0,\n\t},\n\t.ui = (int)5, .uu = (unsigned int)5,\n\
             \t.named = (struct <anonymous>){\n\t\t.q = (int)3,\n\t},\n}",
        ),
        (
            FormatOptions {
                columns: 100,
                ..same
            },
            "(struct outer){\n\t.p = (struct point){ .x = (int)1, .y = (int)0 }, .ui = (int)5, .uu = (unsigned int)5,\n\
             \t.named = (struct <anonymous>){ .q = (int)3 },\n}",
        ),
        (
            FormatOptions {
                columns: 20,
                member_names: false,
                member_type_names: false,
                ..same
            },
            "(struct outer){\n\t{ 1, 0 },\n\t{ 5, 5 },\n\t{ 3 },\n}",
        ),
        (
            FormatOptions {
                implicit_members: false,
                ..D
            },
            "(struct outer){\n\t.p = (struct point){\n\t\t.x = (int)1,\n\t},\n\t.ui = (int)5,\n\t.uu = (unsigned int)5,\n\
             \t.named = (struct <anonymous>){\n\t\t.q = (int)3,\n\t},\n}",
        ),
    ] {
        check(&f, &outer, options, text);
    }
    let zero = f.value("struct outer", fields([]));
    check(
        &f,
        &zero,
        FormatOptions {
            implicit_members: false,
            ..D
        },
        "(struct outer){}",
    );
    let y = f.value("struct point", fields([("y", 1.into())]));
    let positional = FormatOptions {
        member_names: false,
        implicit_members: false,
        ..D
    };
    check(
        &f,
        &y,
        positional,
        "(struct point){\n\t(int)0,\n\t(int)1,\n}",
    );
    let x = f.value("struct point", fields([("x", 1.into())]));
    check(&f, &x, positional, "(struct point){\n\t(int)1,\n}");
    check(
        &f,
        &x,
        FormatOptions {
            columns: 40,
            ..same
        },
        "(struct point){\n\t.x = (int)1, .y = (int)0,\n}",
    );
    check(
        &f,
        &x,
        FormatOptions {
            columns: 30,
            ..same
        },
        "(struct point){\n\t.x = (int)1,\n\t.y = (int)0,\n}",
    );
    for columns in [0, 1, 10] {
        check(
            &f,
            &x,
            FormatOptions { columns, ..D },
            "(struct point){\n\t.x = (int)1,\n\t.y = (int)0,\n}",
        );
    }
}

#[test]
fn arrays() {
    let f = Fake::x86_64();
    let thirty = f.value("int [30]", items(0..30));
    for (columns, text) in [
        (
            20,
            "\t0, 1, 2, 3,\n\t4, 5, 6, 7,\n\t8, 9, 10,\n\t11, 12, 13,\n\t14, 15, 16,\n\t17, 18, 19,\n\t20, 21, 22,\n\
             \t23, 24, 25,\n\t26, 27, 28,\n\t29,\n",
        ),
        (
            40,
            "\t0, 1, 2, 3, 4, 5, 6, 7, 8, 9,\n\t10, 11, 12, 13, 14, 15, 16, 17,\n\t18, 19, 20, 21, 22, 23, 24, 25,\n\
             \t26, 27, 28, 29,\n",
        ),
        (
            80,
            "\t0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,\n\t20, 21, 22, 23, 24, 25, 26, 27, 28, 29,\n",
        ),
    ] {
        check(
            &f,
            &thirty,
            FormatOptions { columns, ..D },
            &format!("(int [30]){{\n{text}}}"),
        );
    }
    let five = f.value("int [5]", items([0, 1, 0, 2, 0]));
    check(&f, &five, D, "(int [5]){ 0, 1, 0, 2 }");
    check(
        &f,
        &five,
        FormatOptions {
            element_indices: true,
            ..D
        },
        "(int [5]){ [1] = 1, [3] = 2 }",
    );
    check(
        &f,
        &five,
        FormatOptions {
            implicit_elements: true,
            ..D
        },
        "(int [5]){ 0, 1, 0, 2, 0 }",
    );
    check(
        &f,
        &five,
        FormatOptions {
            elements_same_line: false,
            ..D
        },
        "(int [5]){\n\t0,\n\t1,\n\t0,\n\t2,\n}",
    );
    let nested = f.value("int [2][3]", items([items([1, 2, 3]), items([4, 5, 6])]));
    check(&f, &nested, D, "(int [2][3]){ { 1, 2, 3 }, { 4, 5, 6 } }");
    check(
        &f,
        &nested,
        FormatOptions { columns: 40, ..D },
        "(int [2][3]){ { 1, 2, 3 }, { 4, 5, 6 } }",
    );
    check(
        &f,
        &nested,
        FormatOptions { columns: 30, ..D },
        "(int [2][3]){\n\t{ 1, 2, 3 },\n\t{ 4, 5, 6 },\n}",
    );
    check(
        &f,
        &nested,
        FormatOptions {
            element_type_names: true,
            columns: 50,
            ..D
        },
        "(int [2][3]){\n\t(int [3]){ (int)1, (int)2, (int)3 },\n\t(int [3]){ (int)4, (int)5, (int)6 },\n}",
    );
    let gap = f.value(
        "int [3][3]",
        items([items([1, 2, 3]), items::<i32>([]), items([4])]),
    );
    check(
        &f,
        &gap,
        FormatOptions { columns: 20, ..D },
        "(int [3][3]){\n\t{ 1, 2, 3 },\n\t{}, { 4 },\n}",
    );
    let points = f.value(
        "struct point [4]",
        items([fields([]), fields([]), fields([("x", 1.into())])]),
    );
    check(
        &f,
        &points,
        FormatOptions {
            implicit_members: false,
            ..D
        },
        "(struct point [4]){\n\t{}, {},\n\t{\n\t\t.x = (int)1,\n\t},\n}",
    );
    check(
        &f,
        &points,
        FormatOptions {
            element_indices: true,
            element_type_names: true,
            ..D
        },
        "(struct point [4]){\n\t[2] = (struct point){\n\t\t.x = (int)1,\n\t\t.y = (int)0,\n\t},\n}",
    );
    check(
        &f,
        &f.value("double [3]", items([-0.0, 0.0, 0.0])),
        D,
        "(double [3]){}",
    );
    let strings = f.value("char [2][4]", items([items([97, 98]), items::<i32>([])]));
    check(&f, &strings, D, "(char [2][4]){ \"ab\" }");
    let empty = f.structure("empty", 0, vec![]);
    let empties = f.value("struct empty [4]", items([fields([])]));
    check(
        &f,
        &empties,
        FormatOptions {
            implicit_elements: true,
            ..D
        },
        "(struct empty [4]){ {}, {}, {}, {} }",
    );
    f.structure("se", 0, vec![member("e", empty, 0)]);
    check(
        &f,
        &f.value("struct se", fields([])),
        D,
        "(struct se){\n\t.e = (struct empty){},\n}",
    );
}

/// One of everything, under the options that lay lines out.
#[test]
fn mixed_structures_fill_lines() {
    let f = Fake::x86_64();
    f.write(0, b"hello\n\x01\x7f\x80\xff\"'\\\t\0");
    let members = [
        ("a", "int [5]", 0),
        ("name", "char [8]", 20),
        ("p", "struct point *", 28),
        ("s", "char *", 36),
        ("pts", "struct point [2]", 44),
        ("e", "enum color", 60),
        ("f", "int (*)(int a, char *s)", 64),
        ("d", "double", 72),
        ("ch", "char", 80),
        ("z", "int [0]", 100),
        ("fl", "int []", 100),
    ];
    let members = members.map(|(name, ty, offset)| member(name, f.ty(ty), offset * 8));
    f.structure("mix", 100, members.into());
    let mix = f.value(
        "struct mix",
        fields([
            ("a", items([1, 2, 0, 3])),
            ("name", items(*b"bob")),
            ("p", (BASE + 0x100).into()),
            ("s", BASE.into()),
            (
                "pts",
                items([fields([("x", 1.into())]), fields([("y", 3.into())])]),
            ),
            ("e", 1.into()),
            ("f", 0x10.into()),
            ("d", 1.5.into()),
            ("ch", 65.into()),
        ]),
    );
    let hello = r#"0xffff0000 = "hello\n\x01\x7f\x80\xff\"'\\\t""#;
    let same = FormatOptions {
        members_same_line: true,
        ..D
    };
    check(
        &f,
        &mix,
        FormatOptions { columns: 30, ..D },
        &format!(
            "(struct mix){{\n\t.a = (int [5]){{\n\t\t1, 2, 0, 3,\n\t}},\n\t.name = (char [8])\"bob\",\n\
             \t.p = (struct point *)0xffff0100,\n\t.s = (char *){hello},\n\t.pts = (struct point [2]){{\n\t\t{{\n\
             \t\t\t.x = (int)1,\n\t\t\t.y = (int)0,\n\t\t}},\n\t\t{{\n\t\t\t.x = (int)0,\n\t\t\t.y = (int)3,\n\t\t}},\n\t}},\n\
             \t.e = (enum color)GREEN,\n\t.f = (int (*)(int a, char *s))0x10,\n\t.d = (double)1.5,\n\t.ch = (char)65,\n\
             \t.z = (int [0]){{}},\n\t.fl = (int [])<absent>,\n}}"
        ),
    );
    check(
        &f,
        &mix,
        FormatOptions {
            columns: 80,
            ..same
        },
        &format!(
            "(struct mix){{\n\t.a = (int [5]){{ 1, 2, 0, 3 }}, .name = (char [8])\"bob\",\n\t.p = (struct point *)0xffff0100,\n\
             \t.s = (char *){hello},\n\t.pts = (struct point [2]){{\n\t\t{{ .x = (int)1, .y = (int)0 }}, {{ .x = (int)0, .y = (int)3 }},\n\
             \t}},\n\t.e = (enum color)GREEN, .f = (int (*)(int a, char *s))0x10,\n\t.d = (double)1.5, .ch = (char)65, .z = (int [0]){{}},\n\
             \t.fl = (int [])<absent>,\n}}"
        ),
    );
    check(
        &f,
        &mix,
        FormatOptions {
            columns: 120,
            ..same
        },
        &format!(
            "(struct mix){{\n\t.a = (int [5]){{ 1, 2, 0, 3 }}, .name = (char [8])\"bob\", .p = (struct point *)0xffff0100,\n\
             \t.s = (char *){hello},\n\
             \t.pts = (struct point [2]){{ {{ .x = (int)1, .y = (int)0 }}, {{ .x = (int)0, .y = (int)3 }} }}, .e = (enum color)GREEN,\n\
             \t.f = (int (*)(int a, char *s))0x10, .d = (double)1.5, .ch = (char)65, .z = (int [0]){{}}, .fl = (int [])<absent>,\n}}"
        ),
    );
    check(
        &f,
        &mix,
        FormatOptions {
            columns: 30,
            member_names: false,
            member_type_names: false,
            ..same
        },
        &format!(
            "(struct mix){{\n\t{{ 1, 2, 0, 3 }}, \"bob\",\n\t0xffff0100,\n\t{hello},\n\t{{\n\t\t{{ 1, 0 }},\n\t\t{{ 0, 3 }},\n\t}},\n\
             \tGREEN, 0x10, 1.5, 65,\n\t{{}}, <absent>,\n}}"
        ),
    );
}

#[test]
fn objects_without_values() {
    let f = Fake::x86_64();
    let error = |ty: &str| f.at(ty).format(&f, &D).unwrap_err().to_string();
    assert_eq!(error("void"), "cannot format void object");
    assert_eq!(
        error("struct inc"),
        "cannot format incomplete struct object"
    );
    f.add(
        "ienum",
        TypeData::Enum {
            tag: Some("ienum".into()),
            compatible: None,
            enumerators: None,
        },
    );
    assert_eq!(error("enum ienum"), "cannot format incomplete enum object");
    let absent = Object::absent(f.ty("int"), AbsenceReason::Other);
    check(&f, &absent, D, "(int)<absent>");
    check(
        &f,
        &absent,
        FormatOptions {
            type_name: false,
            ..D
        },
        "<absent>",
    );
    let absent = Object::absent(f.ty("int"), AbsenceReason::NotImplemented);
    check(&f, &absent, D, "(int)<not implemented>");
}

// drgn gives up on the whole object in all of these.
#[test]
fn what_can_be_read_is_shown() {
    let f = Fake::x86_64();
    let end = BASE + 4096;
    let point = Object::at(f.ty("struct point"), end - 4);
    check(
        &f,
        &point,
        D,
        "(struct point){\n\t.x = (int)0,\n\t.y = (int)<fault: could not find memory segment: 0xffff1000>,\n}",
    );
    f.write(4088, &[1; 8]);
    let huge = Object::at(f.ty("int [1152921504606846975]"), end - 8);
    check(
        &f,
        &huge,
        D,
        "(int [1152921504606846975]){ 16843009, 16843009, <fault: could not find memory segment: 0xffff1000> }",
    );
    // On lines of their own, too, nothing is tried beyond the first that cannot be read.
    check(
        &f,
        &huge,
        FormatOptions { columns: 24, ..D },
        "(int [1152921504606846975]){\n\t16843009,\n\t16843009,\n\t<fault: could not find memory segment: 0xffff1000>,\n}",
    );
    let points = Object::at(f.ty("struct point [1099511627776]"), end - 8);
    check(
        &f,
        &points,
        D,
        "(struct point [1099511627776]){\n\t{\n\t\t.x = (int)16843009,\n\t\t.y = (int)16843009,\n\t},\n\
         \t<fault: could not find memory segment: 0xffff1000>,\n}",
    );
    let broken = f.structure(
        "broken",
        4,
        vec![
            member("v", f.ty("void"), 0),
            member("i", f.ty("struct inc"), 0),
            member("a", f.ty("int"), 0),
        ],
    );
    check(
        &f,
        &Object::at(broken, BASE),
        D,
        "(struct broken){\n\t.v = (void)<error: cannot format void object>,\n\
         \t.i = (struct inc)<error: cannot format incomplete struct object>,\n\t.a = (int)0,\n}",
    );
    // What cannot be read at all is an error, and a pointer to it just a pointer.
    for ty in ["int", "struct point", "struct outer [3]", "char [4]"] {
        let error = Object::at(f.ty(ty), 0x10).format(&f, &D).unwrap_err();
        assert!(error.is_fault());
    }
    check(
        &f,
        &f.value("struct point *", 0x10),
        D,
        "(struct point *)0x10",
    );
    check(
        &f,
        &f.value("struct point *", end - 4),
        D,
        "*(struct point *)0xffff0ffc = {\n\t.x = (int)16843009,\n\
         \t.y = (int)<fault: could not find memory segment: 0xffff1000>,\n}",
    );
}

#[test]
fn endless_arrays_of_nothing_end() {
    let f = Fake::x86_64();
    f.structure("empty", 0, vec![]);
    let endless = f.at("struct empty [18446744073709551615]");
    check(&f, &endless, D, "(struct empty [18446744073709551615]){}");
    let all = FormatOptions {
        implicit_elements: true,
        ..D
    };
    assert!(endless.format(&f, &all).unwrap().len() < 10_000);
    assert!(matches!(
        f.at("int [3]").value(&f).unwrap(),
        Value::Array(values) if values.len() == 3
    ));
}
