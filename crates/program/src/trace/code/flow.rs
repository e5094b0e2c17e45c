//! All ways through a function, and what is known on them.

use super::copies::{Event, Machine};
use super::function::{instructions_at, is_cold_part, near_target};
use super::kept::Place;
use super::kernel_jumps::KernelJumps;
use super::state::{Held, Origin, State};
use crate::Program;
use crate::trace::unwinder::StackMemory;
use iced_x86::{FlowControl, Instruction, Mnemonic, OpKind, Register as Name};
use spelunk_base::arch::Register;
use spelunk_unwind::Memory;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Parts of a function that are looked at, each with a symbol of its own.
const MAX_PARTS: usize = 8;

/// Entries of a table of jumps.
const MAX_TABLE: u64 = 4096;

/// Instructions that are followed, those counted again that are met again.
const MAX_STEPS: usize = 1 << 19;

/// Bytes that an instruction stores at most.
const MAX_STORE: i64 = 64;

/// What is known at an instruction, and what of the frame can be relied on.
#[derive(Clone)]
pub(in crate::trace) struct Known {
    pub(in crate::trace) state: State,
    /// Places in the frame that the function itself comes back to, so that what it calls leaves them alone, and that
    /// hold one value at all times; with their sizes.
    pub(in crate::trace) kept: BTreeMap<i64, usize>,
}

/// What is known at a place. `None` if not all ways are known that lead there.
pub(super) fn known_at(program: &Program, memory: &StackMemory<'_>, place: Place) -> Option<Known> {
    let Place {
        entry,
        pc,
        interrupted,
    } = place;
    let code = read_function(program, memory, entry)?;
    let is_kernel = program.os().is_some_and(|os| os.is_kernel());
    let kernel = match is_kernel {
        true => KernelJumps::read(program, memory, &code)?,
        false => KernelJumps::default(),
    };
    let flow = Flow {
        code,
        entry,
        is_kernel,
        kernel,
    };
    flow.known_at(memory, pc, interrupted)
}

/// The instructions of the function at `entry`, with those of its parts that stand elsewhere, by address.
fn read_function(
    program: &Program,
    memory: &StackMemory<'_>,
    entry: u64,
) -> Option<Vec<Instruction>> {
    let mut code = instructions_at(program, memory, entry)?;
    for _ in 0..MAX_PARTS {
        let is_inside = |target: u64| code.binary_search_by_key(&target, Instruction::ip).is_ok();
        let mut targets = code.iter().filter_map(near_jump);
        let cold = targets.find(|target| !is_inside(*target) && is_cold_part(program, *target));
        let Some(target) = cold else {
            return Some(code);
        };
        code.extend(instructions_at(program, memory, target)?);
        code.sort_by_key(Instruction::ip);
        code.dedup_by_key(|instruction| instruction.ip());
        code.binary_search_by_key(&target, Instruction::ip).ok()?;
    }
    None
}

/// A function and the ways through it.
struct Flow {
    /// Its instructions, by address.
    code: Vec<Instruction>,
    /// The address of the first.
    entry: u64,
    /// Whether code goes on behind an instruction that cannot be executed: the kernel's warnings do.
    is_kernel: bool,
    /// Where the kernel's go, too.
    kernel: KernelJumps,
}

impl Flow {
    fn known_at(&self, memory: &dyn Memory, pc: u64, interrupted: bool) -> Option<Known> {
        let at = match interrupted {
            true => self.index_of(pc)?,
            false => {
                let behind = self
                    .code
                    .partition_point(|instruction| instruction.ip() < pc);
                let before = behind.checked_sub(1)?;
                let is_end = self.code.get(before)?.next_ip() == pc;
                is_end.then_some(before)?
            }
        };
        let (known, escapes) = self.solve(memory, at, true)?;
        if !escapes {
            return Some(known);
        }
        // Without the frame.
        self.solve(memory, at, false).map(|(known, _)| known)
    }

    fn index_of(&self, address: u64) -> Option<usize> {
        self.code
            .binary_search_by_key(&address, Instruction::ip)
            .ok()
    }

    /// Whether `address` is in the middle of something, where nothing is known to begin.
    fn is_within(&self, address: u64) -> bool {
        let behind = self
            .code
            .partition_point(|instruction| instruction.ip() <= address);
        let before = behind
            .checked_sub(1)
            .and_then(|before| self.code.get(before));
        before
            .is_some_and(|instruction| (instruction.ip()..instruction.next_ip()).contains(&address))
    }

