//! The slab allocator, as `/proc/slabinfo` showed it.

use crate::lab::{Dump, SERIES, call, objects, text};
use spelunk_linux::helper::Value;
use std::collections::HashSet;

#[test]
fn tasks_are_the_allocated_objects_of_their_cache() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let Value::Object(cache) = call(program, "find_slab_cache", vec!["task_struct".into()])
        else {
            panic!("{series}");
        };
        let args = vec![cache.clone().into(), "struct task_struct".into()];
        let allocated = objects(
            program,
            call(program, "slab_cache_for_each_allocated_object", args),
        );
        let allocated: HashSet<u64> = allocated
            .iter()
            .map(|task| task.to_u64(program).unwrap())
            .collect();
        let tasks = objects(
            program,
            call(program, "for_each_task", vec![Value::None, false.into()]),
        );
        for task in &tasks {
            let address = task.to_u64(program).unwrap();
            assert!(allocated.contains(&address), "{series}: {address:#x}");
            let inside = address + 100;
            let Value::Record(_, fields) = call(program, "slab_object_info", vec![inside.into()])
            else {
                panic!("{series}: {address:#x}");
            };
            let [Value::Object(of), _, Value::Int(start), Value::Bool(in_use)] = &fields[..] else {
                panic!("{fields:?}");
            };
            assert_eq!(of.to_u64(program).unwrap(), cache.to_u64(program).unwrap());
            assert_eq!((*start, *in_use), (i128::from(address), true), "{series}");
        }
        // Exited tasks wait for RCU, and each other CPU has an idle task.
        assert!(
            allocated.len() < tasks.len() + 12,
            "{series}: {}",
            allocated.len()
        );
        let image = program
            .variable("init_task", None)
            .unwrap()
            .address()
            .unwrap();
        for nowhere in [0, image, u64::MAX] {
            let info = call(program, "slab_object_info", vec![nowhere.into()]);
            assert!(matches!(info, Value::None), "{series}: {nowhere:#x}");
        }
    }
}

/// Every area of an address space is an object in use, and every object in use is such an area: not one that is free
/// but kept aside for a CPU.
#[test]
fn objects_that_are_kept_aside_are_not_in_use() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let mut spaces = HashSet::new();
        let mut areas = 0;
        for task in objects(
            program,
            call(program, "for_each_task", vec![Value::None, false.into()]),
        ) {
            let space = task.member(program, "mm").unwrap().read(program).unwrap();
            let address = space.to_u64(program).unwrap();
            if address != 0 && spaces.insert(address) {
                areas += objects(program, call(program, "for_each_vma", vec![space.into()])).len();
            }
        }
        let Value::Object(cache) = call(program, "find_slab_cache", vec!["vm_area_struct".into()])
        else {
            panic!("{series}");
        };
        let args = vec![cache.into(), "struct vm_area_struct".into()];
        let in_use = objects(
            program,
            call(program, "slab_cache_for_each_allocated_object", args),
        );
        assert_eq!(in_use.len(), areas, "{series}");
    }
}

#[test]
fn caches_have_the_objects_that_the_guest_counted() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let program = &*program;
        let caches = objects(program, call(program, "for_each_slab_cache", vec![]));
        let truth = dump.truth("slabinfo");
        let mut checked = 0;
        for cache in &caches {
            let name = text(program, cache, "name");
            let Some(line) = truth
                .lines()
                .find(|line| line.split(' ').next() == Some(&name))
            else {
                continue;
            };
            let fields: Vec<u64> = line
                .split_whitespace()
                .skip(1)
                .map_while(|field| field.parse().ok())
                .collect();
            let Value::Int(per_slab) = call(
                program,
                "slab_cache_objects_per_slab",
                vec![cache.clone().into()],
            ) else {
                panic!();
            };
            let Value::Int(pages) = call(
                program,
                "slab_cache_pages_per_slab",
                vec![cache.clone().into()],
            ) else {
                panic!();
            };
            assert_eq!(
                (per_slab as u64, pages as u64),
                (fields[3], fields[4]),
                "{series}: {name}"
            );
            checked += 1;
        }
        assert!(checked > 50, "{series}: {checked}");
    }
}
