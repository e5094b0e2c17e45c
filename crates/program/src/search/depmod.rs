//! The index of a kernel's modules that depmod(8) makes: `modules.dep(5)`.

use super::module_tree::module_name;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Indices of distributions have less than a megabyte.
const MAX_SIZE: u64 = 64 << 20;

/// The paths of a kernel's modules, seen from the directory of all of them, by the modules' names.
pub(super) struct DepmodIndex(HashMap<String, PathBuf>);

impl DepmodIndex {
    /// The index in the directory `modules`, if there is one.
    pub(super) fn read(modules: &Path) -> Option<Self> {
        let path = modules.join("modules.dep");
        if std::fs::metadata(&path).ok()?.len() > MAX_SIZE {
            return None;
        }
        Some(Self::parse(&std::fs::read_to_string(path).ok()?))
    }

    /// Each line is the path of a module, a colon, and the modules that it depends on.
    fn parse(text: &str) -> Self {
        let paths = text.lines().filter_map(|line| {
            let (path, _) = line.split_once(':')?;
            let path = Path::new(path);
            // Installed modules are below the directory; others have absolute paths.
            let name = module_name(path.file_name()?.to_str()?)?;
            Some((name, path.to_owned()))
        });
        Self(paths.collect())
    }

    /// The path of the module called `name`.
    pub(super) fn find(&self, name: &str) -> Option<&Path> {
        self.0.get(name).map(PathBuf::as_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_by_the_names_that_the_kernel_shows() {
        let index = DepmodIndex::parse(
            "kernel/block/kyber-iosched.ko.xz:\n\
             kernel/drivers/net/veth.ko: kernel/net/core/a.ko\n\
             updates/dkms/nv.ko.zst: kernel/x.ko\n\
             nonsense\n\
             kernel/readme:\n",
        );
        let found = |name: &str| index.find(name).and_then(Path::to_str);
        assert_eq!(
            found("kyber_iosched"),
            Some("kernel/block/kyber-iosched.ko.xz")
        );
        assert_eq!(found("veth"), Some("kernel/drivers/net/veth.ko"));
        assert_eq!(found("nv"), Some("updates/dkms/nv.ko.zst"));
        assert_eq!(found("a"), None);
        assert_eq!(found("readme"), None);
    }
}
