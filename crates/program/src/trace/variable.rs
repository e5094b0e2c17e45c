//! The variables of a frame, as objects.

use super::call::Call;
use super::unwinder::StackMemory;
use crate::{Program, Result};
use spelunk_base::{ByteOrder, Platform};
use spelunk_debuginfo::{FrameState, Scope, Variable, VariableValue};
use spelunk_object::{AbsenceReason, Object, sizeof};
use spelunk_types::QualifiedType;
use spelunk_unwind::Registers;
use spelunk_unwind::expression::{
    DwarfRegister, ExpressionError, Location, Piece, PieceKind, Value,
};

/// The object that `variable` of `scope` is in the frame.
pub(super) fn object(
    program: &Program,
    call: &Call,
    scope: &Scope,
    variable: &Variable,
) -> Result<Object> {
    let absent = |ty| Object::absent(ty, AbsenceReason::OptimizedOut);
    let file = match call.module.as_ref().and_then(|module| module.debug_file()) {
        Some(file) => file.debug(),
        None => return Err(crate::Error::other("the frame has lost its file")),
    };
    let ty = file.variable_type(program.types(), variable)?;
    let Some(pc) = call.lookup_address() else {
        return Ok(absent(ty));
    };
    let state = FrameState {
        pc,
        registers: &call.registers,
        row: call.row.as_ref().map(|(row, _)| row),
        platform: program.lookup_platform()?,
        memory: &StackMemory(program),
    };
    let ty = file.variable_type_in(program.types(), variable, scope, state)?;
    let values = Values {
        program,
        platform: state.platform,
        registers: &call.registers,
        ty,
    };
    match file.locate(variable, scope, state)? {
        VariableValue::At(location) => values.at(&location),
        VariableValue::Constant(value) => values.number(value.cast_unsigned(), value < 0),
        VariableValue::Bytes(bytes) => values.bytes(&bytes),
        VariableValue::OptimizedOut => Ok(absent(ty)),
        VariableValue::Unknown(error) => Ok(Object::absent(ty, absence(&error))),
    }
}

fn absence(error: &ExpressionError) -> AbsenceReason {
    match error {
        // What it is computed from is lost: a register, or the value at the function's entry.
        ExpressionError::UnknownRegister(_)
        | ExpressionError::Memory(_)
        | ExpressionError::Missing(_) => AbsenceReason::OptimizedOut,
        ExpressionError::UnknownOperation { .. } | ExpressionError::UnsupportedType(_) => {
            AbsenceReason::NotImplemented
        }
        _ => AbsenceReason::Other,
    }
}

/// Makes objects of one type from what locations say.
struct Values<'a> {
    program: &'a Program,
    platform: Platform,
    registers: &'a Registers,
    ty: QualifiedType,
}

