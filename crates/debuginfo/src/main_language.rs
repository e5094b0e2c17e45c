use crate::file::DebugFile;
use crate::index::NameKind;
use spelunk_base::Language;

impl DebugFile {
    /// The language of the function `main`; without one, as in libraries and in Rust, where it is
    /// in a crate, that of the first unit. `None` for a file without debugging information.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        if let Some(known) = self.language.get() {
            return *known;
        }
        // Found outside of the lock: the index is made by many threads.
        let found = self.find_language();
        *self.language.get_or_init(|| found)
    }

    fn find_language(&self) -> Option<Language> {
        let mut entries = self.index().ok()?.find("main");
        let main = entries.find(|entry| entry.kind == NameKind::Function);
        self.with_units(|units| {
            let die = match main {
                Some(entry) => Some(entry.die),
                None => match units.indices().next() {
                    Some(first) => {
                        let unit = units.unit(first)?;
                        Some(unit.die_id(unit.header.root_offset()))
                    }
                    None => None,
                },
            };
            die.map(|die| Ok(units.die(die)?.language())).transpose()
        })
        .ok()?
    }
}
