//! Modules, as `/proc/modules` and `/sys/module` showed them.

use crate::lab::{Dump, SERIES, call, objects, text};
use spelunk_linux::LinuxKernel;
use spelunk_program::{ModuleInfo, Os};
use std::collections::BTreeMap;

#[test]
fn modules_are_where_the_guest_saw_them() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let names: Vec<String> = objects(&program, call(&program, "for_each_module", vec![]))
            .iter()
            .map(|module| text(&program, module, "name"))
            .collect();
        let listed = dump.truth("modules");
        let listed_names: Vec<&str> = listed
            .lines()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        assert_eq!(names, listed_names, "{series}");

        let mut found: BTreeMap<String, ModuleInfo> = BTreeMap::new();
        LinuxKernel::of(&program)
            .unwrap()
            .loaded_modules(&program, &mut |info| {
                found.insert(info.name.clone(), info);
            })
            .unwrap();
        for line in listed.lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let address = u64::from_str_radix(fields[5].trim_start_matches("0x"), 16).unwrap();
            let info = &found[fields[0]];
            let size: u64 = info
                .address_ranges
                .iter()
                .map(|range| range.end - range.start)
                .sum();
            assert_eq!(size, fields[1].parse::<u64>().unwrap(), "{series}: {line}");
            assert!(
                info.address_ranges
                    .iter()
                    .any(|range| range.start == address),
                "{series}: {line}"
            );
            assert!(info.build_id.is_some(), "{series}: {line}");
        }
        for line in dump.truth("module-sections").lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [module, section, address] = fields[..] else {
                panic!("{line}");
            };
            let address = u64::from_str_radix(address.trim_start_matches("0x"), 16).unwrap();
            let sections = &found[module].section_addresses;
            assert_eq!(sections.find(section), Some(address), "{series}: {line}");
        }
    }
}
