use super::version::OrcVersion;
use spelunk_base::arch::x86_64::{ARCH, R10, R13, RAX, RBP, RDI, RDX, RIP, RSP};
use spelunk_base::arch::{Register, RegisterLayout};
use spelunk_base::{ByteOrder, Cursor};
use spelunk_unwind::{CfaRule, RegisterRule, Row};

/// An entry, in the terms of the latest kernels whatever the version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OrcEntry {
    pub(super) kind: Kind,
    /// Whether the frame that this leads to was interrupted.
    pub(super) signal: bool,
    pub(super) sp_base: SpBase,
    pub(super) sp_offset: i16,
    pub(super) bp_base: BpBase,
    pub(super) bp_offset: i16,
}

/// What the stack holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Not known.
    Undefined,
    /// Nothing: this code has no caller.
    EndOfStack,
    /// A return address.
    Call,
    /// All of `struct pt_regs`.
    Registers,
    /// Its last five words alone, which the processor pushed.
    PartialRegisters,
}

/// What the offset to the caller's stack pointer (or `struct pt_regs`) is from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SpBase {
    Undefined,
    Sp,
    Bp,
    /// Another register.
    Register(Register),
    /// The word that the stack pointer points to, plus the offset.
    SpIndirect,
    /// The word at the frame pointer plus the offset.
    BpIndirect,
}

/// What the offset to the caller's frame pointer, saved, is from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BpBase {
    /// It is not saved: as it was.
    Undefined,
    PrevSp,
    Bp,
}

impl OrcEntry {
    /// Size of `struct orc_entry`.
    pub(super) const SIZE: usize = 6;

    /// `None` if it has a register or type that the version does not know.
    pub(super) fn parse(bytes: &[u8], order: ByteOrder, version: OrcVersion) -> Option<Self> {
        let mut cursor = Cursor::new(bytes, order);
        let sp_offset = cursor.u16().ok()?.cast_signed();
        let bp_offset = cursor.u16().ok()?.cast_signed();
        let flags = cursor.u16().ok()?;
        let sp_base = SpBase::parse(flags & 0xf, version)?;
        let bp_base = BpBase::parse(flags >> 4 & 0xf, version)?;
        let bit = |number: u32| flags >> number & 1 != 0;
        let (kind, signal, unused) = match version {
            OrcVersion::V1 => {
                let kind = Kind::parse_old(flags >> 8 & 3, sp_base, bit(10))?;
                // Only what interrupted pushes registers.
                let signal = matches!(kind, Kind::Registers | Kind::PartialRegisters);
                (kind, signal, flags >> 11)
            }
            OrcVersion::V2 => {
                let kind = Kind::parse_old(flags >> 8 & 3, sp_base, bit(11))?;
                (kind, bit(10), flags >> 12)
            }
            OrcVersion::V3 | OrcVersion::V4 => (Kind::parse(flags >> 8 & 7)?, bit(11), flags >> 12),
        };
        (unused == 0).then_some(Self {
            kind,
            signal,
            sp_base,
            sp_offset,
            bp_base,
            bp_offset,
        })
    }

    /// The row that says the same. `None` if there is nothing known at the address.
    pub(super) fn to_row(self) -> Option<Row> {
        match self.kind {
            Kind::Undefined => return None,
            Kind::EndOfStack => return Some(Row::outermost(&ARCH)),
            Kind::Call | Kind::Registers | Kind::PartialRegisters => {}
        }
        let offset = i64::from(self.sp_offset);
        let cfa = match self.sp_base {
            SpBase::Undefined => return None,
            SpBase::Sp => CfaRule::RegisterPlus(RSP, offset),
            SpBase::Bp => CfaRule::RegisterPlus(RBP, offset),
            SpBase::Register(register) => CfaRule::RegisterPlus(register, offset),
            SpBase::SpIndirect => CfaRule::AtRegister(RSP, 0, offset),
            SpBase::BpIndirect => CfaRule::AtRegister(RBP, offset, 0),
        };
        let mut row = Row::new(&ARCH, cfa);
        row.is_signal_frame = self.signal;
        let bp_offset = i64::from(self.bp_offset);
        row.set(
            RBP,
            match self.bp_base {
                BpBase::Undefined => RegisterRule::SameValue,
                BpBase::PrevSp => RegisterRule::AtCfa(bp_offset),
                BpBase::Bp => RegisterRule::AtRegister(RBP, bp_offset),
            },
        );
        let layout = &ARCH.pt_regs;
        match self.kind {
            Kind::Registers => set_saved(&mut row, layout, 0),
            Kind::PartialRegisters => set_saved(&mut row, layout, first_pushed_by_processor()),
            _ => row.set(RIP, RegisterRule::AtCfa(-8)),
        }
        Some(row)
    }
}

