//! The symbols that stand in the kernel's own memory: `kernel/kallsyms.c`, `kernel/module/kallsyms.c`.

use super::LinuxKernel;
use crate::access::{
    byte_order, find_member, member_value, read, read_bytes, read_c_string, read_uint, word_size,
};
use spelunk_debuginfo::SymbolTable;
use spelunk_debuginfo::kallsyms::{AddressTable, Kallsyms, KallsymsTables, find_tables};
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, ErrorKind, Program, Result};

/// No kernel has longer tables; what claims to is damaged.
const MAX_NAMES: u64 = 1 << 26;
const MAX_TOKENS: u64 = 1 << 16;

/// Bytes of `kallsyms_token_index`: 256 places.
const INDEX_SIZE: u64 = 512;

/// Bytes of an entry of `kallsyms_offsets`.
const OFFSET_SIZE: u64 = 4;

/// What of the kernel's image is read at once, to find its tables in it.
const CHUNK: usize = 1 << 20;
const PAGE: usize = 1 << 12;

/// No image has more, up to the end of its tables.
const MAX_IMAGE: u64 = 1 << 28;

/// `KSYM_NAME_LEN` is 512.
const MAX_NAME: usize = 1 << 10;

/// No module has more symbols.
const MAX_MODULE_SYMBOLS: u64 = 1 << 22;

/// Where the kernel's tables are.
struct Place {
    count: u64,
    names: u64,
    token_table: u64,
    token_index: u64,
    addresses: Addresses,
}

enum Addresses {
    Absolute(u64),
    ToBase { offsets: u64, base: u64 },
    ToItself(u64),
}

/// The symbols of the kernel itself. Needs no debugging information.
///
/// # Errors
///
/// If its memory lacks them, or they are damaged.
pub fn kernel_symbols(kernel: &LinuxKernel, program: &Program) -> Result<Kallsyms> {
    let place = match told(kernel, program)? {
        Some(place) => place,
        None => searched(kernel, program)?.ok_or_else(|| not_found(kernel))?,
    };
    let size = place.token_table.checked_sub(place.names);
    let names = read_bytes(
        program,
        place.names,
        size.unwrap_or(MAX_NAMES).min(MAX_NAMES),
    )?;
    let size = place.token_index.checked_sub(place.token_table);
    let size = size.unwrap_or(MAX_TOKENS).min(MAX_TOKENS);
    let token_table = read_bytes(program, place.token_table, size)?;
    let token_index = read_bytes(program, place.token_index, INDEX_SIZE)?;
    let word = word_size(program);
    let size = match place.addresses {
        Addresses::Absolute(_) => word as u64,
        _ => OFFSET_SIZE,
    };
    let (Addresses::Absolute(table)
    | Addresses::ToBase { offsets: table, .. }
    | Addresses::ToItself(table)) = place.addresses;
    let bytes = read_bytes(program, table, place.count.saturating_mul(size))?;
    let addresses = match place.addresses {
        Addresses::Absolute(_) => AddressTable::Absolute {
            addresses: &bytes,
            word,
        },
        Addresses::ToBase { base, .. } => AddressTable::ToBase {
            offsets: &bytes,
            base,
        },
        Addresses::ToItself(address) => AddressTable::ToItself {
            offsets: &bytes,
            address,
        },
    };
    let tables = KallsymsTables {
        count: u32::try_from(place.count).unwrap_or(u32::MAX),
        names: &names,
        token_table: &token_table,
        token_index: &token_index,
        addresses,
        order: byte_order(program),
    };
    tables
        .parse()
        .map_err(|error| Error::new(ErrorKind::BadData, error.to_string()))
}

fn not_found(kernel: &LinuxKernel) -> Error {
    let release = kernel.info.os_release().unwrap_or("of unknown release");
    Error::new(
        ErrorKind::MissingDebugInfo,
        format!(
            "the tables of kallsyms of Linux {release} were not found in its memory: it was built without \
             CONFIG_KALLSYMS, or the dump lacks the pages; load vmlinux instead"
        ),
    )
}

