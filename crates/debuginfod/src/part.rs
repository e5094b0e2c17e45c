//! A file that is being downloaded, beside the place where it will be.
//!
//! Each download writes into a file of its own, so that several processes never write into one. When
//! a download ends early, what came is kept under a common name, with a trailer that says where it is
//! from; the next download takes it by renaming it, which only one can.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The last bytes of a kept part, after the length of the trailer's text in four bytes.
const MAGIC: &[u8; 8] = b"SPLKPART";
const LONGEST_TRAILER: u64 = 4096;

/// Where the bytes of a part are from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The file's address.
    pub url: String,
    /// What tells this version of the file from others.
    pub validator: String,
    /// The length of the whole file.
    pub total: u64,
}

impl Origin {
    /// As it stands at the end of a kept part.
    #[must_use]
    pub fn to_trailer(&self) -> Vec<u8> {
        let text = format!("{}\n{}\n{}\n", self.url, self.validator, self.total);
        let length = u32::try_from(text.len()).unwrap_or(0);
        [text.as_bytes(), &length.to_le_bytes(), MAGIC].concat()
    }

    /// The origin in the trailer at the end of `bytes`, and how long the trailer is.
    #[must_use]
    pub fn parse_trailer(bytes: &[u8]) -> Option<(Self, usize)> {
        let (rest, length) = bytes.strip_suffix(MAGIC)?.split_last_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (_, text) = rest.split_at_checked(rest.len().checked_sub(length)?)?;
        let mut lines = std::str::from_utf8(text)
            .ok()?
            .strip_suffix('\n')?
            .split('\n');
        let origin = Self {
            url: lines.next()?.to_owned(),
            validator: lines.next()?.to_owned(),
            total: lines.next()?.parse().ok()?,
        };
        let is_whole = lines.next().is_none() && !origin.validator.is_empty();
        let length = length.checked_add(4)?.checked_add(MAGIC.len())?;
        is_whole.then_some((origin, length))
    }
}

/// A file that is being downloaded. It goes with this, unless it is kept or finished.
pub(crate) struct Part {
    file: File,
    path: PathBuf,
    target: PathBuf,
    origin: Option<Origin>,
    length: u64,
}

impl Part {
    /// Begins, or goes on with what was kept, the file that will be at `target`.
    pub(crate) fn open(target: &Path) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let own = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = beside(target, &format!("{}-{own}", std::process::id()));
        let is_kept = fs::rename(beside(target, "part"), &path).is_ok();
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600);
        let file = match is_kept {
            true => options.open(&path)?,
            false => options.create(true).truncate(true).open(&path)?,
        };
        let mut part = Self {
            file,
            path,
            target: target.to_owned(),
            origin: None,
            length: 0,
        };
        if is_kept {
            let found = part.read_trailer()?;
            part.length = found.as_ref().map_or(0, |(_, length)| *length);
            part.origin = found.map(|(origin, _)| origin);
            part.file.set_len(part.length)?;
            part.file.seek(SeekFrom::End(0))?;
        }
        Ok(part)
    }

    /// The origin in the trailer, and how many bytes of the file stand before it.
    fn read_trailer(&mut self) -> io::Result<Option<(Origin, u64)>> {
        let length = self.file.metadata()?.len();
        let start = length.saturating_sub(LONGEST_TRAILER);
        self.file.seek(SeekFrom::Start(start))?;
        let mut end = Vec::new();
        (&self.file).take(LONGEST_TRAILER).read_to_end(&mut end)?;
        let found = Origin::parse_trailer(&end).and_then(|(origin, trailer)| {
            let length = length.checked_sub(u64::try_from(trailer).ok()?)?;
            (0 < length && length < origin.total).then_some((origin, length))
        });
        Ok(found)
    }

    /// Where what is there is from, if anything is there that can be gone on with.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// How much is there, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Where it is for now.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins anew with bytes from `origin`, if that can be said.
    pub(crate) fn restart(&mut self, origin: Option<Origin>) -> io::Result<()> {
        self.origin = origin;
        self.length = 0;
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0)).map(drop)
    }

    /// Adds bytes at the end.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.length = self.length.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// Keeps what is there for the next download, if it could go on with it.
    pub(crate) fn keep(mut self) {
        let Some(origin) = self.origin.as_ref().filter(|_| self.length > 0) else {
            return;
        };
        let written = self.file.write_all(&origin.to_trailer());
        let kept = written.and_then(|()| fs::rename(&self.path, beside(&self.target, "part")));
        if kept.is_ok() {
            self.path.clear();
        }
    }

    /// Puts the file, which is complete, where it belongs.
    pub(crate) fn finish(mut self) -> io::Result<PathBuf> {
        self.file.set_permissions(Permissions::from_mode(0o400))?;
        fs::rename(&self.path, &self.target)?;
        self.path.clear();
        Ok(self.target.clone())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// `target` with an ending.
fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin {
            url: "http://host/buildid/01/debuginfo".into(),
            validator: "\"tag\"".into(),
            total: 100,
        }
    }

    #[test]
    fn a_trailer_is_read_as_it_was_written() {
        let trailer = origin().to_trailer();
        let bytes = [b"body", &*trailer].concat();
        assert_eq!(
            Origin::parse_trailer(&bytes),
            Some((origin(), trailer.len()))
        );
        for end in 0..bytes.len() {
            assert_eq!(Origin::parse_trailer(&bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn what_was_kept_is_gone_on_with_once() {
        let folder = std::env::temp_dir().join(format!("spelunk-part-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let target = folder.join("debuginfo");
        let mut part = Part::open(&target).unwrap();
        part.restart(Some(origin())).unwrap();
        part.write(b"abc").unwrap();
        part.keep();
        let mut first = Part::open(&target).unwrap();
        let second = Part::open(&target).unwrap();
        assert_eq!((first.origin(), first.length()), (Some(&origin()), 3));
        assert_eq!((second.origin(), second.length()), (None, 0));
        first.write(b"def").unwrap();
        assert_eq!(fs::read(first.finish().unwrap()).unwrap(), b"abcdef");
        drop(second);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }
}
