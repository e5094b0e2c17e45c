//! The search for the files of one module.

use super::debug_link::DebugLink;
use super::places::Places;
use super::{Candidate, RefusedFile, build_id, supplementary, vdso};
use crate::{
    HostFile, Module, ModuleFile, ModuleFileStatus, ModuleKind, Program, WantedSupplementaryFile,
};
use spelunk_base::BuildId;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a search came to.
#[derive(Default)]
pub(super) struct Catch {
    /// The files that the module is to have, in this order; they are checked.
    pub(super) files: Vec<Candidate>,
    /// Files that looked like it.
    pub(super) refused: Vec<RefusedFile>,
}

impl Catch {
    /// Several ways lead to the same file, which is told once.
    fn refuse(&mut self, file: RefusedFile) {
        if !self.refused.contains(&file) {
            self.refused.push(file);
        }
    }
}

/// How a file is known to be the module's.
#[derive(Clone, Copy)]
enum Proof<'a> {
    /// By its build ID.
    BuildId,
    /// By the checksum in the link that led to it, whatever its build ID.
    DebugLink(&'a DebugLink),
}

struct Hunt<'a> {
    program: &'a Program,
    module: &'a Module,
    places: &'a Places,
    build_id: Option<BuildId>,
    wants_loaded: bool,
    wants_debug: bool,
    /// The debug file that was found waits for this one.
    wants_supplementary: Option<WantedSupplementaryFile>,
    /// A file without debugging information, should there be none with it.
    second_best: Option<Candidate>,
    catch: Catch,
}

/// Goes all ways, and says what was found.
pub(super) fn hunt(program: &Program, module: &Module, places: &Places) -> Catch {
    let status = module.debug_file_status();
    let mut hunt = Hunt {
        program,
        module,
        places,
        build_id: module.build_id(),
        wants_loaded: module.wants_loaded_file(),
        wants_debug: status == ModuleFileStatus::Want,
        wants_supplementary: module.wanted_supplementary_file().ok(),
        second_best: None,
        catch: Catch::default(),
    };
    hunt.go();
    if hunt.wants_debug {
        // Symbols are better than nothing.
        hunt.catch.files.extend(hunt.second_best);
    }
    hunt.catch
}

