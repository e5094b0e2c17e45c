use crate::die::DieId;
use crate::error::DebugInfoError;
use crate::scopes::Scopes;
use crate::unit_map::UnitMap;
use gimli::{EndianSlice, RunTimeEndian, SectionId, UnitSectionOffset, UnitType};
use hashbrown::HashMap;
use std::sync::OnceLock;

/// Bytes of a debug section.
pub type Slice<'a> = EndianSlice<'a, RunTimeEndian>;
/// All debug sections of a file.
pub type Dwarf<'a> = gimli::Dwarf<Slice<'a>>;
/// A unit with its abbreviations, parsed.
pub type Unit<'a> = gimli::Unit<Slice<'a>>;
/// A debugging information entry, parsed.
pub type Entry<'a> = gimli::DebuggingInformationEntry<Slice<'a>>;

/// Which unit of a file, in the order of the sections: first `.debug_info`, then `.debug_types`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitIndex(pub(crate) u32);

/// The units of a file. Headers are read at once, everything else when it is first wanted.
pub struct Units<'a> {
    file: &'a str,
    dwarf: Dwarf<'a>,
    slots: Vec<Slot<'a>>,
    type_units: HashMap<u64, DieId, foldhash::fast::RandomState>,
    map: OnceLock<UnitMap>,
}

struct Slot<'a> {
    start: DieId,
    end: u64,
    header: gimli::UnitHeader<Slice<'a>>,
    unit: OnceLock<Result<Box<Unit<'a>>, gimli::Error>>,
    scopes: OnceLock<Scopes>,
}

impl<'a> Units<'a> {
    /// Reads the headers of all units. The list ends at a header that cannot be read.
    pub(crate) fn new(file: &'a str, dwarf: Dwarf<'a>) -> Self {
        let mut units = Self {
            file,
            slots: Vec::new(),
            type_units: HashMap::default(),
            map: OnceLock::new(),
            dwarf,
        };
        let mut headers = units.dwarf.units();
        while let Ok(Some(header)) = headers.next() {
            units.push(SectionId::DebugInfo, header);
        }
        let mut headers = units.dwarf.type_units();
        while let Ok(Some(header)) = headers.next() {
            units.push(SectionId::DebugTypes, header);
        }
        units
    }

    fn push(&mut self, section: SectionId, header: gimli::UnitHeader<Slice<'a>>) {
        let start = DieId::new(section, header.offset());
        let length = header.length_including_self() as u64;
        if let UnitType::Type {
            type_signature,
            type_offset,
        } = header.type_()
            && let Some(offset) = header.offset().0.checked_add(type_offset.0)
        {
            let die = DieId::new(section, UnitSectionOffset(offset));
            self.type_units.entry(type_signature.0).or_insert(die);
        }
        self.slots.push(Slot {
            start,
            end: start.as_u64().saturating_add(length),
            header,
            unit: OnceLock::new(),
            scopes: OnceLock::new(),
        });
    }

    /// The file's name, for messages.
    #[must_use]
    pub fn file(&self) -> &'a str {
        self.file
    }

    /// The debug sections.
    #[must_use]
    pub fn dwarf(&self) -> &Dwarf<'a> {
        &self.dwarf
    }

    /// The indices of all units.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = UnitIndex> + use<> {
        let count = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        (0..count).map(UnitIndex)
    }

    /// The header of a unit.
    #[must_use]
    pub fn header(&self, index: UnitIndex) -> Option<&gimli::UnitHeader<Slice<'a>>> {
        self.slots.get(index.0 as usize).map(|slot| &slot.header)
    }

    /// A unit, parsed when it is first asked for.
    ///
    /// # Errors
    ///
    /// If its header, abbreviations or first entry are damaged.
    pub fn unit(&self, index: UnitIndex) -> Result<&Unit<'a>, DebugInfoError> {
        let slot = self
            .slots
            .get(index.0 as usize)
            .ok_or_else(|| self.damaged(DieId::from_u64(0), "no such unit".to_owned()))?;
        slot.unit
            .get_or_init(|| self.dwarf.unit(slot.header).map(Box::new))
            .as_deref()
            .map_err(|error| self.damaged(slot.start, error.to_string()))
    }

    /// What stands in what in the unit of an entry.
    pub(crate) fn scopes(&self, die: DieId) -> Result<Option<&Scopes>, DebugInfoError> {
        let Some(index) = self.find_unit(die) else {
            return Ok(None);
        };
        let unit = self.unit(index)?;
        let slot = self.slots.get(index.0 as usize);
        Ok(slot.map(|slot| slot.scopes.get_or_init(|| Scopes::new(unit))))
    }

    /// The unit that an entry is in.
    #[must_use]
    pub fn find_unit(&self, die: DieId) -> Option<UnitIndex> {
        let after = self.slots.partition_point(|slot| slot.start <= die);
        let index = after.checked_sub(1)?;
        let slot = self.slots.get(index)?;
        let index = u32::try_from(index).ok().map(UnitIndex);
        index.filter(|_| die.as_u64() < slot.end)
    }

    /// The unit that has code (or data) at `address`, which is the file's own: without bias.
    #[must_use]
    pub fn find_unit_by_address(&self, address: u64) -> Option<UnitIndex> {
        self.map.get_or_init(|| UnitMap::new(self)).find(address)
    }

    /// The entry with the type of this signature (`DW_FORM_ref_sig8`).
    #[must_use]
    pub fn find_type_unit(&self, signature: u64) -> Option<DieId> {
        self.type_units.get(&signature).copied()
    }

    /// The error that says what is wrong at an entry.
    #[must_use]
    pub fn damaged(&self, die: DieId, message: String) -> DebugInfoError {
        DebugInfoError::Damaged {
            file: self.file.to_owned(),
            section: die.section().name(),
            offset: die.offset(),
            message,
        }
    }
}
