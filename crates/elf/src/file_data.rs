use crate::map;
use crate::read_at::{ReadAt, ReadAtError, copy_at};
use memmap2::Mmap;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A file of the host, or bytes in memory that take the place of one.
pub struct FileData {
    name: String,
    content: Content,
}

enum Content {
    Mapped(Mmap),
    Memory(Vec<u8>),
    #[cfg(unix)]
    Read {
        file: File,
        len: u64,
    },
}

impl FileData {
    /// Opens the file at `path`: maps it if it is a local regular file, else reads on demand.
    ///
    /// # Errors
    ///
    /// The host's, with the path in the message.
    pub fn open(path: &Path) -> io::Result<Arc<dyn ReadAt>> {
        let name = path.display().to_string();
        let in_path = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        let mut file = File::open(path).map_err(in_path)?;
        let content = Content::of(&mut file).map_err(in_path)?;
        Ok(Arc::new(Self { name, content }))
    }

    /// As [`open`](Self::open), of a file that a core or a debug file may name: only a regular one or
    /// a block device. To open a pipe is to wait for who writes to it, and some other devices do things
    /// when they are opened.
    ///
    /// # Errors
    ///
    /// As those of [`open`](Self::open); and if it is neither.
    pub fn open_regular(path: &Path) -> io::Result<Arc<dyn ReadAt>> {
        let name = path.display();
        let in_path = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        let found = std::fs::metadata(path).map_err(in_path)?;
        // A folder has an error of its own.
        if found.is_file() || found.is_dir() || is_block_device(&found) {
            return Self::open(path);
        }
        let reason = format!("{name}: not a regular file");
        Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
    }

    /// The open file `file` under the name `name`.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn of_file(name: &str, mut file: File) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(Self {
            name: name.to_owned(),
            content: Content::of(&mut file)?,
        }))
    }

    /// `bytes` under a name of their own.
    #[must_use]
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Arc<dyn ReadAt> {
        Arc::new(Self {
            name: name.to_owned(),
            content: Content::Memory(bytes),
        })
    }
}

#[cfg(unix)]
fn is_block_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_block_device(_: &Metadata) -> bool {
    false
}

impl Content {
    #[cfg(unix)]
    fn of(file: &mut File) -> io::Result<Self> {
        use std::io::{Seek, SeekFrom};
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if metadata.is_file() && map::is_local(file) {
            return Self::mapped(file, metadata.len());
        }
        // The metadata of a block device says 0.
        let len = metadata.len().max(file.seek(SeekFrom::End(0)).unwrap_or(0));
        Ok(Self::Read {
            file: file.try_clone()?,
            len,
        })
    }

    #[cfg(not(unix))]
    fn of(file: &mut File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Self::mapped(file, len)
    }

    fn mapped(file: &File, len: u64) -> io::Result<Self> {
        // An empty file cannot be mapped.
        if len == 0 {
            return Ok(Self::Memory(Vec::new()));
        }
        map::map(file).map(Self::Mapped)
    }
}

impl ReadAt for FileData {
    fn len(&self) -> u64 {
        match &self.content {
            Content::Mapped(map) => map.len() as u64,
            Content::Memory(bytes) => bytes.len() as u64,
            #[cfg(unix)]
            Content::Read { len, .. } => *len,
        }
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
        match &self.content {
            Content::Mapped(map) => copy_at(map, offset, buf),
            Content::Memory(bytes) => copy_at(bytes, offset, buf),
            #[cfg(unix)]
            Content::Read { file, len } => {
                use std::os::unix::fs::FileExt;
                file.read_exact_at(buf, offset).map_err(|error| {
                    if error.kind() == io::ErrorKind::UnexpectedEof {
                        ReadAtError::PastEnd { offset, len: *len }
                    } else {
                        let errno = error.raw_os_error().unwrap_or(0);
                        ReadAtError::Io { offset, errno }
                    }
                })
            }
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Mapped(map) => Some(map),
            Content::Memory(bytes) => Some(bytes),
            #[cfg(unix)]
            Content::Read { .. } => None,
        }
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A part of a file that stands for a file of its own.
pub struct SubRange {
    file: Arc<dyn ReadAt>,
    start: u64,
    len: u64,
}

impl SubRange {
    /// The `len` bytes of `file` from `start` on, or as many of them as the file has.
    #[must_use]
    pub fn new(file: Arc<dyn ReadAt>, start: u64, len: u64) -> Self {
        let start = start.min(file.len());
        let len = len.min(file.len().saturating_sub(start));
        Self { file, start, len }
    }
}

impl ReadAt for SubRange {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
        let past_end = ReadAtError::PastEnd {
            offset,
            len: self.len,
        };
        let end = offset.checked_add(buf.len() as u64).ok_or(past_end)?;
        if end > self.len {
            return Err(past_end);
        }
        self.file.read_at(self.start.saturating_add(offset), buf)
    }

    fn bytes(&self) -> Option<&[u8]> {
        let start = usize::try_from(self.start).ok()?;
        let len = usize::try_from(self.len).ok()?;
        self.file.bytes()?.get(start..)?.get(..len)
    }

    fn name(&self) -> &str {
        self.file.name()
    }

    fn stored_len(&self) -> u64 {
        self.len.min(self.file.stored_len())
    }
}
