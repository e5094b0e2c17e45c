//! Objects: where a value is, and what can be got out of it.

mod access;
mod base;
mod create;
mod designator;
mod narrow;
mod number;
mod read;
mod reference;
mod remains;
mod variant;

pub(crate) use access::pointer;
pub use access::pointer_type;
pub(crate) use create::{add, check_bits};
pub use designator::offsetof;
pub use read::read_c_string;
pub(crate) use read::{out_of_bounds, read_bytes};
use remains::Absence;

use spelunk_base::ByteOrder;
use spelunk_types::QualifiedType;
use std::ops::Range;
use std::sync::Arc;

/// A typed value, somewhere: in the target's memory, in here, or nowhere.
///
/// Small, and without a handle to its program: whoever hands objects to a user keeps the program
/// beside them, and operations take the [`Target`](crate::Target). An object of one target means nothing to
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
    Within(Arc<Within>),
    Absent(Absence),
}

/// A structure or class that is part of a larger value. Of a base class the virtual base classes
/// stand elsewhere in that.
#[derive(Debug)]
pub(crate) struct Within {
    pub(crate) whole: Arc<[u8]>,
    /// Where the part stands in the whole, in bytes.
    pub(crate) place: Range<usize>,
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

impl Object {
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
        match &self.repr {
            Repr::Absent(absence) => Some(absence.reason),
            _ => None,
        }
    }

    /// Whether the object is absent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.repr, Repr::Absent(_))
    }

    /// The bytes of a value.
    pub(crate) fn value_bytes(&self) -> Option<&[u8]> {
        self.repr.bytes()
    }
}

impl Repr {
    /// The bytes of a value.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Inline { length, bytes } => bytes.get(..usize::from(*length)),
            Self::Heap(bytes) => Some(bytes),
            Self::Within(part) => part.whole.get(part.place.clone()),
            _ => None,
        }
    }

    /// A value of the low `size` bits (1 to 128) of `bits`.
    pub(crate) fn bits(bits: u128, order: ByteOrder, size: u32) -> Self {
        let (bytes, length) = crate::bits::write(bits, order, size);
        Self::Inline {
            length: length as u8,
            bytes,
        }
    }

    /// A value of these bytes.
    pub(crate) fn value(bytes: &[u8]) -> Self {
        let mut inline = [0; 16];
        match (inline.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(bytes);
                Self::Inline {
                    length,
                    bytes: inline,
                }
            }
            _ => Self::Heap(bytes.into()),
        }
    }
}
