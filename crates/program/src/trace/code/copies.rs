//! Copies of values: which registers and places in the frame hold the same on every way to an instruction.
//!
//! A compiler keeps an argument that it needs after a call in a register that calls preserve, or in the frame. What
//! is there then tells what was passed, also where the caller and debugging information do not; and what a register
//! held when a call was made that has changed it since.
//!
//! Values are followed by where they come from, without knowing them, through all that the function may do before:
//! where two ways meet, a place holds a value if it does on both.

use super::function::is_call;
use super::state::{Held, Origin, State};
use super::x86_64::{GENERAL, register};
use iced_x86::{
    Code, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind,
    Register as Name, UsedMemory,
};
use spelunk_base::arch::{Register, x86_64 as arch};

/// Something that an instruction does to the frame, from which it follows what of it can be relied on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// `size` bytes are loaded from here.
    Load { at: i64, size: usize },
    /// This is stored here, in `size` bytes.
    Store {
        at: i64,
        size: usize,
        held: Option<Held>,
    },
    /// The address gets where it is not followed any more: others may write there.
    Escape,
}

/// Follows values through one instruction after the other.
pub(super) struct Machine {
    factory: InstructionInfoFactory,
    /// Whether the frame can be relied on at all.
    pub(super) frame_counts: bool,
}

/// Where an operand in memory is.
enum Place {
    /// In the frame, here.
    Slot(i64),
    /// Somewhere in the frame.
    Frame,
    /// Elsewhere, or in a part of the frame whose address was given away.
    Elsewhere,
}

impl Machine {
    pub(super) fn new(frame_counts: bool) -> Self {
        Self {
            factory: InstructionInfoFactory::new(),
            frame_counts,
        }
    }

    /// Makes the state before an instruction that behind it, and tells what it does to the frame.
    pub(super) fn step(
        &mut self,
        state: &mut State,
        index: usize,
        instruction: &Instruction,
        event: &mut dyn FnMut(Event),
    ) {
        // What it named when it ran before is another value now.
        let is_old = |held: &Held| held.origin == Origin::Seen(index);
        for place in &mut state.registers {
            *place = place.filter(|held| !is_old(held));
        }
        state.slots.retain(|_, held| !is_old(held));
        if is_call(instruction) || instruction.flow_control() == FlowControl::Interrupt {
            Self::call(state);
        } else if self.moves(state, index, instruction, event).is_none() {
            self.other(state, instruction, event);
        }
        if !self.frame_counts {
            state.forget_slots();
        }
    }

    fn call(state: &mut State) {
        for (_, register) in GENERAL {
            if register != arch::RSP && !arch::ARCH.callee_saved.contains(&register) {
                state.set(register, None);
            }
        }
        match state.depth() {
            Some(depth) => state.forget_slots_below(depth),
            None => state.forget_slots(),
        }
        // What is only the same by chance is not followed past a call, which may return more than once.
        state
            .slots
            .retain(|_, held| matches!(held.origin, Origin::Entry(_) | Origin::Number(_)));
    }

