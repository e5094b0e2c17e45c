//! Where a stack trace starts: the registers of whatever the user gave.

use super::StackSource;
use crate::{Error, InitialRegisters, Program, Result, Thread};
use spelunk_object::{Object, unaliased};
use spelunk_types::{QualifiedType, TypeData};
use spelunk_unwind::Registers;

/// What was given.
pub(super) enum Start {
    Registers(InitialRegisters),
    Thread(Thread),
}

/// What `source` stands for.
pub(super) fn start(program: &Program, source: &StackSource) -> Result<Start> {
    match source {
        StackSource::Registers(registers) => Ok(Start::Registers(InitialRegisters {
            registers: registers.clone(),
            interrupted: true,
            stack: None,
        })),
        StackSource::Object(object) => of_object(program, object),
        StackSource::Tid(tid) => program.thread(*tid).map(Start::Thread),
        StackSource::Thread(thread) => Ok(Start::Thread(thread.clone())),
        StackSource::Pcs(_) => Err(Error::value("program counters are no registers")),
    }
}

/// The registers to start with.
pub(super) fn initial_registers(program: &Program, start: &Start) -> Result<InitialRegisters> {
    match start {
        Start::Registers(registers) => Ok(registers.clone()),
        Start::Thread(thread) => program.lookup_os()?.initial_registers(program, thread),
    }
}

fn of_object(program: &Program, object: &Object) -> Result<Start> {
    let wrong =
        || Error::type_("expected struct pt_regs, struct pt_regs *, struct task_struct *, or int");
    let types = program.types();
    let ty = unaliased(types, object.ty())?;
    match &types.get(ty.id)?.data {
        TypeData::Compound { tag: Some(tag), .. } if **tag == *"pt_regs" => {
            let bytes = object.to_bytes(program)?;
            pt_regs(program, &bytes).map(Start::Registers)
        }
        TypeData::Pointer { referenced, .. } if is_pt_regs(program, *referenced)? => {
            let object = object.dereference(program)?;
            let bytes = object.to_bytes(program)?;
            pt_regs(program, &bytes).map(Start::Registers)
        }
        TypeData::Int { .. } | TypeData::Bool { .. } | TypeData::Enum { .. } => {
            program.thread(object.to_u64(program)?).map(Start::Thread)
        }
        TypeData::Pointer { .. } => program
            .lookup_os()?
            .thread_of(program, object)?
            .map(Start::Thread)
            .ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

fn is_pt_regs(program: &Program, ty: QualifiedType) -> Result<bool> {
    let types = program.types();
    let ty = unaliased(types, ty)?;
    Ok(types.get(ty.id)?.data.tag() == Some("pt_regs"))
}

/// The registers in the bytes of a `struct pt_regs`.
fn pt_regs(program: &Program, bytes: &[u8]) -> Result<InitialRegisters> {
    let platform = program.lookup_platform()?;
    let arch = platform.arch().ok_or_else(super::no_arch)?;
    let mut registers = Registers::new(arch);
    for (register, offset) in arch.pt_regs.registers {
        let size = arch.registers.get(usize::from(register.0));
        let size = size.map_or(0, |info| usize::from(info.size));
        let value = arch
            .pt_regs
            .offset
            .checked_add(*offset)
            .and_then(|start| bytes.get(start..)?.get(..size))
            .ok_or_else(|| Error::value("struct pt_regs is smaller than this machine's"))?;
        registers.set(*register, platform.byte_order.uint(value));
    }
    Ok(InitialRegisters {
        registers,
        interrupted: true,
        stack: None,
    })
}
