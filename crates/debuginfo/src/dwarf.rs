//! gimli's types, of bytes that are in memory.

use gimli::{EndianSlice, RunTimeEndian};

/// Bytes of a debug section.
pub type Slice<'a> = EndianSlice<'a, RunTimeEndian>;
/// All debug sections of a file.
pub type Dwarf<'a> = gimli::Dwarf<Slice<'a>>;
/// A debugging information entry, parsed.
pub type Entry<'a> = gimli::DebuggingInformationEntry<Slice<'a>>;
pub(crate) type UnitHeader<'a> = gimli::UnitHeader<Slice<'a>>;
