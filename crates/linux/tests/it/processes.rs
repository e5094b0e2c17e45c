//! Memory of processes, as `/proc/PID` showed it.

use crate::lab::{Dump, SERIES, call, number, objects};
use spelunk_linux::helper::Value;
use spelunk_object::Object;
use spelunk_program::Program;

/// The processes of which the guest tells more: init, and two that `pids` names.
fn listed(dump: &Dump) -> Vec<u64> {
    let pids = dump.truth("pids");
    let pids = pids.split_whitespace().filter_map(|word| {
        let (what, pid) = word.split_once('=').unwrap();
        ["files", "threads"]
            .contains(&what)
            .then(|| pid.parse().unwrap())
    });
    std::iter::once(1).chain(pids).collect()
}

/// Areas that more than half of the listed ones must be: a process goes on between the list and the dump.
#[test]
fn areas_are_those_that_the_guest_listed() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        for pid in listed(&dump) {
            let task = program.thread(pid).unwrap().object.unwrap();
            let mm = task
                .member(&*program, "mm")
                .unwrap()
                .read(&*program)
                .unwrap();
            let found: Vec<(u64, u64)> = objects(
                &program,
                call(&program, "for_each_vma", vec![mm.clone().into()]),
            )
            .iter()
            .map(|area| {
                let end = |member| number(&program, area, member) as u64;
                (end("vm_start"), end("vm_end"))
            })
            .collect();
            let listed: Vec<(u64, u64)> = dump
                .truth(&format!("pid-{pid}/maps"))
                .lines()
                .filter(|line| !line.ends_with("[vsyscall]"))
                .map(|line| {
                    let (range, _) = line.split_once(' ').unwrap();
                    let (start, end) = range.split_once('-').unwrap();
                    let hex = |text| u64::from_str_radix(text, 16).unwrap();
                    (hex(start), hex(end))
                })
                .collect();
            assert!(!listed.is_empty(), "{series}: {pid}");
            let missing: Vec<_> = listed.iter().filter(|area| !found.contains(area)).collect();
            assert!(
                missing.len() <= listed.len() / 4,
                "{series}: {pid}: {missing:x?}"
            );
            check_lookup(&program, &mm, &found);
        }
    }
}

fn check_lookup(program: &Program, mm: &Object, areas: &[(u64, u64)]) {
    for (start, end) in areas {
        for address in [*start, *end - 1] {
            let Value::Object(area) =
                call(program, "vma_find", vec![mm.clone().into(), address.into()])
            else {
                panic!();
            };
            assert_eq!(number(program, &area, "vm_start") as u64, *start);
        }
    }
    let Value::Object(none) = call(program, "vma_find", vec![mm.clone().into(), 0u64.into()])
    else {
        panic!();
    };
    assert_eq!(none.to_u64(program).unwrap(), 0);
}

#[test]
fn arguments_and_environment_are_those_that_the_guest_listed() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        for pid in listed(&dump) {
            let task = program.thread(pid).unwrap().object.unwrap();
            for helper in ["cmdline", "environ"] {
                let Value::List(texts) = call(&program, helper, vec![task.clone().into()]) else {
                    panic!("{series}: {pid}");
                };
                let mut joined = Vec::new();
                for text in texts {
                    let Value::Bytes(text) = text else { panic!() };
                    joined.extend(text);
                    joined.push(0);
                }
                let truth = dump.truth(&format!("pid-{pid}/{helper}"));
                assert_eq!(String::from_utf8_lossy(&joined), truth, "{series}: {pid}");
            }
        }
        let kthreadd = program.thread(2).unwrap().object.unwrap();
        assert!(matches!(
            call(&program, "cmdline", vec![kthreadd.into()]),
            Value::None
        ));
    }
}
