use super::Kallsyms;
use spelunk_base::{ByteOrder, Cursor};
use std::fmt;

/// `KSYM_NAME_LEN` is 128, and 512 since 6.1; nothing longer is believed.
const MAX_NAME: usize = 1024;

/// How many bytes of names one byte of their compressed form is believed to stand for on average: it is 2 to 3.
const MAX_RATIO: usize = 16;

/// The tables, as they stand in memory.
#[derive(Clone, Copy, Debug)]
pub struct KallsymsTables<'a> {
    /// `kallsyms_num_syms`: how many symbols there are.
    pub count: u32,
    /// `kallsyms_names`: for each symbol the length of its compressed name, in one byte, or two since 6.1 where the
    /// uppermost bit of the first is set, and as many indices of tokens. More bytes may follow.
    pub names: &'a [u8],
    /// `kallsyms_token_table`: the tokens, NUL after each. More bytes may follow.
    pub token_table: &'a [u8],
    /// `kallsyms_token_index`: for each of the 256 tokens where it is in the table, 16 bits each.
    pub token_index: &'a [u8],
    /// The addresses.
    pub addresses: AddressTable<'a>,
    /// The byte order of all numbers.
    pub order: ByteOrder,
}

/// The forms in which addresses are told.
#[derive(Clone, Copy, Debug)]
pub enum AddressTable<'a> {
    /// `kallsyms_addresses`: the addresses themselves. All kernels until 4.6, some until 6.10.
    Absolute {
        /// The table.
        addresses: &'a [u8],
        /// Bytes of an address.
        word: usize,
    },
    /// `kallsyms_offsets` to `kallsyms_relative_base`, 32 bits each. 4.6 until it was made without a base.
    ///
    /// With `CONFIG_KALLSYMS_ABSOLUTE_PERCPU` (x86 until 6.15) those that are not negative are addresses themselves: the
    /// per-CPU symbols, which are linked at 0; the others are `base - 1 - offset`. No kernel's image has 2 GiB, so that
    /// a negative one tells that it is so.
    ToBase {
        /// The offsets.
        offsets: &'a [u8],
        /// What they are relative to.
        base: u64,
    },
    /// `kallsyms_offsets`, each relative to its own place: 32 bits, with a sign. Kernels that have no
    /// `kallsyms_relative_base`, such as 7.2.
    ToItself {
        /// The offsets.
        offsets: &'a [u8],
        /// Where the first of them is.
        address: u64,
    },
}

/// The tables contradict themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DamagedKallsyms {
    /// Which of the tables.
    pub table: &'static str,
    /// The symbol at which this was seen.
    pub symbol: u32,
}

impl fmt::Display for DamagedKallsyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, symbol } = self;
        write!(
            f,
            "damaged kallsyms: {table} makes no sense at symbol {symbol}"
        )
    }
}

impl std::error::Error for DamagedKallsyms {}

impl KallsymsTables<'_> {
    /// The symbols.
    ///
    /// # Errors
    ///
    /// If the tables contradict themselves.
    pub fn parse(&self) -> Result<Kallsyms, DamagedKallsyms> {
        // Each symbol takes two bytes at least; so much may be allocated, too.
        if self.names.len() / 2 < self.count as usize {
            return Err(damaged("kallsyms_num_syms", 0));
        }
        let tokens = Tokens {
            table: self.token_table,
            index: self.token_index,
            order: self.order,
        };
        let has_absolute = self.addresses.has_negative(self.count, self.order);
        let limit = self.names.len().saturating_mul(MAX_RATIO);
        let mut symbols = Kallsyms::with_capacity(self.count as usize);
        let mut names = Cursor::new(self.names, self.order);
        let mut name = Vec::new();
        for symbol in 0..self.count {
            let compressed = compressed_name(&mut names);
            let compressed = compressed.ok_or(damaged("kallsyms_names", symbol))?;
            name.clear();
            for index in compressed {
                let token = tokens.get(*index);
                name.extend_from_slice(token.ok_or(damaged("kallsyms_token_index", symbol))?);
                if name.len() > MAX_NAME {
                    return Err(damaged("kallsyms_names", symbol));
                }
            }
            let address = self
                .addresses
                .get(symbol as usize, has_absolute, self.order);
            let address = address.ok_or(damaged("kallsyms_offsets", symbol))?;
            let Some((letter, name)) = name.split_first() else {
                return Err(damaged("kallsyms_names", symbol));
            };
            symbols.push(*letter, name, address);
            if symbols.names_len() > limit {
                return Err(damaged("kallsyms_names", symbol));
            }
        }
        Ok(symbols)
    }
}

fn damaged(table: &'static str, symbol: u32) -> DamagedKallsyms {
    DamagedKallsyms { table, symbol }
}

/// The next compressed name, its type in front.
pub(super) fn compressed_name<'a>(names: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let mut len = usize::from(names.u8().ok()?);
    // Since 6.1 ("kallsyms: support "big" kernel symbols"). Before, none was as long.
    if len & 0x80 != 0 {
        len = len & 0x7f | usize::from(names.u8().ok()?) << 7;
    }
    names.bytes(len).ok()
}

/// The pieces of which names are made.
struct Tokens<'a> {
    table: &'a [u8],
    index: &'a [u8],
    order: ByteOrder,
}

impl<'a> Tokens<'a> {
    fn get(&self, index: u8) -> Option<&'a [u8]> {
        let mut places = Cursor::new(self.index, self.order);
        places.seek(usize::from(index).checked_mul(2)?);
        let mut table = Cursor::new(self.table, self.order);
        table.seek(places.u16().ok()?.into());
        table.c_str().ok()
    }
}

impl AddressTable<'_> {
    /// Whether there are negative offsets to the base among the first `count`.
    fn has_negative(&self, count: u32, order: ByteOrder) -> bool {
        let Self::ToBase { offsets, .. } = *self else {
            return false;
        };
        let mut cursor = Cursor::new(offsets, order);
        (0..count)
            .map_while(|_| cursor.u32().ok())
            .any(|offset| offset.cast_signed() < 0)
    }

    /// The address of symbol `index`.
    fn get(&self, index: usize, has_absolute: bool, order: ByteOrder) -> Option<u64> {
        let at = |table, size: usize| {
            let mut cursor = Cursor::new(table, order);
            cursor.seek(index.checked_mul(size)?);
            cursor.uint(size).ok()
        };
        let offset = |table| Some(u32::try_from(at(table, 4)?).ok()?.cast_signed());
        Some(match *self {
            Self::Absolute { addresses, word } => at(addresses, word)?,
            Self::ToBase { offsets, base } => {
                let offset = offset(offsets)?;
                match has_absolute {
                    false => base.wrapping_add(offset.cast_unsigned().into()),
                    true if offset >= 0 => offset.unsigned_abs().into(),
                    true => base
                        .wrapping_sub(1)
                        .wrapping_add(offset.unsigned_abs().into()),
                }
            }
            Self::ToItself { offsets, address } => address
                .wrapping_add(index.checked_mul(4)? as u64)
                .wrapping_add_signed(offset(offsets)?.into()),
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
