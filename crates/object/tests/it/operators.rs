use crate::fake::{Fake, qualified};
use spelunk_base::{Architecture, ByteOrder};
use spelunk_object::{BinaryOperator as B, Object, Result, UnaryOperator as U, Value};
use spelunk_types::Qualifiers;
use std::cmp::Ordering;

fn show(f: &Fake, result: Result<Object>) -> String {
    match result {
        Ok(object) => match object.bit_field_size() {
            Some(size) => format!("{}:{size}", f.text(&object)),
            None => f.text(&object),
        },
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

fn apply(f: &Fake, a: &Object, symbol: &str, b: &Object) -> String {
    let operator = [
        B::Add,
        B::Subtract,
        B::Multiply,
        B::Divide,
        B::Remainder,
        B::ShiftLeft,
        B::ShiftRight,
        B::And,
        B::Or,
        B::Xor,
    ]
    .into_iter()
    .find(|operator| operator.symbol() == symbol)
    .unwrap();
    show(f, a.binary(f, operator, b))
}

fn literal(f: &Fake, value: impl Into<Value>) -> Object {
    Object::literal(f, &value.into()).unwrap()
}

#[test]
fn integers_are_promoted_and_converted() {
    let f = Fake::x86_64();
    let v = |ty: &str, value: i64| f.value(ty, value);
    for (a, operator, b, text) in [
        (v("int", 7), "+", v("unsigned int", 9), "(unsigned int)16"),
        (v("int", 7), "+", v("long", -3), "(long)4"),
        (v("long", -3), "+", v("unsigned int", 9), "(long)6"),
        (
            v("unsigned long", 5),
            "+",
            v("long", -3),
            "(unsigned long)2",
        ),
        (
            v("unsigned long", 1),
            "+",
            v("long long", 1),
            "(unsigned long long)2",
        ),
        (v("long long", 1), "+", v("long", 1), "(long long)2"),
        (v("char", -1), "+", v("char", -1), "(int)-2"),
        (v("_Bool", 1), "+", v("_Bool", 1), "(int)2"),
        (
            v("enum color", 1),
            "+",
            v("enum color", 1),
            "(unsigned int)2",
        ),
        (v("enum neg", -1), "+", v("enum neg", -1), "(int)-2"),
        (v("myint", 3), "+", v("myint", 3), "(myint)6"),
        (v("myint", 3), "+", v("int", 3), "(int)6"),
        (v("int", 3), "+", v("myint", 3), "(myint)6"),
        (v("size_t", 1), "+", v("int", 1), "(size_t)2"),
        (
            v("size_t", 1),
            "+",
            v("unsigned long", 1),
            "(unsigned long)2",
        ),
        (
            v("unsigned char", 200),
            "+",
            v("unsigned char", 100),
            "(int)300",
        ),
        (
            v("unsigned short", 65535),
            "*",
            v("unsigned short", 65535),
            "(int)-131071",
        ),
        (
            v("unsigned int", -1),
            "*",
            v("unsigned int", -1),
            "(unsigned int)1",
        ),
        (
            v("int", i32::MAX.into()),
            "+",
            v("int", 1),
            "(int)-2147483648",
        ),
        (v("int", -7), "/", v("int", 2), "(int)-3"),
        (v("int", -7), "%", v("int", 2), "(int)-1"),
        (
            v("int", i32::MIN.into()),
            "/",
            v("int", -1),
            "(int)-2147483648",
        ),
        (
            v("int", 7),
            "/",
            v("int", 0),
            "ZeroDivision: division by zero",
        ),
        (
            v("int", 7),
            "%",
            v("int", 0),
            "ZeroDivision: division by zero",
        ),
        (v("int", 7), "<<", v("int", 31), "(int)-2147483648"),
        (v("int", 7), "<<", v("unsigned long", 5), "(int)224"),
        (v("int", 7), "<<", v("int", 32), "(int)0"),
        (v("int", -8), ">>", v("int", 40), "(int)-1"),
        (
            v("int", 7),
            "<<",
            v("int", -1),
            "Value: negative shift count",
        ),
        (v("char", -1), "^", v("char", -1), "(int)0"),
        (v("int", 7), "&", v("unsigned long", 5), "(unsigned long)5"),
    ] {
        assert_eq!(apply(&f, &a, operator, &b), text);
    }
}

#[test]
fn integers_that_are_not_basic_types_have_ranks_too() {
    let f = Fake::x86_64();
    let o = ByteOrder::Little;
    let extended = |name: &str, size, is_signed| {
        Object::from_value(&f, f.int(name, size, is_signed, o), &5.into(), None).unwrap()
    };
    let my64 = extended("my64", 8, true);
    let myu64 = extended("myu64", 8, false);
    let my5 = extended("my5", 5, false);
    let v = |ty: &str, value: i64| f.value(ty, value);
    for (a, b, text) in [
        (extended("u24", 3, false), v("int", 1), "(int)6"),
        (
            extended("myint4", 4, true),
            extended("myint4", 4, true),
            "(int)10",
        ),
        (my64.clone(), my64.clone(), "(my64)10"),
        (my64.clone(), v("int", 1), "(my64)6"),
        (v("unsigned int", 9), my64.clone(), "(my64)14"),
        (my64.clone(), v("long", -3), "(long)2"),
        (v("unsigned long", 5), my64.clone(), "(unsigned long)10"),
        (my64.clone(), myu64.clone(), "(myu64)10"),
        (myu64.clone(), my64.clone(), "(myu64)10"),
        (my64.clone(), v("long long", 2), "(long long)7"),
        (v("long", -3), myu64, "(unsigned long)2"),
        (my5.clone(), v("unsigned int", 9), "(my5)14"),
        (my5, my64, "(my64)10"),
    ] {
        assert_eq!(apply(&f, &a, "+", &b), text);
    }
}

#[test]
fn wide_bit_fields_keep_their_width() {
    let f = Fake::x86_64();
    let ul40 = || f.bits("unsigned long", 3, 40);
    let v = |ty: &str, value: i64| f.value(ty, value);
    for (a, operator, b, text) in [
        (ul40(), "+", v("int", 1), "(unsigned long)4:40"),
        (ul40(), "+", ul40(), "(unsigned long)6:40"),
        (ul40(), "+", v("unsigned long", 5), "(unsigned long)8"),
        (v("long", -3), "+", ul40(), "(long)0"),
        (
            f.bits("long", 3, 40),
            "+",
            v("unsigned int", 9),
            "(long)12:40",
        ),
        (f.bits("long", 3, 40), "+", ul40(), "(unsigned long)6:40"),
        (
            f.bits("unsigned long", 3, 33),
            "+",
            ul40(),
            "(unsigned long)6:40",
        ),
        (f.bits("unsigned long", 3, 31), "+", v("int", 7), "(int)10"),
        (f.bits("unsigned int", 3, 4), "+", v("int", 0), "(int)3"),
        (
            f.bits("unsigned int", 3, 32),
            "+",
            v("int", 0),
            "(unsigned int)3",
        ),
        (ul40(), "<<", v("int", 1), "(unsigned long)6:40"),
        (v("int", 7), "<<", ul40(), "(int)56"),
    ] {
        assert_eq!(apply(&f, &a, operator, &b), text);
    }
    assert_eq!(
        show(&f, ul40().unary(&f, U::Minus)),
        "(unsigned long)1099511627773:40"
    );
    assert_eq!(
        show(&f, ul40().unary(&f, U::Not)),
        "(unsigned long)1099511627772:40"
    );
}

#[test]
fn pointers_count_in_what_they_point_to() {
    let f = Fake::x86_64();
    let p = |ty: &str| f.value(ty, 0x1000u64);
    let v = |ty: &str, value: i64| f.value(ty, value);
    f.typedef("ip", f.ty("int *"));
    for (a, operator, b, text) in [
        (
            p("struct point *"),
            "+",
            v("int", 1),
            "(struct point *)0x1008",
        ),
        (
            v("int", 1),
            "+",
            p("struct point *"),
            "(struct point *)0x1008",
        ),
        (
            p("struct point *"),
            "-",
            v("unsigned long", 5),
            "(struct point *)0xfd8",
        ),
        (
            p("struct point *"),
            "+",
            v("enum color", 1),
            "(struct point *)0x1008",
        ),
        (p("ip"), "+", v("int", -1), "(ip)0xffc"),
        (p("void *"), "+", v("int", 1), "(void *)0x1001"),
        (p("int *"), "-", p("const int *"), "(ptrdiff_t)0"),
        (p("int *"), "-", f.value("ip", 0x1008u64), "(ptrdiff_t)-2"),
        (f.at("int [3]"), "-", f.at("int [3]"), "(ptrdiff_t)0"),
        (
            v("int", 1),
            "-",
            p("int *"),
            "Type: invalid operands to binary - ('int' and 'int *')",
        ),
        (
            p("struct point *"),
            "-",
            p("int *"),
            "Type: invalid operands to binary - ('struct point *' and 'int *')",
        ),
        (
            f.at("int [3]"),
            "+",
            f.at("int [3]"),
            "Type: invalid operands to binary + ('int *' and 'int *')",
        ),
        (
            p("int *"),
            "&",
            v("int", 1),
            "Type: invalid operands to binary & ('int *' and 'int')",
        ),
        (
            p("int *"),
            "+",
            v("double", 1),
            "Type: invalid operands to binary + ('int *' and 'double')",
        ),
        (
            p("struct inc *"),
            "+",
            v("int", 1),
            "Type: cannot get size of incomplete structure type",
        ),
        (
            f.at("fn"),
            "+",
            v("int", 1),
            "Type: cannot get size of function type",
        ),
        (
            v("int", 1),
            "+",
            f.at("struct point"),
            "Type: invalid operands to binary + ('int' and 'struct point')",
        ),
    ] {
        assert_eq!(apply(&f, &a, operator, &b), text);
    }
    assert_eq!(
        show(&f, p("int *").unary(&f, U::Not)),
        "Type: invalid operand to unary ~ ('int *')"
    );
}

#[test]
fn floats_take_the_wider_type() {
    let f = Fake::x86_64();
    let v = |ty: &str, value: f64| f.value(ty, value);
    for (a, operator, b, text) in [
        (v("float", 1.5), "+", v("float", 1.5), "(float)3.0"),
        (v("float", 1.5), "+", v("int", 7.0), "(float)8.5"),
        (v("float", 1.5), "+", v("double", 2.5), "(double)4.0"),
        (
            v("int", 1.0),
            "/",
            v("double", 2.5),
            "(double)0.40000000000000002",
        ),
        (
            v("double", 1.0),
            "/",
            v("int", 0.0),
            "ZeroDivision: division by zero",
        ),
        (
            v("double", 1.0),
            "%",
            v("int", 2.0),
            "Type: invalid operands to binary % ('double' and 'int')",
        ),
        (
            v("int", 1.0),
            "<<",
            v("double", 2.0),
            "Type: invalid operands to binary << ('int' and 'double')",
        ),
    ] {
        assert_eq!(apply(&f, &a, operator, &b), text);
    }
    assert_eq!(show(&f, v("float", 1.5).unary(&f, U::Minus)), "(float)-1.5");
    assert_eq!(
        show(&f, v("double", 1.5).unary(&f, U::Not)),
        "Type: invalid operand to unary ~ ('double')"
    );
}

#[test]
fn qualifiers_go_and_typedefs_stay() {
    let f = Fake::x86_64();
    let ty = qualified(f.ty("unsigned int"), Qualifiers::CONST);
    let volatile = qualified(f.typedef("xx", ty), Qualifiers::VOLATILE);
    let object = Object::from_value(&f, volatile, &1.into(), None).unwrap();
    assert_eq!(show(&f, object.unary(&f, U::Minus)), "(xx)4294967295");
}

#[test]
fn comparison_converts_first() {
    let f = Fake::x86_64();
    let v = |ty: &str, value: i64| f.value(ty, value);
    let compare = |a: &Object, b: &Object| match a.compare(&f, b) {
        Ok(order) => format!("{order:?}"),
        Err(error) => error.to_string(),
    };
    let less = format!("{:?}", Some(Ordering::Less));
    let equal = format!("{:?}", Some(Ordering::Equal));
    let greater = format!("{:?}", Some(Ordering::Greater));
    assert_eq!(compare(&v("int", -1), &v("int", 9)), less);
    assert_eq!(compare(&v("int", -1), &v("unsigned int", 9)), greater);
    assert_eq!(compare(&v("double", 2), &v("int", 2)), equal);
    assert_eq!(
        compare(&f.value("struct point *", 8), &f.value("void *", 8)),
        equal
    );
    assert_eq!(compare(&f.at("int [3]"), &f.value("int *", 8)), greater);
    assert_eq!(compare(&f.at("fn"), &f.at("fn")), equal);
    // drgn calls them equal.
    assert_eq!(
        compare(&v("double", 2), &f.value("double", f64::NAN)),
        "None"
    );
    assert_eq!(
        compare(&f.value("int *", 0), &v("int", 0)),
        "invalid operands to comparison ('int *' and 'int')"
    );
    assert_eq!(
        compare(&f.at("struct point"), &f.at("struct point")),
        "invalid operands to comparison ('struct point' and 'struct point')"
    );
    assert!(f.at("int [3]").truth(&f).unwrap());
    assert_eq!(
        f.at("struct point").truth(&f).unwrap_err().to_string(),
        "cannot convert 'struct point' to bool"
    );
}

#[test]
fn literals_have_the_first_type_that_fits() {
    let f = Fake::x86_64();
    for (value, text) in [
        (1i128, "(int)1"),
        (-1, "(int)-1"),
        (1 << 31, "(long)2147483648"),
        (-(1 << 31), "(long)-2147483648"),
        (1 << 63, "(unsigned long long)9223372036854775808"),
        (-(1 << 63), "(unsigned long long)9223372036854775808"),
        ((1 << 64) - 1, "(unsigned long long)18446744073709551615"),
    ] {
        assert_eq!(f.text(&literal(&f, value)), text);
    }
    assert_eq!(f.text(&literal(&f, true)), "(int)1");
    assert_eq!(f.text(&literal(&f, 1.5)), "(double)1.5");
    // Beyond 64 bits drgn gives up.
    for (value, text) in [
        (1i128 << 64, "(__int128)18446744073709551616"),
        (-(1 << 64), "(__int128)-18446744073709551616"),
    ] {
        assert_eq!(f.text(&literal(&f, value)), text);
    }
    assert_eq!(
        f.text(&literal(&f, u128::MAX)),
        format!("(unsigned __int128){}", u128::MAX)
    );
    let i386 = Fake::new(Architecture::I386);
    assert_eq!(
        i386.text(&literal(&i386, 1i64 << 31)),
        "(long long)2147483648"
    );
}

// Beyond 64 bits drgn gives up.
#[test]
fn arithmetic_goes_up_to_128_bits() {
    let f = Fake::x86_64();
    let ty = f.int("__int128", 16, true, ByteOrder::Little);
    let wide = |value: i128| Object::from_value(&f, ty, &value.into(), None).unwrap();
    let a = wide(1 << 100);
    assert_eq!(
        apply(&f, &a, "*", &wide(-5)),
        format!("(__int128){}", -5i128 << 100)
    );
    assert_eq!(apply(&f, &a, ">>", &literal(&f, 98)), "(__int128)4");
    assert_eq!(
        apply(&f, &literal(&f, 3), "+", &a),
        format!("(__int128){}", (1i128 << 100) + 3)
    );
}
