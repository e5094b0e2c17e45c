//! What kernels for x86-64 and i386 share.

use super::Sleeping;
use crate::access::{Field, member_value, type_named};
use spelunk_base::arch::{Arch, Register};
use spelunk_object::{Object, sizeof};
use spelunk_program::{Program, Result};
use spelunk_unwind::Registers;

/// The registers that the scheduler left on the stack of a task: `struct inactive_task_frame` in
/// `arch/x86/include/asm/switch_to.h`, whose `members` they are.
pub(super) fn inactive_task_frame(
    program: &Program,
    arch: &'static Arch,
    task: &Object,
    members: &[(Register, &str)],
) -> Result<Sleeping> {
    let frame = type_named(program, "struct inactive_task_frame")?;
    let sp = member_value(program, &task.member(program, "thread")?, "sp")?;
    let mut registers = Registers::new(arch);
    for (register, member) in members {
        let value = Field::new(program, frame, member)?.read(program, sp)?;
        registers.set(*register, value);
    }
    let size = sizeof(program.types(), frame)?;
    registers.set(arch.stack_pointer, sp.wrapping_add(size));
    Ok(Sleeping {
        on_stack: registers.pc(),
        registers,
    })
}
