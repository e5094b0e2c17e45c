//! Finders that scripts register.

use super::PyProgram;
use crate::convert::Integer;
use crate::enums::{FIND_OBJECT_FLAGS, TYPE_KIND, type_kind_value};
use crate::error::{carry, raise};
use crate::module::PyModule;
use crate::object::PyObject;
use crate::symbol::PySymbol;
use crate::symbol_index::PySymbolIndex;
use crate::types::{PyType, PyTypeKindSet};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PySet, PyWeakrefMethods, PyWeakrefReference};
use spelunk_object::Object;
use spelunk_program::{
    Finders, Module, ModuleFileFinder, ObjectFinder, ObjectKinds, Program, Result, Symbol,
    SymbolFinder, SymbolQuery, TypeFinder,
};
use spelunk_types::{QualifiedType, TypeKinds};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A function of Python's that finds.
pub(super) struct Finder {
    function: Py<PyAny>,
    /// Not to keep it alive: it keeps the finder.
    prog: Py<PyWeakrefReference>,
    /// Whether it was registered by `add_type_finder()`, and is called with one kind at a time and
    /// no program.
    takes_one_kind: bool,
}

impl Finder {
    fn program<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyProgram>>> {
        let prog = self.prog.bind(py).upgrade();
        prog.map(|prog| Ok(prog.cast_into::<PyProgram>()?))
            .transpose()
    }

    fn type_of_kinds(
        &self,
        prog: &Bound<'_, PyProgram>,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> PyResult<Option<QualifiedType>> {
        let py = prog.py();
        let function = self.function.bind(py);
        let found = if self.takes_one_kind {
            let mut found = py.None().into_bound(py);
            for kind in kinds.iter() {
                let kind = TYPE_KIND.member(py, type_kind_value(kind))?;
                found = function.call1((kind, name, filename))?;
                if !found.is_none() {
                    break;
                }
            }
            found
        } else {
            function.call1((prog, PyTypeKindSet::from(kinds), name, filename))?
        };
        if found.is_none() {
            return Ok(None);
        }
        let Ok(found) = found.cast::<PyType>() else {
            return Err(PyTypeError::new_err(
                "type find callback must return Type or None",
            ));
        };
        let found = found.get();
        if found.prog_ref().get().serial != prog.get().serial {
            return Err(PyValueError::new_err(
                "type find callback returned type from wrong program",
            ));
        }
        if !kinds.contains(found.type_kind()?) {
            return Err(PyTypeError::new_err(
                "type find callback returned wrong kind of type",
            ));
        }
        Ok(Some(found.ty()))
    }

    fn object(
        &self,
        prog: &Bound<'_, PyProgram>,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> PyResult<Option<Object>> {
        let py = prog.py();
        let flags = FIND_OBJECT_FLAGS.member(py, flags(kinds))?;
        let function = self.function.bind(py);
        let found = function.call1((prog, name, flags, filename))?;
        if found.is_none() {
            return Ok(None);
        }
        let Ok(found) = found.cast::<PyObject>() else {
            return Err(PyTypeError::new_err(
                "object find callback must return Object or None",
            ));
        };
        let found = found.get();
        if found.prog.get().serial != prog.get().serial {
            return Err(PyValueError::new_err("objects are from different programs"));
        }
        Ok(Some(found.object.clone()))
    }

    fn symbols(
        &self,
        prog: &Bound<'_, PyProgram>,
        query: SymbolQuery<'_>,
    ) -> PyResult<Vec<Symbol>> {
        let function = self.function.bind(prog.py());
        let found = function.call1((prog, query.name, query.address, query.one))?;
        let found = found
            .try_iter()
            .map_err(|_| PyTypeError::new_err("symbol finder must return a sequence"))?;
        let found: PyResult<Vec<_>> = found.collect();
        let found = found?;
        if query.one && found.len() > 1 {
            return Err(PyValueError::new_err(
                "symbol finder returned multiple elements, but one was requested",
            ));
        }
        let symbols = found.iter().map(|symbol| match symbol.cast::<PySymbol>() {
            Ok(symbol) => Ok(symbol.get().0.clone()),
            Err(_) => Err(PyTypeError::new_err(
                "symbol finder results must be of type Symbol",
            )),
        });
        symbols.collect()
    }
}

