//! Types that are made up, printed and parsed again.

use crate::fake::{Fake, qualified};
use proptest::prelude::*;
use spelunk_base::{ByteOrder, Language};
use spelunk_object::{Target, lookup_type, type_name};
use spelunk_types::{Parameter, PointerForm, QualifiedType, Qualifiers, TypeData};

/// A type of C++ made of others.
#[derive(Clone, Debug)]
enum Made {
    Named(&'static str, u8),
    Pointer(PointerForm, Box<Made>, u8),
    MemberPointer(Box<Made>, u8),
    Array(Box<Made>, Option<u64>),
    Function(Box<Made>, Vec<(Made, Option<String>)>, bool),
}

fn made() -> impl Strategy<Value = Made> {
    let names = [
        "int",
        "unsigned long",
        "_Bool",
        "long double",
        "point",
        "a::B<int, char const*>",
        "pt_t",
        "void",
    ];
    let leaf = (proptest::sample::select(names.to_vec()), 0..16u8)
        .prop_map(|(name, bits)| Made::Named(name, bits));
    leaf.prop_recursive(6, 24, 4, |inner| {
        let forms = [PointerForm::Pointer, PointerForm::Reference, PointerForm::RvalueReference];
        let parameters = proptest::collection::vec((inner.clone(), proptest::option::of("[b-d]x")), 0..3);
        prop_oneof![
            3 => (proptest::sample::select(forms.to_vec()), inner.clone(), 0..16u8)
                .prop_map(|(form, to, bits)| {
                    // There are no references to references: `int & &` would read as `int &&`.
                    let is_reference = |to: &Made| {
                        matches!(to, Made::Pointer(form, ..) if *form != PointerForm::Pointer)
                    };
                    let form = if is_reference(&to) { PointerForm::Pointer } else { form };
                    Made::Pointer(form, to.into(), bits)
                }),
            1 => (inner.clone(), 0..16u8).prop_map(|(to, bits)| Made::MemberPointer(to.into(), bits)),
            2 => (inner.clone(), proptest::option::of(any::<u64>()))
                .prop_map(|(element, length)| Made::Array(element.into(), length)),
            2 => (inner, parameters, any::<bool>()).prop_map(|(result, parameters, is_variadic)| {
                // A function without prototype has another name in C++.
                let is_variadic = is_variadic && !parameters.is_empty();
                Made::Function(result.into(), parameters, is_variadic)
            }),
        ]
    })
}

fn make(f: &Fake, ty: &Made) -> QualifiedType {
    let byte_order = ByteOrder::Little;
    let (data, bits) = match ty {
        Made::Named(name, bits) => return qualified(f.ty(name), Qualifiers::from_bits(*bits)),
        Made::Pointer(form, to, bits) => {
            let referenced = make(f, to);
            let form = *form;
            (
                TypeData::Pointer {
                    form,
                    size: 8,
                    byte_order,
                    referenced,
                },
                *bits,
            )
        }
        Made::MemberPointer(to, bits) => {
            let (class, referenced) = (f.ty("a::B<int, char const*>").id, make(f, to));
            let size = 8;
            (
                TypeData::MemberPointer {
                    size,
                    byte_order,
                    class,
                    referenced,
                },
                *bits,
            )
        }
        Made::Array(element, length) => {
            let element = make(f, element);
            (
                TypeData::Array {
                    element,
                    length: *length,
                },
                0,
            )
        }
        Made::Function(result, parameters, is_variadic) => {
            let parameters = parameters.iter().map(|(ty, name)| Parameter {
                name: name.as_deref().map(Into::into),
                ty: make(f, ty),
            });
            let data = TypeData::Function {
                return_type: make(f, result),
                parameters: parameters.collect(),
                is_variadic: *is_variadic,
            };
            (data, 0)
        }
    };
    qualified(f.new_type(data), Qualifiers::from_bits(bits))
}

/// Whether two types are made in the same way.
fn is_same(f: &Fake, a: QualifiedType, b: QualifiedType) -> bool {
    let data = |ty: QualifiedType| &f.types().get(ty.id).unwrap().data;
    a.qualifiers == b.qualifiers
        && match (data(a), data(b)) {
            (
                TypeData::Pointer {
                    form: x,
                    referenced: a,
                    ..
                },
                TypeData::Pointer {
                    form: y,
                    referenced: b,
                    ..
                },
            ) => x == y && is_same(f, *a, *b),
            (
                TypeData::MemberPointer {
                    class: x,
                    referenced: a,
                    ..
                },
                TypeData::MemberPointer {
                    class: y,
                    referenced: b,
                    ..
                },
            ) => x == y && is_same(f, *a, *b),
            (
                TypeData::Array {
                    element: a,
                    length: x,
                },
                TypeData::Array {
                    element: b,
                    length: y,
                },
            ) => x == y && is_same(f, *a, *b),
            (
                TypeData::Function {
                    return_type: a,
                    parameters: x,
                    is_variadic: u,
                },
                TypeData::Function {
                    return_type: b,
                    parameters: y,
                    is_variadic: v,
                },
            ) => {
                u == v
                    && is_same(f, *a, *b)
                    && x.len() == y.len()
                    && x.iter()
                        .zip(y)
                        .all(|(x, y)| x.name == y.name && is_same(f, x.ty, y.ty))
            }
            _ => a.id == b.id,
        }
}

/// Whether the only parameter somewhere in it is a `void`, which C takes for none.
fn takes_void(ty: &Made) -> bool {
    match ty {
        Made::Named(..) => false,
        Made::Pointer(_, to, _) | Made::MemberPointer(to, _) | Made::Array(to, _) => takes_void(to),
        Made::Function(result, parameters, _) => {
            takes_void(result)
                || matches!(&parameters[..], [(Made::Named("void", 0), None)])
                || parameters.iter().any(|(ty, _)| takes_void(ty))
        }
    }
}

proptest! {
    #[test]
    fn types_print_as_names_that_parse_to_them(ty in made()) {
        let mut f = Fake::x86_64();
        f.language = Language::Cpp;
        f.structure("a::B<int, char const*>", 4, vec![]);
        prop_assume!(!takes_void(&ty));
        let made = make(&f, &ty);
        let name = type_name(f.types(), made).unwrap();
        let again = lookup_type(&f, &name, None).unwrap();
        prop_assert!(is_same(&f, made, again), "{}", name);
        prop_assert_eq!(type_name(f.types(), again).unwrap(), name);
    }
}
