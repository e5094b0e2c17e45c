use crate::file::DebugFile;
use crate::index::IndexEntry;
use crate::{DebugInfo, DebugInfoError};
use spelunk_types::TypeKind;
use std::collections::BTreeSet;

impl DebugInfo {
    /// The whole names of the types of these kinds that have `word` in them and that `is_wanted`,
    /// sorted, each once. Looks through all names.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged.
    pub fn find_type_names(
        &self,
        kinds: &[TypeKind],
        word: &str,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Box<str>>, DebugInfoError> {
        let mut all = BTreeSet::new();
        for file in self.files().iter() {
            file.add_type_names(kinds, word, is_wanted, &mut all)?;
        }
        Ok(all.into_iter().collect())
    }
}

impl DebugFile {
    fn add_type_names(
        &self,
        kinds: &[TypeKind],
        word: &str,
        is_wanted: &dyn Fn(&str) -> bool,
        all: &mut BTreeSet<Box<str>>,
    ) -> Result<(), DebugInfoError> {
        let finder = memchr::memmem::Finder::new(word.as_bytes());
        let is_type = |entry: &IndexEntry| kinds.iter().any(|kind| entry.kind.may_be(*kind));
        for (name, entries) in self.index()?.names() {
            let Some(name) = finder.find(name).and(std::str::from_utf8(name).ok()) else {
                continue;
            };
            let mut entries = entries.filter(is_type).peekable();
            if entries.peek().is_none() {
                continue;
            }
            if is_wanted(name) {
                all.insert(name.into());
            } else if name.ends_with(word) {
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
