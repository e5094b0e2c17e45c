//! Files mapped into memory: the only unsafe code of this crate.
#![allow(unsafe_code)]

use memmap2::Mmap;
use std::fs::File;
use std::io;

/// Maps the whole of `file` for reading.
pub(crate) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the bytes are only looked at as `&[u8]`, of which any value is valid, and every
    // number taken from them is checked when used. Whoever changes the file meanwhile makes reads
    // see old or new bytes, and whoever cuts it short makes them raise SIGBUS: SECURITY.md.
    unsafe { Mmap::map(file) }
}

/// Whether a mapping of `file` is as good as reading it: it is on a local disk or in memory, where
/// neither a server nor the kernel's generated files (`/proc`, `/sys`) are behind the bytes.
#[cfg(target_os = "linux")]
pub(crate) fn is_local(file: &File) -> bool {
    use std::os::fd::AsRawFd;
    // `linux/magic.h`, and `fs/smb/client/cifsglob.h`.
    const READ_INSTEAD: &[u32] = &[
        0x9fa0,      // proc
        0x6265_6572, // sysfs
        0x6462_6720, // debugfs
        0x6969,      // NFS
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB2
        0x6573_5546, // FUSE
        0x0102_1997, // 9P
        0x00c3_6400, // Ceph
        0x5346_414f, // AFS
    ];
    // SAFETY: `statfs` is plain integers, for which zero bytes are a value.
    let mut status: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open for the length of the call, and `status` can be written.
    let result = unsafe { libc::fstatfs(file.as_raw_fd(), &raw mut status) };
    // The type is a signed word of varying width; the magic numbers have 32 bits.
    result == 0 && !READ_INSTEAD.contains(&(status.f_type as u32))
}

/// Whether a mapping of `file` is as good as reading it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_local(_file: &File) -> bool {
    true
}
