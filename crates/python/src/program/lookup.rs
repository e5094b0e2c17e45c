//! Types, objects and symbols by name and address.

use super::PyProgram;
use crate::convert::Address;
use crate::enums::FIND_OBJECT_FLAGS;
use crate::error::raise;
use crate::macros::PyMacro;
use crate::object::PyObject;
use crate::stack::PySourceLocations;
use crate::symbol::PySymbol;
use crate::types::{PyType, own_type};
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use spelunk_base::Language;
use spelunk_program::ObjectKinds;
use spelunk_types::TypeKind;
use std::ops::BitOr;

impl PyProgram {
    fn find(
        slf: &Bound<'_, Self>,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> PyResult<PyObject> {
        let object = slf
            .get()
            .program
            .object(name, kinds, filename)
            .map_err(raise)?;
        Ok(PyObject::plain(slf.clone().unbind(), object))
    }
}

/// The kinds that the bits of `FindObjectFlags` stand for.
fn kinds(bits: u32) -> PyResult<ObjectKinds> {
    [
        ObjectKinds::CONSTANT,
        ObjectKinds::FUNCTION,
        ObjectKinds::VARIABLE,
    ]
    .into_iter()
    .zip(0..)
    .filter(|(_, bit)| bits & (1 << bit) != 0)
    .map(|(kind, _)| kind)
    .reduce(BitOr::bitor)
    .ok_or_else(|| PyValueError::new_err("invalid find object flags"))
}

/// A file name given as `str`, `bytes` or a path.
pub(crate) fn filename(path: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    let Some(path) = path else {
        return Ok(None);
    };
    let text = path.py().import("os")?.call_method1("fsdecode", (path,))?;
    text.extract().map(Some)
}

/// What stands before a tag.
const KEYWORDS: [(&str, TypeKind); 4] = [
    ("struct ", TypeKind::Struct),
    ("union ", TypeKind::Union),
    ("enum ", TypeKind::Enum),
    ("class ", TypeKind::Class),
];

