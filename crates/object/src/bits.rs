//! Integers of any width, at any bit of a buffer, in either byte order.
//!
//! A bit offset counts from the least significant bit of the first byte in little-endian order,
//! from the most significant one in big-endian order. So a value starts at bit 0 of its bytes.

use num_bigint::BigUint;
use spelunk_base::ByteOrder;

/// Bytes that hold `bits` bits from bit `offset` of the first one on.
pub(crate) fn bytes_for(offset: u64, bits: u64) -> Option<u64> {
    Some(offset.checked_add(bits)?.div_ceil(8))
}

/// The `size` (1 to 128) bits at `offset` (0 to 7), as the low bits of the result.
pub(crate) fn read(bytes: &[u8], order: ByteOrder, offset: u32, size: u32) -> Option<u128> {
    if !(1..=128).contains(&size) || offset > 7 {
        return None;
    }
    let length = (offset + size).div_ceil(8) as usize;
    let bytes = bytes.get(..length)?;
    // What nearly everything is: whole bytes of up to 64 bits.
    if offset == 0 && size <= 64 && size.is_multiple_of(8) {
        return Some(order.uint(bytes).into());
    }
    // Up to 135 bits stand in 17 bytes: the odd byte is kept apart.
    let (low, odd) = bytes.split_at_checked(16).unwrap_or((bytes, &[]));
    let mut padded = [0; 16];
    let value = match order {
        ByteOrder::Little => {
            padded.get_mut(..low.len())?.copy_from_slice(low);
            let odd = odd.first().copied().unwrap_or(0);
            u128::from_le_bytes(padded) >> offset | high_part(odd, offset)
        }
        ByteOrder::Big => {
            padded
                .get_mut(16usize.checked_sub(low.len())?..)?
                .copy_from_slice(low);
            let value = u128::from_be_bytes(padded);
            let unused = (length as u32 * 8) - offset - size;
            match odd.first() {
                Some(last) => value << (8 - unused) | u128::from(last >> unused),
                None => value >> unused,
            }
        }
    };
    Some(truncate(value, size))
}

/// The bits of the 17th byte, moved above the 128 - offset bits that come from the others.
fn high_part(byte: u8, offset: u32) -> u128 {
    match offset {
        0 => 0,
        _ => u128::from(byte) << (128 - offset),
    }
}

/// `value`'s low `size` (1 to 128) bits, from bit 0 of the bytes on. The last byte is filled up
/// with zeros.
pub(crate) fn write(value: u128, order: ByteOrder, size: u32) -> ([u8; 16], usize) {
    let size = size.clamp(1, 128);
    let length = size.div_ceil(8) as usize;
    let value = truncate(value, size);
    match order {
        ByteOrder::Little => (value.to_le_bytes(), length),
        ByteOrder::Big => ((value << (128 - size)).to_be_bytes(), length),
    }
}

/// [`read`] for more than 128 bits.
pub(crate) fn read_wide(bytes: &[u8], order: ByteOrder, offset: u32, size: u32) -> Option<BigUint> {
    let length = (u64::from(offset) + u64::from(size)).div_ceil(8);
    let bytes = bytes.get(..usize::try_from(length).ok()?)?;
    let value = match order {
        ByteOrder::Little => BigUint::from_bytes_le(bytes) >> offset,
        ByteOrder::Big => {
            let unused = length * 8 - u64::from(offset) - u64::from(size);
            BigUint::from_bytes_be(bytes) >> unused
        }
    };
    Some(value & ((BigUint::from(1u8) << size) - 1u8))
}

/// [`write`] for more than 128 bits; `value` has no others.
pub(crate) fn write_wide(value: BigUint, order: ByteOrder, size: u32) -> Vec<u8> {
    let length = size.div_ceil(8);
    let mut bytes = match order {
        ByteOrder::Little => value,
        ByteOrder::Big => value << (u64::from(length) * 8 - u64::from(size)),
    }
    .to_bytes_le();
    bytes.resize(length as usize, 0);
    if order == ByteOrder::Big {
        bytes.reverse();
    }
    bytes
}

