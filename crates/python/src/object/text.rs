//! Objects as text.

use super::PyObject;
use crate::convert;
use crate::enums::{ABSENCE_REASON, absence_reason_value};
use crate::error::raise;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use spelunk_object::{AbsenceReason, FormatOptions, IntegerBase, type_name};
use spelunk_types::TypeData;

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
        columns: Option<usize>,
        integer_base: Option<u32>,
        dereference: Option<bool>,
        symbolize: Option<bool>,
        string: Option<bool>,
        char: Option<bool>,
        type_name: Option<bool>,
        member_type_names: Option<bool>,
        element_type_names: Option<bool>,
        members_same_line: Option<bool>,
        elements_same_line: Option<bool>,
        member_names: Option<bool>,
        element_indices: Option<bool>,
        implicit_members: Option<bool>,
        implicit_elements: Option<bool>,
        raw: Option<bool>,
    ) -> PyResult<String> {
        let usual = FormatOptions::default();
        let options = FormatOptions {
            columns: columns.unwrap_or(usual.columns),
            integer_base: match integer_base {
                None => usual.integer_base,
                Some(8) => IntegerBase::Octal,
                Some(10) => IntegerBase::Decimal,
                Some(16) => IntegerBase::Hexadecimal,
                Some(_) => {
                    return Err(PyValueError::new_err("integer_base must be 8, 10, or 16"));
                }
            },
            dereference: dereference.unwrap_or(usual.dereference),
            symbolize: symbolize.unwrap_or(usual.symbolize),
            string: string.unwrap_or(usual.string),
            char: char.unwrap_or(usual.char),
            type_name: type_name.unwrap_or(usual.type_name),
            member_type_names: member_type_names.unwrap_or(usual.member_type_names),
            element_type_names: element_type_names.unwrap_or(usual.element_type_names),
            members_same_line: members_same_line.unwrap_or(usual.members_same_line),
            elements_same_line: elements_same_line.unwrap_or(usual.elements_same_line),
            member_names: member_names.unwrap_or(usual.member_names),
            element_indices: element_indices.unwrap_or(usual.element_indices),
            implicit_members: implicit_members.unwrap_or(usual.implicit_members),
            implicit_elements: implicit_elements.unwrap_or(usual.implicit_elements),
            raw: raw.unwrap_or(usual.raw),
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
