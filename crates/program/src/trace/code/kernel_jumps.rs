//! Jumps of the kernel that are in tables, not in instructions.

use crate::trace::unwinder::StackMemory;
use crate::{Module, ModuleKind, Program};
use iced_x86::Instruction;
use spelunk_unwind::Memory;
use std::collections::BTreeMap;

/// Bytes of one table.
const MAX_SIZE: usize = 1 << 20;

/// By the addresses of instructions, where they may jump to.
#[derive(Default)]
pub(super) struct KernelJumps {
    /// If they fail.
    pub(super) fixups: BTreeMap<u64, u64>,
    /// If the kernel has them patched in: static keys. They are instructions that do nothing at other times.
    pub(super) branches: BTreeMap<u64, u64>,
}

/// A table of the kernel or of a module: where each instruction is and where it leads, both relative to where they
/// stand in the table.
struct Table {
    section: &'static str,
    /// What is before and behind that of the kernel itself.
    symbols: [&'static str; 2],
    /// Bytes of an entry.
    entry: usize,
}

/// `struct exception_table_entry`, with what is done in between: `arch/x86/include/asm/extable.h`, since Linux 4.6.
const EXCEPTIONS: Table = Table {
    section: "__ex_table",
    symbols: ["__start___ex_table", "__stop___ex_table"],
    entry: 12,
};

/// `struct jump_entry`, with its key: `include/linux/jump_label.h`; relative since Linux 4.20.
const BRANCHES: Table = Table {
    section: "__jump_table",
    symbols: ["__start___jump_table", "__stop___jump_table"],
    entry: 16,
};

impl KernelJumps {
    /// Those of the instructions in `code`; `None` if they are not known.
    pub(super) fn read(
        program: &Program,
        memory: &StackMemory<'_>,
        code: &[Instruction],
    ) -> Option<Self> {
        let read = |table: Table| table.read(program, memory, code);
        Some(Self {
            fixups: read(EXCEPTIONS)?,
            branches: read(BRANCHES)?,
        })
    }
}

impl Table {
    fn read(
        &self,
        program: &Program,
        memory: &StackMemory<'_>,
        code: &[Instruction],
    ) -> Option<BTreeMap<u64, u64>> {
        let function = code.first()?.ip()..code.last()?.next_ip();
        let module = program.find_module(function.start)?;
        let sections = module.sections();
        let (start, bytes) = if module.kind() == ModuleKind::Main {
            let address = |name| Some(program.find_symbol_by_name(name).ok()??.address);
            let [start, end] = self.symbols.map(address);
            let size = usize::try_from(end?.checked_sub(start?)?).ok()?;
            let mut bytes = vec![0; (size <= MAX_SIZE).then_some(size)?];
            memory.read(start?, &mut bytes).ok()?;
            (start?, bytes)
        } else if sections.is_empty() {
            return None;
        } else {
            let Some((_, start)) = sections.iter().find(|(name, _)| name == self.section) else {
                return Some(BTreeMap::new());
            };
            (*start, self.of_module(memory, &module, *start))
        };
        let mut found = BTreeMap::new();
        for (entry, index) in bytes.chunks_exact(self.entry).zip(0..) {
            let at = start.checked_add(self.entry as u64 * index)?;
            let (instruction, target) = leads(entry, at)?;
            if function.contains(&instruction) {
                found.insert(instruction, target);
            }
        }
        Some(found)
    }

    /// The table of a module. How long it is is not said: it ends where something else follows.
    fn of_module(&self, memory: &StackMemory<'_>, module: &Module, start: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut entry = vec![0; self.entry];
        while bytes.len() < MAX_SIZE {
            let at = start.saturating_add(bytes.len() as u64);
            let is_read = memory.read(at, &mut entry).is_ok();
            let of_module =
                leads(&entry, at).filter(|(instruction, _)| module.contains(*instruction));
            if !is_read || of_module.is_none() {
                break;
            }
            bytes.extend_from_slice(&entry);
        }
        bytes
    }
}

/// The instruction of the entry at `at`, and where it leads.
fn leads(entry: &[u8], at: u64) -> Option<(u64, u64)> {
    let relative = |offset: usize| {
        let distance = entry.get(offset..)?.first_chunk()?;
        let from = at.wrapping_add(offset as u64);
        Some(from.wrapping_add_signed(i32::from_le_bytes(*distance).into()))
    };
    Some((relative(0)?, relative(4)?))
}
