use spelunk_base::arch::{Arch, Register};
use std::sync::Arc;

/// How to get from the registers of a frame to those of its caller, at one address: a row of the
/// table in DWARF 5, section 6.4.1, made by whoever knows (call frame information, ORC).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// How to compute the canonical frame address (CFA).
    pub cfa: CfaRule,
    /// The register whose rule recovers the return address. The caller's program counter is what
    /// that rule gives.
    pub return_address: Register,
    /// Whether the caller was interrupted at the recovered program counter instead of calling: the
    /// address is exact and 1 must not be subtracted to find its function.
    pub is_signal_frame: bool,
    /// Whether there is no caller: the outermost frame.
    pub is_outermost: bool,
    rules: Vec<(Register, RegisterRule)>,
}

/// How to compute the CFA.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CfaRule {
    /// The register's value plus the offset.
    RegisterPlus(Register, i64),
    /// The word in memory at the register's value plus the first offset, plus the second offset.
    AtRegister(Register, i64, i64),
    /// What this DWARF expression gives.
    Expression(Arc<[u8]>),
}

/// How to recover one register of the caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RegisterRule {
    /// It is lost.
    Undefined,
    /// It is as it was.
    SameValue,
    /// It is in memory at the CFA plus the offset.
    AtCfa(i64),
    /// It is the CFA plus the offset.
    CfaPlus(i64),
    /// It is the value of another register plus the offset.
    RegisterPlus(Register, i64),
    /// It is in memory at the value of another register plus the offset.
    AtRegister(Register, i64),
    /// It is in memory at the address that this DWARF expression gives, with the CFA on its stack.
    AtExpression(Arc<[u8]>),
    /// It is what this DWARF expression gives, with the CFA on its stack.
    Expression(Arc<[u8]>),
    /// It is this number.
    Constant(u64),
}

impl Row {
    /// A row that recovers nothing yet but the stack pointer.
    #[must_use]
    pub fn new(arch: &Arch, cfa: CfaRule) -> Self {
        Self {
            cfa,
            return_address: arch.program_counter,
            is_signal_frame: false,
            is_outermost: false,
            rules: Vec::new(),
        }
    }

    /// The row of a frame without a caller.
    #[must_use]
    pub fn outermost(arch: &Arch) -> Self {
        Self {
            is_outermost: true,
            ..Self::new(arch, CfaRule::RegisterPlus(arch.stack_pointer, 0))
        }
    }

    /// Sets the rule of `register`.
    pub fn set(&mut self, register: Register, rule: RegisterRule) {
        match self.position(register) {
            Ok(index) => {
                if let Some(slot) = self.rules.get_mut(index) {
                    slot.1 = rule;
                }
            }
            Err(index) => self.rules.insert(index, (register, rule)),
        }
    }

    /// The rule of `register`. A register without one is lost, but for the stack pointer, which is
    /// the CFA.
    #[must_use]
    pub fn find(&self, register: Register) -> Option<&RegisterRule> {
        let index = self.position(register).ok()?;
        self.rules.get(index).map(|(_, rule)| rule)
    }

    /// All rules, ordered by register.
    #[must_use]
    pub fn rules(&self) -> &[(Register, RegisterRule)] {
        &self.rules
    }

    fn position(&self, register: Register) -> Result<usize, usize> {
        self.rules.binary_search_by_key(&register, |rule| rule.0)
    }
}
