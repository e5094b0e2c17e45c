//! Threads of the kernel: `kernel/kthread.c`.

use crate::access::{find_member, member_value, pointer_type, type_named};
use crate::helper::{Front, Helper, HelperModule, Output, Param};
use spelunk_object::Object;
use spelunk_program::{Program, Result};

/// Whether `task` is a thread of the kernel.
pub fn task_is_kthread(program: &Program, task: &Object) -> Result<bool> {
    /// `PF_KTHREAD` in `include/linux/sched.h`
    const KTHREAD: u64 = 0x20_0000;
    Ok(member_value(program, task, "flags")? & KTHREAD != 0)
}

/// What the kernel knows of its thread `task`: a `struct kthread *`.
pub fn to_kthread(program: &Program, task: &Object) -> Result<Object> {
    // A member of its own in 6.1; in 5.10, one that only threads of processes have another use for.
    let place = match find_member(program, task, "worker_private")? {
        Some(place) => place,
        None => task.member(program, "set_child_tid")?,
    };
    let kthread = pointer_type(program, type_named(program, "struct kthread")?)?;
    Ok(place.cast(program, kthread)?)
}

const TASK: Param = Param::object("task", "struct task_struct *");

const MODULE: HelperModule = HelperModule("kthread");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "task_is_kthread",
        Front::Nothing,
        &[TASK],
        Output::Returns("bool", ""),
        "Return whether a task is a thread of the kernel.",
        |program, args| Ok(task_is_kthread(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "to_kthread",
        Front::Nothing,
        &[TASK],
        Output::Returns("Object", "``struct kthread *``"),
        "Return what the kernel knows of a thread of its own.",
        |program, args| Ok(to_kthread(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "kthread_data",
        Front::Nothing,
        &[TASK],
        Output::Returns("Object", "``void *``"),
        "Return what the function of a thread of the kernel was given.",
        |program, args| {
            let kthread = to_kthread(program, args.object(0)?)?;
            Ok(kthread.member(program, "data")?.read(program)?.into())
        },
    ),
];
