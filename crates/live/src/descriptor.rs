//! Descriptors that the caller opened.
//!
//! One of the two modules here with `unsafe`: whether a number is an open descriptor, nobody but the caller can know.
#![expect(
    unsafe_code,
    reason = "a descriptor's number comes from outside of the program"
)]

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

/// Another descriptor of what is open under this number, which stays the caller's.
///
/// # Errors
///
/// The host's, if nothing is.
pub fn duplicate_descriptor(number: RawFd) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: -1 is the only number that is never one of a descriptor. If this one is not open, the system call
    // says so; it is not kept beyond that.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned()
}
