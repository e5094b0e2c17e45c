//! The cache, laid out as elfutils' client lays it out, so that what one downloads the other has.
//!
//! `BUILDID/debuginfo` and `BUILDID/executable` are files that were downloaded; an empty one says
//! that no server had it. Files above them hold settings, as decimal numbers.

use crate::Request;
use crate::clean::{self, age};
use std::fs::{self, DirBuilder, File, FileTimes, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A folder of downloaded files.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: PathBuf,
}

/// What the cache knows of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Known {
    /// It is here.
    Here(PathBuf),
    /// No server had it, not long ago.
    Missing,
    /// Nothing.
    Nothing,
}

/// A setting: a file with a decimal number in it, in seconds.
struct Setting {
    name: &'static str,
    default: u64,
}

const CLEAN_INTERVAL: Setting = Setting {
    name: "cache_clean_interval_s",
    default: 86400,
};
const MAX_UNUSED_AGE: Setting = Setting {
    name: "max_unused_age_s",
    default: 604_800,
};
const CACHE_MISS: Setting = Setting {
    name: "cache_miss_s",
    default: 600,
};

impl Cache {
    /// The cache at `root`, which is made if there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Where the file is or will be.
    pub(crate) fn path(&self, request: &Request) -> PathBuf {
        let folder = self.root.join(request.build_id.to_string());
        folder.join(request.artifact.name())
    }

    /// What is known of the file. One that is here counts as used now.
    pub(crate) fn look_up(&self, request: &Request) -> Known {
        let path = self.path(request);
        let Ok(file) = File::open(&path) else {
            return Known::Nothing;
        };
        let Ok(metadata) = file.metadata() else {
            return Known::Nothing;
        };
        if !metadata.is_file() {
            return Known::Nothing;
        }
        if metadata.len() > 0 {
            // File systems that note no accesses would have it cleaned away.
            let _ = file.set_times(FileTimes::new().set_accessed(SystemTime::now()));
            return Known::Here(path);
        }
        match age(metadata.modified().ok()) < self.miss_age() {
            true => Known::Missing,
            false => Known::Nothing,
        }
    }

    /// For how long it is remembered that a query failed.
    pub(crate) fn miss_age(&self) -> Duration {
        self.setting(&CACHE_MISS)
    }

    /// Makes the folder of a build ID.
    pub(crate) fn make_folder(&self, request: &Request) -> io::Result<()> {
        let path = self.path(request);
        let folder = path.parent().unwrap_or(&self.root);
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    /// Notes that no server has the file.
    pub(crate) fn note_missing(&self, request: &Request) -> io::Result<()> {
        self.make_folder(request)?;
        let path = self.path(request);
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        // Somebody else may have got it meanwhile.
        if file.metadata()?.len() == 0 {
            file.set_modified(SystemTime::now())?;
        }
        Ok(())
    }

    /// Removes what nobody used for long, if it is time to.
    pub(crate) fn clean_when_due(&self) {
        let path = self.root.join(CLEAN_INTERVAL.name);
        let Ok(last) = fs::metadata(&path).and_then(|metadata| metadata.modified()) else {
            let _ = fs::write(path, CLEAN_INTERVAL.default.to_string());
            return;
        };
        if age(Some(last)) < self.setting(&CLEAN_INTERVAL) {
            return;
        }
        // First, so that others do not clean, too.
        let touched = OpenOptions::new().write(true).open(path);
        let _ = touched.and_then(|file| file.set_modified(SystemTime::now()));
        clean::remove_unused(&self.root, self.setting(&MAX_UNUSED_AGE));
    }

    fn setting(&self, setting: &Setting) -> Duration {
        const LONGEST: u64 = 32;
        let mut text = String::new();
        let read = File::open(self.root.join(setting.name))
            .and_then(|file| file.take(LONGEST).read_to_string(&mut text));
        let seconds = read.ok().and_then(|_| text.trim().parse().ok());
        Duration::from_secs(seconds.unwrap_or(setting.default))
    }
}
