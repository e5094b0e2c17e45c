//! What all targets of dumps do: open, then ask for everything.

use spelunk_base::{Cancel, NoProgress};
use spelunk_elf::FileData;
use spelunk_image::Image;
use spelunk_memory::{AddressSpace, ReadMemory};

/// `data` with `magic` at its start, so that inputs are about what comes behind.
pub(crate) fn run(data: &[u8], magic: &[u8]) {
    let mut data = data.to_vec();
    for (to, from) in data.iter_mut().zip(magic) {
        *to = *from;
    }
    let file = FileData::from_bytes("input", data);
    if let Ok(image) = Image::from_files(vec![file]) {
        ask(&image);
    }
}

/// Asks `image` for everything it has.
pub(crate) fn ask(image: &Image) {
    let _ = (image.platform(), image.target(), image.format());
    let _ = (image.vmcoreinfo(), image.utsname(), image.dump_level());
    for damage in image.damage() {
        let _ = damage.to_string();
    }
    let _ = image.prstatus().count();
    let _ = image.qemu_cpus().count();
    let memory = image.memory();
    for space in [AddressSpace::Virtual, AddressSpace::Physical] {
        let segments = memory.segments(space).segments();
        for segment in segments.iter().take(64) {
            let middle = segment.start / 2 + segment.last / 2;
            let last_page = segment.last.saturating_sub(4095);
            for address in [segment.start, middle, last_page, segment.last] {
                for size in [1, 8, 5000] {
                    let mut bytes = vec![0; size];
                    if let Err(fault) = memory.read(space, address, &mut bytes) {
                        let _ = fault.to_string();
                    }
                }
            }
        }
    }
    for frame in 0..64 {
        let _ = memory.read_u8(AddressSpace::Physical, frame << 12);
    }
    let _ = image.scan_for_vmcoreinfo(&Cancel::default(), &NoProgress);
}
