//! Which function may have been entered from which without leaving a frame.

use super::code;
use crate::{Module, Program};

use spelunk_debuginfo::{CallSite, CallTarget, Linkage};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

const INDIRECT: &str = "it is not known where an indirect tail call leads";

/// Functions that are looked at for one chain.
const MAX_FUNCTIONS: usize = 4_096;

/// What is known so far of the tail calls that functions make.
#[derive(Default)]
pub(crate) struct TailCalls(RwLock<Known>);

#[derive(Default)]
struct Known {
    /// The number of files that it is known from.
    files: usize,
    functions: HashMap<u64, Arc<Function>>,
    /// The ways from one function to another, or why they are not known.
    chains: HashMap<(u64, u64), Chain>,
}

type Chain = Result<Vec<TailStep>, &'static str>;

/// The tail calls of a function.
#[derive(Default)]
struct Function {
    /// The targets that are known, with the sites, where debugging information has these.
    calls: Vec<(Option<CallSite>, u64)>,
    /// Why there may be others.
    incomplete: Option<&'static str>,
}

/// A function that ended in a jump to the next.
#[derive(Clone, Copy)]
pub(super) struct TailStep {
    /// The jump.
    pub(super) site: CallSite,
}

impl TailCalls {
    /// The one way from the entry of the function at `from` to the entry of that at `to` by tail
    /// calls, if there can be no other.
    ///
    /// Whether a function was entered more than once in such a way cannot be seen: nothing is left
    /// of it. So the debug information of all functions that may have run must be there, tell of all
    /// their tail calls, and leave one way. What gdb does, who describes it as
    /// "Tail Call Frames" in its manual, with these differences: sites that debug information does
    /// not claim to tell all of are not trusted, and two jumps to the same function are two ways.
    pub(super) fn chain(&self, program: &Program, from: u64, to: u64) -> Chain {
        let files = program.debug_info().files().len();
        let known = self.find(files, |known| known.chains.get(&(from, to)).cloned());
        known.unwrap_or_else(|| {
            let chain = self.find_chain(program, from, to);
            let mut known = self.known(files);
            known.chains.insert((from, to), chain.clone());
            chain
        })
    }

    fn find_chain(&self, program: &Program, from: u64, to: u64) -> Chain {
        let mut functions: HashMap<u64, Arc<Function>> = HashMap::new();
        let mut open = vec![from];
        while let Some(address) = open.pop() {
            if functions.contains_key(&address) {
                continue;
            }
            if functions.len() >= MAX_FUNCTIONS {
                return Err("too many functions may have been called by tail calls");
            }
            let function = self.function(program, address);
            if let Some(reason) = function.incomplete {
                return Err(reason);
            }
            open.extend(function.calls.iter().map(|(_, target)| *target));
            functions.insert(address, function);
        }
        if !functions.contains_key(&to) {
            return Err("the caller called another function, which does not lead here");
        }
        let leading = leading_to(&functions, to);
        let mut steps = Vec::new();
        let mut address = from;
        loop {
            let function = functions.get(&address);
            let calls = function
                .map(|function| &*function.calls)
                .unwrap_or_default();
            let mut ways = calls.iter().filter(|(_, target)| leading.contains(target));
            match (ways.next(), ways.next(), address == to) {
                (None, _, true) => return Ok(steps),
                (Some((Some(site), target)), None, false) => {
                    steps.push(TailStep { site: *site });
                    address = *target;
                }
                (Some((None, _)), None, false) => {
                    return Err("debugging information does not have a tail call that leads here");
                }
                _ => return Err("tail calls lead here in more than one way"),
            }
            if steps.len() > functions.len() {
                return Err("tail calls lead here in more than one way");
            }
        }
    }

    /// As [`chain`](Self::chain), where the function at `from` is known to jump to that at `through`
    /// first.
    pub(super) fn chain_through(
        &self,
        program: &Program,
        from: u64,
        through: u64,
        to: u64,
    ) -> Chain {
        let rest = self.chain(program, through, to)?;
        if from == through {
            return Ok(rest);
        }
        let dispatcher = self.function(program, from);
        let mut ways = dispatcher
            .calls
            .iter()
            .filter(|(_, target)| *target == through);
        match (ways.next(), ways.next()) {
            (Some((Some(site), _)), None) => {
                let mut steps = vec![TailStep { site: *site }];
                steps.extend(rest);
                Ok(steps)
            }
            _ => Err("tail calls lead here in more than one way"),
        }
    }

