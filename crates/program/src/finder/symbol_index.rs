use super::builtin::rank;
use super::{SymbolFinder, SymbolQuery};
use crate::{Program, Result};
use spelunk_debuginfo::{Symbol, SymbolName};
use std::collections::HashMap;

/// A set of symbols that never changes, as a finder. Symbols may overlap, and share names.
#[derive(Debug)]
pub struct SymbolIndex {
    /// By address, in the order they were given in where that is the same.
    symbols: Vec<Symbol>,
    /// For each symbol the largest end of it and all before it, to know where to stop looking.
    furthest: Vec<u128>,
    /// Places in `symbols`.
    by_name: HashMap<SymbolName, Vec<usize>>,
}

impl SymbolIndex {
    /// The index of these symbols.
    #[must_use]
    pub fn new(mut symbols: Vec<Symbol>) -> Self {
        symbols.sort_by_key(|symbol| symbol.address);
        let mut by_name: HashMap<SymbolName, Vec<usize>> = HashMap::new();
        for (place, symbol) in symbols.iter().enumerate() {
            by_name.entry(symbol.name.clone()).or_default().push(place);
        }
        let furthest = symbols
            .iter()
            .scan(0, |furthest, symbol| {
                // Wide enough for an end beyond the last address.
                *furthest = (u128::from(symbol.address) + u128::from(symbol.size)).max(*furthest);
                Some(*furthest)
            })
            .collect();
        Self {
            symbols,
            furthest,
            by_name,
        }
    }

    /// The symbols that are asked for. Of several at an address the one that starts closest is the
    /// best; then, and of several with a name, a global one rather than a weak one, that rather
    /// than another.
    #[must_use]
    pub fn find(&self, query: SymbolQuery<'_>) -> Vec<Symbol> {
        let mut found: Vec<&Symbol> = match (query.name, query.address) {
            (Some(name), _) => self
                .by_name
                .get(name)
                .into_iter()
                .flatten()
                .filter_map(|place| self.symbols.get(*place))
                .filter(|symbol| query.address.is_none_or(|address| is_in(symbol, address)))
                .collect(),
            (None, Some(address)) => self.all_at(address),
            (None, None) => self.symbols.iter().collect(),
        };
        if query.one {
            let closest = |symbol: &&&Symbol| match query.address {
                Some(address) => address.saturating_sub(symbol.address),
                None => 0,
            };
            let best = found
                .iter()
                .min_by_key(|symbol| (closest(symbol), rank(symbol.binding)));
            found = best.copied().into_iter().collect();
        }
        found.into_iter().cloned().collect()
    }

    fn all_at(&self, address: u64) -> Vec<&Symbol> {
        let end = self
            .symbols
            .partition_point(|symbol| symbol.address <= address);
        let start = self.furthest.partition_point(|end| *end <= address.into());
        let near = self.symbols.get(start..end).unwrap_or_default();
        near.iter()
            .filter(|symbol| is_in(symbol, address))
            .collect()
    }
}

fn is_in(symbol: &Symbol, address: u64) -> bool {
    address
        .checked_sub(symbol.address)
        .is_some_and(|offset| offset < symbol.size)
}

impl SymbolFinder for SymbolIndex {
    fn find(&self, _: &Program, query: SymbolQuery<'_>) -> Result<Vec<Symbol>> {
        Ok(SymbolIndex::find(self, query))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_elf::constants::{STB_GLOBAL, STB_LOCAL, STT_FUNC, SymbolBind};

    fn symbol(name: &str, address: u64, size: u64, binding: SymbolBind) -> Symbol {
        Symbol {
            name: name.into(),
            address,
            size,
            binding,
            kind: STT_FUNC,
        }
    }

    fn names(symbols: &[Symbol]) -> Vec<&str> {
        symbols.iter().map(|symbol| &*symbol.name).collect()
    }

    /// All symbols at every address, as asking each symbol in turn finds them.
    #[test]
    fn symbols_are_found_by_address_however_they_overlap() {
        let symbols = vec![
            symbol("late", 0x40, 8, STB_LOCAL),
            symbol("wide", 0x10, 0x40, STB_LOCAL),
            symbol("empty", 0x20, 0, STB_LOCAL),
            symbol("inner", 0x14, 2, STB_LOCAL),
            symbol("end", u64::MAX - 1, 4, STB_LOCAL),
        ];
        let index = SymbolIndex::new(symbols.clone());
        for address in (0..0x60).chain([u64::MAX - 2, u64::MAX - 1, u64::MAX]) {
            let query = SymbolQuery {
                address: Some(address),
                ..SymbolQuery::default()
            };
            let all = index.find(query);
            let found = names(&all);
            let expected = symbols.iter().filter(|symbol| is_in(symbol, address));
            assert_eq!(found.len(), expected.clone().count(), "{address:#x}");
            for symbol in expected {
                assert!(found.contains(&&*symbol.name), "{address:#x}");
            }
            let one = index.find(SymbolQuery { one: true, ..query });
            assert_eq!(one.len(), found.len().min(1));
        }
        let one = index.find(SymbolQuery {
            address: Some(0x15),
            one: true,
            name: None,
        });
        assert_eq!(names(&one), ["inner"]);
    }

    #[test]
    fn a_global_symbol_is_the_one_that_is_meant_by_a_name() {
        let index = SymbolIndex::new(vec![
            symbol("a", 1, 1, STB_LOCAL),
            symbol("a", 2, 1, STB_GLOBAL),
            symbol("b", 2, 1, STB_LOCAL),
        ]);
        let query = SymbolQuery {
            name: Some("a"),
            ..SymbolQuery::default()
        };
        assert_eq!(index.find(query).len(), 2);
        let one = index.find(SymbolQuery { one: true, ..query });
        assert_eq!(one.first().map(|symbol| symbol.address), Some(2));
        let at = index.find(SymbolQuery {
            address: Some(1),
            ..query
        });
        assert_eq!(at.first().map(|symbol| symbol.address), Some(1));
        assert_eq!(index.find(SymbolQuery::default()).len(), 3);
    }
}
