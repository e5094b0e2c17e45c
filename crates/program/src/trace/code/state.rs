//! What places hold before an instruction, by where it comes from.

use super::x86_64::GENERAL;
use spelunk_base::arch::{Register, x86_64 as arch};
use std::collections::BTreeMap;

/// A value, by where it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::trace) enum Origin {
    /// What the register held when the function was entered.
    Entry(Register),
    /// What was in a place when the instruction of this index first copied it from there.
    Seen(usize),
    /// An address in the frame, relative to its CFA.
    Frame(i64),
    /// A number.
    Number(u64),
    /// What is in the table at this address, which says relative to itself where jumps lead.
    Distance(u64),
    /// Where a jump leads by that table.
    Target(u64),
}

/// What a place is known to hold: the lowest bytes of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::trace) struct Held {
    pub(in crate::trace) origin: Origin,
    /// How many bytes: 1 to 8.
    pub(in crate::trace) size: usize,
}

impl Held {
    pub(super) fn whole(origin: Origin) -> Self {
        Self { origin, size: 8 }
    }

    pub(super) fn number(self) -> Option<u64> {
        match self {
            Self {
                origin: Origin::Number(number),
                size: 8,
            } => Some(number),
            _ => None,
        }
    }

    /// The lowest bytes of it; there is nothing to be said of parts of addresses.
    pub(super) fn lowest(self, size: usize) -> Option<Self> {
        let is_whole = self.size <= size;
        let has_parts = matches!(
            self.origin,
            Origin::Entry(_) | Origin::Seen(_) | Origin::Number(_)
        );
        (is_whole || has_parts).then(|| Self {
            size: self.size.min(size),
            ..self
        })
    }
}

/// What is known before an instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::trace) struct State {
    pub(super) registers: [Option<Held>; GENERAL.len()],
    /// Places in the frame by their addresses relative to the CFA.
    pub(super) slots: BTreeMap<i64, Held>,
}

impl State {
    /// When the function is entered, by a call that pushed where it returns to.
    pub(super) fn at_entry() -> Self {
        let mut state = Self {
            registers: [None; GENERAL.len()],
            slots: BTreeMap::new(),
        };
        for (_, register) in GENERAL {
            state.set(register, Some(Held::whole(Origin::Entry(register))));
        }
        state.set(arch::RSP, Some(Held::whole(Origin::Frame(-8))));
        state
    }

    pub(in crate::trace) fn register(&self, register: Register) -> Option<Held> {
        *self.registers.get(usize::from(register.0))?
    }

    /// The registers and what they hold.
    pub(in crate::trace) fn registers(&self) -> impl Iterator<Item = (Register, Held)> {
        GENERAL
            .iter()
            .filter_map(|(_, register)| Some((*register, self.register(*register)?)))
    }

    /// The places in the frame and what they hold.
    pub(in crate::trace) fn slots(&self) -> impl Iterator<Item = (i64, Held)> {
        self.slots.iter().map(|(at, held)| (*at, *held))
    }

    /// The stack pointer, relative to the CFA.
    pub(in crate::trace) fn depth(&self) -> Option<i64> {
        self.address_in(arch::RSP)
    }

    pub(super) fn address_in(&self, register: Register) -> Option<i64> {
        match self.register(register)? {
            Held {
                origin: Origin::Frame(address),
                size: 8,
            } => Some(address),
            _ => None,
        }
    }

    pub(super) fn set(&mut self, register: Register, held: Option<Held>) {
        if let Some(place) = self.registers.get_mut(usize::from(register.0)) {
            *place = held;
        }
    }

    /// Keeps what is known on another way here, too. Whether that changed it.
    pub(super) fn meet(&mut self, other: &Self) -> bool {
        let both = |mine: Held, others: Held| {
            (mine.origin == others.origin).then(|| Held {
                size: mine.size.min(others.size),
                ..mine
            })
        };
        let mut changed = false;
        for (mine, others) in self.registers.iter_mut().zip(&other.registers) {
            let met = mine
                .zip(*others)
                .and_then(|(mine, others)| both(mine, others));
            changed |= met != *mine;
            *mine = met;
        }
        self.slots.retain(|at, mine| {
            let met = other.slots.get(at).and_then(|others| both(*mine, *others));
            changed |= met != Some(*mine);
            met.inspect(|met| *mine = *met).is_some()
        });
        changed
    }

    /// What is known if an instruction has failed, where the kernel may have set a register to say so.
    pub(super) fn after_failure(&self) -> Self {
        let mut state = self.clone();
        for (_, register) in GENERAL {
            if register != arch::RSP {
                state.set(register, None);
            }
        }
        state
    }

    /// Nothing of a frame is known any more.
    pub(super) fn forget_slots(&mut self) {
        self.slots.clear();
    }

    pub(super) fn forget_slots_in(&mut self, at: i64, size: usize) {
        let end = at.saturating_add(i64::try_from(size).unwrap_or(i64::MAX));
        self.slots.retain(|start, held| {
            *start >= end || start.saturating_add_unsigned(held.size as u64) <= at
        });
    }

    /// What is below the stack pointer is overwritten by whatever is called.
    pub(super) fn forget_slots_below(&mut self, depth: i64) {
        self.slots = self.slots.split_off(&depth);
    }

    /// What instruction `index` copies from a register: if it was not known, it has a name from now on.
    pub(super) fn copied(&mut self, index: usize, from: Register) -> Option<Held> {
        if self.register(from).is_none() {
            self.set(from, Some(Held::whole(Origin::Seen(index))));
        }
        self.register(from)
    }
}
