use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::file_list::{FileList, prepare_all};
use crate::index::IndexEntry;
use crate::object::{FoundObject, ObjectKinds, ObjectValue};
use crate::patience::{Endless, Patience};
use crate::wanted_name::WantedName;
use spelunk_base::{Cancel, Language, Progress};
use spelunk_types::{QualifiedType, TypeKind, TypeStore};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The debugging information of a program: all its files, in the order in which they were added.
///
/// Files are added, never removed. Add the main file (vmlinux) first: where several files have
/// what was asked for, the earliest file's counts.
pub struct DebugInfo {
    store: Arc<TypeStore>,
    files: Arc<FileList>,
}

impl DebugInfo {
    /// No files yet; types go to `store`.
    #[must_use]
    pub fn new(store: Arc<TypeStore>) -> Self {
        Self::with_patience(store, Arc::new(Endless))
    }

    /// As [`new`](Self::new), for users who may lose patience while a lookup takes long: it then
    /// fails with [`DebugInfoError::Cancelled`], and the next one starts again.
    #[must_use]
    pub fn with_patience(store: Arc<TypeStore>, patience: Arc<dyn Patience>) -> Self {
        Self {
            store,
            files: Arc::new(FileList::new(patience)),
        }
    }

    /// Where the types are.
    #[must_use]
    pub fn store(&self) -> &Arc<TypeStore> {
        &self.store
    }

    /// The files that were added by now.
    #[must_use]
    pub fn files(&self) -> Arc<Vec<Arc<DebugFile>>> {
        self.files.snapshot()
    }

    /// Adds a file. Its index is made by [`prepare`](Self::prepare), or at the first lookup.
    ///
    /// # Errors
    ///
    /// If the file was added before, or there are too many.
    pub fn add(&self, file: Arc<DebugFile>) -> Result<(), DebugInfoError> {
        file.register(&self.store, &self.files)?;
        self.files.push(&file);
        Ok(())
    }

    /// The language of the first file that has one.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        let files = self.files.snapshot();
        files.iter().find_map(|file| file.language())
    }

    /// Makes the indices of all files, or finds them on disk, in parallel.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`] if `cancel` says so. Files whose debugging information is
    /// damaged are no error: they have fewer names.
    pub fn prepare(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<(), DebugInfoError> {
        prepare_all(&self.files.snapshot(), progress, cancel)
    }

    /// The type of one of these kinds called `name` (`A::B` in C++), defined in the source file
    /// whose path ends in the components of `filename`.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged.
    pub fn find_type(
        &self,
        kinds: &[TypeKind],
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>, DebugInfoError> {
        let name = WantedName::new(name);
        self.files.look_in_each(&name, |_, file| {
            let found = file.find_type(&self.store, kinds, &name, filename)?;
            Ok(found.map_or(ControlFlow::Continue(()), ControlFlow::Break))
        })
    }

    /// The object of one of these kinds called `name` (`A::B` in C++), defined in the source file
    /// whose path ends in the components of `filename`.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged.
    pub fn find_object(
        &self,
        name: &str,
        filename: Option<&str>,
        kinds: ObjectKinds,
    ) -> Result<Option<FoundObject>, DebugInfoError> {
        let name = WantedName::new(name);
        let mut absent = None;
        let present = self.files.look_in_each(&name, |number, file| {
            let Some(mut found) = file.find_object(&self.store, &name, filename, kinds)? else {
                return Ok(ControlFlow::Continue(()));
            };
            found.file = number;
            if matches!(found.value, ObjectValue::Absent(_)) {
                absent.get_or_insert(found);
                return Ok(ControlFlow::Continue(()));
            }
            Ok(ControlFlow::Break(found))
        })?;
        Ok(present.or(absent))
    }

    /// The names of objects of these kinds that start with `prefix`, sorted, each once, at most
    /// `limit` of them.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged.
    pub fn object_names(
        &self,
        prefix: &str,
        kinds: ObjectKinds,
        limit: usize,
    ) -> Result<Vec<String>, DebugInfoError> {
        self.names(prefix, limit, |entry| {
            let kind = entry.kind.object_kind();
            kind.is_some_and(|kind| kinds.contains(kind))
        })
    }

    /// The names (without keyword) of types of these kinds that start with `prefix`, sorted, each
    /// once, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// If the debugging information is damaged.
    pub fn type_names(
        &self,
        prefix: &str,
        kinds: &[TypeKind],
        limit: usize,
    ) -> Result<Vec<String>, DebugInfoError> {
        self.names(prefix, limit, |entry| {
            kinds.iter().any(|kind| entry.kind.may_be(*kind))
        })
    }

    fn names(
        &self,
        prefix: &str,
        limit: usize,
        wanted: impl Fn(&IndexEntry) -> bool,
    ) -> Result<Vec<String>, DebugInfoError> {
        let mut all = BTreeSet::new();
        for file in self.files.snapshot().iter() {
            for (name, mut entries) in file.index()?.names() {
                if let Ok(name) = std::str::from_utf8(name)
                    && name.starts_with(prefix)
                    && !all.contains(name)
                    && entries.any(|entry| wanted(&entry))
                {
                    all.insert(name.to_owned());
                    if all.len() > limit {
                        all.pop_last();
                    }
                }
            }
        }
        Ok(all.into_iter().collect())
    }
}

/// Many threads ask at once.
const fn assert_send_and_sync<T: Send + Sync>() {}
const _: () = assert_send_and_sync::<DebugInfo>();
const _: () = assert_send_and_sync::<DebugFile>();
