use crate::{Error, Result, Target, Value};
use spelunk_types::QualifiedType;
use std::sync::Arc;

/// A typed value, somewhere: in the target's memory, in here, or nowhere.
///
/// Small, and without a handle to its program: whoever hands objects to a user keeps the program
/// beside them, and operations take the [`Target`]. An object of one target means nothing to
/// another.
#[derive(Clone, Debug)]
pub struct Object {
    pub(crate) ty: QualifiedType,
    /// Width in bits of a bit field; 0 for what is none.
    pub(crate) bit_field_size: u8,
    pub(crate) repr: Repr,
}

/// Where an object is. Values are bytes as they would stand in the target's memory.
#[derive(Clone, Debug)]
pub(crate) enum Repr {
    Reference { address: u64, bit_offset: u8 },
    Inline { length: u8, bytes: [u8; 16] },
    Heap(Arc<[u8]>),
    Absent(AbsenceReason),
}

/// Why an object is absent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum AbsenceReason {
    /// Another reason, such as a declaration without definition.
    #[default]
    Other,
    /// The compiler optimized it out.
    OptimizedOut,
    /// Debugging information says it in a way that is not understood yet.
    NotImplemented,
}

/// Operators with two operands. Comparison is [`Object::compare`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
}

/// Operators with one operand. Truth is [`Object::truth`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UnaryOperator {
    Plus,
    Minus,
    Not,
}

const LATER: &str = "not implemented yet";

impl Object {
    // ---- Making objects

    /// The object at `address`, `bit_offset` bits in; `bit_field_size` makes it a bit field.
    ///
    /// # Errors
    ///
    /// If a bit offset or width does not fit the type.
    pub fn reference(
        target: &dyn Target,
        ty: QualifiedType,
        address: u64,
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let _ = (target, ty, address, bit_offset, bit_field_size);
        Err(Error::not_implemented(LATER))
    }

    /// The variable of type `ty` at `address`: [`reference`](Self::reference) without bits.
    #[must_use]
    pub fn at(ty: QualifiedType, address: u64) -> Self {
        Self {
            ty,
            bit_field_size: 0,
            repr: Repr::Reference {
                address,
                bit_offset: 0,
            },
        }
    }

    /// A value made from a host's: numbers are converted as by assignment, structures take
    /// [`Value::Struct`] by member names, arrays [`Value::Array`].
    ///
    /// # Errors
    ///
    /// If the value does not suit the type.
    pub fn from_value(
        target: &dyn Target,
        ty: QualifiedType,
        value: &Value,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let _ = (target, ty, value, bit_field_size);
        Err(Error::not_implemented(LATER))
    }

    /// What a number in the source code of the program would be: 1 is an `int`.
    ///
    /// # Errors
    ///
    /// If the number fits no type, or `value` is no number.
    pub fn literal(target: &dyn Target, value: &Value) -> Result<Self> {
        let _ = (target, value);
        Err(Error::not_implemented(LATER))
    }

    /// The value of type `ty` that stands in `bytes`, `bit_offset` bits in.
    ///
    /// # Errors
    ///
    /// If there are too few bytes, or the type has no values.
    pub fn from_bytes(
        target: &dyn Target,
        ty: QualifiedType,
        bytes: &[u8],
        bit_offset: u64,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let _ = (target, ty, bytes, bit_offset, bit_field_size);
        Err(Error::not_implemented(LATER))
    }

    /// An object of type `ty` that is nowhere.
    #[must_use]
    pub fn absent(ty: QualifiedType, reason: AbsenceReason) -> Self {
        Self {
            ty,
            bit_field_size: 0,
            repr: Repr::Absent(reason),
        }
    }

    // ---- What an object is

    /// The type.
    #[must_use]
    pub fn ty(&self) -> QualifiedType {
        self.ty
    }

    /// The address of a reference.
    #[must_use]
    pub fn address(&self) -> Option<u64> {
        match self.repr {
            Repr::Reference { address, .. } => Some(address),
            _ => None,
        }
    }

    /// Distance of a reference from its address, in bits: 0 to 7.
    #[must_use]
    pub fn bit_offset(&self) -> Option<u8> {
        match self.repr {
            Repr::Reference { bit_offset, .. } => Some(bit_offset),
            _ => None,
        }
    }

    /// Width in bits of a bit field.
    #[must_use]
    pub fn bit_field_size(&self) -> Option<u8> {
        (self.bit_field_size != 0).then_some(self.bit_field_size)
    }

