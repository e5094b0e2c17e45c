//! Loading debugging information.

use crate::module::Offer;
use crate::search::Candidate;
use crate::{
    ErrorKind, IncompleteFile, LoadReport, LoadRequest, LoadedFile, MissingFile, Module,
    ModuleKind, Program, RefusedFile, Result,
};
use spelunk_base::BuildId;
use spelunk_debuginfo::DebugInfoError;
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
    /// If the user cancelled, or a finder failed.
    pub fn load_debug_info(&self, request: &LoadRequest) -> Result<LoadReport> {
        let mut loading = Loading {
            program: self,
            given: Vec::new(),
            report: LoadReport::default(),
        };
        loading.open_given(request);
        let Some(os) = self.os() else {
            // Nothing is loaded, as far as anyone can tell.
            return Ok(loading.finish());
        };
        let files_needed = !os.is_kernel();
        let main = match os.main_module(self) {
            Ok(info) => Some(self.modules.add(info, files_needed).0),
            Err(error) => {
                loading.report.problems.push(error.to_string());
                None
            }
        };
        let wanted: Vec<_> = main.iter().cloned().collect();
        loading.load(&wanted, request.main || request.default)?;
        if request.default || !loading.given.is_empty() {
            let mut modules = Vec::new();
            let listed = os.loaded_modules(self, &mut |info| {
                modules.push(self.modules.add(info, files_needed).0);
            });
            if let Err(error) = listed {
                self.cancel().check()?;
                // Without the main file nothing has a name, which is reported as such.
                let nameless = matches!(error.kind(), ErrorKind::ObjectNotFound { .. });
                if !(nameless && main.is_some_and(|main| main.wants_debug_file())) {
                    loading.report.problems.push(format!(
                        "the list of loaded modules is not complete: {error}"
                    ));
                }
            }
            loading.load(&modules, request.default)?;
        }
        Ok(loading.finish())
    }

    /// Has the enabled finders look for the files that these modules want.
    ///
    /// # Errors
    ///
    /// If the user cancelled, or a finder failed. Files that are not found are no error.
    pub fn load_module_debug_info(&self, modules: &[Arc<Module>]) -> Result<()> {
        self.find_files(modules)?;
        self.prepare()
    }

    fn find_files(&self, modules: &[Arc<Module>]) -> Result<()> {
        let wanting = || -> Vec<Arc<Module>> {
            let wants =
                |module: &&Arc<Module>| module.wants_loaded_file() || module.wants_debug_file();
            modules.iter().filter(wants).cloned().collect()
        };
        self.module_file_finders.first(|finder| {
            let modules = wanting();
            if modules.is_empty() {
                return Ok(Some(()));
            }
            finder.find(self, &modules)?;
            Ok(None)
        })?;
        Ok(())
    }

    /// Makes the indices of all files that are in use.
    fn prepare(&self) -> Result<()> {
        Ok(self.debug_info.prepare(&*self.progress(), self.cancel())?)
    }
}

