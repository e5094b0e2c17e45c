use super::flow::{self, Known};
use crate::Program;
use crate::trace::unwinder::StackMemory;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Instructions of which it is remembered what is known there.
const MAX_PLACES: usize = 1 << 14;

/// What is known at instructions that were asked for: tasks that sleep do so in few functions. Code of what does not
/// run does not change.
#[derive(Default)]
pub(crate) struct KnownPlaces(RwLock<Table>);

#[derive(Default)]
struct Table {
    /// The number of files that symbols are known from.
    files: usize,
    places: HashMap<Place, Option<Arc<Known>>>,
}

/// An instruction in a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// Where the function is entered.
    pub(super) entry: u64,
    pub(super) pc: u64,
    /// Whether it is the instruction at `pc`, and not the one that ends there.
    pub(super) interrupted: bool,
}

impl KnownPlaces {
    /// See [`known_at`](super::known_at).
    pub(super) fn get(
        &self,
        program: &Program,
        memory: &StackMemory<'_>,
        place: Place,
    ) -> Option<Arc<Known>> {
        let find = || flow::known_at(program, memory, place).map(Arc::new);
        if program.os().is_none_or(|os| os.is_live()) {
            return find();
        }
        let files = program.debug_info().files().len();
        {
            let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = table.places.get(&place)
                && table.files == files
            {
                return known.clone();
            }
        }
        let known = find();
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if table.files != files || table.places.len() >= MAX_PLACES {
            *table = Table {
                files,
                ..Table::default()
            };
        }
        table.places.insert(place, known.clone());
        known
    }
}
