//! ORC tables in the kernel's own memory: `arch/x86/kernel/unwind_orc.c`.

use super::modules::orc_tables;
use crate::access::{byte_order, read};
use crate::helpers::module::find_module;
use spelunk_debuginfo::orc::{OrcTable, OrcVersion};
use spelunk_program::{Error, Program, Result};
use std::sync::Arc;

/// Bytes of an address and of an entry (`struct orc_entry`).
const IP_SIZE: u64 = 4;
const ENTRY_SIZE: u64 = 6;

/// No kernel has more entries; what claims to is damaged.
const MAX_ENTRIES: u64 = 1 << 24;

/// The table of the module called `module`, or of the kernel itself.
pub(super) fn table(program: &Program, module: &str) -> Result<Option<Arc<OrcTable>>> {
    let place = if module == "kernel" {
        kernel_tables(program)
    } else {
        match find_module(program, module.as_bytes())? {
            Some(module) => orc_tables(program, &module)?,
            None => None,
        }
    };
    let Some((ips, entries, count)) = place else {
        return Ok(None);
    };
    if count > MAX_ENTRIES {
        return Err(Error::other(format!(
            "damaged ORC tables of '{module}': {count} entries"
        )));
    }
    let bytes = |address: u64, size: u64| -> Result<Vec<u8>> {
        let size = usize::try_from(count.saturating_mul(size)).unwrap_or(0);
        let mut bytes = vec![0; size];
        read(program, address, &mut bytes)?;
        Ok(bytes)
    };
    let (ip_bytes, entry_bytes) = (bytes(ips, IP_SIZE)?, bytes(entries, ENTRY_SIZE)?);
    let order = byte_order(program);
    let version = OrcVersion::guess(&entry_bytes, order);
    let table = OrcTable::parse(version, order, ip_bytes, ips, entry_bytes)
        .map_err(|error| Error::other(error.to_string()))?;
    Ok(Some(Arc::new(table)))
}

/// The kernel's: between symbols of the linker script.
fn kernel_tables(program: &Program) -> Option<(u64, u64, u64)> {
    let symbol = |name| Some(program.find_symbol_by_name(name).ok()??.address);
    let start = symbol("__start_orc_unwind_ip")?;
    let stop = symbol("__stop_orc_unwind_ip")?;
    let entries = symbol("__start_orc_unwind")?;
    Some((start, entries, stop.checked_sub(start)? / IP_SIZE))
}
