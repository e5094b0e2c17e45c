use super::cfi::{CfiTable, DamagedFde, Section};
use crate::orc::{OrcTable, OrcVersion};
use crate::{DebugFile, DebugInfoError};
use gimli::BaseAddresses;
use spelunk_base::Architecture;
use spelunk_elf::SectionData;
use spelunk_unwind::{CfaRule, Row};
use std::sync::OnceLock;

/// What a row was made from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RowSource {
    /// `.debug_frame`
    DebugFrame,
    /// `.eh_frame`
    EhFrame,
    /// The kernel's ORC tables.
    Orc,
}

/// The unwind tables of a file; `None` for those that it does not have.
#[derive(Default)]
pub(super) struct RowTables {
    debug_frame: OnceLock<Result<Option<CfiTable>, DebugInfoError>>,
    eh_frame: OnceLock<Result<Option<CfiTable>, DebugInfoError>>,
    orc: OnceLock<Result<Option<OrcTable>, DebugInfoError>>,
}

impl DebugFile {
    /// The row to unwind by at `pc`.
    ///
    /// Call frame information comes before ORC: both are right about the stack, but ORC knows no
    /// register beside the stack and frame pointers, and variables live in the others. ORC is what
    /// there is for code written in assembly, where the kernel has no call frame information.
    ///
    /// Folklore: the kernel switches to its interrupt stack within inline assembly
    /// (`call_on_stack()`, `arch/x86/include/asm/irq_stack.h`), behind the compiler's back. There
    /// call frame information says how far the CFA is from the stack pointer of the *other* stack.
    /// ORC knows ("the stack pointer is where the stack pointer points to"), so its CFA is taken;
    /// where registers are saved relative to the CFA holds as before.
    ///
    /// # Errors
    ///
    /// If the table that covers the address is damaged.
    pub fn find_row(&self, pc: u64) -> Result<Option<(Row, RowSource)>, DebugInfoError> {
        let Some(arch) = self.elf().platform().arch() else {
            return Ok(None);
        };
        let pc = pc.wrapping_sub(self.bias());
        let orc = self.orc_table()?.and_then(|orc| orc.find_row(pc));
        let sections = [Section::DebugFrame, Section::EhFrame];
        for section in sections {
            let Some(table) = self.cfi_table(section)? else {
                continue;
            };
            let row = table.find_row(pc, arch);
            let row = row.map_err(|error| self.damaged_frame(section, pc, &error))?;
            if let Some(mut row) = row {
                if let Some(orc) = orc
                    && matches!(orc.cfa, CfaRule::AtRegister(base, ..) if base == arch.stack_pointer)
                {
                    row.cfa = orc.cfa;
                }
                return Ok(Some((row, section.source())));
            }
        }
        Ok(orc.map(|row| (row, RowSource::Orc)))
    }

    /// How many bytes a function has pushed for the call that it is at: see [`CfiTable::pushed_at`].
    pub(super) fn pushed_at(&self, file_pc: u64) -> u64 {
        let Some(arch) = self.elf().platform().arch() else {
            return 0;
        };
        let tables = [Section::DebugFrame, Section::EhFrame].into_iter();
        let mut tables = tables.filter_map(|section| self.cfi_table(section).ok()?);
        let pushed = tables.find_map(|table| table.pushed_at(file_pc, arch));
        pushed.unwrap_or(0)
    }

    fn cfi_table(&self, section: Section) -> Result<Option<&CfiTable>, DebugInfoError> {
        let tables = &self.pc_tables.rows;
        let slot = match section {
            Section::DebugFrame => &tables.debug_frame,
            Section::EhFrame => &tables.eh_frame,
        };
        published(slot, || self.read_cfi(section))
    }

    fn orc_table(&self) -> Result<Option<&OrcTable>, DebugInfoError> {
        published(&self.pc_tables.rows.orc, || self.read_orc())
    }

    fn read_cfi(&self, section: Section) -> Result<Option<CfiTable>, DebugInfoError> {
        let Some((data, address)) = self.unwind_section(section.name())? else {
            return Ok(None);
        };
        let mut bases = BaseAddresses::default().set_eh_frame(address);
        if let Some(text) = self.elf().find_section(".text") {
            bases = bases.set_text(text.address);
        }
        if let Some(got) = self.elf().find_section(".got") {
            bases = bases.set_got(got.address);
        }
        let platform = self.elf().platform();
        Ok(Some(CfiTable::new(section, data, platform, bases)))
    }

    fn read_orc(&self) -> Result<Option<OrcTable>, DebugInfoError> {
        let platform = self.elf().platform();
        if platform.architecture != Architecture::X86_64 {
            return Ok(None);
        }
        let (Some((entries, _)), Some((ips, address))) = (
            self.unwind_section(".orc_unwind")?,
            self.unwind_section(".orc_unwind_ip")?,
        ) else {
            return Ok(None);
        };
        let order = platform.byte_order;
        let header = self.unwind_section(".orc_header")?;
        let version = header
            .and_then(|(header, _)| OrcVersion::find_by_header(&header))
            .unwrap_or_else(|| OrcVersion::guess(&entries, order));
        let table = OrcTable::parse(version, order, ips, address, entries);
        table.map(Some).map_err(|error| DebugInfoError::Damaged {
            file: self.name().to_owned(),
            section: ".orc_unwind",
            offset: 0,
            message: error.to_string(),
        })
    }

    /// The bytes of a section, and the address that they are relocated for.
    fn unwind_section(&self, name: &str) -> Result<Option<(SectionData, u64)>, DebugInfoError> {
        let data = self.elf().relocated_section_data(name, self.addresses());
        let data = data.map_err(|error| DebugInfoError::Elf {
            file: self.name().to_owned(),
            error,
        })?;
        let address = if self.elf().is_relocatable() {
            self.addresses().find(name)
        } else {
            self.elf().find_section(name).map(|section| section.address)
        };
        let data = data.filter(|data| !data.is_empty());
        Ok(data.map(|data| (data, address.unwrap_or(0))))
    }

    fn damaged_frame(&self, section: Section, pc: u64, damage: &DamagedFde) -> DebugInfoError {
        DebugInfoError::Damaged {
            file: self.name().to_owned(),
            section: section.name(),
            offset: damage.offset,
            message: format!("frame information for {pc:#x}: {}", damage.error),
        }
    }
}

/// What is in `slot`, made outside of any lock if it is not there yet: the first one counts.
fn published<T>(
    slot: &OnceLock<Result<Option<T>, DebugInfoError>>,
    make: impl FnOnce() -> Result<Option<T>, DebugInfoError>,
) -> Result<Option<&T>, DebugInfoError> {
    let result = match slot.get() {
        Some(result) => result,
        None => {
            let made = make();
            slot.get_or_init(|| made)
        }
    };
    match result {
        Ok(table) => Ok(table.as_ref()),
        Err(error) => Err(error.clone()),
    }
}
