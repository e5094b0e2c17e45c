use super::RowSource;
use gimli::{
    BaseAddresses, CfaRule as GimliCfa, CieOrFde, CommonInformationEntry, DebugFrame, EhFrame,
    EndianSlice, Register as DwarfNumber, RegisterRule as GimliRule, RunTimeEndian, UnwindContext,
    UnwindExpression, UnwindSection, Vendor,
};
use spelunk_base::arch::{Arch, Register};
use spelunk_base::{Architecture, ByteOrder, Platform};
use spelunk_elf::SectionData;
use spelunk_unwind::{CfaRule, RegisterRule, Row};
use std::collections::HashMap;
use std::sync::Arc;

type Slice<'a> = EndianSlice<'a, RunTimeEndian>;

/// Which of the two sections of call frame information; they differ in small ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Section {
    /// `.debug_frame`: DWARF 5, section 6.4.
    DebugFrame,
    /// `.eh_frame`: Linux Standard Base Core 5.0, section 10.6.
    EhFrame,
}

impl Section {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DebugFrame => ".debug_frame",
            Self::EhFrame => ".eh_frame",
        }
    }

    pub(super) fn source(self) -> RowSource {
        match self {
            Self::DebugFrame => RowSource::DebugFrame,
            Self::EhFrame => RowSource::EhFrame,
        }
    }
}

/// A section of call frame information, with the ranges of its FDEs.
pub(super) struct CfiTable {
    section: Section,
    data: SectionData,
    endian: RunTimeEndian,
    address_size: u8,
    vendor: Vendor,
    bases: BaseAddresses,
    /// Sorted by start.
    fdes: Vec<FdeRange>,
}

#[derive(Clone, Copy)]
struct FdeRange {
    start: u64,
    end: u64,
    offset: usize,
}

/// An FDE that has no rows.
pub(super) struct DamagedFde {
    /// Where it starts in the section.
    pub(super) offset: u64,
    pub(super) error: gimli::Error,
}

impl CfiTable {
    /// Reads where the FDEs are. The list ends at the first entry that cannot be read.
    pub(super) fn new(
        section: Section,
        data: SectionData,
        platform: Platform,
        bases: BaseAddresses,
    ) -> Self {
        let mut table = Self {
            section,
            data,
            endian: match platform.byte_order {
                ByteOrder::Little => RunTimeEndian::Little,
                ByteOrder::Big => RunTimeEndian::Big,
            },
            address_size: platform.address_size(),
            // Some instructions mean one thing on SPARC and another on AArch64.
            vendor: match platform.architecture {
                Architecture::Aarch64 => Vendor::AArch64,
                _ => Vendor::Default,
            },
            bases,
            fdes: Vec::new(),
        };
        let mut fdes = match section {
            Section::DebugFrame => table.list(&table.debug_frame()),
            Section::EhFrame => table.list(&table.eh_frame()),
        };
        fdes.sort_by_key(|fde| (fde.start, fde.end));
        table.fdes = fdes;
        table
    }

    fn debug_frame(&self) -> DebugFrame<Slice<'_>> {
        let mut section = DebugFrame::new(&self.data, self.endian);
        section.set_address_size(self.address_size);
        section.set_vendor(self.vendor);
        section
    }

    fn eh_frame(&self) -> EhFrame<Slice<'_>> {
        let mut section = EhFrame::new(&self.data, self.endian);
        section.set_address_size(self.address_size);
        section.set_vendor(self.vendor);
        section
    }

    fn list<'a, S: UnwindSection<Slice<'a>>>(&self, section: &S) -> Vec<FdeRange>
    where
        S::Offset: gimli::UnwindOffset<usize>,
    {
        let mut fdes = Vec::new();
        let mut entries = section.entries(&self.bases);
        // FDEs that share a CIE stand together.
        let mut last: Option<(S::Offset, CommonInformationEntry<Slice<'a>>)> = None;
        while let Ok(Some(entry)) = entries.next() {
            let CieOrFde::Fde(partial) = entry else {
                continue;
            };
            let fde = partial.parse(|section, bases, offset| {
                if let Some((_, cie)) = last.as_ref().filter(|(known, _)| *known == offset) {
                    return Ok(cie.clone());
                }
                let cie = S::cie_from_offset(section, bases, offset)?;
                last = Some((offset, cie.clone()));
                Ok(cie)
            });
            if let Ok(fde) = fde
                && let Some(end) = fde.initial_address().checked_add(fde.len())
            {
                fdes.push(FdeRange {
                    start: fde.initial_address(),
                    end,
                    offset: fde.offset(),
                });
            }
        }
        fdes
    }

    fn find_fde(&self, pc: u64) -> Option<&FdeRange> {
        let after = self.fdes.partition_point(|fde| fde.start <= pc);
        let before = self.fdes.get(..after)?;
        before.last().filter(|fde| pc < fde.end)
    }

    /// The row at `pc`, an address in the file.
    pub(super) fn find_row(&self, pc: u64, arch: &Arch) -> Result<Option<Row>, DamagedFde> {
        let Some(fde) = self.find_fde(pc) else {
            return Ok(None);
        };
        let row = match self.section {
            Section::DebugFrame => self.row(&self.debug_frame(), fde.offset, pc, arch),
            Section::EhFrame => self.row(&self.eh_frame(), fde.offset, pc, arch),
        };
        row.map_err(|error| DamagedFde {
            offset: fde.offset as u64,
            error,
        })
    }

    /// How many bytes further the CFA is from the stack pointer at `pc` than where the function has made room
    /// for all that it keeps: what it pushed there for a call.
    pub(super) fn pushed_at(&self, pc: u64, arch: &Arch) -> Option<u64> {
        let offset = self.find_fde(pc)?.offset;
        let pushed = match self.section {
            Section::DebugFrame => self.pushed(&self.debug_frame(), offset, pc, arch),
            Section::EhFrame => self.pushed(&self.eh_frame(), offset, pc, arch),
        };
        pushed.ok()?
    }

    fn pushed<'a, S: UnwindSection<Slice<'a>>>(
        &self,
        section: &S,
        offset: usize,
        pc: u64,
        arch: &Arch,
    ) -> Result<Option<u64>, gimli::Error> {
        let fde =
            section.fde_from_offset(&self.bases, S::Offset::from(offset), S::cie_from_offset)?;
        let mut context = UnwindContext::new();
        let mut rows = fde.rows(section, &self.bases, &mut context)?;
        let translate = Translate { section, arch };
        let return_address = fde.cie().return_address_register();
        let (mut here, mut settled, mut lengths) = (None, None, HashMap::new());
        while let Some(row) = rows.next_row()? {
            let GimliCfa::RegisterAndOffset { register, offset } = *row.cfa() else {
                return Ok(None);
            };
            if translate.register(register) != Some(arch.stack_pointer) {
                return Ok(None);
            }
            if row.contains(pc) {
                here = Some(offset);
            }
            // The end of a prologue says where all registers are that it saved.
            if row.registers().any(|(saved, _)| *saved != return_address) {
                settled.get_or_insert(offset);
            }
            let length = row.end_address().saturating_sub(row.start_address());
            *lengths.entry(offset).or_insert(0) += length;
        }
        let longest = lengths.into_iter().max_by_key(|(_, length)| *length);
        let settled = settled.or(longest.map(|(offset, _)| offset));
        Ok(here
            .zip(settled)
            .and_then(|(here, settled)| u64::try_from(here.checked_sub(settled)?).ok()))
    }

    fn row<'a, S: UnwindSection<Slice<'a>>>(
        &self,
        section: &S,
        offset: usize,
        pc: u64,
        arch: &Arch,
    ) -> Result<Option<Row>, gimli::Error> {
        let offset = S::Offset::from(offset);
        let fde = section.fde_from_offset(&self.bases, offset, S::cie_from_offset)?;
        let mut context = UnwindContext::new();
        let row = fde.unwind_info_for_address(section, &self.bases, &mut context, pc)?;
        let translate = Translate { section, arch };
        translate.row(
            row,
            fde.cie().return_address_register(),
            fde.is_signal_trampoline(),
        )
    }
}

