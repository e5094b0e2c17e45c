//! The sections that say what is at an address: call frame information, lines, locations, ranges,
//! symbols, ORC.

use super::{frames, sections};
use spelunk_synth::elf::EM_X86_64;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    if let Some((main, _)) = sections::unpack(EM_X86_64, data) {
        frames::run(&main);
    }
}
