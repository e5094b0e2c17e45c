//! i386. Sources: System V ABI Intel386 supplement 1.1, table 2.14 (DWARF numbers); Linux
//! `arch/x86/include/asm/user_32.h` and `ptrace.h`; Intel SDM volume 3, chapter 5 (paging).

use super::register::{dwarf_registers, registers};
use super::{
    Arch, EntryForm, Level, PageTableGeometry, Register, RegisterInfo, RegisterLayout, UpperBits,
};

// The order is DWARF's, so that the two numberings agree where DWARF has a number.
registers! {
    EAX: "eax", 4;
    ECX: "ecx", 4;
    EDX: "edx", 4;
    EBX: "ebx", 4;
    ESP: "esp", 4;
    EBP: "ebp", 4;
    ESI: "esi", 4;
    EDI: "edi", 4;
    EIP: "eip", 4;
    EFLAGS: "eflags", 4;
    ES: "es", 2;
    CS: "cs", 2;
    SS: "ss", 2;
    DS: "ds", 2;
    FS: "fs", 2;
    GS: "gs", 2;
    GS_BASE: "gs.base", 4;
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

const PRESENT: EntryForm = EntryForm::new(1, 1);
const HUGE: EntryForm = EntryForm::new(1 << 7, 1 << 7);

/// Two levels: entries of 4 bytes, physical addresses of 32 bits.
///
/// The bits above those in the entries of pages of 4 MiB (PSE-36) are left out; Linux does not use them.
pub const TWO_LEVELS: PageTableGeometry = PageTableGeometry {
    name: "2-level",
    entry_size: 4,
    virtual_bits: 32,
    upper_bits: UpperBits::None,
    page_shift: 12,
    levels: &[
        Level::new(22, 10, Some(HUGE)),
        Level::new(12, 10, Some(PRESENT)),
    ],
    address_mask: 0xffff_f000,
    moved: (0, 0),
    present: PRESENT.mask,
    table: EntryForm::ANY,
};

/// Three levels: entries of 8 bytes, physical addresses of up to 52 bits (PAE).
pub const PAE: PageTableGeometry = PageTableGeometry {
    name: "PAE",
    entry_size: 8,
    virtual_bits: 32,
    upper_bits: UpperBits::None,
    page_shift: 12,
    levels: &[
        Level::new(30, 2, None),
        Level::new(21, 9, Some(HUGE)),
        Level::new(12, 9, Some(PRESENT)),
    ],
    address_mask: 0x000f_ffff_ffff_f000,
    moved: (0, 0),
    present: PRESENT.mask,
    table: EntryForm::ANY,
};

/// i386 as data.
pub static ARCH: Arch = Arch {
    registers: REGISTERS,
    program_counter: EIP,
    stack_pointer: ESP,
    frame_pointer: Some(EBP),
    link_register: None,
    dwarf_registers: &dwarf_registers::<46>(&[(0, EAX, 10), (40, ES, 6)]),
    callee_saved: &[EBX, EBP, ESI, EDI],
    // elf_prstatus: siginfo 12, cursig 2 (+2), sigpend 4, sighold 4, four pids 16, four timevals 32.
    prstatus: RegisterLayout {
        offset: 72,
        registers: USER_REGS,
        size: 68,
    },
    prstatus_pid: 24,
    pt_regs: RegisterLayout {
        offset: 0,
        registers: USER_REGS,
        size: 68,
    },
    page_tables: &[&TWO_LEVELS, &PAE],
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
