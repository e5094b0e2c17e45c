//! One call of a helper: arguments in, result out.

use super::values::{self, Place};
use crate::error::raise;
use crate::object::PyObject;
use crate::program::{PyProgram, lookup_default};
use crate::types::PyType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use spelunk_linux::helper::{Args, Default, Front, Helper, Output, Param, ParamKind, Value};
use spelunk_memory::Snapshot;

type Any<'py> = Bound<'py, PyAny>;

pub(super) fn call<'py>(
    helper: &'static Helper,
    arguments: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Any<'py>> {
    let py = arguments.py();
    let given = Given::bind(helper, arguments, keywords)?;
    let prog = match &given.prog {
        Some(prog) => prog.clone_ref(py),
        None => lookup_default(py)?,
    };
    let mut list = Vec::with_capacity(helper.params.len().saturating_add(1));
    if matches!(helper.front, Front::Namespace { .. }) {
        list.push(match &given.namespace {
            Some(object) => Value::Object(object.get().object.clone()),
            None => Value::None,
        });
    }
    for (number, (param, argument)) in (1..).zip(helper.params.iter().zip(&given.arguments)) {
        let place = Place {
            function: helper.name,
            number,
        };
        list.push(match argument {
            Some(argument) => values::argument(&prog, param, argument, place)?,
            None => default(param),
        });
    }
    let _snapshot = Snapshot::new();
    let result = (helper.call)(&prog.get().program, &Args::new(list)).map_err(raise)?;
    match helper.output {
        Output::Returns(..) => values::to_python(py, &prog, result),
        Output::Prints => {
            let file = match given.file(helper) {
                Some(file) => file,
                None => py.import("sys")?.getattr("stdout")?,
            };
            print(&file, &values::to_python(py, &prog, result)?)
        }
    }
}

fn default(param: &Param) -> Value {
    match param.default {
        Default::Required | Default::None => Value::None,
        Default::Bool(value) => Value::Bool(value),
        Default::Str(value) => Value::Str(value.into()),
    }
}

/// Writes a text to a file of Python's.
fn print<'py>(file: &Any<'py>, text: &Any<'py>) -> PyResult<Any<'py>> {
    let text = match text.cast::<PyBytes>() {
        Ok(bytes) => bytes.call_method1("decode", ("utf-8", "backslashreplace"))?,
        Err(_) => text.clone(),
    };
    file.call_method1("write", (text,))?;
    Ok(file.py().None().into_bound(file.py()))
}

/// The arguments of a call by the helper's parameters.
struct Given<'py> {
    prog: Option<Py<PyProgram>>,
    namespace: Option<Bound<'py, PyObject>>,
    /// As many as the helper has parameters; `None` where the default counts.
    arguments: Vec<Option<Any<'py>>>,
}

impl<'py> Given<'py> {
    fn bind(
        helper: &Helper,
        arguments: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let mut given = Self {
            prog: None,
            namespace: None,
            arguments: vec![None; helper.params.len()],
        };
        if let Some(keywords) = keywords {
            for (name, value) in keywords {
                given.by_name(helper, name.cast::<PyString>()?.to_str()?, value)?;
            }
        }
        let mut positional = arguments.iter().peekable();
        given.front(helper, &mut positional, arguments.len())?;
        for (param, slot) in helper.params.iter().zip(&mut given.arguments) {
            if param.keyword_only {
                break;
            }
            let Some(value) = positional.next() else {
                break;
            };
            if slot.replace(value).is_some() {
                return Err(wrong(
                    helper,
                    &format!("got multiple values for argument '{}'", param.name),
                ));
            }
        }
        if positional.next().is_some() {
            let most = helper
                .params
                .iter()
                .filter(|param| !param.keyword_only)
                .count()
                + usize::from(helper.front != Front::Nothing);
            let count = arguments.len();
            return Err(wrong(
                helper,
                &format!("takes {most} positional arguments but {count} were given"),
            ));
        }
        for (param, slot) in helper.params.iter().zip(&given.arguments) {
            if slot.is_none() && param.default == Default::Required {
                return Err(wrong(
                    helper,
                    &format!("missing required argument: '{}'", param.name),
                ));
            }
        }
        given.choose_program(arguments.py());
        Ok(given)
    }

    /// Takes the program, or the namespace, that may stand before the parameters.
    fn front(
        &mut self,
        helper: &Helper,
        positional: &mut std::iter::Peekable<impl Iterator<Item = Any<'py>>>,
        count: usize,
    ) -> PyResult<()> {
        if helper.front == Front::Nothing {
            return Ok(());
        }
        let Some(first) = positional.peek() else {
            return Ok(());
        };
        if let Ok(prog) = first.cast::<PyProgram>() {
            self.prog = Some(prog.clone().unbind());
            positional.next();
            return Ok(());
        }
        // An object in front is the namespace only if there are arguments enough behind it:
        // find_task(object) means the task with that number.
        let open = helper
            .params
            .iter()
            .zip(&self.arguments)
            .filter(|(param, slot)| !param.keyword_only && slot.is_none())
            .count();
        if let Front::Namespace { name, .. } = helper.front
            && count > open
        {
            let object = first.cast::<PyObject>().map_err(|_| {
                wrong(
                    helper,
                    &format!("argument '{name}' must be Object or Program"),
                )
            })?;
            self.namespace = Some(object.clone());
            positional.next();
        }
        Ok(())
    }

    fn by_name(&mut self, helper: &Helper, name: &str, value: Any<'py>) -> PyResult<()> {
        let found = helper
            .params
            .iter()
            .zip(&mut self.arguments)
            .find(|(param, _)| param.name == name);
        if let Some((_, slot)) = found {
            *slot = Some(value);
            return Ok(());
        }
        match helper.front {
            Front::Namespace { name: front, .. } if front == name => {
                if let Ok(prog) = value.cast::<PyProgram>() {
                    self.prog = Some(prog.clone().unbind());
                } else {
                    self.namespace = Some(value.cast_into::<PyObject>()?);
                }
                Ok(())
            }
            Front::Namespace { .. } | Front::Program if name == "prog" => {
                self.prog = Some(value.cast_into::<PyProgram>()?.unbind());
                Ok(())
            }
            _ => Err(wrong(
                helper,
                &format!("got an unexpected keyword argument '{name}'"),
            )),
        }
    }

    /// The file that the helper shall print to.
    fn file(&self, helper: &Helper) -> Option<Any<'py>> {
        let mut pairs = helper.params.iter().zip(&self.arguments);
        let (_, argument) = pairs.find(|(param, _)| param.kind == ParamKind::File)?;
        argument.clone().filter(|argument| !argument.is_none())
    }

    /// Where no program was given, it is that of the first object or type.
    fn choose_program(&mut self, py: Python<'py>) {
        if self.prog.is_some() {
            return;
        }
        let namespace = self
            .namespace
            .iter()
            .map(|object| object.get().prog.clone_ref(py));
        let arguments = self.arguments.iter().flatten().filter_map(|argument| {
            if let Ok(object) = argument.cast::<PyObject>() {
                return Some(object.get().prog.clone_ref(py));
            }
            let ty = argument.cast::<PyType>().ok()?;
            Some(ty.get().prog_ref().clone_ref(py))
        });
        self.prog = namespace.chain(arguments).next();
    }
}

fn wrong(helper: &Helper, what: &str) -> PyErr {
    PyTypeError::new_err(format!("{}() {what}", helper.name))
}
