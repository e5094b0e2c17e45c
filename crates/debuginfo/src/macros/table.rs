use super::list::ListPlace;
use super::text;
use super::walk::{Directive, walk};
use crate::unit::Unit;
use gimli::DebugLineOffset;
use hashbrown::HashMap;

/// All macros of a unit.
#[derive(Default)]
pub(super) struct MacroTable<'a> {
    /// By name, and of one name in order.
    definitions: Vec<Definition<'a>>,
    /// How many entries of lists were read for it.
    pub(super) entries: u32,
    /// The line table that counts its files, where that is not the unit's.
    pub(super) line_table: Option<DebugLineOffset>,
}

pub(super) struct Definition<'a> {
    pub(super) name: &'a [u8],
    /// What follows the name.
    pub(super) behind: &'a [u8],
    /// The number of the file that defines it, unless the compiler does.
    pub(super) file: Option<u64>,
    pub(super) line: u32,
    /// Where in the unit it is defined,
    start: u32,
    /// and where no longer.
    end: u32,
}

/// The place where a unit ends.
const END: u32 = u32::MAX;

impl Definition<'_> {
    /// Where in the unit the macro is known last.
    pub(super) fn last_place(&self) -> u32 {
        self.end - 1
    }

    /// Whether it is still known where the unit ends.
    pub(super) fn is_live(&self) -> bool {
        self.end == END
    }
}

impl<'a> MacroTable<'a> {
    pub(super) fn new(unit: &Unit<'a>) -> Self {
        let mut table = Self::default();
        let Some(root) = ListPlace::of(unit) else {
            return table;
        };
        let definitions = &mut table.definitions;
        let mut last: HashMap<&[u8], usize, foldhash::fast::RandomState> = HashMap::default();
        let walked = walk(unit, root, &mut |directive: Directive<'a>| {
            let name = text::name(directive.text);
            let new = directive.is_definition.then_some(definitions.len());
            let before = match new {
                Some(new) => last.insert(name, new),
                None => last.remove(name),
            };
            if let Some(before) = before.and_then(|before| definitions.get_mut(before)) {
                before.end = directive.position;
            }
            if new.is_some() {
                definitions.push(Definition {
                    name,
                    behind: directive.text.get(name.len()..).unwrap_or_default(),
                    file: directive.file,
                    line: u32::try_from(directive.line).unwrap_or(u32::MAX),
                    start: directive.position,
                    end: END,
                });
            }
        });
        (table.entries, table.line_table) = walked;
        table.definitions.shrink_to_fit();
        table
            .definitions
            .sort_by(|a, b| (a.name, a.start).cmp(&(b.name, b.start)));
        table
    }

    /// All definitions of a name, in order.
    pub(super) fn find(&self, name: &[u8]) -> &[Definition<'a>] {
        let all = &self.definitions;
        let start = all.partition_point(|definition| definition.name < name);
        let rest = all.get(start..).unwrap_or_default();
        let end = rest.partition_point(|definition| definition.name == name);
        rest.get(..end).unwrap_or_default()
    }

    /// The definition of a name that holds at a place.
    pub(super) fn find_at(&self, name: &[u8], place: u32) -> Option<&Definition<'a>> {
        let holds =
            |definition: &&Definition<'_>| (definition.start..definition.end).contains(&place);
        self.find(name).iter().find(holds)
    }
}
