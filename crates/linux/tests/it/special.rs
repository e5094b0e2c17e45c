//! Objects that stand in no debugging information.

use crate::lab::{Dump, SERIES};
use spelunk_object::type_name;
use spelunk_program::ObjectKinds;

#[test]
fn special_objects_have_the_types_that_scripts_expect() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let program = &*program;
        let object = |name: &str| program.object(name, ObjectKinds::ANY, None).unwrap();
        let check = |name: &str, ty: &str, value: u64| {
            let object = object(name);
            assert_eq!(
                type_name(program.types(), object.ty()).unwrap(),
                ty,
                "{name}"
            );
            assert_eq!(object.to_u64(program).unwrap(), value, "{name}");
        };
        check("PAGE_SIZE", "unsigned long", 4096);
        check("PAGE_SHIFT", "int", 12);
        check("PAGE_MASK", "unsigned long", !4095);
        check("THREAD_SIZE", "unsigned long", 16384);
        check("MAX_PHYSMEM_BITS", "int", 46);
        check("SECTION_SIZE_BITS", "int", 27);
        let release = object("UTS_RELEASE");
        assert_eq!(release.string(program).unwrap(), dump.release().as_bytes());
        assert_eq!(
            release.len(program).unwrap(),
            dump.release().len() as u64 + 1
        );
        assert!(
            object("VMCOREINFO")
                .string(program)
                .unwrap()
                .starts_with(b"OSRELEASE=")
        );
        let vmemmap = object("vmemmap");
        assert_eq!(
            type_name(program.types(), vmemmap.ty()).unwrap(),
            "struct page *"
        );
        let jiffies = object("jiffies");
        assert_eq!(
            type_name(program.types(), jiffies.ty()).unwrap(),
            "volatile unsigned long"
        );
        let low = program.variable("jiffies_64", None).unwrap();
        assert_eq!(
            jiffies.to_u64(program).unwrap(),
            low.to_u64(program).unwrap()
        );
        for name in program.os().unwrap().object_names() {
            object(name);
        }
    }
}
