//! i386. Sources: System V ABI Intel386 supplement 1.1, table 2.14 (DWARF numbers); Linux
//! `arch/x86/include/asm/user_32.h` and `ptrace.h`.

use super::{Arch, Register, RegisterInfo, RegisterLayout};

macro_rules! registers {
    ($($constant:ident = $index:literal: $($name:literal)+, $size:literal;)*) => {
        $(#[doc = concat!("`", concat!($($name, "` "),+))] pub const $constant: Register = Register($index);)*
        const REGISTERS: &[RegisterInfo] = &[$(RegisterInfo { names: &[$($name),+], size: $size }),*];
    };
}

// The order is DWARF's, so that the two numberings agree where DWARF has a number.
registers! {
    EAX = 0: "eax", 4;
    ECX = 1: "ecx", 4;
    EDX = 2: "edx", 4;
    EBX = 3: "ebx", 4;
    ESP = 4: "esp", 4;
    EBP = 5: "ebp", 4;
    ESI = 6: "esi", 4;
    EDI = 7: "edi", 4;
    EIP = 8: "eip", 4;
    EFLAGS = 9: "eflags", 4;
    ES = 10: "es", 2;
    CS = 11: "cs", 2;
    SS = 12: "ss", 2;
    DS = 13: "ds", 2;
    FS = 14: "fs", 2;
    GS = 15: "gs", 2;
    GS_BASE = 16: "gs.base", 4;
}

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a bad index is an error"
)]
const fn dwarf_registers() -> [Option<Register>; 46] {
    let mut table = [None; 46];
    let mut number = 0;
    // 0 to 7 are the general registers, 8 is the return address, 9 the flags.
    while number <= 9 {
        table[number] = Some(Register(number as u8));
        number += 1;
    }
    table[40] = Some(ES);
    table[41] = Some(CS);
    table[42] = Some(SS);
    table[43] = Some(DS);
    table[44] = Some(FS);
    table[45] = Some(GS);
    table
}

/// `struct user_regs_struct`, which `struct pt_regs` is as well.
const USER_REGS: &[(Register, usize)] = &[
    (EBX, 0),
    (ECX, 4),
    (EDX, 8),
    (ESI, 12),
    (EDI, 16),
    (EBP, 20),
    (EAX, 24),
    (DS, 28),
    (ES, 32),
    (FS, 36),
    (GS, 40),
    // 44 is orig_eax.
    (EIP, 48),
    (CS, 52),
    (EFLAGS, 56),
    (ESP, 60),
    (SS, 64),
];

/// i386 as data, but for its page tables.
pub static ARCH: Arch = Arch {
    registers: REGISTERS,
    program_counter: EIP,
    stack_pointer: ESP,
    frame_pointer: Some(EBP),
    dwarf_registers: &dwarf_registers(),
    callee_saved: &[EBX, EBP, ESI, EDI],
    // elf_prstatus: siginfo 12, cursig 2 (+2), sigpend 4, sighold 4, four pids 16, four timevals 32.
    prstatus: RegisterLayout {
        offset: 72,
        registers: USER_REGS,
        size: 68,
    },
    pt_regs: RegisterLayout {
        offset: 0,
        registers: USER_REGS,
        size: 68,
    },
    page_tables: &[],
    page_shift: 12,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn register_names_and_layouts_agree() {
        let name = |register: Register| REGISTERS[usize::from(register.0)].names[0];
        assert_eq!(name(ARCH.program_counter), "eip");
        assert_eq!(name(ARCH.dwarf_registers[45].unwrap()), "gs");
        let last = ARCH.prstatus.registers.last().unwrap();
        assert_eq!((name(last.0), last.1 + 4), ("ss", ARCH.prstatus.size));
    }
}
