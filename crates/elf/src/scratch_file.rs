use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// Zeros of this size are left out.
const BLOCK: usize = 4096;

/// A file without a name that is written once from start to end, and is gone with the process.
pub(crate) struct ScratchFile {
    file: File,
    len: u64,
    /// Bytes that may still be written, zeros apart.
    budget: u64,
}

impl ScratchFile {
    /// An empty file for up to `budget` bytes that are not zero.
    pub(crate) fn new(budget: u64) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("spelunk-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Self {
            file,
            len: 0,
            budget,
        })
    }

    /// Writes `bytes` behind those that are there.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        for block in bytes.chunks(BLOCK) {
            let size = block.len() as u64;
            if block.iter().any(|byte| *byte != 0) {
                self.budget = self.budget.checked_sub(size).ok_or_else(|| {
                    io::Error::other("decompresses to more than is believed: it is no dump")
                })?;
                self.file.seek(SeekFrom::Start(self.len))?;
                self.file.write_all(block)?;
            }
            self.len = self.len.saturating_add(size);
        }
        Ok(())
    }

    /// The file, with the zeros at its end.
    pub(crate) fn finish(self) -> io::Result<File> {
        self.file.set_len(self.len)?;
        Ok(self.file)
    }
}
