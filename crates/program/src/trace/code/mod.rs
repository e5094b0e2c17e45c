//! What instructions tell of a call that debugging information does not: what was called, and from
//! where a register had its value.
//!
//! A compiler loads the address of a function, or moves an argument to its place, right before the
//! call, most often out of registers that the called function preserves. Those are known in the
//! caller's frame, so that what was made of them can be made once more.

mod copies;
mod decoded;
mod flow;
mod function;
mod kept;
mod kernel_jumps;
mod state;
mod tail_calls;
mod x86_64;

pub(crate) use decoded::DecodedFunctions;
pub(super) use flow::Known;
pub(crate) use kept::KnownPlaces;
pub(super) use state::Origin;
pub(super) use tail_calls::jumps_out_of;

use super::unwinder::StackMemory;
use crate::Program;
use kept::Place;
use spelunk_base::Architecture;
use spelunk_base::arch::Register;
use spelunk_unwind::{Registers, Row};
use std::ops::Range;
use std::sync::Arc;

/// A call that a frame has made, to be looked at by its instructions.
pub(super) struct CallInstruction<'a> {
    pub(super) program: &'a Program,
    pub(super) memory: StackMemory<'a>,
    /// Where it returns to; of a jump, the address behind its first byte or the whole of it.
    pub(super) returns_to: u64,
    /// The registers in the frame: those that the called function preserves.
    pub(super) registers: &'a Registers,
    /// Where the frame's function is entered, if debugging information tells it.
    pub(super) entry: Option<u64>,
    /// What a register held when it was entered.
    pub(super) at_entry: &'a dyn Fn(Register) -> Option<u64>,
    /// Where the kernel saved the user's registers, which do not change during a system call.
    pub(super) saved: Range<u64>,
    /// What the C library's threads find themselves by, in a process.
    pub(super) thread_pointer: Option<u64>,
}

/// What a call called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// The address of the function.
    pub(super) address: u64,
    /// Whether that was read from memory, which may have changed since.
    pub(super) is_from_memory: bool,
}

/// Adds rules to `row`, which ORC has for `address`: ORC tells of no registers but two, and is all there is
/// for functions in assembly. What those leave alone is as it was.
pub(super) fn keep_untouched(program: &Program, address: u64, row: &mut Row) {
    // An interrupted caller has all its registers saved.
    let is_call = !row.is_outermost && !row.is_signal_frame;
    if is_call && is_x86_64(program) {
        let memory = StackMemory::now(program);
        let _ = x86_64::keep_untouched(program, &memory, address, row);
    }
}

/// Which places hold the same before the instruction at `pc`, or before the one that ends there, in the function at
/// `entry`. `None` if not all ways are known that lead there.
pub(super) fn known_at(
    program: &Program,
    memory: &StackMemory<'_>,
    entry: u64,
    pc: u64,
    interrupted: bool,
) -> Option<Arc<Known>> {
    let place = Place {
        entry,
        pc,
        interrupted,
    };
    is_x86_64(program).then(|| program.known_places.get(program, memory, place))?
}

fn is_x86_64(program: &Program) -> bool {
    let platform = program.platform();
    platform.is_some_and(|platform| platform.architecture == Architecture::X86_64)
}

impl CallInstruction<'_> {
    /// The function that was called.
    pub(super) fn target(&self) -> Option<Target> {
        is_x86_64(self.program).then(|| x86_64::target(self))?
    }

    /// What `register` held when the call was made. Nothing counts that was read from memory which may
    /// have changed since.
    pub(super) fn register(&self, register: Register) -> Option<u64> {
        is_x86_64(self.program).then(|| x86_64::register_value(self, register))?
    }
}
