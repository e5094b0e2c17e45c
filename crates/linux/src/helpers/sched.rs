//! The scheduler: `include/linux/sched.h`, `kernel/sched/sched.h`.

use super::percpu::per_cpu;
use crate::access::{any_member, find_member, member_value, variable};
use crate::helper::{Front, Helper, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};

/// The number of the CPU that `task` runs on, or ran on last.
pub fn task_cpu(program: &Program, task: &Object) -> Result<u32> {
    let cpu = if let Some(info) = find_member(program, task, "thread_info")?
        // Since 5.16 on all architectures with CONFIG_THREAD_INFO_IN_TASK.
        && let Some(cpu) = find_member(program, &info, "cpu")?
    {
        cpu
    } else if let Some(cpu) = find_member(program, task, "cpu")? {
        cpu
    } else {
        match find_member(program, &task_thread_info(program, task)?, "cpu")? {
            Some(cpu) => cpu,
            // Without CONFIG_SMP there is one.
            None => return Ok(0),
        }
    };
    let cpu = cpu.to_u64(program)?;
    u32::try_from(cpu).map_err(|_| Error::other(format!("damaged task: it is on CPU {cpu}")))
}

/// Whether `task` runs.
pub fn task_on_cpu(program: &Program, task: &Object) -> Result<bool> {
    match find_member(program, task, "on_cpu")? {
        Some(on_cpu) => Ok(on_cpu.truth(program)?),
        // Without CONFIG_SMP: the task that the one run queue says.
        None => {
            let current = cpu_curr(program, 0)?.to_u64(program)?;
            Ok(current == task.to_u64(program)?)
        }
    }
}

/// `struct thread_info *` of `task`.
pub fn task_thread_info(program: &Program, task: &Object) -> Result<Object> {
    // With CONFIG_THREAD_INFO_IN_TASK, since 4.9, else at the end of the stack.
    match find_member(program, task, "thread_info")? {
        Some(info) => Ok(info.address_of(program)?),
        None => {
            let stack = task.member(program, "stack")?;
            let info = crate::access::type_named(program, "struct thread_info")?;
            Ok(stack.cast(program, crate::access::pointer_type(program, info)?)?)
        }
    }
}

/// The run queue of `cpu`: a `struct rq`.
fn run_queue(program: &Program, cpu: u32) -> Result<Object> {
    per_cpu(program, &variable(program, "runqueues")?, cpu)
}

/// The task that runs on `cpu`.
pub fn cpu_curr(program: &Program, cpu: u32) -> Result<Object> {
    Ok(run_queue(program, cpu)?
        .member(program, "curr")?
        .read(program)?)
}

/// The task that runs on `cpu` when nothing else does.
pub fn idle_task(program: &Program, cpu: u32) -> Result<Object> {
    Ok(run_queue(program, cpu)?
        .member(program, "idle")?
        .read(program)?)
}

/// The words for the states of tasks, `S (sleeping)`, in the order of their bits: `task_state_array` in
/// `fs/proc/array.c`.
fn state_words(program: &Program) -> Result<Object> {
    variable(program, "task_state_array")
}

/// The word for the state of `task`: `__task_state_index()` in `include/linux/sched.h`.
pub fn task_state(program: &Program, task: &Object) -> Result<Vec<u8>> {
    /// `TASK_IDLE`: `TASK_UNINTERRUPTIBLE | TASK_NOLOAD`.
    const IDLE: u64 = 0x402;
    const UNINTERRUPTIBLE: u64 = 2;
    /// `TASK_RTLOCK_WAIT` and `TASK_FROZEN` (both in 6.1's `include/linux/sched.h`, not in 5.10's), which show as
    /// uninterruptible. Kernels before never set these bits.
    const WAITS: u64 = 0x1000 | 0x8000;

    let words = state_words(program)?;
    let count = words.len(program)?;
    // The first word is for no bit, the last for an idle task, which has no bit of its own.
    let report = 1u64
        .checked_shl(u32::try_from(count).unwrap_or(0).saturating_sub(2))
        .unwrap_or(0);
    // Since 5.14 with underscores.
    let state = any_member(program, task, &["__state", "state"])?.to_u64(program)?;
    let exit_state = member_value(program, task, "exit_state")?;
    let index = if state & IDLE == IDLE {
        count.saturating_sub(1)
    } else {
        let mut bits = (state | exit_state) & report.wrapping_sub(1);
        if state & WAITS != 0 {
            bits = UNINTERRUPTIBLE;
        }
        u64::from(64u32.saturating_sub(bits.leading_zeros()))
    };
    let word = words.index(program, i64::try_from(index).unwrap_or(0))?;
    Ok(word.string(program)?)
}

/// The letter for the state of `task`, as `ps` shows it.
pub fn task_state_to_char(program: &Program, task: &Object) -> Result<char> {
    let word = task_state(program, task)?;
    Ok(word.first().copied().map_or('?', char::from))
}

/// The load of the last 1, 5 and 15 minutes.
fn load_average(program: &Program) -> Result<Vec<Value>> {
    /// `FIXED_1` in `include/linux/sched/loadavg.h`
    const ONE: f64 = 2048.0;
    let averages = variable(program, "avenrun")?;
    (0..3)
        .map(|index| {
            let average = averages.index(program, index)?.to_u64(program)?;
            Ok(Value::Float(average as f64 / ONE))
        })
        .collect()
}

