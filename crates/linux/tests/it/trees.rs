//! Red-black trees and lists, walked and searched as a front end does.

use crate::lab::{Dump, SERIES, call, number, objects};
use spelunk_linux::helper::{Callback, Value};
use spelunk_object::Object;
use spelunk_program::{Error, Program};
use std::sync::Arc;

const AREA: &str = "struct vmap_area";

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// Compares a number, or an area's start, with an area's start.
struct ByStart;

impl Callback for ByStart {
    fn call(&self, program: &Program, arguments: Vec<Value>) -> Result<Value, Error> {
        let start = |object: &Object| number(program, object, "va_start");
        let left = match &arguments[0] {
            Value::Foreign(key) => *key.downcast_ref::<i128>().unwrap(),
            Value::Object(area) => start(area),
            other => panic!("{other:?}"),
        };
        let Value::Object(right) = &arguments[1] else {
            panic!()
        };
        Ok((left - start(right)).into())
    }
}

fn callback() -> Value {
    Value::Callback(Arc::new(ByStart))
}

#[test]
fn a_tree_is_walked_in_order_and_searched() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let root = program.variable("free_vmap_area_root", None).unwrap();
        let root = root.address_of(program).unwrap();
        let entries = |helper| {
            let args = vec![AREA.into(), root.clone().into(), "rb_node".into()];
            objects(program, call(program, helper, args))
        };
        let areas = entries("rbtree_inorder_for_each_entry");
        assert!(areas.len() > 3, "{series}: {}", areas.len());
        let starts: Vec<i128> = areas
            .iter()
            .map(|area| number(program, area, "va_start"))
            .collect();
        assert!(starts.is_sorted(), "{series}");
        let mut preorder: Vec<i128> = entries("rbtree_preorder_for_each_entry")
            .iter()
            .map(|area| number(program, area, "va_start"))
            .collect();
        preorder.sort_unstable();
        assert_eq!(preorder, starts, "{series}");

        let find = |key: i128| {
            object(call(
                program,
                "rb_find",
                vec![
                    AREA.into(),
                    root.clone().into(),
                    "rb_node".into(),
                    Value::Foreign(Arc::new(key)),
                    callback(),
                ],
            ))
        };
        for (area, start) in areas.iter().zip(&starts) {
            let found = find(*start).to_u64(program).unwrap();
            assert_eq!(found, area.to_u64(program).unwrap(), "{series}");
        }
        assert_eq!(find(starts[0] + 1).to_u64(program).unwrap(), 0);

        let mut node = object(call(program, "rb_first", vec![root.clone().into()]));
        let mut forwards = 0;
        let mut last = node.clone();
        while node.to_u64(program).unwrap() != 0 {
            forwards += 1;
            last = node.clone();
            node = object(call(program, "rb_next", vec![node.into()]));
        }
        assert_eq!(forwards, areas.len());
        let end = object(call(program, "rb_last", vec![root.clone().into()]));
        assert_eq!(end.to_u64(program).unwrap(), last.to_u64(program).unwrap());

        let check = |ty: &str| {
            let helper = spelunk_linux::helpers()
                .iter()
                .find(|helper| helper.name == "validate_rbtree")
                .unwrap();
            let args = vec![
                ty.into(),
                root.clone().into(),
                "rb_node".into(),
                callback(),
                false.into(),
            ];
            (helper.call)(program, &spelunk_linux::helper::Args::new(args))
        };
        check(AREA).unwrap();
    }
}

#[test]
fn lists_agree_in_both_directions() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let head = program
            .variable("modules", None)
            .unwrap()
            .address_of(program)
            .unwrap();
        let names = |helper| -> Vec<u64> {
            let args = vec!["struct module".into(), head.clone().into(), "list".into()];
            let modules = objects(program, call(program, helper, args));
            modules
                .iter()
                .map(|module| module.to_u64(program).unwrap())
                .collect()
        };
        let forwards = names("list_for_each_entry");
        let mut backwards = names("list_for_each_entry_reverse");
        backwards.reverse();
        assert!(forwards.len() > 5);
        assert_eq!(forwards, backwards, "{series}");
        assert_eq!(forwards, names("validate_list_for_each_entry"));
        let Value::Int(count) = call(
            program,
            "validate_list_count_nodes",
            vec![head.clone().into()],
        ) else {
            panic!();
        };
        assert_eq!(count, forwards.len() as i128);
        let args = || vec![head.clone().into(), "struct module".into(), "list".into()];
        let first = object(call(program, "list_first_entry", args()));
        assert_eq!(first.to_u64(program).unwrap(), forwards[0]);
        let second = object(call(
            program,
            "list_next_entry",
            vec![first.into(), "list".into()],
        ));
        assert_eq!(second.to_u64(program).unwrap(), forwards[1]);
    }
}
