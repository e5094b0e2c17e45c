//! Arguments and results of helpers, between Python and the engine.

use super::classes;
use crate::convert::{Integer, signed};
use crate::error::{carry, raise};
use crate::object::PyObject;
use crate::once::Taken;
use crate::program::PyProgram;
use crate::symbol::PySymbol;
use crate::symbol_index::PySymbolIndex;
use crate::types::{PyType, own_type};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyList, PyString, PyTuple};
use spelunk_linux::helper::{Callback, Default, HelperIter, Param, ParamKind, Value};
use spelunk_memory::Snapshot;
use spelunk_program::{Error, Program};
use std::any::Any;
use std::sync::Arc;

/// A value of Python that the engine only hands on.
struct Foreign(Py<PyAny>);

/// A function of Python that the engine calls.
struct Function {
    prog: Py<PyProgram>,
    function: Py<PyAny>,
}

impl Callback for Function {
    fn call(&self, _program: &Program, arguments: Vec<Value>) -> Result<Value, Error> {
        Python::attach(|py| {
            let arguments: PyResult<Vec<_>> = arguments
                .into_iter()
                .map(|argument| to_python(py, &self.prog, argument))
                .collect();
            let result = self
                .function
                .bind(py)
                .call1(PyTuple::new(py, arguments?)?)?;
            result_of_function(&result)
        })
        .map_err(carry)
    }
}

/// What a function of Python returned.
fn result_of_function(result: &Bound<'_, PyAny>) -> PyResult<Value> {
    Ok(if result.is_none() {
        Value::None
    } else if let Ok(value) = result.cast::<PyBool>() {
        Value::Bool(value.is_true())
    } else if let Ok(text) = result.cast::<PyString>() {
        Value::Str(text.to_str()?.to_owned())
    } else if result.is_instance_of::<PyFloat>() {
        Value::Float(result.extract()?)
    } else {
        Value::Int(result.extract::<Integer>()?.0)
    })
}

/// Where an argument stands, for messages.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) function: &'static str,
    /// From 1, as Python counts arguments.
    pub(super) number: usize,
}

