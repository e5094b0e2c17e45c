use std::fmt;

/// Bytes that stand in a file, or in a part of one, or in memory.
///
/// One trait serves both kinds of files: those that are mapped, whose bytes are borrowed
/// ([`bytes`](Self::bytes)), and those that are read on demand. Code that wants a large range
/// should ask for the borrowed bytes first; [`SectionData::read`](crate::SectionData::read) does.
pub trait ReadAt: Send + Sync {
    /// Number of bytes.
    fn len(&self) -> u64;

    /// Fills `buf` with the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`ReadAtError::PastEnd`] if the bytes end earlier, [`ReadAtError::Io`] if the host cannot
    /// read them. What `buf` then holds is not defined.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError>;

    /// All bytes, where they can be borrowed.
    fn bytes(&self) -> Option<&[u8]>;

    /// What to call this in messages; a path in most cases.
    fn name(&self) -> &str;

    /// Number of bytes that are stored somewhere: less than [`len`](Self::len) where large parts are
    /// nowhere, such as those between the records of a sparse form. Bounds what a hostile file can
    /// make anyone allocate.
    fn stored_len(&self) -> u64 {
        self.len()
    }

    /// Whether there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why bytes could not be read from a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadAtError {
    /// The file ends before the bytes do.
    PastEnd {
        /// Where the bytes should start.
        offset: u64,
        /// Where the file ends.
        len: u64,
    },
    /// The host failed to read.
    Io {
        /// Where the bytes start.
        offset: u64,
        /// The host's error number; 0 if there is none.
        errno: i32,
    },
}

impl fmt::Display for ReadAtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::PastEnd { offset, len } => write!(
                f,
                "file ends at {len:#x}, before the data at {offset:#x}: it is cut off"
            ),
            Self::Io { offset, errno } => write!(
                f,
                "cannot read at {offset:#x}: {}",
                std::io::Error::from_raw_os_error(errno)
            ),
        }
    }
}

impl std::error::Error for ReadAtError {}

/// Copies from borrowed bytes: what `read_at` is for everything that has [`ReadAt::bytes`].
pub(crate) fn copy_at(bytes: &[u8], offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
    let source = usize::try_from(offset)
        .ok()
        .and_then(|start| bytes.get(start..)?.get(..buf.len()))
        .ok_or(ReadAtError::PastEnd {
            offset,
            len: bytes.len() as u64,
        })?;
    buf.copy_from_slice(source);
    Ok(())
}