/// How long ago, by the clock of the run queue, `task` was put on a CPU last.
fn since_last_arrival(program: &Program, task: &Object) -> Result<i128> {
    let info = task.member(program, "sched_info")?;
    let arrival = info.member(program, "last_arrival")?.to_i128(program)?;
    let queue = run_queue(program, task_cpu(program, task)?)?;
    let now = queue.member(program, "clock")?.to_i128(program)?;
    Ok(now.saturating_sub(arrival))
}

const TASK: Param = Param::object("task", "struct task_struct *");
const CPU: Param = Param::int("cpu", "CPU number.");
const TASK_RESULT: Output = Output::Returns("Object", "``struct task_struct *``");
const RUN_QUEUE: Output = Output::Returns("Object", "``struct rq *``");

const MODULE: HelperModule = HelperModule("sched");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "task_cpu",
        Front::Nothing,
        &[TASK],
        Output::Returns("int", ""),
        "Return the number of the CPU that a task runs on, or ran on last.",
        |program, args| Ok(task_cpu(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "task_on_cpu",
        Front::Nothing,
        &[TASK],
        Output::Returns("bool", ""),
        "Return whether a task runs on a CPU right now.",
        |program, args| Ok(task_on_cpu(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "task_rq",
        Front::Nothing,
        &[TASK],
        RUN_QUEUE,
        "Return the run queue of the CPU that a task runs on, or ran on last.",
        |program, args| {
            let queue = run_queue(program, task_cpu(program, args.object(0)?)?)?;
            Ok(queue.address_of(program)?.into())
        },
    ),
    MODULE.helper(
        "task_thread_info",
        Front::Nothing,
        &[TASK],
        Output::Returns("Object", "``struct thread_info *``"),
        "Return what the architecture keeps of a task.",
        |program, args| Ok(task_thread_info(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "cpu_curr",
        Front::Program,
        &[CPU],
        TASK_RESULT,
        "Return the task that runs on a CPU.\n\n>>> cpu_curr(1).comm\n(char [16])\"swapper/1\"",
        |program, args| Ok(cpu_curr(program, args.cpu(0)?)?.into()),
    ),
    MODULE.helper(
        "cpu_rq",
        Front::Program,
        &[CPU],
        RUN_QUEUE,
        "Return the run queue of a CPU.",
        |program, args| {
            let queue = run_queue(program, args.cpu(0)?)?;
            Ok(queue.address_of(program)?.into())
        },
    ),
    MODULE.helper(
        "idle_task",
        Front::Program,
        &[CPU],
        TASK_RESULT,
        "Return the task that runs on a CPU when no other does. Its number is 0, its name ``swapper``.",
        |program, args| Ok(idle_task(program, args.cpu(0)?)?.into()),
    ),
    MODULE.helper(
        "task_state_to_char",
        Front::Nothing,
        &[TASK],
        Output::Returns("str", ""),
        "Return the state of a task as the letter that :manpage:`ps(1)` shows: ``R`` for one that runs or is ready to, ``S`` for one that sleeps...",
        |program, args| {
            let state = task_state_to_char(program, args.object(0)?)?;
            Ok(Value::Str(state.into()))
        },
    ),
    MODULE.helper(
        "get_task_state",
        Front::Nothing,
        &[TASK],
        Output::Returns("str", "letter and word: ``S (sleeping)``"),
        "Return the state of a task as :file:`/proc/{pid}/status` shows it.",
        |program, args| {
            let state = task_state(program, args.object(0)?)?;
            Ok(String::from_utf8_lossy(&state).into_owned().into())
        },
    ),
    MODULE.helper(
        "thread_group_leader",
        Front::Nothing,
        &[TASK],
        Output::Returns("bool", ""),
        "Return whether a task is the first thread of its process.",
        |program, args| {
            Ok((args
                .object(0)?
                .member(program, "exit_signal")?
                .to_i128(program)?
                >= 0)
                .into())
        },
    ),
    MODULE.helper(
        "loadavg",
        Front::Program,
        &[],
        Output::Returns(
            "Tuple[float, float, float]",
            "of the last 1, 5 and 15 minutes",
        ),
        "Return the load averages of the system.",
        |program, _| Ok(Value::Tuple(load_average(program)?)),
    ),
    MODULE.helper(
        "task_since_last_arrival_ns",
        Front::Nothing,
        &[TASK],
        Output::Returns("int", "nanoseconds"),
        "Return how long ago a task was put on its CPU last, by the clock of the CPU's run queue.\n\nThat clock stands still while the CPU has nothing to do, or the same task runs all the time. Needs ``CONFIG_SCHED_INFO``.",
        |program, args| Ok(since_last_arrival(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "sched_entity_is_task",
        Front::Nothing,
        &[Param::object("se", "struct sched_entity *")],
        Output::Returns("bool", ""),
        "Return whether what is scheduled is a task, and not a group of them.",
        |program, args| {
            // Only with CONFIG_FAIR_GROUP_SCHED there are groups.
            let queue = find_member(program, args.object(0)?, "my_q")?;
            Ok(match queue {
                Some(queue) => queue.to_u64(program)? == 0,
                None => true,
            }
            .into())
        },
    ),
    MODULE.helper(
        "sched_entity_to_task",
        Front::Nothing,
        &[Param::object("se", "struct sched_entity *")],
        TASK_RESULT,
        "Return the task that is scheduled as an entity which is one; see :func:`sched_entity_is_task()`.",
        |program, args| {
            let task = crate::access::type_named(program, "struct task_struct")?;
            Ok(args.object(0)?.container_of(program, task, "se")?.into())
        },
    ),
];
