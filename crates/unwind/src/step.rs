use crate::expression::{self, DwarfRegister, Encoding, Environment, ExpressionError};
use crate::{CfaRule, Memory, RegisterRule, Registers, Row, Unreadable};
use spelunk_base::Platform;
use spelunk_base::arch::Register;
use std::fmt;

/// Why a frame's caller could not be found.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum StepError {
    /// The CFA needs a register that is not known.
    UnknownRegister(Register),
    /// The CFA is in memory that cannot be read.
    Memory(Unreadable),
    /// The expression of the CFA cannot be evaluated.
    Expression(ExpressionError),
    /// The return address is not recoverable, for this reason.
    ReturnAddress(Box<StepError>),
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRegister(register) => {
                write!(f, "register number {} is not known", register.0)
            }
            Self::Memory(error) => error.fmt(f),
            Self::Expression(error) => error.fmt(f),
            Self::ReturnAddress(error) => write!(f, "the return address is lost: {error}"),
        }
    }
}

impl std::error::Error for StepError {}

impl From<Unreadable> for StepError {
    fn from(error: Unreadable) -> Self {
        Self::Memory(error)
    }
}

impl From<ExpressionError> for StepError {
    fn from(error: ExpressionError) -> Self {
        Self::Expression(error)
    }
}

/// The registers of the caller of the frame with `registers`, by the rules of `row`.
///
/// `None` if there is no caller. Registers whose value cannot be recovered are unknown in the
/// result; only the CFA and the return address must be.
///
/// # Errors
///
/// [`StepError`] if the CFA or the return address cannot be recovered.
pub fn step(
    registers: &Registers,
    row: &Row,
    platform: Platform,
    memory: &dyn Memory,
) -> Result<Option<Registers>, StepError> {
    if row.is_outermost {
        return Ok(None);
    }
    let frame = Frame {
        registers,
        platform,
        memory,
    };
    let cfa = frame.cfa(&row.cfa)?;
    let arch = registers.arch();
    let mut caller = Registers::new(arch);
    caller.set(arch.stack_pointer, cfa);
    for (register, rule) in row.rules() {
        match frame.recover(*register, rule, cfa) {
            Ok(Some(value)) => caller.set(*register, value),
            Ok(None) if *register == row.return_address => return Ok(None),
            Err(error) if *register == row.return_address => {
                return Err(StepError::ReturnAddress(Box::new(error)));
            }
            Ok(None) | Err(_) => caller.forget(*register),
        }
    }
    match caller.get(row.return_address) {
        Some(address) => caller.set(arch.program_counter, address),
        None => return Ok(None),
    }
    Ok(Some(caller))
}

/// The CFA of the frame with `registers`, by `row`.
///
/// # Errors
///
/// As [`step`].
pub fn canonical_frame_address(
    registers: &Registers,
    row: &Row,
    platform: Platform,
    memory: &dyn Memory,
) -> Result<u64, StepError> {
    Frame {
        registers,
        platform,
        memory,
    }
    .cfa(&row.cfa)
}

struct Frame<'a> {
    registers: &'a Registers,
    platform: Platform,
    memory: &'a dyn Memory,
}

