use crate::ByteOrder;
use std::fmt;

/// A checked reader over bytes: every step either yields a value or says where the bytes ended.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    order: ByteOrder,
}

/// The bytes ended before the value did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truncated {
    /// Offset from the start of the cursor's bytes at which the value should stand.
    pub offset: usize,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data ends in the value at offset {:#x}", self.offset)
    }
}

impl std::error::Error for Truncated {}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        Self {
            bytes,
            position: 0,
            order,
        }
    }

    /// Offset of the next byte from the start.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Moves to `position`, which may be past the end: the next read then fails.
    pub fn seek(&mut self, position: usize) {
        self.position = position;
    }

    /// The bytes not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or(&[])
    }

    /// Whether all bytes were read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// The byte order that integers are read in.
    #[must_use]
    pub fn order(&self) -> ByteOrder {
        self.order
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    ///
    /// [`Truncated`] if there are fewer; the cursor then stays where it was. So do all others.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], Truncated> {
        let bytes = self.rest().get(..count).ok_or(self.truncated())?;
        self.position = self.position.saturating_add(count);
        Ok(bytes)
    }

    /// Passes over the next `count` bytes.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn skip(&mut self, count: usize) -> Result<(), Truncated> {
        self.bytes(count).map(drop)
    }

    /// Passes over what is missing to the next multiple of `alignment` (a power of two).
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn align(&mut self, alignment: usize) -> Result<(), Truncated> {
        let padding = self.position.wrapping_neg() & alignment.wrapping_sub(1);
        self.skip(padding)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Truncated> {
        let array = *self.rest().first_chunk().ok_or(self.truncated())?;
        self.position = self.position.saturating_add(N);
        Ok(array)
    }

    /// The next byte.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn u8(&mut self) -> Result<u8, Truncated> {
        self.array().map(u8::from_ne_bytes)
    }

    /// The next 16-bit integer.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn u16(&mut self) -> Result<u16, Truncated> {
        let order = self.order;
        self.array().map(|bytes| order.u16(bytes))
    }

    /// The next 32-bit integer.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn u32(&mut self) -> Result<u32, Truncated> {
        let order = self.order;
        self.array().map(|bytes| order.u32(bytes))
    }

    /// The next 64-bit integer.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn u64(&mut self) -> Result<u64, Truncated> {
        let order = self.order;
        self.array().map(|bytes| order.u64(bytes))
    }

    /// The next unsigned integer of `size` bytes (1 to 8), such as a target address.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn uint(&mut self, size: usize) -> Result<u64, Truncated> {
        let order = self.order;
        self.bytes(size).map(|bytes| order.uint(bytes))
    }

    /// The next unsigned LEB128 (DWARF 5, section 7.6); bits beyond 64 are dropped.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn uleb128(&mut self) -> Result<u64, Truncated> {
        self.leb128().map(|(value, _)| value)
    }

    /// The next signed LEB128 (DWARF 5, section 7.6); bits beyond 64 are dropped.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn sleb128(&mut self) -> Result<i64, Truncated> {
        let (value, bits) = self.leb128()?;
        let unused = 64u32.saturating_sub(bits);
        Ok((value << unused).cast_signed() >> unused)
    }

    /// The value and how many bits of it were given, 64 at most.
    fn leb128(&mut self) -> Result<(u64, u32), Truncated> {
        // Nearly all are one or two bytes long.
        match self.rest() {
            [byte @ ..0x80, ..] => {
                self.position = self.position.saturating_add(1);
                return Ok((u64::from(*byte), 7));
            }
            [low, high @ ..0x80, ..] => {
                self.position = self.position.saturating_add(2);
                return Ok((u64::from(low & 0x7f) | u64::from(*high) << 7, 14));
            }
            _ => {}
        }
        let mut value = 0u64;
        let mut bits = 0u32;
        for (index, byte) in self.rest().iter().enumerate() {
            value |= u64::from(byte & 0x7f).checked_shl(bits).unwrap_or(0);
            bits = bits.saturating_add(7).min(70);
            if byte & 0x80 == 0 {
                self.position = self.position.saturating_add(index).saturating_add(1);
                return Ok((value, bits.min(64)));
            }
        }
        Err(self.truncated())
    }

    /// The bytes up to the next NUL, which is passed over.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), if there is no NUL.
    pub fn c_str(&mut self) -> Result<&'a [u8], Truncated> {
        let rest = self.rest();
        let length = rest
            .iter()
            .position(|byte| *byte == 0)
            .ok_or(self.truncated())?;
        self.position = self.position.saturating_add(length).saturating_add(1);
        Ok(rest.get(..length).unwrap_or(rest))
    }

    fn truncated(&self) -> Truncated {
        Truncated {
            offset: self.position,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(bytes: &[u8]) -> Cursor<'_> {
        Cursor::new(bytes, ByteOrder::Little)
    }

    #[test]
    fn a_read_past_the_end_leaves_the_cursor_in_place() {
        let mut c = cursor(&[1, 2, 3]);
        assert_eq!(c.u16(), Ok(0x0201));
        assert_eq!(c.u16(), Err(Truncated { offset: 2 }));
        assert_eq!(c.u8(), Ok(3));
        assert!(c.is_empty());
        c.seek(usize::MAX);
        assert_eq!(c.u8(), Err(Truncated { offset: usize::MAX }));
    }

    // The examples in DWARF 5, tables 7.7 and 7.8.
    #[test]
    fn leb128_reads_the_examples_of_the_standard() {
        for (value, bytes) in [
            (2, &[2][..]),
            (127, &[127]),
            (128, &[0x80, 1]),
            (129, &[0x81, 1]),
            (12857, &[0xb9, 0x64]),
        ] {
            assert_eq!(cursor(bytes).uleb128(), Ok(value));
        }
        for (value, bytes) in [
            (2, &[2][..]),
            (-2, &[0x7e]),
            (127, &[0xff, 0]),
            (-127, &[0x81, 0x7f]),
            (128, &[0x80, 1]),
            (-128, &[0x80, 0x7f]),
            (-129, &[0xff, 0x7e]),
        ] {
            assert_eq!(cursor(bytes).sleb128(), Ok(value));
        }
    }

    #[test]
    fn leb128_of_any_length_ends() {
        let long = [0xff; 100];
        assert_eq!(cursor(&long).uleb128(), Err(Truncated { offset: 0 }));
        let mut ended = long;
        ended[99] = 0x7f;
        assert_eq!(cursor(&ended).uleb128(), Ok(u64::MAX));
        assert_eq!(cursor(&ended).sleb128(), Ok(-1));
    }

    #[test]
    fn strings_end_at_nul() {
        let mut c = cursor(b"ab\0c");
        assert_eq!(c.c_str(), Ok(&b"ab"[..]));
        assert_eq!(c.c_str(), Err(Truncated { offset: 3 }));
    }

    #[test]
    fn alignment_counts_from_the_start() {
        let mut c = cursor(&[0; 9]);
        c.skip(5).unwrap();
        c.align(4).unwrap();
        assert_eq!(c.position(), 8);
        c.align(4).unwrap();
        assert_eq!(c.position(), 8);
        c.skip(1).unwrap();
        assert_eq!(c.align(4), Err(Truncated { offset: 9 }));
    }
}
