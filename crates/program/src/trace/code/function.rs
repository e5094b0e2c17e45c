use crate::trace::unwinder::StackMemory;
use crate::{Program, Symbol};
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpKind};
use spelunk_unwind::Memory;
use std::collections::HashSet;

/// Bytes of a function that are looked at.
const MAX_SIZE: u64 = 1 << 16;

/// Parts of a function that are looked at, each with a symbol of its own.
const MAX_PARTS: usize = 8;

/// The instructions of a function, as they are in memory: kernels patch theirs.
pub(super) struct Function {
    /// Those of the part that was asked for, from its symbol on.
    pub(super) instructions: Vec<Instruction>,
    /// Where instructions jump to, those of other parts too.
    targets: HashSet<u64>,
    /// Whether there are jumps that lead to where a register says.
    pub(super) has_indirect_jumps: bool,
    /// The code that all this was read from.
    parts: Vec<Code>,
}

/// Bytes at an address.
struct Code {
    start: u64,
    bytes: Vec<u8>,
}

/// A part of a function.
struct Part {
    code: Code,
    instructions: Vec<Instruction>,
}

impl Function {
    /// The function around `address`.
    pub(super) fn around(
        program: &Program,
        memory: &StackMemory<'_>,
        address: u64,
    ) -> Option<Self> {
        let mut function = Self {
            instructions: Vec::new(),
            targets: HashSet::new(),
            has_indirect_jumps: false,
            parts: Vec::new(),
        };
        let first = part_at(program, memory, address)?;
        // Jumps out of the parts that were looked at.
        let mut outward = Vec::new();
        function.look_at(&first.instructions, &mut outward)?;
        function.instructions = first.instructions;
        function.parts.push(first.code);
        // What is seldom run stands elsewhere, and jumps back from there.
        while let Some(target) = outward.pop() {
            if function.parts.len() < MAX_PARTS
                && !function.parts.iter().any(|code| code.contains(target))
                && let Some(part) = cold_part_at(program, memory, target)
            {
                function.look_at(&part.instructions, &mut outward)?;
                function.parts.push(part.code);
            }
        }
        Some(function)
    }

    /// Takes note of the jumps in a part.
    fn look_at(&mut self, part: &[Instruction], outward: &mut Vec<u64>) -> Option<()> {
        let inside = part.first()?.ip()..part.last()?.next_ip();
        for instruction in part {
            match instruction.flow_control() {
                FlowControl::IndirectBranch => self.has_indirect_jumps = true,
                FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                    let target = near_target(instruction)?;
                    if self.targets.insert(target) && !inside.contains(&target) {
                        outward.push(target);
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Whether the code is still the same.
    pub(super) fn is_as_in(&self, memory: &StackMemory<'_>) -> bool {
        let mut now = Vec::new();
        self.parts.iter().all(|code| {
            now.resize(code.bytes.len(), 0);
            memory.read(code.start, &mut now).is_ok() && now == code.bytes
        })
    }

    /// How many bytes of code it has.
    pub(super) fn size(&self) -> usize {
        self.parts.iter().map(|code| code.bytes.len()).sum()
    }

    /// The index of the call or jump that the byte before `address` is in.
    pub(super) fn left_before(&self, address: u64) -> Option<usize> {
        let is_before = |instruction: &Instruction| instruction.next_ip() < address;
        let index = self.instructions.partition_point(is_before);
        let instruction = self.instructions.get(index)?;
        let leaves = is_call(instruction)
            || matches!(
                instruction.flow_control(),
                FlowControl::UnconditionalBranch
                    | FlowControl::ConditionalBranch
                    | FlowControl::IndirectBranch
            );
        (leaves && instruction.ip() < address).then_some(index)
    }

    /// Whether the instruction before the one at `index` is the only way to it.
    pub(super) fn is_reached_from_before(&self, index: usize) -> bool {
        let before = index
            .checked_sub(1)
            .and_then(|before| self.instructions.get(before));
        let (Some(before), Some(this)) = (before, self.instructions.get(index)) else {
            return false;
        };
        let goes_on = matches!(
            before.flow_control(),
            FlowControl::Next
                | FlowControl::ConditionalBranch
                | FlowControl::Call
                | FlowControl::IndirectCall
        );
        goes_on && !self.targets.contains(&this.ip())
    }
}

pub(super) fn is_call(instruction: &Instruction) -> bool {
    matches!(
        instruction.flow_control(),
        FlowControl::Call | FlowControl::IndirectCall
    )
}

/// Where a direct call or jump leads.
pub(super) fn near_target(instruction: &Instruction) -> Option<u64> {
    matches!(instruction.op0_kind(), OpKind::NearBranch64).then(|| instruction.near_branch_target())
}

/// The instructions of the symbol that `address` is in.
pub(super) fn instructions_at(
    program: &Program,
    memory: &StackMemory<'_>,
    address: u64,
) -> Option<Vec<Instruction>> {
    Some(part_at(program, memory, address)?.instructions)
}

fn part_at(program: &Program, memory: &StackMemory<'_>, address: u64) -> Option<Part> {
    let symbol = program.find_symbol(address).ok()??;
    part_of(&symbol, memory, address)
}

/// What is at `address` if it is seldom run.
fn cold_part_at(program: &Program, memory: &StackMemory<'_>, address: u64) -> Option<Part> {
    let symbol = program.find_symbol(address).ok()??;
    is_cold(&symbol).then(|| part_of(&symbol, memory, address))?
}

/// Whether what is at `address` is seldom run.
pub(super) fn is_cold_part(program: &Program, address: u64) -> bool {
    let symbol = program.find_symbol(address).ok().flatten();
    symbol.is_some_and(|symbol| is_cold(&symbol))
}

/// GCC and Clang put what is seldom run into a part of its own, `NAME.cold`.
fn is_cold(symbol: &Symbol) -> bool {
    symbol.name.contains(".cold")
}

/// The code of `symbol`, at least up to `address`.
fn part_of(symbol: &Symbol, memory: &StackMemory<'_>, address: u64) -> Option<Part> {
    let size = match symbol.size {
        0 => address.checked_sub(symbol.address)?.checked_add(1)?,
        size => size,
    };
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size as u64 <= MAX_SIZE)?;
    let start = symbol.address;
    let mut bytes = vec![0; size];
    memory.read(start, &mut bytes).ok()?;
    Some(Part {
        instructions: decode(start, &bytes)?,
        code: Code { start, bytes },
    })
}

impl Code {
    fn contains(&self, address: u64) -> bool {
        let offset = address.checked_sub(self.start);
        offset.is_some_and(|offset| offset < self.bytes.len() as u64)
    }
}

/// The instructions in `bytes` from `start` on; `None` if not all of them are.
pub(super) fn decode(start: u64, bytes: &[u8]) -> Option<Vec<Instruction>> {
    let instructions: Vec<_> = Decoder::with_ip(64, bytes, start, DecoderOptions::NONE)
        .into_iter()
        .collect();
    let sound = instructions
        .iter()
        .all(|instruction| !instruction.is_invalid());
    sound.then_some(instructions)
}
