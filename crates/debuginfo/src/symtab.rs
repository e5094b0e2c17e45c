//! Symbol tables: `.symtab` and `.dynsym`.

use spelunk_elf::{ElfError, ElfFile, SectionAddresses};

/// A symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Its name.
    pub name: Box<str>,
    /// Its address in the target.
    pub address: u64,
    /// Its size in bytes; 0 if it is not known.
    pub size: u64,
    /// Its binding: `STB_LOCAL`, `STB_GLOBAL`...
    pub binding: spelunk_elf::constants::SymbolBind,
    /// Its type: `STT_FUNC`, `STT_OBJECT`...
    pub kind: spelunk_elf::constants::SymbolType,
}

/// The symbols of a file, ready for look-ups.
#[derive(Default)]
pub struct SymbolTable {}

impl SymbolTable {
    /// The symbols of `elf`, moved as its sections are.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn parse(elf: &ElfFile, addresses: &SectionAddresses, bias: u64) -> Result<Self, ElfError> {
        let _ = (elf, addresses, bias);
        Ok(Self {})
    }

    /// The symbol that best names `address`.
    #[must_use]
    pub fn find(&self, address: u64) -> Option<Symbol> {
        let _ = address;
        None
    }

    /// All symbols that contain `address`.
    #[must_use]
    pub fn all_at(&self, address: u64) -> Vec<Symbol> {
        let _ = address;
        Vec::new()
    }

    /// The symbol called `name`, a global one before a weak one before a local one.
    #[must_use]
    pub fn find_name(&self, name: &str) -> Option<Symbol> {
        let _ = name;
        None
    }

    /// All symbols called `name`.
    #[must_use]
    pub fn all_named(&self, name: &str) -> Vec<Symbol> {
        let _ = name;
        Vec::new()
    }

    /// All symbols, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Symbol> {
        std::iter::empty()
    }
}
