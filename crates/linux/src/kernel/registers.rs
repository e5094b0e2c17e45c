//! The registers that a task's stack is unwound from.

use super::LinuxKernel;
use super::arch::Compat;
use crate::access::{
    find_member, find_variable, member_value, read, read_bytes, type_named, variable,
};
use crate::helpers::{cpumask, percpu, sched};
use spelunk_base::ByteOrder;
use spelunk_base::arch::Arch;
use spelunk_elf::constants::NT_PRSTATUS;
use spelunk_elf::{NoteAlignment, Notes};
use spelunk_memory::Snapshot;
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, InitialRegisters, Os, Program, Result, StackCopy, Thread};
use spelunk_unwind::Registers;
use std::ops::Range;

pub(super) fn initial(
    kernel: &LinuxKernel,
    program: &Program,
    thread: &Thread,
) -> Result<InitialRegisters> {
    let task = thread
        .object
        .as_ref()
        .ok_or_else(|| Error::value("thread has no task"))?;
    let arch = kernel.platform.arch().ok_or_else(|| kernel.no_arch())?;
    let is_live = kernel.machine.is_live();
    let may_run = sched::task_on_cpu(program, task)? || is_live && is_queued(program, task)?;
    if !may_run {
        return sleeping(kernel, program, arch, task);
    }
    // Looked up while the machine runs on.
    let stack = is_live.then(|| task_stack(program, task)).transpose()?;
    let _still = kernel.machine.pause()?;
    // Another may have got the CPU meanwhile.
    Snapshot::renew();
    let mut state = match sched::task_on_cpu(program, task)? {
        true => {
            let cpu = sched::task_cpu(program, task)?;
            InitialRegisters {
                registers: running(kernel, program, arch, cpu, thread.tid)?,
                interrupted: true,
                stack: None,
            }
        }
        false => sleeping(kernel, program, arch, task)?,
    };
    if let Some(stack) = stack {
        state.stack = copy_stacks(kernel, program, &state.registers, stack);
    }
    Ok(state)
}

/// Whether a task may get a CPU at any time: it is on a run queue.
fn is_queued(program: &Program, task: &Object) -> Result<bool> {
    match find_member(program, task, "on_rq")? {
        Some(queued) => Ok(queued.truth(program)?),
        // Without it there is no such scheduler.
        None => Ok(false),
    }
}

/// The stack on which the kernel works for a task.
fn task_stack(program: &Program, task: &Object) -> Result<Range<u64>> {
    let start = member_value(program, task, "stack")?;
    let size = variable(program, "THREAD_SIZE")?.to_u64(program)?;
    Ok(start..start.wrapping_add(size))
}

/// The registers of a task that ran on `cpu` when the dump was made.
fn running(
    kernel: &LinuxKernel,
    program: &Program,
    arch: &'static Arch,
    cpu: u32,
    tid: u64,
) -> Result<Registers> {
    let parse = |status: &[u8]| {
        let order = kernel.platform.byte_order;
        Registers::parse(arch, &arch.prstatus, order, status)
    };
    let known = match kernel.machine.cpu_registers(cpu, arch)? {
        Some(registers) => Some(registers),
        // What the kernel saved itself when it crashed tells of which CPU it is.
        None => match find_crash_note(program, kernel.platform.byte_order, cpu)? {
            Some(status) => Some(parse(&status)),
            None => find_status_by_order(kernel, program, arch, cpu, tid)?.map(parse),
        },
    };
    known.ok_or_else(|| no_registers(kernel, cpu))
}

fn no_registers(kernel: &LinuxKernel, cpu: u32) -> Error {
    match kernel.machine.is_live() {
        true => Error::value(format!(
            "cannot unwind the stack of a running task: nothing tells the registers of CPU {cpu}"
        )),
        false => Error::lookup(format!(
            "the dump has no registers of CPU {cpu}, on which the task ran"
        )),
    }
}

/// What is on the stacks of a CPU that will run on: the one that it is on, those for interrupts that it came from, and
/// that of its task, which all these go back to.
fn copy_stacks(
    kernel: &LinuxKernel,
    program: &Program,
    registers: &Registers,
    of_task: Range<u64>,
) -> Option<StackCopy> {
    /// One for interrupts, and one for what they leave for later.
    const MOST: usize = 2;
    let previous = |sp: &u64| (kernel.arch?.previous_stack)(program, *sp);
    let top = registers.sp()?;
    let mut copy = StackCopy::new(top, read_stack(program, top));
    let before = std::iter::successors(previous(&top), previous).take(MOST);
    for start in before.chain(std::iter::once(of_task.start)) {
        if copy.find(start, 1).is_none() && !(start == of_task.start && of_task.contains(&top)) {
            copy = copy.and(start, read_stack(program, start));
        }
    }
    Some(copy)
}

/// What is on a stack from `top` on: all there is, up to more than any kernel stack has.
fn read_stack(program: &Program, top: u64) -> Vec<u8> {
    const MOST: u64 = 32 << 10;
    const PAGE: u64 = 4 << 10;
    let mut bytes = Vec::new();
    let mut address = top;
    while address.wrapping_sub(top) < MOST {
        // Pages one by one: behind the stack may be none.
        let size = PAGE.wrapping_sub(address % PAGE);
        let Ok(page) = read_bytes(program, address, size) else {
            break;
        };
        bytes.extend(page);
        address = address.wrapping_add(size);
    }
    bytes
}