/// `FindObjectFlags` of Python, by their bits.
fn flags(kinds: ObjectKinds) -> u32 {
    let bit = |kind, bit| if kinds.contains(kind) { bit } else { 0 };
    bit(ObjectKinds::CONSTANT, 1) | bit(ObjectKinds::FUNCTION, 2) | bit(ObjectKinds::VARIABLE, 4)
}

impl TypeFinder for Finder {
    fn find(
        &self,
        _: &Program,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        Python::attach(|py| match self.program(py)? {
            Some(prog) => self.type_of_kinds(&prog, kinds, name, filename),
            None => Ok(None),
        })
        .map_err(carry)
    }
}

impl ObjectFinder for Finder {
    fn find(
        &self,
        _: &Program,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        Python::attach(|py| match self.program(py)? {
            Some(prog) => self.object(&prog, name, kinds, filename),
            None => Ok(None),
        })
        .map_err(carry)
    }
}

impl SymbolFinder for Finder {
    fn find(&self, _: &Program, query: SymbolQuery<'_>) -> Result<Vec<Symbol>> {
        Python::attach(|py| match self.program(py)? {
            Some(prog) => self.symbols(&prog, query),
            None => Ok(Vec::new()),
        })
        .map_err(carry)
    }
}

impl ModuleFileFinder for Finder {
    fn find(&self, _: &Program, modules: &[Arc<Module>]) -> Result<()> {
        Python::attach(|py| {
            let Some(prog) = self.program(py)? else {
                return Ok(());
            };
            let modules = modules.iter();
            let modules: PyResult<Vec<_>> = modules
                .map(|module| PyModule::wrap(&prog, Arc::clone(module)))
                .collect();
            self.function.call1(py, (modules?,)).map(drop)
        })
        .map_err(carry)
    }
}

/// The functions of a program's finders, kept where Python's collector of garbage sees them.
#[derive(Default)]
pub(super) struct Registered(Mutex<Vec<Arc<Finder>>>);

impl Registered {
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        // The collector must not wait: a list that is being changed is looked at the next time.
        let Ok(finders) = self.0.try_lock() else {
            return Ok(());
        };
        finders.iter().try_for_each(|finder| {
            visit.call(&finder.function)?;
            visit.call(&finder.prog)
        })
    }
}

/// Where in the list of finders `enable_index` says.
pub(super) fn place(enable_index: Option<&Bound<'_, PyAny>>) -> PyResult<Option<usize>> {
    let Some(index) = enable_index else {
        return Ok(None);
    };
    let index = index.extract::<Integer>().map_err(|error| {
        match error.is_instance_of::<PyTypeError>(index.py()) {
            true => PyTypeError::new_err("an integer is required"),
            false => PyOverflowError::new_err("Python int too large to convert to C size_t"),
        }
    })?;
    match index.0 {
        -1 => Ok(Some(usize::MAX)),
        index if index < 0 => Err(PyOverflowError::new_err(
            "can't convert negative value to size_t",
        )),
        index => usize::try_from(index)
            .map(Some)
            .map_err(|_| PyOverflowError::new_err("Python int too large to convert to C size_t")),
    }
}

pub(super) fn names<F: ?Sized>(py: Python<'_>, finders: &Finders<F>) -> PyResult<Py<PySet>> {
    let names = finders.registered();
    Ok(PySet::new(py, names.iter().map(|name| &**name))?.unbind())
}

pub(super) fn enabled<F: ?Sized>(finders: &Finders<F>) -> Vec<String> {
    let names = finders.enabled();
    names.iter().map(|name| (**name).to_owned()).collect()
}

pub(super) fn enable<F: ?Sized>(finders: &Finders<F>, names: &Bound<'_, PyAny>) -> PyResult<()> {
    let names = names
        .try_iter()
        .map_err(|_| PyTypeError::new_err("names must be sequence"))?;
    let names: PyResult<Vec<String>> = names.map(|name| name?.extract()).collect();
    finders.set_enabled(&names?).map_err(raise)
}

/// A name for a finder that was registered without one.
fn made_up_name(function: &Bound<'_, PyAny>) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    match function.getattr("__name__") {
        Ok(name) => format!("{name}_{number}"),
        Err(_) => number.to_string(),
    }
}

