//! Variables and where they are.

use crate::compiled::{Compiled, PROGRAM};
use spelunk_base::arch::x86_64::{ARCH, RBP, RDI, RSP};
use spelunk_base::{Architecture, Platform};
use spelunk_debuginfo::{FrameState, Scope, Variable, VariableKind, VariableValue};
use spelunk_unwind::expression::{DwarfRegister, ExpressionError, PieceKind};
use spelunk_unwind::{Memory, Registers, Unreadable};

struct NoMemory;

impl Memory for NoMemory {
    fn read(&self, address: u64, _: &mut [u8]) -> Result<(), Unreadable> {
        Err(Unreadable { address })
    }
}

fn names(variables: &[Variable]) -> Vec<&str> {
    variables.iter().map(|variable| &*variable.name).collect()
}

fn locate(
    program: &Compiled,
    scope: &Scope,
    name: &str,
    pc: u64,
    registers: &Registers,
) -> VariableValue {
    let variables = program.file.variables(scope).unwrap();
    let variable = variables.iter().find(|variable| &*variable.name == name);
    let row = program.file.find_row(pc).unwrap();
    let frame = FrameState {
        pc,
        registers,
        row: row.as_ref().map(|(row, _)| row),
        platform: Platform::of(Architecture::X86_64),
        memory: &NoMemory,
        around: None,
    };
    program
        .file
        .locate(variable.unwrap(), scope, frame)
        .unwrap()
}

fn place(value: VariableValue) -> PieceKind {
    match value {
        VariableValue::At(location) => location.as_whole().unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_optimization_everything_is_in_the_frame() {
    let program = Compiled::new("variables-O0", PROGRAM, &["-g", "-O0"]);
    let (start, end) = program.function("callee");
    let pc = (start..end)
        .max_by_key(|pc| {
            program
                .file
                .scopes(*pc)
                .unwrap()
                .last()
                .unwrap()
                .blocks
                .len()
        })
        .unwrap();
    let scopes = program.file.scopes(pc).unwrap();
    let callee = scopes.last().unwrap();
    let variables = program.file.variables(callee).unwrap();
    assert_eq!(names(&variables), ["array", "count", "sum", "i", "element"]);
    assert_eq!(variables[0].kind, VariableKind::Parameter);
    assert_eq!(variables[2].kind, VariableKind::Local);
    let mut registers = Registers::new(&ARCH);
    registers.set(RBP, 0x7000);
    registers.set(RSP, 0x6000);
    let mut addresses: Vec<u64> = Vec::new();
    for variable in variables.iter() {
        match place(locate(&program, callee, &variable.name, pc, &registers)) {
            // The frame base is the CFA, which is rbp + 16.
            PieceKind::Memory(address) => addresses.push(address),
            other => panic!("{}: {other:?}", variable.name),
        }
    }
    assert!(
        addresses
            .iter()
            .all(|address| (0x6f00..0x7000).contains(address)),
        "{addresses:x?}"
    );
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), variables.len());
    // Without the register that the frame is relative to, it is said what is missing.
    let unknown = locate(&program, callee, "sum", pc, &Registers::new(&ARCH));
    assert_eq!(
        unknown,
        VariableValue::Unknown(ExpressionError::Missing("frame base"))
    );
}

#[test]
fn location_lists_hold_for_their_addresses() {
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let name = format!("variables-O2{version}");
        let program = Compiled::new(&name, PROGRAM, &[version, "-O2"]);
        let (start, end) = program.function("many");
        let registers = Registers::new(&ARCH);
        let at = |pc, name| {
            let scopes = program.file.scopes(pc).unwrap();
            locate(&program, scopes.last().unwrap(), name, pc, &registers)
        };
        // Before its first instruction a function's first argument is in rdi.
        assert_eq!(place(at(start, "a")), PieceKind::Register(DwarfRegister(5)));
        assert_eq!(registers.find_dwarf(DwarfRegister(5)), Some(RDI));
        // At some later address it is somewhere else.
        let moved = (start..end).any(|pc| match at(pc, "a") {
            VariableValue::At(location) => {
                location.as_whole() != Some(&PieceKind::Register(DwarfRegister(5)))
            }
            _ => true,
        });
        assert!(moved, "{version}");
        assert_eq!(at(start, "answer"), VariableValue::Constant(42));
    }
}

#[test]
fn inlined_copies_have_their_own_variables() {
    let program = Compiled::new("variables-inlined", PROGRAM, &["-g", "-O2"]);
    let (start, end) = program.function("callee");
    let scopes = (start..end)
        .map(|pc| program.file.scopes(pc).unwrap())
        .max_by_key(Vec::len)
        .unwrap();
    assert_eq!(
        names(&program.file.variables(&scopes[0]).unwrap()),
        ["value", "doubled"]
    );
    assert_eq!(
        names(&program.file.variables(&scopes[1]).unwrap()),
        ["value", "inner"]
    );
}