impl Hunt<'_> {
    fn go(&mut self) {
        self.search_supplementary();
        if self.places.options.try_reuse {
            self.reuse();
        }
        let is_kernel = self.program.os().is_some_and(|os| os.is_kernel());
        match self.module.kind() {
            ModuleKind::Main if is_kernel => self.search_kernel(),
            ModuleKind::Relocatable { .. } if is_kernel => self.search_kernel_module(),
            kind => {
                if matches!(kind, ModuleKind::Vdso { .. }) {
                    self.take_vdso_from_memory();
                }
                self.search_file(!matches!(kind, ModuleKind::Vdso { .. }));
            }
        }
        self.search_supplementary();
    }

    fn is_done(&self) -> bool {
        !(self.wants_loaded || self.wants_debug)
    }

    /// The loaded file may have debugging information, and the debug file all that is loaded.
    fn reuse(&mut self) {
        let loaded = self
            .module
            .loaded_file()
            .filter(|file| file.has_debug_info());
        let debug = self.module.debug_file().filter(|file| file.is_loadable());
        let path = |file: &Arc<ModuleFile>| file.path().clone();
        if let Some(path) = loaded.filter(|_| self.wants_debug).map(path) {
            self.try_path(&path);
        }
        if let Some(path) = debug.filter(|_| self.wants_loaded).map(path) {
            self.try_path(&path);
        }
    }

    fn take_vdso_from_memory(&mut self) {
        if self.wants_loaded
            && self.places.options.try_embedded_vdso
            && let Some(candidate) = vdso::embedded(self.program, self.module)
        {
            self.consider(candidate, Proof::BuildId);
        }
    }

    fn search_kernel(&mut self) {
        self.search_build_id();
        self.try_paths(self.places.kernel());
    }

    fn search_kernel_module(&mut self) {
        self.search_build_id();
        let Some(modules) = self.places.kernel_modules() else {
            return;
        };
        self.try_paths(modules.indexed(self.module.name()));
        if !self.is_done() {
            self.try_paths(modules.walked(self.module.name()));
        }
    }

    fn search_file(&mut self, may_be_named_by_path: bool) {
        let had_build_id = self.build_id.is_some();
        let os = self.program.os();
        let trusts_paths = had_build_id || os.is_none_or(|os| os.trusts_paths());
        if trusts_paths {
            self.search_mapped();
        }
        self.search_build_id();
        if may_be_named_by_path
            && trusts_paths
            && self.places.options.try_module_name
            && self.module.name().contains('/')
        {
            self.try_paths(vec![self.module.name().into()]);
        }
        if !had_build_id {
            // The file told it.
            self.search_build_id();
        }
        self.follow_debug_link();
    }

    /// The file that the system knows to be mapped, under its name or by way of `/proc`.
    fn search_mapped(&mut self) {
        let Some(os) = self.program.os() else {
            return;
        };
        let options = &self.places.options;
        let is_wanted = match os.is_live() {
            true => options.try_procfs,
            false => options.try_module_name,
        };
        if !is_wanted {
            return;
        }
        for HostFile { open, shown } in os.files_of(self.module) {
            if self.is_done() {
                return;
            }
            match Candidate::find_as(&open, shown) {
                Ok(Some(candidate)) => self.consider(candidate, Proof::BuildId),
                Ok(None) => {}
                Err(refused) => self.catch.refuse(refused),
            }
        }
    }

    fn search_build_id(&mut self) {
        let Some(build_id) = self.build_id.clone() else {
            return;
        };
        let places = self.places;
        if !places.options.try_build_id {
            return;
        }
        for directory in places.build_id_directories() {
            let Some((debug, loaded)) = build_id::paths(directory, &build_id) else {
                continue;
            };
            if self.wants_debug {
                self.try_path(&debug);
            }
            // A kernel's own file may have debugging information as well.
            if self.wants_loaded || (self.wants_debug && places.is_kernel) {
                self.try_path(&loaded);
            }
        }
    }

    fn follow_debug_link(&mut self) {
        if !(self.wants_debug && self.places.options.try_debug_link) {
            return;
        }
        let loaded = self.catch.files.iter().find(|file| file.is_loadable);
        let link = match (loaded, self.module.loaded_file()) {
            (Some(file), _) => Some((DebugLink::of(&file.elf), file.path.clone())),
            (None, Some(file)) => Some((DebugLink::of(file.debug().elf()), file.path().clone())),
            (None, None) => None,
        };
        let Some((Some(link), loaded)) = link else {
            return;
        };
        for path in link.paths(&loaded, &self.places.options) {
            if self.wants_debug {
                self.try_path_with(&path, Proof::DebugLink(&link));
            }
        }
    }

    fn search_supplementary(&mut self) {
        let Some(wanted) = self.wants_supplementary.clone() else {
            return;
        };
        if !self.places.options.try_supplementary {
            return;
        }
        for path in supplementary::paths(&wanted, &self.places.options) {
            match Candidate::find(&path) {
                Ok(Some(found)) => {
                    let id = found.build_id.as_ref().map(BuildId::as_bytes);
                    if id == Some(&wanted.checksum) {
                        self.wants_supplementary = None;
                        self.catch.files.push(found);
                        return;
                    }
                    self.refuse(
                        &found,
                        "the file is not the supplementary file that is wanted",
                    );
                }
                Ok(None) => {}
                Err(refused) => self.catch.refuse(refused),
            }
        }
    }

    fn try_paths(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            if self.is_done() {
                return;
            }
            self.try_path(&path);
        }
    }

    fn try_path(&mut self, path: &Path) {
        self.try_path_with(path, Proof::BuildId);
    }

    fn try_path_with(&mut self, path: &Path, proof: Proof<'_>) {
        match Candidate::find(path) {
            Ok(Some(candidate)) => self.consider(candidate, proof),
            Ok(None) => {}
            Err(refused) => self.catch.refuse(refused),
        }
    }

    /// Keeps the file, if it is the module's and has what is wanted.
    fn consider(&mut self, candidate: Candidate, proof: Proof<'_>) {
        match proof {
            Proof::BuildId => {
                let name = self.module.name();
                if let Some(refused) = candidate.mismatch(name, self.build_id.as_ref()) {
                    self.catch.refuse(refused);
                    return;
                }
            }
            Proof::DebugLink(link) => match link.matches(&candidate.elf) {
                Ok(true) => {}
                Ok(false) => {
                    let reason = "the file does not have the checksum in the debug link";
                    self.refuse(&candidate, reason);
                    return;
                }
                Err(error) => {
                    self.refuse(&candidate, &error.to_string());
                    return;
                }
            },
        }
        let as_loaded = self.wants_loaded && candidate.is_loadable;
        let as_debug = self.wants_debug && candidate.has_debug_info;
        if !(as_loaded || as_debug) {
            if self.wants_debug && self.places.is_kernel {
                let reason = "the file has symbols, but no debugging information";
                self.refuse(&candidate, reason);
                self.second_best.get_or_insert(candidate);
            }
            return;
        }
        if self.build_id.is_none() {
            self.build_id.clone_from(&candidate.build_id);
        }
        self.wants_loaded &= !as_loaded;
        self.wants_debug &= !as_debug;
        if as_debug {
            self.wants_supplementary = candidate.wanted_supplementary_file();
        }
        self.catch.files.push(candidate);
    }

    fn refuse(&mut self, candidate: &Candidate, reason: &str) {
        self.catch.refuse(RefusedFile {
            path: candidate.path.clone(),
            reason: reason.to_owned(),
        });
    }
}
