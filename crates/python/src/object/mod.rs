//! `spelunk.Object`.

mod attribute;
mod children;
mod from_python;
mod make;
mod operators;
mod text;
mod values;

use crate::enums::{ABSENCE_REASON, absence_reason_value};
use crate::error::raise;
use crate::program::PyProgram;
use crate::types::PyType;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use spelunk_object::{Object, Target};
use spelunk_program::Provenance;

pub(crate) use make::operand;

/// A value in the program: a variable, a member, or the result of an expression.
///
/// What it stands for is read when it is looked at. Members are attributes; names that end in an
/// underscore are the object's own.
///
///     >>> prog["init_task"].comm
///     (char [16])"swapper/0"
///     >>> prog["init_task"].comm.address_
///     18446744071606220256
///
/// An object is a *reference*, which has an address, a *value*, which has none, or *absent*, such as
/// a variable that was optimized out. Operators are those of C, and so are the types of their
/// results; numbers of Python stand for C's literals. Pointers have the members of what they point
/// to; ``ptr[0]`` is what that is.
///
///     >>> prog["jiffies"] + 1
///     (unsigned long)4294895183
///     >>> int(prog["jiffies"])
///     4294895182
///     >>> Object(prog, "unsigned char", 255) + 1
///     (int)256
///     >>> Object(prog, "struct list_head", address=0xffffffff82a1b5e0).next
#[pyclass(frozen, name = "Object", module = "spelunk")]
pub(crate) struct PyObject {
    pub(crate) prog: Py<PyProgram>,
    pub(crate) object: Object,
    /// Of a variable of a frame, how it was found.
    provenance: Option<Box<Provenance>>,
}

impl PyObject {
    pub(crate) fn plain(prog: Py<PyProgram>, object: Object) -> Self {
        Self {
            prog,
            object,
            provenance: None,
        }
    }

    /// A variable of a frame.
    pub(crate) fn of_frame(prog: Py<PyProgram>, object: Object, provenance: Provenance) -> Self {
        Self {
            prog,
            object,
            provenance: Some(Box::new(provenance)),
        }
    }

    /// The program, as the operations on the object take it.
    pub(crate) fn target(&self) -> &dyn Target {
        self.prog.get().target()
    }

    /// An object of the same program.
    fn sibling(&self, py: Python<'_>, object: Object) -> Self {
        Self::plain(self.prog.clone_ref(py), object)
    }
}

#[pymethods]
impl PyObject {
    /// The program that this object is from.
    #[getter]
    fn prog_(&self, py: Python<'_>) -> Py<PyProgram> {
        self.prog.clone_ref(py)
    }

    /// The object's type.
    #[getter]
    fn type_(&self, py: Python<'_>) -> PyType {
        PyType::new(self.prog.clone_ref(py), self.object.ty())
    }

    /// Whether the object is absent: known, but with no value anywhere.
    #[getter]
    fn absent_(&self) -> bool {
        self.object.is_absent()
    }

    /// Why the object is absent, or ``None`` if it is not.
    #[getter]
    fn absence_reason_<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.object
            .absence_reason()
            .map(|reason| ABSENCE_REASON.member(py, absence_reason_value(reason)))
            .transpose()
    }

    /// By which way a variable of a stack frame was found, or why it was not; ``None`` of all other
    /// objects. It is for people to read: the words may change.
    ///
    ///     >>> prog.stack_trace(1)[2]["prev"].provenance_
    ///     'register rbx, as functions called since saved it'
    ///     >>> prog.stack_trace(1)[4]["rq"].provenance_
    ///     'absent: register rdi is lost: functions called since may have changed it'
    #[getter]
    fn provenance_(&self) -> Option<String> {
        self.provenance.as_ref().map(ToString::to_string)
    }

    /// The object's address, or ``None`` if it is a value or absent.
    #[getter]
    fn address_(&self) -> Option<u64> {
        self.object.address()
    }

    /// Bits from the address to the object, or ``None`` if it is a value or absent.
    #[getter]
    fn bit_offset_(&self) -> Option<u8> {
        self.object.bit_offset()
    }

    /// Size in bits if the object is a bit field, ``None`` if it is not.
    #[getter]
    fn bit_field_size_(&self) -> Option<u8> {
        self.object.bit_field_size()
    }

    /// The value as a plain Python value.
    ///
    ///     >>> prog["init_task"].pid.value_()
    ///     0
    fn value_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = self.object.value(self.target()).map_err(raise)?;
        crate::convert::to_python(py, &value)
    }

    /// The bytes up to the first null byte, of an array or from a pointer on; all bytes of a
    /// ``std::string``, a ``String`` of Rust and the like.
    ///
    ///     >>> prog["init_task"].comm.string_()
    ///     b'swapper/0'
    fn string_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.object.string(self.target()).map_err(raise)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A member by its name, also where an attribute cannot say it.
    ///
    ///     >>> prog["init_task"].member_("pid")
    ///     (pid_t)0
    fn member_(&self, py: Python<'_>, name: &str) -> PyResult<Self> {
        let member = self.object.member(self.target(), name).map_err(raise)?;
        Ok(self.sibling(py, member))
    }

    /// The active variant of an ``enum`` of Rust: its name, and the structure that holds its data.
    /// ``None`` if the type has no variants.
    ///
    ///     >>> prog["reply"].variant_()
    ///     ('Some', (core::option::Option<u32>::Some){
    ///         .__0 = (u32)5,
    ///     })
    ///
    /// :raises ValueError: if the discriminant belongs to no variant
    fn variant_(&self, py: Python<'_>) -> PyResult<Option<(String, Self)>> {
        let variant = self.object.active_variant(self.target()).map_err(raise)?;
        Ok(variant.map(|(name, object)| (name.to_owned(), self.sibling(py, object))))
    }

    /// The part that a designator such as ``a.b[3].c`` names.
    ///
    ///     >>> prog["init_task"].subobject_("tasks.next")
    ///     *(struct list_head *)0xffff888003e0ca10 = {...}
    fn subobject_(&self, py: Python<'_>, designator: &str) -> PyResult<Self> {
        let part = self
            .object
            .subobject(self.target(), designator)
            .map_err(raise)?;
        Ok(self.sibling(py, part))
    }

    /// A pointer to this object.
    ///
    ///     >>> prog["init_task"].address_of_().pid
    ///     (pid_t)0
    fn address_of_(&self, py: Python<'_>) -> PyResult<Self> {
        let pointer = self.object.address_of(self.target()).map_err(raise)?;
        Ok(self.sibling(py, pointer))
    }

    /// This object as a value, read now.
    ///
    ///     >>> before = prog["jiffies"].read_()
    fn read_(&self, py: Python<'_>) -> PyResult<Self> {
        let value = self.object.read(self.target()).map_err(raise)?;
        Ok(self.sibling(py, value))
    }

    /// The bytes of the value, as they stand in memory.
    ///
    ///     >>> prog["init_task"].pid.to_bytes_()
    ///     b'\x00\x00\x00\x00'
    fn to_bytes_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.object.to_bytes(self.target()).map_err(raise)?;
        Ok(PyBytes::new(py, &bytes))
    }

    fn __getattribute__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        attribute::get(slf, name)
    }

    /// Only asked when there is no such attribute: says so.
    fn __getattr__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Err(attribute::missing(slf, name)?)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.prog)
    }

    fn __dir__<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<String>> {
        attribute::list(slf)
    }
}
