//! Queues of tasks that wait: `include/linux/wait.h`, `include/linux/swait.h`, `include/linux/completion.h`.

use super::entry::Entries;
use super::list::{self, Nodes, list_empty};
use crate::access::{Field, find_member, member_value, pointer, read_word, type_named};
use crate::helper::{Front, Helper, HelperIter, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// How a queue is laid out.
struct Layout {
    /// The member of the queue that is the head of its list.
    head: &'static str,
    /// The type of an entry.
    entry: &'static str,
    /// The member of an entry that is the node.
    node: &'static str,
    /// The member of an entry that is the task.
    task: &'static str,
}

/// `wait_queue_head_t`, as it is since 4.13.
const WAIT: Layout = Layout {
    head: "head",
    entry: "wait_queue_entry_t",
    node: "entry",
    task: "private",
};

/// `struct swait_queue_head`
const SIMPLE: Layout = Layout {
    head: "task_list",
    entry: "struct swait_queue",
    node: "task_list",
    task: "task",
};

impl Layout {
    /// The list of `queue`: a `struct list_head *`.
    fn list(&self, program: &Program, queue: &Object) -> Result<Object> {
        Ok(queue.member(program, self.head)?.address_of(program)?)
    }

    fn tasks(&self, program: &Program, queue: &Object) -> Result<Value> {
        let entry = type_named(program, self.entry)?;
        Ok(Value::iter(Tasks {
            nodes: Nodes::of_list(program, &self.list(program, queue)?, false)?,
            entries: Entries::new(program, entry, self.node)?,
            field: Field::new(program, entry, self.task)?,
            task: type_named(program, "struct task_struct")?,
        }))
    }
}

/// The tasks in a queue.
struct Tasks {
    nodes: Nodes,
    entries: Entries,
    /// Where an entry says its task.
    field: Field,
    task: QualifiedType,
}

impl HelperIter for Tasks {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(node) = self.nodes.next_address(program)? else {
            return Ok(None);
        };
        let task = read_word(program, self.field.at(self.entries.address(node)))?;
        Ok(Some(pointer(program, self.task, task)?.into()))
    }
}

const QUEUE: Param = Param::object("wq", "wait_queue_head_t *");
const COMPLETION: Param = Param::object("completion", "struct completion *");
const TASKS: Output = Output::Returns("Iterator[Object]", "``struct task_struct *`` objects");

const COMPLETION_MODULE: HelperModule = HelperModule("completion");
const WAIT_MODULE: HelperModule = HelperModule("wait");

pub(super) static HELPERS: &[Helper] = &[
    WAIT_MODULE.helper(
        "waitqueue_active",
        Front::Nothing,
        &[QUEUE],
        Output::Returns("bool", ""),
        "Return whether anything waits in a queue.",
        |program, args| Ok((!list_empty(program, &WAIT.list(program, args.object(0)?)?)?).into()),
    ),
    WAIT_MODULE.helper(
        "waitqueue_for_each_entry",
        Front::Nothing,
        &[QUEUE],
        Output::Returns("Iterator[Object]", "``wait_queue_entry_t *`` objects"),
        "Iterate over the entries of a queue.",
        |program, args| {
            let entry = type_named(program, WAIT.entry)?;
            let head = WAIT.list(program, args.object(0)?)?;
            list::entries(program, entry, &head, WAIT.node)
        },
    ),
    WAIT_MODULE.helper(
        "waitqueue_for_each_task",
        Front::Nothing,
        &[QUEUE],
        TASKS,
        "Iterate over the tasks that wait in a queue.\n\nThat is the ``private`` member of each entry. Entries whose function is not the usual one may keep something else there, which is then no task.",
        |program, args| WAIT.tasks(program, args.object(0)?),
    ),
    COMPLETION_MODULE.helper(
        "completion_done",
        Front::Nothing,
        &[COMPLETION],
        Output::Returns("bool", ""),
        "Return whether a completion is done, so that nobody has to wait for it.",
        |program, args| Ok((member_value(program, args.object(0)?, "done")? != 0).into()),
    ),
    COMPLETION_MODULE.helper(
        "completion_for_each_task",
        Front::Nothing,
        &[COMPLETION],
        TASKS,
        "Iterate over the tasks that wait for a completion.",
        |program, args| {
            let queue = args.object(0)?.member(program, "wait")?;
            // A simple queue since 5.7.
            let layout = match find_member(program, &queue, SIMPLE.head)? {
                Some(_) => &SIMPLE,
                None => &WAIT,
            };
            layout.tasks(program, &queue)
        },
    ),
];
