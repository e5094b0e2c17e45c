//! Symbols: names that linkers know.

use crate::{Error, ModuleFile, Program, Result};
use spelunk_debuginfo::Symbol;
use spelunk_elf::constants::{self, SymbolBind};
use std::sync::Arc;

impl Program {
    /// The symbol that `address` is in: the closest one.
    #[must_use]
    pub fn find_symbol(&self, address: u64) -> Option<Symbol> {
        let module = self.find_module(address)?;
        module.file()?.symbols().find(address)
    }

    /// The symbol called `name`: a global one rather than a weak one, that rather than another.
    #[must_use]
    pub fn find_symbol_by_name(&self, name: &str) -> Option<Symbol> {
        self.files()
            .filter_map(|file| file.symbols().find_name(name))
            .min_by_key(|symbol| rank(symbol.binding))
    }

    /// The symbol that `address` is in.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn symbol_by_address(&self, address: u64) -> Result<Symbol> {
        self.find_symbol(address)
            .ok_or_else(|| Error::lookup(format!("could not find symbol containing {address:#x}")))
    }

    /// The symbol called `name`.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn symbol_by_name(&self, name: &str) -> Result<Symbol> {
        self.find_symbol_by_name(name)
            .ok_or_else(|| Error::lookup(format!("could not find symbol with name '{name}'")))
    }

    /// All symbols.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        self.files()
            .flat_map(|file| file.symbols().iter().collect::<Vec<_>>())
            .collect()
    }

    /// All symbols that `address` is in.
    #[must_use]
    pub fn symbols_by_address(&self, address: u64) -> Vec<Symbol> {
        // Of the module that is there now: others had their initialization code there.
        let module = self.find_module(address);
        let file = module.as_ref().and_then(|module| module.file());
        file.map_or_else(Vec::new, |file| file.symbols().all_at(address))
    }

    /// All symbols called `name`.
    #[must_use]
    pub fn symbols_by_name(&self, name: &str) -> Vec<Symbol> {
        self.files()
            .flat_map(|file| file.symbols().all_named(name))
            .collect()
    }

    fn files(&self) -> impl Iterator<Item = Arc<ModuleFile>> {
        let modules = self.modules().into_iter();
        modules.filter_map(|module| module.file().cloned())
    }
}

/// Which of several symbols of one name is meant: the one with the lowest rank.
fn rank(binding: SymbolBind) -> u8 {
    match binding {
        constants::STB_GLOBAL | constants::STB_GNU_UNIQUE => 0,
        constants::STB_WEAK => 1,
        _ => 2,
    }
}
