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
