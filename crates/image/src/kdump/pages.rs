use super::bitmap::Bitmap;
use super::header::{Header, PageDescriptor};
use crate::error::{Damage, ImageError};
use crate::reader::fault_kind;
use spelunk_elf::codec::{PageCodec, decode_page, decode_page_prefix};
use spelunk_elf::{ReadAt, SectionData};
use spelunk_memory::{FaultKind, PageCache, SegmentFault, SegmentReader};
use std::cell::RefCell;
use std::sync::Arc;

/// Memory for decompressed pages, in bytes.
const CACHE: usize = 64 << 20;

/// Descriptors at the end that are asked how long the file should be.
const LAST_DESCRIPTORS: u64 = 1024;

/// One file of a split dump; an unsplit dump has one.
pub(super) struct Part {
    pub(super) file: Arc<dyn ReadAt>,
    pub(super) header: Header,
    /// The frames that are memory of the target.
    memory: Bitmap,
    /// The frames that the dump holds, in all its parts together.
    held: Bitmap,
    /// Where the descriptors start.
    descriptors: u64,
    /// The rank of the first frame of this part.
    first_rank: u64,
}

impl Part {
    pub(super) fn open(
        file: Arc<dyn ReadAt>,
        header: Header,
        damage: &mut Vec<Damage>,
    ) -> Result<Self, ImageError> {
        let descriptors = header.bitmaps_offset.saturating_add(header.bitmaps_size);
        let page_size = u64::from(header.page_size);
        // Two bitmaps of the same size; the oldest files have the second one alone.
        let needed = header.frames.div_ceil(8);
        let half = header.bitmaps_size / 2;
        let (memory_offset, held_offset) = if half >= needed {
            (
                header.bitmaps_offset,
                header.bitmaps_offset.saturating_add(half),
            )
        } else {
            (header.bitmaps_offset, header.bitmaps_offset)
        };
        let read = |offset| {
            let size = needed.min(header.bitmaps_size);
            SectionData::read(&file, offset, size).map_err(|error| ImageError::Read {
                file: file.name().to_owned(),
                error,
            })
        };
        let memory = Bitmap::new(read(memory_offset)?);
        let held = Bitmap::new(read(held_offset)?);
        let first_rank = held.rank(header.first_frame);
        let end_rank = held.rank(header.end_frame.unwrap_or(header.frames));
        let expected = end_rank
            .saturating_sub(first_rank)
            .saturating_mul(PageDescriptor::SIZE)
            .saturating_add(descriptors)
            .max(bitmaps_end(&header, page_size));
        let part = Self {
            file,
            header,
            memory,
            held,
            descriptors,
            first_rank,
        };
        let expected = expected.max(part.last_page_end(end_rank));
        if expected > part.file.len() {
            damage.push(Damage::CutOff {
                file: part.file.name().to_owned(),
                expected,
                found: part.file.len(),
            });
        }
        Ok(part)
    }

    /// Where the farthest page of the last descriptors ends, which is the end of most files. The
    /// very last may be a page of zeros, which stands at the start.
    fn last_page_end(&self, end_rank: u64) -> u64 {
        let last = end_rank.saturating_sub(LAST_DESCRIPTORS)..end_rank;
        last.filter_map(|rank| self.descriptor(rank).ok())
            .map(|page| page.offset.saturating_add(u64::from(page.size)))
            .max()
            .unwrap_or(0)
    }

    /// The descriptor of the frame of this rank.
    fn descriptor(&self, rank: u64) -> Result<PageDescriptor, FaultKind> {
        let index = rank
            .checked_sub(self.first_rank)
            .ok_or(FaultKind::NotInPart)?;
        let offset = index
            .saturating_mul(PageDescriptor::SIZE)
            .saturating_add(self.descriptors);
        let mut bytes = [0; PageDescriptor::SIZE as usize];
        self.file.read_at(offset, &mut bytes).map_err(fault_kind)?;
        PageDescriptor::parse(&bytes, self.header.byte_order).map_err(|_| FaultKind::Damaged)
    }

