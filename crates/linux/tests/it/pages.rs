//! Page frames.

use crate::lab::{Dump, SERIES, all, call};
use spelunk_linux::helper::Value;
use spelunk_program::Program;

fn value(program: &Program, helper: &str, args: Vec<Value>) -> u64 {
    match call(program, helper, args) {
        Value::Object(object) => object.to_u64(program).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pages_frames_and_addresses_lead_to_each_other() {
    for series in SERIES {
        let (_, program) = Dump::open_panic(series);
        let program = &*program;
        let ranges = all(program, call(program, "for_each_valid_page_range", vec![]));
        let last = program
            .variable("max_pfn", None)
            .unwrap()
            .to_u64(program)
            .unwrap();
        let mut total = 0;
        let mut covered = false;
        for range in ranges {
            let Value::Tuple(range) = range else { panic!() };
            let [Value::Int(start), Value::Int(end), Value::Object(_)] = &range[..] else {
                panic!()
            };
            covered |= (*start..*end).contains(&i128::from(last - 1));
            total += end - start;
        }
        assert!(covered, "{series}");
        let pages = all(program, call(program, "for_each_page", vec![]));
        assert_eq!(pages.len() as i128, total, "{series}");

        let init = program
            .thread(1)
            .unwrap()
            .object
            .unwrap()
            .to_u64(program)
            .unwrap();
        let physical = value(program, "virt_to_phys", vec![init.into()]);
        assert_eq!(value(program, "phys_to_virt", vec![physical.into()]), init);
        let Value::Object(page) = call(program, "virt_to_page", vec![init.into()]) else {
            panic!()
        };
        let page_args = || vec![page.clone().into()];
        assert_eq!(value(program, "page_to_pfn", page_args()), physical >> 12);
        assert_eq!(value(program, "page_to_virt", page_args()), init & !0xfff);
        assert_eq!(
            value(program, "page_to_phys", page_args()),
            physical & !0xfff
        );
        let pfn = value(program, "virt_to_pfn", vec![init.into()]);
        assert_eq!(
            value(program, "pfn_to_page", vec![pfn.into()]),
            page.to_u64(program).unwrap()
        );
        assert!(
            matches!(call(program, "PageSlab", page_args()), Value::Bool(true)),
            "{series}"
        );
        // The kernel's image is mapped elsewhere, too.
        let init_task = program.variable("init_task", None).unwrap();
        let image = init_task.address().unwrap();
        let physical = value(program, "virt_to_phys", vec![image.into()]);
        let direct = value(program, "phys_to_virt", vec![physical.into()]);
        assert_ne!(direct, image);
        let comm = |base: u64| {
            let task = spelunk_object::Object::at(init_task.ty(), base);
            task.member(program, "comm")
                .unwrap()
                .string(program)
                .unwrap()
        };
        assert_eq!(comm(direct), comm(image));
    }
}
