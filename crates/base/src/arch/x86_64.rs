//! x86-64. Sources: System V ABI AMD64 supplement 1.0, figure 3.36 (DWARF numbers); Linux
//! `arch/x86/include/asm/elf.h` and `ptrace.h`; Intel SDM volume 3, chapter 5 (paging).

use super::{Arch, Level, PageTableGeometry, Register, RegisterInfo, RegisterLayout};

macro_rules! registers {
    ($($constant:ident = $index:literal: $($name:literal)+, $size:literal;)*) => {
        $(#[doc = concat!("`", concat!($($name, "` "),+))] pub const $constant: Register = Register($index);)*
        const REGISTERS: &[RegisterInfo] = &[$(RegisterInfo { names: &[$($name),+], size: $size }),*];
    };
}

// The order is DWARF's, so that the two numberings agree where DWARF has a number.
registers! {
    RAX = 0: "rax", 8;
    RDX = 1: "rdx", 8;
    RCX = 2: "rcx", 8;
    RBX = 3: "rbx", 8;
    RSI = 4: "rsi", 8;
    RDI = 5: "rdi", 8;
    RBP = 6: "rbp", 8;
    RSP = 7: "rsp", 8;
    R8 = 8: "r8", 8;
    R9 = 9: "r9", 8;
    R10 = 10: "r10", 8;
    R11 = 11: "r11", 8;
    R12 = 12: "r12", 8;
    R13 = 13: "r13", 8;
    R14 = 14: "r14", 8;
    R15 = 15: "r15", 8;
    RIP = 16: "rip", 8;
    RFLAGS = 17: "rflags" "eflags", 8;
    ES = 18: "es", 2;
    CS = 19: "cs", 2;
    SS = 20: "ss", 2;
    DS = 21: "ds", 2;
    FS = 22: "fs", 2;
    GS = 23: "gs", 2;
    FS_BASE = 24: "fs.base", 8;
    GS_BASE = 25: "gs.base", 8;
}

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a bad index is an error"
)]
const fn dwarf_registers() -> [Option<Register>; 60] {
    let mut table = [None; 60];
    let mut number = 0;
    // 0 to 15 are the general registers, 16 is the return address.
    while number <= 16 {
        table[number] = Some(Register(number as u8));
        number += 1;
    }
    table[49] = Some(RFLAGS);
    table[50] = Some(ES);
    table[51] = Some(CS);
    table[52] = Some(SS);
    table[53] = Some(DS);
    table[54] = Some(FS);
    table[55] = Some(GS);
    table[58] = Some(FS_BASE);
    table[59] = Some(GS_BASE);
    table
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

const PRESENT: u64 = 1;
const HUGE: u64 = 1 << 7;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// Four levels, addresses of 48 bits.
pub const FOUR_LEVELS: PageTableGeometry = PageTableGeometry {
    name: "4-level",
    entry_size: 8,
    virtual_bits: 48,
    page_shift: 12,
    levels: &[
        Level {
            shift: 39,
            bits: 9,
            leaf: 0,
        },
        Level {
            shift: 30,
            bits: 9,
            leaf: HUGE,
        },
        Level {
            shift: 21,
            bits: 9,
            leaf: HUGE,
        },
        Level {
            shift: 12,
            bits: 9,
            leaf: PRESENT,
        },
    ],
    address_mask: ADDRESS,
    present: PRESENT,
};

/// Five levels, addresses of 57 bits (LA57).
pub const FIVE_LEVELS: PageTableGeometry = PageTableGeometry {
    name: "5-level",
    entry_size: 8,
    virtual_bits: 57,
    page_shift: 12,
    levels: &[
        Level {
            shift: 48,
            bits: 9,
            leaf: 0,
        },
        Level {
            shift: 39,
            bits: 9,
            leaf: 0,
        },
        Level {
            shift: 30,
            bits: 9,
            leaf: HUGE,
        },
        Level {
            shift: 21,
            bits: 9,
            leaf: HUGE,
        },
        Level {
            shift: 12,
            bits: 9,
            leaf: PRESENT,
        },
    ],
    address_mask: ADDRESS,
    present: PRESENT,
};

/// x86-64 as data.
pub static ARCH: Arch = Arch {
    registers: REGISTERS,
    program_counter: RIP,
    stack_pointer: RSP,
    frame_pointer: Some(RBP),
    dwarf_registers: &dwarf_registers(),
    callee_saved: &[RBX, RBP, R12, R13, R14, R15],
    // elf_prstatus: siginfo 12, cursig 2 (+2), sigpend 8, sighold 8, four pids 16, four timevals 64.
    prstatus: RegisterLayout {
        offset: 112,
        registers: USER_REGS,
        size: 216,
    },
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

    #[test]
    fn levels_cover_the_virtual_address() {
        for geometry in ARCH.page_tables {
            let bits: u32 = geometry.levels.iter().map(|level| level.bits).sum();
            assert_eq!(bits + geometry.page_shift, geometry.virtual_bits);
        }
    }
}
