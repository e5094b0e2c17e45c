//! What stands in what: the namespaces, types and functions around the entries of a unit.

use crate::unit::Unit;
use gimli::{UnitOffset, constants as dw};

/// The entries of a unit that names are declared in.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    /// In the order of the section.
    scopes: Vec<Scope>,
}

#[derive(Debug)]
struct Scope {
    start: usize,
    /// Behind the last entry in it.
    end: usize,
    outer: Option<usize>,
}

impl Scopes {
    /// Looks through the entries of a unit, up to where they are damaged.
    pub(crate) fn new(unit: &Unit<'_>) -> Self {
        let mut scopes = Self::default();
        // A scope that is open to the end of the unit, or to the damage, has its end there.
        let _ = scopes.scan(unit);
        scopes
    }

    fn scan(&mut self, unit: &Unit<'_>) -> gimli::Result<()> {
        let mut entries = unit.header.entries_raw(&unit.abbreviations, None)?;
        // The scopes around the next entry, with the depth of what is in them.
        let mut open: Vec<(usize, isize)> = Vec::new();
        while !entries.is_empty() {
            let (start, depth) = (entries.next_offset().0, entries.next_depth());
            while let Some((scope, _)) = open.pop_if(|(_, inner)| *inner > depth) {
                self.close(scope, start);
            }
            let Some(abbreviation) = entries.read_abbreviation()? else {
                continue;
            };
            entries.skip_attributes(abbreviation.attributes())?;
            if abbreviation.has_children() && is_scope(abbreviation.tag()) {
                let outer = open.last().map(|(scope, _)| *scope);
                open.push((self.scopes.len(), depth.saturating_add(1)));
                self.scopes.push(Scope {
                    start,
                    end: usize::MAX,
                    outer,
                });
            }
        }
        Ok(())
    }

    fn close(&mut self, scope: usize, end: usize) {
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.end = end;
        }
    }

    /// The entries around the one at `offset`, from the innermost on.
    pub(crate) fn around(&self, offset: UnitOffset) -> impl Iterator<Item = UnitOffset> {
        let before = self.scopes.partition_point(|scope| scope.start < offset.0);
        let mut next = before.checked_sub(1);
        std::iter::from_fn(move || {
            // Outer scopes stand before inner ones, so this comes to an end.
            let scope = self.scopes.get(next?)?;
            next = scope.outer;
            Some(scope)
        })
        .filter(move |scope| offset.0 < scope.end)
        .map(|scope| UnitOffset(scope.start))
    }
}

fn is_scope(tag: gimli::DwTag) -> bool {
    matches!(
        tag,
        dw::DW_TAG_namespace
            | dw::DW_TAG_module
            | dw::DW_TAG_structure_type
            | dw::DW_TAG_union_type
            | dw::DW_TAG_class_type
            | dw::DW_TAG_interface_type
            | dw::DW_TAG_subprogram
    )
}
