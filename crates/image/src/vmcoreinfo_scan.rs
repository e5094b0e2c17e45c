use crate::image::Image;
use crate::vmcoreinfo::Vmcoreinfo;
use spelunk_base::{Cancel, Cancelled, Cursor, Progress};
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

/// Searches the physical memory of `image` for VMCOREINFO.
///
/// The note is preferred over the text: copies of the text are in other places too, say in the
/// buffers of whoever read them from the file of a dump. More than one note is possible as well,
/// such as that of a kernel before the last `kexec`; the first one is taken.
pub(crate) fn scan(
    image: &Image,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Option<Vmcoreinfo>, Cancelled> {
    let memory = image.memory();
    let mut text = None;
    let total = page_count(image);
    for (done, (address, prefix)) in prefixes(image, &memory).enumerate() {
        if done % ROUND == 0 {
            cancel.check()?;
            progress.report("searching for VMCOREINFO", done as u64, total);
        }
        if !is_note(&prefix) && (text.is_some() || !prefix.starts_with(FIRST_KEY)) {
            continue;
        }
        let mut page = vec![0; PAGE as usize];
        if memory
            .read(AddressSpace::Physical, address, &mut page)
            .is_err()
        {
            continue;
        }
        let note = Notes::new(&page, image.byte_order(), NoteAlignment::Four)
            .find(|note| note.name == b"VMCOREINFO");
        let info = Vmcoreinfo::parse(note.map_or(&page, |note| note.desc));
        if !info.is_plausible() {
            continue;
        }
        if note.is_some() {
            progress.report("searching for VMCOREINFO", total, total);
            return Ok(Some(info));
        }
        text = Some(info);
    }
    progress.report("searching for VMCOREINFO", total, total);
    Ok(text)
}

/// Whether a page that begins with `prefix` may hold the note.
fn is_note(prefix: &[u8; PREFIX]) -> bool {
    // Name size, descriptor size, type; the name is padded to 12.
    let mut cursor = Cursor::new(prefix, spelunk_base::ByteOrder::HOST);
    cursor.seek(12);
    cursor.bytes(10) == Ok(b"VMCOREINFO") && prefix.get(24..34) == Some(FIRST_KEY)
}

fn page_count(image: &Image) -> u64 {
    match &image.pages {
        Some(pages) => pages.count(),
        None => image
            .stored
            .iter()
            .map(|(_, size)| size / PAGE)
            .fold(0, u64::saturating_add),
    }
}

/// The addresses and first bytes of all pages that can be read.
fn prefixes<'a>(
    image: &'a Image,
    memory: &'a Memory,
) -> Box<dyn Iterator<Item = (u64, [u8; PREFIX])> + 'a> {
    if let Some(pages) = &image.pages {
        // Larger pages hold the buffers at their starts too, since they are allocated as pages.
        let size = pages.page_size();
        return Box::new(
            pages
                .prefixes()
                .filter_map(move |(frame, prefix)| Some((frame.checked_mul(size)?, prefix))),
        );
    }
    let addresses = image.stored.iter().flat_map(|(start, size)| {
        let first = start.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX);
        (first..start.saturating_add(*size)).step_by(PAGE as usize)
    });
    Box::new(addresses.filter_map(move |address| {
        let mut prefix = [0; PREFIX];
        memory
            .read(AddressSpace::Physical, address, &mut prefix)
            .ok()?;
        Some((address, prefix))
    }))
}
