//! The modules that are loaded, without files: `struct module` in `include/linux/module.h`.

use crate::access::{
    Field, byte_order, find_member, member_value, read, read_c_string, read_word, word_size,
};
use crate::helpers::module;
use spelunk_base::BuildId;
use spelunk_elf::constants::NT_GNU_BUILD_ID;
use spelunk_elf::{NoteAlignment, Notes, SectionAddresses};
use spelunk_object::{Object, unaliased};
use spelunk_program::{Error, ModuleInfo, ModuleKind, Program, Result};
use spelunk_types::TypeData;
use std::ops::Range;

/// No module has more sections, and no section name or notes are longer; what claims to be is damaged.
const MAX_SECTIONS: u64 = 4096;
const MAX_NAME: usize = 256;
const MAX_NOTES: u64 = 1 << 16;

/// Calls `found` with each module.
pub(super) fn loaded(program: &Program, found: &mut dyn FnMut(ModuleInfo)) -> Result<()> {
    let mut modules = module::Modules::new(program)?;
    while let Some(module) = modules.next_module(program)? {
        match info(program, module) {
            Ok(info) => found(info),
            // One damaged module hides no other.
            Err(error) if error.is_fault() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What there is to say of the module that `object` stands for, if it is a `struct module *`.
pub(super) fn of_object(program: &Program, object: &Object) -> Result<Option<ModuleInfo>> {
    let types = program.types();
    let ty = unaliased(types, object.ty())?;
    let TypeData::Pointer { referenced, .. } = types.get(ty.id)?.data else {
        return Ok(None);
    };
    let referenced = unaliased(types, referenced)?;
    match types.get(referenced.id)?.data.tag() {
        Some("module") => info(program, object.clone()).map(Some),
        _ => Ok(None),
    }
}

fn info(program: &Program, module: Object) -> Result<ModuleInfo> {
    let name = module.member(program, "name")?.string(program)?;
    let regions = module::address_regions(program, &module)?;
    Ok(ModuleInfo {
        kind: ModuleKind::Relocatable {
            // The code comes first.
            address: regions.first().map_or(0, |(start, _)| *start),
        },
        name: String::from_utf8_lossy(&name).into_owned(),
        // What a module lacks that was loaded without sysfs, or whose pages were left out of the dump, it lacks.
        build_id: build_id(program, &module).or_else(none_on_fault)?,
        address_ranges: address_ranges(regions),
        section_addresses: section_addresses(program, &module).or_else(none_on_fault)?,
        bias: None,
        object: Some(module),
    })
}

fn none_on_fault<T: Default>(error: Error) -> Result<T> {
    if error.is_fault() || error.is_lookup() {
        Ok(T::default())
    } else {
        Err(error)
    }
}

fn address_ranges(regions: Vec<(u64, u64)>) -> Vec<Range<u64>> {
    regions
        .into_iter()
        .filter(|(_, size)| *size != 0)
        .map(|(start, size)| start..start.saturating_add(size))
        .collect()
}

/// One file that sysfs shows for a module: `struct bin_attribute`.
struct Attribute {
    name: Vec<u8>,
    /// What the file is about: an address.
    private: u64,
    size: u64,
}

/// Where the members of `struct bin_attribute` are.
struct AttributeLayout {
    name: Field,
    private: Field,
    size: Field,
    total: u64,
}

impl AttributeLayout {
    fn new(program: &Program) -> Result<Self> {
        let ty = crate::access::type_named(program, "struct bin_attribute")?;
        Ok(Self {
            name: Field::new(program, ty, "attr.name")?,
            private: Field::new(program, ty, "private")?,
            size: Field::new(program, ty, "size")?,
            total: spelunk_object::sizeof(program.types(), ty)?,
        })
    }

    fn read(&self, program: &Program, address: u64) -> Result<Attribute> {
        Ok(Attribute {
            name: read_c_string(program, self.name.read(program, address)?, MAX_NAME)?,
            private: self.private.read(program, address)?,
            size: self.size.read(program, address)?,
        })
    }
}

/// The addresses of the attributes in `group`, whose list ends with NULL.
fn group(program: &Program, attributes: &Object) -> Result<Vec<u64>> {
    let list = attributes
        .member(program, "grp")?
        .member(program, "bin_attrs")?
        .to_u64(program)?;
    let mut addresses = Vec::new();
    if list == 0 {
        return Ok(addresses);
    }
    for index in 0..MAX_SECTIONS {
        let place = list.wrapping_add(index.wrapping_mul(word_size(program) as u64));
        match read_word(program, place)? {
            0 => break,
            address => addresses.push(address),
        }
    }
    Ok(addresses)
}

/// The build ID in the module's notes.
fn build_id(program: &Program, module: &Object) -> Result<Option<BuildId>> {
    let attributes = module.member(program, "notes_attrs")?;
    if attributes.to_u64(program)? == 0 {
        return Ok(None);
    }
    let layout = AttributeLayout::new(program)?;
    // Counted until 6.14, then a group.
    let addresses = match find_member(program, &attributes, "notes")? {
        Some(count) => {
            let count = count.to_u64(program)?.min(MAX_SECTIONS);
            let first = attributes.member(program, "attrs")?.address().unwrap_or(0);
            (0..count)
                .map(|index| first.wrapping_add(index.wrapping_mul(layout.total)))
                .collect()
        }
        None => group(program, &attributes)?,
    };
    for address in addresses {
        let note = layout.read(program, address)?;
        let size = usize::try_from(note.size.min(MAX_NOTES)).unwrap_or(0);
        let mut bytes = vec![0; size];
        read(program, note.private, &mut bytes)?;
        let found = Notes::new(&bytes, byte_order(program), NoteAlignment::Four)
            .find(|note| note.name == b"GNU" && note.kind == NT_GNU_BUILD_ID)
            .and_then(|note| BuildId::new(note.desc));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Where the module's sections are, by the names in its file.
fn section_addresses(program: &Program, module: &Object) -> Result<SectionAddresses> {
    let attributes = module.member(program, "sect_attrs")?;
    let mut found = Vec::new();
    if attributes.to_u64(program)? == 0 {
        return Ok(SectionAddresses::default());
    }
    match find_member(program, &attributes, "nsections")? {
        // Until 6.14, an array of `struct module_sect_attr`, which say the address themselves.
        Some(count) => {
            let count = count.to_u64(program)?.min(MAX_SECTIONS);
            let ty = crate::access::type_named(program, "struct module_sect_attr")?;
            // Since 5.8 a `struct bin_attribute`; before, a name beside a `struct module_attribute`.
            let name = Field::new(program, ty, "battr.attr.name")
                .or_else(|_| Field::new(program, ty, "name"))?;
            let address = Field::new(program, ty, "address")?;
            let size = spelunk_object::sizeof(program.types(), ty)?;
            let first = attributes.member(program, "attrs")?.address().unwrap_or(0);
            for index in 0..count {
                let entry = first.wrapping_add(index.wrapping_mul(size));
                let name = read_c_string(program, name.read(program, entry)?, MAX_NAME)?;
                found.push((name, address.read(program, entry)?));
            }
        }
        None => {
            let layout = AttributeLayout::new(program)?;
            for address in group(program, &attributes)? {
                let section = layout.read(program, address)?;
                found.push((section.name, section.private));
            }
        }
    }
    let named =
        |(name, address): (Vec<u8>, u64)| (String::from_utf8_lossy(&name).into_owned(), address);
    Ok(found.into_iter().map(named).collect())
}

/// The tables for the stack of `module`: addresses of instructions, entries, and their number.
pub(super) fn orc_tables(program: &Program, module: &Object) -> Result<Option<(u64, u64, u64)>> {
    let arch = module.member(program, "arch")?;
    // Only with CONFIG_UNWINDER_ORC.
    let Some(count) = find_member(program, &arch, "num_orcs")? else {
        return Ok(None);
    };
    let ips = member_value(program, &arch, "orc_unwind_ip")?;
    let entries = member_value(program, &arch, "orc_unwind")?;
    let count = count.to_u64(program)?;
    Ok((ips != 0 && entries != 0 && count != 0).then_some((ips, entries, count)))
}
