use super::format::{self, BUCKETS};
use super::kind::NameKind;
use super::name_ref::{NameRef, Place};
use crate::die::DieId;

/// A name as it was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RawName {
    pub(super) hash: u32,
    pub(super) name: NameRef,
    pub(super) entry: u64,
}

/// An entry without a name, of which another entry has the name: see `DW_AT_abstract_origin` and
/// `DW_AT_specification`.
#[derive(Clone, Copy)]
pub(super) struct Deferred {
    pub(super) origin: DieId,
    pub(super) kind: NameKind,
    pub(super) die: DieId,
    pub(super) mark: u16,
}

/// Bytes of names in namespaces that one set of units may have. A C++ program of 100 MiB of
/// debugging information has 10 MiB of them; there are at most 64 sets.
const MAX_OWN: usize = 1 << 23;

/// The names of some units, sorted into buckets by hash.
pub(super) struct RawNames {
    pub(super) buckets: Vec<Vec<RawName>>,
    /// The names that stand nowhere in the file, each with a NUL.
    pub(super) own: Vec<u8>,
    /// Entries that have their names from entries of other units.
    pub(super) deferred: Vec<Deferred>,
    /// The units that these units import.
    pub(super) imports: Vec<DieId>,
    /// Whether the units could be read to their ends.
    pub(super) is_whole: bool,
}

impl RawNames {
    pub(super) fn new() -> Self {
        Self {
            buckets: vec![Vec::new(); BUCKETS],
            own: Vec::new(),
            deferred: Vec::new(),
            imports: Vec::new(),
            is_whole: true,
        }
    }

    pub(super) fn add(
        &mut self,
        kind: NameKind,
        name: NameRef,
        bytes: &[u8],
        die: DieId,
        mark: u16,
    ) {
        let hash = format::hash(bytes);
        let Some(entry) = format::pack_entry(kind, die, mark) else {
            return;
        };
        if let Some(bucket) = self.buckets.get_mut(format::bucket(hash)) {
            bucket.push(RawName { hash, name, entry });
        }
    }

    /// Adds the name that is `path` and `bytes` together.
    pub(super) fn add_path(
        &mut self,
        kind: NameKind,
        path: &[u8],
        bytes: &[u8],
        die: DieId,
        mark: u16,
    ) {
        let start = self.own.len();
        if start > MAX_OWN {
            return;
        }
        self.own.extend_from_slice(path);
        self.own.extend_from_slice(bytes);
        let whole = self.own.get(start..).unwrap_or(&[]).to_vec();
        self.own.push(0);
        self.add(
            kind,
            NameRef::new(Place::Index, 0, start as u64),
            &whole,
            die,
            mark,
        );
    }
}