/// The note in the kernel's own memory: `crash_save_cpu()` in `kernel/crash_core.c`.
fn find_crash_note(program: &Program, order: ByteOrder, cpu: u32) -> Result<Option<Vec<u8>>> {
    /// `CRASH_CORE_NOTE_BYTES` is less.
    const SIZE: usize = 512;
    let Some(notes) = find_variable(program, "crash_notes")? else {
        return Ok(None);
    };
    if notes.to_u64(program)? == 0 {
        return Ok(None);
    }
    let note = percpu::per_cpu_ptr(program, &notes.read(program)?, cpu)?;
    let mut bytes = [0; SIZE];
    match read(program, note.to_u64(program)?, &mut bytes) {
        Err(error) if error.is_fault() => return Ok(None),
        other => other?,
    }
    let status = Notes::new(&bytes, order, NoteAlignment::Four)
        .take_while(|note| note.kind.0 != 0)
        .find(|note| note.name == b"CORE" && note.kind == NT_PRSTATUS)
        .map(|note| note.desc.to_vec());
    Ok(status)
}

/// The dump's note for `cpu`, when the kernel's memory does not hold it: all CPUs that are there wrote one, or one
/// says that it is of the task.
fn find_status_by_order<'a>(
    kernel: &'a LinuxKernel,
    program: &Program,
    arch: &'static Arch,
    cpu: u32,
    tid: u64,
) -> Result<Option<&'a [u8]>> {
    let statuses = kernel.machine.statuses();
    let pid = |status: &[u8]| arch.find_prstatus_pid(status, kernel.platform.byte_order);
    if tid != 0
        && let Some(status) = statuses.iter().find(|status| pid(status) == Some(tid))
    {
        return Ok(Some(status));
    }
    if statuses.is_empty() {
        return Ok(None);
    }
    let present: Vec<u32> = cpumask::cpu_present_mask(program)?.cpus(program)?.collect();
    if statuses.len() != present.len() {
        return Ok(None);
    }
    let index = present.iter().position(|present| *present == cpu);
    Ok(index.and_then(|index| statuses.get(index).copied()))
}

/// The registers of the user's code that a task will go on with, or that it runs; those of `compat`, if its process is
/// of that machine.
pub(super) fn of_user(
    kernel: &LinuxKernel,
    program: &Program,
    thread: &Thread,
    compat: Option<&Compat>,
) -> Result<Registers> {
    let arch = kernel.platform.arch().ok_or_else(|| kernel.no_arch())?;
    let known = kernel.arch.ok_or_else(|| kernel.no_arch())?;
    let task = thread.object.as_ref();
    let task = task.ok_or_else(|| Error::value("thread has no task"))?;
    let runs = sched::task_on_cpu(program, task)?;
    let now = match runs {
        true => initial(kernel, program, thread).ok(),
        false => None,
    };
    if let Some(now) = &now
        && !kernel.is_own_frame(&now.registers)
    {
        return Ok(match compat {
            Some(compat) => compat.convert(&now.registers),
            None => now.registers.clone(),
        });
    }
    // `task_pt_regs()`: entries from user code begin the task's stack.
    let stack = task_stack(program, task)?;
    let layout = sizeof(program.types(), type_named(program, "struct pt_regs")?)?;
    let order = kernel.platform.byte_order;
    let sp = now.as_ref().and_then(|now| now.registers.sp());
    if sp.is_some_and(|sp| (stack.end.wrapping_sub(layout)..=stack.end).contains(&sp)) {
        return Err(Error::lookup(
            "the processor had just entered the kernel, which had not saved the user's registers yet",
        ));
    }
    for padding in known.user_entry.padding {
        let end = stack.end.wrapping_sub(*padding);
        let bytes = read_bytes(program, end.wrapping_sub(layout), layout)?;
        let mut registers = Registers::parse(arch, &arch.pt_regs, order, &bytes);
        if let Some(compat) = compat {
            if (compat.is_of_user)(&registers) {
                return Ok(compat.convert(&registers));
            }
            continue;
        }
        if !(known.user_entry.is_of_user)(&registers) {
            continue;
        }
        for (register, member) in known.user_entry.thread_registers {
            // The processor has them while the task runs.
            let value = match now.as_ref().and_then(|now| now.registers.get(*register)) {
                Some(value) => value,
                None => member_value(program, &task.member(program, "thread")?, member)?,
            };
            registers.set(*register, value);
        }
        return Ok(registers);
    }
    Err(Error::lookup(
        "the task has not entered the kernel from code that is understood: its stack does not begin with \
         the registers of such",
    ))
}

/// The registers of a task that does not run.
fn sleeping(
    kernel: &LinuxKernel,
    program: &Program,
    arch: &'static Arch,
    task: &Object,
) -> Result<InitialRegisters> {
    let find = kernel.arch.ok_or_else(|| kernel.no_arch())?.sleeping;
    // `release_task_stack()` in kernel/fork.c: a task that is dead but not reaped has no stack. Its last one may belong
    // to others by now, and is believed only if the scheduler's caller still stands there.
    let is_free = member_value(program, task, "stack")? == 0;
    let has_exited = |sp| Error::fault("the task has exited and its stack is freed", sp);
    let saved = find(program, arch, task).map_err(|error| match is_free && error.is_fault() {
        true => has_exited(0),
        false => error,
    })?;
    let is_intact = || {
        saved.on_stack.is_some_and(|caller| {
            program
                .find_symbol(kernel.return_address(caller))
                .is_ok_and(|symbol| symbol.is_some())
        })
    };
    if is_free && !is_intact() {
        return Err(has_exited(saved.registers.sp().unwrap_or(0)));
    }
    Ok(InitialRegisters {
        stack: None,
        registers: saved.registers,
        interrupted: false,
    })
}