/// As VMCOREINFO tells since 6.0 (f09bddbd86619 "vmcoreinfo: add kallsyms_num_syms symbol").
fn told(kernel: &LinuxKernel, program: &Program) -> Result<Option<Place>> {
    let symbol = |name: &str| kernel.info.symbol(name);
    let (Some(names), Some(num_syms), Some(token_table), Some(token_index)) = (
        symbol("kallsyms_names"),
        symbol("kallsyms_num_syms"),
        symbol("kallsyms_token_table"),
        symbol("kallsyms_token_index"),
    ) else {
        return Ok(None);
    };
    let word = word_size(program);
    let addresses = match (
        symbol("kallsyms_offsets"),
        symbol("kallsyms_relative_base"),
        symbol("kallsyms_addresses"),
    ) {
        (Some(offsets), Some(base), _) => Addresses::ToBase {
            offsets,
            base: read_uint(program, base, word)?,
        },
        (Some(offsets), None, _) => Addresses::ToItself(offsets),
        (None, _, Some(addresses)) => Addresses::Absolute(addresses),
        (None, _, None) => return Ok(None),
    };
    Ok(Some(Place {
        count: read_uint(program, num_syms, 4)?,
        names,
        token_table,
        token_index,
        addresses,
    }))
}

/// As they look like in memory.
fn searched(kernel: &LinuxKernel, program: &Program) -> Result<Option<Place>> {
    let Some(range) = kernel.translation.image_range() else {
        return Ok(None);
    };
    let start = range.start;
    let image = read_image(
        program,
        start,
        range.end.saturating_sub(start).min(MAX_IMAGE),
    );
    let Some(found) = find_tables(&image, byte_order(program)) else {
        return Ok(None);
    };
    let at = |offset: usize| start.wrapping_add(offset as u64);
    Ok(Some(Place {
        count: found.count.into(),
        names: at(found.names),
        token_table: at(found.token_table),
        token_index: at(found.token_index),
        addresses: Addresses::ToBase {
            offsets: at(found.offsets),
            base: read_uint(program, at(found.relative_base), word_size(program))?,
        },
    }))
}

/// What is in memory from `start` on; zeros where nothing can be read.
fn read_image(program: &Program, start: u64, size: u64) -> Vec<u8> {
    let mut image = vec![0; usize::try_from(size).unwrap_or(0)];
    let chunks = (start..).step_by(CHUNK).zip(image.chunks_mut(CHUNK));
    for (address, chunk) in chunks {
        if read(program, address, chunk).is_ok() {
            continue;
        }
        let pages = (address..).step_by(PAGE).zip(chunk.chunks_mut(PAGE));
        for (address, page) in pages {
            if read(program, address, page).is_err() {
                page.fill(0);
            }
        }
    }
    image
}

/// The symbols of a module (`struct module *`). Needs the kernel's debugging information.
///
/// # Errors
///
/// If they cannot be read.
pub fn module_symbols(program: &Program, module: &Object) -> Result<SymbolTable> {
    // Since 4.5 in a structure (8244062ef1e5 "modules: fix longstanding /proc/kallsyms vs module insertion race").
    let tables = match find_member(program, module, "kallsyms")? {
        Some(tables) if tables.to_u64(program)? == 0 => return Ok(SymbolTable::default()),
        Some(tables) => tables,
        None => module.clone(),
    };
    let count = member_value(program, &tables, "num_symtab")?.min(MAX_MODULE_SYMBOLS);
    let symtab = tables.member(program, "symtab")?;
    let size = sizeof(program.types(), symtab.dereference(program)?.ty())?;
    let symbols = read_bytes(program, symtab.to_u64(program)?, count.saturating_mul(size))?;
    let strtab = member_value(program, &tables, "strtab")?;
    SymbolTable::parse_loaded(&symbols, program.lookup_platform()?, |last| {
        let mut names = read_bytes(program, strtab, last.into())?;
        let place = strtab.wrapping_add(last.into());
        names.extend(read_c_string(program, place, MAX_NAME)?);
        Ok(names)
    })
}
