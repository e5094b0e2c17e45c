use crate::error::DebugInfoError;
use crate::file::DebugFile;
use spelunk_base::{Cancel, NoProgress, Progress};

/// Who waits when a lookup turns out to take long: some have all files looked through first.
pub trait Patience: Send + Sync {
    /// Has `work` done, once, by this thread or by another while this one looks after the user.
    ///
    /// Nothing is locked meanwhile.
    fn wait_for(&self, work: &mut (dyn FnMut(&dyn Progress, &Cancel) + Send));
}

/// Nobody who would lose patience.
pub(crate) struct Endless;

impl Patience for Endless {
    fn wait_for(&self, work: &mut (dyn FnMut(&dyn Progress, &Cancel) + Send)) {
        work(&NoProgress, &Cancel::default());
    }
}

impl dyn Patience + '_ {
    /// What comes out of `work`.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub(crate) fn result_of<T: Send>(
        &self,
        work: impl FnOnce(&dyn Progress, &Cancel) -> Result<T, DebugInfoError> + Send,
    ) -> Result<T, DebugInfoError> {
        let mut work = Some(work);
        let mut result = Err(DebugInfoError::Cancelled);
        self.wait_for(&mut |progress, cancel| {
            if let Some(work) = work.take() {
                result = work(progress, cancel);
            }
        });
        result
    }
}

impl DebugFile {
    /// What comes out of `work`, which takes long in large files.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub(crate) fn result_of<T: Send>(
        &self,
        work: impl FnOnce(&dyn Progress, &Cancel) -> Result<T, DebugInfoError> + Send,
    ) -> Result<T, DebugInfoError> {
        match self.program_files() {
            Some(files) => files.patience().result_of(work),
            None => (&Endless as &dyn Patience).result_of(work),
        }
    }
}
