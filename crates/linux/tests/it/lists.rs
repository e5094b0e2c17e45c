//! Lists of other kinds than `struct list_head`, and what waits in them.

use crate::lab::{Dump, SERIES, all, call, objects};
use spelunk_linux::helper::Value;
use spelunk_object::{Object, lookup_type};
use spelunk_program::Program;

fn addresses(program: &Program, value: Value) -> Vec<u64> {
    let objects = objects(program, value);
    objects
        .iter()
        .map(|object| object.to_u64(program).unwrap())
        .collect()
}

fn flag(value: Value) -> bool {
    match value {
        Value::Bool(flag) => flag,
        other => panic!("{other:?}"),
    }
}

/// The pointer to what is at `address`, taken for a `ty`.
fn pointer(program: &Program, ty: &str, address: u64) -> Object {
    let ty = lookup_type(program, ty, None).unwrap();
    Object::at(ty, address).address_of(program).unwrap()
}

/// No sorted list of the dumps has entries, but its nodes are linked as those of others are.
#[test]
fn a_sorted_list_is_walked_as_the_list_in_it() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let modules = program.variable("modules", None).unwrap();
        let modules = modules.address_of(program).unwrap();
        let nodes = addresses(
            program,
            call(program, "list_for_each", vec![modules.clone().into()]),
        );
        let head = pointer(
            program,
            "struct plist_head",
            modules.to_u64(program).unwrap(),
        );
        let sorted = addresses(
            program,
            call(program, "plist_for_each", vec![head.clone().into()]),
        );
        let node = lookup_type(program, "struct plist_node", None).unwrap();
        let distance = Object::at(node, 0)
            .member(program, "node_list")
            .unwrap()
            .address()
            .unwrap();
        let expected: Vec<u64> = nodes
            .iter()
            .map(|node| node.wrapping_sub(distance))
            .collect();
        assert!(expected.len() > 3, "{series}");
        assert_eq!(sorted, expected, "{series}");
        assert!(
            !flag(call(program, "plist_head_empty", vec![head.into()])),
            "{series}"
        );
        let empty = program.variable("swap_active_head", None).unwrap();
        let empty = empty.address_of(program).unwrap();
        assert!(
            flag(call(program, "plist_head_empty", vec![empty.into()])),
            "{series}"
        );
    }
}

/// A hash list taken for a lockless one: both are chains that begin with `first`.
#[test]
fn a_lockless_list_is_walked_to_its_end() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let buckets = program.variable("inode_hashtable", None).unwrap();
        let mask = program.variable("i_hash_mask", None).unwrap();
        // How many lists with one node and with two were seen.
        let mut lengths = [0usize; 2];
        for index in 0..=mask.to_u64(program).unwrap().cast_signed() {
            if lengths.iter().all(|count| *count > 2) {
                break;
            }
            let bucket = buckets.index(program, index).unwrap();
            let bucket = bucket.address_of(program).unwrap();
            let expected = addresses(
                program,
                call(program, "hlist_for_each", vec![bucket.clone().into()]),
            );
            let head = pointer(
                program,
                "struct llist_head",
                bucket.to_u64(program).unwrap(),
            );
            let first = head.member(program, "first").unwrap();
            let found = addresses(program, call(program, "llist_for_each", vec![first.into()]));
            assert_eq!(found, expected, "{series}");
            let is = |helper| flag(call(program, helper, vec![head.clone().into()]));
            assert_eq!(is("llist_empty"), expected.is_empty(), "{series}");
            assert_eq!(is("llist_is_singular"), expected.len() == 1, "{series}");
            if let Some(length) = lengths.get_mut(expected.len().wrapping_sub(1)) {
                *length += 1;
            }
        }
        assert!(
            lengths.iter().all(|count| *count > 0),
            "{series}: {lengths:?}"
        );
    }
}

/// A process that waits for its children waits in its own queue.
#[test]
fn tasks_wait_where_they_say_they_do() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let mut waiting = 0;
        let mut kernel = 0;
        for task in objects(
            program,
            call(program, "for_each_task", vec![Value::None, false.into()]),
        ) {
            let queue = task
                .member(program, "signal")
                .unwrap()
                .member(program, "wait_chldexit")
                .unwrap();
            let queue = queue.address_of(program).unwrap();
            let tasks = addresses(
                program,
                call(
                    program,
                    "waitqueue_for_each_task",
                    vec![queue.clone().into()],
                ),
            );
            let is_active = flag(call(program, "waitqueue_active", vec![queue.into()]));
            assert_eq!(is_active, !tasks.is_empty(), "{series}");
            if is_active {
                assert!(tasks.contains(&task.to_u64(program).unwrap()), "{series}");
                waiting += 1;
            }
            if flag(call(program, "task_is_kthread", vec![task.clone().into()])) {
                kernel += 1;
                let mm = task.member(program, "mm").unwrap();
                assert_eq!(mm.to_u64(program).unwrap(), 0, "{series}");
            }
        }
        assert!(waiting > 0 && kernel > 10, "{series}: {waiting} {kernel}");
    }
}

#[test]
fn nodes_are_those_of_a_machine_without_any() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        for helper in ["for_each_node", "for_each_online_node"] {
            let nodes = all(&program, call(&program, helper, vec![]));
            assert!(
                matches!(nodes.as_slice(), [Value::Int(0)]),
                "{series} {helper}"
            );
        }
    }
}
