//! The registers of a running thread, by ptrace(2).
//!
//! One of the two modules here with `unsafe`: calls of the C library with pointers to buffers of its own.
#![expect(unsafe_code, reason = "ptrace(2) is known to the C library alone")]

use std::io;
use std::ptr;
use std::time::{Duration, Instant};

/// How long a thread may take to stop. One that sleeps uninterruptibly does not.
const PATIENCE: Duration = Duration::from_secs(1);

/// Registers of a thread, as the notes of core dumps have them.
#[derive(Clone, Default, Debug)]
pub struct RegisterSets {
    /// `NT_PRSTATUS`, from `pr_reg` on.
    pub general: Vec<u8>,
    /// `NT_386_TLS`, the segments of i386 that a thread sets for itself; empty on other machines.
    pub thread_areas: Vec<u8>,
}

/// A thread that stands still while this lives.
struct Stopped {
    tid: libc::pid_t,
    /// A signal that the thread was about to get.
    signal: libc::c_int,
}

impl Stopped {
    /// Seizes and interrupts `tid`: unlike `PTRACE_ATTACH`, this sends it no signal, and it does not
    /// notice but for system calls that return early with `EINTR`, as on any stop.
    ///
    /// If this fails, the thread is let go when the calling thread ends.
    fn new(tid: libc::pid_t) -> io::Result<Self> {
        let nothing = ptr::null_mut::<libc::c_void>();
        // SAFETY: neither request reads or writes memory of this process.
        check(unsafe { libc::ptrace(libc::PTRACE_SEIZE, tid, nothing, nothing) })?;
        // SAFETY: as above.
        check(unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, tid, nothing, nothing) })?;
        let status = wait(tid)?;
        if !libc::WIFSTOPPED(status) {
            // It ended meanwhile.
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        let is_ours = status >> 16 == libc::PTRACE_EVENT_STOP;
        Ok(Self {
            tid,
            signal: if is_ours { 0 } else { libc::WSTOPSIG(status) },
        })
    }

    fn registers(&self) -> io::Result<RegisterSets> {
        const NT_PRSTATUS: usize = 1;
        const NT_386_TLS: usize = 0x200;
        Ok(RegisterSets {
            general: self.register_set(NT_PRSTATUS)?,
            thread_areas: self.register_set(NT_386_TLS).unwrap_or_default(),
        })
    }

    /// The registers of a set: as many bytes as the kernel has.
    fn register_set(&self, kind: usize) -> io::Result<Vec<u8>> {
        /// The largest, that of LoongArch, has 360 bytes.
        const MAX_SIZE: usize = 1024;
        let mut bytes = vec![0u8; MAX_SIZE];
        let mut vector = libc::iovec {
            iov_base: bytes.as_mut_ptr().cast(),
            iov_len: bytes.len(),
        };
        // SAFETY: `vector` names the whole of `bytes`, which nobody else uses during the call, and the
        // kernel writes no more than its length there.
        let result = unsafe {
            libc::ptrace(
                libc::PTRACE_GETREGSET,
                self.tid,
                ptr::without_provenance_mut::<libc::c_void>(kind),
                &raw mut vector,
            )
        };
        check(result)?;
        bytes.truncate(vector.iov_len);
        Ok(bytes)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let nothing = ptr::null_mut::<libc::c_void>();
        let signal = usize::try_from(self.signal).unwrap_or(0);
        let signal = ptr::without_provenance_mut::<libc::c_void>(signal);
        // SAFETY: the request reads and writes no memory of this process. That it fails, if the thread
        // ended, changes nothing.
        unsafe { libc::ptrace(libc::PTRACE_DETACH, self.tid, nothing, signal) };
    }
}

/// Waits until the thread stands still or ended, and returns how.
fn wait(tid: libc::pid_t) -> io::Result<libc::c_int> {
    let start = Instant::now();
    loop {
        let mut status = 0;
        // SAFETY: `status` is written to, and lives longer than the call.
        let waited = unsafe { libc::waitpid(tid, &raw mut status, libc::__WALL | libc::WNOHANG) };
        match waited {
            0 if start.elapsed() > PATIENCE => return Err(io::ErrorKind::TimedOut.into()),
            0 => std::thread::sleep(Duration::from_micros(50)),
            -1 => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
            _ => return Ok(status),
        }
    }
}

fn check(result: libc::c_long) -> io::Result<()> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Calls `look` with the registers of the thread `tid`. It stands still for as long as reading them and `look` take.
///
/// ptrace(2) goes by threads, and lets go of all that a thread traces when it ends: the one that does
/// this here has nothing else to do.
pub(crate) fn with_registers<T: Send>(
    tid: u64,
    look: impl FnOnce(&RegisterSets) -> T + Send,
) -> io::Result<T> {
    let tid = libc::pid_t::try_from(tid).map_err(|_| io::Error::from_raw_os_error(libc::ESRCH))?;
    let trace = move || {
        let stopped = Stopped::new(tid)?;
        Ok(look(&stopped.registers()?))
    };
    let failed = |_| io::Error::other("the thread that reads registers failed");
    std::thread::scope(|scope| scope.spawn(trace).join().map_err(failed)?)
}
