//! Loading debugging information.

use crate::search::{Candidate, Places};
use crate::{
    Error, ErrorKind, LoadReport, LoadRequest, LoadedFile, MissingFile, Module, ModuleFile,
    ModuleKind, Program, RefusedFile, Result,
};
use rayon::prelude::*;
use spelunk_debuginfo::DebugFile;
use std::path::Path;
use std::sync::Arc;

impl Program {
    /// Finds the modules that are loaded and gives them their files.
    ///
    /// Names and frames of all files are indexed before this returns, so that answers do not
    /// depend on what was asked before. What is missing stands in the report, and what could be
    /// loaded is loaded.
    ///
    /// # Errors
    ///
    /// If nothing can be loaded at all: the operating system is not known, or the user cancelled.
    pub fn load_debug_info(&self, request: &LoadRequest) -> Result<LoadReport> {
        let os = Arc::clone(self.lookup_os()?);
        let mut loading = Loading {
            program: self,
            places: Places::new(&self.search_options(), os.release()),
            given: Vec::new(),
            report: LoadReport::default(),
        };
        loading.open_given(request);
        let main = self.modules.add(os.main_module(self)?);
        loading.load(&[Arc::clone(&main)], request.main || request.default)?;
        if request.default || !loading.given.is_empty() {
            let mut modules = Vec::new();
            let listed = os.loaded_modules(self, &mut |info| modules.push(self.modules.add(info)));
            if let Err(error) = listed {
                self.cancel().check()?;
                // Without the main file nothing has a name, which is reported as such.
                let nameless = matches!(error.kind(), ErrorKind::ObjectNotFound { .. });
                if !(nameless && main.wants_debug_file()) {
                    loading.report.problems.push(format!(
                        "the list of loaded modules is not complete: {error}"
                    ));
                }
            }
            loading.load(&modules, request.default)?;
        }
        Ok(loading.finish())
    }

    /// Loads the debugging information of one file for a module, whatever its build ID.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or the module has one.
    pub fn load_file(&self, module: &Arc<Module>, path: &Path) -> Result<()> {
        let candidate = Candidate::open(path)?;
        self.attach(module, candidate)?;
        Ok(self.debug_info.prepare(&*self.progress(), self.cancel())?)
    }

    /// Makes the candidate the module's file.
    fn attach(&self, module: &Arc<Module>, candidate: Candidate) -> Result<LoadedFile> {
        let Candidate { path, elf, .. } = candidate;
        let has_debug_info = candidate.has_debug_info;
        let debug = DebugFile::new(elf, module.section_addresses.clone(), module.bias);
        let file = ModuleFile::new(path.clone(), Arc::clone(&debug), has_debug_info);
        if !module.set_file(file) {
            return Err(Error::value(format!("module {} has a file", module.name)));
        }
        self.debug_info.add(debug)?;
        Ok(LoadedFile {
            module: module.name.clone(),
            path,
        })
    }
}

/// One call of [`Program::load_debug_info`].
struct Loading<'a> {
    program: &'a Program,
    places: Places,
    /// The files that the user gave and that belong to no module yet.
    given: Vec<Candidate>,
    report: LoadReport,
}

