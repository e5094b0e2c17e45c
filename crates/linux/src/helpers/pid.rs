//! Process IDs and tasks: `include/linux/pid.h`, `include/linux/sched/signal.h`.

use super::cpumask::cpu_possible_mask;
use super::entry::Entries as Containers;
use super::list::Nodes;
use super::sched::idle_task;
use super::xarray::{self, Idr};
use crate::access::{Field, has_member, pointer, pointer_type, type_named, variable};
use crate::helper::{
    Args, Default, Front, Helper, HelperIter, HelperModule, Output, Param, ParamKind, Value,
};
use spelunk_object::Object;
use spelunk_program::{Program, Result};

/// `PIDTYPE_PID` in `enum pid_type`.
const PIDTYPE_PID: u64 = 0;

/// `struct pid_namespace *` of the first process.
pub fn initial_namespace(program: &Program) -> Result<Object> {
    Ok(variable(program, "init_pid_ns")?.address_of(program)?)
}

/// The PIDs of `namespace`.
fn ids(program: &Program, namespace: &Object) -> Result<Idr> {
    // Since 4.15; the hash table that kernels had before is not read.
    let idr = namespace.member(program, "idr")?.address_of(program)?;
    Idr::new(program, &idr)
}

/// The `struct pid *` of number `pid` in `namespace`, or NULL.
pub fn find_pid(program: &Program, namespace: &Object, pid: u64) -> Result<Object> {
    let address = ids(program, namespace)?.find(program, pid)?;
    pointer(program, type_named(program, "struct pid")?, address)
}

/// From a PID to its tasks, prepared.
struct PidLayout {
    tasks: Field,
    /// Size of a list's head.
    step: u64,
    entries: Containers,
}

impl PidLayout {
    fn new(program: &Program, pid_type: u64) -> Result<Self> {
        let task = type_named(program, "struct task_struct")?;
        // Until 4.19, each task had an array of nodes that also said of which PID.
        let node = if has_member(program, task, "pid_links")? {
            format!("pid_links[{pid_type}]")
        } else {
            format!("pids[{pid_type}].node")
        };
        Ok(Self {
            tasks: Field::of(program, "struct pid", "tasks")?,
            step: Field::of(program, "struct pid", "tasks[0]")?.size,
            entries: Containers::new(program, task, &node)?,
        })
    }

    /// The first task with the PID at `pid`; NULL if there is none.
    fn task(&self, program: &Program, pid: u64, pid_type: u64) -> Result<Object> {
        if pid == 0 {
            return self.entries.null(program);
        }
        let head = self
            .tasks
            .at(pid)
            .wrapping_add(pid_type.wrapping_mul(self.step));
        // `struct hlist_head` is one pointer, to the first node.
        match crate::access::read_word(program, head)? {
            0 => self.entries.null(program),
            node => self.entries.containing(program, node),
        }
    }
}

/// The first task that `pid` (a `struct pid *`) is of, as the `pid_type` says; NULL if there is none.
pub fn pid_task(program: &Program, pid: &Object, pid_type: u64) -> Result<Object> {
    PidLayout::new(program, pid_type)?.task(program, pid.to_u64(program)?, pid_type)
}

/// The task of number `pid` in `namespace`, or NULL.
pub fn find_task(program: &Program, namespace: &Object, pid: u64) -> Result<Object> {
    pid_task(program, &find_pid(program, namespace, pid)?, PIDTYPE_PID)
}

/// The tasks of a namespace, in the order of their numbers.
pub struct Tasks {
    /// CPUs whose idle tasks come first.
    idle: std::vec::IntoIter<u32>,
    pids: xarray::Entries,
    layout: PidLayout,
}

impl Tasks {
    /// The tasks of `namespace`; `idle` says whether those of number 0 are among them, one for each CPU.
    pub fn new(program: &Program, namespace: &Object, idle: bool) -> Result<Self> {
        let cpus = if idle {
            cpu_possible_mask(program)?.cpus(program)?.collect()
        } else {
            Vec::new()
        };
        Ok(Self {
            idle: cpus.into_iter(),
            pids: ids(program, namespace)?.entries.into_entries(),
            layout: PidLayout::new(program, PIDTYPE_PID)?,
        })
    }

    /// The next one.
    pub fn next_task(&mut self, program: &Program) -> Result<Option<Object>> {
        if let Some(cpu) = self.idle.next() {
            return idle_task(program, cpu).map(Some);
        }
        while let Some((_, pid)) = self.pids.next_entry(program)? {
            // Reserved numbers have no `struct pid` yet.
            if pid & 3 != 0 {
                continue;
            }
            let task = self.layout.task(program, pid, PIDTYPE_PID)?;
            if task.to_u64(program)? != 0 {
                return Ok(Some(task));
            }
        }
        Ok(None)
    }
}

impl HelperIter for Tasks {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_task(program)?.map(Value::Object))
    }
}

/// The tasks of a task's thread group.
pub struct Group {
    itself: Option<Object>,
    nodes: Nodes,
    entries: Containers,
    /// The node of the task itself, where the list has a head apart.
    skip: u64,
}

