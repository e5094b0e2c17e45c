//! How far a batch of downloads is.

use crate::Request;
use spelunk_base::Progress;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What came of each file so far. Threads add to it, one reports.
pub(crate) struct Tally<'a> {
    requests: &'a [Request],
    files: Vec<File>,
    finished: AtomicUsize,
}

#[derive(Default)]
struct File {
    came: AtomicU64,
    total: AtomicU64,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(requests: &'a [Request]) -> Self {
        Self {
            requests,
            files: requests.iter().map(|_| File::default()).collect(),
            finished: AtomicUsize::new(0),
        }
    }

    /// The file at `place` has `total` bytes; 0 if nobody knows.
    pub(crate) fn expect(&self, place: usize, total: u64) {
        if let Some(file) = self.files.get(place) {
            file.total.store(total, Ordering::Relaxed);
        }
    }

    /// `bytes` of the file at `place` are here.
    pub(crate) fn came(&self, place: usize, bytes: u64) {
        if let Some(file) = self.files.get(place) {
            file.came.store(bytes, Ordering::Relaxed);
        }
    }

    /// One more file is done with, in whatever way.
    pub(crate) fn finish_one(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn report(&self, progress: &dyn Progress) {
        let came = self
            .files
            .iter()
            .map(|file| file.came.load(Ordering::Relaxed));
        let came = came.fold(0, u64::saturating_add);
        let finished = self.finished.load(Ordering::Relaxed) as u64;
        let count = self.files.len() as u64;
        if let ([request], [file]) = (self.requests, &*self.files) {
            let name = request.artifact.name();
            let label = short(&request.label);
            let task = format!("downloading {name} of {label} ({})", size(came));
            let total = file.total.load(Ordering::Relaxed);
            progress.report(&task, came, total);
        } else {
            let size = size(came);
            let task = format!("asking debuginfod: {finished} of {count} files, {size}");
            progress.report(&task, finished, count);
        }
    }
}

/// The end of a path, so that it fits on a line.
fn short(label: &str) -> String {
    const LONGEST: usize = 40;
    let name = label.rsplit('/').next().unwrap_or(label);
    name.chars().take(LONGEST).collect()
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
