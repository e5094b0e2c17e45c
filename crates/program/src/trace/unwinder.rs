//! From one call to its caller, and so on until there is no more.

use super::around::Inquiry;
use super::call::{Call, lookup_address};
use super::code;
use super::fallback;
use super::frame::FramePlace;
use super::stack::{At, Stack};
use super::{FoundBy, Frame, StackCopy, StackEnd, StackTrace, TailCallFrames};
use crate::{EntryFrame, InitialRegisters, Module, Program, Result};
use spelunk_base::Platform;
use spelunk_debuginfo::RowSource;
use spelunk_memory::AddressSpace;
use spelunk_unwind::{Memory, Registers, Row, StepError, Unreadable, step};
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

/// Calls that a trace has at most. The kernel's stacks are 16 KiB, a call takes 8 bytes or more;
/// a trace through several of them stays below.
pub(super) const MAX_CALLS: usize = 8192;

/// The program's memory, as unwinding sees it.
pub(super) struct StackMemory<'a> {
    program: &'a Program,
    copy: Option<&'a StackCopy>,
}

impl<'a> StackMemory<'a> {
    /// As it is now.
    pub(super) fn now(program: &'a Program) -> Self {
        Self {
            program,
            copy: None,
        }
    }

    /// As it was for the calls of `stack`.
    pub(super) fn of(program: &'a Program, stack: &'a Stack) -> Self {
        Self {
            program,
            copy: stack.copy.as_ref(),
        }
    }
}

impl Memory for StackMemory<'_> {
    fn read(&self, address: u64, buffer: &mut [u8]) -> std::result::Result<(), Unreadable> {
        let copied = self.copy.and_then(|copy| copy.find(address, buffer.len()));
        if let Some(bytes) = copied {
            buffer.copy_from_slice(bytes);
            return Ok(());
        }
        self.program
            .read_into(AddressSpace::Virtual, address, buffer)
            .map_err(|_| Unreadable { address })
    }
}

pub(super) struct Unwinder<'a> {
    program: &'a Program,
    platform: Platform,
    tail_calls: TailCallFrames,
    stack: Stack,
    /// Program counters and stack pointers that were there before.
    seen: HashSet<(u64, Option<u64>)>,
}

/// What a step came to.
enum Next {
    Caller(InitialRegisters, FoundBy),
    End(StackEnd),
}

impl<'a> Unwinder<'a> {
    pub(super) fn new(
        program: &'a Program,
        platform: Platform,
        tail_calls: TailCallFrames,
    ) -> Self {
        Self {
            program,
            platform,
            tail_calls,
            stack: Stack::default(),
            seen: HashSet::new(),
        }
    }

    /// The stack whose innermost call has these registers.
    pub(super) fn unwind(mut self, initial: InitialRegisters) -> Result<StackTrace> {
        let mut next = initial;
        let mut found_by = FoundBy::Registers;
        self.stack.copy = next.stack.take();
        let end = loop {
            self.program.cancel().check()?;
            let Some(pc) = next.registers.pc() else {
                break StackEnd::Lost {
                    reason: "the program counter is not known".into(),
                };
            };
            if !self.seen.insert((pc, next.registers.sp())) {
                break StackEnd::Loop;
            }
            if self.stack.calls.len() >= MAX_CALLS {
                break StackEnd::TooDeep;
            }
            let call = look_up(self.program, next, pc, found_by);
            let caller = self.caller_of(&call);
            self.stack.calls.push(Arc::new(call));
            match caller {
                Next::Caller(caller, by) => (next, found_by) = (caller, by),
                Next::End(end) => break end,
            }
        };
        Ok(self.finish(end))
    }

    /// The calls at these program counters, of which nothing else is known.
    pub(super) fn given(mut self, registers: &Registers, pcs: &[u64]) -> StackTrace {
        for pc in pcs {
            let start = InitialRegisters {
                registers: registers.clone(),
                interrupted: false,
                stack: None,
            };
            let call = look_up(self.program, start, *pc, FoundBy::Given);
            self.stack.calls.push(Arc::new(call));
        }
        self.finish(StackEnd::Given)
    }

    fn finish(self, end: StackEnd) -> StackTrace {
        let stack = Arc::new(self.stack);
        let inquiry = Inquiry::new(self.program, &stack);
        let mut frames = Vec::new();
        let mut push = |call: &Arc<Call>, at| {
            for scope in 0..call.scopes.len().max(1) {
                let place = FramePlace {
                    stack: Arc::clone(&stack),
                    at,
                    scope,
                };
                frames.push(Frame::new(frames.len(), Arc::clone(call), place));
            }
        };
        for (index, call) in stack.calls.iter().enumerate() {
            push(call, At { index, gone: 0 });
            if self.tail_calls == TailCallFrames::PutBack
                && let Ok(entered) = inquiry.entered(index)
            {
                for (gone, call) in (1..).zip(&entered.gone) {
                    push(call, At { index, gone });
                }
            }
        }
        StackTrace {
            frames,
            end,
            user: None,
        }
    }

