//! Symbols: names that linkers know.

use crate::{Error, Program, Result, SymbolQuery};
use spelunk_debuginfo::Symbol;

impl Program {
    /// The symbol that `address` is in: the closest one.
    ///
    /// # Errors
    ///
    /// If a finder of a user's fails.
    pub fn find_symbol(&self, address: u64) -> Result<Option<Symbol>> {
        self.find_one_symbol(SymbolQuery {
            address: Some(address),
            ..SymbolQuery::default()
        })
    }

    /// The symbol called `name`: a global one rather than a weak one, that rather than another.
    ///
    /// # Errors
    ///
    /// If a finder of a user's fails.
    pub fn find_symbol_by_name(&self, name: &str) -> Result<Option<Symbol>> {
        self.find_one_symbol(SymbolQuery {
            name: Some(name),
            ..SymbolQuery::default()
        })
    }

    /// The symbol that `address` is in.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn symbol_by_address(&self, address: u64) -> Result<Symbol> {
        self.find_symbol(address)?
            .ok_or_else(|| Error::lookup(format!("could not find symbol containing {address:#x}")))
    }

    /// The symbol called `name`.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn symbol_by_name(&self, name: &str) -> Result<Symbol> {
        self.find_symbol_by_name(name)?
            .ok_or_else(|| Error::lookup(format!("could not find symbol with name '{name}'")))
    }

    /// All symbols.
    ///
    /// # Errors
    ///
    /// If a finder of a user's fails.
    pub fn symbols(&self) -> Result<Vec<Symbol>> {
        self.find_symbols(SymbolQuery::default())
    }

    /// All symbols that `address` is in.
    ///
    /// # Errors
    ///
    /// If a finder of a user's fails.
    pub fn symbols_by_address(&self, address: u64) -> Result<Vec<Symbol>> {
        self.find_symbols(SymbolQuery {
            address: Some(address),
            ..SymbolQuery::default()
        })
    }

    /// All symbols called `name`.
    ///
    /// # Errors
    ///
    /// If a finder of a user's fails.
    pub fn symbols_by_name(&self, name: &str) -> Result<Vec<Symbol>> {
        self.find_symbols(SymbolQuery {
            name: Some(name),
            ..SymbolQuery::default()
        })
    }

    /// That of the first finder that finds one.
    fn find_one_symbol(&self, query: SymbolQuery<'_>) -> Result<Option<Symbol>> {
        let query = SymbolQuery { one: true, ..query };
        self.symbol_finders
            .first(|finder| Ok(finder.find(self, query)?.into_iter().next()))
    }

    /// Those of all finders together.
    fn find_symbols(&self, query: SymbolQuery<'_>) -> Result<Vec<Symbol>> {
        let mut symbols = Vec::new();
        self.symbol_finders.first(|finder| {
            symbols.extend(finder.find(self, query)?);
            Ok(None::<()>)
        })?;
        Ok(symbols)
    }
}
