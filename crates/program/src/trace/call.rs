use super::FoundBy;
use super::code::Known;
use super::entered::Entered;
use crate::{Module, ModuleFile};
use spelunk_debuginfo::{RowSource, Scope};
use spelunk_unwind::{Registers, Row};
use std::sync::{Arc, OnceLock};

/// A call as the machine sees it: one set of registers. Functions that were inlined share that of
/// the function around them.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) registers: Registers,
    /// The program counter, which may be known without being a register's value.
    pub(super) pc: Option<u64>,
    /// Whether the program counter is exact, and not the address behind a call.
    pub(super) interrupted: bool,
    /// The module that the program counter is in.
    pub(super) module: Option<Arc<Module>>,
    /// What leads to the caller, and who says so.
    pub(super) row: Option<(Row, RowSource)>,
    /// How it was found.
    pub(super) found_by: FoundBy,
    /// The functions: the innermost inlined one first.
    pub(super) scopes: Vec<Scope>,
    /// How its function was entered, once that was asked for; else why that cannot be told.
    pub(super) entered: OnceLock<Result<Entered, &'static str>>,
    /// What its code tells of copies of values, once that was asked for.
    pub(super) copies: OnceLock<Option<Arc<Known>>>,
}

impl Call {
    /// An address in the instruction that the call is at.
    pub(super) fn lookup_address(&self) -> Option<u64> {
        lookup_address(self.pc?, self.interrupted)
    }

    /// The file that tells of the code.
    pub(super) fn file(&self) -> Option<&Arc<ModuleFile>> {
        self.module.as_ref()?.file()
    }

    /// The function that has code of its own, and the file that tells of it.
    pub(super) fn function(&self) -> Option<(&Scope, &Arc<ModuleFile>)> {
        Some((self.scopes.last()?, self.module.as_ref()?.debug_file()?))
    }
}

/// An address in the instruction at `pc`: a return address may stand behind the last instruction
/// of its function, so the byte before it is looked at.
pub(super) fn lookup_address(pc: u64, interrupted: bool) -> Option<u64> {
    if interrupted {
        Some(pc)
    } else {
        pc.checked_sub(1)
    }
}
