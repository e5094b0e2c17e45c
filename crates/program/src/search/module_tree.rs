use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The modules' files below some directories, by the modules' names.
pub(super) struct ModuleTree(HashMap<String, Vec<PathBuf>>);

/// How deep directories are nested at most: real trees have 9.
const MAX_DEPTH: u32 = 16;
/// How many files and directories are looked at: distributions' trees have less than 10,000.
const MAX_ENTRIES: usize = 1_000_000;

impl ModuleTree {
    /// Walks the trees below `roots`. What cannot be read is not there.
    pub(super) fn walk(roots: &[PathBuf]) -> Self {
        let mut tree = Self(HashMap::new());
        let mut seen = HashSet::new();
        let mut entries = 0;
        for root in roots {
            // `/lib` and `/usr/lib` are often the same.
            if let Ok(real) = root.canonicalize()
                && seen.insert(real)
            {
                tree.add(root, 0, &mut entries);
            }
        }
        tree
    }

    /// The files of the module called `name`, in the order of the roots.
    pub(super) fn find(&self, name: &str) -> &[PathBuf] {
        self.0.get(&normalize(name)).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, directory: &Path, depth: u32, entries: &mut usize) {
        let Ok(listing) = std::fs::read_dir(directory) else {
            return;
        };
        if depth > MAX_DEPTH {
            return;
        }
        for entry in listing.flatten() {
            *entries = entries.saturating_add(1);
            if *entries > MAX_ENTRIES {
                return;
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            // Not through symbolic links: `build` and `source` lead to whole source trees.
            if kind.is_dir() {
                self.add(&entry.path(), depth.saturating_add(1), entries);
            } else if let Some(name) = entry.file_name().to_str().and_then(module_name) {
                self.0.entry(name).or_default().push(entry.path());
            }
        }
    }
}

/// The name of the module in a file with this name, if it is one.
pub(super) fn module_name(file: &str) -> Option<String> {
    let stem = [".ko", ".ko.debug", ".ko.xz", ".ko.zst", ".ko.gz"]
        .iter()
        .find_map(|suffix| file.strip_suffix(suffix))?;
    Some(normalize(stem))
}

/// The kernel shows `-` in the names of modules as `_`; `scripts/Makefile.lib`, `name-fix`.
pub(super) fn normalize(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_files_as_the_kernel_does() {
        assert_eq!(
            module_name("kyber-iosched.ko"),
            Some("kyber_iosched".into())
        );
        assert_eq!(module_name("nf_nat.ko.debug"), Some("nf_nat".into()));
        assert_eq!(module_name("snd-pcm.ko.zst"), Some("snd_pcm".into()));
        assert_eq!(module_name("modules.dep"), None);
        assert_eq!(module_name("a.kom"), None);
    }

    #[test]
    fn trees_are_walked_and_links_are_not_followed() {
        let root = std::env::temp_dir().join(format!("spelunk-tree-{}", std::process::id()));
        let deep = root.join("kernel/block");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(deep.join("kyber-iosched.ko.xz"), b"").unwrap();
        std::fs::write(root.join("modules.dep"), b"").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&root, root.join("build")).unwrap();
        let tree = ModuleTree::walk(&[root.clone(), root.clone()]);
        assert_eq!(
            tree.find("kyber_iosched"),
            [deep.join("kyber-iosched.ko.xz")]
        );
        assert!(tree.find("bfq").is_empty());
        std::fs::remove_dir_all(root).unwrap();
    }
}
