//! The vdso, which is in the program's memory as a whole.

use super::Candidate;
use crate::{Module, Program};
use spelunk_elf::FileData;
use spelunk_memory::AddressSpace;
use std::path::PathBuf;

/// Real ones have two pages.
const MAX_SIZE: u64 = 1 << 20;

/// What the kernel calls it in `/proc/PID/maps`, in place of a path.
const SHOWN_PATH: &str = "[vdso]";

/// The file, out of memory; `None` if it cannot be read, or its place is not known.
pub(super) fn embedded(program: &Program, module: &Module) -> Option<Candidate> {
    let ranges = module.address_ranges()?;
    let [range] = ranges.as_slice() else {
        return None;
    };
    let size = range.end.checked_sub(range.start)?;
    if size > MAX_SIZE {
        return None;
    }
    let bytes = program
        .read(AddressSpace::Virtual, range.start, size)
        .ok()?;
    Candidate::parse(
        PathBuf::from(SHOWN_PATH),
        FileData::from_bytes(module.name(), bytes),
    )
    .ok()
}
