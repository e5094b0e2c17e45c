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
