use super::entry::{Kind, OrcEntry};
use super::version::OrcVersion;
use spelunk_base::ByteOrder;
use spelunk_elf::SectionData;
use spelunk_unwind::Row;
use std::fmt;

/// A table of ORC entries, from a file or from the target's memory. It is looked at where it stands.
pub struct OrcTable {
    version: OrcVersion,
    order: ByteOrder,
    /// The address from which each entry holds, up to that of the next, relative to where it stands.
    ips: SectionData,
    ips_address: u64,
    entries: SectionData,
    /// The entries' indices in the order of their addresses, if they do not stand in that order.
    sorted: Option<Vec<usize>>,
}

/// Why a table could not be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrcError {
    /// How many addresses there are.
    pub addresses: usize,
    /// How many entries there are.
    pub entries: usize,
}

impl fmt::Display for OrcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ORC table has {} entries for {} addresses",
            self.entries, self.addresses
        )
    }
}

impl std::error::Error for OrcError {}

impl OrcTable {
    /// The table with `entries` (`.orc_unwind`) for the addresses in `ips` (`.orc_unwind_ip`).
    ///
    /// Those are relative to where they stand: `ips_address` is the address of the first. With an
    /// address in the file the table is for addresses in the file, with one in the target for the
    /// target's.
    ///
    /// # Errors
    ///
    /// [`OrcError`] if there are not as many entries as addresses.
    pub fn parse(
        version: OrcVersion,
        order: ByteOrder,
        ips: impl Into<SectionData>,
        ips_address: u64,
        entries: impl Into<SectionData>,
    ) -> Result<Self, OrcError> {
        let mut table = Self {
            version,
            order,
            ips: ips.into(),
            ips_address,
            entries: entries.into(),
            sorted: None,
        };
        let (ips, ips_rest) = table.ips.as_chunks::<4>();
        let (entries, entries_rest) = table.entries.as_chunks::<{ OrcEntry::SIZE }>();
        if ips.len() != entries.len() || !ips_rest.is_empty() || !entries_rest.is_empty() {
            return Err(OrcError {
                addresses: ips.len(),
                entries: entries.len(),
            });
        }
        let addresses = ips.iter().enumerate();
        let addresses = addresses.map(|(index, ip)| table.at(index, *ip));
        if !addresses.is_sorted() {
            table.sorted = Some(table.sort());
        }
        Ok(table)
    }

    /// How the entries are encoded.
    #[must_use]
    pub fn version(&self) -> OrcVersion {
        self.version
    }

    /// The row at `pc`; `None` if nothing is known there.
    #[must_use]
    pub fn find_row(&self, pc: u64) -> Option<Row> {
        let (ips, _) = self.ips.as_chunks::<4>();
        let after = match &self.sorted {
            Some(sorted) => sorted.partition_point(|index| {
                let ip = ips.get(*index);
                ip.is_some_and(|ip| self.at(*index, *ip) <= pc)
            }),
            None => count_before(ips.len(), |index| {
                let ip = ips.get(index);
                ip.is_some_and(|ip| self.at(index, *ip) <= pc)
            }),
        };
        let mut index = after.checked_sub(1)?;
        if let Some(sorted) = &self.sorted {
            index = *sorted.get(index)?;
        }
        let (entries, _) = self.entries.as_chunks::<{ OrcEntry::SIZE }>();
        OrcEntry::parse(entries.get(index)?, self.order, self.version)?.to_row()
    }

    /// The address that `ip` stands for, which is that of the entry `index`.
    fn at(&self, index: usize, ip: [u8; 4]) -> u64 {
        let place = self
            .ips_address
            .wrapping_add((index as u64).wrapping_mul(4));
        place.wrapping_add_signed(i64::from(self.order.u32(ip).cast_signed()))
    }

    /// Sorts what the kernel sorts when it boots or loads a module. Of entries for the same address
    /// the last counts; those that only end a section come first.
    fn sort(&self) -> Vec<usize> {
        let (ips, _) = self.ips.as_chunks::<4>();
        let (entries, _) = self.entries.as_chunks::<{ OrcEntry::SIZE }>();
        let says_something = |bytes: &[u8; OrcEntry::SIZE]| {
            OrcEntry::parse(bytes, self.order, self.version)
                .is_some_and(|entry| entry.kind != Kind::Undefined)
        };
        let mut keys: Vec<_> = ips
            .iter()
            .zip(entries)
            .enumerate()
            .map(|(index, (ip, bytes))| (self.at(index, *ip), says_something(bytes), index))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, _, index)| index).collect()
    }
}

/// How many of the first `count` indices `is_before` holds for, which does so for none after the
/// first for which it does not.
fn count_before(count: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        match is_before(middle) {
            true => low = middle.saturating_add(1),
            false => high = middle,
        }
    }
    low
}
