use super::SymbolName;
use crate::demangle::demangle;
use spelunk_elf::constants::{SymbolBind, SymbolType};
use std::borrow::Cow;

/// A symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Its name.
    pub name: SymbolName,
    /// Its address in the target.
    pub address: u64,
    /// Its size in bytes; 0 if it is not known.
    pub size: u64,
    /// Its binding: `STB_LOCAL`, `STB_GLOBAL`...
    pub binding: SymbolBind,
    /// Its type: `STT_FUNC`, `STT_OBJECT`...
    pub kind: SymbolType,
}

impl Symbol {
    /// The name as the source code has it: demangled, if it is one of C++ or Rust.
    #[must_use]
    pub fn demangled_name(&self) -> Cow<'_, str> {
        demangle(&self.name).map_or(Cow::Borrowed(&self.name), Cow::Owned)
    }
}