/// An argument for the parameter `param`.
pub(super) fn argument(
    prog: &Py<PyProgram>,
    param: &Param,
    argument: &Bound<'_, PyAny>,
    place: Place,
) -> PyResult<Value> {
    if argument.is_none() && param.default == Default::None {
        return Ok(Value::None);
    }
    let wrong = |expected: &str| {
        let name = argument.get_type().name();
        PyTypeError::new_err(format!(
            "{}() argument {} must be {expected}, not {}",
            place.function,
            place.number,
            name.map(|name| name.to_string()).unwrap_or_default()
        ))
    };
    Ok(match param.kind {
        ParamKind::Object(_) => {
            let object = argument
                .cast::<PyObject>()
                .map_err(|_| wrong("spelunk.Object"))?;
            if object.get().prog.get().serial != prog.get().serial {
                return Err(PyValueError::new_err("objects are from different programs"));
            }
            Value::Object(object.get().object.clone())
        }
        ParamKind::Int => Value::Int(argument.extract::<Integer>()?.0),
        ParamKind::Str => {
            let text = argument.cast::<PyString>().map_err(|_| wrong("str"))?;
            Value::Str(text.to_str()?.to_owned())
        }
        ParamKind::Bytes | ParamKind::Path => {
            let bytes = argument
                .py()
                .import("os")?
                .call_method1("fsencode", (argument,))?;
            Value::Bytes(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
        }
        ParamKind::Type => match argument.cast::<PyType>() {
            Ok(ty) => Value::Type(own_type(prog.get(), ty.get())?),
            Err(_) => {
                let name = argument
                    .cast::<PyString>()
                    .map_err(|_| wrong("Type or str"))?;
                Value::Str(name.to_str()?.to_owned())
            }
        },
        ParamKind::Bool => Value::Bool(argument.is_truthy()?),
        ParamKind::BoolOr(words) => match argument.cast::<PyString>() {
            Ok(word) => {
                let word = word.to_str()?;
                if !words.contains(&word) {
                    return Err(PyValueError::new_err(format!(
                        "argument '{}' must be a bool or one of {}",
                        param.name,
                        words.join(", ")
                    )));
                }
                Value::Str(word.to_owned())
            }
            Err(_) => Value::Bool(argument.is_truthy()?),
        },
        ParamKind::Callback(_) => {
            if !argument.is_callable() {
                return Err(wrong("callable"));
            }
            Value::Callback(Arc::new(Function {
                prog: prog.clone_ref(argument.py()),
                function: argument.clone().unbind(),
            }))
        }
        // Only the front end writes to it.
        ParamKind::File => Value::None,
        ParamKind::Any(_) => Value::Foreign(Arc::new(Foreign(argument.clone().unbind()))),
    })
}

/// A value of the engine in Python.
pub(super) fn to_python<'py>(
    py: Python<'py>,
    prog: &Py<PyProgram>,
    value: Value,
) -> PyResult<Bound<'py, PyAny>> {
    let many = |values: Vec<Value>| -> PyResult<Vec<Bound<'py, PyAny>>> {
        values
            .into_iter()
            .map(|value| to_python(py, prog, value))
            .collect()
    };
    Ok(match value {
        Value::None => py.None().into_bound(py),
        Value::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
        Value::Int(value) => signed(py, value)?,
        Value::Float(value) => PyFloat::new(py, value).into_any(),
        Value::Str(text) => PyString::new(py, &text).into_any(),
        Value::Bytes(bytes) => PyBytes::new(py, &bytes).into_any(),
        Value::Object(object) => {
            let prog = prog.clone_ref(py);
            Bound::new(py, PyObject::plain(prog, object))?.into_any()
        }
        Value::Type(ty) => Bound::new(py, PyType::new(prog.clone_ref(py), ty))?.into_any(),
        Value::Symbol(symbol) => Bound::new(py, PySymbol(symbol))?.into_any(),
        Value::SymbolIndex(index) => Bound::new(py, PySymbolIndex(index))?.into_any(),
        Value::Tuple(values) => PyTuple::new(py, many(values)?)?.into_any(),
        Value::List(values) => PyList::new(py, many(values)?)?.into_any(),
        Value::Map(items) => {
            let dict = PyDict::new(py);
            for (key, value) in items {
                dict.set_item(to_python(py, prog, key)?, to_python(py, prog, value)?)?;
            }
            dict.into_any()
        }
        Value::Iter(iter) => {
            let iterator = HelperIterator {
                prog: prog.clone_ref(py),
                iter: Taken::new(iter),
            };
            Bound::new(py, iterator)?.into_any()
        }
        Value::Record(class, fields) => {
            classes::record(py, class)?.call1(PyTuple::new(py, many(fields)?)?)?
        }
        Value::Enum(class, value) => classes::enumeration(py, class)?.call1((value,))?,
        Value::Foreign(value) => foreign(py, &value)?,
        Value::Callback(_) => {
            return Err(PyTypeError::new_err("a helper returned a function"));
        }
    })
}

fn foreign<'py>(
    py: Python<'py>,
    value: &Arc<dyn Any + Send + Sync>,
) -> PyResult<Bound<'py, PyAny>> {
    value
        .downcast_ref::<Foreign>()
        .map(|Foreign(value)| value.bind(py).clone())
        .ok_or_else(|| PyTypeError::new_err("a helper returned a value of no known kind"))
}

/// What helpers return that make their values one by one.
#[pyclass(frozen, name = "_HelperIterator", module = "spelunk")]
pub(crate) struct HelperIterator {
    prog: Py<PyProgram>,
    iter: Taken<Box<dyn HelperIter>>,
}

#[pymethods]
impl HelperIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let program = &self.prog.get().program;
        let _snapshot = Snapshot::new();
        let next = self.iter.with(|iter| iter.next(program))?;
        next.map_err(raise)?
            .map(|value| to_python(py, &self.prog, value))
            .transpose()
    }
}
