use super::state::{AddressRanges, Module, sorted};
use super::{ModuleInfo, ModuleKind};
use crate::{Error, Program, Result};
use spelunk_base::RangeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The modules of a program: those found so far, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Modules(RwLock<List>);

#[derive(Default)]
struct List {
    modules: Vec<Arc<Module>>,
    /// Whose an address is; made anew when a module moves.
    by_address: OnceLock<RangeMap<Arc<Module>>>,
}

impl List {
    fn find(&self, kind: ModuleKind, name: &str) -> Option<&Arc<Module>> {
        let mut modules = self.modules.iter();
        modules.find(|module| module.kind() == kind && module.name() == name)
    }

    fn by_address(&self) -> &RangeMap<Arc<Module>> {
        self.by_address.get_or_init(|| {
            let mut map = RangeMap::default();
            // Where modules overlap (a kernel module is where the initialization code of another
            // was), the first counts.
            for module in self.modules.iter().rev() {
                for range in module.address_ranges().unwrap_or_default() {
                    if let Some(last) = range.end.checked_sub(1) {
                        map.insert(range.start, last, Arc::clone(module));
                    }
                }
            }
            map
        })
    }

    fn push(&mut self, module: Module) -> Arc<Module> {
        let module = Arc::new(module);
        self.modules.push(Arc::clone(&module));
        self.by_address = OnceLock::new();
        module
    }
}

impl Modules {
    fn read(&self) -> RwLockReadGuard<'_, List> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, List> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has addresses looked up anew: a module's changed.
    pub(super) fn moved(&self) {
        self.write().by_address = OnceLock::new();
    }

    /// The module that `info` tells of, and whether it is new. `files_needed` says whether memory
    /// lacks what stands in the file as it was loaded.
    pub(crate) fn add(&self, info: ModuleInfo, files_needed: bool) -> (Arc<Module>, bool) {
        let mut list = self.write();
        if let Some(module) = list.find(info.kind, &info.name).cloned() {
            module.learn(info, files_needed);
            list.by_address = OnceLock::new();
            return (module, false);
        }
        (list.push(Module::new(info, files_needed)), true)
    }
}

impl Program {
    /// The modules found so far, in the order in which they were found.
    #[must_use]
    pub fn modules(&self) -> Vec<Arc<Module>> {
        self.modules.read().modules.clone()
    }

    /// How many modules there are.
    #[must_use]
    pub fn module_count(&self) -> usize {
        self.modules.read().modules.len()
    }

    /// The kernel or executable itself.
    ///
    /// # Errors
    ///
    /// A lookup error if it was not found yet.
    pub fn main_module(&self) -> Result<Arc<Module>> {
        let list = self.modules.read();
        let mut modules = list.modules.iter();
        let main = modules.find(|module| module.kind() == ModuleKind::Main);
        main.cloned().ok_or_else(not_found)
    }

    /// The module of this kind and name.
    ///
    /// # Errors
    ///
    /// A lookup error if it was not found or made yet.
    pub fn lookup_module(&self, kind: ModuleKind, name: &str) -> Result<Arc<Module>> {
        let list = self.modules.read();
        list.find(kind, name).cloned().ok_or_else(not_found)
    }

    /// The module of this kind and name, made now if it is not there.
    ///
    /// # Errors
    ///
    /// A lookup error if this would be a second main module.
    pub fn create_module(&self, kind: ModuleKind, name: &str) -> Result<Arc<Module>> {
        let mut list = self.modules.write();
        if let Some(module) = list.find(kind, name) {
            return Ok(Arc::clone(module));
        }
        let mut modules = list.modules.iter();
        if kind == ModuleKind::Main && modules.any(|module| module.kind() == kind) {
            return Err(Error::lookup(
                "main module already exists with different name",
            ));
        }
        Ok(list.push(Module::by_hand(kind, name.to_owned())))
    }

    /// The module called `name`; of several, the newest.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn module_by_name(&self, name: &str) -> Result<Arc<Module>> {
        let list = self.modules.read();
        let mut modules = list.modules.iter().rev();
        let module = modules.find(|module| module.name() == name);
        module.cloned().ok_or_else(not_found)
    }

    /// The module that `address` is in.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn module_by_address(&self, address: u64) -> Result<Arc<Module>> {
        self.find_module(address).ok_or_else(not_found)
    }

    pub(crate) fn find_module(&self, address: u64) -> Option<Arc<Module>> {
        let list = self.modules.read();
        let found = list.by_address().find(address)?;
        Some(Arc::clone(found.value))
    }

    /// Says where a module is in memory; `None` that it is not known.
    ///
    /// # Errors
    ///
    /// A value error if a range is empty, or overlaps another one of this module or of others.
    pub fn set_address_ranges(
        &self,
        module: &Module,
        ranges: Option<Vec<Range<u64>>>,
    ) -> Result<()> {
        let mut list = self.modules.write();
        let ranges = ranges.map(sorted);
        let new = ranges.as_deref().unwrap_or_default();
        if new.iter().any(|range| range.start >= range.end) {
            return Err(Error::value("invalid module address range"));
        }
        for (one, other) in new.iter().zip(new.iter().skip(1)) {
            if overlap(one, other) {
                return Err(overlapping(module, one, None, other));
            }
        }
        for other in &list.modules {
            if std::ptr::eq(&**other, module) {
                continue;
            }
            let others = other.address_ranges().unwrap_or_default();
            for (one, its) in new
                .iter()
                .flat_map(|one| others.iter().map(move |its| (one, its)))
            {
                if overlap(one, its) {
                    return Err(overlapping(module, one, Some(other), its));
                }
            }
        }
        module.write().address_ranges = ranges.map_or(AddressRanges::Unknown, AddressRanges::Known);
        list.by_address = OnceLock::new();
        Ok(())
    }
}

fn not_found() -> Error {
    Error::lookup("module not found")
}

fn overlap(a: &Range<u64>, b: &Range<u64>) -> bool {
    a.start < b.end && b.start < a.end
}

fn overlapping(
    module: &Module,
    range: &Range<u64>,
    other: Option<&Module>,
    its: &Range<u64>,
) -> Error {
    let show = |range: &Range<u64>| format!("[{:#x}, {:#x})", range.start, range.end);
    let other = other.map_or(String::new(), |other| format!("{} ", other.name()));
    Error::value(format!(
        "{} {} overlaps {other}{}",
        module.name(),
        show(range),
        show(its)
    ))
}