    fn frames(&self) -> std::ops::Range<u64> {
        self.header.first_frame..self.header.end_frame.unwrap_or(u64::MAX)
    }
}

fn bitmaps_end(header: &Header, page_size: u64) -> u64 {
    header
        .bitmaps_offset
        .saturating_add(header.bitmaps_size)
        .max(page_size)
}

/// How many pages the dump holds in parts that are not among `parts`, which are in order.
pub(super) fn missing_pages(parts: &[Part]) -> u64 {
    let Some(first) = parts.first() else {
        return 0;
    };
    let total = first.held.rank(first.header.frames);
    let given = parts.iter().fold(0u64, |given, part| {
        let frames = part.frames();
        let pages = part.held.rank(frames.end).saturating_sub(part.first_rank);
        given.saturating_add(pages)
    });
    total.saturating_sub(given)
}

/// The pages of a dump: physical memory, as a segment that starts at address 0.
pub(crate) struct Pages {
    /// In the order of their frames.
    parts: Vec<Part>,
    page_shift: u32,
    frames: u64,
    cache: PageCache,
}

/// Where a page stands: in which file, where there, and how compressed.
struct Place<'a> {
    file: &'a Arc<dyn ReadAt>,
    offset: u64,
    size: usize,
    codec: Option<PageCodec>,
}

impl Pages {
    pub(super) fn new(parts: Vec<Part>, file: &Arc<dyn ReadAt>) -> Result<Self, ImageError> {
        let header =
            parts
                .first()
                .map(|part| &part.header)
                .ok_or_else(|| ImageError::UnknownFormat {
                    file: file.name().to_owned(),
                })?;
        let (frames, page_size) = (header.frames, header.page_size);
        Ok(Self {
            page_shift: page_size.trailing_zeros(),
            frames,
            cache: PageCache::new(usize::try_from(page_size).unwrap_or(0), CACHE),
            parts,
        })
    }

    /// The size of the memory in bytes, holes included.
    pub(super) fn memory_size(&self) -> u64 {
        self.frames.saturating_mul(self.page_size())
    }

    pub(crate) fn page_size(&self) -> u64 {
        1 << self.page_shift
    }

    /// The number of frames that the dump holds.
    pub(crate) fn count(&self) -> u64 {
        self.parts
            .first()
            .map_or(0, |part| part.held.rank(u64::MAX))
    }

    /// Each frame that can be read and its first `N` bytes, past the cache, decompressing no more.
    /// Frames in a row that share their page, as those of zeros do, come once.
    pub(crate) fn prefixes<const N: usize>(&self) -> impl Iterator<Item = (u64, [u8; N])> {
        let frames = self
            .parts
            .first()
            .into_iter()
            .flat_map(|part| part.held.iter());
        let mut previous = 0;
        // A bitmap full of nonsense may have more frames than the files have descriptors.
        frames
            .take(self.descriptor_limit())
            .filter_map(move |frame| {
                let place = self.find(frame).ok()?;
                if std::mem::replace(&mut previous, place.offset) == place.offset {
                    return None;
                }
                let mut prefix = [0; N];
                self.read_prefix(&place, &mut prefix).ok()?;
                Some((frame, prefix))
            })
    }

    fn descriptor_limit(&self) -> usize {
        let size = self.parts.iter().fold(0u64, |size, part| {
            size.saturating_add(part.file.stored_len())
        });
        usize::try_from(size / PageDescriptor::SIZE).unwrap_or(usize::MAX)
    }

    fn read_prefix(&self, place: &Place<'_>, prefix: &mut [u8]) -> Result<(), FaultKind> {
        let Some(codec) = place.codec else {
            return place.file.read_at(place.offset, prefix).map_err(fault_kind);
        };
        let page_size = usize::try_from(self.page_size()).unwrap_or(0);
        place.with_bytes(|compressed| {
            decode_page_prefix(codec, compressed, page_size, prefix).map_err(|_| FaultKind::Damaged)
        })
    }

