use crate::describe;
use crate::program::{Program, compile};
use spelunk_debuginfo::{Absence, FoundObject, ObjectKinds, ObjectValue};
use spelunk_synth::Workshop;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

const SOURCE: &str = r"
int initialised = 3; static long hidden; extern int elsewhere; int use(void) { return elsewhere + hidden; }
int declared_first; extern int declared_first;
static const int constant = 42; const char text[] = { 1, 2, 3 };
enum number { ZERO, ONE, MINUS = -7 } number;
static inline int inlined(int a) { return a + 1; }
int function(int a, char *b) { return inlined(a); }
static __attribute__((noinline)) int not_inlined(int a) { return a; }
int call(void) { return not_inlined(constant); }
__thread int per_thread;
";

fn find(program: &Program, name: &str) -> Option<FoundObject> {
    program
        .info
        .find_object(name, None, ObjectKinds::ANY)
        .unwrap()
}

/// Addresses by `nm`.
fn symbols(bytes: &[u8]) -> HashMap<String, u64> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("nm-{}-{count}", std::process::id());
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    workshop.write("file", bytes);
    let text = workshop.run("nm", ["file"]);
    workshop.remove();
    text.lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let address = u64::from_str_radix(words.next()?, 16).ok()?;
            Some((words.nth(1)?.to_owned(), address))
        })
        .collect()
}

#[test]
fn objects_are_where_the_symbols_say() {
    for version in ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"] {
        for optimize in ["-O0", "-O2"] {
            let flags = ["-g", version, optimize, "-shared", "-fPIC", "-Wl,-z,undefs"];
            let bytes = compile(&[("a.c", SOURCE)], &flags);
            let program = Program::of(&[(&bytes, 0x10_0000)]);
            let symbols = symbols(&bytes);
            for name in [
                "initialised",
                "declared_first",
                "text",
                "number",
                "function",
                "call",
                "use",
            ] {
                let found = find(&program, name).unwrap();
                let ObjectValue::Address(address) = found.value else {
                    panic!("{name} has no address with {flags:?}");
                };
                assert_eq!(address, symbols[name] + 0x10_0000, "{name} with {flags:?}");
            }
            assert!(find(&program, "elsewhere").is_none());
            let function = find(&program, "function").unwrap();
            let ty = describe::reference(&program.store, function.ty).unwrap();
            assert_eq!(ty, "function(int)(a: int, b: *(char), )");
            assert_eq!(function.kind, ObjectKinds::FUNCTION);
            let minus = find(&program, "MINUS").unwrap();
            assert!(matches!(minus.value, ObjectValue::Constant(-7)));
            assert_eq!(minus.kind, ObjectKinds::CONSTANT);
            let inlined = find(&program, "inlined").unwrap();
            let is_absent = matches!(inlined.value, ObjectValue::Absent(Absence::OptimizedOut));
            assert_eq!(is_absent, optimize == "-O2", "inlined with {flags:?}");
            let thread = find(&program, "per_thread").unwrap();
            assert!(matches!(thread.value, ObjectValue::ThreadLocal(0)));
            if optimize == "-O2" {
                let constant = find(&program, "constant").unwrap();
                let ObjectValue::Bytes(bytes) = constant.value else {
                    panic!("constant has no value with {flags:?}");
                };
                assert_eq!(*bytes, 42i32.to_le_bytes());
            }
            assert!(
                program
                    .info
                    .find_object("function", None, ObjectKinds::VARIABLE)
                    .unwrap()
                    .is_none()
            );
        }
    }
}

#[test]
fn of_weak_functions_the_one_that_the_linker_took_is_found() {
    let weak = "int which(void) __attribute__((weak)); int which(void) { return 1; } int a(void) { return which(); }";
    let strong = "int which(void) { return 2; }";
    for sources in [
        [("a.c", weak), ("b.c", strong)],
        [("b.c", strong), ("a.c", weak)],
    ] {
        let bytes = compile(&sources, &["-g", "-shared", "-fPIC"]);
        let program = Program::of(&[(&bytes, 0)]);
        let found = find(&program, "which").unwrap();
        let ObjectValue::Address(address) = found.value else {
            panic!("no address");
        };
        assert_eq!(address, symbols(&bytes)["which"]);
    }
}

// Linkers leave out what nobody uses, but not what DWARF says of it: its address is then 0.
#[test]
fn what_the_linker_left_out_is_nowhere() {
    let source = "int gone = 3; int unused(void) { return gone; } int kept = 4; int main(void) { return kept; }";
    let apart = [
        "-ffunction-sections",
        "-fdata-sections",
        "-Wl,--gc-sections",
    ];
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        for position in [&["-no-pie"][..], &["-pie", "-fPIE"]] {
            let flags = [&["-g", version][..], &apart, position].concat();
            let program = Program::of(&[(&compile(&[("a.c", source)], &flags), 0x10_0000)]);
            for name in ["gone", "unused"] {
                let value = find(&program, name).unwrap().value;
                let absent = matches!(value, ObjectValue::Absent(Absence::OptimizedOut));
                assert!(absent, "{flags:?}: {name} {value:?}");
            }
            for name in ["kept", "main"] {
                let value = find(&program, name).unwrap().value;
                assert!(
                    matches!(value, ObjectValue::Address(0x10_0001..)),
                    "{flags:?}: {name} {value:?}"
                );
            }
        }
    }
}
