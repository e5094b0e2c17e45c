//! Kdump-compressed files. Source: makedumpfile's `IMPLEMENTATION` and the structures in its
//! `diskdump_mod.h`.

use crate::{Encoding, Writer, compress};
use std::collections::BTreeMap;

/// How pages are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// Not.
    Plain,
    /// zlib.
    Zlib,
    /// LZO1X.
    Lzo,
    /// Snappy.
    Snappy,
    /// Zstandard.
    Zstd,
}

impl Codec {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Zlib, Self::Lzo, Self::Snappy, Self::Zstd];

    fn flag(self) -> u32 {
        match self {
            Self::Plain => 0,
            Self::Zlib => 0x01,
            Self::Lzo => 0x02,
            Self::Snappy => 0x04,
            Self::Zstd => 0x20,
        }
    }

    fn compress(self, page: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain => page.to_vec(),
            Self::Zlib => compress::zlib(page),
            Self::Lzo => compress::lzo(page),
            Self::Snappy => compress::snappy(page),
            Self::Zstd => compress::zstd(page),
        }
    }
}

/// A frame of the target's memory.
#[derive(Clone, Debug)]
pub enum Frame {
    /// It is memory, but left out of the dump.
    Excluded,
    /// Its bytes.
    Page(Vec<u8>),
}

/// A kdump-compressed file being built.
#[derive(Clone, Debug)]
pub struct KdumpBuilder {
    /// The encoding of its headers.
    pub encoding: Encoding,
    /// The version of its header: 1 to 6.
    pub version: u32,
    /// The machine's name; empty as QEMU writes it.
    pub machine: String,
    /// Size of a page in bytes.
    pub page_size: usize,
    /// How pages are compressed.
    pub codec: Codec,
    /// The frames by their number.
    pub frames: BTreeMap<u64, Frame>,
    /// The text of VMCOREINFO (version 3 and later).
    pub vmcoreinfo: String,
    /// The notes (version 4 and later).
    pub notes: Vec<u8>,
    /// Which frames makedumpfile would leave out.
    pub dump_level: u32,
    /// The address that the kernel was moved by.
    pub phys_base: u64,
    /// Flags of the whole file: 8 says that it is incomplete.
    pub status: u32,
}

impl KdumpBuilder {
    /// A dump of an x86-64 machine without memory.
    #[must_use]
    pub fn new(version: u32, codec: Codec) -> Self {
        Self {
            encoding: Encoding::LITTLE_64,
            version,
            machine: "x86_64".to_owned(),
            page_size: 4096,
            codec,
            frames: BTreeMap::new(),
            vmcoreinfo: String::new(),
            notes: Vec::new(),
            dump_level: 0,
            phys_base: 0,
            status: 0,
        }
    }

    /// Adds a frame.
    #[must_use]
    pub fn frame(mut self, number: u64, frame: Frame) -> Self {
        self.frames.insert(number, frame);
        self
    }

    fn frame_count(&self) -> u64 {
        self.frames
            .last_key_value()
            .map_or(0, |(last, _)| last.saturating_add(1))
    }