#[pymethods]
impl PyProgram {
    /// A variable, function or constant by its name.
    ///
    ///     >>> prog["jiffies"]
    ///     (volatile unsigned long)4294895182
    fn __getitem__(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<PyObject> {
        let Ok(name) = name.cast::<PyString>() else {
            return Err(PyKeyError::new_err((name.clone().unbind(),)));
        };
        Self::find(slf, name.to_str()?, ObjectKinds::ANY, None)
    }

    fn __contains__(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(name) = name.cast::<PyString>() else {
            return Ok(false);
        };
        slf.get().program.contains(name.to_str()?).map_err(raise)
    }

    /// An object by its name.
    ///
    ///     >>> prog.object("init_task", FindObjectFlags.VARIABLE, "init_task.c").pid
    ///     (pid_t)0
    ///
    /// :param flags: Which kinds of objects to look for.
    /// :param filename: The source file that defines it.
    /// :raises ObjectNotFoundError: if there is none
    #[pyo3(signature = (name, flags=None, filename=None),
           text_signature = "($self, name, flags=..., filename=None)")]
    fn object(
        slf: &Bound<'_, Self>,
        name: &str,
        flags: Option<&Bound<'_, PyAny>>,
        filename: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyObject> {
        let kinds = match flags {
            None => ObjectKinds::ANY,
            Some(flags) => kinds(FIND_OBJECT_FLAGS.value(flags)?)?,
        };
        Self::find(slf, name, kinds, self::filename(filename)?.as_deref())
    }

    /// A constant by its name: an enumerator, or else a macro that stands for a constant expression,
    /// with the type and value that the compiler would give it.
    ///
    ///     >>> prog.constant("PIDTYPE_PID")
    ///     (enum pid_type)PIDTYPE_PID
    ///     >>> prog.constant("PAGE_SIZE", "page_types.h")
    ///     (unsigned long)4096
    ///
    /// Files that were compiled may define a macro differently: the first one counts that has a
    /// constant for it.
    ///
    /// :param filename: The source file that defines it; of a macro also the one that was compiled.
    /// :raises ObjectNotFoundError: if there is none
    #[pyo3(signature = (name, filename=None))]
    fn constant(
        slf: &Bound<'_, Self>,
        name: &str,
        filename: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyObject> {
        let filename = self::filename(filename)?;
        Self::find(slf, name, ObjectKinds::CONSTANT, filename.as_deref())
    }

    /// The definition of a macro. Debugging information has macros if it was made with ``-g3`` (GCC)
    /// or ``-g -fdebug-macro`` (Clang). Where there are several, it is the first of
    /// :meth:`macros`.
    ///
    ///     >>> prog.macro("PAGE_SHIFT")
    ///     Macro(name='PAGE_SHIFT', parameters=None, body='12', filename='./arch/x86/include/asm/page_types.h', line=10)
    ///
    /// :param filename: The source file that defines it, or the one that was compiled.
    /// :raises LookupError: if there is none
    #[pyo3(name = "macro", signature = (name, filename=None))]
    fn macro_(&self, name: &str, filename: Option<&Bound<'_, PyAny>>) -> PyResult<PyMacro> {
        let filename = self::filename(filename)?;
        let found = self.program.lookup_macro(name, filename.as_deref());
        found.map(PyMacro).map_err(raise)
    }

    /// All definitions of a macro that differ, those first that no ``#undef`` follows.
    ///
    ///     >>> [f"{macro.filename}:{macro.line}" for macro in prog.macros("pr_fmt")]
    ///     ['kernel/sched/core.c:10', './include/linux/printk.h:392']
    ///
    /// :param filename: The source file that defines it, or the one that was compiled.
    #[pyo3(signature = (name, filename=None))]
    fn macros(&self, name: &str, filename: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<PyMacro>> {
        let filename = self::filename(filename)?;
        let found = self.program.macros(name, filename.as_deref());
        Ok(found.map_err(raise)?.into_iter().map(PyMacro).collect())
    }

    /// A function by its name.
    ///
    ///     >>> prog.function("schedule")
    ///     (void (void))0xffffffff81a114f0
    #[pyo3(signature = (name, filename=None))]
    fn function(
        slf: &Bound<'_, Self>,
        name: &str,
        filename: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyObject> {
        let filename = self::filename(filename)?;
        Self::find(slf, name, ObjectKinds::FUNCTION, filename.as_deref())
    }

    /// A variable by its name.
    ///
    ///     >>> prog.variable("jiffies")
    ///     (volatile unsigned long)4294895182
    #[pyo3(signature = (name, filename=None))]
    fn variable(
        slf: &Bound<'_, Self>,
        name: &str,
        filename: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyObject> {
        let filename = self::filename(filename)?;
        Self::find(slf, name, ObjectKinds::VARIABLE, filename.as_deref())
    }

    /// A type by its name in C, C++ or Rust. Names of C++ and Rust may leave out scopes, and
    /// template arguments that are the default, if one type fits: ``std::map<int, std::string>``,
    /// ``Vec<u32>``. (drgn knows whole names alone.)
    ///
    ///     >>> prog.type("struct list_head *")
    ///     struct list_head *
    ///
    /// :param name: The name, or a type, which is returned as it is.
    /// :param filename: The source file that defines it.
    /// :raises LookupError: if there is none
    #[pyo3(name = "type", signature = (name, filename=None))]
    fn type_(
        slf: &Bound<'_, Self>,
        name: &Bound<'_, PyAny>,
        filename: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyType>> {
        if let Ok(ty) = name.cast::<PyType>() {
            own_type(slf.get(), ty.get())?;
            return Ok(ty.clone().unbind());
        }
        let Ok(name) = name.cast::<PyString>() else {
            return Err(PyTypeError::new_err(
                "type() argument 1 must be str or Type",
            ));
        };
        let filename = self::filename(filename)?;
        let ty = slf
            .get()
            .program
            .type_(name.to_str()?, filename.as_deref())
            .map_err(raise)?;
        Py::new(slf.py(), PyType::new(slf.clone().unbind(), ty))
    }

    /// The symbol that an address is in, or the one with a name.
    ///
    ///     >>> prog.symbol("schedule").size
    ///     199
    ///
    /// :raises LookupError: if there is none
    #[pyo3(signature = (address_or_name, /))]
    fn symbol(&self, address_or_name: &Bound<'_, PyAny>) -> PyResult<PySymbol> {
        let symbol = if let Ok(name) = address_or_name.cast::<PyString>() {
            self.program.symbol_by_name(name.to_str()?)
        } else {
            let Address(address) = address_or_name.extract()?;
            self.program.symbol_by_address(address)
        };
        symbol.map(PySymbol).map_err(raise)
    }

    /// All symbols, those that an address is in, or those with a name.
    ///
    ///     >>> len(prog.symbols("schedule"))
    ///     1
    #[pyo3(signature = (address_or_name=None, /))]
    fn symbols(&self, address_or_name: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<PySymbol>> {
        let symbols = match address_or_name {
            None => self.program.symbols(),
            Some(name) => {
                if let Ok(name) = name.cast::<PyString>() {
                    self.program.symbols_by_name(name.to_str()?)
                } else {
                    let Address(address) = name.extract()?;
                    self.program.symbols_by_address(address)
                }
            }
        };
        Ok(symbols.map_err(raise)?.into_iter().map(PySymbol).collect())
    }

    /// The places in source code that an address was compiled from, inlined functions first.
    ///
    ///     >>> print(prog.source_location("schedule+0x9"))
    ///     #0  get_current at arch/x86/include/asm/current.h:15:9
    ///     #1  schedule at kernel/sched/core.c:6655:28
    ///
    /// :raises LookupError: if they are not known
    #[pyo3(signature = (address, /))]
    fn source_location(
        slf: &Bound<'_, Self>,
        address: &Bound<'_, PyAny>,
    ) -> PyResult<PySourceLocations> {
        let program = &slf.get().program;
        let address = if let Ok(text) = address.cast::<PyString>() {
            program.parse_address(text.to_str()?).map_err(raise)?
        } else {
            address.extract::<Address>()?.0
        };
        let locations = program.source_location(address).map_err(raise)?;
        Ok(PySourceLocations {
            prog: slf.clone().unbind(),
            locations,
        })
    }

    /// Names of types that begin with `prefix`, for completion; keywords with the space behind them.
    fn _type_names(&self, prefix: &str, limit: usize) -> PyResult<Vec<String>> {
        for (keyword, kind) in KEYWORDS {
            if let Some(tag) = prefix.strip_prefix(keyword) {
                let tags = self.program.type_names(tag.trim_start(), &[kind], limit);
                let tags = tags.map_err(raise)?;
                return Ok(tags.iter().map(|tag| format!("{keyword}{tag}")).collect());
            }
        }
        let mut kinds = vec![
            TypeKind::Typedef,
            TypeKind::Int,
            TypeKind::Bool,
            TypeKind::Float,
        ];
        if self.program.language() != Language::C {
            kinds.extend(KEYWORDS.map(|(_, kind)| kind));
        }
        let mut names = self
            .program
            .type_names(prefix, &kinds, limit)
            .map_err(raise)?;
        let keywords = KEYWORDS.iter().map(|(keyword, _)| *keyword);
        names.extend(
            keywords
                .filter(|keyword| keyword.starts_with(prefix))
                .map(ToOwned::to_owned),
        );
        Ok(names)
    }

    /// Names of objects that begin with `prefix`, for completion.
    fn _object_names(&self, prefix: &str, limit: usize) -> PyResult<Vec<String>> {
        self.program.object_names(prefix, limit).map_err(raise)
    }
}
