use super::entry::{Kind, OrcEntry};
use super::version::OrcVersion;
use spelunk_base::ByteOrder;
use spelunk_unwind::Row;
use std::fmt;

/// A table of ORC entries, from a file or from the target's memory, sorted by address.
pub struct OrcTable {
    version: OrcVersion,
    order: ByteOrder,
    /// The address from which each entry holds, up to that of the next.
    addresses: Vec<u64>,
    entries: Vec<[u8; OrcEntry::SIZE]>,
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
        ips: &[u8],
        ips_address: u64,
        entries: &[u8],
    ) -> Result<Self, OrcError> {
        let (ips, ips_rest) = ips.as_chunks::<4>();
        let (entries, entries_rest) = entries.as_chunks::<{ OrcEntry::SIZE }>();
        if ips.len() != entries.len() || !ips_rest.is_empty() || !entries_rest.is_empty() {
            return Err(OrcError {
                addresses: ips.len(),
                entries: entries.len(),
            });
        }
        let addresses = ips.iter().zip(0u64..).map(|(bytes, index)| {
            let place = ips_address.wrapping_add(index.wrapping_mul(4));
            place.wrapping_add_signed(i64::from(order.u32(*bytes).cast_signed()))
        });
        let mut table = Self {
            version,
            order,
            addresses: addresses.collect(),
            entries: entries.to_vec(),
        };
        if !table.addresses.is_sorted() {
            table.sort();
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
        let after = self.addresses.partition_point(|address| *address <= pc);
        let bytes = self.entries.get(after.checked_sub(1)?)?;
        OrcEntry::parse(bytes, self.order, self.version)?.to_row()
    }

    /// Sorts what the kernel sorts when it boots or loads a module. Of entries for the same address
    /// the last counts; those that only end a section come first.
    fn sort(&mut self) {
        let entry = |bytes: &[u8; OrcEntry::SIZE]| {
            OrcEntry::parse(bytes, self.order, self.version)
                .is_some_and(|entry| entry.kind != Kind::Undefined)
        };
        let mut both: Vec<_> = self.addresses.iter().zip(&self.entries).collect();
        both.sort_by_key(|(address, bytes)| (**address, entry(bytes)));
        let (addresses, entries) = both.into_iter().unzip();
        (self.addresses, self.entries) = (addresses, entries);
    }
}
