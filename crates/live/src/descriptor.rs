//! Descriptors that the caller opened.
//!
//! One of the two modules here with `unsafe`: whether a number is an open descriptor, nobody but the caller can know.
#![expect(
    unsafe_code,
    reason = "a descriptor's number comes from outside of the program"
)]

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// Another descriptor of what is open under this number, which stays the caller's.
///
/// # Errors
///
/// The host's, if nothing is.
pub fn duplicate_descriptor(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the system call takes any number, and touches no memory of ours.
    let copy = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) };
    if copy < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system just made it, for nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn numbers_that_are_not_open_are_errors() {
        for number in [-1, i32::MIN, i32::MAX] {
            let error = duplicate_descriptor(number).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        }
        let file = std::fs::File::open("/dev/null").unwrap();
        let copy = duplicate_descriptor(file.as_raw_fd()).unwrap();
        assert_ne!(copy.as_raw_fd(), file.as_raw_fd());
    }
}
