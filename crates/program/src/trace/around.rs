//! What the calls around a call tell of its variables: arguments that were passed, and registers
//! that are lost since.

use super::call::Call;
use super::entered::pushed_by_call;
use super::stack::{At, Stack};
use super::unwinder::StackMemory;
use crate::Program;
use spelunk_base::arch::Register;
use spelunk_debuginfo::{CallArgument, DieId, FrameState, Surroundings};
use spelunk_unwind::expression::{DwarfRegister, ExpressionError, Value};
use std::cell::Cell;

/// Questions that one variable may lead to: each may lead to several on the next call.
const MAX_QUESTIONS: u32 = 2_000;
/// Questions in questions, each of them about the next call: threads have little stack for them.
const MAX_DEPTH: u32 = 64;

/// A search for the value of a variable.
pub(super) struct Inquiry<'a> {
    pub(super) program: &'a Program,
    pub(super) stack: &'a Stack,
    questions: Cell<u32>,
    depth: Cell<u32>,
    /// Whether this is to find out how a function was entered.
    pub(super) is_entering: Cell<bool>,
    ways: Cell<Ways>,
}

/// Which calls were asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Ways {
    /// Whether an argument was taken that the caller passed.
    pub(super) at_entry: bool,
    /// Whether a register was taken as it was when the frame made its call.
    pub(super) at_call: bool,
    /// Whether that of which code made a copy was taken from there.
    pub(super) from_copy: bool,
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(program: &'a Program, stack: &'a Stack) -> Self {
        Self {
            program,
            stack,
            questions: Cell::new(0),
            depth: Cell::new(0),
            is_entering: Cell::new(false),
            ways: Cell::default(),
        }
    }

    /// Which calls were asked so far.
    pub(super) fn ways(&self) -> Ways {
        self.ways.get()
    }

    /// Calls `look` with the state of a call; `None` if nothing is known of it. `in_argument` says
    /// that it is for what the call passes, which debug information tells by what outlives it.
    pub(super) fn with_state<R>(
        &self,
        at: At,
        in_argument: bool,
        look: impl FnOnce(FrameState<'_>) -> R,
    ) -> Option<R> {
        let call = self.stack.call(at)?;
        let around = Around {
            inquiry: self,
            at,
            in_argument,
        };
        Some(look(FrameState {
            pc: call.lookup_address()?,
            registers: &call.registers,
            row: call.row.as_ref().map(|(row, _)| row),
            platform: self.program.platform()?,
            memory: &StackMemory::of(self.program, self.stack),
            around: Some(&around),
        }))
    }

    pub(super) fn ask(&self) -> Result<(), ExpressionError> {
        let asked = self.questions.get();
        if asked >= MAX_QUESTIONS {
            return Err(ExpressionError::TooLong);
        }
        self.questions.set(asked + 1);
        Ok(())
    }

    /// What the call `site` of call `at` passes, of which the lowest `size` bytes count.
    fn argument(
        &self,
        at: At,
        site: DieId,
        argument: CallArgument,
        size: usize,
    ) -> Result<Option<Value>, ExpressionError> {
        self.ask()?;
        let missing = ExpressionError::Missing("call in the caller");
        let call = self.stack.call(at).ok_or(missing.clone())?;
        let (scope, file) = call.function().ok_or(missing.clone())?;
        let passed = self.with_state(at, true, |state| {
            file.debug()
                .call_argument(site, argument, size, scope, state)
        });
        match passed {
            Some(Ok(passed)) => passed.transpose(),
            Some(Err(_)) | None => Err(missing),
        }
    }

    /// A register that was as it is now in the caller, `call`, when that called.
    fn preserved(&self, call: &Call, register: DwarfRegister) -> Option<Value> {
        let register = call.registers.find_dwarf(register)?;
        let value = call.registers.get(register)?;
        let arch = call.registers.arch();
        let platform = self.program.platform()?;
        let value = match register {
            pc if pc == arch.program_counter => return None,
            sp if sp == arch.stack_pointer => value.wrapping_sub(pushed_by_call(platform)),
            _ => value,
        };
        Some(Value::generic(
            value,
            u32::from(platform.address_size()) * 8,
        ))
    }
}

impl Inquiry<'_> {
    /// What a register held when the call `at` made its call, or its jump, by the instructions before it.
    fn passed(&self, at: At, register: DwarfRegister) -> Option<Value> {
        self.ask().ok()?;
        let register = self.stack.call(at)?.registers.find_dwarf(register)?;
        let value = self.with_instruction(at, |call| call.register(register))?;
        Some(Value::generic(value, 64))
    }

    /// The lowest `size` bytes of what a register held when the function of call `at` was entered.
    pub(super) fn register_at_entry(&self, at: At, register: Register, size: usize) -> Option<u64> {
        let number = dwarf_number(self.stack.call(at)?, register)?;
        let around = Around {
            inquiry: self,
            at,
            in_argument: false,
        };
        let value = around.at_entry(CallArgument::Register(number), size).ok()?;
        Some(value.to_u64())
    }
}

/// DWARF's number of a register.
fn dwarf_number(call: &Call, register: Register) -> Option<DwarfRegister> {
    let numbers = call.registers.arch().dwarf_registers.iter();
    let mut numbers = numbers.zip(0..);
    let found = numbers.find(|(known, _)| **known == Some(register));
    found.map(|(_, number)| DwarfRegister(number))
}