impl PyProgram {
    pub(super) fn finder(
        slf: &Bound<'_, Self>,
        function: &Bound<'_, PyAny>,
        takes_one_kind: bool,
    ) -> PyResult<Arc<Finder>> {
        if !function.is_callable() {
            return Err(PyTypeError::new_err("fn must be callable"));
        }
        Ok(Arc::new(Finder {
            function: function.clone().unbind(),
            prog: PyWeakrefReference::new(slf)?.unbind(),
            takes_one_kind,
        }))
    }

    /// Keeps a finder that was registered where the collector of garbage sees it.
    pub(super) fn keep(&self, finder: Arc<Finder>) {
        let mut finders = self
            .finders
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        finders.push(finder);
    }
}

#[pymethods]
impl PyProgram {
    /// Make a function known that finds types. It is not asked before it is enabled.
    ///
    ///     >>> def find(prog, kinds, name, filename):
    ///     ...     if TypeKind.STRUCT in kinds and name == "foo":
    ///     ...         return prog.struct_type("foo", 0, ())
    ///     >>> prog.register_type_finder("mine", find, enable_index=0)
    ///     >>> prog.type("struct foo").size
    ///     0
    ///
    /// :param fn: Called as ``fn(prog, kinds, name, filename)``, returns a `Type` or ``None``.
    /// :param enable_index: Its place among the enabled finders; at the end for -1.
    /// :raises ValueError: if there is a finder of that name
    #[pyo3(signature = (name, r#fn, *, enable_index=None))]
    fn register_type_finder(
        slf: &Bound<'_, Self>,
        name: &str,
        r#fn: &Bound<'_, PyAny>,
        enable_index: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (this, place) = (slf.get(), place(enable_index)?);
        let finder = Self::finder(slf, r#fn, false)?;
        let finders = this.program.type_finders();
        finders
            .register(name, Arc::clone(&finder) as _, place)
            .map_err(raise)?;
        this.keep(finder);
        Ok(())
    }

    /// The names of all type finders.
    ///
    ///     >>> prog.registered_type_finders()
    ///     {'dwarf'}
    fn registered_type_finders(&self, py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, self.program.type_finders())
    }

    /// The names of the type finders that are asked, in order.
    ///
    ///     >>> prog.enabled_type_finders()
    ///     ['dwarf']
    fn enabled_type_finders(&self) -> Vec<String> {
        enabled(self.program.type_finders())
    }

    /// Choose which type finders are asked, in which order, until one finds a type.
    ///
    ///     >>> prog.set_enabled_type_finders(["mine", "dwarf"])
    ///
    /// :raises ValueError: if there is no such finder, or a name stands twice
    fn set_enabled_type_finders(&self, names: &Bound<'_, PyAny>) -> PyResult<()> {
        enable(self.program.type_finders(), names)
    }

    /// Make a function known that finds objects. It is not asked before it is enabled.
    ///
    ///     >>> def find(prog, name, flags, filename):
    ///     ...     if name == "ANSWER" and FindObjectFlags.CONSTANT in flags:
    ///     ...         return Object(prog, "int", 42)
    ///     >>> prog.register_object_finder("mine", find, enable_index=0)
    ///     >>> prog["ANSWER"]
    ///     (int)42
    ///
    /// :param fn: Called as ``fn(prog, name, flags, filename)``, returns an `Object` or ``None``.
    /// :param enable_index: Its place among the enabled finders; at the end for -1.
    /// :raises ValueError: if there is a finder of that name
    #[pyo3(signature = (name, r#fn, *, enable_index=None))]
    fn register_object_finder(
        slf: &Bound<'_, Self>,
        name: &str,
        r#fn: &Bound<'_, PyAny>,
        enable_index: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (this, place) = (slf.get(), place(enable_index)?);
        let finder = Self::finder(slf, r#fn, false)?;
        let finders = this.program.object_finders();
        finders
            .register(name, Arc::clone(&finder) as _, place)
            .map_err(raise)?;
        this.keep(finder);
        Ok(())
    }

    /// The names of all object finders.
    ///
    ///     >>> sorted(prog.registered_object_finders())
    ///     ['dwarf', 'linux']
    fn registered_object_finders(&self, py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, self.program.object_finders())
    }

