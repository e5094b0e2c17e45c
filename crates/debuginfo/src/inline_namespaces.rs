//! Names in inline namespaces: `o::t` for `o::v1::t`, as C++ has it. The index knows the whole name.

use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::unit::UnitIndex;
use crate::units::Units;
use gimli::constants as dw;
use rayon::prelude::*;
use spelunk_base::Cancel;
use std::collections::BTreeSet;

/// Namespaces in namespaces: more is no program but a damaged file.
const MAX_DEPTH: usize = 32;
/// Places that one name leads through, and names that it may stand for, at most.
const MAX_PLACES: usize = 256;

/// The inline namespaces of a file.
#[derive(Debug, Default)]
pub(crate) struct InlineNamespaces {
    /// The path around each, and its own: `o::`, `o::v1::`.
    paths: Vec<(String, String)>,
}

impl InlineNamespaces {
    /// Those of all units. What is damaged has none.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`] alone.
    fn new(units: &Units<'_>, cancel: &Cancel) -> Result<Self, DebugInfoError> {
        let indices: Vec<UnitIndex> = units.indices().collect();
        let of_unit = |index: &UnitIndex| -> Result<_, DebugInfoError> {
            cancel.check()?;
            let mut found = BTreeSet::new();
            let _ = add_unit(units, *index, &mut found);
            Ok(found)
        };
        let all = indices.par_iter().map(of_unit);
        let all = all.try_reduce(BTreeSet::new, |mut all, mut found| {
            all.append(&mut found);
            Ok(all)
        })?;
        Ok(Self {
            paths: all.into_iter().collect(),
        })
    }

    /// The names that `path` may stand for, without itself.
    pub(crate) fn whole_names(&self, path: &str) -> Vec<String> {
        let mut names = Vec::new();
        // Where one may be, with what is to follow there.
        let mut places = vec![(String::new(), path)];
        let mut done = 0;
        while let Some((place, rest)) = places.get(done).cloned()
            && done < MAX_PLACES
        {
            done = done.saturating_add(1);
            for (around, inside) in &self.paths {
                if *around == place && names.len() < MAX_PLACES {
                    names.push(format!("{inside}{rest}"));
                    places.push((inside.clone(), rest));
                }
            }
            if let Some((next, rest)) = rest.split_once("::")
                && !next.contains('<')
            {
                places.push((format!("{place}{next}::"), rest));
            }
        }
        names
    }
}

/// Adds the inline namespaces of a unit.
fn add_unit(
    units: &Units<'_>,
    index: UnitIndex,
    found: &mut BTreeSet<(String, String)>,
) -> Result<(), DebugInfoError> {
    let unit = units.unit(index)?;
    let root = units.die(unit.die_id(unit.header.root_offset()))?;
    add_inside(&root, "", 0, found)
}

fn add_inside(
    outer: &Die<'_, '_>,
    path: &str,
    depth: usize,
    found: &mut BTreeSet<(String, String)>,
) -> Result<(), DebugInfoError> {
    if depth >= MAX_DEPTH {
        return Ok(());
    }
    outer.for_each_child(|child| {
        if child.tag() != dw::DW_TAG_namespace {
            return Ok(());
        }
        let whole = match child.any_name()? {
            Some(name) => format!("{path}{name}::"),
            // The index leaves out what has no name.
            None => path.to_owned(),
        };
        if child.flag(dw::DW_AT_export_symbols) && whole != path {
            found.insert((path.to_owned(), whole.clone()));
        }
        add_inside(&child, &whole, depth.saturating_add(1), found)
    })
}

impl DebugFile {
    /// The names that `path` may stand for by inline namespaces, without itself.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`] alone: a file that cannot be read says so elsewhere.
    pub(crate) fn names_in_inline_namespaces(
        &self,
        path: &str,
    ) -> Result<Vec<String>, DebugInfoError> {
        let known = match self.inline_namespaces.get() {
            Some(known) => known,
            None => {
                let found = self.result_of(|_, cancel| {
                    self.with_units(|units| InlineNamespaces::new(units, cancel))
                });
                if let Err(DebugInfoError::Cancelled) = found {
                    return Err(DebugInfoError::Cancelled);
                }
                self.inline_namespaces
                    .get_or_init(|| found.unwrap_or_default())
            }
        };
        Ok(known.whole_names(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_wherever_an_inline_namespace_may_be_left_out() {
        let pair = |around: &str, whole: &str| (around.to_owned(), whole.to_owned());
        let known = InlineNamespaces {
            paths: vec![
                pair("", "g::"),
                pair("o::", "o::v1::"),
                pair("o::", "o::v2::"),
                pair("o::v2::", "o::v2::w::"),
            ],
        };
        let names = |path: &str| known.whole_names(path);
        assert_eq!(
            names("o::t<o::u>"),
            [
                "g::o::t<o::u>",
                "o::v1::t<o::u>",
                "o::v2::t<o::u>",
                "o::v2::w::t<o::u>"
            ]
        );
        assert_eq!(
            names("o::v2::t"),
            [
                "g::o::v2::t",
                "o::v1::v2::t",
                "o::v2::v2::t",
                "o::v2::w::v2::t",
                "o::v2::w::t"
            ]
        );
        assert_eq!(names("p::t<o::v1::u>"), ["g::p::t<o::v1::u>"]);
    }
}