/// The low 128 bits of `value`.
pub(crate) fn low_128(value: &BigUint) -> u128 {
    let mut words = value.iter_u64_digits();
    let mut word = || u128::from(words.next().unwrap_or(0));
    word() | word() << 64
}

/// The low `size` bits of `value`.
#[inline]
pub(crate) fn truncate(value: u128, size: u32) -> u128 {
    match size {
        0 => 0,
        1..128 => value & ((1 << size) - 1),
        _ => value,
    }
}

/// The low `size` bits of `value` as a number in two's complement.
#[inline]
pub(crate) fn sign_extend(value: u128, size: u32) -> i128 {
    if let 1..=64 = size {
        let unused = 64 - size;
        return ((value << unused) as i64 >> unused).into();
    }
    let unused = 128u32.saturating_sub(size).min(127);
    (value << unused).cast_signed() >> unused
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One bit at a time, by the definition of the bit order.
    fn read_slowly(bytes: &[u8], order: ByteOrder, offset: u32, size: u32) -> u128 {
        (0..size).fold(0, |value, index| {
            let place = offset + index;
            let byte = bytes[place as usize / 8];
            match order {
                ByteOrder::Little => value | u128::from(byte >> (place % 8) & 1) << index,
                ByteOrder::Big => value << 1 | u128::from(byte >> (7 - place % 8) & 1),
            }
        })
    }

    #[test]
    fn any_bits_read_as_their_definition_says() {
        let bytes: Vec<u8> = (0..17u8).map(|n| n.wrapping_mul(151) ^ 0x5a).collect();
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for offset in 0..8 {
                for size in 1..=128 {
                    assert_eq!(
                        read(&bytes, order, offset, size),
                        Some(read_slowly(&bytes, order, offset, size)),
                        "{order:?} {offset} {size}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_was_written_reads_back() {
        let value = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210;
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for size in 1..=128 {
                let (bytes, length) = write(value, order, size);
                assert_eq!(length as u32, size.div_ceil(8));
                assert_eq!(
                    read(&bytes[..length], order, 0, size),
                    Some(truncate(value, size))
                );
            }
        }
    }

    #[test]
    fn wide_integers_are_laid_out_as_narrow_ones() {
        let bytes: Vec<u8> = (0..40u8).map(|n| n.wrapping_mul(151) ^ 0x5a).collect();
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for offset in 0..8 {
                for size in 1..=128 {
                    assert_eq!(
                        read_wide(&bytes, order, offset, size),
                        read(&bytes, order, offset, size).map(BigUint::from)
                    );
                }
                for size in [129, 136, 200, 256, 300] {
                    let value = read_wide(&bytes, order, offset, size).unwrap();
                    let written = write_wide(value.clone(), order, size);
                    assert_eq!(written.len() as u32, size.div_ceil(8));
                    assert_eq!(read_wide(&written, order, 0, size), Some(value));
                }
            }
        }
        assert_eq!(read_wide(&bytes, ByteOrder::Big, 1, 320), None);
    }

    #[test]
    fn reading_past_the_end_is_refused() {
        assert_eq!(read(&[0; 2], ByteOrder::Little, 4, 13), None);
        assert_eq!(read(&[0; 2], ByteOrder::Little, 4, 12), Some(0));
        assert_eq!(read(&[], ByteOrder::Big, 0, 1), None);
        assert_eq!(read(&[0; 40], ByteOrder::Big, 0, 129), None);
    }

    #[test]
    fn the_sign_is_the_highest_bit() {
        assert_eq!(sign_extend(0b1000, 4), -8);
        assert_eq!(sign_extend(0b0111, 4), 7);
        assert_eq!(sign_extend(u128::MAX, 128), -1);
        assert_eq!(sign_extend(0x1f, 4), -1);
    }
}
