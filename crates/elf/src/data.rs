use crate::read_at::{ReadAt, ReadAtError};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Weak};

/// The bytes of a section: borrowed from the mapped file where they stand there as they are, else
/// owned. Clones are cheap and share the bytes.
#[derive(Clone)]
pub struct SectionData(Bytes);

#[derive(Clone)]
enum Bytes {
    Mapped {
        file: Arc<dyn ReadAt>,
        start: usize,
        end: usize,
    },
    Owned(Arc<Vec<u8>>),
}

impl SectionData {
    /// The `len` bytes of `file` from `offset` on, or as many of them as the file has; of a file that
    /// cannot be borrowed from, no more than a few times what it stores.
    ///
    /// # Errors
    ///
    /// Only when the host fails to read: that the file ends early is seen from the length.
    pub fn read(file: &Arc<dyn ReadAt>, offset: u64, len: u64) -> Result<Self, ReadAtError> {
        let start = offset.min(file.len());
        let end = start.saturating_add(len).min(file.len());
        let (start_index, end_index) = match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) => (start, end),
            _ => {
                return Err(ReadAtError::PastEnd {
                    offset,
                    len: usize::MAX as u64,
                });
            }
        };
        if file.bytes().is_some() {
            return Ok(Self(Bytes::Mapped {
                file: Arc::clone(file),
                start: start_index,
                end: end_index,
            }));
        }
        let limit = file.stored_len().saturating_mul(4).max(1 << 20);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut bytes = vec![0; end_index.saturating_sub(start_index).min(limit)];
        match file.read_at(start, &mut bytes) {
            // A file may have less than its length says, such as one that is cut off in a form
            // that is not in the order of its offsets.
            Err(ReadAtError::PastEnd { len, .. }) if len < end => {
                let available = usize::try_from(len.saturating_sub(start)).unwrap_or(0);
                bytes.truncate(available);
                file.read_at(start, &mut bytes)?;
            }
            result => result?,
        }
        Ok(bytes.into())
    }
}

/// Bytes that are there as long as somebody else has them.
#[derive(Default)]
pub(crate) struct WeakData(Weak<Vec<u8>>);

impl SectionData {
    /// A reference that keeps nothing; to bytes in a file, none.
    pub(crate) fn downgrade(&self) -> WeakData {
        match &self.0 {
            Bytes::Mapped { .. } => WeakData::default(),
            Bytes::Owned(bytes) => WeakData(Arc::downgrade(bytes)),
        }
    }
}

impl WeakData {
    pub(crate) fn upgrade(&self) -> Option<SectionData> {
        self.0.upgrade().map(Bytes::Owned).map(SectionData)
    }
}

impl Deref for SectionData {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Mapped { file, start, end } => file
                .bytes()
                .and_then(|bytes| bytes.get(*start..*end))
                .unwrap_or(&[]),
            Bytes::Owned(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for SectionData {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Bytes::Owned(Arc::new(bytes)))
    }
}

impl fmt::Debug for SectionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SectionData({} bytes)", self.len())
    }
}
