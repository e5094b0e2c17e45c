//! The files that are mapped into the process.

use crate::HostFile;
use std::ops::Range;
use std::path::PathBuf;

/// A range of memory that a file is mapped to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mapping {
    pub(super) range: Range<u64>,
    /// The offset in the file of what is at the first address.
    pub(super) offset: u64,
    /// The path of the file, as the kernel tells it.
    pub(super) path: PathBuf,
}

/// The mappings of files, by address, without overlap.
#[derive(Clone, Default, Debug)]
pub(super) struct Mappings(Vec<Mapped>);

#[derive(Clone, Debug)]
struct Mapped {
    mapping: Mapping,
    /// The addresses from where the file's first byte is to the end of its last mapping.
    file: Option<Range<u64>>,
}

impl Mappings {
    pub(super) fn new(mut mappings: Vec<Mapping>) -> Self {
        mappings.sort_by_key(|mapping| mapping.range.start);
        let mut end = 0;
        mappings.retain(|mapping| {
            let is_behind = mapping.range.start >= end && !mapping.range.is_empty();
            if is_behind {
                end = mapping.range.end;
            }
            is_behind
        });
        let is_next = |a: &Mapping, b: &Mapping| a.path == b.path && b.offset != 0;
        let mut mapped = Vec::with_capacity(mappings.len());
        for file in mappings.chunk_by(is_next) {
            let range = match file {
                [first, ..] if first.offset != 0 => None,
                [first, .., last] => Some(first.range.start..last.range.end),
                [only] => Some(only.range.clone()),
                [] => None,
            };
            mapped.extend(file.iter().map(|mapping| Mapped {
                mapping: mapping.clone(),
                file: range.clone(),
            }));
        }
        Self(mapped)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Mapping> {
        self.0.iter().map(|mapped| &mapped.mapping)
    }

    /// The mapping that `address` is in.
    pub(super) fn find(&self, address: u64) -> Option<&Mapping> {
        Some(&self.lookup(address)?.mapping)
    }

    /// The mappings that have addresses in `range`.
    pub(super) fn overlapping(&self, range: &Range<u64>) -> impl Iterator<Item = &Mapping> {
        let first = self
            .0
            .partition_point(|mapped| mapped.mapping.range.end <= range.start);
        let end = range.end;
        let rest = self.iter().skip(first);
        rest.take_while(move |mapping| mapping.range.start < end)
    }

    /// The addresses of the file that is mapped at `address`: from where its first byte is to the end
    /// of its last mapping. `None` if the first byte is mapped nowhere below.
    pub(super) fn file_at(&self, address: u64) -> Option<Range<u64>> {
        self.lookup(address)?.file.clone()
    }

    /// The file of this machine with the path of the one that is mapped at an address.
    pub(super) fn host_files(&self, address: Option<u64>) -> Vec<HostFile> {
        let path = address.and_then(|address| Some(self.find(address)?.path.clone()));
        // It may be a device or a pipe, which must not even be opened.
        let path = path.filter(|path| std::fs::metadata(path).is_ok_and(|data| data.is_file()));
        let file = path.map(|path| HostFile {
            shown: path.canonicalize().unwrap_or_else(|_| path.clone()),
            open: path,
        });
        file.into_iter().collect()
    }

    fn lookup(&self, address: u64) -> Option<&Mapped> {
        let behind = self
            .0
            .partition_point(|mapped| mapped.mapping.range.start <= address);
        let mapped = self.0.get(behind.checked_sub(1)?)?;
        mapped.mapping.range.contains(&address).then_some(mapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mappings(rows: &[(u64, u64, u64, &str)]) -> Mappings {
        let mapping = |(start, end, offset, path): &(u64, u64, u64, &str)| Mapping {
            range: *start..*end,
            offset: *offset,
            path: path.into(),
        };
        Mappings::new(rows.iter().map(mapping).collect())
    }

    #[test]
    fn a_file_reaches_from_its_first_byte_to_its_last_mapping() {
        let mappings = mappings(&[
            (0x1000, 0x2000, 0, "/a"),
            (0x2000, 0x4000, 0x1000, "/a"),
            (0x5000, 0x6000, 0x4000, "/a"),
            (0x6000, 0x7000, 0, "/b"),
            (0x7000, 0x8000, 0, "/a"),
            (0x8000, 0x9000, 0x1000, "/a"),
            (0x9000, 0xa000, 0x1000, "/c"),
        ]);
        for address in [0x1000, 0x3fff, 0x5000] {
            assert_eq!(mappings.file_at(address), Some(0x1000..0x6000));
        }
        assert_eq!(mappings.file_at(0x4000), None);
        assert_eq!(mappings.file_at(0x6123), Some(0x6000..0x7000));
        assert_eq!(mappings.file_at(0x8123), Some(0x7000..0x9000));
        assert_eq!(mappings.file_at(0x9123), None);
    }

    #[test]
    fn overlapping_mappings_do_not_count() {
        let mappings = mappings(&[
            (0x1000, 0x3000, 0, "/a"),
            (0x2000, 0x4000, 0, "/b"),
            (0x5000, 0x5000, 0, "/c"),
        ]);
        assert_eq!(mappings.iter().count(), 1);
        assert_eq!(mappings.find(0x3000), None);
    }
}
