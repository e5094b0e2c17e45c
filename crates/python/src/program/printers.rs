//! Printers that scripts register.

use super::PyProgram;
use super::finders::place;
use crate::error::{carry, raise};
use crate::object::PyObject;
use crate::types::PyType;
use pyo3::exceptions::{PyException, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{
    PyBytes, PyDict, PySet, PyString, PyTuple, PyWeakrefMethods, PyWeakrefReference,
};
use spelunk_base::Language;
use spelunk_object::{
    Child, Error, Key, Object, Present, Presentation, Printer, Result, Target, TypeName, Walk,
};
use spelunk_types::TypeId;
use std::sync::{Arc, Mutex, PoisonError};

/// Which types a printer is for.
enum Types {
    /// Those of this name, with or without template arguments.
    Name(Box<str>),
    /// Those for which a function says so.
    Function(Py<PyAny>),
}

/// A function of Python's that says what objects are.
struct Functions {
    types: Types,
    present: Py<PyAny>,
    /// Not to keep it alive: it keeps the printer.
    prog: Py<PyWeakrefReference>,
}

struct PyPrinter(Arc<Functions>);

/// What was raised, as text for the object's place; `KeyboardInterrupt` and the like as itself.
fn error(py: Python<'_>, raised: PyErr) -> Error {
    if !raised.is_instance_of::<PyException>(py) {
        return carry(raised).into();
    }
    Error::other(raised.to_string())
}

/// Does something with the program that a printer belongs to.
fn with_program<T>(
    prog: &Py<PyWeakrefReference>,
    work: impl FnOnce(&Bound<'_, PyProgram>) -> PyResult<T>,
) -> Result<T> {
    Python::attach(|py| {
        let prog = prog.bind(py).upgrade();
        let prog = prog.ok_or_else(|| PyValueError::new_err("the program is gone"));
        let result = prog.and_then(|prog| work(prog.cast::<PyProgram>()?));
        result.map_err(|raised| error(py, raised))
    })
}

impl Printer for PyPrinter {
    fn serves(&self, _: Language) -> bool {
        true
    }

    fn find(
        &self,
        _: &dyn Target,
        ty: TypeId,
        name: &TypeName<'_>,
    ) -> Result<Option<Arc<dyn Present>>> {
        let is_known = match &self.0.types {
            Types::Name(known) => **known == *name.base() || **known == *name.full(),
            Types::Function(function) => with_program(&self.0.prog, |prog| {
                let ty = PyType::new(prog.clone().unbind(), ty.into());
                function.bind(prog.py()).call1((ty,))?.is_truthy()
            })?,
        };
        Ok(is_known.then(|| Arc::clone(&self.0) as _))
    }
}

impl Present for Functions {
    fn present(&self, _: &dyn Target, object: &Object) -> Result<Option<Presentation>> {
        with_program(&self.prog, |prog| {
            let py = prog.py();
            let object = PyObject::plain(prog.clone().unbind(), object.clone());
            let result = self.present.bind(py).call1((object,))?;
            if result.is_none() {
                return Ok(None);
            }
            Ok(Some(if let Ok(text) = result.cast::<PyString>() {
                Presentation::Text(text.to_str()?.into())
            } else if let Ok(bytes) = result.cast::<PyBytes>() {
                Presentation::String {
                    prefix: "",
                    bytes: bytes.as_bytes().into(),
                    is_cut: false,
                }
            } else if let Ok(object) = result.cast::<PyObject>() {
                Presentation::Object(own(prog, object)?)
            } else {
                let children = match result.cast::<PyDict>() {
                    Ok(dict) => dict.items().into_any(),
                    Err(_) => result,
                };
                Presentation::Children(Box::new(Children {
                    iterator: children.try_iter()?.into_any().unbind(),
                    prog: self.prog.clone_ref(py),
                }))
            }))
        })
    }
}

/// The object, if it is of this program.
fn own(prog: &Bound<'_, PyProgram>, object: &Bound<'_, PyObject>) -> PyResult<Object> {
    let object = object.get();
    if object.prog.get().serial != prog.get().serial {
        return Err(PyValueError::new_err("objects are from different programs"));
    }
    Ok(object.object.clone())
}

/// Objects, or pairs of keys and objects, that a function of Python's gives.
struct Children {
    iterator: Py<PyAny>,
    prog: Py<PyWeakrefReference>,
}

impl Walk for Children {
    fn next(&mut self, _: &dyn Target) -> Result<Option<Child>> {
        with_program(&self.prog, |prog| {
            let mut iterator = self.iterator.bind(prog.py()).try_iter()?;
            iterator.next().map(|item| child(prog, &item?)).transpose()
        })
    }
}

fn child(prog: &Bound<'_, PyProgram>, item: &Bound<'_, PyAny>) -> PyResult<Child> {
    let expected = || {
        PyTypeError::new_err(
            "printer must return None, str, bytes, Object, or Objects, or pairs of a key and an \
             Object",
        )
    };
    if let Ok(object) = item.cast::<PyObject>() {
        return Ok(own(prog, object)?.into());
    }
    let pair = item.cast::<PyTuple>().map_err(|_| expected())?;
    let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
        pair.extract().map_err(|_| expected())?;
    let value = value.cast::<PyObject>().map_err(|_| expected())?;
    let key = if let Ok(name) = key.cast::<PyString>() {
        Key::Name(name.to_str()?.into())
    } else if let Ok(object) = key.cast::<PyObject>() {
        Key::Object(own(prog, object)?)
    } else {
        Key::Index(key.extract().map_err(|_| expected())?)
    };
    Ok(Child {
        key: Some(key),
        value: own(prog, value)?,
    })
}

/// The functions of a program's printers, kept where Python's collector of garbage sees them.
#[derive(Default)]
pub(super) struct RegisteredPrinters(Mutex<Vec<Arc<Functions>>>);

impl RegisteredPrinters {
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        // The collector must not wait: a list that is being changed is looked at the next time.
        let Ok(printers) = self.0.try_lock() else {
            return Ok(());
        };
        printers.iter().try_for_each(|printer| {
            if let Types::Function(function) = &printer.types {
                visit.call(function)?;
            }
            visit.call(&printer.present)?;
            visit.call(&printer.prog)
        })
    }
}

#[pymethods]
impl PyProgram {
    /// Make a function known that says what objects of a structure, union or class are. It is
    /// asked wherever such an object is shown, and by `Object.children_()`. (Not in drgn.)
    ///
    ///     >>> def point(obj):
    ///     ...     return f"({obj.x.value_()}, {obj.y.value_()})"
    ///     >>> prog.register_printer("point", "Point", point)
    ///     >>> prog["origin"]
    ///     (Point)(0, 0)
    ///
    /// The printers ``libc++``, ``libstdc++`` and ``rust`` are there from the start. What a printer
    /// raises is shown in the object's place.
    ///
    /// :param types: The name of the types (``"ns::Foo"`` for every ``ns::Foo<...>``), or a
    ///     function that is called with a `Type`, once, and says whether it is one of them.
    /// :param fn: Called with the object. It returns a ``str`` to show as it is; ``bytes`` to show
    ///     as a string; an `Object` to show instead; objects to show as elements; pairs of a name
    ///     (``str``) or key (`Object` or ``int``) and an object, or a dictionary of them; ``None``
    ///     to show the structure as it is.
    /// :param enable_index: Its place among the enabled printers; at the end for -1, not enabled
    ///     for ``None``.
    /// :raises ValueError: if there is a printer of that name
    #[pyo3(signature = (name, types, r#fn, *, enable_index=Some(0)),
           text_signature = "($self, name, types, fn, *, enable_index=0)")]
    fn register_printer(
        slf: &Bound<'_, Self>,
        name: &str,
        types: &Bound<'_, PyAny>,
        r#fn: &Bound<'_, PyAny>,
        enable_index: Option<i64>,
    ) -> PyResult<()> {
        let types = match types.cast::<PyString>() {
            Ok(name) => Types::Name(plain(name.to_str()?).into()),
            Err(_) if types.is_callable() => Types::Function(types.clone().unbind()),
            Err(_) => return Err(PyTypeError::new_err("types must be str or callable")),
        };
        if !r#fn.is_callable() {
            return Err(PyTypeError::new_err("fn must be callable"));
        }
        let functions = Arc::new(Functions {
            types,
            present: r#fn.clone().unbind(),
            prog: PyWeakrefReference::new(slf)?.unbind(),
        });
        let this = slf.get();
        let index = enable_index
            .map(|index| index.into_pyobject(slf.py()))
            .transpose()?;
        let place = place(index.as_ref().map(|index| index.as_any()))?;
        let printer = Arc::new(PyPrinter(Arc::clone(&functions)));
        let printers = this.program.printers();
        printers.register(name, printer, place).map_err(raise)?;
        let mut registered = this
            .printers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        registered.push(functions);
        Ok(())
    }

    /// The names of all printers.
    ///
    ///     >>> prog.registered_printers()
    ///     {'libc++', 'libstdc++', 'rust'}
    fn registered_printers(&self, py: Python<'_>) -> PyResult<Py<PySet>> {
        let names = self.program.printers().registered();
        Ok(PySet::new(py, names.iter().map(|name| &**name))?.unbind())
    }

    /// The names of the printers that are asked, in order.
    ///
    ///     >>> prog.enabled_printers()
    ///     ['libc++', 'libstdc++', 'rust']
    fn enabled_printers(&self) -> Vec<String> {
        let names = self.program.printers().enabled();
        names.into_iter().map(String::from).collect()
    }

    /// Choose which printers are asked, in which order, until one knows a type.
    ///
    ///     >>> prog.set_enabled_printers([])
    ///
    /// :raises ValueError: if there is no such printer, or a name stands twice
    fn set_enabled_printers(&self, names: &Bound<'_, PyAny>) -> PyResult<()> {
        let names = names
            .try_iter()
            .map_err(|_| PyTypeError::new_err("names must be sequence"))?;
        let names: PyResult<Vec<String>> = names.map(|name| name?.extract()).collect();
        let names = names?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.program.printers().set_enabled(&names).map_err(raise)
    }
}

/// A name without the keyword in front.
fn plain(name: &str) -> &str {
    ["struct ", "union ", "class "]
        .iter()
        .find_map(|keyword| name.strip_prefix(keyword))
        .unwrap_or(name)
}