    fn caller_of(&self, call: &Call) -> Next {
        let os = self.program.os();
        if os.is_some_and(|os| !os.is_own_frame(&call.registers)) {
            return Next::End(StackEnd::UserCode);
        }
        let memory = StackMemory::of(self.program, &self.stack);
        let Some((row, source)) = &call.row else {
            return match os.and_then(|os| os.entry_frame(self.program, &call.registers, &memory)) {
                Some(EntryFrame::Saved(registers)) => {
                    let state = InitialRegisters {
                        registers,
                        interrupted: true,
                        stack: None,
                    };
                    Next::Caller(state, FoundBy::Entry)
                }
                Some(EntryFrame::Called(registers)) => {
                    let state = InitialRegisters {
                        registers: self.without_signatures(registers),
                        interrupted: false,
                        stack: None,
                    };
                    Next::Caller(state, FoundBy::KnownCode)
                }
                Some(EntryFrame::OfUser) => Next::End(StackEnd::UserCode),
                Some(EntryFrame::Outermost) => Next::End(StackEnd::Outermost),
                None => self
                    .guess(&memory, call)
                    .unwrap_or(Next::End(StackEnd::NoUnwindInformation)),
            };
        };
        match step(&call.registers, row, self.platform, &memory) {
            Ok(Some(registers)) => {
                let state = InitialRegisters {
                    registers: self.without_signatures(registers),
                    interrupted: row.is_signal_frame,
                    stack: None,
                };
                Next::Caller(state, FoundBy::Table(*source))
            }
            Ok(None) => Next::End(StackEnd::Outermost),
            Err(error) => {
                // A guess before may have found a frame pointer, and no stack pointer.
                let guess = match error {
                    StepError::UnknownRegister(_) => self.guess(&memory, call),
                    _ => None,
                };
                guess.unwrap_or_else(|| {
                    Next::End(StackEnd::Lost {
                        reason: self.reason(&error),
                    })
                })
            }
        }
    }

    /// The caller where no row leads to it.
    fn guess(&self, memory: &StackMemory<'_>, call: &Call) -> Option<Next> {
        let guess = fallback::caller_of(self.program, memory, self.platform, call);
        let (registers, found_by) = guess?;
        let state = InitialRegisters {
            registers,
            interrupted: false,
            stack: None,
        };
        Some(Next::Caller(state, found_by))
    }

    /// The registers, with return addresses that are addresses.
    fn without_signatures(&self, mut registers: Registers) -> Registers {
        if let (Some(link), Some(os)) = (registers.arch().link_register, self.program.os()) {
            for register in [link, registers.arch().program_counter] {
                if let Some(address) = registers.get(register) {
                    registers.set(register, os.return_address(address));
                }
            }
        }
        registers
    }

    fn reason(&self, error: &StepError) -> String {
        match error {
            StepError::UnknownRegister(register) => {
                let arch = self.platform.arch();
                let info = arch.and_then(|arch| arch.registers.get(usize::from(register.0)));
                let name = info.and_then(|info| info.names.first());
                format!("register {} is not known", name.unwrap_or(&"?"))
            }
            StepError::ReturnAddress(error) => {
                format!("the return address is lost: {}", self.reason(error))
            }
            StepError::Memory(Unreadable { address }) => {
                // Memory itself says why.
                let mut byte = [0];
                let read = self
                    .program
                    .read_into(AddressSpace::Virtual, *address, &mut byte);
                read.map_or_else(|fault| fault.to_string(), |()| error.to_string())
            }
            error => error.to_string(),
        }
    }
}

/// What is known of the code at `pc`. Damaged debugging information is as good as none here: the
/// frame has fewer names, and the trace goes on.
pub(super) fn look_up(
    program: &Program,
    state: InitialRegisters,
    pc: u64,
    found_by: FoundBy,
) -> Call {
    let address = lookup_address(pc, state.interrupted);
    let module = address.and_then(|address| program.find_module(address));
    let mut call = Call {
        registers: state.registers,
        pc: Some(pc),
        interrupted: state.interrupted,
        module,
        row: None,
        found_by,
        scopes: Vec::new(),
        entered: OnceLock::new(),
        copies: OnceLock::new(),
    };
    if let (Some(address), Some(module)) = (address, &call.module) {
        call.row = find_row(program, module, address);
        if let Some(file) = module.debug_file() {
            call.scopes = file.debug().scopes(address).unwrap_or_default();
        }
    }
    if let (Some(address), Some((row, RowSource::Orc))) = (address, &mut call.row) {
        code::keep_untouched(program, address, row);
    }
    if let Some((row, _)) = &call.row {
        fallback::set_stack_pointer(&mut call.registers, row, call.interrupted);
    }
    call
}

/// The row by which to unwind at `address`: from a file, else from the program's memory.
fn find_row(program: &Program, module: &Module, address: u64) -> Option<(Row, RowSource)> {
    let files = [module.debug_file(), module.loaded_file()];
    let in_files = files.into_iter().flatten();
    let found = in_files
        .filter_map(|file| file.debug().find_row(address).ok())
        .find_map(|row| row);
    found.or_else(|| {
        let row = module.orc_table(program)?.find_row(address)?;
        Some((row, RowSource::Orc))
    })
}
