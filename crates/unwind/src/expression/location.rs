use super::{DieReference, DwarfRegister, ExpressionError, Value};
use std::sync::Arc;

/// Where an object is: its pieces, from its first byte or bit on (DWARF 5, section 2.6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// One piece of no stated size for an object in one place, else pieces with sizes.
    pub pieces: Vec<Piece>,
}

/// Where one part of an object is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its size in bits; `None` if it is the whole object.
    pub bit_size: Option<u64>,
    /// Bits to pass over in the place before the piece begins, counted from the least significant
    /// end on little-endian machines.
    pub bit_offset: u64,
    /// The place.
    pub kind: PieceKind,
}

/// A place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PieceKind {
    /// In memory at this address.
    Memory(u64),
    /// In a register.
    Register(DwarfRegister),
    /// Nowhere; but this is its value.
    Value(Value),
    /// Nowhere; but these are its bytes, in the target's byte order.
    Bytes(Arc<[u8]>),
    /// A pointer to an object that is nowhere, but may have a value: the object's DIE, and the
    /// offset in bytes that the pointer points to in it.
    ImplicitPointer(DieReference, i64),
    /// Nowhere: the compiler optimized it out.
    OptimizedOut,
}

impl Location {
    /// The location of an object that is in one place.
    #[must_use]
    pub fn whole(kind: PieceKind) -> Self {
        Self {
            pieces: vec![Piece {
                bit_size: None,
                bit_offset: 0,
                kind,
            }],
        }
    }

    /// The place, if the object is in one place.
    #[must_use]
    pub fn as_whole(&self) -> Option<&PieceKind> {
        match self.pieces.as_slice() {
            [piece] if piece.bit_size.is_none() => Some(&piece.kind),
            _ => None,
        }
    }

    /// The number computed, where the expression is a computation and no description of a place.
    pub(super) fn number(&self) -> Result<u64, ExpressionError> {
        match self.as_whole() {
            Some(PieceKind::Memory(address)) => Ok(*address),
            Some(PieceKind::Value(value)) => Ok(value.to_u64()),
            _ => Err(ExpressionError::NotAValue),
        }
    }
}
