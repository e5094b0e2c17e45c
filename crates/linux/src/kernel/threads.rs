//! Tasks as threads.

use crate::access::{member_value, variable};
use crate::helpers::{pid, sched};
use spelunk_memory::Snapshot;
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result, Thread, ThreadIter};
use spelunk_types::TypeData;

struct Threads(pid::Tasks);

impl ThreadIter for Threads {
    fn next(&mut self, program: &Program) -> Result<Option<Thread>> {
        let _snapshot = Snapshot::new();
        self.0
            .next_task(program)?
            .map(|task| thread(program, task))
            .transpose()
    }
}

fn thread(program: &Program, task: Object) -> Result<Thread> {
    Ok(Thread {
        tid: member_value(program, &task, "pid")?,
        object: Some(task),
    })
}

pub(super) fn all(program: &Program) -> Result<Box<dyn ThreadIter>> {
    let namespace = pid::initial_namespace(program)?;
    Ok(Box::new(Threads(pid::Tasks::new(
        program, &namespace, false,
    )?)))
}

pub(super) fn find(program: &Program, tid: u64) -> Result<Option<Thread>> {
    let namespace = pid::initial_namespace(program)?;
    let task = pid::find_task(program, &namespace, tid)?;
    if task.to_u64(program)? == 0 {
        return Ok(None);
    }
    thread(program, task).map(Some)
}

/// The task that runs on the CPU which panicked.
pub(super) fn crashed(program: &Program) -> Result<Thread> {
    // `panic_cpu` is set by panic() and by crash_kexec() for an oops; PANIC_CPU_INVALID is -1.
    let panic_cpu = variable(program, "panic_cpu")?.member(program, "counter")?;
    let cpu = u32::try_from(panic_cpu.to_i128(program)?)
        .map_err(|_| Error::lookup("panic_cpu is not set: the kernel did not crash"))?;
    thread(program, sched::cpu_curr(program, cpu)?)
}

pub(super) fn name(program: &Program, thread: &Thread) -> Result<Option<Vec<u8>>> {
    let Some(task) = &thread.object else {
        return Ok(None);
    };
    Ok(Some(task.member(program, "comm")?.string(program)?))
}

pub(super) fn of_object(program: &Program, object: &Object) -> Result<Option<Thread>> {
    let types = program.types();
    let mut ty = spelunk_object::unaliased(types, object.ty())?;
    let is_pointer = if let TypeData::Pointer { referenced, .. } = types.get(ty.id)?.data {
        ty = spelunk_object::unaliased(types, referenced)?;
        true
    } else {
        false
    };
    if types.get(ty.id)?.data.tag() != Some("task_struct") {
        return Ok(None);
    }
    let task = if is_pointer {
        object.read(program)?
    } else {
        object.address_of(program)?
    };
    thread(program, task).map(Some)
}
