//! Who waits for a program's long work: what they see of it, and how they stop it.

use spelunk_base::{Cancel, NoProgress, Progress};
use spelunk_debuginfo::Patience;
use std::sync::{Arc, PoisonError, RwLock};

/// Looks after the user while work takes long.
pub trait Attendant: Send + Sync {
    /// Has `work` done, once, by this thread or by another. It says how far it is to
    /// [`Program::progress`](crate::Program::progress) and stops when
    /// [`Program::cancel`](crate::Program::cancel) says so.
    ///
    /// Nothing is locked meanwhile.
    fn attend(&self, work: &mut (dyn FnMut() + Send));
}

pub(crate) struct Waiting {
    progress: RwLock<Arc<dyn Progress>>,
    cancel: Cancel,
    attendant: RwLock<Option<Arc<dyn Attendant>>>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            progress: RwLock::new(Arc::new(NoProgress)),
            cancel: Cancel::default(),
            attendant: RwLock::default(),
        }
    }
}

impl Waiting {
    pub(crate) fn progress(&self) -> Arc<dyn Progress> {
        Arc::clone(&self.progress.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_progress(&self, progress: Arc<dyn Progress>) {
        *self
            .progress
            .write()
            .unwrap_or_else(PoisonError::into_inner) = progress;
    }

    pub(crate) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    pub(crate) fn set_attendant(&self, attendant: Arc<dyn Attendant>) {
        let mut known = self
            .attendant
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *known = Some(attendant);
    }
}

impl Patience for Waiting {
    fn wait_for(&self, work: &mut (dyn FnMut(&dyn Progress, &Cancel) + Send)) {
        let known = self
            .attendant
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let attendant = known.clone();
        drop(known);
        // Whoever attends may choose what shows the progress.
        let mut work = || work(&*self.progress(), &self.cancel);
        match attendant {
            Some(attendant) => attendant.attend(&mut work),
            None => work(),
        }
    }
}