/// What is around one call.
struct Around<'i, 'a> {
    inquiry: &'i Inquiry<'a>,
    at: At,
    in_argument: bool,
}

impl Around<'_, '_> {
    /// What was passed, as far as the caller or what calls it know.
    fn passed_by_caller(
        &self,
        argument: CallArgument,
        size: usize,
    ) -> Result<Value, ExpressionError> {
        let inquiry = self.inquiry;
        let index = self.at.index;
        let entered = inquiry
            .entered(index)
            .map_err(ExpressionError::NoEntryValue)?;
        let caller = if self.at.gone < entered.gone.len() {
            At {
                index,
                gone: self.at.gone.saturating_add(1),
            }
        } else {
            At {
                index: index.saturating_add(1),
                gone: 0,
            }
        };
        let unknown = ExpressionError::NoEntryValue("the call does not say what it passed");
        let told = match entered.site(self.at.gone) {
            Some(site) => inquiry.argument(caller, site, argument, size),
            None => Ok(None),
        };
        let unknown = match told {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => unknown,
            Err(error) => error,
        };
        let CallArgument::Register(register) = argument else {
            return Err(unknown);
        };
        let preserved = inquiry
            .stack
            .call(caller)
            .and_then(|caller| inquiry.preserved(caller, register));
        let passed = || inquiry.passed(caller, register);
        let copy = || {
            let general = inquiry.general(caller, register)?;
            inquiry.note_copy(inquiry.kept_since_call(caller, general, size))
        };
        preserved.or_else(passed).or_else(copy).ok_or(unknown)
    }
}

impl Around<'_, '_> {
    fn find_at_entry(&self, argument: CallArgument, size: usize) -> Result<Value, ExpressionError> {
        let inquiry = self.inquiry;
        inquiry.ask()?;
        let unknown = match self.passed_by_caller(argument, size) {
            Ok(value) => {
                inquiry.note(|ways| ways.at_entry = true);
                return Ok(value);
            }
            Err(error) => error,
        };
        let CallArgument::Register(register) = argument else {
            return Err(unknown);
        };
        let found = inquiry.general(self.at, register);
        let copy = found.and_then(|register| inquiry.kept_since_entry(self.at, register, size));
        inquiry.note_copy(copy).ok_or(unknown)
    }
}

impl Surroundings for Around<'_, '_> {
    fn at_entry(&self, argument: CallArgument, size: usize) -> Result<Value, ExpressionError> {
        let depth = self.inquiry.depth.get();
        if depth >= MAX_DEPTH {
            return Err(ExpressionError::TooLong);
        }
        self.inquiry.depth.set(depth.saturating_add(1));
        let found = self.find_at_entry(argument, size);
        self.inquiry.depth.set(depth);
        found
    }

    fn at_call(&self, register: DwarfRegister, size: usize) -> Result<Value, ExpressionError> {
        let inquiry = self.inquiry;
        let lost = ExpressionError::UnknownRegister(register);
        if self.in_argument {
            return Err(lost);
        }
        inquiry.ask()?;
        let site = match self.at.gone.checked_sub(1) {
            None => {
                let call = inquiry.stack.call(self.at).ok_or(lost.clone())?;
                inquiry.call_site(call).map(|site| site.die).ok()
            }
            Some(before) => {
                let entered = inquiry.entered(self.at.index).ok();
                entered.and_then(|entered| entered.site(before))
            }
        };
        let argument = CallArgument::Register(register);
        let told = site.and_then(|site| inquiry.argument(self.at, site, argument, size).ok()?);
        let value = told.or_else(|| inquiry.passed(self.at, register));
        if let Some(value) = value {
            inquiry.note(|ways| ways.at_call = true);
            return Ok(value);
        }
        let found = inquiry.general(self.at, register);
        let copy = found.and_then(|register| inquiry.kept_since_call(self.at, register, size));
        inquiry.note_copy(copy).ok_or(lost)
    }

    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        let missing = ExpressionError::Missing("thread-local storage");
        let program = self.inquiry.program;
        // What the innermost call has in its registers is the thread's.
        let thread = self.inquiry.stack.calls.first();
        let module = self
            .inquiry
            .stack
            .call(self.at)
            .and_then(|call| call.module.as_ref());
        let (Some(os), Some(thread), Some(module)) = (program.os(), thread, module) else {
            return Err(missing);
        };
        os.thread_local(program, &thread.registers, module, offset)
            .map_err(|_| missing)
    }
}

impl Inquiry<'_> {
    fn note_copy(&self, copy: Option<u64>) -> Option<Value> {
        copy.inspect(|_| self.note(|ways| ways.from_copy = true))
            .map(|value| Value::generic(value, 64))
    }

    /// The register of DWARF's number, in call `at`.
    fn general(&self, at: At, register: DwarfRegister) -> Option<Register> {
        self.stack.call(at)?.registers.find_dwarf(register)
    }

    fn note(&self, note: impl FnOnce(&mut Ways)) {
        let mut ways = self.ways.get();
        note(&mut ways);
        self.ways.set(ways);
    }
}
