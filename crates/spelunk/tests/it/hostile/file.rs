//! Files that are read otherwise than they are.

use spelunk_elf::{ReadAt, ReadAtError};
use spelunk_synth::Random;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

const PAGE: u64 = 4096;
/// Sizes and addresses at which arithmetic goes wrong.
const EDGES: [u64; 8] = [0, 1, 0xff, 0x7fff_ffff, 0xffff_ffff, 1 << 63, !0xfff, !0];

/// A file that notes which of its pages are read.
pub(crate) struct Watched {
    file: Arc<dyn ReadAt>,
    read: Mutex<BTreeSet<u64>>,
}

impl Watched {
    pub(crate) fn new(file: Arc<dyn ReadAt>) -> Arc<Self> {
        let read = Mutex::default();
        Arc::new(Self { file, read })
    }

    /// The offsets of the pages that were read.
    pub(crate) fn pages(&self) -> Vec<u64> {
        self.read.lock().unwrap().iter().copied().collect()
    }
}

impl ReadAt for Watched {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
        let pages = offset / PAGE..=offset.saturating_add(buf.len() as u64) / PAGE;
        let pages = pages.map(|page| page * PAGE);
        self.read.lock().unwrap().extend(pages);
        self.file.read_at(offset, buf)
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn name(&self) -> &str {
        self.file.name()
    }
}

/// A file of which some bytes read as others.
pub(crate) struct Damaged {
    file: Arc<dyn ReadAt>,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Damaged {
    /// Damage in up to 32 words, at places that `place` tells. Half of the words come from other such
    /// places: pointers that lead elsewhere, or in a circle.
    pub(crate) fn new(
        file: Arc<dyn ReadAt>,
        random: &mut Random,
        place: impl Fn(&mut Random) -> u64,
    ) -> Arc<Self> {
        let count = 1 << random.below(6);
        let parts = (0..count).map(|_| {
            let mut word = EDGES[random.below(EDGES.len())].to_le_bytes();
            match random.below(4) {
                0 => word = random.next_u64().to_le_bytes(),
                1 => {}
                _ => drop(file.read_at(place(random) & !7, &mut word)),
            }
            (place(random) & !7, word.to_vec())
        });
        let parts = parts.collect();
        Arc::new(Self { file, parts })
    }

    /// `part` in place of what stands at `offset`.
    pub(crate) fn at(file: Arc<dyn ReadAt>, offset: u64, part: Vec<u8>) -> Arc<Self> {
        let parts = vec![(offset, part)];
        Arc::new(Self { file, parts })
    }
}

impl ReadAt for Damaged {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadAtError> {
        self.file.read_at(offset, buf)?;
        for (start, part) in &self.parts {
            for (at, byte) in (*start..).zip(part) {
                let index = at.checked_sub(offset).map(|index| index as usize);
                if let Some(to) = index.and_then(|index| buf.get_mut(index)) {
                    *to = *byte;
                }
            }
        }
        Ok(())
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn name(&self) -> &str {
        "damaged"
    }
}
