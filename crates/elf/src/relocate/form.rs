use spelunk_base::ByteOrder;

/// What a relocation does to its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Form {
    pub(super) field: Field,
    pub(super) value: Value,
}

/// The bits that a relocation stores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    /// None: a hint to the linker, or padding.
    None,
    /// 1, 2, 3, 4 or 8 bytes.
    Bytes(usize),
    /// The low six bits of a byte: the distance in `DW_CFA_advance_loc`.
    SixBits,
    /// A number in LEB128 that stays as long as it is.
    Uleb128,
}

/// What a relocation stores, in the words of the ABIs: S is the symbol's value, A the addend, P the
/// place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// S + A
    Absolute,
    /// S + A - P
    Relative,
    /// What was there + S + A
    Add,
    /// What was there - S - A: a distance takes an addition and a subtraction.
    Subtract,
    /// S + A - this, of a variable in its thread's block: pointers to blocks point behind their
    /// start on some machines, which the addend makes up for.
    ThreadLocal(u64),
}

/// Nothing to be done.
pub(super) const NONE: Form = form(Field::None, Value::Absolute);

pub(super) const fn absolute(size: usize) -> Form {
    form(Field::Bytes(size), Value::Absolute)
}

pub(super) const fn relative(size: usize) -> Form {
    form(Field::Bytes(size), Value::Relative)
}

pub(super) const fn add(size: usize) -> Form {
    form(Field::Bytes(size), Value::Add)
}

pub(super) const fn subtract(size: usize) -> Form {
    form(Field::Bytes(size), Value::Subtract)
}

pub(super) const fn thread_local(size: usize, bias: u64) -> Form {
    form(Field::Bytes(size), Value::ThreadLocal(bias))
}

pub(super) const fn form(field: Field, value: Value) -> Form {
    Form { field, value }
}

impl Field {
    /// The bytes at the start of `bytes` that the field is in; `None` if they end in it.
    pub(super) fn place(self, bytes: &mut [u8]) -> Option<&mut [u8]> {
        let size = match self {
            Self::None => 0,
            Self::Bytes(size) => size,
            Self::SixBits => 1,
            Self::Uleb128 => bytes
                .iter()
                .position(|byte| byte & 0x80 == 0)?
                .checked_add(1)?,
        };
        bytes.get_mut(..size)
    }

    /// The number that stands there.
    pub(super) fn load(self, place: &[u8], order: ByteOrder) -> u64 {
        match self {
            Self::None => 0,
            Self::Bytes(_) => order.uint(place),
            Self::SixBits => order.uint(place) & 0x3f,
            Self::Uleb128 => {
                let bytes = place.iter().rev();
                bytes.fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
            }
        }
    }

    /// Stores as many of the low bits as there is room for.
    pub(super) fn store(self, place: &mut [u8], mut value: u64, order: ByteOrder) {
        match self {
            Self::None => {}
            Self::Bytes(_) => {
                let source = value.to_le_bytes();
                let source = source.iter();
                match order {
                    ByteOrder::Little => place.iter_mut().zip(source).for_each(|(p, b)| *p = *b),
                    ByteOrder::Big => {
                        let place = place.iter_mut().rev();
                        place.zip(source).for_each(|(p, b)| *p = *b);
                    }
                }
            }
            Self::SixBits => {
                let low = value.to_le_bytes()[0] & 0x3f;
                place.iter_mut().for_each(|byte| *byte = *byte & 0xc0 | low);
            }
            Self::Uleb128 => {
                for byte in place {
                    let low = value.to_le_bytes()[0] & 0x7f;
                    *byte = *byte & 0x80 | low;
                    value >>= 7;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_the_bits_around_them() {
        let mut bytes = [0x80, 0x80, 0x00, 0xff];
        let place = Field::Uleb128.place(&mut bytes).unwrap();
        assert_eq!(place.len(), 3);
        Field::Uleb128.store(place, 0x1_0000_4081, ByteOrder::Big);
        assert_eq!(Field::Uleb128.load(place, ByteOrder::Big), 0x4081);
        assert_eq!(bytes, [0x81, 0x81, 0x01, 0xff]);

        let mut advance = [0x43];
        assert_eq!(Field::SixBits.load(&advance, ByteOrder::Little), 3);
        Field::SixBits.store(&mut advance, 0xff, ByteOrder::Little);
        assert_eq!(advance, [0x7f]);

        let mut word = [0; 4];
        Field::Bytes(4).store(&mut word, 0x1_0203_0405, ByteOrder::Big);
        assert_eq!(word, [2, 3, 4, 5]);
    }

    #[test]
    fn fields_that_are_cut_off_have_no_place() {
        assert_eq!(Field::Uleb128.place(&mut [0x80, 0x80]), None);
        assert_eq!(Field::Bytes(4).place(&mut [0; 3]), None);
        assert_eq!(Field::SixBits.place(&mut []), None);
    }
}