    /// The names of the object finders that are asked, in order.
    ///
    ///     >>> prog.enabled_object_finders()
    ///     ['linux', 'dwarf']
    fn enabled_object_finders(&self) -> Vec<String> {
        enabled(self.program.object_finders())
    }

    /// Choose which object finders are asked, in which order, until one finds an object.
    ///
    ///     >>> prog.set_enabled_object_finders(["dwarf"])
    ///
    /// :raises ValueError: if there is no such finder, or a name stands twice
    fn set_enabled_object_finders(&self, names: &Bound<'_, PyAny>) -> PyResult<()> {
        enable(self.program.object_finders(), names)
    }

    /// Make a function known that finds symbols, or a `SymbolIndex`. It is not asked before it is
    /// enabled.
    ///
    ///     >>> prog.register_symbol_finder("mine", SymbolIndex(symbols), enable_index=0)
    ///
    /// :param fn: Called as ``fn(prog, name, address, one)``, returns a list of the `Symbol`\ s with
    ///     the name (if it is not ``None``) that the address (if it is not ``None``) is in; only the
    ///     best of them if ``one`` is true.
    /// :param enable_index: Its place among the enabled finders; at the end for -1.
    /// :raises ValueError: if there is a finder of that name
    #[pyo3(signature = (name, r#fn, *, enable_index=None))]
    fn register_symbol_finder(
        slf: &Bound<'_, Self>,
        name: &str,
        r#fn: &Bound<'_, PyAny>,
        enable_index: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (this, place) = (slf.get(), place(enable_index)?);
        let finders = this.program.symbol_finders();
        if let Ok(index) = r#fn.cast_exact::<PySymbolIndex>() {
            let index = Arc::clone(&index.get().0);
            return finders.register(name, index, place).map_err(raise);
        }
        let finder = Self::finder(slf, r#fn, false)?;
        finders
            .register(name, Arc::clone(&finder) as _, place)
            .map_err(raise)?;
        this.keep(finder);
        Ok(())
    }

    /// The names of all symbol finders.
    ///
    ///     >>> prog.registered_symbol_finders()
    ///     {'elf'}
    fn registered_symbol_finders(&self, py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, self.program.symbol_finders())
    }

    /// The names of the symbol finders that are asked, in order.
    ///
    ///     >>> prog.enabled_symbol_finders()
    ///     ['elf']
    fn enabled_symbol_finders(&self) -> Vec<String> {
        enabled(self.program.symbol_finders())
    }

    /// Choose which symbol finders are asked, in which order. Where one symbol is wanted, the first
    /// that is found counts; where all are, those of all finders.
    ///
    ///     >>> prog.set_enabled_symbol_finders(["mine", "elf"])
    ///
    /// :raises ValueError: if there is no such finder, or a name stands twice
    fn set_enabled_symbol_finders(&self, names: &Bound<'_, PyAny>) -> PyResult<()> {
        enable(self.program.symbol_finders(), names)
    }

    /// Make a function known that finds types, and ask it first. Use `register_type_finder()`.
    ///
    ///     >>> prog.add_type_finder(lambda kind, name, filename: None)
    ///
    /// :param fn: Called as ``fn(kind, name, filename)``, once for each kind.
    fn add_type_finder(slf: &Bound<'_, Self>, r#fn: &Bound<'_, PyAny>) -> PyResult<()> {
        let finder = Self::finder(slf, r#fn, true)?;
        let finders = slf.get().program.type_finders();
        finders
            .register(&made_up_name(r#fn), Arc::clone(&finder) as _, Some(0))
            .map_err(raise)?;
        slf.get().keep(finder);
        Ok(())
    }

    /// Make a function known that finds objects, and ask it first. Use `register_object_finder()`.
    ///
    ///     >>> prog.add_object_finder(lambda prog, name, flags, filename: None)
    ///
    /// :param fn: Called as ``fn(prog, name, flags, filename)``.
    fn add_object_finder(slf: &Bound<'_, Self>, r#fn: &Bound<'_, PyAny>) -> PyResult<()> {
        let finder = Self::finder(slf, r#fn, false)?;
        let finders = slf.get().program.object_finders();
        finders
            .register(&made_up_name(r#fn), Arc::clone(&finder) as _, Some(0))
            .map_err(raise)?;
        slf.get().keep(finder);
        Ok(())
    }
}