    /// Why the object is absent, if it is.
    #[must_use]
    pub fn absence_reason(&self) -> Option<AbsenceReason> {
        match self.repr {
            Repr::Absent(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether the object is absent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.repr, Repr::Absent(_))
    }

    // ---- What it holds

    /// This object as a value, read from memory if it is a reference.
    ///
    /// # Errors
    ///
    /// A fault; also if the type has no values or the object is absent. So do all that follow.
    pub fn read(&self, target: &dyn Target) -> Result<Self> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The value as a host language would hold it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn value(&self, target: &dyn Target) -> Result<Value> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The value of an integer, Boolean, enumeration or pointer.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for other types.
    pub fn to_i128(&self, target: &dyn Target) -> Result<i128> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The value of an integer, Boolean, enumeration or pointer, modulo 2^64: what helpers take
    /// addresses, flags and counts with.
    ///
    /// # Errors
    ///
    /// As [`to_i128`](Self::to_i128).
    pub fn to_u64(&self, target: &dyn Target) -> Result<u64> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The value of any arithmetic type, as a floating-point number.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for other types.
    pub fn to_f64(&self, target: &dyn Target) -> Result<f64> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The bytes of the value as they stand in memory.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn to_bytes(&self, target: &dyn Target) -> Result<Vec<u8>> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The bytes up to the first NUL, pointed to or in the array; the array's end also ends them.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also if this is neither pointer nor array.
    pub fn string(&self, target: &dyn Target) -> Result<Vec<u8>> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// Whether the value counts as true in C.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); also for types that are not scalar.
    pub fn truth(&self, target: &dyn Target) -> Result<bool> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    // ---- Parts of it, and what it points to

    /// The member called `name`; a pointer's is that of what it points to (`.` and `->`).
    ///
    /// # Errors
    ///
    /// If there is none; if a pointer cannot be read.
    pub fn member(&self, target: &dyn Target, name: &str) -> Result<Self> {
        let _ = (target, name);
        Err(Error::not_implemented(LATER))
    }

    /// The element at `index` of an array or from a pointer on. Bounds count only for values.
    ///
    /// # Errors
    ///
    /// If this is neither array nor pointer, or a pointer cannot be read.
    pub fn index(&self, target: &dyn Target, index: i64) -> Result<Self> {
        let _ = (target, index);
        Err(Error::not_implemented(LATER))
    }

    /// A new array of the elements from `start` up to before `stop`. Left out, they are 0 and
    /// the array's length.
    ///
    /// # Errors
    ///
    /// As [`index`](Self::index); also if `stop` is left out and the length is not known.
    pub fn slice(
        &self,
        target: &dyn Target,
        start: Option<i64>,
        stop: Option<i64>,
    ) -> Result<Self> {
        let _ = (target, start, stop);
        Err(Error::not_implemented(LATER))
    }

    /// The number of elements of an array.
    ///
    /// # Errors
    ///
    /// If this is no array or its length is not known.
    pub fn len(&self, target: &dyn Target) -> Result<u64> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// What a pointer points to (`*p`).
    ///
    /// # Errors
    ///
    /// If this is no pointer or cannot be read.
    pub fn dereference(&self, target: &dyn Target) -> Result<Self> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// A pointer to this reference (`&x`).
    ///
    /// # Errors
    ///
    /// If this is no reference, or a bit field.
    pub fn address_of(&self, target: &dyn Target) -> Result<Self> {
        let _ = target;
        Err(Error::not_implemented(LATER))
    }

    /// The part that a designator such as `a.b[3].c` names. Pointers are not followed.
    ///
    /// # Errors
    ///
    /// If the designator is no designator or names no part.
    pub fn subobject(&self, target: &dyn Target, designator: &str) -> Result<Self> {
        let _ = (target, designator);
        Err(Error::not_implemented(LATER))
    }

    /// The pointer to the `ty` whose member (or part, `a.b[3].c`) this pointer points to.
    ///
    /// # Errors
    ///
    /// If this is no pointer or the designator names no part of `ty`.
    pub fn container_of(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        designator: &str,
    ) -> Result<Self> {
        let _ = (target, ty, designator);
        Err(Error::not_implemented(LATER))
    }

    // ---- Conversions

    /// The value converted as by C's cast operator.
    ///
    /// # Errors
    ///
    /// If C has no such cast.
    pub fn cast(&self, target: &dyn Target, ty: QualifiedType) -> Result<Self> {
        let _ = (target, ty);
        Err(Error::not_implemented(LATER))
    }

    /// The value converted as by assignment, to a bit field if `bit_field_size` is given.
    ///
    /// # Errors
    ///
    /// If C has no such conversion.
    pub fn implicit_convert(
        &self,
        target: &dyn Target,
        ty: QualifiedType,
        bit_field_size: Option<u64>,
    ) -> Result<Self> {
        let _ = (target, ty, bit_field_size);
        Err(Error::not_implemented(LATER))
    }

    /// The same memory, or the same bytes, seen as another type.
    ///
    /// # Errors
    ///
    /// If a value has fewer bytes than the type.
    pub fn reinterpret(&self, target: &dyn Target, ty: QualifiedType) -> Result<Self> {
        let _ = (target, ty);
        Err(Error::not_implemented(LATER))
    }

    // ---- Operators

    /// `self operator other`, with C's promotions and conversions.
    ///
    /// # Errors
    ///
    /// If C has no such operation; division by zero.
    pub fn binary(
        &self,
        target: &dyn Target,
        operator: BinaryOperator,
        other: &Self,
    ) -> Result<Self> {
        let _ = (target, operator, other);
        Err(Error::not_implemented(LATER))
    }

    /// `operator self`, with C's promotions.
    ///
    /// # Errors
    ///
    /// If C has no such operation.
    pub fn unary(&self, target: &dyn Target, operator: UnaryOperator) -> Result<Self> {
        let _ = (target, operator);
        Err(Error::not_implemented(LATER))
    }

    /// The order of two values; `None` where one is not a number.
    ///
    /// # Errors
    ///
    /// If C cannot compare them.
    pub fn compare(&self, target: &dyn Target, other: &Self) -> Result<Option<std::cmp::Ordering>> {
        let _ = (target, other);
        Err(Error::not_implemented(LATER))
    }

    // ---- Text

    /// The object in C's syntax.
    ///
    /// # Errors
    ///
    /// If a type cannot be completed. Memory that cannot be read is shown in place.
    pub fn format(&self, target: &dyn Target, options: &crate::FormatOptions) -> Result<String> {
        let _ = (target, options);
        Err(Error::not_implemented(LATER))
    }
}
