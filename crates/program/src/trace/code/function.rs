use crate::trace::unwinder::StackMemory;
use crate::{Program, Symbol};
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpKind};
use spelunk_unwind::Memory;
use std::collections::HashSet;
use std::ops::Range;

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
            instructions: Vec::new(),
            targets: HashSet::new(),
            has_indirect_jumps: false,
        };
        let first = part_at(program, memory, address)?;
        // Jumps out of the parts that were looked at.
        let mut outward = Vec::new();
        let mut parts = vec![function.look_at(&first, &mut outward)?];
        function.instructions = first;
        // What is seldom run stands elsewhere, and jumps back from there.
        while let Some(target) = outward.pop() {
            if parts.len() < MAX_PARTS
                && !parts.iter().any(|part| part.contains(&target))
                && let Some(part) = cold_part_at(program, memory, target)
            {
                parts.push(function.look_at(&part, &mut outward)?);
            }
        }
        Some(function)
    }

    /// Takes note of the jumps in a part. Returns where the part is.
    fn look_at(&mut self, part: &[Instruction], outward: &mut Vec<u64>) -> Option<Range<u64>> {
        let place = part.first()?.ip()..part.last()?.next_ip();
        for instruction in part {
            match instruction.flow_control() {
                FlowControl::IndirectBranch => self.has_indirect_jumps = true,
                FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                    let target = near_target(instruction)?;
                    if self.targets.insert(target) && !place.contains(&target) {
                        outward.push(target);
                    }
                }
                _ => {}
            }
        }
        Some(place)
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
    code_of(&symbol, memory, address)
}

/// The same, if what is there is seldom run: GCC and Clang put it into a part of its own, `NAME.cold`.
fn cold_part_at(
    program: &Program,
    memory: &StackMemory<'_>,
    address: u64,
) -> Option<Vec<Instruction>> {
    let symbol = program.find_symbol(address).ok()??;
    let is_cold = symbol.name.contains(".cold");
    is_cold.then(|| code_of(&symbol, memory, address))?
}

/// The code of `symbol`, at least up to `address`.
fn code_of(symbol: &Symbol, memory: &StackMemory<'_>, address: u64) -> Option<Vec<Instruction>> {
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
