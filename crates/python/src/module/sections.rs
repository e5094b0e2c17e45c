//! What `ModuleSectionAddresses`, a mapping in `spelunk/_modules.py`, asks of the engine.

use super::RelocatableModule;
use crate::convert::Address;
use crate::error::raise;
use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyString;

#[pymethods]
impl RelocatableModule {
    /// The names of the sections whose addresses are known: for the mapping.
    fn _section_names(slf: PyRef<'_, Self>) -> Vec<String> {
        let sections = slf.as_super().module().sections().into_iter();
        sections.rev().map(|(name, _)| name).collect()
    }

    /// The address of a section: for the mapping.
    fn _section_address(slf: PyRef<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<u64> {
        let missing = || PyKeyError::new_err(name.clone().unbind());
        let wanted = name.cast::<PyString>().map_err(|_| missing())?.to_str()?;
        let sections = slf.as_super().module().sections();
        let found = sections.iter().find(|(name, _)| name == wanted);
        found.map(|(_, address)| *address).ok_or_else(missing)
    }

    /// Say where a section is: for the mapping.
    fn _set_section_address(
        slf: PyRef<'_, Self>,
        name: &Bound<'_, PyAny>,
        address: Address,
    ) -> PyResult<()> {
        let name = name
            .cast::<PyString>()
            .map_err(|_| PyTypeError::new_err("section_addresses key must be str"))?
            .to_str()?;
        let change = |sections: &mut Vec<(String, u64)>| match sections
            .iter_mut()
            .find(|(known, _)| known == name)
        {
            Some((_, known)) => *known = address.0,
            None => sections.push((name.to_owned(), address.0)),
        };
        slf.as_super()
            .module()
            .change_sections(change)
            .map_err(raise)
    }

    /// Forget where a section is: for the mapping.
    fn _forget_section_address(slf: PyRef<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<()> {
        let wanted = name.extract::<String>().ok();
        let change = |sections: &mut Vec<(String, u64)>| {
            let before = sections.len();
            sections.retain(|(name, _)| Some(name) != wanted.as_ref());
            sections.len() < before
        };
        let changed = slf.as_super().module().change_sections(change);
        match changed.map_err(raise)? {
            true => Ok(()),
            false => Err(PyKeyError::new_err(name.clone().unbind())),
        }
    }
}
