//! All that can be asked of a program, asked without knowing what the answers should be.

use spelunk::linux::helper::{Args, Default, Front, Helper, ParamKind, Value};
use spelunk::object::type_name;
use spelunk::{FormatOptions, Object, ObjectKinds, Program, StackSource, StackTrace, Thread};
use std::collections::HashMap;

/// How much is asked.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Stack traces.
    pub(crate) threads: usize,
    /// Values of an iterator.
    pub(crate) values: usize,
    /// Objects of a type that are given to helpers.
    pub(crate) objects: usize,
}

impl Limits {
    pub(crate) const FEW: Self = Self {
        threads: 8,
        values: 16,
        objects: 1,
    };
    pub(crate) const MANY: Self = Self {
        threads: 40,
        values: 100,
        objects: 2,
    };
}

/// Asks for threads, their stacks and variables, and every helper. Answers may be errors; returns how
/// many were none.
pub(crate) fn ask(program: &Program, limits: Limits) -> usize {
    let mut asking = Asking {
        program,
        limits,
        objects: HashMap::new(),
        answers: 0,
    };
    asking.names();
    asking.threads();
    // What the first pass finds is what the second asks about.
    for _ in 0..2 {
        for helper in spelunk::linux::helpers() {
            asking.call(helper);
        }
    }
    asking.answers
}

/// Asks for a stack: its text, and what its variables hold.
pub(crate) fn ask_trace(program: &Program, trace: &StackTrace) -> usize {
    let _ = (trace.format(program), trace.end().to_string());
    let mut answers = 0;
    for frame in trace.frames() {
        let _ = (frame.format(program), frame.symbol(program));
        for name in frame.locals().unwrap_or_default() {
            if let Ok(object) = frame.get(program, &name) {
                answers += usize::from(object.format(program, &FormatOptions::default()).is_ok());
            }
        }
    }
    answers
}

struct Asking<'a> {
    program: &'a Program,
    limits: Limits,
    /// What was found, by the name of its type.
    objects: HashMap<String, Vec<Object>>,
    answers: usize,
}

impl Asking<'_> {
    fn names(&mut self) {
        let program = self.program;
        let _ = (program.flags(), program.symbols().map(|all| all.len()));
        for module in program.modules() {
            let _ = (module.address_ranges(), module.debug_file_status());
        }
        for name in [
            "init_task",
            "modules",
            "slab_caches",
            "init_pid_ns",
            "init_nsproxy",
            "vmap_area_root",
            "runqueues",
            "linux_banner",
            "saved_command_line",
        ] {
            let Ok(object) = program.object(name, ObjectKinds::ANY, None) else {
                continue;
            };
            let _ = object.string(program);
            if let Ok(pointer) = object.address_of(program) {
                self.keep(pointer);
            }
            self.keep(object);
        }
    }

    fn threads(&mut self) {
        let program = self.program;
        let crashed = program.crashed_thread().ok();
        let mut threads: Vec<Thread> = crashed.into_iter().collect();
        if let Ok(mut iter) = program.threads() {
            while let Ok(Some(thread)) = iter.next(program) {
                let _ = thread.name(program);
                threads.push(thread);
                assert!(threads.len() < 1 << 20, "threads have no end");
            }
        }
        self.answers += threads.len();
        // The last are processes, of which there is more to know.
        for thread in threads.iter().rev().take(self.limits.threads) {
            if let Ok(trace) = program.stack_trace(&StackSource::Thread(thread.clone())) {
                self.answers += ask_trace(program, &trace);
            }
            let Some(task) = &thread.object else {
                continue;
            };
            for name in ["mm", "files", "fs", "nsproxy", "cred", "sighand"] {
                if let Ok(member) = task.member(program, name) {
                    self.keep(member);
                }
            }
            self.keep(task.clone());
        }
    }

    /// Prints the object, and remembers it for helpers that want one of its type.
    fn keep(&mut self, object: Object) {
        let Ok(name) = type_name(self.program.types(), object.ty()) else {
            return;
        };
        let known = self.objects.entry(name).or_default();
        if known.len() >= self.limits.objects {
            return;
        }
        let text = object.format(self.program, &FormatOptions::default());
        self.answers += usize::from(text.is_ok());
        known.push(object);
    }

    fn call(&mut self, helper: &Helper) {
        let mut choices = vec![Vec::new()];
        if let Front::Namespace { .. } = helper.front {
            choices = vec![vec![Value::None]];
        }
        for param in helper.params {
            let values = || self.values(param.kind, param.default);
            choices = choices
                .into_iter()
                .flat_map(|args| {
                    values().into_iter().map(move |value| {
                        let mut args: Vec<Value> = args.iter().map(copy).collect();
                        args.push(value);
                        args
                    })
                })
                .take(4)
                .collect();
        }
        for args in choices {
            let Ok(value) = (helper.call)(self.program, &Args::new(args)) else {
                continue;
            };
            self.take(value);
        }
    }

    fn values(&self, kind: ParamKind, default: Default) -> Vec<Value> {
        match (default, kind) {
            (Default::None, _) => vec![Value::None],
            (Default::Bool(value), _) => vec![value.into()],
            (Default::Str(value), _) => vec![Value::Str(value.to_owned())],
            (_, ParamKind::Object(c_type)) => {
                let known = self
                    .objects
                    .get(c_type)
                    .or(self.objects.get("struct task_struct *"));
                known.map_or_else(Vec::new, |known| {
                    known.iter().cloned().map(Value::Object).collect()
                })
            }
            (_, ParamKind::Int) => {
                let task = self.objects.get("struct task_struct *");
                let task = task.and_then(|task| task.first()?.to_u64(self.program).ok());
                let task = Value::Int(task.unwrap_or(u64::MAX).into());
                vec![Value::Int(1), task]
            }
            (_, ParamKind::Str) => vec![Value::Str("tasks".to_owned())],
            (_, ParamKind::Type) => vec![Value::Str("struct task_struct".to_owned())],
            (_, ParamKind::Bytes | ParamKind::Path) => vec![Value::Str("task_struct".to_owned())],
            (_, ParamKind::Bool | ParamKind::BoolOr(_)) => vec![true.into()],
            (_, ParamKind::Callback(_) | ParamKind::Any(_) | ParamKind::File) => Vec::new(),
        }
    }

    fn take(&mut self, value: Value) {
        self.answers += 1;
        match value {
            Value::Object(object) => self.keep(object),
            Value::Tuple(values) | Value::List(values) | Value::Record(_, values) => {
                for value in values {
                    self.take(value);
                }
            }
            Value::Iter(mut iter) => {
                for _ in 0..self.limits.values {
                    match iter.next(self.program) {
                        Ok(Some(value)) => self.take(value),
                        _ => break,
                    }
                }
            }
            _ => {}
        }
    }
}

/// The same argument again.
fn copy(value: &Value) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(*value),
        Value::Int(value) => Value::Int(*value),
        Value::Str(value) => Value::Str(value.clone()),
        Value::Object(object) => Value::Object(object.clone()),
        _ => Value::None,
    }
}
