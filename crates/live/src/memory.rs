use spelunk_memory::{FaultKind, SegmentFault, SegmentReader};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// The memory of a process, through `/proc/PID/mem`. It stays that process's, whoever gets its ID later.
pub(crate) struct ProcessMemory(pub(crate) File);

impl SegmentReader for ProcessMemory {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let mut done = 0usize;
        while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let offset = offset.wrapping_add(done as u64);
            let kind = match self.0.read_at(rest, offset) {
                // No memory is left of a process that ended.
                Ok(0) => FaultKind::Device(libc::ESRCH),
                Ok(count) => {
                    done = done.saturating_add(count);
                    continue;
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => continue,
                    // Where nothing is mapped, and behind what files' offsets can tell.
                    Some(libc::EIO | libc::EFAULT | libc::EINVAL) | None => FaultKind::NotReadable,
                    Some(errno) => FaultKind::Device(errno),
                },
            };
            return Err(SegmentFault { offset, kind });
        }
        Ok(())
    }
}
