//! How a function was entered: by which call, and through which tail calls.

use super::FoundBy;
use super::around::Inquiry;
use super::call::Call;
use super::code::CallInstruction;
use super::stack::At;
use super::tail_calls::TailStep;
use super::unwinder::{StackMemory, look_up};
use crate::{InitialRegisters, Program};
use spelunk_base::Platform;
use spelunk_debuginfo::{CallSite, CallTarget, DieId};
use std::sync::Arc;

/// How the function of a call was entered.
#[derive(Clone)]
pub(super) struct Entered {
    /// The calls between this one and the next one that is there: each function ended in a jump to
    /// the one before it. Innermost first.
    pub(super) gone: Vec<Arc<Call>>,
    /// In each of them, and last in the next call that is there, the call site that led here, if
    /// debugging information has it.
    sites: Vec<Option<DieId>>,
}

impl Entered {
    /// The call site in the caller of the call that has lost `gone` of its own.
    pub(super) fn site(&self, gone: usize) -> Option<DieId> {
        *self.sites.get(gone)?
    }
}

impl Inquiry<'_> {
    /// How the function of call `index` was entered.
    pub(super) fn entered(&self, index: usize) -> Result<&Entered, &'static str> {
        let call = self.stack.calls.get(index).ok_or("there is no such call")?;
        let known = match call.entered.get() {
            Some(known) => known,
            None => {
                let outer = self.is_entering.replace(true);
                let found = self.find_entry(index, call);
                self.is_entering.set(outer);
                call.entered.get_or_init(|| found)
            }
        };
        known.as_ref().map_err(|reason| *reason)
    }

    fn find_entry(&self, index: usize, callee: &Call) -> Result<Entered, &'static str> {
        let caller_at = At {
            index: index.saturating_add(1),
            gone: 0,
        };
        let caller = self
            .stack
            .call(caller_at)
            .ok_or("its caller is not known")?;
        if caller.interrupted {
            return Err("it was not called: what it interrupted goes on afterwards");
        }
        let (scope, file) = callee
            .function()
            .ok_or("debugging information does not have the function")?;
        let calls = file.debug().function_calls(scope);
        let entry = calls.ok().and_then(|calls| calls.entry);
        let entry = entry.ok_or("debugging information does not say where the function starts")?;
        let site = self.call_site(caller);
        let steps = self.steps(caller_at, caller, site.as_ref().ok(), entry)?;
        let mut entered = Entered {
            gone: Vec::new(),
            sites: Vec::new(),
        };
        for step in steps.iter().rev() {
            let call = gone_call(self.program, caller, step);
            entered.gone.push(Arc::new(call));
            entered.sites.push(Some(step.site.die));
        }
        entered.sites.push(site.ok().map(|site| site.die));
        Ok(entered)
    }

    /// The tail calls from what `caller` called to the function at `entry`.
    fn steps(
        &self,
        at: At,
        caller: &Call,
        site: Option<&CallSite>,
        entry: u64,
    ) -> Result<Vec<TailStep>, &'static str> {
        let tail_calls = &self.program.tail_calls;
        let told = site.and_then(|site| self.target(at, caller, site));
        let target = told.or_else(|| {
            let found = self.with_instruction(at, |call| call.target())?;
            // Of what was read from memory, that it is what is on the stack shows that it has not
            // changed.
            (!found.is_from_memory || found.address == entry).then_some(found.address)
        });
        let steps = || {
            let target = target.ok_or("it is not known what the caller called")?;
            tail_calls.chain(self.program, target, entry)
        };
        let Some(function) = self.system_call(at) else {
            return steps();
        };
        // The dispatcher may jump to any system call: which one it was spares looking at the others.
        let from = target.unwrap_or(function);
        let through = tail_calls.chain_through(self.program, from, function, entry);
        through.or_else(|reason| steps().map_err(|_| reason))
    }

    /// The function of the system call that the call `at` is the kernel's dispatcher of.
    fn system_call(&self, at: At) -> Option<u64> {
        let dispatcher = self.stack.calls.len().checked_sub(3)?;
        let entry = self.system_call_entry()?;
        if at.index != dispatcher {
            return None;
        }
        let os = self.program.os()?;
        os.system_call(self.program, &entry.registers)
    }

    /// The kernel's first call, right inside of the user's.
    fn system_call_entry(&self) -> Option<&Call> {
        let [.., dispatcher, entry, user] = &*self.stack.calls else {
            return None;
        };
        let is_call = !dispatcher.interrupted && !entry.interrupted;
        let is_of_user = !self.program.os()?.is_own_frame(&user.registers);
        (is_call && is_of_user).then_some(entry)
    }

    /// Looks at the instruction that made the call `at` what it is.
    pub(super) fn with_instruction<R>(
        &self,
        at: At,
        look: impl FnOnce(&CallInstruction<'_>) -> Option<R>,
    ) -> Option<R> {
        let call = self.stack.call(at)?;
        let calls = call
            .function()
            .and_then(|(scope, file)| file.debug().function_calls(scope).ok());
        let pt_regs = self.system_call_entry().and_then(|entry| {
            self.program
                .os()?
                .system_call(self.program, &entry.registers)?;
            let start = entry.registers.sp()?;
            let size = entry.registers.arch().pt_regs.size;
            Some(start..start.checked_add(u64::try_from(size).ok()?)?)
        });
        look(&CallInstruction {
            program: self.program,
            memory: StackMemory::of(self.program, self.stack),
            returns_to: call.pc.filter(|_| !call.interrupted)?,
            registers: &call.registers,
            entry: calls.and_then(|calls| calls.entry),
            at_entry: &|register| self.register_at_entry(at, register, 8),
            saved: pt_regs.unwrap_or(0..0),
            thread_pointer: self.thread_pointer(),
        })
    }

    /// Where `fs` is of the thread of a process.
    fn thread_pointer(&self) -> Option<u64> {
        let is_process = !self.program.os()?.is_kernel();
        let registers = &self.stack.calls.first().filter(|_| is_process)?.registers;
        registers.get(spelunk_base::arch::x86_64::FS_BASE)
    }

    /// The call that `call` is in.
    pub(super) fn call_site(&self, call: &Call) -> Result<CallSite, &'static str> {
        let missing = "debugging information does not have the call";
        let (scope, file) = call.function().ok_or(missing)?;
        let calls = file.debug().function_calls(scope);
        let calls = calls.map_err(|_| "debugging information of the caller is damaged")?;
        let pc = call.pc.filter(|_| !call.interrupted).ok_or(missing)?;
        calls.find_returning_to(pc).copied().ok_or(missing)
    }

    /// The address of the function that was called.
    fn target(&self, at: At, caller: &Call, site: &CallSite) -> Option<u64> {
        if site.target != CallTarget::Computed {
            let module = caller.module.as_deref()?;
            return self.program.call_target(module, site);
        }
        let (scope, file) = caller.function()?;
        let target = self.with_state(at, true, |state| {
            file.debug().call_target(site.die, scope, state)
        });
        Some(target?.ok()??.ok()?.to_u64())
    }
}

/// The call that `step` was, between a call and its caller `caller`. Before the jump, the function
/// had put all back that it must preserve, as its caller finds it.
fn gone_call(program: &Program, caller: &Call, step: &TailStep) -> Call {
    let mut registers = caller.registers.clone();
    let arch = registers.arch();
    registers.forget(arch.program_counter);
    if let Some(sp) = caller.registers.sp() {
        let returns = program.platform().map_or(0, pushed_by_call);
        registers.set(arch.stack_pointer, sp.wrapping_sub(returns));
    }
    let state = InitialRegisters {
        registers,
        interrupted: false,
        stack: None,
    };
    look_up(
        program,
        state,
        step.site.place.return_address(),
        FoundBy::CallSites,
    )
}

/// Bytes of the return address that a call pushes.
pub(super) fn pushed_by_call(platform: Platform) -> u64 {
    match platform.arch() {
        Some(arch) if arch.link_register.is_none() => platform.address_size().into(),
        _ => 0,
    }
}
