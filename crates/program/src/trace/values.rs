//! Objects from what locations say.

use super::unwinder::StackMemory;
use crate::{Program, Result};
use spelunk_base::ByteOrder;
use spelunk_debuginfo::FrameState;
use spelunk_object::{AbsenceReason, Object, sizeof};
use spelunk_types::QualifiedType;
use spelunk_unwind::Memory;
use spelunk_unwind::expression::{DwarfRegister, Location, Piece, PieceKind, Value};

/// Debug information sizes pieces by types; an object of the size of memory is wrong.
const MAX_SIZE: u64 = 1 << 20;

/// Makes objects of one type from what locations say.
pub(super) struct Values<'a> {
    pub(super) program: &'a Program,
    pub(super) state: &'a FrameState<'a>,
    pub(super) ty: QualifiedType,
}

impl Values<'_> {
    /// The object at a location.
    pub(super) fn at(&self, location: &Location) -> Result<Object> {
        if let Some(kind) = location.as_whole() {
            return self.whole(kind);
        }
        self.pieces(&location.pieces)
    }

    fn whole(&self, kind: &PieceKind) -> Result<Object> {
        match kind {
            PieceKind::Memory(address) => Ok(Object::at(self.ty, self.masked(*address))),
            PieceKind::Register(register) => match self.register(*register, self.size()?) {
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

    fn masked(&self, address: u64) -> u64 {
        address & self.state.platform.address_mask()
    }

    fn order(&self) -> ByteOrder {
        self.state.platform.byte_order
    }

    fn size(&self) -> Result<u64> {
        Ok(sizeof(self.program.types(), self.ty)?)
    }

    fn absent(&self) -> Object {
        Object::absent(self.ty, AbsenceReason::OptimizedOut)
    }

    /// The object whose bytes these are; of more, those of the lowest value.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<Object> {
        let Ok(size) = usize::try_from(self.size()?) else {
            return Ok(self.absent());
        };
        let Some(spare) = bytes.len().checked_sub(size) else {
            return Ok(self.absent());
        };
        let start = match self.order() {
            ByteOrder::Little => 0,
            ByteOrder::Big => spare,
        };
        let bytes = bytes.get(start..).unwrap_or_default();
        let bytes = bytes.get(..size).unwrap_or_default();
        Ok(Object::from_bytes(self.program, self.ty, bytes, 0, None)?)
    }

    /// The object that holds this number.
    pub(super) fn value(&self, value: &Value) -> Result<Object> {
        self.number(value.bits(), false)
    }

    /// The object that holds this number, wide enough for it or not.
    pub(super) fn number(&self, bits: u128, is_negative: bool) -> Result<Object> {
        let size = usize::try_from(self.size()?).unwrap_or(usize::MAX);
        // Objects larger than the number have its extension above it.
        let extension = if is_negative { 0xff } else { 0 };
        if size > 64 {
            return Ok(self.absent());
        }
        let mut bytes = vec![extension; size.max(16)];
        for (byte, value) in bytes.iter_mut().zip(bits.to_le_bytes()) {
            *byte = value;
        }
        if self.order() == ByteOrder::Big {
            bytes.reverse();
        }
        self.bytes(&bytes)
    }

    /// The bytes of a register, as the machine would store them; the first `size` by value count.
    fn register(&self, number: DwarfRegister, size: u64) -> Option<Vec<u8>> {
        let registers = self.state.registers;
        let register = registers.find_dwarf(number);
        let bytes = match register.and_then(|register| registers.get(register)) {
            Some(value) => value.to_le_bytes().to_vec(),
            None => {
                let value = {
                    let size = usize::try_from(size).map_or(8, |size| size.clamp(1, 8));
                    self.state.around?.at_call(number, size).ok()?
                };
                match value.size() {
                    ..=8 => value.to_u64().to_le_bytes().to_vec(),
                    _ => value.bits().to_le_bytes().to_vec(),
                }
            }
        };
        Some(self.ordered(bytes))
    }

    /// Little-endian bytes in the order of the machine.
    fn ordered(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        if self.order() == ByteOrder::Big {
            bytes.reverse();
        }
        bytes
    }

    /// The object made of pieces: in memory if all of it is there in order, else a value, of which
    /// some parts may be lost.
    fn pieces(&self, pieces: &[Piece]) -> Result<Object> {
        let size = self.size()?;
        if let Some(address) = contiguous(pieces, size) {
            return Ok(Object::at(self.ty, self.masked(address)));
        }
        if size > MAX_SIZE {
            return Ok(Object::absent(self.ty, AbsenceReason::NotImplemented));
        }
        let mut bits = Bits::new(self.order());
        for piece in pieces {
            let Some(width) = piece.bit_size.filter(|width| *width <= MAX_SIZE * 8) else {
                return Ok(self.absent());
            };
            let Some(bytes) = self.piece_bytes(piece, width) else {
                bits.push_unknown(width);
                continue;
            };
            // Of a value the lowest bits are taken, which are last in big-endian bytes.
            let start = match (&piece.kind, self.order()) {
                (PieceKind::Register(_) | PieceKind::Value(_), ByteOrder::Big) => {
                    let end = piece.bit_offset.saturating_add(width);
                    (bytes.len() as u64).saturating_mul(8).checked_sub(end)
                }
                _ => Some(piece.bit_offset),
            };
            match start {
                Some(start) => bits.push(&bytes, start, width),
                None => bits.push_unknown(width),
            }
        }
        // What no piece is of is not known either.
        bits.push_unknown(size.saturating_mul(8).saturating_sub(bits.count));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let bytes = bits.bytes.get(..size).unwrap_or_default();
        let known = bits.known.get(..size).unwrap_or_default();
        Ok(Object::from_known_bytes(
            self.program,
            self.ty,
            bytes,
            known,
        )?)
    }

    /// The bytes that a piece of `width` bits is in; `None` if it is lost.
    fn piece_bytes(&self, piece: &Piece, width: u64) -> Option<Vec<u8>> {
        match &piece.kind {
            PieceKind::Memory(address) => {
                let size = piece.bit_offset.saturating_add(width).div_ceil(8);
                let size = usize::try_from(size.min(MAX_SIZE)).ok()?;
                let mut bytes = vec![0; size];
                StackMemory::now(self.program)
                    .read(*address, &mut bytes)
                    .ok()?;
                Some(bytes)
            }
            PieceKind::Register(register) => {
                let end = piece.bit_offset.saturating_add(width);
                self.register(*register, end.div_ceil(8))
            }
            PieceKind::Value(value) => {
                let bytes = value.bits().to_le_bytes();
                Some(self.ordered(bytes.get(..value.size())?.to_vec()))
            }
            PieceKind::Bytes(bytes) => Some(bytes.to_vec()),
            PieceKind::ImplicitPointer(..) | PieceKind::OptimizedOut => None,
        }
    }
}

/// The address of an object of `size` bytes whose pieces are all in memory, one behind the other.
fn contiguous(pieces: &[Piece], size: u64) -> Option<u64> {
    let mut next: Option<u64> = None;
    let mut start: Option<u64> = None;
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
    // The rest of a larger object is nowhere.
    (next?.checked_sub(start?)? >= size).then_some(start)?
}

/// Bits one behind the other in bytes, of which the machine counts the lowest bit of each first, or
/// the highest.
struct Bits {
    order: ByteOrder,
    bytes: Vec<u8>,
    /// 1 for each bit that is known.
    known: Vec<u8>,
    count: u64,
}

impl Bits {
    fn new(order: ByteOrder) -> Self {
        Self {
            order,
            bytes: Vec::new(),
            known: Vec::new(),
            count: 0,
        }
    }

    /// Appends `width` bits of `bytes` from `offset` on; bits that are not there are 0.
    fn push(&mut self, bytes: &[u8], offset: u64, width: u64) {
        for index in 0..width {
            let from = offset.saturating_add(index);
            let byte = usize::try_from(from / 8)
                .ok()
                .and_then(|byte| bytes.get(byte));
            let bit = byte.map_or(0, |byte| byte >> self.place(from) & 1);
            self.push_bit(bit, 1);
        }
    }

    /// Appends `width` bits that are not known.
    fn push_unknown(&mut self, width: u64) {
        for _ in 0..width {
            self.push_bit(0, 0);
        }
    }

    fn push_bit(&mut self, bit: u8, known: u8) {
        let place = self.place(self.count);
        if self.count.is_multiple_of(8) {
            self.bytes.push(0);
            self.known.push(0);
        }
        if let (Some(byte), Some(mask)) = (self.bytes.last_mut(), self.known.last_mut()) {
            *byte |= bit << place;
            *mask |= known << place;
        }
        self.count = self.count.saturating_add(1);
    }

    fn place(&self, bit: u64) -> u64 {
        match self.order {
            ByteOrder::Little => bit % 8,
            ByteOrder::Big => 7 - bit % 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_line_up() {
        let mut bits = Bits::new(ByteOrder::Little);
        bits.push(&[0b1011_0100], 2, 3); // 101
        bits.push(&[0xff, 0x01], 4, 5); // 11111
        bits.push(&[0x42], 0, 8);
        bits.push_unknown(3);
        bits.push(&[1], 0, 1);
        assert_eq!(bits.bytes, [0b1111_1101, 0x42, 0b1000]);
        assert_eq!(bits.known, [0xff, 0xff, 0b1000]);
    }

    #[test]
    fn bits_of_big_endian_machines_line_up_from_the_highest() {
        let mut bits = Bits::new(ByteOrder::Big);
        bits.push(&[0b0010_1101], 2, 3); // 101
        bits.push(&[0x0f, 0x80], 4, 5); // 11111
        bits.push(&[0x42], 0, 8);
        assert_eq!(bits.bytes, [0b1011_1111, 0x42]);
    }

    #[test]
    fn pieces_in_a_row_are_one_object() {
        let piece = |address, bits| Piece {
            bit_size: Some(bits),
            bit_offset: 0,
            kind: PieceKind::Memory(address),
        };
        assert_eq!(contiguous(&[piece(16, 64), piece(24, 32)], 12), Some(16));
        assert_eq!(contiguous(&[piece(16, 64), piece(32, 32)], 12), None);
        assert_eq!(contiguous(&[piece(16, 12), piece(24, 32)], 12), None);
        assert_eq!(contiguous(&[piece(16, 64), piece(24, 32)], 16), None);
        assert_eq!(contiguous(&[], 0), None);
    }
}
