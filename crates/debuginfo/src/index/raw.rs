use super::IndexEntry;
use super::format;
use super::name_ref::{NameRef, Place};
use crate::die::DieId;

/// A name as it was found, with what it is the name of.
#[derive(Clone, Copy)]
pub(super) struct RawName {
    pub(super) name: NameRef,
    pub(super) entry: u64,
}

/// An entry without a name, of which another entry has the name: see `DW_AT_abstract_origin` and
/// `DW_AT_specification`.
#[derive(Clone, Copy)]
pub(super) struct Deferred {
    pub(super) origin: DieId,
    pub(super) entry: IndexEntry,
}

/// Bytes of names in namespaces that any set of units may have, and how many more for each byte of
/// debugging information. C++ programs have up to one for each; damaged files may have thousands.
const OWN: usize = 1 << 23;
const OWN_BY_SIZE: usize = 2;

/// Bytes of debugging information for each name that is no copy, at least, in most programs.
const SIZE_BY_NAME: usize = 256;

/// The names of some units.
pub(super) struct RawNames {
    pub(super) names: Vec<RawName>,
    /// The names that stand nowhere in the file, each with a NUL.
    pub(super) own: Vec<u8>,
    /// How many bytes these may have.
    own_limit: usize,
    /// Entries that have their names from entries of other units.
    pub(super) deferred: Vec<Deferred>,
    /// The units that these units import.
    pub(super) imports: Vec<DieId>,
    /// Whether the units could be read to their ends.
    pub(super) is_whole: bool,
    /// Whether there are namespaces or classes with names in them.
    pub(super) has_scopes: bool,
    /// Whether one of these namespaces is inline and in no other.
    pub(super) has_open_scopes: bool,
}

impl RawNames {
    /// Of units with so many bytes, all together.
    pub(super) fn new(size: usize) -> Self {
        Self {
            // What is not used is not there.
            names: Vec::with_capacity(size / SIZE_BY_NAME),
            own: Vec::new(),
            own_limit: size.saturating_mul(OWN_BY_SIZE).saturating_add(OWN),
            deferred: Vec::new(),
            imports: Vec::new(),
            is_whole: true,
            has_scopes: false,
            has_open_scopes: false,
        }
    }

    pub(super) fn add(&mut self, name: NameRef, entry: IndexEntry) {
        if let Some(entry) = format::pack_entry(entry) {
            self.names.push(RawName { name, entry });
        }
    }

    /// Adds the name that is `path` and `bytes` together.
    pub(super) fn add_path(&mut self, path: &[u8], bytes: &[u8], entry: IndexEntry) {
        let start = self.own.len();
        if start > self.own_limit {
            return;
        }
        self.own.extend_from_slice(path);
        self.own.extend_from_slice(bytes);
        self.own.push(0);
        self.add(NameRef::new(Place::Index, 0, start as u64), entry);
    }
}
