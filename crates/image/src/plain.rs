//! Images of memory without any description of the machine: raw ones, and those of LiME.

use crate::error::{Damage, ImageError};
use crate::image::{Format, Image, TargetKind};
use crate::reader::FileSegment;
use spelunk_base::{ByteOrder, Cursor};
use spelunk_elf::ReadAt;
use spelunk_memory::{Segment, SegmentReader};
use std::sync::Arc;

/// `LIME_MAGIC` in LiME's `src/lime.h`, as it stands in a file.
const LIME_MAGIC: &[u8] = b"EMiL";
const LIME_VERSION: u32 = 1;
const LIME_HEADER: u64 = 32;
/// More ranges of memory than any machine has.
const MAX_RANGES: usize = 1 << 16;

/// What a raw image has at least, and of what it is a multiple: anything else is no image of a machine's memory.
const RAW_SIZE: u64 = 1 << 20;
const RAW_UNIT: u64 = 4096;

/// Whether a file that begins with `magic` is one of LiME's.
pub(crate) fn is_lime(magic: &[u8]) -> bool {
    magic.starts_with(LIME_MAGIC)
}

/// Whether a file of this size may be a raw image.
pub(crate) fn may_be_raw(file: &dyn ReadAt) -> bool {
    file.len() >= RAW_SIZE && file.len().is_multiple_of(RAW_UNIT)
}

/// Opens a raw image: the byte at an offset is the byte at that physical address.
pub(crate) fn open_raw(file: &Arc<dyn ReadAt>) -> Image {
    let range = Range {
        start: 0,
        size: file.len(),
        offset: 0,
    };
    image(Format::Raw, file, &[range], Vec::new())
}

/// Opens an image of LiME's: a header before each range of memory. "The LiME Header", in LiME's documentation.
pub(crate) fn open_lime(file: &Arc<dyn ReadAt>) -> Result<Image, ImageError> {
    let mut ranges = Vec::new();
    let mut damage = Vec::new();
    let mut offset = 0u64;
    while offset < file.len() && ranges.len() < MAX_RANGES {
        let mut header = [0; LIME_HEADER as usize];
        if file.read_at(offset, &mut header).is_err() {
            damage.push(cut_off(file, offset.saturating_add(LIME_HEADER)));
            break;
        }
        let found = parse_header(&header).map_err(|field| ImageError::Lime {
            file: file.name().to_owned(),
            offset,
            field,
        });
        let (start, size) = match found {
            Ok(found) => found,
            // What came before is whole.
            Err(error) if ranges.is_empty() => return Err(error),
            Err(error) => {
                damage.push(Damage::Lime(error.to_string()));
                break;
            }
        };
        let data = offset.saturating_add(LIME_HEADER);
        ranges.push(Range {
            start,
            size,
            offset: data,
        });
        offset = data.saturating_add(size);
    }
    if offset > file.len() {
        damage.push(cut_off(file, offset));
    }
    Ok(image(Format::Lime, file, &ranges, damage))
}

/// The first address and the size, or which field makes no sense.
fn parse_header(header: &[u8]) -> Result<(u64, u64), &'static str> {
    let mut cursor = Cursor::new(header, ByteOrder::Little);
    if cursor.bytes(4) != Ok(LIME_MAGIC) {
        return Err("magic");
    }
    if cursor.u32() != Ok(LIME_VERSION) {
        return Err("version");
    }
    let addresses = (cursor.u64(), cursor.u64());
    let (Ok(start), Ok(last)) = addresses else {
        return Err("size");
    };
    let size = last.checked_sub(start).and_then(|size| size.checked_add(1));
    Ok((start, size.ok_or("last address")?))
}

fn cut_off(file: &Arc<dyn ReadAt>, expected: u64) -> Damage {
    Damage::CutOff {
        file: file.name().to_owned(),
        expected,
        found: file.len(),
    }
}

struct Range {
    start: u64,
    size: u64,
    offset: u64,
}

fn image(format: Format, file: &Arc<dyn ReadAt>, ranges: &[Range], damage: Vec<Damage>) -> Image {
    let reader: Arc<dyn SegmentReader> = Arc::new(FileSegment(Arc::clone(file)));
    let segments = ranges.iter().filter_map(|range| {
        Segment::new(range.start, range.size, range.offset, Arc::clone(&reader))
    });
    let stored = ranges.iter().map(|range| {
        let available = file.len().saturating_sub(range.offset);
        (range.start, range.size.min(available))
    });
    Image {
        format,
        flattened: false,
        target: TargetKind::Kernel,
        platform: None,
        // VMCOREINFO is found by text; no machine with the other order has images of this kind.
        byte_order: ByteOrder::Little,
        virtual_segments: Vec::new(),
        physical_segments: segments.collect(),
        missing: Vec::new(),
        stored: stored.collect(),
        pages: None,
        notes: Vec::new(),
        vmcoreinfo: None,
        utsname: None,
        dump_level: None,
        phys_base: None,
        damage,
    }
}
