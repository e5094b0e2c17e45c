use super::function::{Function, decode, instructions_at, is_call, near_target};
use super::{CallInstruction, Target};
use crate::Program;
use crate::trace::unwinder::StackMemory;
use iced_x86::{
    Code, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind,
    Register as Name,
};
use spelunk_base::arch::{Register, x86_64 as arch};
use spelunk_unwind::{Memory, RegisterRule, Row};
use std::sync::Arc;

/// Instructions that are looked at for one value.
const MAX_STEPS: u32 = 64;

/// Values that one value is made of.
const MAX_DEPTH: u32 = 8;

/// Instructions of a thunk, at most.
const MAX_THUNK: u32 = 8;

/// The general registers, by DWARF's numbers.
pub(super) const GENERAL: [(Name, Register); 16] = [
    (Name::RAX, arch::RAX),
    (Name::RDX, arch::RDX),
    (Name::RCX, arch::RCX),
    (Name::RBX, arch::RBX),
    (Name::RSI, arch::RSI),
    (Name::RDI, arch::RDI),
    (Name::RBP, arch::RBP),
    (Name::RSP, arch::RSP),
    (Name::R8, arch::R8),
    (Name::R9, arch::R9),
    (Name::R10, arch::R10),
    (Name::R11, arch::R11),
    (Name::R12, arch::R12),
    (Name::R13, arch::R13),
    (Name::R14, arch::R14),
    (Name::R15, arch::R15),
];

/// The register of that name, or the one that it is a part of.
pub(super) fn register(name: Name) -> Option<Register> {
    let full = name.full_register();
    let found = GENERAL.iter().find(|(general, _)| *general == full);
    found.map(|(_, register)| *register)
}

fn name(register: Register) -> Option<Name> {
    let found = GENERAL.iter().find(|(_, general)| *general == register);
    found.map(|(name, _)| *name)
}

pub(super) fn target(call: &CallInstruction<'_>) -> Option<Target> {
    let target = |memory| {
        Some(Target {
            address: target_with(call, memory)?,
            is_from_memory: memory == MemoryCounts::Yes,
        })
    };
    target(MemoryCounts::No).or_else(|| target(MemoryCounts::Yes))
}

fn target_with(call: &CallInstruction<'_>, memory: MemoryCounts) -> Option<u64> {
    let values = Values::new(call, memory)?;
    let instruction = values.function.instructions.get(values.at)?;
    if instruction.next_ip() != call.returns_to {
        return None;
    }
    let direct = match instruction.flow_control() {
        FlowControl::Call => near_target(instruction)?,
        FlowControl::IndirectCall => return values.indirect_target(instruction),
        _ => return None,
    };
    match thunk_register(call, direct) {
        Some(register) => values.before(values.at, register, 0),
        None => Some(direct),
    }
}

pub(super) fn register_value(call: &CallInstruction<'_>, register: Register) -> Option<u64> {
    let values = Values::new(call, MemoryCounts::No)?;
    // A table of jumps may lead to anywhere in the function.
    if values.function.has_indirect_jumps {
        return None;
    }
    values.before(values.at, name(register)?, 0)
}

/// The register that the thunk at `address` jumps to, if it is one: `arch/x86/lib/retpoline.S`. The
/// kernel has its compiler call these in place of indirect calls, and patches some of them.
fn thunk_register(call: &CallInstruction<'_>, address: u64) -> Option<Name> {
    /// `RETPOLINE_THUNK_SIZE`
    const SIZE: usize = 32;
    let code = decode_some(call, address, SIZE)?;
    let mut next = address;
    for _ in 0..MAX_THUNK {
        let instruction = code.iter().find(|instruction| instruction.ip() == next)?;
        let is_stored = instruction.mnemonic() == Mnemonic::Mov
            && instruction.op0_kind() == OpKind::Memory
            && instruction.memory_base() == Name::RSP
            && instruction.memory_displacement64() == 0;
        match instruction.flow_control() {
            // In place of the address that the call pushed, which the following return takes.
            FlowControl::Next if is_stored => return Some(instruction.op1_register()),
            FlowControl::Next => next = instruction.next_ip(),
            FlowControl::Call | FlowControl::UnconditionalBranch => {
                next = near_target(instruction)?;
            }
            FlowControl::IndirectBranch if instruction.op0_kind() == OpKind::Register => {
                return Some(instruction.op0_register());
            }
            _ => return None,
        }
    }
    None
}

/// What a function returns that does no more than tell which thread runs it: the C library's `pthread_self`.
fn returned_thread(call: &CallInstruction<'_>, function: u64) -> Option<u64> {
    /// Of `endbr64`, `mov %fs:0x10, %rax` and `ret`.
    const SIZE: usize = 14;
    let code = decode_some(call, function, SIZE)?;
    let mut code = code
        .iter()
        .filter(|instruction| instruction.mnemonic() != Mnemonic::Endbr64);
    let (load, end) = (code.next()?, code.next()?);
    let is_all = load.mnemonic() == Mnemonic::Mov
        && load.op0_kind() == OpKind::Register
        && load.op0_register() == Name::RAX
        && end.flow_control() == FlowControl::Return;
    is_all.then(|| thread_itself(call, load))?
}

