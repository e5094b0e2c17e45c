//! What `nm`'s letters, by which kallsyms tells kinds of symbols, say.

use spelunk_elf::constants::{self as elf, SymbolBind, SymbolType};

/// A binding that is not known. Small letters stand for local symbols, but not only for them: what modules share is
/// resolved by then.
const UNKNOWN: SymbolBind = SymbolBind(0xff);

/// The binding that a letter stands for.
pub(super) fn binding(letter: u8) -> SymbolBind {
    match letter {
        b'u' => elf::STB_GNU_UNIQUE,
        b'v' | b'V' | b'w' | b'W' => elf::STB_WEAK,
        b'A'..=b'Z' => elf::STB_GLOBAL,
        _ => UNKNOWN,
    }
}

/// The type that a letter stands for.
pub(super) fn kind(letter: u8) -> SymbolType {
    match letter.to_ascii_lowercase() {
        b't' => elf::STT_FUNC,
        b'b' | b'd' | b'g' | b'r' | b's' | b'v' => elf::STT_OBJECT,
        b'c' => elf::STT_COMMON,
        b'i' => elf::STT_GNU_IFUNC,
        _ => elf::STT_NOTYPE,
    }
}
