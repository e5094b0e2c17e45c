/// A register: its index in [`Arch::registers`](super::Arch::registers).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Register(pub u8);

/// What is known of one register.
#[derive(Debug)]
pub struct RegisterInfo {
    /// Its names; the first is the usual one.
    pub names: &'static [&'static str],
    /// Size in bytes.
    pub size: u8,
}

impl RegisterInfo {
    pub(super) const fn new(names: &'static [&'static str], size: u8) -> Self {
        Self { names, size }
    }
}

/// Where registers stand in a structure that the kernel writes.
#[derive(Debug)]
pub struct RegisterLayout {
    /// Offset of the registers from the start of the note's descriptor (or of the structure).
    pub offset: usize,
    /// Registers and their offsets from there; each is as wide as its [`RegisterInfo::size`].
    pub registers: &'static [(Register, usize)],
    /// Size of all registers together, in bytes.
    pub size: usize,
}

/// Makes a constant for each register and `REGISTERS` of all, out of a line for each: its constant,
/// its names and its size in bytes.
macro_rules! registers {
    ($($constant:ident: $($name:literal)+, $size:literal;)*) => {
        #[allow(
            clippy::upper_case_acronyms,
            non_camel_case_types,
            reason = "named as the constants are"
        )]
        #[repr(u8)]
        enum Index { $($constant),* }
        $(
            #[doc = concat!("`", concat!($($name, "` "),+))]
            pub const $constant: Register = Register(Index::$constant as u8);
        )*
        const REGISTERS: &[RegisterInfo] = &[$(RegisterInfo::new(&[$($name),+], $size)),*];
    };
}
pub(super) use registers;

/// Registers that follow each other, as DWARF's numbers for them do: the first number, the first
/// register, and how many there are.
pub(super) type Run = (usize, Register, u8);

/// The registers of DWARF, by DWARF's number.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, where a bad index is an error"
)]
pub(super) const fn dwarf_registers<const COUNT: usize>(runs: &[Run]) -> [Option<Register>; COUNT] {
    let mut table = [None; COUNT];
    let mut run = 0;
    while run < runs.len() {
        let (number, Register(first), count) = runs[run];
        let mut index = 0;
        while index < count {
            table[number + index as usize] = Some(Register(first + index));
            index += 1;
        }
        run += 1;
    }
    table
}

/// The first `COUNT` registers, one behind the other, `size` bytes for each.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, where a bad index is an error"
)]
pub(super) const fn in_order<const COUNT: usize>(size: usize) -> [(Register, usize); COUNT] {
    let mut registers = [(Register(0), 0); COUNT];
    let mut index = 0;
    while index < COUNT {
        registers[index] = (Register(index as u8), index * size);
        index += 1;
    }
    registers
}
