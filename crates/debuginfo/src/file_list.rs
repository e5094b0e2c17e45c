use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::merged_names::MergedNames;
use crate::patience::Patience;
use crate::wanted_name::WantedName;
use arc_swap::{ArcSwap, ArcSwapOption};
use rayon::prelude::*;
use spelunk_base::{Cancel, Progress};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// So few files are always asked one by one.
const FEW: usize = 8;
/// Merging the names of a file takes about as long as asking so many files for one.
const MERGE_COST: usize = 512;

/// The files of a program, as far as they are known by now.
///
/// To ask each of thousands of files for a name takes a third of a millisecond. Their names are
/// therefore [merged](MergedNames), as soon as the time spent on asking would have been enough for
/// that: whoever looks up a few names only does not pay for it.
pub(crate) struct FileList {
    patience: Arc<dyn Patience>,
    files: ArcSwap<Vec<Arc<DebugFile>>>,
    /// The names of the first files.
    merged: ArcSwapOption<MergedNames>,
    /// How many of the other files were asked for a name since.
    asked: AtomicUsize,
    is_merging: AtomicBool,
}

impl FileList {
    /// No files yet, for those who have this patience.
    pub(crate) fn new(patience: Arc<dyn Patience>) -> Self {
        Self {
            patience,
            files: ArcSwap::default(),
            merged: ArcSwapOption::default(),
            asked: AtomicUsize::new(0),
            is_merging: AtomicBool::new(false),
        }
    }

    /// That of those who ask the files.
    pub(crate) fn patience(&self) -> &dyn Patience {
        &*self.patience
    }

    pub(crate) fn snapshot(&self) -> Arc<Vec<Arc<DebugFile>>> {
        self.files.load_full()
    }

    pub(crate) fn push(&self, file: &Arc<DebugFile>) {
        self.files.rcu(|files| {
            let mut longer = Vec::with_capacity(files.len().saturating_add(1));
            longer.extend(files.iter().cloned());
            longer.push(Arc::clone(file));
            longer
        });
    }

    /// Calls `look` with each file that may have the name, and its number, in their order, until it
    /// breaks.
    pub(crate) fn look_in_each<B>(
        &self,
        name: &WantedName<'_>,
        mut look: impl FnMut(usize, &Arc<DebugFile>) -> Result<ControlFlow<B>, DebugInfoError>,
    ) -> Result<Option<B>, DebugInfoError> {
        let files = self.files.load();
        let merged = self.merged.load();
        let known = merged.as_ref().map_or(0, |merged| merged.files());
        if let Some(merged) = &*merged {
            for number in merged.find(name) {
                if let Some(file) = files.get(number)
                    && let ControlFlow::Break(found) = look(number, file)?
                {
                    return Ok(Some(found));
                }
            }
        }
        let rest = files.get(known..).unwrap_or_default();
        let mut indexed = 0;
        for (number, file) in rest.iter().enumerate() {
            if number == indexed {
                // Twice as many each time: who finds it early does not wait for all.
                indexed = number.saturating_mul(2).max(1);
                let next = rest.get(number..indexed.min(rest.len()));
                self.index_all(next.unwrap_or_default())?;
            }
            if let ControlFlow::Break(found) = look(known.saturating_add(number), file)? {
                self.count(&files, known, number.saturating_add(1))?;
                return Ok(Some(found));
            }
        }
        self.count(&files, known, rest.len())?;
        Ok(None)
    }

    /// Counts the files that were asked; if they are enough by now, merges the names of all.
    fn count(
        &self,
        files: &[Arc<DebugFile>],
        known: usize,
        asked: usize,
    ) -> Result<(), DebugInfoError> {
        let rest = files.len().saturating_sub(known);
        if rest < FEW {
            return Ok(());
        }
        let asked = self.asked.fetch_add(asked, Ordering::Relaxed);
        // What was merged is copied.
        let cost = rest.saturating_add(known / 8).saturating_mul(MERGE_COST);
        if asked < cost {
            return Ok(());
        }
        let Some(_turn) = Turn::take(&self.is_merging) else {
            return Ok(());
        };
        self.index_all(files)?;
        let merged = self.merged.load_full();
        let longer = self
            .patience
            .result_of(|_, cancel| Ok(MergedNames::new(files, merged.as_deref(), cancel)?))?;
        self.merged.store(Some(Arc::new(longer)));
        self.asked.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// Makes the indices of files that have none yet, in parallel. Errors come out where the files
    /// are asked.
    fn index_all(&self, files: &[Arc<DebugFile>]) -> Result<(), DebugInfoError> {
        match files.iter().any(|file| !file.is_indexed()) {
            true => self
                .patience
                .result_of(|progress, cancel| prepare_all(files, progress, cancel)),
            false => Ok(()),
        }
    }
}

/// Makes the indices of files that have none yet, in parallel.
///
/// # Errors
///
/// [`DebugInfoError::Cancelled`] alone.
pub(crate) fn prepare_all(
    files: &[Arc<DebugFile>],
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<(), DebugInfoError> {
    files
        .par_iter()
        .try_for_each(|file| match file.prepare_index(progress, cancel) {
            Err(DebugInfoError::Cancelled) => Err(DebugInfoError::Cancelled),
            _ => Ok(()),
        })
}

/// What one thread does at a time, until it is done with it in whatever way.
struct Turn<'a>(&'a AtomicBool);

impl<'a> Turn<'a> {
    /// The turn, unless another thread has it.
    fn take(is_taken: &'a AtomicBool) -> Option<Self> {
        (!is_taken.swap(true, Ordering::Acquire)).then_some(Self(is_taken))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
