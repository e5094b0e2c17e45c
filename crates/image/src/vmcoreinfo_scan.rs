use crate::image::Image;
use crate::vmcoreinfo::Vmcoreinfo;
use spelunk_base::{ByteOrder, Cancel, Cancelled, Cursor, Progress};
use spelunk_elf::{NoteAlignment, Notes};
use spelunk_memory::{AddressSpace, Memory, ReadMemory};

/// The kernel's buffers are a page each: the text (`vmcoreinfo_data`) and the note that is made of
/// it (`vmcoreinfo_note`), in `kernel/crash_core.c` and `kernel/vmcore_info.c`.
const PAGE: u64 = 4096;
/// Enough to tell both: the header of the note, its name, and the first key.
const PREFIX: usize = 48;
const FIRST_KEY: &[u8] = b"OSRELEASE=";
/// How many pages between two looks at the cancel flag.
const ROUND: usize = 1024;
/// What is read at once where it is reads that cost.
const BLOCK: u64 = 1 << 18;

/// What takes time when memory is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadCost {
    /// Each read, however small: system calls.
    PerRead,
    /// Each byte: slow connections, decompression.
    PerByte,
}

/// Searches the physical memory of `image` for VMCOREINFO.
pub(crate) fn scan(
    image: &Image,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Option<Vmcoreinfo>, Cancelled> {
    let memory = image.memory();
    let search = Search {
        memory: &memory,
        order: image.byte_order(),
        cancel,
        progress,
    };
    if let Some(pages) = &image.pages {
        // Larger pages hold the buffers at their starts too, since they are allocated as pages.
        let size = pages.page_size();
        let prefixes = pages.prefixes();
        let prefixes =
            prefixes.filter_map(|(frame, prefix)| Some((frame.checked_mul(size)?, Some(prefix))));
        return search.run(prefixes, pages.count());
    }
    let total = image.stored.iter().map(|(_, size)| size / PAGE);
    let total = total.fold(0, u64::saturating_add);
    let stored = image.stored.iter();
    let ranges = stored.filter_map(|(start, size)| {
        let last = start.checked_add(size.checked_sub(1)?)?;
        Some((*start, last))
    });
    search.run(prefixes(&memory, ranges, ReadCost::PerRead), total)
}

/// Searches the physical memory in `ranges` (first and last addresses) for the kernel's own buffer of VMCOREINFO.
///
/// # Errors
///
/// [`Cancelled`] if `cancel` says so.
pub fn scan_for_vmcoreinfo(
    memory: &Memory,
    ranges: &[(u64, u64)],
    cost: ReadCost,
    order: ByteOrder,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Option<Vmcoreinfo>, Cancelled> {
    let size = |(start, last): &(u64, u64)| last.saturating_sub(*start) / PAGE;
    let total = ranges.iter().map(size).fold(0, u64::saturating_add);
    let search = Search {
        memory,
        order,
        cancel,
        progress,
    };
    search.run(prefixes(memory, ranges.iter().copied(), cost), total)
}

struct Search<'a> {
    memory: &'a Memory,
    order: ByteOrder,
    cancel: &'a Cancel,
    progress: &'a dyn Progress,
}

impl Search<'_> {
    /// Looks at pages by their first bytes, of those that can be read.
    ///
    /// The note is preferred over the text: copies of the text are in other places too, say in the
    /// buffers of whoever read them from the file of a dump. More than one note is possible as well,
    /// such as that of a kernel before the last `kexec`; the first one is taken.
    fn run(
        &self,
        prefixes: impl Iterator<Item = (u64, Option<[u8; PREFIX]>)>,
        total: u64,
    ) -> Result<Option<Vmcoreinfo>, Cancelled> {
        let report = |done| {
            self.progress
                .report("searching for VMCOREINFO", done, total);
        };
        let mut text = None;
        for (done, (address, prefix)) in prefixes.enumerate() {
            if done % ROUND == 0 {
                self.cancel.check()?;
                report(done as u64);
            }
            let Some(prefix) = prefix else {
                continue;
            };
            if !is_note(&prefix) && (text.is_some() || !prefix.starts_with(FIRST_KEY)) {
                continue;
            }
            let mut page = vec![0; PAGE as usize];
            let read = self.memory.read(AddressSpace::Physical, address, &mut page);
            if read.is_err() {
                continue;
            }
            let note = Notes::new(&page, self.order, NoteAlignment::Four)
                .find(|note| note.name == b"VMCOREINFO");
            let info = Vmcoreinfo::parse(note.map_or(&page, |note| note.desc));
            if !info.is_plausible() {
                continue;
            }
            if note.is_some() {
                report(total);
                return Ok(Some(info));
            }
            text = Some(info);
        }
        report(total);
        Ok(text)
    }
}

/// Whether a page that begins with `prefix` may hold the note.
fn is_note(prefix: &[u8; PREFIX]) -> bool {
    // Name size, descriptor size, type; the name is padded to 12.
    let mut cursor = Cursor::new(prefix, ByteOrder::HOST);
    cursor.seek(12);
    cursor.bytes(10) == Ok(b"VMCOREINFO") && prefix.get(24..34) == Some(FIRST_KEY)
}

/// The addresses of all pages in `ranges`, and the first bytes of those that can be read. Blocks are read as a whole
/// where that is possible, and pages else.
fn prefixes(
    memory: &Memory,
    ranges: impl Iterator<Item = (u64, u64)>,
    cost: ReadCost,
) -> impl Iterator<Item = (u64, Option<[u8; PREFIX]>)> {
    let blocks = ranges.flat_map(|(start, last)| {
        let first = start.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX);
        let aligned = first & !(BLOCK.saturating_sub(1));
        (aligned..last)
            .step_by(BLOCK as usize)
            .map(move |block| (block.max(first), last.min(block | (BLOCK - 1))))
    });
    blocks.flat_map(move |(first, last)| {
        // At most a block.
        let size = usize::try_from(last.saturating_sub(first)).unwrap_or(0);
        let mut bytes = vec![0; size.saturating_add(1)];
        let whole = cost == ReadCost::PerRead
            && memory
                .read(AddressSpace::Physical, first, &mut bytes)
                .is_ok();
        let pages = (first..last).step_by(PAGE as usize);
        pages.map(move |address| {
            let prefix = if whole {
                let offset = usize::try_from(address.wrapping_sub(first)).unwrap_or(usize::MAX);
                bytes
                    .get(offset..)
                    .and_then(|bytes| bytes.first_chunk().copied())
            } else {
                let mut prefix = [0; PREFIX];
                let read = memory.read(AddressSpace::Physical, address, &mut prefix);
                read.is_ok().then_some(prefix)
            };
            (address, prefix)
        })
    })
}
