use super::entry::{Kind, OrcEntry, SpBase};
use super::version::OrcVersion;
use spelunk_base::ByteOrder;

/// How many entries of a table are looked at to tell the version: runs of so many, so many times, all
/// over the table. A run touches one page.
const RUN: usize = 64;
const RUNS: usize = 128;

impl OrcVersion {
    /// The version by which `entries` make the most sense.
    ///
    /// Older kernels have no `.orc_header`, tables in memory need not either, and distributions
    /// carry later formats back to earlier kernels: the release does not tell. But nearly all
    /// entries are calls whose stack pointer is found from the stack pointer, or from the frame
    /// pointer in a function that keeps one, at a small positive offset; a wrong reading turns them
    /// into something rare or impossible. Among readings that are equally good the latest counts.
    #[must_use]
    pub fn guess(entries: &[u8], order: ByteOrder) -> Self {
        let (entries, _) = entries.as_chunks::<{ OrcEntry::SIZE }>();
        let step = entries.len().div_ceil(RUN).div_ceil(RUNS).max(1);
        let score = |version: Self| {
            entries
                .chunks(RUN)
                .step_by(step)
                .flatten()
                .map(|bytes| plausibility(version, bytes, order))
                .sum::<i64>()
        };
        [Self::V1, Self::V2, Self::V3, Self::V4]
            .into_iter()
            .max_by_key(|version| score(*version))
            .unwrap_or(Self::V4)
    }
}

fn plausibility(version: OrcVersion, bytes: &[u8], order: ByteOrder) -> i64 {
    let Some(entry) = OrcEntry::parse(bytes, order, version) else {
        return -4;
    };
    match (entry.kind, entry.sp_base) {
        // Where no registers are saved nothing was interrupted.
        (Kind::Undefined | Kind::Call, _) if entry.signal => -1,
        (Kind::Call, SpBase::Sp | SpBase::Bp) if entry.sp_offset > 0 => 2,
        (Kind::Undefined | Kind::Call | Kind::EndOfStack, _) => 0,
        // Registers without a signal are found where the kernel was entered by a system call at
        // most; what is left over would be a signal in another version.
        (Kind::Registers | Kind::PartialRegisters, _) => i64::from(entry.signal),
    }
}
