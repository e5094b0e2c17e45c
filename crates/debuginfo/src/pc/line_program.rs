//! The machine that runs line programs (DWARF 5, sections 6.2.2 and 6.2.5). gimli has one, too, which
//! takes whatever stands behind a step back for left out by the linker.

use crate::dwarf::Slice;
use gimli::{LineInstruction, LineProgramHeader};

/// The registers that lines are told from.
pub(super) struct LineMachine<'h, 'a> {
    header: &'h LineProgramHeader<Slice<'a>>,
    registers: Registers,
    /// Whether the linker left out the code at the address that was set last.
    is_dropped: bool,
}

#[derive(Clone, Copy)]
struct Registers {
    address: u64,
    operation: u64,
    file: u64,
    line: u64,
    column: u64,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LineRow {
    pub(super) address: u64,
    pub(super) file: u32,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// What an instruction adds to the table.
pub(super) enum Step {
    Nothing,
    Row(LineRow),
    /// The sequence ends before this address.
    End(u64),
}

impl<'h, 'a> LineMachine<'h, 'a> {
    pub(super) fn new(header: &'h LineProgramHeader<Slice<'a>>) -> Self {
        Self {
            header,
            registers: Registers::START,
            is_dropped: false,
        }
    }

    pub(super) fn execute(&mut self, instruction: &LineInstruction<Slice<'a>>) -> Step {
        let registers = &mut self.registers;
        match *instruction {
            LineInstruction::Special(opcode) => {
                let adjusted = opcode.wrapping_sub(self.header.opcode_base());
                let range = self.header.line_range().max(1);
                let line = i64::from(self.header.line_base()) + i64::from(adjusted % range);
                registers.line = registers.line.wrapping_add_signed(line);
                self.advance((adjusted / range).into());
                return self.row();
            }
            LineInstruction::Copy => return self.row(),
            LineInstruction::AdvancePc(operations) => self.advance(operations),
            LineInstruction::AdvanceLine(lines) => {
                registers.line = registers.line.wrapping_add_signed(lines);
            }
            LineInstruction::SetFile(file) => registers.file = file,
            LineInstruction::SetColumn(column) => registers.column = column,
            LineInstruction::ConstAddPc => {
                let adjusted = u8::MAX.wrapping_sub(self.header.opcode_base());
                self.advance((adjusted / self.header.line_range().max(1)).into());
            }
            LineInstruction::FixedAddPc(bytes) => {
                registers.address = registers.address.wrapping_add(bytes.into());
                registers.operation = 0;
            }
            LineInstruction::SetAddress(address) => {
                registers.address = address;
                registers.operation = 0;
                self.is_dropped = self.is_tombstone(address);
            }
            LineInstruction::EndSequence => {
                let end = registers.address & self.mask();
                self.registers = Registers::START;
                self.is_dropped = false;
                return Step::End(end);
            }
            _ => {}
        }
        Step::Nothing
    }

    /// Goes on by so many operations, of which an instruction may have several (section 6.2.5.1).
    fn advance(&mut self, operations: u64) {
        let registers = &mut self.registers;
        let length = u64::from(self.header.minimum_instruction_length());
        let most = u64::from(self.header.maximum_operations_per_instruction()).max(1);
        let operation = registers.operation.wrapping_add(operations);
        let bytes = (operation / most).wrapping_mul(length);
        registers.address = registers.address.wrapping_add(bytes);
        registers.operation = operation % most;
    }

    fn row(&self) -> Step {
        let clamp = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        match self.is_dropped {
            true => Step::Nothing,
            false => Step::Row(LineRow {
                address: self.registers.address & self.mask(),
                file: clamp(self.registers.file),
                line: clamp(self.registers.line),
                column: clamp(self.registers.column),
            }),
        }
    }

    fn mask(&self) -> u64 {
        let bits = u32::from(self.header.address_size()).saturating_mul(8);
        u64::MAX >> 64u32.saturating_sub(bits).min(63)
    }

    /// What linkers put in place of the address of code that they left out: 0, the highest, or (in
    /// LLVM's, where that has a meaning) the one before.
    fn is_tombstone(&self, address: u64) -> bool {
        address == 0 || address >= self.mask() - 1
    }
}

impl Registers {
    const START: Self = Self {
        address: 0,
        operation: 0,
        file: 1,
        line: 1,
        column: 0,
    };
}
