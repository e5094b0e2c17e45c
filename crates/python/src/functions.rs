//! The functions of the package.

use crate::argument::{PathArgument, type_name};
use crate::convert::Address;
use crate::error::raise;
use crate::object::PyObject;
use crate::program::{PyProgram, lookup_default};
use crate::types::{PyType, type_argument};
use pyo3::exceptions::{PyLookupError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use spelunk_base::path_ends_in;
use spelunk_object::{Object, Value};
use spelunk_program::ObjectKinds;
use spelunk_types::QualifiedType;

type Any<'py> = Bound<'py, PyAny>;

/// A type, or the name of one of the default program; `expected` is what to say of others.
fn type_of(
    py: Python<'_>,
    argument: &Any<'_>,
    expected: &str,
) -> PyResult<(Py<PyProgram>, QualifiedType)> {
    if let Ok(ty) = argument.cast::<PyType>() {
        let ty = ty.get();
        return Ok((ty.prog_ref().clone_ref(py), ty.ty()));
    }
    if argument.is_instance_of::<PyString>() {
        let prog = lookup_default(py)?;
        let ty = type_argument(prog.get(), argument, "type must be Type or str")?;
        return Ok((prog, ty));
    }
    Err(PyTypeError::new_err(format!(
        "expected {expected}, not {}",
        type_name(argument)?
    )))
}

fn expect_object<'a, 'py>(
    function: &str,
    argument: &'a Any<'py>,
) -> PyResult<&'a Bound<'py, PyObject>> {
    argument.cast::<PyObject>().map_err(|_| {
        let name = match argument.is_none() {
            true => "None".into(),
            false => type_name(argument).unwrap_or_default(),
        };
        PyTypeError::new_err(format!(
            "{function}() argument 2 must be spelunk.Object, not {name}"
        ))
    })
}

fn type_in(object: &PyObject, ty: &Any<'_>) -> PyResult<QualifiedType> {
    type_argument(object.prog.get(), ty, "type must be Type or str")
}

fn sibling(
    py: Python<'_>,
    object: &PyObject,
    result: spelunk_object::Result<Object>,
) -> PyResult<PyObject> {
    let prog = object.prog.clone_ref(py);
    Ok(PyObject::plain(prog, result.map_err(raise)?))
}

/// The null pointer of a type.
///
///     >>> NULL(prog, "struct task_struct *")
///     (struct task_struct *)0x0
#[pyfunction]
#[pyo3(name = "NULL")]
pub(crate) fn null(prog: &Bound<'_, PyProgram>, r#type: &Any<'_>) -> PyResult<PyObject> {
    let ty = type_argument(prog.get(), r#type, "type must be Type, str, or None")?;
    let value = Value::Unsigned(0);
    let object = Object::from_value(prog.get().target(), ty, &value, None).map_err(raise)?;
    Ok(PyObject::plain(prog.clone().unbind(), object))
}

/// The value of an object converted as by C's cast operator.
///
///     >>> cast("unsigned int", Object(prog, "float", 2.0))
///     (unsigned int)2
#[pyfunction]
pub(crate) fn cast(py: Python<'_>, r#type: &Any<'_>, obj: &Any<'_>) -> PyResult<PyObject> {
    let obj = expect_object("cast", obj)?.get();
    let ty = type_in(obj, r#type)?;
    sibling(py, obj, obj.object.cast(obj.target(), ty))
}

/// The value of an object converted as by assignment.
///
///     >>> implicit_convert("unsigned int", Object(prog, "float", 3.5))
///     (unsigned int)3
#[pyfunction]
#[pyo3(signature = (r#type, obj, *, bit_field_size=None))]
pub(crate) fn implicit_convert(
    py: Python<'_>,
    r#type: &Any<'_>,
    obj: &Any<'_>,
    bit_field_size: Option<Address>,
) -> PyResult<PyObject> {
    let obj = expect_object("implicit_convert", obj)?.get();
    let ty = type_in(obj, r#type)?;
    let bits = bit_field_size.map(|bits| bits.0);
    sibling(py, obj, obj.object.implicit_convert(obj.target(), ty, bits))
}

/// The memory of an object, or its bytes, seen as another type.
///
///     >>> reinterpret("unsigned int", Object(prog, "float", 1.0))
///     (unsigned int)1065353216
#[pyfunction]
pub(crate) fn reinterpret(py: Python<'_>, r#type: &Any<'_>, obj: &Any<'_>) -> PyResult<PyObject> {
    let obj = expect_object("reinterpret", obj)?.get();
    let ty = type_in(obj, r#type)?;
    sibling(py, obj, obj.object.reinterpret(obj.target(), ty))
}

/// A pointer to the structure that has what a pointer points to as its member.
///
///     >>> container_of(node, "struct task_struct", "tasks")
///
/// :param member: The member, which may be inside of others: ``a.b[3].c``.
#[pyfunction]
pub(crate) fn container_of(
    py: Python<'_>,
    ptr: &Bound<'_, PyObject>,
    r#type: &Any<'_>,
    member: &str,
) -> PyResult<PyObject> {
    let ptr = ptr.get();
    let ty = type_in(ptr, r#type)?;
    sibling(py, ptr, ptr.object.container_of(ptr.target(), ty, member))
}

/// The size of a type or of an object, in bytes. A name is that of a type, or else of an object, of
/// the default program.
///
///     >>> sizeof("struct list_head")
///     16
#[pyfunction]
#[pyo3(signature = (type_or_obj, /))]
pub(crate) fn sizeof(py: Python<'_>, type_or_obj: &Any<'_>) -> PyResult<u64> {
    let (prog, ty) = match type_or_obj.cast::<PyObject>() {
        Ok(obj) if obj.get().object.bit_field_size().is_some() => {
            return Err(PyTypeError::new_err("cannot get size of bit field"));
        }
        Ok(obj) => (obj.get().prog.clone_ref(py), obj.get().object.ty()),
        Err(_) => match type_of(py, type_or_obj, "Type, Object, or str") {
            Err(error) if error.is_instance_of::<PyLookupError>(py) => {
                let prog = lookup_default(py)?;
                let name = type_or_obj.extract::<&str>()?;
                let found = prog.get().program.find_object(name, ObjectKinds::ANY, None);
                let ty = found.map_err(raise)?.ok_or(error)?.ty();
                (prog, ty)
            }
            found => found?,
        },
    };
    spelunk_object::sizeof(prog.get().target().types(), ty).map_err(raise)
}

/// The alignment of a type, in bytes.
///
///     >>> alignof("long")
///     8
#[pyfunction]
#[pyo3(signature = (r#type, /))]
pub(crate) fn alignof(py: Python<'_>, r#type: &Any<'_>) -> PyResult<u64> {
    let (prog, ty) = type_of(py, r#type, "Type or str")?;
    spelunk_object::alignof(prog.get().target(), ty).map_err(raise)
}

/// Where a member stands in a type, in bytes from its start.
///
///     >>> offsetof(prog.type("struct task_struct"), "comm")
///     2976
#[pyfunction]
pub(crate) fn offsetof(py: Python<'_>, r#type: &Any<'_>, member: &str) -> PyResult<u64> {
    let (prog, ty) = type_of(py, r#type, "Type or str")?;
    spelunk_object::offsetof(prog.get().target(), ty, member).map_err(raise)
}

/// Whether a file name, such as from debugging information, ends in the components of another.
///
///     >>> filename_matches("/usr/src/linux/kernel/sched/core.c", "sched/core.c")
///     True
#[pyfunction]
pub(crate) fn filename_matches(
    haystack: Option<PathArgument>,
    needle: Option<PathArgument>,
) -> bool {
    let Some(needle) = needle else {
        return true;
    };
    let haystack = haystack.unwrap_or_default();
    path_ends_in(&haystack.0.to_string_lossy(), &needle.0.to_string_lossy())
}

/// The program of a core dump, with the debugging information that is found in the usual places.
///
///     >>> prog = program_from_core_dump("vmcore")
#[pyfunction]
pub(crate) fn program_from_core_dump<'py>(
    py: Python<'py>,
    path: &Any<'py>,
) -> PyResult<Bound<'py, PyProgram>> {
    opened(py, "set_core_dump", Some(path))
}

/// The kernel that runs this machine, with the debugging information that is found in the usual places.
///
///     >>> prog = program_from_kernel()
#[pyfunction]
pub(crate) fn program_from_kernel(py: Python<'_>) -> PyResult<Bound<'_, PyProgram>> {
    opened(py, "set_kernel", None)
}

/// The program that a process of this machine runs, with the debugging information that is found in
/// the usual places.
///
///     >>> prog = program_from_pid(1234)
#[pyfunction]
pub(crate) fn program_from_pid<'py>(
    py: Python<'py>,
    pid: &Any<'py>,
) -> PyResult<Bound<'py, PyProgram>> {
    opened(py, "set_pid", Some(pid))
}

/// A program that the method `name` makes what `argument` says.
fn opened<'py>(
    py: Python<'py>,
    name: &str,
    argument: Option<&Any<'py>>,
) -> PyResult<Bound<'py, PyProgram>> {
    let prog = py.get_type::<PyProgram>().call0()?;
    prog.call_method1(name, PyTuple::new(py, argument)?)?;
    match prog.call_method0("load_default_debug_info") {
        Err(error) if !error.is_instance_of::<crate::error::MissingDebugInfoError>(py) => {
            return Err(error);
        }
        _ => {}
    }
    Ok(prog.cast_into()?)
}
