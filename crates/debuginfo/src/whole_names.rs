use crate::file::DebugFile;
use crate::index::IndexEntry;
use crate::{DebugInfo, DebugInfoError};
use spelunk_base::{Cancel, Progress};
use spelunk_types::TypeKind;
use std::collections::BTreeSet;

/// Names between two looks at whether the user lost patience.
const BATCH: usize = 1 << 10;

impl DebugInfo {
    /// The whole names of the types of these kinds that have `word` in them and that `is_wanted`,
    /// sorted, each once. Looks through all names if `word` is one.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged, or the user lost patience.
    pub fn find_type_names(
        &self,
        kinds: &[TypeKind],
        word: &str,
        is_wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Box<str>>, DebugInfoError> {
        let mut all = BTreeSet::new();
        for file in self.files().iter() {
            file.result_of(|progress, cancel| {
                file.add_type_names(kinds, (word, is_wanted), &mut all, progress, cancel)
            })?;
        }
        Ok(all.into_iter().collect())
    }
}

impl DebugFile {
    fn add_type_names(
        &self,
        kinds: &[TypeKind],
        (word, is_wanted): (&str, &dyn Fn(&str) -> bool),
        all: &mut BTreeSet<Box<str>>,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<(), DebugInfoError> {
        let finder = memchr::memmem::Finder::new(word.as_bytes());
        let is_type = |entry: &IndexEntry| kinds.iter().any(|kind| entry.kind.may_be(*kind));
        let index = self.index()?;
        let names = index.names_if_mentioned(word, progress, cancel)?;
        for (count, (name, entries)) in names.enumerate() {
            if count % BATCH == 0 {
                cancel.check()?;
            }
            let Some(name) = finder.find(name).and(std::str::from_utf8(name).ok()) else {
                continue;
            };
            let mut entries = entries.filter(is_type).peekable();
            if entries.peek().is_none() {
                continue;
            }
            if is_wanted(name) {
                all.insert(name.into());
            } else if name.rsplit("::").next() == Some(word) {
                // A template under its simple name has its arguments in its entry.
                self.with_units(|units| {
                    for entry in entries {
                        if let Ok(Some(path)) = units.die(entry.die).and_then(|die| die.path())
                            && is_wanted(&path)
                        {
                            all.insert(path.into());
                        }
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}
