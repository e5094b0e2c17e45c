//! Debug links: the name and the checksum of the debug file, in a section of the loaded file.

use super::DebugInfoOptions;
use spelunk_elf::{ElfFile, ReadAtError, SectionData};
use std::path::{Path, PathBuf};

/// What a loaded file says of its debug file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct DebugLink(spelunk_elf::DebugLink);

impl DebugLink {
    /// The link of `elf`, if it has a good one.
    pub(super) fn of(elf: &ElfFile) -> Option<Self> {
        elf.debug_link().map(Self)
    }

    /// Where the debug file of the file at `loaded` may be.
    pub(super) fn paths(&self, loaded: &Path, options: &DebugInfoOptions) -> Vec<PathBuf> {
        let loaded = std::path::absolute(loaded).unwrap_or_else(|_| loaded.to_owned());
        let Some(origin) = loaded.parent() else {
            return Vec::new();
        };
        let below = |directory: &PathBuf| {
            let relative = origin.strip_prefix("/").unwrap_or(origin);
            directory.join(relative)
        };
        let folders = options.debug_link_directories.iter().flat_map(|directory| {
            if directory.as_os_str().is_empty() {
                options.directories.iter().map(below).collect()
            } else {
                vec![expand(directory, origin)]
            }
        });
        folders.map(|folder| folder.join(&self.0.name)).collect()
    }

    /// Whether the file is the one that is meant.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(super) fn matches(&self, file: &ElfFile) -> Result<bool, ReadAtError> {
        const PIECE: u64 = 1 << 20;
        let data = file.data();
        let mut crc = crc32fast::Hasher::new();
        let mut offset = 0;
        while offset < data.len() {
            let piece = SectionData::read(data, offset, PIECE)?;
            if piece.is_empty() {
                break;
            }
            crc.update(&piece);
            offset = offset.saturating_add(piece.len() as u64);
        }
        Ok(crc.finalize() == self.0.crc)
    }
}

/// `directory` with `origin` for `$ORIGIN` and `${ORIGIN}`, as whole names.
fn expand(directory: &Path, origin: &Path) -> PathBuf {
    let text = directory.to_string_lossy();
    let origin = origin.to_string_lossy();
    let mut expanded = text.replace("${ORIGIN}", &origin);
    let mut searched = 0;
    while let Some(found) = expanded
        .get(searched..)
        .and_then(|rest| rest.find("$ORIGIN"))
    {
        let start = searched.saturating_add(found);
        let end = start.saturating_add("$ORIGIN".len());
        let next = expanded.get(end..).and_then(|rest| rest.chars().next());
        if next.is_some_and(|next| next.is_alphanumeric() || next == '_') {
            searched = end;
            continue;
        }
        expanded.replace_range(start..end, &origin);
        searched = start.saturating_add(origin.len());
    }
    expanded.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_the_folder_of_the_file_with_the_link() {
        let link = DebugLink(spelunk_elf::DebugLink {
            name: "a.debug".into(),
            crc: 0,
        });
        let options = DebugInfoOptions {
            directories: vec!["/d1".into(), "/d2".into()],
            debug_link_directories: [
                "$ORIGIN",
                "${ORIGIN}/.debug",
                "",
                "/abs/$ORIGIN/x",
                "$ORIGINS",
                "/$ORIGINAL/$ORIGIN",
            ]
            .map(PathBuf::from)
            .to_vec(),
            ..DebugInfoOptions::default()
        };
        let paths = link.paths(Path::new("/usr/bin/a"), &options);
        let expected = [
            "/usr/bin/a.debug",
            "/usr/bin/.debug/a.debug",
            "/d1/usr/bin/a.debug",
            "/d2/usr/bin/a.debug",
            "/abs//usr/bin/x/a.debug",
            "$ORIGINS/a.debug",
            "/$ORIGINAL//usr/bin/a.debug",
        ];
        assert_eq!(paths, expected.map(PathBuf::from));
    }
}