impl Group {
    /// Those of the group of `task`, which is among them, first, if `include_self` says so.
    pub fn new(program: &Program, task: &Object, include_self: bool) -> Result<Self> {
        let ty = type_named(program, "struct task_struct")?;
        let signal = task.member(program, "signal")?;
        let itself = include_self.then(|| task.read(program)).transpose()?;
        let node = task.member(program, "thread_node")?.address_of(program)?;
        let head = signal.member(program, "thread_head")?.address_of(program)?;
        // Since 3.14 the group's list has its head in `struct signal_struct`.
        Ok(Self {
            itself,
            nodes: Nodes::of_list(program, &head, false)?,
            entries: Containers::new(program, ty, "thread_node")?,
            skip: node.to_u64(program)?,
        })
    }
}

impl Group {
    /// The next one.
    pub fn next_task(&mut self, program: &Program) -> Result<Option<Object>> {
        if let Some(itself) = self.itself.take() {
            return Ok(Some(itself));
        }
        while let Some(node) = self.nodes.next_address(program)? {
            if node != self.skip {
                return self.entries.containing(program, node).map(Some);
            }
        }
        Ok(None)
    }
}

impl HelperIter for Group {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_task(program)?.map(Value::Object))
    }
}

/// `struct pid *` objects of a namespace.
struct Pids {
    pids: xarray::Entries,
    pointer: spelunk_types::QualifiedType,
}

impl HelperIter for Pids {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        while let Some((_, pid)) = self.pids.next_entry(program)? {
            if pid & 3 == 0 {
                return Ok(Some(
                    crate::access::integer(program, self.pointer, pid)?.into(),
                ));
            }
        }
        Ok(None)
    }
}

/// The namespace that the helper was given, or the initial one.
fn namespace(program: &Program, args: &Args) -> Result<Object> {
    match args.optional_object(0)? {
        Some(namespace) => Ok(namespace.clone()),
        None => initial_namespace(program),
    }
}

fn pid_number(args: &Args, index: usize) -> Result<u64> {
    args.unsigned(index, "number of a process")
}

const NAMESPACE: Front = Front::Namespace {
    name: "ns",
    c_type: "struct pid_namespace *",
};
const PID: Param = Param::int("pid", "The number, as seen in the namespace.");
const TASK: Output = Output::Returns(
    "Object",
    "``struct task_struct *``, ``NULL`` if there is none",
);
const TASKS: Output = Output::Returns("Iterator[Object]", "``struct task_struct *`` objects");

const MODULE: HelperModule = HelperModule("pid");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "find_pid",
        NAMESPACE,
        &[PID],
        Output::Returns("Object", "``struct pid *``, ``NULL`` if there is none"),
        "Return the structure for a process ID.",
        |program, args| {
            let namespace = namespace(program, args)?;
            Ok(find_pid(program, &namespace, pid_number(args, 1)?)?.into())
        },
    ),
    MODULE.helper(
        "find_task",
        NAMESPACE,
        &[PID],
        TASK,
        "Return the task with a process ID (that of a thread, as the kernel counts).",
        |program, args| {
            let namespace = namespace(program, args)?;
            Ok(find_task(program, &namespace, pid_number(args, 1)?)?.into())
        },
    ),
    MODULE.helper(
        "for_each_pid",
        NAMESPACE,
        &[],
        Output::Returns("Iterator[Object]", "``struct pid *`` objects"),
        "Iterate over the process IDs of a namespace, those of sessions and groups without a process too.",
        |program, args| {
            let namespace = namespace(program, args)?;
            let pid = type_named(program, "struct pid")?;
            Ok(Value::iter(Pids {
                pids: ids(program, &namespace)?.entries.into_entries(),
                pointer: pointer_type(program, pid)?,
            }))
        },
    ),
    MODULE.helper(
        "for_each_task",
        NAMESPACE,
        &[Param::new(
            "idle",
            ParamKind::Bool,
            "Whether to begin with the idle tasks (number 0), of which each CPU has one.",
        )
        .or(Default::Bool(false))
        .keyword()],
        TASKS,
        "Iterate over the tasks that can be seen in a namespace, threads too.",
        |program, args| {
            let namespace = namespace(program, args)?;
            Ok(Value::iter(Tasks::new(program, &namespace, args.bool(1)?)?))
        },
    ),
    MODULE.helper(
        "for_each_task_in_group",
        Front::Nothing,
        &[
            Param::object("task", "struct task_struct *"),
            Param::new(
                "include_self",
                ParamKind::Bool,
                "Whether *task* itself comes, too, first.",
            )
            .or(Default::Bool(false)),
        ],
        TASKS,
        "Iterate over the threads of the process that a task belongs to.",
        |program, args| {
            let task = args.object(0)?;
            Ok(Value::iter(Group::new(program, task, args.bool(1)?)?))
        },
    ),
    MODULE.helper(
        "pid_task",
        Front::Nothing,
        &[
            Param::object("pid", "struct pid *"),
            Param::int(
                "pid_type",
                "``enum pid_type``: what the task is to the PID.",
            ),
        ],
        TASK,
        "Return the (first) task that a process ID belongs to.",
        |program, args| Ok(pid_task(program, args.object(0)?, args.address(1)?)?.into()),
    ),
];
