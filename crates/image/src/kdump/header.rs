use crate::error::ImageError;
use crate::utsname::Utsname;
use spelunk_base::{ByteOrder, Cursor, Truncated};
use spelunk_elf::codec::PageCodec;
use spelunk_elf::{ReadAt, SectionData};
use std::sync::Arc;

const KDUMP: &[u8; 8] = b"KDUMP   ";

/// `DUMP_DH_COMPRESSED_INCOMPLETE`: makedumpfile ran out of space.
const INCOMPLETE: u32 = 8;

pub(crate) fn is_kdump(magic: &[u8]) -> bool {
    magic.starts_with(KDUMP)
}

/// The header and the sub-header.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) byte_order: ByteOrder,
    pub(super) is_64_bit: bool,
    pub(super) version: u32,
    pub(super) utsname: Utsname,
    /// Size of a page, which is that of a block, in bytes: a power of two.
    pub(super) page_size: u32,
    /// Where the bitmaps stand.
    pub(super) bitmaps_offset: u64,
    /// Size of both together in bytes.
    pub(super) bitmaps_size: u64,
    /// One more than the highest frame.
    pub(super) frames: u64,
    /// makedumpfile could not write everything.
    pub(super) incomplete: bool,
    pub(super) phys_base: Option<u64>,
    pub(super) dump_level: Option<u32>,
    /// In a split dump, the first frame of this part; else 0.
    pub(super) first_frame: u64,
    /// In a split dump, one more than the last frame of this part; else none.
    pub(super) end_frame: Option<u64>,
    /// Offset and size of the text of VMCOREINFO.
    pub(super) vmcoreinfo: Option<(u64, u64)>,
    /// Offset and size of the notes.
    pub(super) notes: Option<(u64, u64)>,
}

/// What the width of `long` and the order of bytes leave open: the header does not say them.
#[derive(Clone, Copy)]
struct Layout {
    byte_order: ByteOrder,
    is_64_bit: bool,
    /// Whether 64-bit integers start at multiples of 8 on a 32-bit machine.
    aligns_u64: bool,
}

/// The fields of the header that follow the timestamp.
struct Fixed {
    version: u32,
    utsname: Utsname,
    status: u32,
    page_size: u32,
    sub_header_blocks: u32,
    bitmap_blocks: u32,
    frames: u32,
}

impl Header {
    pub(super) fn parse(file: &Arc<dyn ReadAt>) -> Result<Self, ImageError> {
        let read = |offset, size| {
            SectionData::read(file, offset, size).map_err(|error| ImageError::Read {
                file: file.name().to_owned(),
                error,
            })
        };
        let invalid = |field, value| ImageError::Kdump {
            file: file.name().to_owned(),
            field,
            value,
        };
        let bytes = read(0, 512)?;
        let (layout, fixed) = detect(&bytes).ok_or_else(|| ImageError::KdumpLayout {
            file: file.name().to_owned(),
        })?;
        let page_size = u64::from(fixed.page_size);
        let sub_bytes = read(page_size, 256)?;
        let sub = SubHeader::parse(&sub_bytes, layout, fixed.version).map_err(|_| {
            invalid(
                "sub-header: bytes of it that are there",
                sub_bytes.len() as u64,
            )
        })?;
        let bitmaps_offset = u64::from(fixed.sub_header_blocks)
            .saturating_add(1)
            .saturating_mul(page_size);
        let frames = sub.frames.unwrap_or(u64::from(fixed.frames));
        if frames.checked_mul(page_size).is_none() {
            return Err(invalid("number of frames", frames));
        }
        Ok(Self {
            byte_order: layout.byte_order,
            is_64_bit: layout.is_64_bit,
            version: fixed.version,
            utsname: fixed.utsname,
            page_size: fixed.page_size,
            bitmaps_offset,
            bitmaps_size: u64::from(fixed.bitmap_blocks).saturating_mul(page_size),
            frames,
            incomplete: fixed.status & INCOMPLETE != 0,
            phys_base: sub.phys_base,
            dump_level: sub.dump_level,
            first_frame: sub.split.map_or(0, |(first, _)| first),
            end_frame: sub.split.map(|(_, end)| end),
            vmcoreinfo: sub.vmcoreinfo,
            notes: sub.notes,
        })
    }

    /// Why this is not the header of another part of the dump that `other` is from, if it is not.
    pub(super) fn differs_from(&self, other: &Self) -> Option<&'static str> {
        if self.end_frame.is_none() {
            Some("it is a whole dump")
        } else if self.page_size != other.page_size || self.frames != other.frames {
            Some("it is of another memory")
        } else if self.utsname != other.utsname {
            Some("it is of another kernel")
        } else {
            None
        }
    }
}

/// Finds the layout by which the header makes sense; the name of the machine, where there is one,
/// decides between several.
///
/// Situation: a layout that is not the machine's. Evidence: QEMU 7.2 writes headers of 64 bits for an
/// i686 if the machine has memory that needs them: the BIOS of a PC ends at 4 GiB. Remedy: the layout
/// of the machine comes first, the others follow.
fn detect(bytes: &[u8]) -> Option<(Layout, Fixed)> {
    let named = Fixed::parse_utsname(bytes, ByteOrder::Little)
        .ok()
        .and_then(|(_, utsname)| utsname.platform());
    let mut layouts = [
        (ByteOrder::Little, true),
        (ByteOrder::Little, false),
        (ByteOrder::Big, true),
        (ByteOrder::Big, false),
    ];
    if let Some(platform) = named {
        layouts.sort_by_key(|layout| *layout != (platform.byte_order, platform.is_64_bit));
    }
    layouts.into_iter().find_map(|(byte_order, is_64_bit)| {
        let layout = Layout {
            byte_order,
            is_64_bit,
            aligns_u64: named
                .is_some_and(|platform| platform.architecture != spelunk_base::Architecture::I386),
        };
        let fixed = Fixed::parse(bytes, layout).ok()?;
        fixed.is_plausible().then_some((layout, fixed))
    })
}