/// The word in a thread's own memory that says where that is, if an instruction loads it. It does not change.
///
/// The ABI has it at the start; the GNU C library once more in `tcbhead_t.self` (`sysdeps/x86_64/nptl/tls.h`), which
/// is what its `pthread_self` returns. Other libraries have other things there.
fn thread_itself(call: &CallInstruction<'_>, load: &Instruction) -> Option<u64> {
    const SELF: u64 = 0x10;
    let is_plain = load.memory_base() == Name::None && load.memory_index() == Name::None;
    let is_of_thread =
        load.memory_segment() == Name::FS && is_plain && load.op1_kind() == OpKind::Memory;
    let offset = load.memory_displacement64();
    let is_self = match offset {
        0 => true,
        SELF => {
            let module = call.program.find_module(load.ip())?;
            let name = module.name().rsplit('/').next()?;
            ["libc.so.6", "libc-2.", "libpthread.so.0", "libpthread-2."]
                .iter()
                .any(|known| name.starts_with(known))
        }
        _ => false,
    };
    let thread = call.thread_pointer.filter(|_| is_of_thread && is_self)?;
    let mut word = [0; 8];
    call.memory
        .read(thread.checked_add(offset)?, &mut word)
        .ok()?;
    (u64::from_le_bytes(word) == thread).then_some(thread)
}

