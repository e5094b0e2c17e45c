/// A copy of what is on a thread's stack, or on several that it is on, made while it stood still: a running thread changes what its
/// registers of that moment lead to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StackCopy(Vec<Piece>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Piece {
    start: u64,
    bytes: Vec<u8>,
}

impl StackCopy {
    /// `bytes` are those from the address `start` on.
    #[must_use]
    pub fn new(start: u64, bytes: Vec<u8>) -> Self {
        Self(vec![Piece { start, bytes }])
    }

    /// The same with another stack.
    #[must_use]
    pub fn and(mut self, start: u64, bytes: Vec<u8>) -> Self {
        self.0.push(Piece { start, bytes });
        self
    }

    /// The `size` bytes at `address`, if all of them were copied.
    #[must_use]
    pub fn find(&self, address: u64, size: usize) -> Option<&[u8]> {
        self.0.iter().find_map(|piece| {
            let offset = usize::try_from(address.checked_sub(piece.start)?).ok()?;
            piece.bytes.get(offset..)?.get(..size)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_copied_as_a_whole_is_not_there() {
        let copy = StackCopy::new(0x1000, vec![1, 2, 3, 4]);
        assert_eq!(copy.find(0x1001, 2), Some(&[2, 3][..]));
        assert_eq!(copy.find(0x1002, 2), Some(&[3, 4][..]));
        assert_eq!(copy.find(0x1003, 2), None);
        assert_eq!(copy.find(0xfff, 2), None);
        assert_eq!(copy.find(u64::MAX, 1), None);
        let copy = copy.and(0x800, vec![5, 6]);
        assert_eq!(copy.find(0x801, 1), Some(&[6][..]));
        assert_eq!(copy.find(0x1001, 2), Some(&[2, 3][..]));
        assert_eq!(copy.find(0x801, 2), None);
    }
}
