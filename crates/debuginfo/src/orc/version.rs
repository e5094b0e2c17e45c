use super::entry::{Kind, OrcEntry, SpBase};
use spelunk_base::ByteOrder;

/// How many entries of a table are looked at to tell the version: runs of so many, so many times, all
/// over the table. A run touches one page.
const RUN: usize = 64;
const RUNS: usize = 128;

/// How the entries of a table are encoded. It changed with the kernel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OrcVersion {
    /// Linux 4.14 to 6.2.
    V1,
    /// Linux 6.3 ("x86/unwind/orc: Add 'signal' field to ORC metadata").
    V2,
    /// Linux 6.4 to 7.0 ("x86,objtool: Split UNWIND_HINT_EMPTY in two").
    V3,
    /// Linux 7.1 and later: the registers are numbered anew.
    V4,
}

impl OrcVersion {
    const ALL: [Self; 4] = [Self::V1, Self::V2, Self::V3, Self::V4];

    /// The version that `.orc_header` names (Linux 6.4 and later; some 6.3.y): SHA-1 of the
    /// definitions in `orc_types.h` as `scripts/orc_hash.sh` picks them.
    #[must_use]
    pub fn find_by_header(header: &[u8]) -> Option<Self> {
        match header {
            b"\x41\x72\xd7\xae\xd5\x79\x9f\xbe\xa2\xfa\x86\x7d\xec\x38\x0b\x52\x65\x7d\x21\x32" => {
                Some(Self::V2)
            }
            b"\xfe\x5d\x32\xbf\x58\x1b\xd6\x3b\x2c\xa9\xa5\xc6\x5b\xa5\xa6\x25\xea\xb3\xfe\x24" => {
                Some(Self::V3)
            }
            b"\x13\x7c\x36\xad\x76\x27\xc4\xdd\x55\x93\x21\x76\xbb\x0e\xcd\xbd\x50\x41\xfc\x82" => {
                Some(Self::V4)
            }
            _ => None,
        }
    }

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
        Self::ALL
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
