//! Which function a system call is for.

use crate::access::{Field, find_variable, read_uint};
use spelunk_base::Architecture;
use spelunk_base::arch::x86_64;
use spelunk_program::{Program, Result};
use spelunk_unwind::Registers;

/// `__USER_CS`: code of 64 bits.
const USER_CODE_64: u64 = 0x33;

/// There are fewer. Those of x32 programs have `__X32_SYSCALL_BIT` in them, and a table of their own.
const MAX_NUMBER: u64 = 512;

/// The function that the kernel calls for a system call that it was entered by, where its stack pointer
/// is at `struct pt_regs`: `do_syscall_x64()` in `arch/x86/entry/common.c`.
///
/// Since 6.9 (1e3ad78334a6) it goes through a switch in place of the table. The table is still there,
/// and says the same.
pub(super) fn function(program: &Program, registers: &Registers) -> Result<Option<u64>> {
    let platform = program.lookup_platform()?;
    if platform.architecture != Architecture::X86_64 {
        return Ok(None);
    }
    let table = find_variable(program, "sys_call_table")?;
    let table = table.and_then(|table| table.address());
    let (Some(sp), Some(table)) = (registers.get(x86_64::RSP), table) else {
        return Ok(None);
    };
    let saved = |member| Field::of(program, "struct pt_regs", member)?.read(program, sp);
    let number = saved("orig_ax")?;
    if saved("cs")? != USER_CODE_64 || number >= MAX_NUMBER {
        return Ok(None);
    }
    let place = table.wrapping_add(number.wrapping_mul(8));
    read_uint(program, place, 8).map(Some)
}
