use crate::Program;
use crate::trace::unwinder::StackMemory;
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
}

impl Function {
    /// The function around `address`.
    pub(super) fn around(
        program: &Program,
        memory: &StackMemory<'_>,
        address: u64,
    ) -> Option<Self> {
        let mut function = Self {
            instructions: part_at(program, memory, address)?,
            targets: HashSet::new(),
            has_indirect_jumps: false,
        };
        // What is seldom run stands elsewhere, and jumps back from there.
        let mut parts = vec![function.instructions.clone()];
        let mut seen = HashSet::new();
        let mut looked_at = 0;
        while let Some(part) = parts.pop() {
            looked_at += 1;
            let start = part.first()?.ip();
            let end = part.last()?.next_ip();
            for instruction in &part {
                match instruction.flow_control() {
                    FlowControl::IndirectBranch => function.has_indirect_jumps = true,
                    FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                        let target = near_target(instruction)?;
                        function.targets.insert(target);
                        if !(start..end).contains(&target)
                            && looked_at + parts.len() < MAX_PARTS
                            && is_cold_part(program, target)
                            && seen.insert(target)
                        {
                            parts.extend(part_at(program, memory, target));
                        }
                    }
                    _ => {}
                }
            }
        }
        Some(function)
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

/// The code of the symbol that `address` is in.
pub(super) fn part_at(
    program: &Program,
    memory: &StackMemory<'_>,
    address: u64,
) -> Option<Vec<Instruction>> {
    let symbol = program.find_symbol(address).ok()??;
    let size = match symbol.size {
        0 => address.checked_sub(symbol.address)?.checked_add(1)?,
        size => size,
    };
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size as u64 <= MAX_SIZE)?;
    decode(memory, symbol.address, size)
}

/// The instructions in `size` bytes from `start` on; `None` if not all of them are.
pub(super) fn decode(
    memory: &StackMemory<'_>,
    start: u64,
    size: usize,
) -> Option<Vec<Instruction>> {
    let mut bytes = vec![0; size];
    memory.read(start, &mut bytes).ok()?;
    let instructions: Vec<_> = Decoder::with_ip(64, &bytes, start, DecoderOptions::NONE)
        .into_iter()
        .collect();
    let sound = instructions
        .iter()
        .all(|instruction| !instruction.is_invalid());
    sound.then_some(instructions)
}

/// GCC and Clang put what is seldom run into a part of its own, `NAME.cold`.
fn is_cold_part(program: &Program, address: u64) -> bool {
    let symbol = program.find_symbol(address).ok().flatten();
    symbol.is_some_and(|symbol| symbol.name.contains(".cold"))
}
