use crate::entry::Die;
use crate::{DebugInfoError, DieId, UnitIndex, Units};
use gimli::{UnitOffset, constants as dw};
use std::sync::Arc;

/// How many entries an attribute may be passed on by: the copy, its origin, the declaration.
const MAX_ORIGINS: usize = 16;

/// What a function is called.
#[derive(Default)]
pub(super) struct FunctionNames {
    pub(super) name: Option<Arc<str>>,
    pub(super) linkage_name: Option<Arc<str>>,
}

impl<'a> Units<'a> {
    /// The entry at an offset in a unit.
    pub(super) fn die_at(
        &self,
        index: UnitIndex,
        offset: UnitOffset,
    ) -> Result<DieId, DebugInfoError> {
        Ok(self.unit(index)?.die_id(offset))
    }

    /// What `find` finds in the entry, or else in what it is a copy or the definition of
    /// (`DW_AT_abstract_origin`, `DW_AT_specification`).
    pub(super) fn integrate<T>(
        &self,
        die: DieId,
        mut find: impl FnMut(&Die<'_, 'a>) -> Result<Option<T>, DebugInfoError>,
    ) -> Result<Option<T>, DebugInfoError> {
        let mut die = self.die(die)?;
        for _ in 0..MAX_ORIGINS {
            if let Some(found) = find(&die)? {
                return Ok(Some(found));
            }
            match die.origin()? {
                Some(origin) => die = origin,
                None => break,
            }
        }
        Ok(None)
    }

    /// The name of an entry, its own or its origin's.
    pub(super) fn name_of(&self, die: DieId) -> Result<Option<Arc<str>>, DebugInfoError> {
        self.integrate(die, |die| Ok(die.name()?.map(Arc::from)))
    }

    /// The names of a function.
    pub(super) fn function_names(&self, die: DieId) -> Result<FunctionNames, DebugInfoError> {
        let linkage_name = self.integrate(die, |die| {
            let value = die
                .attr(dw::DW_AT_linkage_name)
                .or_else(|| die.attr(dw::DW_AT_MIPS_linkage_name));
            let text =
                value.and_then(|value| die.unit().dwarf().attr_string(die.unit(), value).ok());
            Ok(text.map(|text| String::from_utf8_lossy(text.slice()).into()))
        })?;
        Ok(FunctionNames {
            name: self.name_of(die)?,
            linkage_name,
        })
    }
}
