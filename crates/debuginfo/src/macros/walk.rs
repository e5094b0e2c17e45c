//! All that a unit defines, in order, through the lists that it imports.

use super::list::{Entry, List, ListId, ListPlace};
use super::split::SplitImports;
use crate::unit::Unit;
use gimli::DebugLineOffset;
use hashbrown::HashMap;

/// Entries of one unit. The kernel's have fewer than a hundred thousand.
const MAX_ENTRIES: u32 = 1 << 22;
/// Lists that import one another. GCC has one level, `dwz` two.
const MAX_DEPTH: u32 = 16;
/// How often a unit imports one list. Boost's preprocessor includes a header 256 times, or 1024 if it must.
const MAX_REPETITIONS: u32 = 1 << 10;
/// Files that include one another.
const MAX_FILES: usize = 1 << 10;

/// `#define` or `#undef`.
pub(super) struct Directive<'a> {
    /// Which of the unit's.
    pub(super) position: u32,
    /// What is defined: the name, and what follows it. `None`: the name is undefined.
    pub(super) is_definition: bool,
    pub(super) text: &'a [u8],
    /// The number of the file, unless the compiler or its command line defines it.
    pub(super) file: Option<u64>,
    pub(super) line: u64,
}

/// Calls `visit` with all that a unit defines; returns how many entries there are, and the line table
/// that counts the unit's files.
pub(super) fn walk<'a>(
    unit: &Unit<'a>,
    root: ListPlace,
    visit: &mut dyn FnMut(Directive<'a>),
) -> (u32, Option<DebugLineOffset>) {
    let Some(list) = List::open(unit, root) else {
        return (0, None);
    };
    let line_table = list.line_table();
    let mut walk = Walk {
        unit,
        visit,
        files: Vec::new(),
        too_deep: 0,
        position: 0,
        imported: HashMap::new(),
        split: SplitImports::of(unit, root),
        is_file_known: true,
    };
    walk.list(list, 0);
    (walk.position, line_table)
}

struct Walk<'w, 'u, 'a> {
    unit: &'u Unit<'a>,
    visit: &'w mut dyn FnMut(Directive<'a>),
    /// The files that are open, the innermost last.
    files: Vec<u64>,
    /// Files beyond those.
    too_deep: u32,
    position: u32,
    /// How often each list was imported.
    imported: HashMap<ListId, u32>,
    split: Option<SplitImports>,
    is_file_known: bool,
}

impl<'a> Walk<'_, '_, 'a> {
    fn list(&mut self, mut list: List<'_, 'a>, depth: u32) {
        let mut imports = 0;
        while let Some(entry) = list.next() {
            self.position += 1;
            if self.position > MAX_ENTRIES {
                return;
            }
            match entry {
                Entry::Define { line, text } => self.directive(true, line, text),
                Entry::Undefine { text } => self.directive(false, 0, text),
                Entry::StartFile { file } if self.files.len() < MAX_FILES => self.files.push(file),
                Entry::StartFile { .. } => self.too_deep += 1,
                Entry::EndFile if self.too_deep > 0 => self.too_deep -= 1,
                Entry::EndFile => {
                    self.files.pop();
                }
                Entry::Import(place) if depth < MAX_DEPTH => {
                    let (place, is_known) = match &self.split {
                        Some(split) if place == list.place() => {
                            imports += 1;
                            let Some(place) = split.get(imports - 1) else {
                                continue;
                            };
                            (place, split.is_exact)
                        }
                        _ => (place, true),
                    };
                    let before = std::mem::replace(&mut self.is_file_known, is_known);
                    if let Some(list) = List::open(self.unit, place)
                        && self.may_repeat(list.id())
                    {
                        self.list(list, depth + 1);
                    }
                    self.is_file_known = before;
                }
                Entry::Import(_) => {}
            }
        }
    }

    fn may_repeat(&mut self, list: ListId) -> bool {
        let count = self.imported.entry(list).or_default();
        *count += 1;
        *count <= MAX_REPETITIONS
    }

    fn directive(&mut self, is_definition: bool, line: u64, text: &'a [u8]) {
        let file = self.files.last().copied();
        (self.visit)(Directive {
            position: self.position,
            is_definition,
            text,
            // Line 0 is the command line (DWARF 5, section 6.3.2.1).
            file: file.filter(|_| line != 0 && self.is_file_known),
            line,
        });
    }
}
