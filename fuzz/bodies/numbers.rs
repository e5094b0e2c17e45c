//! Numbers of any width, format and byte order: from bytes, to values and text, and back.

use spelunk_base::{Architecture, ByteOrder, Language, Platform};
use spelunk_object::{
    BinaryOperator as B, Error, FormatOptions, Object, PrimitiveTypes, Result, Target, Value,
};
use spelunk_types::{FloatFormat, QualifiedType, Type, TypeData, TypeKinds, TypeStore};

/// A target without memory, which only has types.
struct Types {
    store: TypeStore,
    primitives: PrimitiveTypes,
}

impl Target for Types {
    fn types(&self) -> &TypeStore {
        &self.store
    }

    fn platform(&self) -> Option<Platform> {
        Some(Platform::of(Architecture::X86_64))
    }

    fn read(&self, address: u64, _: &mut [u8]) -> Result<()> {
        Err(Error::fault("could not find memory segment", address))
    }

    fn find_type(&self, _: TypeKinds, _: &str, _: Option<&str>) -> Result<Option<QualifiedType>> {
        Ok(None)
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }
}

fn type_of(target: &Types, description: [u8; 4]) -> Option<QualifiedType> {
    let [kind, size, precision, rest] = description;
    let byte_order = match rest & 1 {
        0 => ByteOrder::Little,
        _ => ByteOrder::Big,
    };
    let size = u64::from(size % 48);
    let data = match kind % 3 {
        0 => TypeData::Int {
            name: "_BitInt".into(),
            size,
            precision: (precision != 0).then_some(precision.into()),
            is_signed: rest & 2 != 0,
            byte_order,
        },
        1 => TypeData::Bool {
            name: "_Bool".into(),
            size,
            byte_order,
        },
        _ => {
            use FloatFormat as F;
            let formats = [
                (F::Half, 2),
                (F::Bfloat16, 2),
                (F::Single, 4),
                (F::Double, 8),
                (F::Extended, 10 + size % 7),
                (F::Quadruple, 16),
                (F::DoubleDouble, 16),
            ];
            let (format, size) = formats.get(usize::from(precision % 7)).copied()?;
            let is_complex = rest & 2 != 0;
            TypeData::Float {
                name: "float".into(),
                size: if is_complex { size * 2 } else { size },
                format: Some(format),
                is_complex,
                byte_order,
            }
        }
    };
    let ty = target.store.add(Type::new(Language::C, data)).ok()?;
    Some(ty.into())
}

/// Bytes come back as they were, integers as the value that they had; nothing panics.
pub(crate) fn run(data: &[u8]) {
    let target = Types {
        store: TypeStore::new(),
        primitives: PrimitiveTypes::default(),
    };
    let mut objects: Vec<Object> = Vec::new();
    for piece in data.chunks(40).take(6) {
        let Some((description, bytes)) = piece.split_first_chunk() else {
            break;
        };
        let Some(ty) = type_of(&target, *description) else {
            continue;
        };
        let offset = u64::from(description[3] >> 5);
        if let Ok(object) = Object::from_bytes(&target, ty, bytes, offset, None) {
            check(&target, &object);
            objects.push(object);
        }
        let field = Some(u64::from(description[2]).max(1));
        if let Ok(object) = Object::from_bytes(&target, ty, bytes, offset, field) {
            check(&target, &object);
            objects.push(object);
        }
    }
    for a in &objects {
        for b in &objects {
            for operator in [
                B::Add,
                B::Subtract,
                B::Multiply,
                B::Divide,
                B::Remainder,
                B::ShiftLeft,
                B::ShiftRight,
                B::Xor,
            ] {
                if let Ok(result) = a.binary(&target, operator, b) {
                    check(&target, &result);
                }
            }
            let _ = (a.equals(&target, b), a.compare(&target, b));
            if let Ok(cast) = a.cast(&target, b.ty()) {
                check(&target, &cast);
            }
        }
    }
}

fn check(target: &Types, object: &Object) {
    let _ = object.format(target, &FormatOptions::default());
    let _ = (object.to_f64(target), object.round_to_digits(target, 3));
    let field = object.bit_field_size().map(u64::from);
    let bytes = object.to_bytes(target).unwrap_or_default();
    if let Ok(again) = Object::from_bytes(target, object.ty(), &bytes, 0, field) {
        assert_eq!(again.to_bytes(target).ok().as_ref(), Some(&bytes));
    }
    let Ok(value) = object.value(target) else {
        return;
    };
    if matches!(
        value,
        Value::Signed(_) | Value::Unsigned(_) | Value::Wide(_) | Value::Bool(_)
    ) {
        let again = Object::from_value(target, object.ty(), &value, field);
        let again = again.and_then(|again| again.value(target));
        assert_eq!(again.ok(), Some(value));
    }
}