    /// What is known before instruction `at`, and whether an address in the frame is given away.
    fn solve(&self, memory: &dyn Memory, at: usize, frame_counts: bool) -> Option<(Known, bool)> {
        let mut machine = Machine::new(frame_counts);
        let entry = self.index_of(self.entry)?;
        let start = HashMap::from([(entry, State::at_entry())]);
        let mut states = start.clone();
        let targets = self.code.iter().filter_map(near_jump);
        let mut leaders: BTreeSet<_> = targets.filter_map(|target| self.index_of(target)).collect();
        leaders.insert(entry);
        let mut waiting = BTreeSet::from([entry]);
        let mut steps = 0;
        while let Some(leader) = waiting.pop_first() {
            let mut state = states.get(&leader)?.clone();
            let mut index = leader;
            loop {
                steps += 1;
                if steps > MAX_STEPS {
                    return None;
                }
                let instruction = self.code.get(index)?;
                let fails = match self.kernel.fixups.get(&instruction.ip()) {
                    Some(fixup) => Some(self.index_of(*fixup)?),
                    None => None,
                };
                let next = self.next(memory, &state, index)?;
                let known = leaders.len();
                let goes_on = self.goes_on(instruction);
                let jumps = next.iter().filter(|to| !goes_on || **to != index + 1);
                leaders.extend(jumps.chain(&fails));
                if leaders.len() > known {
                    // It may have been passed before, when it was not known that something leads there.
                    states.clone_from(&start);
                    waiting = BTreeSet::from([entry]);
                    break;
                }
                machine.step(&mut state, index, instruction, &mut |_| {});
                let falls = next.contains(&(index + 1)) && !leaders.contains(&(index + 1));
                let mut arrive = |to: usize, state: &State| {
                    let is_new = match states.get_mut(&to) {
                        None => states.insert(to, state.clone()).is_none(),
                        Some(known) => known.meet(state),
                    };
                    if is_new {
                        waiting.insert(to);
                    }
                };
                let next = next.iter().filter(|to| !falls || **to != index + 1);
                next.for_each(|to| arrive(*to, &state));
                if let Some(to) = fails {
                    arrive(to, &state.after_failure());
                }
                if !falls {
                    break;
                }
                index += 1;
            }
        }
        self.gather(&mut machine, &states, at)
    }

    /// One more time through all of it, with what is known now.
    fn gather(
        &self,
        machine: &mut Machine,
        states: &HashMap<usize, State>,
        at: usize,
    ) -> Option<(Known, bool)> {
        let mut found = None;
        let mut frame = Frame::default();
        let mut seen = vec![false; self.code.len()];
        for (start, state) in states {
            let mut state = state.clone();
            let mut index = *start;
            loop {
                if index == at {
                    found = Some(state.clone());
                }
                *seen.get_mut(index)? = true;
                let instruction = self.code.get(index)?;
                let is_pop = instruction.mnemonic() == Mnemonic::Pop;
                machine.step(&mut state, index, instruction, &mut |event| {
                    frame.note(event, is_pop)
                });
                let goes_on = self.goes_on(instruction);
                index += 1;
                if !goes_on || states.contains_key(&index) || index >= self.code.len() {
                    break;
                }
            }
        }
        // Code that nothing leads to may be led to in ways that are not known here.
        let is_filler = |instruction: &Instruction| {
            matches!(
                instruction.mnemonic(),
                Mnemonic::Nop | Mnemonic::Int3 | Mnemonic::Ud2 | Mnemonic::Endbr64
            )
        };
        let mut unseen = self.code.iter().zip(&seen).filter(|(_, seen)| !**seen);
        if !unseen.all(|(instruction, _)| is_filler(instruction)) {
            return None;
        }
        let known = Known {
            state: found?,
            kept: frame.kept(),
        };
        Some((known, frame.escapes))
    }

    /// Whether what stands behind an instruction may follow it without a jump.
    fn goes_on(&self, instruction: &Instruction) -> bool {
        match instruction.flow_control() {
            _ if self.kernel.branches.contains_key(&instruction.ip()) => true,
            FlowControl::UnconditionalBranch
            | FlowControl::IndirectBranch
            | FlowControl::Return => false,
            FlowControl::Exception => self.is_kernel,
            _ => true,
        }
    }

    /// The instructions that may follow; `None` if they are not known.
    fn next(&self, memory: &dyn Memory, state: &State, index: usize) -> Option<Vec<usize>> {
        let instruction = self.code.get(index)?;
        let behind = || {
            let behind = self.code.get(index + 1)?;
            (behind.ip() == instruction.next_ip()).then_some(index + 1)
        };
        if let Some(target) = self.kernel.branches.get(&instruction.ip()) {
            return Some(vec![behind()?, self.index_of(*target)?]);
        }
        Some(match instruction.flow_control() {
            FlowControl::Next | FlowControl::Interrupt => vec![behind()?],
            // Behind one that does not return there may be nothing.
            FlowControl::Call | FlowControl::IndirectCall => behind().into_iter().collect(),
            FlowControl::ConditionalBranch => {
                let mut next = vec![behind()?];
                next.extend(self.jump(near_target(instruction)?)?);
                next
            }
            FlowControl::UnconditionalBranch => {
                self.jump(near_target(instruction)?)?.into_iter().collect()
            }
            FlowControl::IndirectBranch => self.jumps_by_table(memory, state, instruction)?,
            FlowControl::Return => Vec::new(),
            FlowControl::Exception if self.is_kernel => behind().into_iter().collect(),
            FlowControl::Exception => Vec::new(),
            FlowControl::XbeginXabortXend => return None,
        })
    }

