//! Bitmaps: `include/linux/bitops.h`, `include/linux/bitmap.h`.

use crate::access::{byte_order, read, word_size};
use crate::helper::{Args, Front, Helper, HelperModule, Output, Param, Value};
use spelunk_base::ByteOrder;
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};

/// No bitmap of the kernel is larger; what claims to be is damaged.
const MAX_BITS: u64 = 1 << 28;

/// A bitmap, read.
pub struct Bitmap {
    bytes: Vec<u8>,
    size: u64,
    order: ByteOrder,
    word_size: usize,
}

impl Bitmap {
    /// The bitmap of `size` bits at `address`: an array of `unsigned long`.
    pub fn read(program: &Program, address: u64, size: u64) -> Result<Self> {
        if size > MAX_BITS {
            return Err(Error::value(format!("no bitmap has {size} bits")));
        }
        let word_size = word_size(program);
        let bits = (word_size as u64).saturating_mul(8);
        let words = usize::try_from(size.div_ceil(bits.max(1))).unwrap_or(0);
        let mut bytes = vec![0; words.saturating_mul(word_size)];
        read(program, address, &mut bytes)?;
        Ok(Self {
            bytes,
            size,
            order: byte_order(program),
            word_size,
        })
    }

    /// Whether bit `index` is set.
    #[must_use]
    pub fn contains(&self, index: u64) -> bool {
        if index >= self.size {
            return false;
        }
        let byte = usize::try_from(index / 8).unwrap_or(usize::MAX);
        // On big-endian machines the lowest byte is the last of its word.
        let byte = match self.order {
            ByteOrder::Little => byte,
            ByteOrder::Big => byte ^ self.word_size.saturating_sub(1),
        };
        let byte = self.bytes.get(byte).copied().unwrap_or(0);
        byte >> (index % 8) & 1 != 0
    }

    /// The bits that are (or are not) set, in order.
    pub fn into_bits(self, set: bool) -> impl Iterator<Item = u64> + Send + 'static {
        (0..self.size).filter(move |index| self.contains(*index) == set)
    }

    /// How many bits are set.
    #[must_use]
    pub fn weight(&self) -> u64 {
        (0..self.size).filter(|index| self.contains(*index)).count() as u64
    }
}

/// The bitmap at an object, which is a pointer to or an array of words.
fn bitmap(program: &Program, args: &Args) -> Result<Bitmap> {
    Bitmap::read(program, words(program, args.object(0)?)?, args.address(1)?)
}

/// Where the words of a bitmap begin.
fn words(program: &Program, object: &Object) -> Result<u64> {
    match object.to_u64(program) {
        Ok(address) => Ok(address),
        // An array, then.
        Err(_) => Ok(object.address_of(program)?.to_u64(program)?),
    }
}

const BITMAP: Param = Param::object("bitmap", "unsigned long *");
const SIZE: Param = Param::int("size", "How many bits it has.");

const BITMAP_MODULE: HelperModule = HelperModule("bitmap");
const BITOPS_MODULE: HelperModule = HelperModule("bitops");

pub(super) static HELPERS: &[Helper] = &[
    BITOPS_MODULE.helper(
        "for_each_set_bit",
        Front::Nothing,
        &[BITMAP, SIZE],
        Output::Returns("Iterator[int]", ""),
        "Iterate over the numbers of the bits of a bitmap that are 1.",
        |program, args| Ok(Value::ready(bitmap(program, args)?.into_bits(true))),
    ),
    BITOPS_MODULE.helper(
        "for_each_clear_bit",
        Front::Nothing,
        &[BITMAP, SIZE],
        Output::Returns("Iterator[int]", ""),
        "Iterate over the numbers of the bits of a bitmap that are 0.",
        |program, args| Ok(Value::ready(bitmap(program, args)?.into_bits(false))),
    ),
    BITOPS_MODULE.helper(
        "test_bit",
        Front::Nothing,
        &[Param::int("nr", "Number of the bit."), BITMAP],
        Output::Returns("bool", ""),
        "Return whether a bit of a bitmap is 1.",
        |program, args| {
            let index = args.address(0)?;
            let bits = (word_size(program) as u64).saturating_mul(8);
            let word = (index / bits).saturating_mul(bits / 8);
            let address = words(program, args.object(1)?)?.wrapping_add(word);
            let word = Bitmap::read(program, address, bits)?;
            Ok(word.contains(index % bits).into())
        },
    ),
    BITMAP_MODULE.helper(
        "bitmap_weight",
        Front::Nothing,
        &[BITMAP, SIZE],
        Output::Returns("int", ""),
        "Count the bits of a bitmap that are 1.",
        |program, args| Ok(bitmap(program, args)?.weight().into()),
    ),
];
