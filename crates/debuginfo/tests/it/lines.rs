//! Functions and lines, against what `addr2line -i` says.

use crate::compiled::{Compiled, PROGRAM, run};
use spelunk_debuginfo::DebugFile;
use std::ffi::OsString;

/// `callee /tmp/program.c:23`, innermost first, as addr2line prints it.
fn symbolize(file: &DebugFile, pc: u64) -> Vec<String> {
    let scopes = file.scopes(pc).unwrap();
    let mut line = file.find_line(pc).unwrap();
    let mut frames = Vec::new();
    for scope in &scopes {
        let at = line.take().unwrap();
        let name = scope.name.as_deref().unwrap();
        frames.push(format!("{name} {}:{}", at.file, at.line));
        line.clone_from(&scope.call_site);
    }
    assert!(
        line.is_none_or(|_| scopes.is_empty()),
        "the outermost one is called by nobody here"
    );
    frames
}

#[test]
fn every_instruction_equals_addr2line() {
    for version in 2..=5 {
        for level in ["-O0", "-O2"] {
            let dwarf = format!("-gdwarf-{version}");
            let name = format!("lines-{version}{level}");
            let program = Compiled::new(&name, PROGRAM, &[&dwarf, level]);
            let mut compared = 0;
            for function in ["callee", "aligned", "many", "main"] {
                let (start, end) = program.function(function);
                let mut arguments: Vec<OsString> =
                    ["-a", "-f", "-i", "-e"].map(OsString::from).into();
                arguments.push(program.path.clone().into());
                arguments.extend((start..end).map(|pc| format!("{pc:#x}").into()));
                let text = run("addr2line", arguments);
                let mut lines = text.lines().peekable();
                for pc in start..end {
                    assert_eq!(lines.next().map(crate::compiled::hex), Some(pc));
                    let mut expected = Vec::new();
                    while lines.peek().is_some_and(|line| !line.starts_with("0x")) {
                        let name = lines.next().unwrap();
                        let place = lines.next().unwrap();
                        let place = place.split(" (").next().unwrap();
                        expected.push(format!("{name} {place}"));
                    }
                    let got = symbolize(&program.file, pc);
                    // A line of 0 is printed as ?.
                    let got: Vec<_> = got
                        .into_iter()
                        .map(|frame| match frame.strip_suffix(":0") {
                            Some(place) => format!("{place}:?"),
                            None => frame,
                        })
                        .collect();
                    assert_eq!(got, expected, "{name}, {pc:#x} in {function}");
                    compared += 1;
                }
            }
            assert!(compared > 200);
        }
    }
}

#[test]
fn columns_and_call_sites() {
    let program = Compiled::new("columns", PROGRAM, &["-g", "-O2"]);
    let (start, end) = program.function("callee");
    let deepest = (start..end)
        .map(|pc| program.file.scopes(pc).unwrap())
        .max_by_key(Vec::len)
        .unwrap();
    let names: Vec<_> = deepest
        .iter()
        .map(|scope| scope.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["twice", "quadruple", "callee"]);
    let source: Vec<_> = PROGRAM.lines().collect();
    for (scope, call) in deepest.iter().zip(["twice(", "quadruple("]) {
        let site = scope.call_site.as_ref().unwrap();
        let line = source[site.line as usize - 1];
        assert_eq!(line.find(call), Some(site.column as usize - 1), "{line}");
        assert!(scope.is_inline());
        assert_eq!(scope.function, deepest[2].die);
    }
    assert!(!deepest[2].is_inline());
    assert_eq!(deepest[1].blocks.len(), 1, "the braces in quadruple");
}

#[test]
fn what_no_unit_covers_has_no_line() {
    let program = Compiled::new("no-line", PROGRAM, &["-g", "-O2"]);
    let (start, _) = program.function("_start");
    assert_eq!(program.file.find_line(start).unwrap(), None);
    assert!(program.file.scopes(start).unwrap().is_empty());
    assert_eq!(program.file.find_line(u64::MAX).unwrap(), None);
}
