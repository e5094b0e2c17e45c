use crate::expression::DwarfRegister;
use spelunk_base::ByteOrder;
use spelunk_base::arch::{Arch, Register, RegisterLayout};
use std::fmt;

/// What is known of the registers in one frame.
///
/// A register is known or it is not: a called function may have used it for something else. No
/// value stands for "unknown", not even 0.
#[derive(Clone)]
pub struct Registers {
    arch: &'static Arch,
    values: Box<[u64]>,
    known: u128,
}

impl Registers {
    /// The registers of `arch`, none of them known.
    #[must_use]
    pub fn new(arch: &'static Arch) -> Self {
        Self {
            arch,
            values: vec![0; arch.registers.len().min(128)].into(),
            known: 0,
        }
    }

    /// Those that stand in `bytes` as `layout` says; the others, behind the end of `bytes`, are unknown.
    #[must_use]
    pub fn parse(
        arch: &'static Arch,
        layout: &RegisterLayout,
        order: ByteOrder,
        bytes: &[u8],
    ) -> Self {
        let mut registers = Self::new(arch);
        let bytes = bytes.get(layout.offset..).unwrap_or(&[]);
        for (register, offset) in layout.registers {
            let info = arch.registers.get(usize::from(register.0));
            let size = info.map_or(8, |info| usize::from(info.size));
            let value = bytes.get(*offset..).and_then(|rest| rest.get(..size));
            if let Some(value) = value {
                registers.set(*register, order.uint(value));
            }
        }
        registers
    }

    /// The architecture whose registers these are.
    #[must_use]
    pub fn arch(&self) -> &'static Arch {
        self.arch
    }

    /// The value of `register`, if it is known.
    #[must_use]
    pub fn get(&self, register: Register) -> Option<u64> {
        let value = self.values.get(usize::from(register.0))?;
        (self.known & bit(register) != 0).then_some(*value)
    }

    /// Makes `register` known. A register that the architecture does not have is ignored.
    pub fn set(&mut self, register: Register, value: u64) {
        if let Some(slot) = self.values.get_mut(usize::from(register.0)) {
            *slot = value;
            self.known |= bit(register);
        }
    }

    /// Makes `register` unknown.
    pub fn forget(&mut self, register: Register) {
        self.known &= !bit(register);
    }

    /// The known registers and their values, in the order of the architecture.
    pub fn iter(&self) -> impl Iterator<Item = (Register, u64)> {
        (0..=u8::MAX)
            .map_while(|index| (usize::from(index) < self.values.len()).then_some(Register(index)))
            .filter_map(|register| Some((register, self.get(register)?)))
    }

    /// The program counter, if it is known.
    #[must_use]
    pub fn pc(&self) -> Option<u64> {
        self.get(self.arch.program_counter)
    }

    /// The stack pointer, if it is known.
    #[must_use]
    pub fn sp(&self) -> Option<u64> {
        self.get(self.arch.stack_pointer)
    }

    /// The register that DWARF gives `number`, if the architecture has it.
    #[must_use]
    pub fn find_dwarf(&self, number: DwarfRegister) -> Option<Register> {
        let index = usize::try_from(number.0).ok()?;
        *self.arch.dwarf_registers.get(index)?
    }
}

fn bit(register: Register) -> u128 {
    1u128.checked_shl(u32::from(register.0)).unwrap_or(0)
}

impl PartialEq for Registers {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.arch, other.arch) && self.iter().eq(other.iter())
    }
}

impl Eq for Registers {}

impl fmt::Debug for Registers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (register, value) in self.iter() {
            let info = self.arch.registers.get(usize::from(register.0));
            let name = info.and_then(|info| info.names.first()).unwrap_or(&"?");
            map.entry(&format_args!("{name}"), &format_args!("{value:#x}"));
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_base::arch::x86_64::{ARCH, RAX, RIP, RSP};

    #[test]
    fn zero_is_a_value_and_unknown_is_none() {
        let mut registers = Registers::new(&ARCH);
        assert_eq!(registers.pc(), None);
        registers.set(RIP, 0);
        registers.set(RSP, 8);
        assert_eq!((registers.pc(), registers.sp()), (Some(0), Some(8)));
        registers.forget(RIP);
        assert_eq!(registers.pc(), None);
        assert_eq!(registers.iter().collect::<Vec<_>>(), [(RSP, 8)]);
    }

    #[test]
    fn registers_that_do_not_exist_are_never_known() {
        let mut registers = Registers::new(&ARCH);
        registers.set(Register(200), 1);
        assert_eq!(registers.get(Register(200)), None);
        assert_eq!(registers.find_dwarf(DwarfRegister(60)), None);
        assert_eq!(registers.find_dwarf(DwarfRegister(17)), None);
        assert_eq!(registers.find_dwarf(DwarfRegister(0)), Some(RAX));
    }

    #[test]
    fn forgotten_values_do_not_count_in_comparisons() {
        let mut one = Registers::new(&ARCH);
        one.set(RAX, 1);
        one.forget(RAX);
        assert_eq!(one, Registers::new(&ARCH));
    }
}
