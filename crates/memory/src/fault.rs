use crate::AddressSpace;
use spelunk_base::PhysAddr;
use std::borrow::Cow;
use std::fmt;

/// The target's memory could not be read at an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fault {
    /// What [`address`](Self::address) means.
    pub space: AddressSpace,
    /// The first address that could not be read.
    pub address: u64,
    /// Why not.
    pub kind: FaultKind,
}

/// Memory that could not be read: what errors tell of it beside their message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Unreadable {
    /// The first address that could not be read.
    pub address: u64,
    /// How many bytes were to be read from there on; 0 where it is known beforehand that there are
    /// none.
    pub size: u64,
    /// What the address means.
    pub space: AddressSpace,
}

impl Unreadable {
    /// That there is nothing at a virtual address.
    #[must_use]
    pub fn at(address: u64) -> Self {
        Self {
            address,
            size: 0,
            space: AddressSpace::Virtual,
        }
    }
}

/// Why an address could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FaultKind {
    /// There is no memory at the address, or none that anyone told of.
    NotMapped,
    /// There is no memory at the address in the running target, or none that can be read.
    NotReadable,
    /// The dump leaves the page out: it was filtered when the dump was made.
    NotInDump,
    /// The dump is split, and the part that holds the page was not given.
    NotInPart,
    /// The dump should hold the page, but the file is cut off before it.
    CutOff,
    /// The dump holds the page, but damaged: it does not decompress, or its place is impossible.
    Damaged,
    /// The host failed to read, with this error number.
    Device(i32),
    /// A reader that the user registered failed.
    Reader,
    /// The upper bits of the virtual address are no copies of the highest bit that is translated.
    NotCanonical,
    /// The page table maps nothing at the virtual address.
    NotPresent {
        /// The level whose entry is empty; 1 is the lowest.
        level: u8,
    },
    /// The page table of the virtual address cannot be read.
    PageTable {
        /// The level whose entry cannot be read; 1 is the lowest.
        level: u8,
        /// Where that entry is.
        entry: PhysAddr,
    },
}

impl Fault {
    /// A fault at `address` of `space`.
    #[must_use]
    pub fn new(space: AddressSpace, address: u64, kind: FaultKind) -> Self {
        Self {
            space,
            address,
            kind,
        }
    }

    /// What remains of a read of `size` bytes from `address` on.
    #[must_use]
    pub fn rest(&self, address: u64, size: u64) -> Unreadable {
        let done = self.address.wrapping_sub(address);
        Unreadable {
            address: self.address,
            size: size.saturating_sub(done),
            space: self.space,
        }
    }

    /// What errors say of it, before the address. For what is not there these are drgn's words; all
    /// other reasons are told as well.
    #[must_use]
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match (self.kind, self.space) {
            (FaultKind::NotMapped, AddressSpace::Virtual) => "could not find memory segment",
            (FaultKind::NotMapped, AddressSpace::Physical) => {
                "could not find physical memory segment"
            }
            (FaultKind::NotReadable, _) => "could not read memory",
            (FaultKind::NotInDump, _) => "memory not saved in core dump",
            (FaultKind::NotInPart, _) => {
                "memory is in a part of the split dump that was not given; give all parts together"
            }
            (FaultKind::CutOff, _) => "memory not saved in core dump, which is cut off before it",
            (FaultKind::Damaged, _) => "core dump is damaged at this memory",
            (FaultKind::Reader, _) => "registered memory reader failed",
            (FaultKind::NotCanonical | FaultKind::NotPresent { .. }, _) => "address is not mapped",
            (FaultKind::Device(errno), _) => {
                let error = std::io::Error::from_raw_os_error(errno);
                return format!("could not read memory: {error}").into();
            }
            (FaultKind::PageTable { level, entry }, _) => {
                return format!(
                    "page table entry of level {level} at physical address {entry} cannot be read"
                )
                .into();
            }
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            space,
            address,
            kind,
        } = *self;
        write!(f, "{space} address {address:#x} ")?;
        match kind {
            FaultKind::NotMapped => f.write_str("is not mapped"),
            FaultKind::NotReadable => f.write_str("is not mapped, or may not be read"),
            FaultKind::NotInDump => f.write_str("is not in the dump: its page was excluded"),
            FaultKind::NotInPart => f.write_str(
                "is in a part of the split dump that was not given: give all parts together",
            ),
            FaultKind::CutOff => f.write_str("is not in the dump: the file is cut off before it"),
            FaultKind::Damaged => f.write_str("cannot be read: the dump is damaged there"),
            FaultKind::Device(errno) => {
                let error = std::io::Error::from_raw_os_error(errno);
                write!(f, "cannot be read: {error}")
            }
            FaultKind::Reader => f.write_str("cannot be read: its registered reader failed"),
            FaultKind::NotCanonical => f.write_str("is not canonical"),
            FaultKind::NotPresent { level } => {
                write!(f, "is not mapped: its page table is empty at level {level}")
            }
            FaultKind::PageTable { level, entry } => write!(
                f,
                "cannot be translated: the entry of its page table at level {level} cannot be read \
                 from physical address {entry}"
            ),
        }
    }
}

impl std::error::Error for Fault {}