impl Values<'_> {
    fn at(&self, location: &Location) -> Result<Object> {
        if let Some(kind) = location.as_whole() {
            return self.whole(kind);
        }
        self.pieces(&location.pieces)
    }

    fn whole(&self, kind: &PieceKind) -> Result<Object> {
        match kind {
            PieceKind::Memory(address) => {
                Ok(Object::at(self.ty, address & self.platform.address_mask()))
            }
            PieceKind::Register(register) => match self.register(*register) {
                // A value that needs more than the register is in it and its neighbours, and
                // debug information would have said so with pieces.
                Some(bytes) => self.bytes(&bytes),
                None => Ok(self.absent()),
            },
            PieceKind::Value(value) => self.value(value),
            PieceKind::Bytes(bytes) => self.bytes(bytes),
            PieceKind::ImplicitPointer(..) => {
                Ok(Object::absent(self.ty, AbsenceReason::NotImplemented))
            }
            PieceKind::OptimizedOut => Ok(self.absent()),
        }
    }

    fn absent(&self) -> Object {
        Object::absent(self.ty, AbsenceReason::OptimizedOut)
    }

    /// The object whose bytes these are, or the start of these on little-endian machines.
    fn bytes(&self, bytes: &[u8]) -> Result<Object> {
        let Ok(size) = usize::try_from(sizeof(self.program.types(), self.ty)?) else {
            return Ok(self.absent());
        };
        if bytes.len() < size {
            return Ok(self.absent());
        }
        let start = match self.platform.byte_order {
            ByteOrder::Little => 0,
            ByteOrder::Big => bytes.len().saturating_sub(size),
        };
        let bytes = bytes.get(start..).unwrap_or_default();
        let bytes = bytes.get(..size).unwrap_or_default();
        Ok(Object::from_bytes(self.program, self.ty, bytes, 0, None)?)
    }

    fn value(&self, value: &Value) -> Result<Object> {
        self.number(value.bits(), false)
    }

    /// The object that holds this number, wide enough for it or not.
    fn number(&self, bits: u128, is_negative: bool) -> Result<Object> {
        let size = usize::try_from(sizeof(self.program.types(), self.ty)?).unwrap_or(usize::MAX);
        // Objects larger than the number have its extension above it.
        let extension = if is_negative { 0xff } else { 0 };
        if size > 64 {
            return Ok(self.absent());
        }
        let mut bytes = vec![extension; size.max(16)];
        for (byte, value) in bytes.iter_mut().zip(bits.to_le_bytes()) {
            *byte = value;
        }
        if self.platform.byte_order == ByteOrder::Big {
            bytes.reverse();
        }
        self.bytes(&bytes)
    }

    /// The bytes of a register, as the machine would store them.
    fn register(&self, register: DwarfRegister) -> Option<Vec<u8>> {
        let register = self.registers.find_dwarf(register)?;
        let value = self.registers.get(register)?;
        Some(match self.platform.byte_order {
            ByteOrder::Little => value.to_le_bytes().to_vec(),
            ByteOrder::Big => value.to_be_bytes().to_vec(),
        })
    }

    /// The object made of pieces: in memory if all of it is there in order, else a value. One that
    /// is lost in part is absent.
    fn pieces(&self, pieces: &[Piece]) -> Result<Object> {
        if let Some(address) = contiguous(pieces) {
            return Ok(Object::at(self.ty, address & self.platform.address_mask()));
        }
        let size = sizeof(self.program.types(), self.ty)?;
        // Debug information sizes its pieces by the type; a type of the size of memory is wrong.
        const LIMIT: u64 = 1 << 20;
        if size > LIMIT || self.platform.byte_order == ByteOrder::Big {
            return Ok(Object::absent(self.ty, AbsenceReason::NotImplemented));
        }
        let mut bits = Bits::default();
        for piece in pieces {
            let Some(width) = piece.bit_size.filter(|width| *width <= LIMIT * 8) else {
                return Ok(self.absent());
            };
            let Some(bytes) = self.piece_bytes(piece, width)? else {
                return Ok(self.absent());
            };
            bits.push(&bytes, piece.bit_offset, width);
        }
        if (bits.bytes.len() as u64) < size {
            return Ok(self.absent());
        }
        self.bytes(&bits.bytes)
    }

    /// The bytes that a piece of `width` bits is in; `None` if it is lost.
    fn piece_bytes(&self, piece: &Piece, width: u64) -> Result<Option<Vec<u8>>> {
        Ok(match &piece.kind {
            PieceKind::Memory(address) => {
                let size = piece.bit_offset.saturating_add(width).div_ceil(8);
                let space = spelunk_memory::AddressSpace::Virtual;
                self.program.read(space, *address, size).ok()
            }
            PieceKind::Register(register) => self.register(*register),
            PieceKind::Value(value) => Some(value.bits().to_le_bytes().to_vec()),
            PieceKind::Bytes(bytes) => Some(bytes.to_vec()),
            PieceKind::ImplicitPointer(..) | PieceKind::OptimizedOut => None,
        })
    }
}

/// The address of an object whose pieces are all in memory, one behind the other.
fn contiguous(pieces: &[Piece]) -> Option<u64> {
    let mut next: Option<u64> = None;
    let mut start = None;
    for piece in pieces {
        let PieceKind::Memory(address) = piece.kind else {
            return None;
        };
        let width = piece.bit_size.filter(|width| width.is_multiple_of(8))?;
        if piece.bit_offset != 0 || next.is_some_and(|next| next != address) {
            return None;
        }
        start.get_or_insert(address);
        next = address.checked_add(width / 8);
        next?;
    }
    start
}

/// Bits one behind the other, in little-endian bytes.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: u64,
}

impl Bits {
    /// Appends `width` bits of `bytes` from `offset` on; bits that are not there are 0.
    fn push(&mut self, bytes: &[u8], offset: u64, width: u64) {
        for index in 0..width {
            let from = offset.saturating_add(index);
            let byte = usize::try_from(from / 8)
                .ok()
                .and_then(|byte| bytes.get(byte));
            let bit = byte.map_or(0, |byte| byte >> (from % 8) & 1);
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << (self.count % 8);
            }
            self.count = self.count.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_line_up() {
        let mut bits = Bits::default();
        bits.push(&[0b1011_0100], 2, 3); // 101
        bits.push(&[0xff, 0x01], 4, 5); // 11111
        bits.push(&[0x42], 0, 8);
        assert_eq!(bits.bytes, [0b1111_1101, 0x42]);
    }

    #[test]
    fn pieces_in_a_row_are_one_object() {
        let piece = |address, bits| Piece {
            bit_size: Some(bits),
            bit_offset: 0,
            kind: PieceKind::Memory(address),
        };
        assert_eq!(contiguous(&[piece(16, 64), piece(24, 32)]), Some(16));
        assert_eq!(contiguous(&[piece(16, 64), piece(32, 32)]), None);
        assert_eq!(contiguous(&[piece(16, 12), piece(24, 32)]), None);
        assert_eq!(contiguous(&[]), None);
    }
}
