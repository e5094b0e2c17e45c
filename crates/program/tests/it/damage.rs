//! Debug files of which bytes are wrong or missing: no panic, no hang.

use crate::files::{Directory, elf_file};
use crate::system::{KERNEL_ID, TestSystem, program_of};
use spelunk_object::Target;
use spelunk_program::{LoadRequest, ObjectKinds, Program, StackSource};
use spelunk_synth::Random;
use spelunk_synth::elf::ET_EXEC;
use spelunk_types::{TypeKind, TypeKinds};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const SOURCE: &str = r#"
struct node { struct node *next; int value : 5; unsigned long key; };
enum color { RED, GREEN = 7 };
struct node head = { 0, 3, 42 };
volatile int sink;
static inline int twice(int x) { int y = x + x; sink = y; return y; }
int __attribute__((noinline)) sum(struct node *n, enum color c)
{
    int total = c;
    for (struct node *i = n; i; i = i->next) {
        int weight = twice(i->value);
        total += weight * (int)i->key;
    }
    return total;
}
"#;

/// The object file of a module: relocatable, with debugging information and, so that no index of it
/// is kept, without a build ID.
fn compile(directory: &Directory) -> Option<Vec<u8>> {
    let source = directory.write("driver.c", SOURCE.as_bytes());
    let output = directory.path().join("driver.ko");
    let compiled = Command::new("gcc")
        .args(["-g", "-O2", "-gz=none", "-nostdlib", "-r"])
        .arg("-Wl,--build-id=none")
        .arg("-o")
        .arg(&output)
        .arg(source)
        .status();
    // Machines of other architectures compile for themselves; relocation knows x86-64 alone.
    (cfg!(target_arch = "x86_64") && compiled.ok()?.success())
        .then(|| std::fs::read(output).unwrap())
}

/// Asks all that can be asked of a file. Answers may be errors.
fn look_at_everything(program: &Program, file: &Path) {
    let request = LoadRequest {
        paths: vec![file.to_owned()],
        ..LoadRequest::default()
    };
    let _ = program
        .load_debug_info(&request)
        .map(|report| report.to_string());
    for name in ["head", "sink", "sum", "twice", "GREEN"] {
        let _ = program.find_object(name, ObjectKinds::ANY, None);
        let _ = program.symbols_by_name(name);
    }
    for name in ["node", "color"] {
        let kinds = TypeKinds::COMPOUND.with(TypeKind::Enum);
        if let Ok(Some(ty)) = program.find_type(kinds, name, None) {
            let _ = program.types().get(ty.id);
            let _ = program.types().members(ty.id);
        }
    }
    for address in (0x20000..0x20100).step_by(3) {
        let _ = program.source_location(address);
        let pcs = StackSource::Pcs(vec![address]);
        let trace = program.stack_trace(&pcs).unwrap();
        let _ = trace.format(program);
        for frame in trace.frames() {
            for name in frame.locals().unwrap_or_default() {
                let _ = frame.get(program, &name);
            }
        }
    }
}

/// A program whose only module is called by the name of the files here, whatever is in them.
fn program(directory: &Directory) -> Arc<Program> {
    directory.write("vmlinux", &elf_file(ET_EXEC, &KERNEL_ID, true));
    program_of(directory, &TestSystem(None))
}

#[test]
fn what_the_compiler_wrote_is_read() {
    let directory = Directory::new();
    let Some(bytes) = compile(&directory) else {
        return;
    };
    let file = directory.write("some-driver.ko", &bytes);
    let program = program(&directory);
    look_at_everything(&program, &file);
    let sum = program.symbol_by_name("sum").unwrap();
    let function = program.function("sum", None).unwrap();
    assert_eq!(function.address(), Some(sum.address));
    assert!((0x20000..0x21000).contains(&sum.address));
    let green = program.constant("GREEN", None).unwrap();
    assert_eq!(green.to_i128(&*program).unwrap(), 7);
    let missing = program.variable("sum", None).unwrap_err();
    assert_eq!(missing.to_string(), "could not find variable 'sum'");
    let missing = program.object("no", ObjectKinds::ANY, Some("a.c"));
    assert_eq!(
        missing.unwrap_err().to_string(),
        "could not find 'no' in 'a.c'"
    );
    let node = program.type_("struct node", None).unwrap();
    let members = program.types().members(node.id).unwrap().unwrap();
    assert_eq!(members.members.len(), 3);
    let place = &program.source_location(sum.address).unwrap()[0];
    assert_eq!(place.function.as_deref(), Some("sum"));
    assert!(place.filename.ends_with("driver.c") && place.line == 8);
    assert_eq!(program.parse_address("sum + 0x2").unwrap(), sum.address + 2);
    assert_eq!(program.parse_address(" 0X10+\t010 ").unwrap(), 0x10 + 10);
    for (text, message) in [
        (" ", "expected symbol name or address"),
        ("+1", "expected symbol name"),
        ("sum+", "expected symbol offset"),
        ("sum+-1", "expected symbol offset"),
        ("sum+0x", "expected symbol offset"),
        ("sum 1", "unexpected input after symbol name or address"),
        ("no+1+1", "unexpected input after symbol offset"),
        ("sum+0b1", "unexpected input after symbol offset"),
        ("sum+99999999999999999999", "symbol offset out of range"),
        ("0x10000000000000000", "address out of range"),
        ("0xzz", "could not find symbol with name '0xzz'"),
    ] {
        let error = program.parse_address(text).unwrap_err();
        assert_eq!(error.to_string(), message, "{text:?}");
    }
    let inlined = (sum.address..sum.address + sum.size)
        .filter_map(|pc| program.source_location(pc).ok())
        .find(|places| places.len() == 2)
        .unwrap();
    assert_eq!(inlined[0].function.as_deref(), Some("twice"));
    let pcs = vec![sum.address + 1];
    let trace = program.stack_trace(&StackSource::Pcs(pcs)).unwrap();
    let frame = &trace.frames()[0];
    let locals = frame.locals().unwrap();
    assert!(
        ["n", "c", "total"]
            .iter()
            .all(|name| locals.iter().any(|local| **local == **name))
    );
    // No registers are known, so values are lost; what is in memory is not.
    assert!(frame.get(&program, "n").unwrap().is_absent());
    assert!(frame.get(&program, "head").unwrap().address().is_some());
    assert!(!frame.contains(&program, "i_am_not_there").unwrap());
}

#[test]
fn damaged_files_give_fewer_answers_and_no_panic() {
    let directory = Directory::new();
    let Some(bytes) = compile(&directory) else {
        return;
    };
    let mut random = Random::new(2026);
    for round in 0..150 {
        let mut damaged = bytes.clone();
        match round % 3 {
            0 => damaged.truncate(random.below(bytes.len())),
            _ => random.damage(&mut damaged),
        }
        let file = directory.write("some-driver.ko", &damaged);
        look_at_everything(&program(&directory), &file);
    }
}