/// From gimli's words into ours.
struct Translate<'s, 'r, S> {
    section: &'s S,
    arch: &'r Arch,
}

impl<'a, S: UnwindSection<Slice<'a>>> Translate<'_, '_, S> {
    /// `None` for rules that mean nothing on the architecture.
    fn row(
        &self,
        row: &gimli::UnwindTableRow<usize>,
        return_address: DwarfNumber,
        is_signal_frame: bool,
    ) -> Result<Option<Row>, gimli::Error> {
        let cfa = match row.cfa() {
            GimliCfa::RegisterAndOffset { register, offset } => match self.register(*register) {
                Some(register) => CfaRule::RegisterPlus(register, *offset),
                None => return Ok(None),
            },
            GimliCfa::Expression(expression) => CfaRule::Expression(self.bytes(expression)?),
        };
        let mut result = Row::new(self.arch, cfa);
        // Compilers leave out the registers that a function does not touch. Those that it must
        // preserve are then as they were; the others are the caller's own to save.
        // The return address stays in its register until a call needs that.
        for register in self
            .arch
            .callee_saved
            .iter()
            .chain(&self.arch.link_register)
        {
            result.set(*register, RegisterRule::SameValue);
        }
        for (number, rule) in row.registers() {
            if let Some(register) = self.register(*number)
                && let Some(rule) = self.rule(rule)?
            {
                result.set(register, rule);
            }
        }
        let Some(return_address) = self.register(return_address) else {
            return Ok(None);
        };
        result.return_address = return_address;
        result.is_signal_frame = is_signal_frame;
        result.is_outermost = result.find(return_address) == Some(&RegisterRule::Undefined);
        Ok(Some(result))
    }

    fn rule(&self, rule: &GimliRule<usize>) -> Result<Option<RegisterRule>, gimli::Error> {
        Ok(Some(match rule {
            GimliRule::Undefined => RegisterRule::Undefined,
            GimliRule::SameValue => RegisterRule::SameValue,
            GimliRule::Offset(offset) => RegisterRule::AtCfa(*offset),
            GimliRule::ValOffset(offset) => RegisterRule::CfaPlus(*offset),
            GimliRule::Register(other) => match self.register(*other) {
                Some(other) => RegisterRule::RegisterPlus(other, 0),
                None => RegisterRule::Undefined,
            },
            GimliRule::Expression(expression) => {
                RegisterRule::AtExpression(self.bytes(expression)?)
            }
            GimliRule::ValExpression(expression) => {
                RegisterRule::Expression(self.bytes(expression)?)
            }
            GimliRule::Constant(value) => RegisterRule::Constant(*value),
            _ => return Ok(None),
        }))
    }

    fn register(&self, number: DwarfNumber) -> Option<Register> {
        *self.arch.dwarf_registers.get(usize::from(number.0))?
    }

    fn bytes(&self, expression: &UnwindExpression<usize>) -> Result<Arc<[u8]>, gimli::Error> {
        Ok(expression.get(self.section)?.0.slice().into())
    }
}