    fn function(&self, program: &Program, address: u64) -> Arc<Function> {
        let files = program.debug_info().files().len();
        let known = self.find(files, |known| known.functions.get(&address).cloned());
        known.unwrap_or_else(|| {
            let function = Arc::new(read_function(program, address));
            let mut known = self.known(files);
            known.functions.insert(address, Arc::clone(&function));
            function
        })
    }

    /// Looks at what is known from so many files.
    fn find<T>(&self, files: usize, look: impl FnOnce(&Known) -> Option<T>) -> Option<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        look(&known).filter(|_| known.files == files)
    }

    /// What is known from so many files, to be added to.
    fn known(&self, files: usize) -> RwLockWriteGuard<'_, Known> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.files != files {
            *known = Known {
                files,
                ..Known::default()
            };
        }
        known
    }
}

/// The functions from which tail calls lead to `to`, itself included.
fn leading_to(functions: &HashMap<u64, Arc<Function>>, to: u64) -> HashSet<u64> {
    let mut callers: HashMap<u64, Vec<u64>> = HashMap::new();
    for (address, function) in functions {
        for (_, target) in &function.calls {
            callers.entry(*target).or_default().push(*address);
        }
    }
    let mut leading = HashSet::from_iter([to]);
    let mut open = vec![to];
    while let Some(target) = open.pop() {
        for caller in callers.get(&target).map(|it| &**it).unwrap_or_default() {
            if leading.insert(*caller) {
                open.push(*caller);
            }
        }
    }
    leading
}

fn read_function(program: &Program, address: u64) -> Function {
    by_debugging_information(program, address)
        .or_else(|| by_instructions(program, address))
        .unwrap_or_else(|| Function {
            incomplete: Some("not all tail calls are known that a function may have made"),
            ..Function::default()
        })
}

/// `None` unless debugging information claims to tell all.
fn by_debugging_information(program: &Program, address: u64) -> Option<Function> {
    let module = program.find_module(address)?;
    let file = module.debug_file()?.debug();
    let calls = file.function_calls_at(address).ok()??;
    if calls.entry != Some(address) || !calls.has_all_tail_calls {
        return None;
    }
    let mut function = Function::default();
    for site in calls.tail_calls() {
        match program.call_target(&module, site) {
            Some(target) => function.calls.push((Some(*site), target)),
            None => function.incomplete = Some(INDIRECT),
        }
    }
    Some(function)
}

fn by_instructions(program: &Program, address: u64) -> Option<Function> {
    let jumps = code::jumps_out_of(program, address)?;
    let calls = jumps.targets.into_iter().map(|target| (None, target));
    Some(Function {
        calls: calls.collect(),
        incomplete: jumps.has_indirect.then_some(INDIRECT),
    })
}

impl Program {
    /// The address of the function that `site` in `module` calls, unless it is computed.
    pub(super) fn call_target(&self, module: &Module, site: &CallSite) -> Option<u64> {
        let die = match site.target {
            CallTarget::Address(address) => return Some(address),
            CallTarget::Function(die) => die,
            CallTarget::Computed | CallTarget::Unknown => return None,
        };
        let file = module.debug_file()?.debug();
        if let Some(address) = file.function_address(die).ok()? {
            return Some(address);
        }
        // It is declared here, or there are several copies.
        self.branch_target(site).or_else(|| {
            let linkage = file.function_linkage(die).ok()??;
            self.function_with(module, &linkage)
        })
    }

    /// The address of the one function that linkers know so.
    fn function_with(&self, module: &Module, linkage: &Linkage) -> Option<u64> {
        use spelunk_elf::constants as elf;
        let mut found = None;
        for symbol in self.symbols_by_name(&linkage.name).ok()? {
            // What an indirect function leads to was chosen when the program started.
            if symbol.kind == elf::STT_GNU_IFUNC {
                return None;
            }
            if !linkage.is_external && !module.contains(symbol.address) {
                continue;
            }
            if *found.get_or_insert(symbol.address) != symbol.address {
                return None;
            }
        }
        found
    }
}