    /// Where `frame` stands.
    fn find(&self, frame: u64) -> Result<Place<'_>, FaultKind> {
        let part = self
            .parts
            .iter()
            .find(|part| part.frames().contains(&frame));
        let bitmaps = part.or(self.parts.first()).ok_or(FaultKind::NotMapped)?;
        match bitmaps.held.contains(frame) {
            Some(true) => {}
            Some(false) if bitmaps.memory.contains(frame) == Some(true) => {
                return Err(FaultKind::NotInDump);
            }
            Some(false) => return Err(FaultKind::NotMapped),
            None => return Err(FaultKind::CutOff),
        }
        let part = part.ok_or(FaultKind::NotInPart)?;
        let descriptor = part.descriptor(part.held.rank(frame))?;
        // Where makedumpfile ran out of space, the descriptors were written ahead, as zeros.
        if descriptor.offset == 0 {
            return Err(FaultKind::CutOff);
        }
        let codec = descriptor.codec().map_err(|_| FaultKind::Damaged)?;
        let size = usize::try_from(descriptor.size).map_err(|_| FaultKind::Damaged)?;
        let page_size = usize::try_from(self.page_size()).map_err(|_| FaultKind::Damaged)?;
        let possible = match codec {
            None => size == page_size,
            // A page that does not shrink is stored plain.
            Some(_) => size <= page_size.saturating_mul(2),
        };
        if !possible {
            return Err(FaultKind::Damaged);
        }
        Ok(Place {
            file: &part.file,
            offset: descriptor.offset,
            size,
            codec,
        })
    }

    fn load(&self, frame: u64, page: &mut [u8]) -> Result<(), FaultKind> {
        let place = self.find(frame)?;
        match place.codec {
            None => place.file.read_at(place.offset, page).map_err(fault_kind),
            Some(codec) => place.with_bytes(|compressed| {
                decode_page(codec, compressed, page).map_err(|_| FaultKind::Damaged)
            }),
        }
    }
}

thread_local! {
    /// Compressed pages of files that are not mapped.
    static COMPRESSED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Place<'_> {
    /// Calls `decode` with the bytes as they stand in the file.
    fn with_bytes(
        &self,
        decode: impl FnOnce(&[u8]) -> Result<(), FaultKind>,
    ) -> Result<(), FaultKind> {
        if let Some(bytes) = self.file.bytes() {
            let compressed = usize::try_from(self.offset)
                .ok()
                .and_then(|offset| bytes.get(offset..)?.get(..self.size))
                .ok_or(FaultKind::CutOff)?;
            return decode(compressed);
        }
        COMPRESSED.with_borrow_mut(|buffer| {
            buffer.resize(self.size, 0);
            self.file.read_at(self.offset, buffer).map_err(fault_kind)?;
            decode(buffer)
        })
    }
}

impl SegmentReader for Pages {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let page_mask = self.page_size().wrapping_sub(1);
        let page_size = usize::try_from(self.page_size()).unwrap_or(0);
        // Searches ask for whole pages, and then for the next ones.
        let once = (offset | buf.len() as u64) & page_mask == 0;
        if once {
            // Nothing is decompressed in front of a hole.
            for number in 0..buf.len() as u64 >> self.page_shift {
                let offset = offset.wrapping_add(number << self.page_shift);
                self.find(offset >> self.page_shift)
                    .map_err(|kind| SegmentFault { offset, kind })?;
            }
        }
        let mut offset = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let frame = offset >> self.page_shift;
            let in_page = usize::try_from(offset & page_mask).unwrap_or(0);
            let size = page_size.saturating_sub(in_page).min(rest.len());
            let (part, behind) = rest.split_at_mut(size);
            let load = |page: &mut [u8]| self.load(frame, page);
            let read = match once {
                true => self.cache.read_once(frame, part, load),
                false => self.cache.read(frame, in_page, part, load),
            };
            read.map_err(|kind| SegmentFault { offset, kind })?;
            offset = offset.wrapping_add(size as u64);
            rest = behind;
        }
        Ok(())
    }
}
