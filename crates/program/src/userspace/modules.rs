//! The modules of a process.

use super::auxv::{AT_BASE, AT_EXECFN, AT_PHDR, AT_PHENT, AT_PHNUM, AT_SYSINFO_EHDR, AuxVector};
use super::link_map::{self, LinkMap};
use super::loaded_elf::{DT_DEBUG, DT_STRTAB, LoadedElf};
use super::mapping::Mappings;
use super::process_memory::ProcessMemory;
use crate::{Error, ErrorKind, ModuleInfo, ModuleKind, Result};
use std::ops::Range;
use std::path::PathBuf;

/// What is known of a process beside its memory, at one moment.
pub(super) struct Layout<'a> {
    pub(super) memory: ProcessMemory<'a>,
    pub(super) auxv: AuxVector,
    pub(super) mappings: Mappings,
    /// The path of the executable, where it is told.
    pub(super) executable: Option<PathBuf>,
}

impl Layout<'_> {
    /// The executable.
    pub(super) fn main(&self) -> Result<ModuleInfo> {
        let elf = self.main_elf();
        let place = self.main_place();
        let path = self.executable.clone();
        let path = path.or_else(|| Some(self.mappings.find(place?)?.path.clone()));
        let name = path.map(|path| path.to_string_lossy().into_owned());
        let name = name.or_else(|| {
            let executed = self.memory.find_string(self.auxv.find(AT_EXECFN)?)?;
            Some(String::from_utf8_lossy(&executed).into_owned())
        });
        if let Some(elf) = elf {
            return Ok(self.info(ModuleKind::Main, name.unwrap_or_default(), &elf));
        }
        let range = place.and_then(|place| self.mappings.file_at(place));
        if name.is_none() && range.is_none() {
            return Err(Error::new(
                ErrorKind::BadData,
                "nothing tells what program this is: there are no auxiliary vector and no mapped \
                 files",
            ));
        }
        // The file will tell.
        Ok(ModuleInfo {
            address_ranges: range.into_iter().collect(),
            bias: None,
            ..empty(ModuleKind::Main, name.unwrap_or_default())
        })
    }

    /// An address in the executable.
    fn main_place(&self) -> Option<u64> {
        let told = self.auxv.find(AT_PHDR);
        told.or_else(|| {
            let executable = self.executable.as_ref();
            let mut mappings = self.mappings.iter();
            // The kernel maps the executable below all that the dynamic linker maps, but for static
            // ones, which are all there is.
            let first = mappings
                .find(|mapping| executable.is_none_or(|executable| mapping.path == *executable))?;
            Some(first.range.start)
        })
    }

    fn main_elf(&self) -> Option<LoadedElf> {
        let told = || {
            let table = self.auxv.find(AT_PHDR)?;
            let entry_size = self.auxv.find(AT_PHENT)?;
            let count = self.auxv.find(AT_PHNUM)?;
            LoadedElf::of_headers(self.memory, table, entry_size, count).ok()
        };
        let mapped = || {
            let start = self.mappings.file_at(self.main_place()?)?.start;
            LoadedElf::at(self.memory, start).ok()?
        };
        told().or_else(mapped)
    }

    /// Calls `found` with all other modules: the vdso, then libraries in the dynamic linker's order.
    pub(super) fn loaded(&self, found: &mut dyn FnMut(ModuleInfo)) -> Result<()> {
        let main = self.main_elf();
        let main_dynamic = main
            .as_ref()
            .and_then(|elf| elf.dynamic_address(self.memory));
        let vdso = self.find_vdso();
        let vdso_dynamic = vdso.as_ref().map(|(address, _)| *address);
        if let Some((dynamic_address, elf)) = &vdso {
            let name = elf.find_soname(self.memory);
            let name = name.unwrap_or_else(|| b"linux-vdso.so.1".to_vec());
            let kind = ModuleKind::Vdso {
                dynamic_address: *dynamic_address,
            };
            found(self.info(kind, String::from_utf8_lossy(&name).into_owned(), elf));
        }
        let mut seen: Vec<u64> = main_dynamic.into_iter().chain(vdso_dynamic).collect();
        let Some(debug) = self.find_link_map() else {
            self.mapped_libraries(&mut seen, found);
            return Ok(());
        };
        let mut is_first = true;
        let walked = link_map::walk(self.memory, debug, &mut |library| {
            // The executable stands first.
            let is_main = std::mem::take(&mut is_first) && library.name.is_empty();
            if !is_main && !seen.contains(&library.dynamic_address) {
                seen.push(library.dynamic_address);
                found(self.library(&library));
            }
        });
        walked.map_err(|fault| {
            self.mapped_libraries(&mut seen, found);
            Error::from(fault).context(
                "the dynamic linker's list of libraries cannot be read to its end; the rest are those \
                 that mapped files tell",
            )
        })
    }

    /// Where the dynamic linker's list is, if there is one.
    pub(super) fn find_link_map(&self) -> Option<u64> {
        let debug = self.main_elf()?.find_dynamic(self.memory, DT_DEBUG)?;
        (debug != 0).then_some(debug)
    }

    fn find_vdso(&self) -> Option<(u64, LoadedElf)> {
        let start = self.auxv.find(AT_SYSINFO_EHDR)?;
        let elf = LoadedElf::at(self.memory, start).ok()??;
        Some((elf.dynamic_address(self.memory)?, elf))
    }

    fn library(&self, library: &LinkMap) -> ModuleInfo {
        let LinkMap {
            bias,
            dynamic_address,
            ..
        } = *library;
        let mapped = self.mappings.file_at(dynamic_address);
        let name = match library.name.as_slice() {
            [] => self.path_at(dynamic_address).unwrap_or_default(),
            name => String::from_utf8_lossy(name).into_owned(),
        };
        let kind = ModuleKind::SharedLibrary { dynamic_address };
        // Libraries start at the address 0 in the file, but those that are linked for their place.
        let starts = [Some(bias), mapped.as_ref().map(|range| range.start)];
        let elf = starts.into_iter().flatten().find_map(|start| {
            let elf = LoadedElf::at(self.memory, start).ok()??;
            (elf.dynamic_address(self.memory) == Some(dynamic_address)).then_some(elf)
        });
        match elf {
            Some(elf) => self.info(kind, name, &elf),
            None => ModuleInfo {
                address_ranges: mapped.into_iter().collect(),
                ..empty(kind, name)
            },
        }
    }

    /// Libraries where the dynamic linker does not tell them: before it ran, or if its memory is
    /// missing. Those whose dynamic sections were `seen` are left out.
    fn mapped_libraries(&self, seen: &mut Vec<u64>, found: &mut dyn FnMut(ModuleInfo)) {
        let starts = self.mappings.iter();
        let starts = starts.filter(|mapping| mapping.offset == 0);
        let starts = starts.map(|mapping| mapping.range.start);
        // Where nothing tells mappings, there is still the dynamic linker itself.
        let linker = self.auxv.find(AT_BASE);
        let linker = linker.filter(|address| self.mappings.find(*address).is_none());
        for start in starts.chain(linker) {
            let Ok(Some(elf)) = LoadedElf::at(self.memory, start) else {
                continue;
            };
            let Some(dynamic_address) = elf.dynamic_address(self.memory) else {
                continue;
            };
            if seen.contains(&dynamic_address) {
                continue;
            }
            // A file that is only looked at, not loaded, has its dynamic section nowhere.
            let is_loaded = match self.memory.word(dynamic_address, 0) {
                Ok(_) => elf.find_dynamic(self.memory, DT_STRTAB).is_some(),
                Err(_) => self.offset_at(dynamic_address) == elf.dynamic_offset(),
            };
            if !is_loaded {
                continue;
            }
            seen.push(dynamic_address);
            let name = self.path_at(start).unwrap_or_default();
            let kind = ModuleKind::SharedLibrary { dynamic_address };
            found(self.info(kind, name, &elf));
        }
    }

    fn path_at(&self, address: u64) -> Option<String> {
        let mapping = self.mappings.find(address)?;
        Some(mapping.path.to_string_lossy().into_owned())
    }

    /// What of its file is mapped there.
    fn offset_at(&self, address: u64) -> Option<u64> {
        let mapping = self.mappings.find(address)?;
        let offset = address.wrapping_sub(mapping.range.start);
        Some(mapping.offset.wrapping_add(offset))
    }

    fn info(&self, kind: ModuleKind, name: String, elf: &LoadedElf) -> ModuleInfo {
        let range: Option<Range<u64>> = elf.range(self.memory, self.auxv.page_size());
        ModuleInfo {
            build_id: elf.find_build_id(self.memory),
            address_ranges: range.into_iter().collect(),
            bias: Some(elf.bias),
            ..empty(kind, name)
        }
    }
}

fn empty(kind: ModuleKind, name: String) -> ModuleInfo {
    ModuleInfo {
        kind,
        name,
        build_id: None,
        address_ranges: Vec::new(),
        section_addresses: Default::default(),
        bias: Some(0),
        object: None,
    }
}
