//! Architectures as data: one file each, the same form in every one.
//!
//! What needs behaviour (say, the signed return addresses of AArch64) is a small file in the
//! layer that needs it, not a function pointer here.

pub mod aarch64;
mod arm;
pub mod i386;
mod page_table;
mod ppc64;
mod register;
mod s390x;
pub mod x86_64;

pub use page_table::{EntryForm, Level, PageTableGeometry, UpperBits};
pub use register::{Register, RegisterInfo, RegisterLayout};

use crate::{Architecture, ByteOrder};

/// Everything that differs between architectures and can be said as data.
#[derive(Debug)]
pub struct Arch {
    /// The registers, in the order that [`Register`] indexes.
    pub registers: &'static [RegisterInfo],
    /// The register for the program counter. Unwinding recovers it as the return address.
    pub program_counter: Register,
    /// The stack pointer: the CFA in the frame of the caller.
    pub stack_pointer: Register,
    /// The frame pointer, where code is compiled to keep one.
    pub frame_pointer: Option<Register>,
    /// The register in which a call leaves its return address; `None` where it is pushed on the stack.
    pub link_register: Option<Register>,
    /// The registers of DWARF, by DWARF's number.
    pub dwarf_registers: &'static [Option<Register>],
    /// Registers that a called function must leave as they were, by the C calling convention.
    pub callee_saved: &'static [Register],
    /// Where the registers stand in the `pr_reg` of an `NT_PRSTATUS` note.
    pub prstatus: RegisterLayout,
    /// Where `pr_pid` stands in the descriptor of such a note: 4 bytes.
    pub prstatus_pid: usize,
    /// Where the registers stand in the kernel's `struct pt_regs`.
    pub pt_regs: RegisterLayout,
    /// The forms of page tables, the smaller pages and addresses first.
    pub page_tables: &'static [&'static PageTableGeometry],
    /// Size of the kernel's pages, if it does not say otherwise: `1 << page_shift` bytes.
    pub page_shift: u32,
}

impl Arch {
    /// The ID of the thread that an `NT_PRSTATUS` note, whose descriptor is `status`, is of.
    #[must_use]
    pub fn find_prstatus_pid(&self, status: &[u8], order: ByteOrder) -> Option<u64> {
        let pid = status.get(self.prstatus_pid..)?.get(..4)?;
        Some(order.uint(pid))
    }
}

/// What is known of `architecture`.
#[must_use]
pub fn find(architecture: Architecture) -> Option<&'static Arch> {
    match architecture {
        Architecture::X86_64 => Some(&x86_64::ARCH),
        Architecture::I386 => Some(&i386::ARCH),
        Architecture::Aarch64 => Some(&aarch64::ARCH),
        _ => None,
    }
}

/// The registers of `architecture`, as far as they are known.
#[must_use]
pub fn registers(architecture: Architecture) -> &'static [RegisterInfo] {
    match architecture {
        Architecture::Arm => arm::REGISTERS,
        Architecture::Ppc64 => ppc64::REGISTERS,
        Architecture::S390x => s390x::REGISTERS,
        other => find(other).map_or(&[], |arch| arch.registers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&Arch; 3] = [&x86_64::ARCH, &i386::ARCH, &aarch64::ARCH];

    #[test]
    fn levels_cover_the_virtual_address_and_pages_the_rest() {
        for geometry in ALL.iter().flat_map(|arch| arch.page_tables) {
            let mut upper = geometry.virtual_bits;
            for level in geometry.levels {
                upper -= level.bits;
                assert_eq!(level.shift, upper, "{}", geometry.name);
            }
            assert_eq!(upper, geometry.page_shift, "{}", geometry.name);
            assert!(geometry.levels.last().unwrap().leaf.is_some());
            let unaligned = (1 << geometry.page_shift) - 1;
            assert_eq!(geometry.target(u64::MAX) & unaligned, 0);
        }
    }

    #[test]
    fn layouts_have_each_register_once_and_in_bounds() {
        for arch in ALL {
            for layout in [&arch.prstatus, &arch.pt_regs] {
                for (index, (register, offset)) in layout.registers.iter().enumerate() {
                    let size = usize::from(arch.registers[usize::from(register.0)].size);
                    assert!(offset + size <= layout.size);
                    let others = &layout.registers[..index];
                    assert!(!others.iter().any(|other| other.0 == *register));
                }
            }
        }
    }

    #[test]
    fn addresses_of_each_half() {
        let aarch64 = |bits, shift| {
            let of = |geometry: &&&PageTableGeometry| {
                geometry.virtual_bits == bits && geometry.page_shift == shift
            };
            *aarch64::ARCH.page_tables.iter().find(of).unwrap()
        };
        let kernel = |geometry: &PageTableGeometry| *geometry.kernel_addresses().start();
        assert_eq!(kernel(&x86_64::FOUR_LEVELS), 0xffff_8000_0000_0000);
        assert_eq!(kernel(aarch64(48, 12)), 0xffff_0000_0000_0000);
        assert_eq!(kernel(aarch64(52, 14)), 0xfff0_0000_0000_0000);
        assert_eq!(i386::PAE.kernel_addresses(), 0..=0xffff_ffff);
        let four = aarch64(48, 12);
        assert!(four.is_canonical(0x0000_ffff_ffff_ffff));
        assert!(four.is_canonical(0xffff_0000_0000_0000));
        assert!(!four.is_canonical(0x0001_0000_0000_0000));
        assert!(!x86_64::FOUR_LEVELS.is_canonical(0x0000_8000_0000_0000));
        assert!(!i386::TWO_LEVELS.is_canonical(1 << 32));
    }

    #[test]
    fn high_address_bits_of_entries() {
        let find = |name| {
            let tables = aarch64::ARCH.page_tables;
            *tables.iter().find(|table| table.name == name).unwrap()
        };
        assert_eq!(
            find("64K 52-bit").target(0x0000_1234_5678_a003),
            0x000a_1234_5678_0000
        );
        assert_eq!(
            find("4K 52-bit").target(0x0002_1234_5678_9303),
            0x000e_1234_5678_9000
        );
        assert_eq!(
            find("4K 48-bit").target(0x0002_1234_5678_9303),
            0x0000_1234_5678_9000
        );
    }
}
