//! Callers where no row says how to find them: guesses, each checked before it is believed.

use super::FoundBy;
use super::call::Call;
use super::unwinder::StackMemory;
use crate::Program;
use spelunk_base::Platform;
use spelunk_unwind::{Memory, Registers};

/// The registers of the caller of `call`, if a guess leads to code of a module.
pub(super) fn caller_of(
    program: &Program,
    memory: &StackMemory<'_>,
    platform: Platform,
    call: &Call,
) -> Option<(Registers, FoundBy)> {
    let guess = Guess {
        program,
        memory,
        platform,
        call,
    };
    let guesses = [
        (guess.after_bad_call(), FoundBy::BadCall),
        (guess.by_frame_pointer(), FoundBy::FramePointer),
    ];
    guesses
        .into_iter()
        .filter_map(|(caller, found_by)| Some((caller?, found_by)))
        .find(|(caller, _)| {
            let pc = caller.pc().and_then(|pc| pc.checked_sub(1));
            pc.is_some_and(|pc| program.find_module(pc).is_some())
        })
}

struct Guess<'a> {
    program: &'a Program,
    memory: &'a StackMemory<'a>,
    platform: Platform,
    call: &'a Call,
}

impl Guess<'_> {
    /// A call of what is no code (a null pointer, say) faults before anything is saved but the return
    /// address: on top of the stack, or in the register for it.
    fn after_bad_call(&self) -> Option<Registers> {
        if !self.call.interrupted || self.call.module.is_some() {
            return None;
        }
        let mut caller = self.call.registers.clone();
        let arch = caller.arch();
        let address = match arch.link_register {
            Some(link) => caller.get(link)?,
            None => {
                let sp = caller.sp()?;
                caller.set(arch.stack_pointer, sp.checked_add(self.word_size())?);
                self.word(sp)?
            }
        };
        caller.set(arch.program_counter, self.return_address(address));
        Some(caller)
    }

    /// Code that keeps a frame pointer (the kernel's BPF JIT does) saves the caller's, with the return
    /// address behind it.
    fn by_frame_pointer(&self) -> Option<Registers> {
        let registers = &self.call.registers;
        let arch = registers.arch();
        let frame_pointer = arch.frame_pointer?;
        let frame = registers.get(frame_pointer)?;
        // Frames are above what the function itself has on the stack.
        if registers.sp().is_some_and(|sp| frame < sp) {
            return None;
        }
        let word_size = self.word_size();
        let mut caller = Registers::new(arch);
        caller.set(frame_pointer, self.word(frame)?);
        let address = self.return_address(self.word(frame.checked_add(word_size)?)?);
        caller.set(arch.program_counter, address);
        match arch.link_register {
            // The two words may be anywhere in the frame.
            Some(link) => caller.set(link, address),
            // A call pushed the one, and the function the other.
            None => {
                let behind = frame.checked_add(word_size.checked_mul(2)?)?;
                caller.set(arch.stack_pointer, behind);
            }
        }
        Some(caller)
    }

    fn return_address(&self, address: u64) -> u64 {
        let os = self.program.os();
        os.map_or(address, |os| os.return_address(address))
    }

    fn word_size(&self) -> u64 {
        self.platform.address_size().into()
    }

    fn word(&self, address: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        let word = bytes.get_mut(..usize::from(self.platform.address_size()))?;
        self.memory.read(address, word).ok()?;
        Some(self.platform.byte_order.uint(word))
    }
}
