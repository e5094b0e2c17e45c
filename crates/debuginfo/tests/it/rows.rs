//! Rows, against what `readelf --debug-dump=frames-interp` makes of the same sections.

use crate::compiled::{Compiled, PROGRAM, hex, run};
use spelunk_base::arch::Register;
use spelunk_base::arch::x86_64::ARCH;
use spelunk_debuginfo::{DebugFile, RowSource};
use spelunk_unwind::{CfaRule, RegisterRule, Row};
use std::path::Path;

fn register(name: &str) -> Register {
    let name = if name == "ra" { "rip" } else { name };
    let index = ARCH
        .registers
        .iter()
        .position(|info| info.names.contains(&name));
    Register(index.unwrap_or_else(|| panic!("register {name}")) as u8)
}

/// `rsp+8`
fn split(text: &str) -> (&str, i64) {
    let sign = text.rfind(['+', '-']).unwrap_or_else(|| panic!("{text}"));
    (&text[..sign], text[sign..].parse().unwrap())
}

fn check_cfa(row: &Row, text: &str) {
    match &row.cfa {
        CfaRule::Expression(_) => assert_eq!(text, "exp"),
        CfaRule::RegisterPlus(base, offset) => {
            let (name, expected) = split(text);
            assert_eq!((*base, *offset), (register(name), expected));
        }
        other => panic!("{other:?} for {text}"),
    }
}

fn check_rule(row: &Row, register: Register, text: &str) {
    let rule = row.find(register);
    let expected = match text {
        "u" => {
            let lost = matches!(rule, None | Some(RegisterRule::Undefined));
            // What is not mentioned of the registers that a function must preserve.
            let preserved = rule == Some(&RegisterRule::SameValue);
            assert!(
                lost || preserved && ARCH.callee_saved.contains(&register),
                "{rule:?}"
            );
            return;
        }
        "s" => RegisterRule::SameValue,
        "exp" => {
            assert!(
                matches!(rule, Some(RegisterRule::AtExpression(_))),
                "{rule:?}"
            );
            return;
        }
        "vexp" => {
            assert!(
                matches!(rule, Some(RegisterRule::Expression(_))),
                "{rule:?}"
            );
            return;
        }
        text => match split(text) {
            ("c", offset) => RegisterRule::AtCfa(offset),
            ("v", offset) => RegisterRule::CfaPlus(offset),
            other => panic!("{other:?}"),
        },
    };
    assert_eq!(rule, Some(&expected));
}

/// Compares up to `limit` rows, and says how many.
fn compare(file: &DebugFile, path: &Path, limit: usize, source: RowSource) -> usize {
    let text = run("readelf", ["-wF".as_ref(), path.as_os_str()]);
    let mut columns: Vec<&str> = Vec::new();
    let mut range = 0..0;
    let mut rows = 0;
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        if words
            .get(3)
            .is_some_and(|word| matches!(*word, "FDE" | "CIE"))
        {
            // readelf shows a row at the end of the range, too, where it no longer holds.
            range = match words.iter().find_map(|word| word.strip_prefix("pc=")) {
                Some(word) => {
                    let (start, end) = word.split_once("..").unwrap();
                    hex(start)..hex(end)
                }
                None => 0..0,
            };
        } else if words.first() == Some(&"LOC") {
            columns = words[2..].to_vec();
        } else if words.len() == columns.len() + 2 && words[0].len() == 16 && rows < limit {
            let pc = hex(words[0]);
            if !range.contains(&pc) {
                continue;
            }
            let (row, from) = file
                .find_row(pc)
                .unwrap()
                .unwrap_or_else(|| panic!("no row at {pc:#x}"));
            // Another section may have a row there, too.
            if from != source {
                continue;
            }
            check_cfa(&row, words[1]);
            assert_eq!(row.return_address, ARCH.program_counter);
            for (name, text) in columns.iter().zip(&words[2..]) {
                check_rule(&row, register(name), text);
            }
            rows += 1;
        }
    }
    rows
}

#[test]
fn eh_frame_equals_readelf() {
    for (name, options) in [
        ("eh-O2", &["-g", "-O2", "-fomit-frame-pointer"][..]),
        ("eh-O0", &["-g", "-O0"]),
        ("eh-static", &["-g", "-O2", "-static"]),
    ] {
        let program = Compiled::new(name, PROGRAM, options);
        let rows = compare(&program.file, &program.path, 2000, RowSource::EhFrame);
        assert!(rows > 20, "{name}: {rows}");
    }
}

#[test]
fn debug_frame_equals_readelf() {
    let options = [
        "-g",
        "-O2",
        "-fno-asynchronous-unwind-tables",
        "-fno-exceptions",
    ];
    let program = Compiled::new("debug-frame", PROGRAM, &options);
    let rows = compare(&program.file, &program.path, 2000, RowSource::DebugFrame);
    assert!(rows > 10, "{rows}");
    assert_eq!(program.file.find_row(1).unwrap(), None);
}

// The C library's first function says that it has no caller.
#[test]
fn the_first_function_is_outermost() {
    let program = Compiled::new("outermost", PROGRAM, &["-g", "-O2", "-static"]);
    let (start, _) = program.function("_start");
    let (row, _) = program.file.find_row(start + 4).unwrap().unwrap();
    assert!(row.is_outermost);
    let (main, _) = program.function("main");
    let (row, _) = program.file.find_row(main).unwrap().unwrap();
    assert!(!row.is_outermost && !row.is_signal_frame);
}

// With a bias, addresses are the target's.
#[test]
fn rows_move_with_the_bias() {
    let program = Compiled::new("bias", PROGRAM, &["-g", "-O2"]);
    let elf = crate::compiled::parse(&program.path);
    let bias = 0x5555_0000_0000;
    let moved = DebugFile::new(elf, Default::default(), bias);
    let (main, _) = program.function("main");
    let expected = program.file.find_row(main).unwrap();
    assert!(expected.is_some());
    assert_eq!(moved.find_row(main + bias).unwrap(), expected);
    assert_eq!(moved.find_row(main).unwrap(), None);
    let line = moved.find_line(main + bias).unwrap();
    assert_eq!(line, program.file.find_line(main).unwrap());
}
