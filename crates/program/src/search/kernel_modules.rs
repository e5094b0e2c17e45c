//! Files of loadable kernel modules, below directories like `/lib/modules/RELEASE`: by the index of
//! depmod(8), or by walking the directories.

use super::KmodSearchMethod;
use super::depmod::DepmodIndex;
use super::module_tree::{ModuleTree, normalize};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The modules of one kernel.
pub(super) struct KernelModules {
    method: KmodSearchMethod,
    /// Directories of modules, those with debugging information first.
    roots: Vec<PathBuf>,
    index: OnceLock<Option<DepmodIndex>>,
    tree: OnceLock<ModuleTree>,
}

impl KernelModules {
    pub(super) fn new(method: KmodSearchMethod, roots: Vec<PathBuf>) -> Self {
        Self {
            method,
            roots,
            index: OnceLock::new(),
            tree: OnceLock::new(),
        }
    }

    /// Where the index says that the files of the module called `name` are.
    pub(super) fn indexed(&self, name: &str) -> Vec<PathBuf> {
        use KmodSearchMethod as M;
        if !matches!(self.method, M::Depmod | M::DepmodOrWalk | M::DepmodAndWalk) {
            return Vec::new();
        }
        let index = self.index.get_or_init(|| {
            let mut roots = self.roots.iter();
            roots.find_map(|root| DepmodIndex::read(root))
        });
        let Some(path) = index
            .as_ref()
            .and_then(|index| index.find(&normalize(name)))
        else {
            return Vec::new();
        };
        let names = file_names(path);
        let in_root = |root: &PathBuf| names.iter().map(|name| root.join(name)).collect::<Vec<_>>();
        self.roots.iter().flat_map(in_root).collect()
    }

    /// The files of the module called `name` wherever they are below the directories. Asked only
    /// where the index leads to nothing.
    pub(super) fn walked(&self, name: &str) -> Vec<PathBuf> {
        use KmodSearchMethod as M;
        if !matches!(self.method, M::Walk | M::DepmodOrWalk | M::DepmodAndWalk) {
            return Vec::new();
        }
        let tree = self.tree.get_or_init(|| ModuleTree::walk(&self.roots));
        tree.find(name).to_vec()
    }
}

/// What the file of a module, and its debug file, may be called beside `path`: debug files are not
/// compressed as modules are, and Fedora adds `.debug`.
fn file_names(path: &Path) -> Vec<PathBuf> {
    let text = path.to_string_lossy();
    let plain = [".xz", ".zst", ".gz"]
        .iter()
        .find_map(|suffix| text.strip_suffix(suffix));
    let plain = plain.unwrap_or(&text);
    let mut names = vec![PathBuf::from(format!("{plain}.debug")), plain.into()];
    if plain != text {
        names.push(path.to_owned());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_files_are_called_a_little_differently() {
        let names = file_names(Path::new("kernel/a.ko.xz"));
        let expected = ["kernel/a.ko.debug", "kernel/a.ko", "kernel/a.ko.xz"];
        assert_eq!(names, expected.map(PathBuf::from));
        let names = file_names(Path::new("kernel/a.ko"));
        assert_eq!(
            names,
            ["kernel/a.ko.debug", "kernel/a.ko"].map(PathBuf::from)
        );
    }
}
