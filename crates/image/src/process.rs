//! What the notes of a process's core dump say: `fs/binfmt_elf.c` and `include/uapi/linux/elfcore.h`
//! in Linux, core(5).

use crate::{Image, StoredNote};
use spelunk_base::{Cursor, Platform, Truncated};
use spelunk_elf::constants::{self as elf, NoteType};

/// Mappings that one dump tells of at most: `vm.max_map_count` is 65530, unless raised.
const MAX_MAPPINGS: u64 = 1 << 20;

/// A range of memory that a file is mapped to: an entry of the `NT_FILE` note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileMapping {
    /// The first address.
    pub start: u64,
    /// The address behind the last.
    pub end: u64,
    /// The offset in the file of what is at the first address.
    pub offset: u64,
    /// The path of the file, as the kernel knew it.
    pub path: Box<[u8]>,
}

/// What is known of the process as a whole: the `NT_PRPSINFO` note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessInfo {
    /// Its ID, which is that of its main thread.
    pub pid: u32,
    /// The name of its main thread, as the kernel shows it, up to 15 bytes.
    pub name: Box<[u8]>,
    /// The start of its command line.
    pub arguments: Box<[u8]>,
}

/// A thread, as its `NT_PRSTATUS` note tells of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThreadStatus<'a> {
    /// Its ID.
    pub tid: u32,
    /// The signal that it got, or 0.
    pub signal: u16,
    /// The descriptor, which has the registers.
    pub desc: &'a [u8],
    /// The notes behind it, up to the next thread's: other registers of its, and what is said of the
    /// process, behind the first or last thread.
    pub notes: &'a [StoredNote],
}

impl<'a> ThreadStatus<'a> {
    /// The segments of i386 that the thread set for itself (set_thread_area(2)): an array of
    /// `struct user_desc`.
    #[must_use]
    pub fn thread_areas(&self) -> Option<&'a [u8]> {
        let is_it = |note: &&StoredNote| *note.name == *b"LINUX" && note.kind == elf::NT_386_TLS;
        let note = self.notes.iter().find(is_it)?;
        Some(&note.desc)
    }
}

/// The signal that ended the process: the start of the `NT_SIGINFO` note, a `siginfo_t`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signal {
    /// Its number.
    pub number: i32,
    /// Its `si_code`, which says why.
    pub code: i32,
    /// The address that was accessed, for signals that come from an access.
    pub address: Option<u64>,
}

/// Of a process.
impl Image {
    /// The mappings of files, in the order of their addresses; none if the dump does not tell.
    #[must_use]
    pub fn file_mappings(&self) -> Vec<FileMapping> {
        let (Some(desc), Some(platform)) = (self.core_note(elf::NT_FILE), self.platform()) else {
            return Vec::new();
        };
        let mut mappings = Vec::new();
        // What was read before the note turned out to be cut off counts.
        let _ = parse_mappings(desc, platform, &mut mappings);
        mappings.sort_by_key(|mapping: &FileMapping| mapping.start);
        mappings
    }

    /// What is known of the process as a whole, if the dump tells.
    #[must_use]
    pub fn process_info(&self) -> Option<ProcessInfo> {
        parse_info(self.core_note(elf::NT_PRPSINFO)?, self.platform()?).ok()
    }

    /// The threads, in the dump's order: the one that wrote it first.
    pub fn thread_statuses(&self) -> impl Iterator<Item = ThreadStatus<'_>> {
        let platform = self.platform();
        let threads = self.notes().split_inclusive(StoredNote::is_prstatus);
        // Each part ends with the note of the next thread.
        let behind = threads.clone().skip(1);
        let none: &[StoredNote] = &[];
        let behind = behind.chain(std::iter::once(none));
        let notes = threads.zip(behind).filter_map(|(before, behind)| {
            let own = before.last().filter(|note| note.is_prstatus())?;
            Some((own, behind))
        });
        notes.filter_map(move |(own, behind)| parse_status(&own.desc, behind, platform?).ok())
    }

    /// The signal that ended the process, if there was one and the dump tells.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        parse_signal(self.core_note(elf::NT_SIGINFO)?, self.platform()?).ok()
    }

    /// The auxiliary vector, as it was in memory.
    #[must_use]
    pub fn auxiliary_vector(&self) -> Option<&[u8]> {
        self.core_note(elf::NT_AUXV)
    }

    fn core_note(&self, kind: NoteType) -> Option<&[u8]> {
        let note = self.notes().iter().find(|note| note.is_core(kind))?;
        Some(&note.desc)
    }
}

