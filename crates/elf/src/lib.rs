//! ELF files: headers, segments, sections, notes, build IDs, compressed sections and files, and the
//! relocation of kernel modules' debug sections. What symbols and DWARF mean is none of it.
//!
//! * [`ReadAt`] is a file, or a part of one, or bytes in memory; [`FileData`] opens one.
//! * [`ElfFile`] parses the headers and hands out sections as [`SectionData`].
//! * [`SectionAddresses`] and [`ElfFile::relocated_section_data`] are for kernel modules.
//! * [`codec`] is the one place for zlib, LZO, Snappy, zstd, xz and LZ4.
//!
//! Every byte of input may be hostile, and a file may be cut off anywhere: what can be read is
//! read, and [`ElfFile::damage`] says what is missing.

pub mod codec;
mod compressed_file;
mod compressed_section;
mod data;
mod debug_link;
mod elf_file;
mod error;
mod file_data;
mod header;
mod map;
mod note;
mod read_at;
mod relocate;
mod scratch_file;
mod section;
mod segment;
mod table;

pub use compressed_file::{open_decompressed, open_decompressed_dump};
pub use data::SectionData;
pub use debug_link::DebugLink;
pub use elf_file::ElfFile;
pub use error::ElfError;
pub use file_data::{FileData, SubRange};
pub use header::Header;
pub use note::{Note, NoteAlignment, Notes};
/// The names of ELF's numbers, as newtypes.
pub use object::elf as constants;
pub use read_at::{ReadAt, ReadAtError};
pub use relocate::SectionAddresses;
pub use section::Section;
pub use segment::Segment;

/// All of this is used from many threads.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<ElfFile>();
};