impl Loading<'_> {
    fn open_given(&mut self, request: &LoadRequest) {
        for path in &request.paths {
            match Candidate::try_open(path) {
                Ok(candidate) => self.given.push(candidate),
                Err(refused) => self.report.refused.push(refused),
            }
        }
    }

    /// Gives modules their files: first those that the user gave, then, if `search` says so,
    /// those that are found.
    fn load(&mut self, modules: &[Arc<Module>], search: bool) -> Result<()> {
        let mut wanting = Vec::new();
        for module in modules.iter().filter(|module| module.wants_debug_file()) {
            match self.take_given(module) {
                Some(candidate) => self.attach(module, candidate),
                None => wanting.push(module),
            }
        }
        if search {
            let places = &self.places;
            let cancel = self.program.cancel();
            // Files are opened, and compressed ones decompressed, in parallel.
            let found: Vec<_> = wanting
                .par_iter()
                .map(|module| cancel.check().map(|()| find(module, places)))
                .collect::<std::result::Result<_, _>>()?;
            for (module, found) in wanting.into_iter().zip(found) {
                self.use_found(module, found);
            }
        }
        let progress = self.program.progress();
        self.program
            .debug_info
            .prepare(&*progress, self.program.cancel())?;
        Ok(())
    }

    /// The file among those given that is the module's, one with debugging information first.
    fn take_given(&mut self, module: &Module) -> Option<Candidate> {
        let is_its = |candidate: &Candidate| match &module.build_id {
            Some(build_id) => candidate.build_id.as_ref() == Some(build_id),
            None => names(&candidate.path, module),
        };
        let (index, _) = self
            .given
            .iter()
            .enumerate()
            .filter(|(_, candidate)| is_its(candidate))
            .max_by_key(|(index, candidate)| {
                (candidate.has_debug_info, std::cmp::Reverse(*index))
            })?;
        Some(self.given.remove(index))
    }

    fn use_found(&mut self, module: &Arc<Module>, found: Found) {
        let stripped = found.file.as_ref().is_none_or(|file| !file.has_debug_info);
        if let Some(candidate) = found.file {
            self.attach(module, candidate);
        }
        if stripped {
            self.report.missing.push(MissingFile {
                module: module.name.clone(),
                build_id: module.build_id.clone(),
                refused: found.refused,
            });
        }
    }

    fn attach(&mut self, module: &Arc<Module>, candidate: Candidate) {
        let path = candidate.path.clone();
        match self.program.attach(module, candidate) {
            Ok(loaded) => self.report.loaded.push(loaded),
            Err(error) => self.report.refused.push(RefusedFile::new(&path, &error)),
        }
    }

    /// The report, with the given files that belong to nothing.
    fn finish(mut self) -> LoadReport {
        let modules = self.program.modules();
        for candidate in self.given {
            let namesake = modules.iter().find(|module| names(&candidate.path, module));
            let refused = namesake
                .and_then(|module| candidate.mismatch(&module.name, module.build_id.as_ref()))
                .unwrap_or_else(|| candidate.belongs_to_nothing());
            self.report.refused.push(refused);
        }
        self.report
    }
}

/// What a search came to.
struct Found {
    file: Option<Candidate>,
    refused: Vec<RefusedFile>,
}

/// Searches the file of a module: the first with its build ID and with debugging information, else
/// the first with its build ID.
fn find(module: &Module, places: &Places) -> Found {
    let build_id = module.build_id.as_ref();
    let paths = match module.kind {
        ModuleKind::Main => places.kernel(build_id),
        ModuleKind::Relocatable => places.module(&module.name, build_id),
        ModuleKind::Extra => Vec::new(),
    };
    let mut found = Found {
        file: None,
        refused: Vec::new(),
    };
    for path in paths {
        let candidate = match Candidate::find(&path) {
            Ok(Some(candidate)) => candidate,
            Ok(None) => continue,
            Err(refused) => {
                found.refused.push(refused);
                continue;
            }
        };
        if let Some(refused) = candidate.mismatch(&module.name, build_id) {
            found.refused.push(refused);
        } else if candidate.has_debug_info {
            found.file = Some(candidate);
            return found;
        } else {
            found.refused.push(RefusedFile {
                path,
                reason: "the file has symbols, but no debugging information".into(),
            });
            found.file.get_or_insert(candidate);
        }
    }
    found
}

/// Whether a file with this path is the module's by its name.
fn names(path: &Path, module: &Module) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let Some(stem) = name.as_deref().and_then(|name| name.split('.').next()) else {
        return false;
    };
    match module.kind {
        ModuleKind::Main => stem.starts_with("vmlinux"),
        _ => stem.replace('-', "_") == module.name.replace('-', "_"),
    }
}