    /// The file.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        self.build_part(None)
    }

    /// The file that holds frames `start` to `end` (exclusive) of a split dump.
    #[must_use]
    pub fn build_split(&self, start: u64, end: u64) -> Vec<u8> {
        self.build_part(Some((start, end)))
    }

    fn build_part(&self, split: Option<(u64, u64)>) -> Vec<u8> {
        let page_size = self.page_size;
        let bitmap_size = usize::try_from(self.frame_count().div_ceil(8))
            .unwrap_or(0)
            .next_multiple_of(page_size);
        let bitmap_blocks = bitmap_size
            .checked_div(page_size)
            .unwrap_or(0)
            .saturating_mul(2);

        // The sub-header's block holds the text and the notes too, if they fit; else more blocks.
        let vmcoreinfo_offset = page_size.saturating_add(256);
        let notes_offset = vmcoreinfo_offset
            .saturating_add(self.vmcoreinfo.len())
            .next_multiple_of(8);
        let sub_header_end = notes_offset
            .saturating_add(self.notes.len())
            .next_multiple_of(page_size);
        let sub_header_blocks = sub_header_end
            .checked_div(page_size)
            .unwrap_or(0)
            .saturating_sub(1);

        let mut out = Writer::new(self.encoding);
        self.put_header(&mut out, sub_header_blocks, bitmap_blocks);
        out.pad_to(page_size);
        self.put_sub_header(&mut out, split, vmcoreinfo_offset, notes_offset);
        out.pad_to(vmcoreinfo_offset)
            .put(self.vmcoreinfo.as_bytes())
            .pad_to(notes_offset)
            .put(&self.notes)
            .pad_to(sub_header_end);
        let mut memory = vec![0u8; bitmap_size];
        let mut held = vec![0u8; bitmap_size];
        let set = |bitmap: &mut Vec<u8>, frame: u64| {
            let byte = usize::try_from(frame / 8).ok();
            if let Some(byte) = byte.and_then(|byte| bitmap.get_mut(byte)) {
                *byte |= 1 << (frame % 8);
            }
        };
        for (number, frame) in &self.frames {
            set(&mut memory, *number);
            if matches!(frame, Frame::Page(_)) {
                set(&mut held, *number);
            }
        }
        out.put(&memory).put(&held);
        self.put_pages(&mut out, split);
        out.bytes
    }

    /// `struct disk_dump_header`.
    fn put_header(&self, out: &mut Writer, sub_header_blocks: usize, bitmap_blocks: usize) {
        out.put(b"KDUMP   ").u32(self.version);
        for (field, text) in [
            "Linux",
            "host",
            "6.1.0-test",
            "#1 SMP",
            &self.machine,
            "(none)",
        ]
        .into_iter()
        .enumerate()
        {
            let text = if self.machine.is_empty() { "" } else { text };
            let end = 12usize.saturating_add(65usize.saturating_mul(field.saturating_add(1)));
            out.put(text.as_bytes()).pad_to(end);
        }
        let frames = self.frame_count();
        out.align(self.encoding.word())
            .word(1_700_000_000)
            .word(0)
            .u32(self.status)
            .uint(self.page_size as u64, 4)
            .uint(sub_header_blocks as u64, 4)
            .uint(bitmap_blocks as u64, 4)
            .uint(frames.min(u64::from(u32::MAX)), 4)
            .u32(0)
            .u32(0)
            .u32(0)
            .u32(0)
            .u32(1);
    }

    /// `struct kdump_sub_header`.
    fn put_sub_header(
        &self,
        out: &mut Writer,
        split: Option<(u64, u64)>,
        vmcoreinfo_offset: usize,
        notes_offset: usize,
    ) {
        let (start, end) = split.unwrap_or((0, 0));
        let range = |out: &mut Writer, offset: usize, size: usize| {
            // i386 aligns off_t to 4, all others to 8.
            if self.encoding.is_64_bit || !self.machine.ends_with("86") {
                out.align(8);
            }
            out.u64(if size == 0 { 0 } else { offset as u64 })
                .word(size as u64);
        };
        out.word(self.phys_base).u32(self.dump_level);
        if self.version >= 2 {
            out.u32(u32::from(split.is_some())).word(start).word(end);
        }
        if self.version >= 3 {
            range(out, vmcoreinfo_offset, self.vmcoreinfo.len());
        }
        if self.version >= 4 {
            range(out, notes_offset, self.notes.len());
        }
        if self.version >= 5 {
            range(out, 0, 0);
        }
        if self.version >= 6 {
            if self.encoding.is_64_bit || !self.machine.ends_with("86") {
                out.align(8);
            }
            out.u64(start).u64(end).u64(self.frame_count());
        }
    }

    /// The page descriptors and the pages; pages of zeros are there once.
    fn put_pages(&self, out: &mut Writer, split: Option<(u64, u64)>) {
        let (start, end) = split.unwrap_or((0, u64::MAX));
        let pages: Vec<&Vec<u8>> = self
            .frames
            .range(start..end)
            .filter_map(|(_, frame)| match frame {
                Frame::Page(page) => Some(page),
                Frame::Excluded => None,
            })
            .collect();
        let mut offset = out
            .bytes
            .len()
            .saturating_add(pages.len().saturating_mul(24));
        let mut bytes: Vec<u8> = Vec::new();
        let mut zero_page: Option<(usize, usize, u32)> = None;
        for page in pages {
            let is_zero = page.iter().all(|byte| *byte == 0);
            let descriptor = match zero_page.filter(|_| is_zero) {
                Some(shared) => shared,
                None => {
                    let compressed = self.codec.compress(page);
                    // What does not shrink is stored plain.
                    let (stored, flags) = if compressed.len() < page.len() {
                        (compressed, self.codec.flag())
                    } else {
                        (page.clone(), 0)
                    };
                    let descriptor = (offset, stored.len(), flags);
                    offset = offset.saturating_add(stored.len());
                    bytes.extend(stored);
                    descriptor
                }
            };
            if is_zero {
                zero_page = Some(descriptor);
            }
            let (offset, size, flags) = descriptor;
            out.u64(offset as u64)
                .uint(size as u64, 4)
                .u32(flags)
                .u64(0);
        }
        out.put(&bytes);
    }
}
