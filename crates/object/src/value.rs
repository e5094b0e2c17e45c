use num_bigint::BigInt;
use spelunk_types::QualifiedType;

/// A value outside of the target: what an object holds, as a host language would say it, and
/// what an object can be made from.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A negative integer, or one of a signed type.
    Signed(i128),
    /// An integer of an unsigned type; pointers, too.
    Unsigned(u128),
    /// An integer that neither of these has room for, or one of a type of more than 128 bits.
    Wide(BigInt),
    /// A floating-point number; the nearest `f64` of those of wider formats.
    Float(f64),
    /// A complex number: its real and its imaginary part.
    Complex(f64, f64),
    /// A truth value.
    Bool(bool),
    /// Members in order of declaration, those of anonymous members among them.
    Struct(Vec<(Box<str>, Value)>),
    /// Elements in order.
    Array(Vec<Value>),
    /// The bytes of a value of a type of the target, with all digits that a host's number would lose.
    /// Objects are made from it; it is never what an object holds.
    Encoded(QualifiedType, Box<[u8]>),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

macro_rules! integers {
    ($variant:ident as $wide:ty: $($int:ty)*) => {
        $(
            impl From<$int> for Value {
                fn from(value: $int) -> Self {
                    Self::$variant(<$wide>::from(value))
                }
            }
        )*
    };
}

integers!(Signed as i128: i8 i16 i32 i64 i128);
integers!(Unsigned as u128: u8 u16 u32 u64 u128);
