//! Callers where no row says how to find them: guesses, each checked before it is believed.

use super::FoundBy;
use super::call::Call;
use super::unwinder::StackMemory;
use crate::Program;
use spelunk_base::Platform;
use spelunk_unwind::{CfaRule, Memory, RegisterRule, Registers, Row};

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

/// Sets the stack pointer of a function that made a call, if nothing but its frame pointer is known: a frame record has
/// the caller's frame pointer with the return address behind it, and `row` tells where the function has saved both.
///
/// Only machines with a link register have records that are somewhere in the frame (AAPCS64, section 6.4.6). On others,
/// whoever guesses a frame pointer knows the stack pointer.
pub(super) fn set_stack_pointer(registers: &mut Registers, row: &Row, interrupted: bool) {
    let arch = registers.arch();
    let find = || {
        let link = arch.link_register.filter(|_| !interrupted)?;
        let frame_pointer = arch.frame_pointer?;
        let record = registers.get(frame_pointer)?;
        let CfaRule::RegisterPlus(base, size) = row.cfa else {
            return None;
        };
        let saved = |register| match row.find(register)? {
            RegisterRule::AtCfa(offset) => Some(*offset),
            _ => None,
        };
        let is_record = saved(link)? == saved(frame_pointer)?.checked_add(8)?;
        let cfa = record.wrapping_sub(saved(frame_pointer)?.cast_unsigned());
        (is_record && base == arch.stack_pointer)
            .then(|| cfa.wrapping_add_signed(size.wrapping_neg()))
    };
    if registers.sp().is_none()
        && let Some(sp) = find()
    {
        registers.set(arch.stack_pointer, sp);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_base::arch::{Arch, Register, aarch64, x86_64};

    // stp x29, x30, [sp, #-48]!; mov x29, sp; or with other registers below the record.
    fn row(arch: &Arch, base: Register, record: i64) -> Row {
        let mut row = Row::new(arch, CfaRule::RegisterPlus(base, 64));
        row.set(aarch64::X29, RegisterRule::AtCfa(record));
        row.set(aarch64::X30, RegisterRule::AtCfa(record + 8));
        row
    }

    fn sp_of(row: &Row, known: &[(Register, u64)], interrupted: bool) -> Option<u64> {
        let mut registers = Registers::new(&aarch64::ARCH);
        for (register, value) in known {
            registers.set(*register, *value);
        }
        set_stack_pointer(&mut registers, row, interrupted);
        registers.sp()
    }

    #[test]
    fn a_frame_record_tells_the_stack_pointer() {
        let arch = &aarch64::ARCH;
        let known = [(aarch64::X29, 0x1010)];
        let lowest = row(arch, aarch64::SP, -64);
        assert_eq!(sp_of(&lowest, &known, false), Some(0x1010));
        let higher = row(arch, aarch64::SP, -48);
        assert_eq!(sp_of(&higher, &known, false), Some(0x1000));
        let with_sp = [(aarch64::X29, 0x1010), (aarch64::SP, 0x800)];
        assert_eq!(sp_of(&higher, &with_sp, false), Some(0x800));
    }

    #[test]
    fn where_there_is_no_record_the_stack_pointer_stays_unknown() {
        let arch = &aarch64::ARCH;
        let known = [(aarch64::X29, 0x1010)];
        // The record may not be there yet.
        assert_eq!(sp_of(&row(arch, aarch64::SP, -64), &known, true), None);
        assert_eq!(sp_of(&row(arch, aarch64::SP, -64), &[], false), None);
        assert_eq!(sp_of(&row(arch, aarch64::X19, -64), &known, false), None);
        let mut apart = row(arch, aarch64::SP, -64);
        apart.set(aarch64::X30, RegisterRule::AtCfa(-8));
        assert_eq!(sp_of(&apart, &known, false), None);
        apart.set(aarch64::X30, RegisterRule::SameValue);
        assert_eq!(sp_of(&apart, &known, false), None);
        let mut registers = Registers::new(&x86_64::ARCH);
        registers.set(x86_64::RBP, 0x1010);
        let mut row = Row::new(&x86_64::ARCH, CfaRule::RegisterPlus(x86_64::RSP, 16));
        row.set(x86_64::RBP, RegisterRule::AtCfa(-16));
        set_stack_pointer(&mut registers, &row, false);
        assert_eq!(registers.sp(), None);
    }
}