/// The instructions in `size` bytes, or in as many of them as are instructions.
fn decode_some(call: &CallInstruction<'_>, start: u64, size: usize) -> Option<Vec<Instruction>> {
    (1..=size).rev().find_map(|size| {
        let mut bytes = vec![0; size];
        call.memory.read(start, &mut bytes).ok()?;
        decode(start, &bytes)
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MemoryCounts {
    Yes,
    No,
}

/// Adds rules to `row` for the registers that the function around `address` never touches, if it is
/// one without calls, or need not touch.
pub(super) fn keep_untouched(
    program: &Program,
    memory: &StackMemory<'_>,
    address: u64,
    row: &mut Row,
) -> Option<()> {
    let changed = changed_by(&instructions_at(program, memory, address)?);
    for (_, register) in GENERAL {
        let is_untouched = !changed.contains(register);
        if register != arch::RSP && row.find(register).is_none() && is_untouched {
            row.set(register, RegisterRule::SameValue);
        }
    }
    Some(())
}

/// The values of registers before the call.
struct Values<'c, 'a> {
    call: &'c CallInstruction<'a>,
    function: Arc<Function>,
    /// The call's index.
    at: usize,
    memory: MemoryCounts,
}

impl<'c, 'a> Values<'c, 'a> {
    fn new(call: &'c CallInstruction<'a>, memory: MemoryCounts) -> Option<Self> {
        let inside = call.returns_to.checked_sub(1)?;
        let decoded = &call.program.decoded_functions;
        let function = decoded.around(call.program, &call.memory, inside)?;
        let at = function.left_before(call.returns_to)?;
        Some(Self {
            call,
            function,
            at,
            memory,
        })
    }

    fn indirect_target(&self, call: &Instruction) -> Option<u64> {
        match call.op0_kind() {
            OpKind::Register => self.before(self.at, call.op0_register(), 0),
            OpKind::Memory => self.loaded(self.at, call, 8, 0),
            _ => None,
        }
    }

    /// The value of a register before the instruction at `index`.
    fn before(&self, index: usize, name: Name, depth: u32) -> Option<u64> {
        if depth > MAX_DEPTH {
            return None;
        }
        let register = register(name)?;
        if let Some(value) = self.preserved(index, register) {
            return Some(value);
        }
        let mut index = index;
        for _ in 0..MAX_STEPS {
            if index == 0 {
                return self.at_entry(register);
            }
            if !self.function.is_reached_from_before(index) {
                let (before, from_call) = self.function.instructions.split_at_checked(self.at)?;
                let changed = changed_by(before.iter().chain(from_call.iter().skip(1)));
                return (!changed.contains(register)).then(|| self.at_entry(register))?;
            }
            index -= 1;
            let instruction = self.function.instructions.get(index)?;
            if register == arch::RAX && instruction.flow_control() == FlowControl::Call {
                return returned_thread(self.call, near_target(instruction)?);
            }
            if changed_by([instruction]).contains(register) {
                return self.made_by(index, instruction, register, depth);
            }
        }
        None
    }

    /// The value in the frame, if nothing changed it from `index` to the call, and the called function
    /// preserved it.
    fn preserved(&self, index: usize, register: Register) -> Option<u64> {
        let value = self.call.registers.get(register)?;
        let between = self.function.instructions.get(index..self.at)?;
        (!changed_by(between).contains(register)).then_some(value)
    }

    /// An argument, if the function begins where the instructions do.
    fn at_entry(&self, register: Register) -> Option<u64> {
        let first = self.function.instructions.first()?.ip();
        (self.call.entry == Some(first)).then(|| (self.call.at_entry)(register))?
    }

    /// What an instruction leaves in a register.
    fn made_by(
        &self,
        index: usize,
        instruction: &Instruction,
        changed: Register,
        depth: u32,
    ) -> Option<u64> {
        let is_its_result = instruction.op0_kind() == OpKind::Register
            && register(instruction.op0_register()) == Some(changed);
        // Writing the lower half clears the upper one; smaller parts leave the rest as it was.
        let size = instruction.op0_register().size();
        if !is_its_result || !matches!(size, 4 | 8) {
            return None;
        }
        let of_register = |operand: Name| self.before(index, operand, depth + 1);
        let immediate = || instruction.try_immediate(1).ok();
        let value = match (instruction.mnemonic(), instruction.op1_kind()) {
            (Mnemonic::Mov, OpKind::Register) => of_register(instruction.op1_register())?,
            (Mnemonic::Mov, OpKind::Memory) => self.loaded(index, instruction, size, depth)?,
            (Mnemonic::Mov, _) => immediate()?,
            (Mnemonic::Movsxd, OpKind::Register) => {
                sign_extended(of_register(instruction.op1_register())?)
            }
            (Mnemonic::Movsxd, OpKind::Memory) => {
                sign_extended(self.loaded(index, instruction, 4, depth)?)
            }
            (Mnemonic::Xor, OpKind::Register)
                if instruction.op0_register() == instruction.op1_register() =>
            {
                0
            }
            (Mnemonic::Lea, _) => self.address(index, instruction, depth)?,
            (Mnemonic::Add, _) => {
                of_register(instruction.op0_register())?.wrapping_add(immediate()?)
            }
            (Mnemonic::Sub, _) => {
                of_register(instruction.op0_register())?.wrapping_sub(immediate()?)
            }
            _ => return None,
        };
        match size {
            4 => Some(value & u64::from(u32::MAX)),
            _ => Some(value),
        }
    }

    /// The `size` bytes in memory that an instruction refers to.
    fn loaded(
        &self,
        index: usize,
        instruction: &Instruction,
        size: usize,
        depth: u32,
    ) -> Option<u64> {
        // Those of the CPU and of the thread are elsewhere for each.
        if matches!(instruction.memory_segment(), Name::FS | Name::GS) {
            return thread_itself(self.call, instruction);
        }
        let address = self.address(index, instruction, depth)?;
        let last = address.checked_add(size.checked_sub(1)? as u64)?;
        let saved = &self.call.saved;
        let is_saved = saved.contains(&address) && saved.contains(&last);
        if self.memory == MemoryCounts::No && !is_saved {
            return None;
        }
        let mut word = [0; 8];
        let bytes = word.get_mut(..size)?;
        self.call.memory.read(address, bytes).ok()?;
        Some(u64::from_le_bytes(word))
    }

    /// The address that an instruction refers to.
    fn address(&self, index: usize, instruction: &Instruction, depth: u32) -> Option<u64> {
        let part = |name| match name {
            Name::None => Some(0),
            name => self.before(index, name, depth + 1),
        };
        // The decoder adds the program counter itself.
        let base = match instruction.memory_base() {
            Name::RIP => 0,
            name => part(name)?,
        };
        let scale = u64::from(instruction.memory_index_scale());
        let scaled = part(instruction.memory_index())?.wrapping_mul(scale);
        let displacement = instruction.memory_displacement64();
        let is_wide = instruction.code() != Code::Lea_r32_m;
        is_wide.then(|| base.wrapping_add(scaled).wrapping_add(displacement))
    }
}

fn sign_extended(value: u64) -> u64 {
    let half = value as u32;
    i64::from(half.cast_signed()).cast_unsigned()
}

/// General registers, by DWARF's numbers.
#[derive(Clone, Copy, Default)]
struct RegisterSet(u16);

impl RegisterSet {
    fn bit(register: Register) -> u16 {
        1u16.checked_shl(register.0.into()).unwrap_or(0)
    }

    fn insert(&mut self, register: Register) {
        self.0 |= Self::bit(register);
    }

    fn contains(self, register: Register) -> bool {
        self.0 & Self::bit(register) != 0
    }
}

/// The registers that may be others after one of these instructions.
fn changed_by<'a>(instructions: impl IntoIterator<Item = &'a Instruction>) -> RegisterSet {
    let mut changed = RegisterSet::default();
    let mut factory = InstructionInfoFactory::new();
    for instruction in instructions {
        // Registers that functions need not preserve.
        if is_call(instruction) {
            let preserved = |register| arch::ARCH.callee_saved.contains(&register);
            let registers = GENERAL.iter().map(|(_, register)| *register);
            registers
                .filter(|register| !preserved(*register) && *register != arch::RSP)
                .for_each(|register| changed.insert(register));
            continue;
        }
        let used = factory.info(instruction).used_registers();
        let written = used.iter().filter(|used| {
            matches!(
                used.access(),
                OpAccess::Write
                    | OpAccess::CondWrite
                    | OpAccess::ReadWrite
                    | OpAccess::ReadCondWrite
            )
        });
        written
            .filter_map(|used| register(used.register()))
            .for_each(|register| changed.insert(register));
    }
    changed
}
