//! `spelunk.Symbol`.

use crate::convert::Address;
use crate::enums::{SYMBOL_BINDING, SYMBOL_KIND};
use crate::text::quote;
use pyo3::prelude::*;
use spelunk_elf::constants::{self, SymbolBind, SymbolType};
use spelunk_program::Symbol;
use std::borrow::Cow;
use std::hash::{Hash, Hasher};

/// A symbol: a name with an address and a size, as the linker knows it.
#[pyclass(frozen, eq, hash, name = "Symbol", module = "spelunk")]
pub(crate) struct PySymbol(pub(crate) Symbol);

impl PartialEq for PySymbol {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for PySymbol {}

impl Hash for PySymbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.0.name, self.0.address, self.0.size).hash(state);
    }
}

/// `SymbolBinding` of Python: the numbers of ELF and one, so that 0 can be the unknown.
fn binding_value(binding: SymbolBind) -> u32 {
    match binding {
        constants::STB_LOCAL => 1,
        constants::STB_GLOBAL => 2,
        constants::STB_WEAK => 3,
        constants::STB_GNU_UNIQUE => 11,
        _ => 0,
    }
}

/// `SymbolKind` of Python: the numbers of ELF.
fn kind_value(kind: SymbolType) -> u32 {
    match kind.0 {
        known @ (1..=6 | 10) => known.into(),
        _ => 0,
    }
}

/// The numbers of the enumerations are all small.
fn small(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(0)
}

#[pymethods]
impl PySymbol {
    #[new]
    fn new(
        name: String,
        address: Address,
        size: Address,
        binding: &Bound<'_, PyAny>,
        kind: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        Ok(Self(Symbol {
            name: name.into(),
            address: address.0,
            size: size.0,
            binding: SymbolBind(small(SYMBOL_BINDING.value(binding)?).wrapping_sub(1)),
            kind: SymbolType(small(SYMBOL_KIND.value(kind)?)),
        }))
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The name as the source code has it: demangled, if it is one of C++ or Rust; else ``name``.
    ///
    ///     >>> prog.symbol("_ZN3Foo3getEv").demangled_name
    ///     'Foo::get()'
    #[getter]
    fn demangled_name(&self) -> Cow<'_, str> {
        self.0.demangled_name()
    }

    /// The address of its first byte.
    #[getter]
    fn address(&self) -> u64 {
        self.0.address
    }

    /// The size in bytes.
    #[getter]
    fn size(&self) -> u64 {
        self.0.size
    }

    /// How it is linked.
    #[getter]
    fn binding<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        SYMBOL_BINDING.member(py, binding_value(self.0.binding))
    }

    /// What it stands for.
    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        SYMBOL_KIND.member(py, kind_value(self.0.kind))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Symbol(name={}, address={:#x}, size={:#x}, binding={}, kind={})",
            quote(py, &self.0.name)?,
            self.0.address,
            self.0.size,
            self.binding(py)?.repr()?,
            self.kind(py)?.repr()?
        ))
    }
}
