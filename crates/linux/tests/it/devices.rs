//! Devices, disks and networks, as `/proc` showed them.

use crate::lab::{Dump, SERIES, call, number, objects, text};
use spelunk_linux::helper::Value;
use spelunk_object::Object;
use spelunk_program::Program;

/// The address of the variable called `name`.
fn address_of(program: &Program, name: &str) -> Object {
    let variable = program.variable(name, None).unwrap();
    variable.address_of(program).unwrap()
}

fn bytes(value: Value) -> String {
    match value {
        Value::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn disks_and_partitions_are_those_of_proc_partitions() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let program = &*program;
        let number_and_name = |kind: &str, object: &Object| {
            let Value::Object(devt) = call(
                program,
                &format!("{kind}_devt"),
                vec![object.clone().into()],
            ) else {
                panic!()
            };
            let name = call(
                program,
                &format!("{kind}_name"),
                vec![object.clone().into()],
            );
            (devt.to_u64(program).unwrap(), bytes(name))
        };
        let of = |helper: &str, kind: &str| -> Vec<(u64, String)> {
            objects(program, call(program, helper, vec![]))
                .iter()
                .map(|object| number_and_name(kind, object))
                .collect()
        };
        let disks = of("for_each_disk", "disk");
        let partitions = of("for_each_partition", "part");
        // The guest has no partitioned disk.
        assert_eq!(disks, partitions, "{series}");
        let listed = dump.truth("partitions");
        let listed = listed.lines().skip(2).map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (major, minor): (u64, u64) = (words[0].parse().unwrap(), words[1].parse().unwrap());
            (major << 20 | minor, words[3].to_owned())
        });
        let mut count = 0;
        for partition in listed {
            assert!(partitions.contains(&partition), "{series}: {partition:?}");
            count += 1;
        }
        assert!(count > 3, "{series}");
    }
}

#[test]
fn network_devices_are_those_of_proc_net_dev() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let program = &*program;
        let devices = objects(program, call(program, "for_each_netdev", vec![Value::None]));
        let listed = dump.truth("net.dev");
        let listed: Vec<&str> = listed
            .lines()
            .skip(2)
            .map(|line| line.split(':').next().unwrap().trim())
            .collect();
        let names: Vec<String> = devices
            .iter()
            .map(|device| text(program, device, "name"))
            .collect();
        assert_eq!(names, listed, "{series}");
        for (device, name) in devices.iter().zip(&names) {
            let index = number(program, device, "ifindex");
            let by_name = vec![Value::None, Value::Bytes(name.clone().into_bytes())];
            for found in [
                call(program, "netdev_get_by_name", by_name),
                call(
                    program,
                    "netdev_get_by_index",
                    vec![Value::None, index.into()],
                ),
            ] {
                let Value::Object(found) = found else {
                    panic!()
                };
                let address = |object: &Object| object.to_u64(program).unwrap();
                assert_eq!(address(&found), address(device), "{series} {name}");
            }
        }
        let namespaces = objects(program, call(program, "for_each_net", vec![]));
        assert!(namespaces.len() > 1, "{series}");
    }
}

#[test]
fn a_bus_has_the_devices_that_proc_shows() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let program = &*program;
        let bus = address_of(program, "pci_bus_type");
        let mut names: Vec<String> =
            objects(program, call(program, "bus_for_each_dev", vec![bus.into()]))
                .into_iter()
                .map(|device| bytes(call(program, "dev_name", vec![device.into()])))
                .collect();
        names.sort_unstable();
        let listed = dump.truth("bus.pci.devices");
        let mut listed: Vec<String> = listed
            .lines()
            .map(|line| {
                let place = line.split_whitespace().next().unwrap();
                let place = u32::from_str_radix(place, 16).unwrap();
                // The bus, five bits of device, three bits of function.
                format!(
                    "0000:{:02x}:{:02x}.{}",
                    place >> 8,
                    place >> 3 & 31,
                    place & 7
                )
            })
            .collect();
        listed.sort_unstable();
        assert!(!listed.is_empty());
        assert_eq!(names, listed, "{series}");
    }
}

#[test]
fn nothing_belongs_to_a_class_that_is_not_there() {
    let (_, program) = Dump::open_panic("7.2");
    let program = &*program;
    // Any other structure is registered as no class.
    let other = address_of(program, "pci_bus_type");
    let class = program.variable("net_class", None).unwrap();
    let class = Object::at(class.ty(), other.to_u64(program).unwrap());
    let class = class.address_of(program).unwrap();
    assert!(
        objects(
            program,
            call(program, "class_for_each_device", vec![class.into()])
        )
        .is_empty()
    );
}
