//! AArch64. Sources: DWARF for the Arm 64-bit Architecture (IHI 0057), section 4.1; Procedure Call
//! Standard (IHI 0055), section 6.1; Linux `arch/arm64/include/asm/ptrace.h`.

mod page_tables;

use super::register::{dwarf_registers, in_order, registers};
use super::{Arch, Register, RegisterInfo, RegisterLayout};

// The order is DWARF's and that of `struct user_pt_regs`.
registers! {
    X0: "x0", 8;
    X1: "x1", 8;
    X2: "x2", 8;
    X3: "x3", 8;
    X4: "x4", 8;
    X5: "x5", 8;
    X6: "x6", 8;
    X7: "x7", 8;
    X8: "x8", 8;
    X9: "x9", 8;
    X10: "x10", 8;
    X11: "x11", 8;
    X12: "x12", 8;
    X13: "x13", 8;
    X14: "x14", 8;
    X15: "x15", 8;
    X16: "x16", 8;
    X17: "x17", 8;
    X18: "x18", 8;
    X19: "x19", 8;
    X20: "x20", 8;
    X21: "x21", 8;
    X22: "x22", 8;
    X23: "x23", 8;
    X24: "x24", 8;
    X25: "x25", 8;
    X26: "x26", 8;
    X27: "x27", 8;
    X28: "x28", 8;
    X29: "x29" "fp", 8;
    X30: "x30" "lr", 8;
    SP: "sp", 8;
    PC: "pc", 8;
    PSTATE: "pstate", 8;
}

/// `struct user_pt_regs`, with which `struct pt_regs` begins.
const USER_REGS: &[(Register, usize)] = &in_order::<34>(8);

/// AArch64 as data.
pub static ARCH: Arch = Arch {
    registers: REGISTERS,
    program_counter: PC,
    stack_pointer: SP,
    frame_pointer: Some(X29),
    link_register: Some(X30),
    // 31 is the stack pointer, 32 the program counter.
    dwarf_registers: &dwarf_registers::<33>(&[(0, X0, 33)]),
    callee_saved: &[X19, X20, X21, X22, X23, X24, X25, X26, X27, X28, X29],
    // elf_prstatus: siginfo 12, cursig 2 (+2), sigpend 8, sighold 8, four pids 16, four timevals 64.
    prstatus: RegisterLayout {
        offset: 112,
        registers: USER_REGS,
        size: 272,
    },
    prstatus_pid: 32,
    pt_regs: RegisterLayout {
        offset: 0,
        registers: USER_REGS,
        size: 272,
    },
    page_tables: page_tables::ALL,
    page_shift: 12,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn register_names_and_layouts_agree() {
        let name = |register: Register| REGISTERS[usize::from(register.0)].names[0];
        assert_eq!(name(ARCH.program_counter), "pc");
        assert_eq!(name(ARCH.dwarf_registers[31].unwrap()), "sp");
        let last = ARCH.prstatus.registers.last().unwrap();
        assert_eq!((name(last.0), last.1 + 8), ("pstate", ARCH.prstatus.size));
    }
}
