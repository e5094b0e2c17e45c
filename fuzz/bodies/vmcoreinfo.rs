//! The text of VMCOREINFO.

use spelunk_image::Vmcoreinfo;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let info = Vmcoreinfo::parse(data);
    let _ = (info.os_release(), info.build_id(), info.page_size());
    let _ = (info.kernel_offset(), info.crash_time());
    for line in info.text().lines() {
        let name = line.split(['(', ')']).nth(1).unwrap_or(line);
        let _ = (info.find(name), info.symbol(name), info.number(name));
        let _ = (info.size(name), info.offset(name), info.length(name));
    }
}
