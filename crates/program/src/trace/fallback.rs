//! Callers where no row says how to find them: guesses, each checked before it is believed.

use super::FoundBy;
use super::call::Call;
use super::unwinder::StackMemory;
use crate::Program;
use spelunk_base::{Architecture, Platform};
use spelunk_unwind::{Memory, Registers};

/// The registers of the caller of `call`, if a guess leads to code of a module.
pub(super) fn caller_of(
    program: &Program,
    memory: &StackMemory<'_>,
    platform: Platform,
    call: &Call,
) -> Option<(Registers, FoundBy)> {
    // Both guesses are about calls that push their return address.
    if platform.architecture != Architecture::X86_64 {
        return None;
    }
    let guesses = [
        (after_bad_call(memory, platform, call), FoundBy::BadCall),
        (
            by_frame_pointer(memory, platform, call),
            FoundBy::FramePointer,
        ),
    ];
    guesses
        .into_iter()
        .filter_map(|(caller, found_by)| Some((caller?, found_by)))
        .find(|(caller, _)| {
            let pc = caller.pc().and_then(|pc| pc.checked_sub(1));
            pc.is_some_and(|pc| program.find_module(pc).is_some())
        })
}

/// A call of what is no code (a null pointer, say) faults before anything is pushed but the
/// return address, which is on top of the stack then.
fn after_bad_call(memory: &StackMemory<'_>, platform: Platform, call: &Call) -> Option<Registers> {
    if !call.interrupted || call.module.is_some() {
        return None;
    }
    let sp = call.registers.sp()?;
    let mut caller = call.registers.clone();
    let arch = caller.arch();
    caller.set(arch.program_counter, word(memory, platform, sp)?);
    caller.set(arch.stack_pointer, sp.checked_add(8)?);
    Some(caller)
}

/// Code that keeps a frame pointer (the kernel's BPF JIT does) pushes the caller's first, right
/// below the return address.
fn by_frame_pointer(
    memory: &StackMemory<'_>,
    platform: Platform,
    call: &Call,
) -> Option<Registers> {
    let arch = call.registers.arch();
    let frame_pointer = arch.frame_pointer?;
    let frame = call.registers.get(frame_pointer)?;
    // Frames are above what the function itself has on the stack.
    if call.registers.sp().is_none_or(|sp| frame < sp) {
        return None;
    }
    let mut caller = Registers::new(arch);
    caller.set(frame_pointer, word(memory, platform, frame)?);
    caller.set(
        arch.program_counter,
        word(memory, platform, frame.checked_add(8)?)?,
    );
    caller.set(arch.stack_pointer, frame.checked_add(16)?);
    Some(caller)
}

fn word(memory: &StackMemory<'_>, platform: Platform, address: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    memory.read(address, &mut bytes).ok()?;
    Some(platform.byte_order.u64(bytes))
}