    /// An instruction that copies, or moves the stack pointer; `None` if it is another one.
    fn moves(
        &mut self,
        state: &mut State,
        index: usize,
        instruction: &Instruction,
        event: &mut dyn FnMut(Event),
    ) -> Option<()> {
        let (first, second) = (instruction.op0_kind(), instruction.op1_kind());
        let into = || full(instruction.op0_register());
        match (instruction.mnemonic(), first, second) {
            (Mnemonic::Push, OpKind::Register, _) => {
                let held = state.copied(index, full(instruction.op0_register())?);
                let depth = state.depth()?.checked_sub(8)?;
                state.set(arch::RSP, Some(Held::whole(Origin::Frame(depth))));
                self.store(state, depth, 8, held, event);
            }
            (Mnemonic::Pop, OpKind::Register, _) => {
                let depth = state.depth()?;
                let popped = state
                    .slots
                    .get(&depth)
                    .copied()
                    .filter(|held| held.size == 8);
                self.release(state, depth.checked_add(8)?);
                self.put(state, into()?, popped, event);
            }
            (Mnemonic::Leave, ..) => {
                let base = state.address_in(arch::RBP)?;
                let saved = state
                    .slots
                    .get(&base)
                    .copied()
                    .filter(|held| held.size == 8);
                self.release(state, base.checked_add(8)?);
                state.set(arch::RBP, saved);
            }
            (Mnemonic::Mov, OpKind::Register, OpKind::Register) => {
                let held = state.copied(index, full(instruction.op1_register())?);
                let held = held.and_then(|held| held.lowest(instruction.op1_register().size()));
                self.put(state, into()?, held, event);
            }
            (
                Mnemonic::Movzx | Mnemonic::Movsx | Mnemonic::Movsxd,
                OpKind::Register,
                OpKind::Register,
            ) => {
                let held = state.copied(index, full(instruction.op1_register())?);
                let held = held.and_then(|held| held.lowest(instruction.op1_register().size()));
                self.put(state, into()?, held, event);
            }
            (
                Mnemonic::Mov | Mnemonic::Movzx | Mnemonic::Movsx | Mnemonic::Movsxd,
                OpKind::Register,
                OpKind::Memory,
            ) => {
                let into = into()?;
                let held = self.loaded(state, index, instruction, event);
                self.put(state, into, held, event);
            }
            (Mnemonic::Mov, OpKind::Memory, OpKind::Register) => {
                let Place::Slot(at) = place(state, &operand(instruction)) else {
                    return None;
                };
                let held = state.copied(index, full(instruction.op1_register())?)?;
                let size = instruction.op1_register().size();
                self.store(state, at, size, held.lowest(size), event);
            }
            (Mnemonic::Mov, OpKind::Register, _) => {
                let number = instruction.try_immediate(1).ok()?;
                let held = match instruction.op0_register().size() {
                    8 => Held::whole(Origin::Number(number)),
                    4 => Held::whole(Origin::Number(number & u64::from(u32::MAX))),
                    _ => return None,
                };
                self.put(state, into()?, Some(held), event);
            }
            (Mnemonic::Xor, OpKind::Register, OpKind::Register)
                if instruction.op0_register() == instruction.op1_register()
                    && matches!(instruction.op0_register().size(), 4 | 8) =>
            {
                self.put(state, into()?, Some(Held::whole(Origin::Number(0))), event);
            }
            (Mnemonic::Lea, ..) if instruction.code() == Code::Lea_r64_m => {
                let operand = operand(instruction);
                let held = match (place(state, &operand), operand.is_plain()) {
                    (Place::Slot(at), _) => Origin::Frame(at),
                    (Place::Elsewhere, true) => Origin::Number(operand.displacement),
                    _ => return None,
                };
                self.put(state, into()?, Some(Held::whole(held)), event);
            }
            (Mnemonic::Add, OpKind::Register, OpKind::Register) => {
                let one = state.register(full(instruction.op0_register())?)?;
                let other = state.register(full(instruction.op1_register())?)?;
                let is_target = |distance: Held, table: Held| {
                    let table = table.number()?;
                    (distance == Held::whole(Origin::Distance(table))).then_some(table)
                };
                let table = is_target(one, other).or_else(|| is_target(other, one))?;
                if instruction.op0_register().size() != 8 {
                    return None;
                }
                self.put(
                    state,
                    into()?,
                    Some(Held::whole(Origin::Target(table))),
                    event,
                );
            }
            (Mnemonic::Add | Mnemonic::Sub, OpKind::Register, _)
                if !matches!(second, OpKind::Memory | OpKind::Register) =>
            {
                let register = into()?;
                let address = state.address_in(register)?;
                let change = instruction.try_immediate(1).ok()?.cast_signed();
                let address = match instruction.mnemonic() {
                    Mnemonic::Add => address.checked_add(change)?,
                    _ => address.checked_sub(change)?,
                };
                if instruction.op0_register().size() != 8 {
                    return None;
                }
                if register == arch::RSP {
                    self.release(state, address);
                } else {
                    self.put(
                        state,
                        register,
                        Some(Held::whole(Origin::Frame(address))),
                        event,
                    );
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Moves the stack pointer; what it leaves below is no longer the function's.
    fn release(&mut self, state: &mut State, depth: i64) {
        if state.depth().is_none_or(|before| before < depth) {
            state.forget_slots_below(depth);
        }
        state.set(arch::RSP, Some(Held::whole(Origin::Frame(depth))));
    }

    /// Puts a value into a register. Addresses in the frame are followed in two.
    fn put(
        &mut self,
        state: &mut State,
        register: Register,
        held: Option<Held>,
        event: &mut dyn FnMut(Event),
    ) {
        if let Some(Held {
            origin: Origin::Frame(depth),
            ..
        }) = held
        {
            match register {
                arch::RSP => return self.release(state, depth),
                arch::RBP => {}
                _ => event(Event::Escape),
            }
        }
        state.set(register, held);
    }

    fn store(
        &mut self,
        state: &mut State,
        at: i64,
        size: usize,
        held: Option<Held>,
        event: &mut dyn FnMut(Event),
    ) {
        if let Some(Held {
            origin: Origin::Frame(_),
            ..
        }) = held
        {
            event(Event::Escape);
        }
        event(Event::Store { at, size, held });
        state.forget_slots_in(at, size);
        if let Some(held) = held {
            state.slots.insert(at, held);
        }
    }

    fn loaded(
        &mut self,
        state: &mut State,
        index: usize,
        instruction: &Instruction,
        event: &mut dyn FnMut(Event),
    ) -> Option<Held> {
        let operand = operand(instruction);
        let size = instruction.memory_size().size();
        match place(state, &operand) {
            Place::Slot(at) => {
                event(Event::Load { at, size });
                let known = state.slots.get(&at).copied();
                if known.is_none() && matches!(size, 1 | 2 | 4 | 8) {
                    state.forget_slots_in(at, size);
                    let seen = Held {
                        origin: Origin::Seen(index),
                        size,
                    };
                    state.slots.insert(at, seen);
                    return Some(seen);
                }
                known?.lowest(size)
            }
            Place::Elsewhere => {
                // A distance in a table of those.
                let is_scaled = instruction.memory_index() != Name::None;
                let table = state.register(full(instruction.memory_base())?)?.number()?;
                let is_distance = instruction.mnemonic() == Mnemonic::Movsxd
                    && instruction.memory_index_scale() == 4
                    && is_scaled
                    && operand.displacement == 0;
                is_distance.then(|| Held::whole(Origin::Distance(table)))
            }
            Place::Frame => None,
        }
    }

    /// Any other instruction: what it writes to is not known any more.
    fn other(
        &mut self,
        state: &mut State,
        instruction: &Instruction,
        event: &mut dyn FnMut(Event),
    ) {
        let info = self.factory.info(instruction);
        for used in info.used_memory() {
            let place = place(state, &Operand::of(used));
            let size = used.memory_size().size();
            match (is_write(used.access()), place) {
                (true, Place::Slot(at)) if size > 0 => {
                    event(Event::Store {
                        at,
                        size,
                        held: None,
                    });
                    state.forget_slots_in(at, size);
                }
                (true, Place::Slot(_) | Place::Frame) => {
                    event(Event::Escape);
                    state.forget_slots();
                }
                (false, Place::Slot(at)) => event(Event::Load { at, size }),
                _ => {}
            }
        }
        // An address in the frame that is computed with.
        let is_address =
            |name| full(name).is_some_and(|register| state.address_in(register).is_some());
        let operands = (0..instruction.op_count())
            .filter(|operand| instruction.op_kind(*operand) == OpKind::Register);
        let mut computed_with = operands.map(|operand| instruction.op_register(operand));
        let compares = matches!(instruction.mnemonic(), Mnemonic::Cmp | Mnemonic::Test);
        if !compares && computed_with.any(is_address)
            || instruction.mnemonic() == Mnemonic::Lea
                && (is_address(instruction.memory_base()) || is_address(instruction.memory_index()))
        {
            event(Event::Escape);
        }
        let written = info
            .used_registers()
            .iter()
            .filter(|used| is_write(used.access()));
        for register in written.filter_map(|used| register(used.register())) {
            state.set(register, None);
        }
    }
}

/// An operand in memory.
struct Operand {
    segment: Name,
    base: Name,
    index: Name,
    displacement: u64,
}

impl Operand {
    fn of(used: &UsedMemory) -> Self {
        Self {
            segment: used.segment(),
            base: used.base(),
            index: used.index(),
            displacement: used.displacement(),
        }
    }

    /// Whether it is at one address at all times.
    fn is_plain(&self) -> bool {
        matches!(self.base, Name::None | Name::RIP) && self.index == Name::None
    }
}

fn operand(instruction: &Instruction) -> Operand {
    Operand {
        segment: instruction.memory_segment(),
        base: instruction.memory_base(),
        index: instruction.memory_index(),
        displacement: instruction.memory_displacement64(),
    }
}

fn place(state: &State, operand: &Operand) -> Place {
    if matches!(operand.segment, Name::FS | Name::GS) {
        return Place::Elsewhere;
    }
    let is_of_frame = |name| match full(name) {
        Some(arch::RSP) => true,
        Some(register) => state.address_in(register).is_some(),
        None => false,
    };
    match (is_of_frame(operand.base), is_of_frame(operand.index)) {
        (false, false) => Place::Elsewhere,
        (true, false) if operand.index == Name::None && operand.base.size() == 8 => {
            let base = full(operand.base).and_then(|register| state.address_in(register));
            match base.and_then(|base| base.checked_add(operand.displacement.cast_signed())) {
                Some(at) => Place::Slot(at),
                None => Place::Frame,
            }
        }
        _ => Place::Frame,
    }
}

fn is_write(access: OpAccess) -> bool {
    matches!(
        access,
        OpAccess::Write | OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite
    )
}

/// The general register of that name, or the one whose lowest bytes it is.
fn full(name: Name) -> Option<Register> {
    let is_second_byte = matches!(name, Name::AH | Name::BH | Name::CH | Name::DH);
    (!is_second_byte).then(|| register(name))?
}
