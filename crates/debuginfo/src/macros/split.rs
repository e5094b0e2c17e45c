use super::list::{Entry, List, ListPlace};
use crate::unit::Unit;

/// What imports stand for in split units of GCC.
///
/// GCC leaves it to relocations which list an import leads to, and `objcopy --extract-dwo`, which
/// GCC itself runs for `-gsplit-dwarf`, drops relocations (GCC 12, binutils 2.40). So all imports in
/// a `.dwo` file lead to offset 0, which is the unit's own list. The lists that are meant stand
/// behind it, each in a section of its own, in the order in which they are first imported.
pub(super) struct SplitImports {
    lists: Vec<ListPlace>,
    /// Whether each list is imported once, so that the file that it is in is known.
    pub(super) is_exact: bool,
}

/// Imports of one list.
const MAX_IMPORTS: usize = 1 << 16;

impl SplitImports {
    /// Those of the list at `root`; `None` where imports lead elsewhere.
    pub(super) fn of(unit: &Unit<'_>, root: ListPlace) -> Option<Self> {
        let mut list = List::open(unit, root)?;
        let mut imports = 0;
        while let Some(entry) = list.next() {
            match entry {
                Entry::Import(place) if place == root => imports += 1,
                Entry::Import(_) => return None,
                _ => {}
            }
        }
        if imports == 0 || imports > MAX_IMPORTS {
            return None;
        }
        let mut lists = Vec::new();
        while lists.len() < imports {
            let next = ListPlace {
                offset: list.position(),
                ..root
            };
            let Some(behind) = List::open(unit, next) else {
                break;
            };
            list = behind;
            while list.next().is_some() {}
            lists.push(next);
        }
        let is_exact = lists.len() == imports;
        Some(Self { lists, is_exact })
    }

    /// The list that import number `index` stands for.
    pub(super) fn get(&self, index: usize) -> Option<ListPlace> {
        self.lists.get(index).copied()
    }
}
