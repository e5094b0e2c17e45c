//! What is at the addresses of a debug file: rows, functions, lines, variables, symbols.

use spelunk_base::Platform;
use spelunk_debuginfo::{CallArgument, DebugFile, FrameState, Surroundings, SymbolTable};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_types::Qualifiers;
use spelunk_unwind::expression::{DieReference, DwarfRegister, ExpressionError, Value};
use spelunk_unwind::{Memory, Registers, Unreadable, step};

/// Frames around that were passed 1 for everything.
struct Ones;

impl Surroundings for Ones {
    fn at_entry(&self, _: CallArgument, _: usize) -> Result<Value, ExpressionError> {
        Ok(Value::generic(1, 64))
    }

    fn at_call(&self, _: DwarfRegister, _: usize) -> Result<Value, ExpressionError> {
        Ok(Value::generic(1, 32))
    }

    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        Ok(offset)
    }
}

struct Zeros;

impl Memory for Zeros {
    fn read(&self, _: u64, buffer: &mut [u8]) -> Result<(), Unreadable> {
        buffer.fill(0);
        Ok(())
    }
}

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let parse = || ElfFile::parse(FileData::from_bytes("input", data.to_vec()));
    let (Ok(elf), Ok(same)) = (parse(), parse()) else {
        return;
    };
    let sections = elf.sections().iter().take(20);
    let loaded = sections.filter(|section| !section.name.starts_with(".debug"));
    let loaded = loaded.map(|section| section.name.clone());
    let addresses: SectionAddresses = loaded.zip((0x10_0000..).step_by(0x1000)).collect();
    let platform = elf.platform();
    if let Ok(symbols) = SymbolTable::parse(&same, &addresses, 0) {
        let names: Vec<_> = symbols.iter().take(100).collect();
        for symbol in names {
            let _ = symbols.all_named(&symbol.name);
            let _ = symbols.find_name(&symbol.name);
            let _ = symbols.all_at(symbol.address.wrapping_add(symbol.size));
        }
    }
    let mut addresses_of_interest = vec![0, 1, u64::MAX];
    for section in elf
        .sections()
        .iter()
        .filter(|section| section.name.starts_with(".text"))
    {
        let start = addresses
            .find(&section.name)
            .filter(|_| elf.is_relocatable());
        let start = start.unwrap_or(section.address);
        let count = section.size.min(400);
        addresses_of_interest.extend((0..count).map(|offset| start.wrapping_add(offset)));
    }
    let file = DebugFile::new(elf, addresses, 0);
    for pc in addresses_of_interest {
        look(&file, platform, pc);
    }
}

fn look(file: &DebugFile, platform: Platform, pc: u64) {
    let _ = file.find_line(pc);
    let row = file.find_row(pc).ok().flatten().map(|(row, _)| row);
    let Some(arch) = platform.arch() else {
        return;
    };
    let mut registers = Registers::new(arch);
    for index in 0..17 {
        registers.set(spelunk_base::arch::Register(index), 0x1000);
    }
    if let Some(row) = &row {
        let _ = step(&registers, row, platform, &Zeros);
    }
    let frame = FrameState {
        pc,
        registers: &registers,
        row: row.as_ref(),
        platform,
        memory: &Zeros,
        around: Some(&Ones),
    };
    for scope in file.scopes(pc).unwrap_or_default() {
        for variable in file.variables(&scope).unwrap_or_default().iter() {
            let _ = file.locate(variable, &scope, frame);
            let _ = file.argument_of_constant(variable, Qualifiers::CONST, &scope, frame);
            let _ = file.referenced_variable(variable, DieReference::Unit(pc % 0x100));
        }
        let Ok(calls) = file.function_calls(&scope) else {
            continue;
        };
        let register = DwarfRegister(5);
        for site in calls.sites.iter().take(20) {
            for argument in [
                CallArgument::Register(register),
                CallArgument::Pointee(register),
                CallArgument::Parameter(site.die),
            ] {
                let _ = file.call_argument(site.die, argument, 4, &scope, frame);
            }
            let _ = file.call_target(site.die, &scope, frame);
        }
    }
}