/// One call of [`Program::load_debug_info`].
struct Loading<'a> {
    program: &'a Program,
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
            // A file without debugging information, if that is what was given, has to do.
            if self.use_given(module)? {
                self.report_loaded(module);
            } else {
                wanting.push(Arc::clone(module));
            }
        }
        if search {
            self.program.find_files(&wanting)?;
            self.report.problems.extend(self.program.take_problems());
            for module in &wanting {
                self.report_loaded(module);
                let remarks = module.take_remarks();
                let mut refused = module.take_refused();
                refused.extend(half_of_two(module));
                if module.debug_file().is_none() && !is_whole_vdso(module) {
                    self.report.missing.push(MissingFile {
                        module: module.name().to_owned(),
                        build_id: module.build_id(),
                        refused,
                        remarks,
                    });
                }
            }
        }
        self.program.prepare()?;
        self.report_incomplete(modules);
        Ok(())
    }

    /// Reports what is missing of files that were loaded now.
    fn report_incomplete(&mut self, modules: &[Arc<Module>]) {
        for module in modules {
            let Some(file) = module.file() else {
                continue;
            };
            // Files whose sections cannot be read say so when they are asked for something.
            let (missing, own_damage) = match module.debug_file() {
                Some(_) => (file.debug().missing_sources(), file.debug().damage()),
                None => (Ok(Default::default()), Ok(Vec::new())),
            };
            let (missing, own_damage) =
                (missing.unwrap_or_default(), own_damage.unwrap_or_default());
            let of_file = file.debug().elf().damage();
            // The file is named anyway.
            let own = format!("{}: ", file.debug().name());
            let told = |error: &DebugInfoError| {
                let text = error.to_string();
                text.strip_prefix(&own).unwrap_or(&text).to_owned()
            };
            let loaded = &self.report.loaded;
            let damage = of_file.iter().map(ToString::to_string);
            let damage: Vec<_> = damage.chain(own_damage.iter().map(told)).collect();
            let is_whole = missing.is_empty() && damage.is_empty();
            if !is_whole && loaded.iter().any(|loaded| loaded.path == *file.path()) {
                self.report.incomplete.push(IncompleteFile {
                    path: file.path().clone(),
                    missing: missing.to_vec(),
                    damage,
                });
            }
        }
    }

    /// Gives the module those of the files given that are its own; false if there are none.
    fn use_given(&mut self, module: &Module) -> Result<bool> {
        let mut used = false;
        while let Some(candidate) = self.take_given(module) {
            let refused = self.program.offer_file(module, candidate, Offer::Found)?;
            used |= refused.is_none();
            self.report.refused.extend(refused);
        }
        Ok(used)
    }

    /// A file among those given that is the module's, one with debugging information first.
    fn take_given(&mut self, module: &Module) -> Option<Candidate> {
        let build_id = module.build_id();
        let is_its = |candidate: &Candidate| match &build_id {
            Some(_) => candidate.build_id == build_id,
            None => names(&candidate.path, module),
        };
        let given = self.given.iter().enumerate();
        let (index, _) = given
            .filter(|(_, candidate)| is_its(candidate))
            .max_by_key(|(index, candidate)| {
                (candidate.has_debug_info, std::cmp::Reverse(*index))
            })?;
        Some(self.given.remove(index))
    }

    fn report_loaded(&mut self, module: &Module) {
        if let Some(file) = module.file() {
            self.report.loaded.push(LoadedFile {
                module: module.name().to_owned(),
                path: file.path().clone(),
            });
        }
    }

    /// The report, with the given files that belong to nothing.
    fn finish(mut self) -> LoadReport {
        let modules = self.program.modules();
        for candidate in self.given {
            self.program.keep_unused_file(candidate.path.clone());
            let namesake = modules.iter().find(|module| names(&candidate.path, module));
            let refused = namesake
                .and_then(|module| candidate.mismatch(module.name(), module.build_id().as_ref()))
                .unwrap_or_else(|| candidate.belongs_to_nothing());
            self.report.refused.push(refused);
        }
        self.report
    }
}

/// Whether all is there that a vdso has as a rule: its code and symbols, out of memory.
fn is_whole_vdso(module: &Module) -> bool {
    matches!(module.kind(), ModuleKind::Vdso { .. }) && module.loaded_file().is_some()
}

/// The debug file that was found, if it waits for its supplementary file.
fn half_of_two(module: &Module) -> Option<RefusedFile> {
    let wanted = module.wanted_supplementary_file().ok()?;
    let id = BuildId::new(&wanted.checksum);
    Some(RefusedFile {
        reason: format!(
            "its supplementary file {}{} is missing; install the debugging information of the \
             package that it belongs to",
            wanted.resolved_path().display(),
            id.map_or(String::new(), |id| format!(" (build ID {id})"))
        ),
        path: wanted.path,
    })
}

/// Whether a file with this path is the module's by its name.
fn names(path: &Path, module: &Module) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let Some(stem) = name.as_deref().and_then(|name| name.split('.').next()) else {
        return false;
    };
    let file = module.name().rsplit('/').next().unwrap_or_default();
    match module.kind() {
        ModuleKind::Main if file == "kernel" => stem.starts_with("vmlinux"),
        ModuleKind::Relocatable { .. } => stem.replace('-', "_") == file.replace('-', "_"),
        _ => name.as_deref() == Some(file),
    }
}