impl Fixed {
    fn parse_utsname(
        bytes: &[u8],
        byte_order: ByteOrder,
    ) -> Result<(Cursor<'_>, Utsname), Truncated> {
        let mut cursor = Cursor::new(bytes, byte_order);
        cursor.seek(KDUMP.len().saturating_add(size_of::<u32>()));
        let utsname = Utsname::parse(&mut cursor)?;
        Ok((cursor, utsname))
    }

    /// Parses `struct disk_dump_header`.
    fn parse(bytes: &[u8], layout: Layout) -> Result<Self, Truncated> {
        let mut cursor = Cursor::new(bytes, layout.byte_order);
        cursor.skip(KDUMP.len())?;
        let version = cursor.u32()?;
        let (mut cursor, utsname) = Self::parse_utsname(bytes, layout.byte_order)?;
        // `struct timeval`: two longs.
        let word = if layout.is_64_bit { 8 } else { 4 };
        cursor.align(word)?;
        cursor.skip(word.saturating_mul(2))?;
        Ok(Self {
            version,
            utsname,
            status: cursor.u32()?,
            page_size: cursor.u32()?,
            sub_header_blocks: cursor.u32()?,
            bitmap_blocks: cursor.u32()?,
            frames: cursor.u32()?,
        })
    }

    fn is_plausible(&self) -> bool {
        let bitmap_bits = u64::from(self.bitmap_blocks)
            .saturating_mul(u64::from(self.page_size))
            .saturating_mul(8);
        self.version < 256
            && self.page_size.is_power_of_two()
            && (512..=1 << 20).contains(&self.page_size)
            && (1..=1024).contains(&self.sub_header_blocks)
            && bitmap_bits >= u64::from(self.frames)
    }
}

/// `struct kdump_sub_header`, which grew from version to version.
#[derive(Default)]
struct SubHeader {
    phys_base: Option<u64>,
    dump_level: Option<u32>,
    split: Option<(u64, u64)>,
    vmcoreinfo: Option<(u64, u64)>,
    notes: Option<(u64, u64)>,
    frames: Option<u64>,
}

impl SubHeader {
    fn parse(bytes: &[u8], layout: Layout, version: u32) -> Result<Self, Truncated> {
        let mut cursor = Cursor::new(bytes, layout.byte_order);
        let word = if layout.is_64_bit { 8 } else { 4 };
        let off_t = |cursor: &mut Cursor<'_>| {
            if layout.is_64_bit || layout.aligns_u64 {
                cursor.align(8)?;
            }
            cursor.u64()
        };
        let range = |cursor: &mut Cursor<'_>| -> Result<Option<(u64, u64)>, Truncated> {
            let offset = off_t(cursor)?;
            let size = cursor.uint(word)?;
            Ok((offset != 0 && size != 0).then_some((offset, size)))
        };
        let mut sub = Self::default();
        if version < 1 {
            return Ok(sub);
        }
        sub.phys_base = Some(cursor.uint(word)?);
        sub.dump_level = Some(cursor.u32()?);
        if version < 2 {
            return Ok(sub);
        }
        let is_split = cursor.u32()? != 0;
        let (first, end) = (cursor.uint(word)?, cursor.uint(word)?);
        sub.split = is_split.then_some((first, end));
        if version < 3 {
            return Ok(sub);
        }
        sub.vmcoreinfo = range(&mut cursor)?;
        if version < 4 {
            return Ok(sub);
        }
        sub.notes = range(&mut cursor)?;
        if version < 5 {
            return Ok(sub);
        }
        let _erased_information = range(&mut cursor)?;
        if version < 6 {
            return Ok(sub);
        }
        // Wider copies of fields that are too narrow on 32-bit machines with much memory.
        let (first, end) = (off_t(&mut cursor)?, off_t(&mut cursor)?);
        sub.split = is_split.then_some((first, end));
        sub.frames = Some(off_t(&mut cursor)?).filter(|frames| *frames != 0);
        Ok(sub)
    }
}

/// `struct page_desc`: where the bytes of one page stand.
#[derive(Clone, Copy)]
pub(super) struct PageDescriptor {
    pub(super) offset: u64,
    pub(super) size: u32,
    flags: u32,
}

impl PageDescriptor {
    /// Size in bytes; the last 8 are a copy of the page's flags in the kernel, which nobody sets.
    pub(super) const SIZE: u64 = 24;

    pub(super) fn parse(bytes: &[u8], byte_order: ByteOrder) -> Result<Self, Truncated> {
        let mut cursor = Cursor::new(bytes, byte_order);
        Ok(Self {
            offset: cursor.u64()?,
            size: cursor.u32()?,
            flags: cursor.u32()?,
        })
    }

    /// How the page is compressed, if it is; an error if in a way that is not known.
    pub(super) fn codec(self) -> Result<Option<PageCodec>, UnknownCodec> {
        match self.flags {
            0 => Ok(None),
            0x1 => Ok(Some(PageCodec::Zlib)),
            0x2 => Ok(Some(PageCodec::Lzo)),
            0x4 => Ok(Some(PageCodec::Snappy)),
            0x20 => Ok(Some(PageCodec::Zstd)),
            _ => Err(UnknownCodec),
        }
    }
}

/// The flags of a page descriptor name no codec that is known.
pub(super) struct UnknownCodec;
