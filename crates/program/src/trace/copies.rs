//! Values of which the code of a frame, or of one that it called, keeps a copy: see [`code`](super::code).

use super::around::Inquiry;
use super::code::{Known, Origin};
use super::stack::At;
use super::unwinder::StackMemory;
use spelunk_base::arch::{Register, x86_64 as arch};
use spelunk_unwind::{Memory, canonical_frame_address};

/// The registers that functions are passed integers in: System V's ABI for x86-64, section 3.2.3.
const ARGUMENTS: [Register; 6] = [
    arch::RDI,
    arch::RSI,
    arch::RDX,
    arch::RCX,
    arch::R8,
    arch::R9,
];

impl Inquiry<'_> {
    /// The lowest `size` bytes of what a register held when the function of call `at` was entered, from a copy that
    /// it made.
    pub(super) fn kept_since_entry(&self, at: At, register: Register, size: usize) -> Option<u64> {
        self.ask().ok()?;
        self.with_copies(at, |known| {
            self.copy(at, known, Origin::Entry(register), size)
        })
    }

    /// The lowest `size` bytes of what a register held when the call `at` made its call, from a copy in the frame, from
    /// what the function was passed, or from what was called.
    pub(super) fn kept_since_call(&self, at: At, register: Register, size: usize) -> Option<u64> {
        self.ask().ok()?;
        let here = self.with_copies(at, |known| {
            let held = known.state.register(register)?;
            if held.size < size {
                return None;
            }
            match held.origin {
                Origin::Number(number) => Some(number),
                Origin::Frame(address) => self.cfa(at, known)?.checked_add_signed(address),
                origin => {
                    let copy = self.copy(at, known, origin, size);
                    copy.or_else(|| match origin {
                        Origin::Entry(register) => self.register_at_entry(at, register, size),
                        _ => None,
                    })
                }
            }
        });
        here.or_else(|| self.kept_by_callee(at, register, size))
    }

    /// The lowest `size` bytes of what a register held when call `at` called the function of the call before it.
    fn kept_by_callee(&self, at: At, register: Register, size: usize) -> Option<u64> {
        // How a function was entered, its caller and what calls that tell: the function itself would have to know
        // how it was entered first.
        if self.is_entering.get() {
            return None;
        }
        let callee = At {
            index: at.index.checked_sub(1)?,
            gone: 0,
        };
        // What leads from a call to another library may change the others.
        let is_argument = ARGUMENTS.contains(&register);
        let is_direct = at.gone == 0 && self.entered(callee.index).ok()?.gone.is_empty();
        (is_argument && is_direct).then(|| self.kept_since_entry(callee, register, size))?
    }

    /// A value that is in a register or in the frame of call `at`.
    fn copy(&self, at: At, known: &Known, origin: Origin, size: usize) -> Option<u64> {
        let call = self.stack.call(at)?;
        let mut lost = Vec::new();
        for (register, held) in known.state.registers() {
            if held.origin != origin || held.size < size {
                continue;
            }
            match call.registers.get(register) {
                Some(value) => return Some(value),
                None => lost.push(register),
            }
        }
        let in_frame = known.state.slots().find_map(|(slot, held)| {
            let is_kept = known.kept.get(&slot).is_some_and(|kept| *kept >= size);
            let is_there = known.state.depth().is_some_and(|depth| depth <= slot);
            if held.origin != origin || held.size < size || !is_kept || !is_there {
                return None;
            }
            let address = self.cfa(at, known)?.checked_add_signed(slot)?;
            let mut word = [0; 8];
            let bytes = word.get_mut(..size)?;
            let memory = StackMemory::of(self.program, self.stack);
            memory.read(address, bytes).ok()?;
            Some(u64::from_le_bytes(word))
        });
        in_frame.or_else(|| {
            let mut lost = lost.into_iter();
            lost.find_map(|register| self.kept_by_callee(at, register, size))
        })
    }

    /// The canonical frame address, if the code and the debugging information are agreed about it.
    fn cfa(&self, at: At, known: &Known) -> Option<u64> {
        let call = self.stack.call(at)?;
        let memory = StackMemory::of(self.program, self.stack);
        let (row, _) = call.row.as_ref()?;
        let platform = self.program.platform()?;
        let cfa = canonical_frame_address(&call.registers, row, platform, &memory).ok()?;
        let sp = cfa.checked_add_signed(known.state.depth()?)?;
        (call.registers.sp() == Some(sp)).then_some(cfa)
    }

    fn with_copies<R>(&self, at: At, look: impl FnOnce(&Known) -> Option<R>) -> Option<R> {
        let call = self.stack.call(at).filter(|_| at.gone == 0)?;
        let known = match call.copies.get() {
            Some(known) => known,
            None => {
                let (scope, file) = call.function()?;
                let entry = file.debug().function_calls(scope).ok()?.entry?;
                let memory = StackMemory::of(self.program, self.stack);
                let found =
                    super::code::known_at(self.program, &memory, entry, call.pc?, call.interrupted);
                call.copies.get_or_init(|| found)
            }
        };
        look(known.as_deref()?)
    }
}
