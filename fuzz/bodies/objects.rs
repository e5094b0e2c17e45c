//! Objects of hostile types in hostile memory: printed, read, converted, computed with.

use super::hostile_target::{BASE, HostileTarget};
use spelunk_object::{
    BinaryOperator, FormatOptions, IntegerBase, Object, Target, UnaryOperator, alignof,
    format_type, is_complete, sizeof, type_name,
};

/// Any options, out of the last bytes of the input.
fn options(data: &[u8]) -> FormatOptions {
    let mut bytes = data.iter().rev().copied();
    let columns = usize::from(bytes.next().unwrap_or(80));
    let (low, high) = (bytes.next().unwrap_or(0), bytes.next().unwrap_or(0));
    let flags = u16::from_le_bytes([low, high]);
    let flag = |bit: u32| flags & 1 << bit != 0;
    FormatOptions {
        columns: if columns < 200 { columns } else { usize::MAX },
        integer_base: match (flag(13), flag(14)) {
            (true, _) => IntegerBase::Octal,
            (_, true) => IntegerBase::Hexadecimal,
            _ => IntegerBase::Decimal,
        },
        dereference: flag(0),
        symbolize: flag(1),
        string: flag(2),
        char: flag(3),
        type_name: flag(4),
        member_type_names: flag(5),
        element_type_names: flag(6),
        members_same_line: flag(7),
        elements_same_line: flag(8),
        member_names: flag(9),
        element_indices: flag(10),
        implicit_members: flag(11),
        implicit_elements: flag(12),
        raw: flag(15),
    }
}

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Some(target) = HostileTarget::new(data) else {
        return;
    };
    let any = options(data);
    let types = target.all_types();
    let objects: Vec<Object> = types
        .iter()
        .flat_map(|ty| {
            [
                Some(Object::at(*ty, BASE)),
                Object::reference(&target, *ty, BASE, 3, Some(5)).ok(),
                Object::from_bytes(&target, *ty, data, 1, None).ok(),
            ]
        })
        .flatten()
        .take(8)
        .collect();
    for ty in types.iter().take(8) {
        let store = target.types();
        let _ = (type_name(store, *ty), format_type(store, *ty));
        let _ = (
            sizeof(store, *ty),
            alignof(&target, *ty),
            is_complete(store, *ty),
        );
    }
    for object in &objects {
        let _ = object.format(&target, &FormatOptions::default());
        let _ = object.format(&target, &any);
        let _ = (
            object.read(&target),
            object.value(&target),
            object.string(&target),
        );
        let _ = (
            object.to_i128(&target),
            object.to_f64(&target),
            object.truth(&target),
        );
        let _ = (object.address_of(&target), object.len(&target));
        let _ = (object.referent(&target), object.dereference(&target));
        if let Ok(Some((_, variant))) = object.active_variant(&target) {
            let _ = variant.value(&target);
        }
        if let Ok(mut walk) = object.children(&target) {
            let mut left = 1000;
            while let Ok(Some(_)) = walk.next(&target)
                && left > 0
            {
                left -= 1;
            }
        }
        for name in ["a", "b", "c", "d"] {
            if let Ok(member) = object.member(&target, name) {
                let _ = member.value(&target);
                let _ = member.container_of(&target, object.ty(), name);
            }
        }
        for index in [0, 1, -1, i64::MAX] {
            let _ = object.index(&target, index);
            let _ = object.slice(&target, Some(index), None);
        }
        for operator in [
            UnaryOperator::Plus,
            UnaryOperator::Minus,
            UnaryOperator::Not,
        ] {
            let _ = object.unary(&target, operator);
        }
        for other in objects.iter().take(6) {
            use BinaryOperator as B;
            for operator in [
                B::Add,
                B::Subtract,
                B::Divide,
                B::ShiftLeft,
                B::ShiftRight,
                B::Xor,
            ] {
                let _ = object.binary(&target, operator, other);
            }
            let _ = object.compare(&target, other);
            let _ = object.cast(&target, other.ty());
            let _ = object.implicit_convert(&target, other.ty(), None);
            let _ = object.reinterpret(&target, other.ty());
        }
        if let Ok(value) = object.value(&target) {
            let _ = Object::from_value(&target, object.ty(), &value, None);
        }
    }
}
