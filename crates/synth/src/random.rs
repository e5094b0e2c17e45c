/// Numbers that look random and are the same in every run of a test: SplitMix64.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end as u64;
        let number = self.next_u64().checked_rem(end).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count)
            .map(|_| self.next_u64().to_le_bytes()[0])
            .collect()
    }

    /// Damages `bytes` a little: changes, removes, repeats or cuts.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        const INTERESTING: [u64; 8] = [
            0,
            1,
            0x7f,
            0xff,
            0x7fff_ffff,
            0xffff_ffff,
            1 << 63,
            u64::MAX,
        ];
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
                1 => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = self.next_u64().to_le_bytes()[0];
                    }
                }
                2 | 3 => {
                    let value = INTERESTING
                        .get(self.below(INTERESTING.len()))
                        .copied()
                        .unwrap_or(0);
                    let size = [1, 2, 4, 8].get(self.below(4)).copied().unwrap_or(1);
                    let value = value.to_le_bytes();
                    for (to, from) in bytes.iter_mut().skip(at).zip(value).take(size) {
                        *to = from;
                    }
                }
                4 => {
                    let end = at.saturating_add(self.below(64)).min(bytes.len());
                    let part = bytes.get(at..end).unwrap_or(&[]).to_vec();
                    if self.below(2) == 0 {
                        bytes.drain(at..end);
                    } else {
                        bytes.splice(at..at, part);
                    }
                }
                _ => {
                    // Most cuts take a whole file's worth of parsing away: keep them rare.
                    if self.below(4) == 0 {
                        bytes.truncate(at);
                    }
                }
            }
        }
    }
}