/// `fill_files_note()`: count and page size, then start, end and page of each mapping, then the paths.
fn parse_mappings(
    desc: &[u8],
    platform: Platform,
    mappings: &mut Vec<FileMapping>,
) -> Result<(), Truncated> {
    let word = usize::from(platform.address_size());
    let mut places = Cursor::new(desc, platform.byte_order);
    let count = places.uint(word)?.min(MAX_MAPPINGS);
    let page_size = places.uint(word)?;
    let mut paths = places;
    let size = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .saturating_mul(word.saturating_mul(3));
    paths.skip(size)?;
    for _ in 0..count {
        let start = places.uint(word)?;
        let end = places.uint(word)?;
        let page = places.uint(word)?;
        let path = paths.c_str()?;
        if start < end {
            mappings.push(FileMapping {
                start,
                end,
                offset: page.wrapping_mul(page_size),
                path: path.into(),
            });
        }
    }
    Ok(())
}

/// `struct elf_prpsinfo`.
fn parse_info(desc: &[u8], platform: Platform) -> Result<ProcessInfo, Truncated> {
    let mut cursor = Cursor::new(desc, platform.byte_order);
    // State, its letter, whether it is a zombie, nice value; flags.
    let word = usize::from(platform.address_size());
    cursor.skip(4)?;
    cursor.align(word)?;
    cursor.skip(word)?;
    // User and group have 16 bits each on the oldest architectures: the whole is smaller there.
    cursor.skip(if desc.len() == 124 { 4 } else { 8 })?;
    let pid = cursor.u32()?;
    // Parent, process group, session.
    cursor.skip(12)?;
    let name = cursor.bytes(16)?;
    let arguments = cursor.bytes(80).unwrap_or_default();
    Ok(ProcessInfo {
        pid,
        name: until_nul(name),
        arguments: until_nul(arguments).trim_ascii_end().into(),
    })
}

/// The start of `struct elf_prstatus`: `struct elf_siginfo`, current, pending and held signals, IDs.
fn parse_status<'a>(
    desc: &'a [u8],
    notes: &'a [StoredNote],
    platform: Platform,
) -> Result<ThreadStatus<'a>, Truncated> {
    let mut cursor = Cursor::new(desc, platform.byte_order);
    cursor.skip(12)?;
    let signal = cursor.u16()?;
    let word = usize::from(platform.address_size());
    cursor.align(word)?;
    cursor.skip(word.saturating_mul(2))?;
    let tid = cursor.u32()?;
    Ok(ThreadStatus {
        tid,
        signal,
        desc,
        notes,
    })
}

/// The signals that come with the address of what was accessed.
const SIGNALS_WITH_ADDRESS: [i32; 5] = [4, 5, 7, 8, 11];

fn parse_signal(desc: &[u8], platform: Platform) -> Result<Signal, Truncated> {
    let word = usize::from(platform.address_size());
    let mut cursor = Cursor::new(desc, platform.byte_order);
    let number = cursor.u32()?.cast_signed();
    cursor.skip(4)?;
    let code = cursor.u32()?.cast_signed();
    cursor.align(word)?;
    // Signals that other processes sent have their IDs here; they have codes of 0 and less.
    let has_address = SIGNALS_WITH_ADDRESS.contains(&number) && code > 0;
    let address = cursor.uint(word).ok().filter(|_| has_address);
    Ok(Signal {
        number,
        code,
        address,
    })
}

fn until_nul(bytes: &[u8]) -> Box<[u8]> {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes
        .get(..end.unwrap_or(bytes.len()))
        .unwrap_or(bytes)
        .into()
}
