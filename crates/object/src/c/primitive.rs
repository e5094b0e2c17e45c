use crate::{Error, Result, Target};
use spelunk_base::{Architecture, Language, Platform};
use spelunk_types::{FloatFormat, Primitive, QualifiedType, Type, TypeData, TypeId, TypeKind};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The basic types of a target that were found already.
#[derive(Debug)]
pub struct PrimitiveTypes {
    named: [OnceLock<TypeId>; Primitive::COUNT],
    /// `_BitInt`s, of which there is one for each width and sign.
    bit_precise: Mutex<BTreeMap<(u32, bool), TypeId>>,
}

impl Default for PrimitiveTypes {
    fn default() -> Self {
        Self {
            named: [const { OnceLock::new() }; Primitive::COUNT],
            bit_precise: Mutex::default(),
        }
    }
}

/// The target's basic type: from its debugging information, else as its platform has it.
///
/// # Errors
///
/// If the platform is not known.
pub fn primitive_type(target: &dyn Target, primitive: Primitive) -> Result<QualifiedType> {
    let Some(slot) = target.primitives().named.get(primitive as usize) else {
        return Err(Error::other("no such basic type"));
    };
    if let Some(id) = slot.get() {
        return Ok((*id).into());
    }
    // Worked out outside of the slot: finders may be a user's.
    let id = find_primitive(target, primitive)?;
    Ok((*slot.get_or_init(|| id)).into())
}

fn find_primitive(target: &dyn Target, primitive: Primitive) -> Result<TypeId> {
    let types = target.types();
    let language = Language::C;
    if primitive == Primitive::Void {
        return Ok(types.void(language)?);
    }
    for name in primitive.spellings() {
        let found = target.find_type(primitive.kind().into(), name, None)?;
        // A user's finder may answer everything with the one type that it knows.
        if let Some(found) = found
            && let Some(name) = types.get(found.id)?.data.name()
            && primitive.spellings().contains(&name)
        {
            return Ok(found.id);
        }
    }
    let name = primitive.name().into();
    let Some(platform) = target.platform() else {
        let what = match primitive.kind() {
            TypeKind::Typedef => "address size",
            _ => "byte order",
        };
        return Err(Error::value(format!("program {what} is not known")));
    };
    let size = primitive.size(platform);
    let byte_order = platform.byte_order;
    let data = match primitive {
        Primitive::Bool => TypeData::Bool {
            name,
            size,
            byte_order,
        },
        Primitive::SizeT => TypeData::Typedef {
            name,
            aliased: primitive_type(target, Primitive::UnsignedLong)?,
        },
        Primitive::PtrdiffT => TypeData::Typedef {
            name,
            aliased: primitive_type(target, Primitive::Long)?,
        },
        _ if primitive.is_float() => {
            let part = primitive.component().unwrap_or(primitive);
            TypeData::Float {
                format: FloatFormat::of(part.name(), part.size(platform), platform.architecture),
                name,
                size,
                is_complex: part != primitive,
                byte_order,
            }
        }
        _ => TypeData::Int {
            name,
            size,
            precision: None,
            is_signed: primitive.is_signed(),
            byte_order,
        },
    };
    Ok(types.share(Type::new(language, data))?)
}

/// The widest `_BitInt` of any compiler (Clang 19).
const MAX_BIT_PRECISE: u32 = 8_388_608;

/// `_BitInt(bits)`, or `unsigned _BitInt(bits)` (C23, 6.2.5): from debugging information, else as
/// the platform has it.
///
/// # Errors
///
/// If there is no such type, or the platform is not known.
pub fn bit_precise_type(target: &dyn Target, bits: u32, is_signed: bool) -> Result<QualifiedType> {
    let least = if is_signed { 2 } else { 1 };
    if !(least..=MAX_BIT_PRECISE).contains(&bits) {
        return Err(Error::value(format!(
            "_BitInt must have from {least} to {MAX_BIT_PRECISE} bits, not {bits}"
        )));
    }
    let remembered = &target.primitives().bit_precise;
    let key = (bits, is_signed);
    let found = remembered
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
        .copied();
    if let Some(id) = found {
        return Ok(id.into());
    }
    // Worked out without the lock: finders may be a user's.
    let name = match is_signed {
        true => format!("_BitInt({bits})"),
        false => format!("unsigned _BitInt({bits})"),
    };
    let id = match target.find_type(TypeKind::Int.into(), &name, None)? {
        Some(found) => found.id,
        None => {
            let Some(platform) = target.platform() else {
                return Err(Error::value("program byte order is not known"));
            };
            let data = TypeData::Int {
                name: name.into(),
                size: bit_precise_size(bits, platform),
                precision: Some(bits),
                is_signed,
                byte_order: platform.byte_order,
            };
            target.types().share(Type::new(Language::C, data))?
        }
    };
    let mut remembered = remembered.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((*remembered.entry(key).or_insert(id)).into())
}

/// Size in bytes of a `_BitInt`: that of the integer that it fits, else whole words (the psABIs
/// of x86-64, i386 and AArch64).
fn bit_precise_size(bits: u32, platform: Platform) -> u64 {
    let bytes = u64::from(bits.div_ceil(8));
    match bytes {
        ..=8 => bytes.next_power_of_two(),
        _ => bytes.next_multiple_of(word_size(platform)),
    }
}

/// Size of the words that wide `_BitInt`s consist of.
fn word_size(platform: Platform) -> u64 {
    match platform.architecture {
        Architecture::Aarch64 | Architecture::Riscv64 | Architecture::LoongArch64 => 16,
        _ => platform.address_size().into(),
    }
}

/// Size of the words that a `_BitInt` consists of, which it is aligned by; `None` for other types.
pub(crate) fn bit_precise_word(data: &TypeData, platform: Option<Platform>) -> Option<u64> {
    match data.is_bit_precise() {
        true => platform.map(word_size),
        false => None,
    }
}
