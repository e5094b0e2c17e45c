//! x86-64. Sources: System V ABI AMD64 supplement 1.0, figure 3.36 (DWARF numbers); Linux
//! `arch/x86/include/asm/elf.h` and `ptrace.h`; Intel SDM volume 3, chapter 5 (paging).

use super::register::{dwarf_registers, registers};
use super::{
    Arch, EntryForm, Level, PageTableGeometry, Register, RegisterInfo, RegisterLayout, UpperBits,
};

// The order is DWARF's, so that the two numberings agree where DWARF has a number.
registers! {
    RAX: "rax", 8;
    RDX: "rdx", 8;
    RCX: "rcx", 8;
    RBX: "rbx", 8;
    RSI: "rsi", 8;
    RDI: "rdi", 8;
    RBP: "rbp", 8;
    RSP: "rsp", 8;
    R8: "r8", 8;
    R9: "r9", 8;
    R10: "r10", 8;
    R11: "r11", 8;
    R12: "r12", 8;
    R13: "r13", 8;
    R14: "r14", 8;
    R15: "r15", 8;
    RIP: "rip", 8;
    RFLAGS: "rflags" "eflags", 8;
    ES: "es", 2;
    CS: "cs", 2;
    SS: "ss", 2;
    DS: "ds", 2;
    FS: "fs", 2;
    GS: "gs", 2;
    FS_BASE: "fs.base", 8;
    GS_BASE: "gs.base", 8;
}

/// `struct user_regs_struct`; `struct pt_regs` is its first 21 words.
const USER_REGS: &[(Register, usize)] = &[
    (R15, 0),
    (R14, 8),
    (R13, 16),
    (R12, 24),
    (RBP, 32),
    (RBX, 40),
    (R11, 48),
    (R10, 56),
    (R9, 64),
    (R8, 72),
    (RAX, 80),
    (RCX, 88),
    (RDX, 96),
    (RSI, 104),
    (RDI, 112),
    // 120 is orig_rax.
    (RIP, 128),
    (CS, 136),
    (RFLAGS, 144),
    (RSP, 152),
    (SS, 160),
    (FS_BASE, 168),
    (GS_BASE, 176),
    (DS, 184),
    (ES, 192),
    (FS, 200),
    (GS, 208),
];

const PRESENT: EntryForm = EntryForm::new(1, 1);
const HUGE: EntryForm = EntryForm::new(1 << 7, 1 << 7);
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// Four levels, addresses of 48 bits.
pub const FOUR_LEVELS: PageTableGeometry = PageTableGeometry {
    name: "4-level",
    entry_size: 8,
    virtual_bits: 48,
    upper_bits: UpperBits::SignExtended,
    page_shift: 12,
    levels: &[
        Level::new(39, 9, None),
        Level::new(30, 9, Some(HUGE)),
        Level::new(21, 9, Some(HUGE)),
        Level::new(12, 9, Some(PRESENT)),
    ],
    address_mask: ADDRESS,
    moved: (0, 0),
    present: PRESENT.mask,
    table: EntryForm::ANY,
};

/// Five levels, addresses of 57 bits (LA57).
pub const FIVE_LEVELS: PageTableGeometry = PageTableGeometry {
    name: "5-level",
    virtual_bits: 57,
    levels: &[
        Level::new(48, 9, None),
        Level::new(39, 9, None),
        Level::new(30, 9, Some(HUGE)),
        Level::new(21, 9, Some(HUGE)),
        Level::new(12, 9, Some(PRESENT)),
    ],
    ..FOUR_LEVELS
};

/// x86-64 as data.
pub static ARCH: Arch = Arch {
    registers: REGISTERS,
    program_counter: RIP,
    stack_pointer: RSP,
    frame_pointer: Some(RBP),
    link_register: None,
    // 0 to 15 are the general registers, 16 is the return address.
    dwarf_registers: &dwarf_registers::<60>(&[(0, RAX, 17), (49, RFLAGS, 7), (58, FS_BASE, 2)]),
    callee_saved: &[RBX, RBP, R12, R13, R14, R15],
    // elf_prstatus: siginfo 12, cursig 2 (+2), sigpend 8, sighold 8, four pids 16, four timevals 64.
    prstatus: RegisterLayout {
        offset: 112,
        registers: USER_REGS,
        size: 216,
    },
    prstatus_pid: 32,
    pt_regs: RegisterLayout {
        offset: 0,
        registers: {
            let (pt_regs, _) = USER_REGS.split_at(20);
            pt_regs
        },
        size: 168,
    },
    page_tables: &[&FOUR_LEVELS, &FIVE_LEVELS],
    page_shift: 12,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn register_names_and_layouts_agree() {
        let name = |register: Register| REGISTERS[usize::from(register.0)].names[0];
        assert_eq!(name(ARCH.program_counter), "rip");
        assert_eq!(name(ARCH.dwarf_registers[49].unwrap()), "rflags");
        assert_eq!(ARCH.pt_regs.registers.last(), Some(&(SS, 160)));
        let last = ARCH.prstatus.registers.last().unwrap();
        assert_eq!((name(last.0), last.1 + 8), ("gs", ARCH.prstatus.size));
    }
}
