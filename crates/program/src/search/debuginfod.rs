//! The finder `debuginfod`: downloads files by build ID from the servers that the user names in
//! `DEBUGINFOD_URLS`, whatever distribution the program is from.

use super::{Candidate, ModuleFileFinder, RefusedFile};
use crate::module::Offer;
use crate::{Module, ModuleFileStatus, Program, Result};
use spelunk_base::BuildId;
use spelunk_debuginfod::{Artifact, Client, Config, Failure, Outcome, Request};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Asks servers, and remembers which of them are gone.
#[derive(Default)]
pub(crate) struct DebuginfodFinder {
    client: Mutex<Option<Arc<Client>>>,
}

/// A file that a module wants.
struct Want<'a> {
    module: &'a Module,
    /// Its place among the requests: several modules may want one file.
    request: usize,
}

/// What modules want.
#[derive(Default)]
struct Wants<'a> {
    wants: Vec<Want<'a>>,
    requests: Vec<Request>,
}

impl ModuleFileFinder for DebuginfodFinder {
    fn find(&self, program: &Program, modules: &[Arc<Module>]) -> Result<()> {
        let client = self.client();
        for problem in &client.config().problems {
            program.report_problem(problem.clone());
        }
        if client.config().servers.is_empty() {
            return Ok(());
        }
        let mut wants = Wants::default();
        for module in modules {
            wants.add_files(module);
            wants.add_supplementary(module);
        }
        wants.satisfy(program, &client)?;
        // Those that were found may be halves.
        let mut wants = Wants::default();
        for module in modules {
            wants.add_supplementary(module);
        }
        wants.satisfy(program, &client)
    }
}

impl DebuginfodFinder {
    /// The client for what the environment says now: it may have changed since the last search.
    fn client(&self) -> Arc<Client> {
        let config = Config::from_environment();
        let mut known = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(client) if *client.config() == config => Arc::clone(client),
            _ => Arc::clone(known.insert(Arc::new(Client::new(config)))),
        }
    }
}

impl<'a> Wants<'a> {
    fn add_files(&mut self, module: &'a Module) {
        let Some(build_id) = module.build_id() else {
            return;
        };
        if module.debug_file_status() == ModuleFileStatus::Want {
            self.add(module, build_id.clone(), Artifact::DebugInfo);
        }
        if module.wants_loaded_file() {
            self.add(module, build_id, Artifact::Executable);
        }
    }

    /// Adds the supplementary file that the module's debug file waits for.
    fn add_supplementary(&mut self, module: &'a Module) {
        let wanted = module.wanted_supplementary_file().ok();
        if let Some(id) = wanted.and_then(|wanted| BuildId::new(&wanted.checksum)) {
            self.add(module, id, Artifact::DebugInfo);
        }
    }

    fn add(&mut self, module: &'a Module, build_id: BuildId, artifact: Artifact) {
        let is_same = |other: &Request| other.build_id == build_id && other.artifact == artifact;
        let known = self.requests.iter().position(is_same);
        let request = known.unwrap_or(self.requests.len());
        if known.is_none() {
            self.requests.push(Request {
                build_id,
                artifact,
                label: module.name().to_owned(),
            });
        }
        self.wants.push(Want { module, request });
    }

    /// Gets the files, and gives each module its own.
    fn satisfy(&self, program: &Program, client: &Client) -> Result<()> {
        if self.requests.is_empty() {
            return Ok(());
        }
        let progress = program.progress();
        let outcomes = client
            .fetch(&self.requests, &is_requested, &*progress, program.cancel())
            .or_else(|_| program.cancel().check().map(|()| Vec::new()))?;
        for want in &self.wants {
            let request = self.requests.get(want.request);
            let outcome = outcomes.get(want.request);
            let (Some(request), Some(outcome)) = (request, outcome) else {
                continue;
            };
            match outcome {
                Outcome::Found(path) => {
                    let refused = match Candidate::try_open(path) {
                        Ok(file) => program.offer_file(want.module, file, Offer::Found)?,
                        Err(refused) => Some(refused),
                    };
                    want.module.refuse(refused.into_iter().collect());
                }
                Outcome::Missing { is_remembered } => {
                    want.module.remark(missing(client, request, *is_remembered));
                }
                Outcome::Failed(failures) => report(program, want.module, failures),
            }
        }
        Ok(())
    }
}

/// Whether the file at `path` is what was requested; if not, why.
fn is_requested(request: &Request, path: &Path) -> std::result::Result<(), String> {
    let reason = |refused: RefusedFile| refused.reason;
    let candidate = Candidate::try_open(path).map_err(reason)?;
    match candidate.build_id {
        Some(found) if found == request.build_id => Ok(()),
        Some(found) => Err(format!("it sends a file that has build ID {found}")),
        None => Err("it sends a file that has no build ID".into()),
    }
}

/// What there is to say of a file that no server has.
fn missing(client: &Client, request: &Request, is_remembered: bool) -> String {
    let name = request.artifact.name();
    let text = format!("no server in DEBUGINFOD_URLS has its {name}");
    match &client.config().cache {
        Some(cache) if is_remembered => {
            let folder = cache.join(request.build_id.to_string());
            let folder = folder.display();
            format!("{text}, as was found out a while ago; remove {folder} to ask again")
        }
        _ => text,
    }
}

/// Says what failed: of the servers as a whole once, else of the module.
fn report(program: &Program, module: &Module, failures: &[Failure]) {
    for failure in failures {
        match failure {
            Failure { server: None, .. } => program.report_problem(failure.to_string()),
            Failure { is_gone: true, .. } => program.report_problem(format!(
                "debuginfod: {failure}; check DEBUGINFOD_URLS and the network, or leave it out with \
                 --no-symbols-by=debuginfod"
            )),
            _ => module.remark(format!("debuginfod: {failure}")),
        }
    }
}
