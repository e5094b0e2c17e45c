use super::seen::mix;
use gimli::constants as dw;
use std::slice::Iter;

/// Bytes of a declaration that can be remembered: nearly all have fewer.
const SIZE: usize = 40;

/// The bytes of an abbreviation's declaration, without its code. Most units of a program have the same
/// ones, in other orders.
#[derive(Clone, Copy, Eq, Debug)]
pub(super) struct Declaration([u64; SIZE / 8]);

impl PartialEq for Declaration {
    // Nearly all that are compared are the same: to look at all words takes no choice.
    fn eq(&self, other: &Self) -> bool {
        let words = self.0.iter().zip(&other.0);
        words.fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
    }
}

impl Declaration {
    /// A number that is nearly always another one for another declaration; `seed` is one that nobody
    /// who writes declarations knows.
    #[inline]
    pub(super) fn hash(&self, seed: u64) -> u64 {
        self.0.iter().fold(seed, |hash, word| mix(hash, *word))
    }

    /// The declaration that `bytes` start with, and its size; `None` if it is long, or near the end.
    #[inline]
    pub(super) fn find(bytes: &[u8]) -> Option<(Self, usize)> {
        let window: &[u8; SIZE] = bytes.first_chunk()?;
        let mut rest = window.iter();
        let _tag = leb128(&mut rest)?;
        let _has_children = rest.next()?;
        loop {
            let (name, form) = (leb128(&mut rest)?, leb128(&mut rest)?);
            if name == 0 && form == 0 {
                break;
            }
            if u16::from(form) == dw::DW_FORM_implicit_const.0 {
                leb128(&mut rest)?;
            }
        }
        let size = SIZE.checked_sub(rest.len())?;
        let mut own = *window;
        own.get_mut(size..)?.fill(0);
        // Words are compared faster.
        let mut words = [0; SIZE / 8];
        for (word, bytes) in words.iter_mut().zip(own.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Some((Self(words), size))
    }
}

/// Passes over a number. Returns it if it has one byte, else what no such number is.
#[inline]
fn leb128(bytes: &mut Iter<'_, u8>) -> Option<u8> {
    let first = *bytes.next()?;
    if first >= 0x80 {
        while *bytes.next()? >= 0x80 {}
    }
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_end_with_two_zeros_that_are_no_constant() {
        let size = |bytes: &[u8]| {
            let mut window = bytes.to_vec();
            window.resize(SIZE, 0xaa);
            Declaration::find(&window).map(|(_, size)| size)
        };
        // A tag, no children, nothing; a name; a number of two bytes.
        assert_eq!(size(&[0x24, 0, 0, 0]), Some(4));
        assert_eq!(size(&[0x34, 1, 3, 8, 0, 0]), Some(6));
        assert_eq!(size(&[0xb4, 0x42, 1, 0x87, 0x40, 0x19, 0, 0]), Some(8));
        // A constant of 0, in front of the end; one of two bytes.
        assert_eq!(size(&[0x16, 0, 0x3a, 0x21, 0, 0, 0]), Some(7));
        assert_eq!(size(&[0x16, 0, 0x3a, 0x21, 0x80, 0, 0, 0]), Some(8));
        // An attribute 0 or a form 0 alone is no end.
        assert_eq!(size(&[0x16, 0, 0, 8, 3, 0, 0, 0]), Some(8));
        assert_eq!(size(&[0x16]), None);
        assert_eq!(Declaration::find(&[0x16, 0, 0, 0]), None);
    }

    #[test]
    fn what_follows_does_not_count() {
        let find = |behind: u8| {
            let mut window = [behind; SIZE];
            window[..6].copy_from_slice(&[0x34, 0, 3, 8, 0, 0]);
            Declaration::find(&window)
        };
        assert_eq!(find(0), find(0xff));
        let (a, _) = Declaration::find(&[1; SIZE].map(|_| 0)).unwrap();
        assert_ne!(Some(a), find(0).map(|(declaration, _)| declaration));
    }
}
