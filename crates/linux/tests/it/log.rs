//! The kernel's log, as `dmesg` showed it just before the dump.

use crate::lab::{Dump, SERIES, call};
use spelunk_linux::helper::Value;

#[test]
fn the_log_begins_as_the_guest_showed_it() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let Value::Bytes(log) = call(&program, "get_dmesg", vec![true.into()]) else {
            panic!();
        };
        let log = String::from_utf8_lossy(&log).into_owned();
        let truth = dump.truth("dmesg");
        let mut lines = log.lines();
        for (number, line) in truth.lines().enumerate() {
            // `dmesg` repeats the time on every line of a message.
            let continued = line.split_once("] ").map(|(_, text)| text);
            let ours = lines.next();
            let place = number + 1;
            assert!(
                ours == Some(line) || ours == continued,
                "{series}, line {place}: {ours:?} for {line}"
            );
        }
        assert!(log.contains("Kernel panic - not syncing"), "{series}");
        let Value::Bytes(plain) = call(&program, "get_dmesg", vec![false.into()]) else {
            panic!();
        };
        assert!(plain.starts_with(b"Linux version "), "{series}");
        let Value::List(records) = call(&program, "get_printk_records", vec![]) else {
            panic!();
        };
        let Value::Record(class, fields) = &records[0] else {
            panic!();
        };
        assert_eq!(class.fields.len(), fields.len());
    }
}
