//! Giving a module a file.

use super::layout::load_bias;
use super::state::{AddressRanges, Module, Supplementary, WantedSupplementaryFile};
use super::{ModuleFile, ModuleFileStatus, ModuleKind};
use crate::search::{Candidate, RefusedFile};
use crate::{Error, Program, Result};
use spelunk_debuginfo::DebugFile;
use std::path::Path;
use std::sync::Arc;

/// What a module does with a file that is offered to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Offer {
    /// Only if it is the module's, by its build ID, and only what is wanted.
    Matching,
    /// What is wanted, whatever its build ID.
    Forced,
    /// A search found out that it is the module's. Symbols alone are better than nothing.
    Found,
}

impl Program {
    /// Tries to use the file at `path`, also a compressed one, for `module`: as what the module wants
    /// and the file is good for. Without `force`, it must have the module's build ID.
    ///
    /// # Errors
    ///
    /// If the program has too many files. A file that is not there, is none of the module's or is
    /// damaged is no error; the reason why it was not used is returned.
    pub fn try_file(
        &self,
        module: &Module,
        path: &Path,
        force: bool,
    ) -> Result<Option<RefusedFile>> {
        if !(module.wants_loaded_file() || module.wants_debug_file()) {
            return Ok(None);
        }
        let offer = match force {
            true => Offer::Forced,
            false => Offer::Matching,
        };
        match Candidate::try_open(path) {
            Ok(candidate) => self.offer_file(module, candidate, offer),
            Err(refused) => Ok(Some(refused)),
        }
    }

    /// As [`try_file`](Self::try_file), with a file that is open.
    pub(crate) fn offer_file(
        &self,
        module: &Module,
        candidate: Candidate,
        offer: Offer,
    ) -> Result<Option<RefusedFile>> {
        if let Some(candidate) = self.complete_debug_file(module, candidate)? {
            return self.use_candidate(module, candidate, offer);
        }
        Ok(None)
    }

    fn use_candidate(
        &self,
        module: &Module,
        candidate: Candidate,
        offer: Offer,
    ) -> Result<Option<RefusedFile>> {
        let path = candidate.path.clone();
        let refuse = |reason: String| Ok(Some(RefusedFile { path, reason }));
        if offer == Offer::Matching
            && let Some(refused) = candidate.mismatch(module.name(), module.build_id().as_ref())
        {
            return Ok(Some(refused));
        }
        let as_loaded = module.wants_loaded_file() && candidate.is_loadable;
        let as_debug = module.wants_debug_file() && candidate.has_debug_info;
        let as_loaded =
            as_loaded || (offer == Offer::Found && !as_debug && module.file().is_none());
        if !(as_loaded || as_debug) {
            return refuse(useless(module, &candidate));
        }
        let waits_for = match as_debug {
            true => candidate.wanted_supplementary_file(),
            false => None,
        };
        if let Some(wanted) = waits_for {
            if as_loaded {
                // Its other half is opened anew: what is open waits.
                let again = Candidate::open(&candidate.path)?;
                if let Err(reason) = self.attach(module, again, true, false) {
                    return refuse(reason);
                }
            }
            let mut state = module.write();
            state.build_id = state.build_id.take().or(candidate.build_id.clone());
            state.debug = ModuleFileStatus::WantSupplementary;
            state.supplementary = Supplementary::Wanted {
                debug: Box::new(candidate),
                wanted,
            };
            return Ok(None);
        }
        match self.attach(module, candidate, as_loaded, as_debug) {
            Ok(()) => Ok(None),
            Err(reason) => refuse(reason),
        }
    }

    /// If `candidate` is the supplementary file that the module's debug file waits for, puts both to
    /// use; else it comes back.
    fn complete_debug_file(
        &self,
        module: &Module,
        candidate: Candidate,
    ) -> Result<Option<Candidate>> {
        let mut state = module.write();
        let matches = match &state.supplementary {
            Supplementary::Wanted { wanted, .. } => {
                let found = candidate.build_id.as_ref();
                found.is_some_and(|id| id.as_bytes() == wanted.checksum)
            }
            _ => false,
        };
        if !matches {
            return Ok(Some(candidate));
        }
        let used = Supplementary::Used(candidate.path.clone());
        let Supplementary::Wanted { debug, .. } = std::mem::replace(&mut state.supplementary, used)
        else {
            return Ok(Some(candidate));
        };
        drop(state);
        self.attach(module, *debug, false, true)
            .map_err(Error::other)?;
        Ok(None)
    }

    /// Makes the file the module's, as what is said.
    ///
    /// # Errors
    ///
    /// Why it cannot be.
    pub(crate) fn attach(
        &self,
        module: &Module,
        candidate: Candidate,
        as_loaded: bool,
        as_debug: bool,
    ) -> std::result::Result<(), String> {
        let Candidate {
            path,
            elf,
            build_id,
            has_debug_info,
            is_loadable,
        } = candidate;
        let main_bias = module.read().main_bias;
        let ranges = module.address_ranges();
        let bias = load_bias(&elf, module.kind(), main_bias, ranges.as_deref())?;
        let platform = elf.platform();
        let debug = DebugFile::with_supplementary(
            elf,
            module.section_addresses(),
            bias,
            module.supplementary_file(),
        );
        let file = Arc::new(ModuleFile::new(
            path,
            Arc::clone(&debug),
            has_debug_info,
            is_loadable,
        ));
        {
            let mut state = module.write();
            state.build_id = state.build_id.take().or(build_id);
            let is_placed_by_file = !matches!(
                module.kind(),
                ModuleKind::Relocatable { .. } | ModuleKind::Extra { .. }
            );
            if is_placed_by_file
                && !matches!(state.address_ranges, AddressRanges::Known(_))
                && let Some(range) = file.address_range()
            {
                state.address_ranges = AddressRanges::Known(vec![range]);
            }
        }
        let is_loaded = as_loaded && module.publish_loaded(&file);
        let is_debug = as_debug && module.publish_debug(&file);
        if is_debug {
            module.forget_wanted_supplementary_file();
        }
        if let Some(os) = self.os().filter(|_| is_loaded) {
            os.has_loaded_file(module);
        }
        self.modules.moved();
        if !(is_loaded || is_debug) {
            return Err(format!("module {} has a file", module.name()));
        }
        self.platform.get_or_init(|| platform);
        if is_debug {
            self.debug_info
                .add(debug)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Why a file that is the module's is of no use.
fn useless(module: &Module, candidate: &Candidate) -> String {
    let reason = match (candidate.has_debug_info, candidate.is_loadable) {
        (true, _) if !module.wants_debug_file() => "debugging information is not wanted",
        (false, _) if module.wants_debug_file() => {
            "the file has symbols, but no debugging information"
        }
        _ => "the file has nothing that is wanted",
    };
    reason.into()
}

impl Candidate {
    /// The supplementary file that the file needs, of which `dwz` says so.
    pub(crate) fn wanted_supplementary_file(&self) -> Option<WantedSupplementaryFile> {
        let data = self.elf.section_data(".gnu_debugaltlink").ok().flatten()?;
        let end = data.iter().position(|byte| *byte == 0)?;
        let (path, checksum) = data.split_at_checked(end)?;
        Some(WantedSupplementaryFile {
            path: self.path.clone(),
            supplementary_path: String::from_utf8_lossy(path).into_owned().into(),
            checksum: checksum.get(1..)?.to_vec(),
        })
    }
}
