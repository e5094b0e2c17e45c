//! The dynamic linker's list of what it loaded: `struct r_debug` and `struct link_map` in `<link.h>`,
//! which all of them keep for debuggers (glibc's `elf/rtld-debugger-interface.txt`).

use super::process_memory::ProcessMemory;
use spelunk_memory::Fault;
use std::collections::HashSet;

/// Programs with a few thousand libraries have been seen.
const MAX_LIBRARIES: usize = 1 << 16;

/// An entry of the list.
#[derive(Clone, Debug)]
pub(super) struct LinkMap {
    /// Where the entry itself is.
    pub(super) address: u64,
    /// The difference between addresses in memory and in the file.
    pub(super) bias: u64,
    /// The path that it was loaded by; none for the executable.
    pub(super) name: Vec<u8>,
    /// Where its dynamic section is.
    pub(super) dynamic_address: u64,
}

/// Calls `found` with the entries of the lists at `debug`, of all namespaces.
///
/// # Errors
///
/// A fault at the first entry that cannot be read; those found before count.
pub(super) fn walk(
    memory: ProcessMemory<'_>,
    debug: u64,
    found: &mut dyn FnMut(LinkMap),
) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    let mut debug = debug;
    // One list for each namespace (dlmopen(3)), since version 2.
    while debug != 0 && seen.len() < MAX_LIBRARIES && seen.insert(debug) {
        let mut entry = memory.word(debug, 1)?;
        while entry != 0 && seen.len() < MAX_LIBRARIES && seen.insert(entry) {
            let name = memory.word(entry, 1)?;
            found(LinkMap {
                address: entry,
                bias: memory.word(entry, 0)?,
                name: memory.find_string(name).unwrap_or_default(),
                dynamic_address: memory.word(entry, 2)?,
            });
            entry = memory.word(entry, 3)?;
        }
        // The version is an `int`, in the first bytes of its word.
        let version = memory.bytes(debug, 4)?;
        let version = memory.platform.byte_order.uint(&version);
        debug = if version >= 2 {
            memory.word(debug, 5)?
        } else {
            0
        };
    }
    Ok(())
}
