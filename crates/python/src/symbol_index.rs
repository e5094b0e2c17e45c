//! `spelunk.SymbolIndex`.

use crate::convert::Address;
use crate::symbol::PySymbol;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use spelunk_program::{SymbolIndex, SymbolQuery};
use std::sync::Arc;

/// Symbols that never change, to be registered as a finder.
///
///     >>> symbol = Symbol("foo", 0x123, 1, SymbolBinding.GLOBAL, SymbolKind.OBJECT)
///     >>> prog.register_symbol_finder("mine", SymbolIndex([symbol]), enable_index=0)
///     >>> prog.symbol("foo").address
///     291
///
/// Symbols may overlap and share names.
///
/// :param symbols: the symbols, in any order
#[pyclass(frozen, name = "SymbolIndex", module = "spelunk")]
pub(crate) struct PySymbolIndex(pub(crate) Arc<SymbolIndex>);

#[pymethods]
impl PySymbolIndex {
    #[new]
    fn new(symbols: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut list = Vec::new();
        for symbol in symbols.try_iter()? {
            let symbol = symbol?;
            let Ok(symbol) = symbol.cast::<PySymbol>() else {
                return Err(PyTypeError::new_err("expected sequence of Symbols"));
            };
            list.push(symbol.get().0.clone());
        }
        Ok(Self(Arc::new(SymbolIndex::new(list))))
    }

    /// The symbols with a name, that an address is in, or all; the best of them if ``one`` is true.
    ///
    ///     >>> SymbolIndex([symbol])(prog, "foo", None, True) == [symbol]
    ///     True
    ///
    /// :param prog: not used; finders are called with it
    fn __call__(
        &self,
        prog: &Bound<'_, PyAny>,
        name: Option<&str>,
        address: Option<Address>,
        one: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<PySymbol>> {
        let _ = prog;
        let found = self.0.find(SymbolQuery {
            name,
            address: address.map(|address| address.0),
            one: one.is_truthy()?,
        });
        Ok(found.into_iter().map(PySymbol).collect())
    }
}
