use spelunk_types::QualifiedType;
use std::ops::BitOr;

/// A set of kinds of objects that a program has by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ObjectKinds(u8);

impl ObjectKinds {
    /// Enumerators.
    pub const CONSTANT: Self = Self(1);
    /// Functions.
    pub const FUNCTION: Self = Self(2);
    /// Variables.
    pub const VARIABLE: Self = Self(4);
    /// All of them.
    pub const ANY: Self = Self(7);

    /// Whether all of `other` are in this set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for ObjectKinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// An object that was found by name.
#[derive(Clone, Debug)]
pub struct FoundObject {
    /// Its type: of an enumerator the enumeration, of a function the function's type.
    pub ty: QualifiedType,
    /// Which kind it is: one of the set's constants.
    pub kind: ObjectKinds,
    /// Where it is, or what it is.
    pub value: ObjectValue,
    /// Which of [`DebugInfo::files`](crate::DebugInfo::files) tells of it.
    pub file: usize,
}

/// Where a found object is, or what it is.
#[derive(Clone, Debug)]
pub enum ObjectValue {
    /// At this address in the target.
    Address(u64),
    /// These bytes, as many as its type has, in the order that memory would have them.
    Bytes(Box<[u8]>),
    /// This number: an enumerator.
    Constant(i128),
    /// In each thread's storage, at this offset in what the file's module has there.
    ThreadLocal(u64),
    /// It has no place and no value, for this reason.
    Absent(Absence),
}

/// Why an object has no place and no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absence {
    /// The compiler left it out: a function that is inlined everywhere, a variable not used.
    OptimizedOut,
    /// Each thread has its own, or it is described in a way that is not supported.
    NotImplemented,
}
