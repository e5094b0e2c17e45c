//! Tasks, as `ps` showed them just before the dump.

use crate::lab::{Dump, SERIES, all, call, number, objects, text};
use spelunk_linux::helper::Value;
use spelunk_program::Program;
use std::collections::BTreeMap;

/// The tasks that the guest listed: by number, their process and name.
fn listed(dump: &Dump) -> BTreeMap<i128, (i128, String)> {
    dump.truth("tasks.tsv")
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split('\t');
            let mut number = || fields.next().unwrap().parse().unwrap();
            let (process, task) = (number(), number());
            (task, (process, fields.nth(2).unwrap().to_owned()))
        })
        .collect()
}

#[test]
fn tasks_are_those_that_the_guest_listed() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let tasks = objects(
            &program,
            call(&program, "for_each_task", vec![Value::None, false.into()]),
        );
        let found: BTreeMap<_, _> = tasks
            .iter()
            .map(|task| {
                let name = text(&program, task, "comm");
                (
                    number(&program, task, "pid"),
                    (number(&program, task, "tgid"), name),
                )
            })
            .collect();
        let listed = listed(&dump);
        // The commands that made the list have exited since; kernel threads come and go.
        let missing: Vec<_> = listed
            .iter()
            .filter(|(id, _)| !found.contains_key(id))
            .collect();
        assert!(missing.len() <= 3, "{series}: {missing:?}");
        let differ: Vec<_> = listed
            .iter()
            .filter(|(id, task)| {
                // A worker's name in /proc has what it does behind it.
                found.get(id).is_some_and(|found| {
                    found.0 != task.0 || !task.1.starts_with(&found.1[..found.1.len().min(7)])
                })
            })
            .collect();
        assert!(differ.is_empty(), "{series}: {differ:?}");
        assert!(found.len() >= listed.len() - missing.len(), "{series}");
        check_lookups(&program, &found.keys().copied().collect::<Vec<_>>());
        check_cpus(&program);
    }
}

fn check_lookups(program: &Program, ids: &[i128]) {
    for id in ids {
        let Value::Object(task) = call(program, "find_task", vec![Value::None, (*id).into()])
        else {
            panic!();
        };
        assert_eq!(number(program, &task, "pid"), *id);
        let thread = program.thread(u64::try_from(*id).unwrap()).unwrap();
        assert_eq!(
            thread.object.unwrap().to_u64(program).unwrap(),
            task.to_u64(program).unwrap()
        );
    }
    for id in [0, 1_i128 << 22] {
        let Value::Object(task) = call(program, "find_task", vec![Value::None, id.into()]) else {
            panic!();
        };
        assert_eq!(task.to_u64(program).unwrap(), 0, "{id}");
    }
    let mut threads = program.threads().unwrap();
    let mut count = 0;
    while threads.next(program).unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, ids.len());
}

fn check_cpus(program: &Program) {
    let cpus = all(program, call(program, "for_each_possible_cpu", vec![]));
    let online = all(program, call(program, "for_each_online_cpu", vec![]));
    // Kernel 5.10 takes the others offline when it panics.
    assert!(cpus.len() == 2 && (1..=2).contains(&online.len()));
    for cpu in 0..2i128 {
        let Value::Object(current) = call(program, "cpu_curr", vec![cpu.into()]) else {
            panic!();
        };
        let Value::Int(on) = call(program, "task_cpu", vec![current.clone().into()]) else {
            panic!();
        };
        assert_eq!(on, cpu);
        let Value::Str(state) = call(program, "task_state_to_char", vec![current.into()]) else {
            panic!();
        };
        assert_eq!(state, "R");
        let Value::Object(idle) = call(program, "idle_task", vec![cpu.into()]) else {
            panic!();
        };
        assert_eq!(text(program, &idle, "comm"), format!("swapper/{cpu}"));
    }
    let crashed = program.crashed_thread().unwrap();
    assert_eq!(crashed.tid, 1);
}
