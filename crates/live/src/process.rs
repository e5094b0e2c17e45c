use crate::error::ProcessError;
use crate::maps::{MapEntry, parse_maps};
use crate::memory::ProcessMemory;
use crate::ptrace::{self, RegisterSets};
use spelunk_base::Platform;
use spelunk_memory::{Segment, SegmentReader};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A running process of this machine.
pub struct Process {
    pid: u32,
    /// `/proc/PID`.
    folder: PathBuf,
    platform: Platform,
    memory: Arc<ProcessMemory>,
}

impl Process {
    /// The process with this ID, or the one that a thread with this ID is of.
    ///
    /// # Errors
    ///
    /// There is no such process, it has no memory, or that may not be read (ptrace(2), "Ptrace access
    /// mode checking").
    pub fn open(id: u32) -> Result<Self, ProcessError> {
        let pid = find_process(id).unwrap_or(id);
        let folder = PathBuf::from(format!("/proc/{pid}"));
        let memory = File::open(folder.join("mem"))
            .map_err(|error| ProcessError::explain(error, pid, &folder))?;
        let process = Self {
            pid,
            platform: Platform::host(),
            memory: Arc::new(ProcessMemory(memory)),
            folder,
        };
        let is_64_bit = process.is_64_bit();
        Ok(Self {
            platform: match is_64_bit {
                Some(false) => Platform::host_32_bit(),
                _ => Platform::host(),
            },
            ..process
        })
    }

    /// Whether the executable is for addresses of 64 bits: the class in its ELF header.
    fn is_64_bit(&self) -> Option<bool> {
        let mut header = [0; 5];
        let mut executable = File::open(self.folder.join("exe")).ok()?;
        executable.read_exact(&mut header).ok()?;
        match header {
            [0x7f, b'E', b'L', b'F', class] => Some(class == 2),
            _ => None,
        }
    }

    /// Its ID.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The machine that its code is for: this one, or that which it emulates for old code.
    #[must_use]
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// All of its memory.
    #[must_use]
    pub fn segment(&self) -> Option<Segment> {
        let reader = Arc::clone(&self.memory) as Arc<dyn SegmentReader>;
        Segment::new(0, self.platform.address_mask(), 0, reader)
    }

    /// What reads its memory; offsets are addresses.
    #[must_use]
    pub fn memory(&self) -> &dyn SegmentReader {
        &*self.memory
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let path = self.folder.join(name);
        std::fs::read(&path).map_err(|error| in_path(&path, &error))
    }

    /// What is mapped where.
    ///
    /// # Errors
    ///
    /// The host's. So do all others here.
    pub fn maps(&self) -> io::Result<Vec<MapEntry>> {
        Ok(parse_maps(&self.read("maps")?).collect())
    }

    /// The auxiliary vector, as it was in memory.
    ///
    /// # Errors
    ///
    /// As [`maps`](Self::maps).
    pub fn auxiliary_vector(&self) -> io::Result<Vec<u8>> {
        self.read("auxv")
    }

    /// The path of the executable; ` (deleted)` follows if it was deleted or replaced.
    ///
    /// # Errors
    ///
    /// As [`maps`](Self::maps).
    pub fn executable(&self) -> io::Result<PathBuf> {
        let path = self.folder.join("exe");
        path.read_link().map_err(|error| in_path(&path, &error))
    }

    /// The IDs of the threads, in order.
    ///
    /// # Errors
    ///
    /// As [`maps`](Self::maps).
    pub fn threads(&self) -> io::Result<Vec<u64>> {
        let path = self.folder.join("task");
        let entries = std::fs::read_dir(&path).map_err(|error| in_path(&path, &error))?;
        let mut tids = Vec::new();
        for entry in entries {
            let name = entry.map_err(|error| in_path(&path, &error))?.file_name();
            tids.extend(name.to_str().and_then(|name| name.parse::<u64>().ok()));
        }
        tids.sort_unstable();
        Ok(tids)
    }

    /// The name of a thread; `None` if there is no such thread.
    ///
    /// # Errors
    ///
    /// As [`maps`](Self::maps).
    pub fn thread_name(&self, tid: u64) -> io::Result<Option<Vec<u8>>> {
        match self.read(&format!("task/{tid}/comm")) {
            Ok(mut name) => {
                name.truncate(name.strip_suffix(b"\n").unwrap_or(&name).len());
                Ok(Some(name))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The registers of a thread. It stands still meanwhile.
    ///
    /// # Errors
    ///
    /// The host's: the thread ended, may not be traced, or is traced by another debugger.
    pub fn registers(&self, tid: u64) -> io::Result<RegisterSets> {
        self.with_registers(tid, RegisterSets::clone)
    }

    /// As [`registers`](Self::registers), with what `look` makes of them while the thread still stands.
    ///
    /// # Errors
    ///
    /// As [`registers`](Self::registers).
    pub fn with_registers<T: Send>(
        &self,
        tid: u64,
        look: impl FnOnce(&RegisterSets) -> T + Send,
    ) -> io::Result<T> {
        if !self.threads()?.contains(&tid) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        ptrace::with_registers(tid, look)
    }

    /// Where the file of the mapping `entry` can be opened, though it may be deleted, replaced or in
    /// another root directory: the likeliest first.
    #[must_use]
    pub fn paths_of(&self, entry: &MapEntry) -> Vec<PathBuf> {
        let path = Path::new(OsStr::from_bytes(&entry.path));
        let mut paths = Vec::new();
        // The path itself tells users most, if it leads to the same file. Devices are not compared: Btrfs
        // tells others here than there.
        let is_same = std::fs::metadata(path).is_ok_and(|found| found.ino() == entry.inode);
        if path.is_absolute() && is_same {
            paths.push(path.to_owned());
        }
        let range = &entry.range;
        let range = format!("map_files/{:x}-{:x}", range.start, range.end);
        paths.push(self.folder.join(range));
        if let Ok(relative) = path.strip_prefix("/") {
            paths.push(self.folder.join("root").join(relative));
        }
        paths
    }

    /// The executable, though it may be deleted.
    #[must_use]
    pub fn executable_file(&self) -> PathBuf {
        self.folder.join("exe")
    }
}

/// The process that the thread `tid` is of, which is found under the thread's ID as well.
fn find_process(tid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("Tgid:"))?;
    line.trim().parse().ok()
}

fn in_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