impl Frame<'_> {
    fn cfa(&self, rule: &CfaRule) -> Result<u64, StepError> {
        match rule {
            CfaRule::RegisterPlus(register, offset) => self.plus(*register, *offset),
            CfaRule::AtRegister(register, offset, then) => {
                let word = self.word(self.plus(*register, *offset)?)?;
                Ok(self.add(word, *then))
            }
            CfaRule::Expression(bytes) => self.evaluate(bytes, None),
        }
    }

    /// The value of `register` in the caller; `None` if it is lost there.
    fn recover(
        &self,
        register: Register,
        rule: &RegisterRule,
        cfa: u64,
    ) -> Result<Option<u64>, StepError> {
        Ok(Some(match rule {
            RegisterRule::Undefined => return Ok(None),
            RegisterRule::SameValue => return Ok(self.registers.get(register)),
            RegisterRule::AtCfa(offset) => self.saved(register, self.add(cfa, *offset))?,
            RegisterRule::CfaPlus(offset) => self.add(cfa, *offset),
            RegisterRule::RegisterPlus(other, offset) => self.plus(*other, *offset)?,
            RegisterRule::AtRegister(other, offset) => {
                self.saved(register, self.plus(*other, *offset)?)?
            }
            RegisterRule::AtExpression(bytes) => {
                self.saved(register, self.evaluate(bytes, Some(cfa))?)?
            }
            RegisterRule::Expression(bytes) => self.evaluate(bytes, Some(cfa))?,
            RegisterRule::Constant(value) => *value,
        }))
    }

    fn get(&self, register: Register) -> Result<u64, StepError> {
        self.registers
            .get(register)
            .ok_or(StepError::UnknownRegister(register))
    }

    fn plus(&self, register: Register, offset: i64) -> Result<u64, StepError> {
        Ok(self.add(self.get(register)?, offset))
    }

    fn add(&self, address: u64, offset: i64) -> u64 {
        address.wrapping_add_signed(offset) & self.platform.address_mask()
    }

    /// The address-sized word in memory at `address`.
    fn word(&self, address: u64) -> Result<u64, StepError> {
        self.uint(address, self.platform.address_size())
    }

    /// What was saved of `register` in memory at `address`: a word, though segment registers have
    /// fewer bits.
    fn saved(&self, register: Register, address: u64) -> Result<u64, StepError> {
        let info = self.registers.arch().registers;
        let size = info
            .get(usize::from(register.0))
            .map_or(8, |info| info.size);
        self.uint(address, size.min(self.platform.address_size()))
    }

    fn uint(&self, address: u64, size: u8) -> Result<u64, StepError> {
        let mut bytes = [0; 8];
        let buffer = bytes.get_mut(..usize::from(size)).unwrap_or_default();
        self.memory.read(address, buffer)?;
        Ok(self.platform.byte_order.uint(buffer))
    }

    fn evaluate(&self, bytes: &[u8], initial: Option<u64>) -> Result<u64, StepError> {
        let encoding = Encoding::of(self.platform);
        Ok(expression::evaluate_value(bytes, encoding, initial, self)?)
    }
}

