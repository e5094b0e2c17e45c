use spelunk_elf::SectionData;

/// Bytes of the bitmap between two entries of the index of ranks.
const STRIDE: usize = 64;

/// A bitmap of frames that counts the frames before any given one at once.
pub(super) struct Bitmap {
    bits: SectionData,
    /// The number of set bits before each [`STRIDE`] of the bitmap.
    ranks: Vec<u64>,
}

impl Bitmap {
    pub(super) fn new(bits: SectionData) -> Self {
        let mut rank = 0u64;
        let ranks = bits
            .chunks(STRIDE)
            .map(|chunk| {
                let before = rank;
                rank = rank.saturating_add(count(chunk));
                before
            })
            .collect();
        Self { bits, ranks }
    }

    /// Number of frames that the bitmap is for.
    #[cfg(test)]
    fn frames(&self) -> u64 {
        (self.bits.len() as u64).saturating_mul(8)
    }

    /// Whether `frame` is in the set; `None` if it is behind the end of the bitmap.
    pub(super) fn contains(&self, frame: u64) -> Option<bool> {
        let byte = self.bits.get(usize::try_from(frame / 8).ok()?)?;
        Some(byte >> (frame % 8) & 1 != 0)
    }

    /// The number of frames in the set that are below `frame`.
    pub(super) fn rank(&self, frame: u64) -> u64 {
        let byte = usize::try_from(frame / 8).unwrap_or(usize::MAX);
        if byte >= self.bits.len() {
            let last = self.ranks.len().saturating_sub(1);
            let start = last.saturating_mul(STRIDE);
            let before = self.ranks.get(last).copied().unwrap_or(0);
            return before.saturating_add(count(self.bits.get(start..).unwrap_or(&[])));
        }
        let block = byte / STRIDE;
        let before = self.ranks.get(block).copied().unwrap_or(0);
        let whole = self
            .bits
            .get(block.saturating_mul(STRIDE)..byte)
            .unwrap_or(&[]);
        let below = (1u8 << (frame % 8)).wrapping_sub(1);
        let partial = self.bits.get(byte).map_or(0, |bits| bits & below);
        before
            .saturating_add(count(whole))
            .saturating_add(u64::from(partial.count_ones()))
    }

    /// The frames in the set, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.bits
            .iter()
            .zip((0u64..).step_by(8))
            .filter(|(byte, _)| **byte != 0)
            .flat_map(|(byte, first)| {
                (0..8u64)
                    .filter(move |bit| byte >> bit & 1 != 0)
                    .map(move |bit| first.wrapping_add(bit))
            })
    }
}

fn count(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let in_words: u64 = words
        .iter()
        .map(|word| u64::from(u64::from_ne_bytes(*word).count_ones()))
        .sum();
    let in_rest: u64 = rest.iter().map(|byte| u64::from(byte.count_ones())).sum();
    in_words.wrapping_add(in_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_agree_with_counting() {
        let mut random = 7u64;
        for length in [0usize, 1, 63, 64, 65, 200] {
            let bits: Vec<u8> = (0..length)
                .map(|_| {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (random >> 33) as u8
                })
                .collect();
            let bitmap = Bitmap::new(bits.into());
            let mut rank = 0;
            for frame in 0..bitmap.frames() {
                assert_eq!(bitmap.rank(frame), rank, "{frame} of {length} bytes");
                rank += u64::from(bitmap.contains(frame).unwrap());
            }
            assert_eq!(bitmap.contains(bitmap.frames()), None);
            assert_eq!(bitmap.rank(bitmap.frames()), rank);
            assert_eq!(bitmap.rank(u64::MAX), rank);
            assert_eq!(bitmap.iter().count() as u64, rank);
            assert!(
                bitmap
                    .iter()
                    .all(|frame| bitmap.contains(frame) == Some(true))
            );
        }
    }
}
