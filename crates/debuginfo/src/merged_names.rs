use crate::file::DebugFile;
use crate::index::NameKey;
use crate::wanted_name::WantedName;
use hashbrown::HashTable;
use rayon::prelude::*;
use spelunk_base::{Cancel, Cancelled};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The names at file scope of many files, by their hashes: which of the files may have a name.
///
/// Nearly all names stand in one file, or else in so many that the first one that is asked has it.
/// So of each only the first and the last file that has it is kept: 9 bytes or less than twice as
/// many a name, 5 to 10 MB for a kernel and 3,000 modules.
pub(crate) struct MergedNames {
    /// How many files, from the first on.
    files: usize,
    /// By the top eight bits of the hash.
    shards: Vec<HashTable<Span>>,
    /// The files that have names in namespaces and classes.
    scoped: Vec<u32>,
    /// Those of them where names in a namespace are names at file scope, too.
    open: Vec<u32>,
    /// The files whose index cannot be made: whoever asks them learns why.
    failed: Vec<u32>,
}

/// The first and the last file that has a name with this hash.
#[derive(Clone, Copy)]
struct Span {
    hash: u32,
    first: u16,
    last: u16,
}

impl MergedNames {
    /// The names of these files, of which `known` knows those of the first.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if `cancel` says so.
    pub(crate) fn new(
        files: &[Arc<DebugFile>],
        known: Option<&Self>,
        cancel: &Cancel,
    ) -> Result<Self, Cancelled> {
        // More than can be numbered are asked one by one.
        let files = files.get(..usize::from(u16::MAX)).unwrap_or(files);
        let start = known.map_or(0, |known| known.files);
        let added = || (0..).zip(files).skip(start);
        let shard = |number: u8| {
            cancel.check()?;
            let known = known.and_then(|known| known.shards.get(usize::from(number)));
            let mut shard = known.cloned().unwrap_or_default();
            for (file, index) in added().filter_map(|(n, file)| Some((n, file.index().ok()?))) {
                for hash in index.hashes(number) {
                    add(&mut shard, hash, file);
                }
            }
            shard.shrink_to_fit(mixed);
            Ok(shard)
        };
        let numbers = |known: Option<&Vec<u32>>, is_one: &dyn Fn(&DebugFile) -> bool| {
            let new = added().filter(|(_, file)| is_one(file));
            let known = known.into_iter().flatten().copied();
            known.chain(new.map(|(n, _)| u32::from(n))).collect()
        };
        let shards = (0..=u8::MAX).into_par_iter().map(shard);
        Ok(Self {
            files: files.len(),
            shards: shards.collect::<Result<_, Cancelled>>()?,
            scoped: numbers(known.map(|known| &known.scoped), &|file| {
                file.index().is_ok_and(|index| index.has_scopes())
            }),
            open: numbers(known.map(|known| &known.open), &|file| {
                file.index().is_ok_and(|index| index.has_open_scopes())
            }),
            failed: numbers(known.map(|known| &known.failed), &|file| {
                file.index().is_err()
            }),
        })
    }

    /// How many files' names there are.
    pub(crate) fn files(&self) -> usize {
        self.files
    }

    /// The numbers of the files that may have the name, in order.
    pub(crate) fn find(&self, name: &WantedName<'_>) -> impl Iterator<Item = usize> {
        let keys = [Some(name.key()), name.simple()];
        let keys = || keys.iter().copied().flatten();
        let (mut first, mut last) = (usize::MAX, 0);
        for range in keys().filter_map(|key| self.range(key)) {
            first = first.min(*range.start());
            last = last.max(*range.end());
        }
        let is_in_scope = keys().any(NameKey::may_be_in_scope);
        let scoped = match is_in_scope {
            true => &self.scoped,
            false => &self.open,
        };
        let others = [scoped, &self.failed];
        // Hardly any: a kernel's modules are none of these.
        let mut others: Vec<usize> = others
            .iter()
            .flat_map(|numbers| numbers.iter().map(|number| *number as usize))
            .filter(|number| !(first..=last).contains(number))
            .collect();
        others.sort_unstable();
        let before = others.partition_point(|number| *number < first);
        let behind = others.split_off(before);
        others.into_iter().chain(first..=last).chain(behind)
    }

    fn range(&self, key: &NameKey<'_>) -> Option<RangeInclusive<usize>> {
        let hash = key.hash();
        let shard = self.shards.get((hash >> 24) as usize)?;
        let span = shard.find(mix(hash), |span| span.hash == hash)?;
        Some(usize::from(span.first)..=usize::from(span.last))
    }
}

/// Notes that a file, the last one so far, has a name with this hash.
fn add(shard: &mut HashTable<Span>, hash: u32, file: u16) {
    let new = Span {
        hash,
        first: file,
        last: file,
    };
    let entry = shard.entry(mix(hash), |span| span.hash == hash, mixed);
    entry.or_insert(new).get_mut().last = file;
}

/// Of hashes that have their top bits in common, ones that differ in all.
fn mix(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn mixed(span: &Span) -> u64 {
    mix(span.hash)
}