impl Environment for Frame<'_> {
    fn register(&self, number: DwarfRegister) -> Result<u128, ExpressionError> {
        self.registers
            .find_dwarf(number)
            .and_then(|register| self.registers.get(register))
            .map(u128::from)
            .ok_or(ExpressionError::UnknownRegister(number))
    }

    fn memory(&self, address: u64, buffer: &mut [u8]) -> Result<(), ExpressionError> {
        Ok(self.memory.read(address, buffer)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_base::Architecture;
    use spelunk_base::arch::x86_64::{ARCH, CS, R12, R13, RAX, RBP, RBX, RIP, RSP};

    /// Words at addresses.
    struct Words(Vec<(u64, u64)>);

    impl Memory for Words {
        fn read(&self, address: u64, buffer: &mut [u8]) -> Result<(), Unreadable> {
            let word = self.0.iter().find(|word| word.0 == address);
            let (_, value) = word.ok_or(Unreadable { address })?;
            buffer.copy_from_slice(&value.to_le_bytes()[..buffer.len()]);
            Ok(())
        }
    }

    fn platform() -> Platform {
        Platform::of(Architecture::X86_64)
    }

    fn registers(values: &[(Register, u64)]) -> Registers {
        let mut registers = Registers::new(&ARCH);
        for (register, value) in values {
            registers.set(*register, *value);
        }
        registers
    }

    // push %rbp; mov %rsp,%rbp; push %rbx; (here)
    fn row() -> Row {
        let mut row = Row::new(&ARCH, CfaRule::RegisterPlus(RBP, 16));
        row.set(RIP, RegisterRule::AtCfa(-8));
        row.set(RBP, RegisterRule::AtCfa(-16));
        row.set(RBX, RegisterRule::AtCfa(-24));
        row.set(R12, RegisterRule::SameValue);
        row
    }

    #[test]
    fn a_function_with_a_frame_pointer() {
        let memory = Words(vec![(0x1008, 0x4000), (0x1000, 0x2000), (0xff8, 7)]);
        let callee = registers(&[
            (RBP, 0x1000),
            (RSP, 0xff8),
            (RIP, 1),
            (R12, 12),
            (RAX, 5),
            (R13, 6),
        ]);
        let caller = step(&callee, &row(), platform(), &memory).unwrap().unwrap();
        let expected = registers(&[
            (RIP, 0x4000),
            (RSP, 0x1010),
            (RBP, 0x2000),
            (RBX, 7),
            (R12, 12),
        ]);
        assert_eq!(caller, expected, "rax and r13 have no rule and are lost");
    }

    #[test]
    fn a_register_that_cannot_be_read_is_lost_but_the_return_address_must_be_there() {
        let callee = registers(&[(RBP, 0x1000)]);
        let memory = Words(vec![(0x1008, 0x4000)]);
        let caller = step(&callee, &row(), platform(), &memory).unwrap().unwrap();
        assert_eq!(caller.get(RBX), None);
        assert_eq!(caller.get(R12), None, "same as what is not known");
        let lost = step(&callee, &row(), platform(), &Words(Vec::new()));
        let unreadable = StepError::Memory(Unreadable { address: 0x1008 });
        assert_eq!(lost, Err(StepError::ReturnAddress(Box::new(unreadable))));
        let no_frame = step(&registers(&[]), &row(), platform(), &memory);
        assert_eq!(no_frame, Err(StepError::UnknownRegister(RBP)));
    }

    #[test]
    fn the_outermost_frame_has_no_caller() {
        let memory = Words(Vec::new());
        let callee = registers(&[(RSP, 0x1000), (RBP, 0)]);
        assert_eq!(
            step(&callee, &Row::outermost(&ARCH), platform(), &memory),
            Ok(None)
        );
        let mut undefined = row();
        undefined.set(RIP, RegisterRule::Undefined);
        assert_eq!(step(&callee, &undefined, platform(), &memory), Ok(None));
    }

    // What the kernel saved when it was interrupted: the stack pointer is saved, too, and segment
    // registers are 16 bits in a word.
    #[test]
    fn saved_registers_of_an_interrupted_frame() {
        let mut row = Row::new(&ARCH, CfaRule::AtRegister(RSP, 0, 8));
        for (register, offset) in ARCH.pt_regs.registers {
            row.set(*register, RegisterRule::AtCfa(*offset as i64));
        }
        let saved = ARCH.pt_regs.registers.iter().map(|(register, offset)| {
            (0x2008 + *offset as u64, 0xaaaa_0000 + u64::from(register.0))
        });
        let memory = Words(saved.chain([(0x1000, 0x2000)]).collect());
        let caller = step(&registers(&[(RSP, 0x1000)]), &row, platform(), &memory);
        let caller = caller.unwrap().unwrap();
        assert_eq!(caller.iter().count(), ARCH.pt_regs.registers.len());
        assert_eq!(caller.sp(), Some(0xaaaa_0000 + u64::from(RSP.0)));
        assert_eq!(caller.pc(), Some(0xaaaa_0000 + u64::from(RIP.0)));
        assert_eq!(caller.get(CS), Some(u64::from(CS.0)));
    }

    #[test]
    fn every_kind_of_rule() {
        let memory = Words(vec![(0x1000, 0x77), (0x2004, 0x88), (0xff8, 0x99)]);
        let callee = registers(&[(RSP, 0xff0), (RBP, 0x2000)]);
        // The CFA is rsp + 16; DW_OP_lit8, DW_OP_minus.
        let below: std::sync::Arc<[u8]> = [0x38, 0x1c][..].into();
        let breg7_16: std::sync::Arc<[u8]> = [0x77, 16][..].into();
        let mut row = Row::new(&ARCH, CfaRule::Expression(breg7_16));
        row.set(RIP, RegisterRule::AtCfa(0));
        row.set(RAX, RegisterRule::CfaPlus(-4));
        row.set(RBX, RegisterRule::RegisterPlus(RBP, 1));
        row.set(RBP, RegisterRule::AtRegister(RBP, 4));
        row.set(R12, RegisterRule::AtExpression(below.clone()));
        row.set(R13, RegisterRule::Expression(below));
        row.set(CS, RegisterRule::Constant(3));
        let caller = step(&callee, &row, platform(), &memory).unwrap().unwrap();
        let expected = [
            (RIP, 0x77),
            (RSP, 0x1000),
            (RAX, 0xffc),
            (RBX, 0x2001),
            (RBP, 0x88),
            (R12, 0x99),
            (R13, 0xff8),
            (CS, 3),
        ];
        assert_eq!(caller, registers(&expected));
        let cfa = canonical_frame_address(&callee, &row, platform(), &memory);
        assert_eq!(cfa, Ok(0x1000));
    }
}
