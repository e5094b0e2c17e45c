//! The text of `/proc/PID/maps`.

use spelunk_live::parse_maps;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let mut size = 0;
    for entry in parse_maps(data) {
        size += entry.path.len();
    }
    assert!(size <= data.len());
}
