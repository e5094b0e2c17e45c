//! Objects as text.

use super::PyObject;
use crate::argument::Truth;
use crate::convert::{self, Integer};
use crate::enums::{ABSENCE_REASON, absence_reason_value};
use crate::error::raise;
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use spelunk_object::{AbsenceReason, FormatOptions, IntegerBase, type_name};
use spelunk_types::TypeData;

/// A width of text.
struct Columns(usize);

impl<'py> FromPyObject<'_, 'py> for Columns {
    type Error = PyErr;

    fn extract(any: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Integer(columns) = any.extract()?;
        if columns < 0 {
            return Err(PyOverflowError::new_err(
                "can't convert negative value to size_t",
            ));
        }
        usize::try_from(columns)
            .map(Self)
            .map_err(|_| PyOverflowError::new_err("Python int too large to convert to C size_t"))
    }
}

#[pymethods]
impl PyObject {
    /// The object as text in C's syntax; what ``str(obj)`` gives, with options.
    ///
    ///     >>> print(prog["init_task"].pid.format_(type_name=False))
    ///     0
    ///
    /// :param columns: Width to wrap at, where it is reasonable.
    /// :param integer_base: 8, 10 or 16.
    /// :param dereference: Show what a pointer points to, too.
    /// :param symbolize: Show symbol and offset of pointers.
    /// :param string: Show characters as strings.
    /// :param char: Show single characters as such.
    /// :param type_name: Show the type's name.
    /// :param member_type_names: Show the names of members' types.
    /// :param element_type_names: Show the names of elements' types.
    /// :param members_same_line: Put members on one line where they fit.
    /// :param elements_same_line: Put elements on one line where they fit.
    /// :param member_names: Show members' names.
    /// :param element_indices: Show elements' indices.
    /// :param implicit_members: Show members that are zero.
    /// :param implicit_elements: Show elements that are zero.
    /// :param raw: Show structures as they are, whatever printers there are (not in drgn).
    #[pyo3(signature = (*, columns=None, integer_base=None, dereference=None, symbolize=None,
                        string=None, char=None, type_name=None, member_type_names=None,
                        element_type_names=None, members_same_line=None, elements_same_line=None,
                        member_names=None, element_indices=None, implicit_members=None,
                        implicit_elements=None, raw=None))]
    #[expect(clippy::too_many_arguments, reason = "as Python's callers know it")]
    fn format_(
        &self,
        columns: Option<Columns>,
        integer_base: Option<Integer>,
        dereference: Option<Truth>,
        symbolize: Option<Truth>,
        string: Option<Truth>,
        char: Option<Truth>,
        type_name: Option<Truth>,
        member_type_names: Option<Truth>,
        element_type_names: Option<Truth>,
        members_same_line: Option<Truth>,
        elements_same_line: Option<Truth>,
        member_names: Option<Truth>,
        element_indices: Option<Truth>,
        implicit_members: Option<Truth>,
        implicit_elements: Option<Truth>,
        raw: Option<Truth>,
    ) -> PyResult<String> {
        let usual = FormatOptions::default();
        let flag = |given: Option<Truth>, usual| given.map_or(usual, |given| given.0);
        let options = FormatOptions {
            columns: columns.map_or(usual.columns, |columns| columns.0),
            integer_base: match integer_base.map(|base| base.0) {
                None => usual.integer_base,
                Some(8) => IntegerBase::Octal,
                Some(10) => IntegerBase::Decimal,
                Some(16) => IntegerBase::Hexadecimal,
                Some(_) => return Err(PyValueError::new_err("invalid integer base")),
            },
            dereference: flag(dereference, usual.dereference),
            symbolize: flag(symbolize, usual.symbolize),
            string: flag(string, usual.string),
            char: flag(char, usual.char),
            type_name: flag(type_name, usual.type_name),
            member_type_names: flag(member_type_names, usual.member_type_names),
            element_type_names: flag(element_type_names, usual.element_type_names),
            members_same_line: flag(members_same_line, usual.members_same_line),
            elements_same_line: flag(elements_same_line, usual.elements_same_line),
            member_names: flag(member_names, usual.member_names),
            element_indices: flag(element_indices, usual.element_indices),
            implicit_members: flag(implicit_members, usual.implicit_members),
            implicit_elements: flag(implicit_elements, usual.implicit_elements),
            raw: flag(raw, usual.raw),
        };
        self.object.format(self.target(), &options).map_err(raise)
    }

    fn __str__(&self) -> PyResult<String> {
        self.object
            .format(self.target(), &FormatOptions::default())
            .map_err(raise)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let ty = self.object.ty();
        let name = type_name(self.target().types(), ty).map_err(raise)?;
        let mut text = format!("Object(prog, {}", crate::text::quote(py, &name)?);
        if let Some(reason) = self.object.absence_reason() {
            if reason != AbsenceReason::Other {
                let reason = ABSENCE_REASON.member(py, absence_reason_value(reason))?;
                text += &format!(", absence_reason={}", reason.str()?);
            }
        } else if let Some(address) = self.object.address() {
            text += &format!(", address={address:#x}");
            if let Some(offset) = self.object.bit_offset().filter(|offset| *offset != 0) {
                text += &format!(", bit_offset={offset}");
            }
        } else {
            let value = self.object.value(self.target()).map_err(raise)?;
            let value = convert::to_python(py, &value)?;
            let is_pointer = matches!(
                self.prog.get().unaliased_data(ty)?,
                TypeData::Pointer { .. }
            );
            text += &if is_pointer {
                format!(", value={:#x}", value.extract::<u64>()?)
            } else {
                format!(", value={}", value.repr()?)
            };
        }
        if let Some(size) = self.object.bit_field_size() {
            text += &format!(", bit_field_size={size}");
        }
        text.push(')');
        Ok(text)
    }

    fn _repr_pretty_(&self, p: &Bound<'_, PyAny>, cycle: bool) -> PyResult<()> {
        let text = if cycle { "...".into() } else { self.__str__()? };
        p.call_method1("text", (text,)).map(drop)
    }
}