/// Offset in `struct pt_regs` of what the processor pushes itself (`IRET_FRAME_OFFSET`).
fn first_pushed_by_processor() -> usize {
    let registers = ARCH.pt_regs.registers.iter();
    registers
        .filter(|(register, _)| *register == RIP)
        .map(|(_, offset)| *offset)
        .sum()
}

/// Sets the rules for the registers in `layout` from the offset `first` on, which is at the CFA.
fn set_saved(row: &mut Row, layout: &RegisterLayout, first: usize) {
    for (register, offset) in layout.registers {
        if let Some(offset) = offset.checked_sub(first)
            && let Ok(offset) = i64::try_from(offset)
        {
            row.set(*register, RegisterRule::AtCfa(offset));
        }
    }
}

impl Kind {
    /// Version 3 on: `ORC_TYPE_*`.
    fn parse(value: u16) -> Option<Self> {
        Some(match value {
            0 => Self::Undefined,
            1 => Self::EndOfStack,
            2 => Self::Call,
            3 => Self::Registers,
            4 => Self::PartialRegisters,
            _ => return None,
        })
    }

    /// Versions 1 and 2: whether the stack ends is a bit of its own, and nothing being known shows
    /// in the register.
    fn parse_old(value: u16, sp_base: SpBase, end: bool) -> Option<Self> {
        Some(match (sp_base, value) {
            (SpBase::Undefined, _) if end => Self::EndOfStack,
            (SpBase::Undefined, _) => Self::Undefined,
            (_, 0) => Self::Call,
            (_, 1) => Self::Registers,
            (_, 2) => Self::PartialRegisters,
            _ => return None,
        })
    }
}

impl SpBase {
    /// `ORC_REG_*`
    fn parse(value: u16, version: OrcVersion) -> Option<Self> {
        Some(match (version, value) {
            (_, 0) => Self::Undefined,
            (OrcVersion::V4, 1) => Self::Register(RAX),
            (_, 2) => Self::Register(RDX),
            (OrcVersion::V4, 3) => Self::Sp,
            (_, 4) => Self::Bp,
            (OrcVersion::V4, 5) => Self::Register(RDI),
            (_, 6) => Self::Register(R10),
            (_, 7) => Self::Register(R13),
            (_, 9) => Self::SpIndirect,
            (OrcVersion::V4, 10) => Self::BpIndirect,
            (OrcVersion::V4, _) => return None,
            (_, 3) => Self::Register(RDI),
            (_, 5) => Self::Sp,
            (_, 8) => Self::BpIndirect,
            // Clang keeps the stack pointer in rax where it realigns the stack; 7.0 and stable
            // kernels before it got this number for it.
            (OrcVersion::V3, 10) => Self::Register(RAX),
            _ => return None,
        })
    }
}

impl BpBase {
    fn parse(value: u16, version: OrcVersion) -> Option<Self> {
        Some(match (version, value) {
            (_, 0) => Self::Undefined,
            (_, 4) => Self::Bp,
            (OrcVersion::V4, 8) => Self::PrevSp,
            (OrcVersion::V1 | OrcVersion::V2 | OrcVersion::V3, 1) => Self::PrevSp,
            _ => return None,
        })
    }
}