    /// Where a jump leads; `Some(None)` out of the function.
    fn jump(&self, target: u64) -> Option<Option<usize>> {
        match self.index_of(target) {
            Some(index) => Some(Some(index)),
            None => (!self.is_within(target)).then_some(None),
        }
    }

    fn jumps_by_table(
        &self,
        memory: &dyn Memory,
        state: &State,
        jump: &Instruction,
    ) -> Option<Vec<usize>> {
        let mut next = BTreeSet::new();
        let by_register = match jump.op0_kind() {
            OpKind::Register => super::x86_64::register(jump.op0_register())
                .and_then(|register| state.register(register)),
            _ => None,
        };
        if let Some(Held {
            origin: Origin::Target(table),
            size: 8,
        }) = by_register
        {
            for entry in 0..MAX_TABLE {
                let mut distance = [0; 4];
                memory
                    .read(table.checked_add(entry * 4)?, &mut distance)
                    .ok()?;
                let distance = i64::from(i32::from_le_bytes(distance));
                match self.index_of(table.wrapping_add_signed(distance)) {
                    Some(index) => next.insert(index),
                    None => break,
                };
            }
        } else if jump.op0_kind() == OpKind::Memory
            && jump.memory_base() == Name::None
            && jump.memory_index_scale() == 8
        {
            let table = jump.memory_displacement64();
            for entry in 0..MAX_TABLE {
                let mut target = [0; 8];
                memory
                    .read(table.checked_add(entry * 8)?, &mut target)
                    .ok()?;
                match self.index_of(u64::from_le_bytes(target)) {
                    Some(index) => next.insert(index),
                    None => break,
                };
            }
        } else if state.depth() == Some(-8) {
            // Out of the function: what it has of the stack is given back.
            return Some(Vec::new());
        }
        (!next.is_empty()).then(|| next.into_iter().collect())
    }
}

fn near_jump(instruction: &Instruction) -> Option<u64> {
    let is_jump = matches!(
        instruction.flow_control(),
        FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch
    );
    is_jump.then(|| near_target(instruction))?
}

/// What a function does with its frame.
#[derive(Default)]
struct Frame {
    loads: BTreeSet<i64>,
    /// What is stored at each place.
    stores: BTreeMap<i64, BTreeSet<(usize, Option<Register>)>>,
    escapes: bool,
}

impl Frame {
    fn note(&mut self, event: Event, is_pop: bool) {
        match event {
            Event::Load { at, .. } => {
                if !is_pop {
                    self.loads.insert(at);
                }
            }
            Event::Store { at, size, held } => {
                let entry = held.and_then(|held| match held.origin {
                    Origin::Entry(register) => Some(register),
                    _ => None,
                });
                self.escapes |= i64::try_from(size).is_ok_and(|size| size > MAX_STORE);
                self.stores.entry(at).or_default().insert((size, entry));
            }
            Event::Escape => self.escapes = true,
        }
    }

    /// The places that the function comes back to, and how many bytes of each have one value at all times:
    /// arguments of calls are never loaded, and what is called may write to them.
    fn kept(&self) -> BTreeMap<i64, usize> {
        let is_loaded = |at: &i64| self.loads.contains(at);
        let places = self.stores.iter().filter(|(at, _)| is_loaded(at));
        let kept = places.filter_map(|(at, stores)| {
            let (size, entry) = *stores.first()?;
            let is_same = |(_, of): &(usize, Option<Register>)| *of == entry;
            let is_one = entry.is_some() && stores.iter().all(is_same);
            let end = at.checked_add_unsigned(size as u64)?;
            let others = self.stores.range(at.saturating_sub(MAX_STORE)..end);
            let mut others = others.filter(|(start, _)| *start != at);
            let is_apart = others.all(|(start, stores)| {
                let mut sizes = stores.iter().map(|(size, _)| *size as u64);
                start >= &end || sizes.all(|size| start.saturating_add_unsigned(size) <= *at)
            });
            (is_one && is_apart).then_some((*at, size))
        });
        kept.collect()
    }
}

#[cfg(test)]
mod tests;
