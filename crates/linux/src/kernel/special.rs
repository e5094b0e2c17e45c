//! Objects that stand in no debugging information: macros, and what the linker made.

use super::LinuxKernel;
use crate::access::{find_variable, integer, integer_named, pointer_type, type_named};
use crate::helpers::mmzone::find_page_array;
use spelunk_base::{Architecture, ByteOrder, Language};
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::{QualifiedType, Qualifiers};

pub(super) const NAMES: &[&str] = &[
    "MAX_PHYSMEM_BITS",
    "PAGE_MASK",
    "PAGE_SHIFT",
    "PAGE_SIZE",
    "SECTION_SIZE_BITS",
    "THREAD_SIZE",
    "UTS_RELEASE",
    "VMCOREINFO",
    "jiffies",
    "vmemmap",
];

pub(super) fn find(kernel: &LinuxKernel, program: &Program, name: &str) -> Result<Option<Object>> {
    let info = &kernel.info;
    let page_size = info.page_size().filter(|size| size.is_power_of_two());
    let unsigned_long = |value: u64| integer_named(program, "unsigned long", value);
    let int = |value: u64| integer_named(program, "int", value);
    let number = |key: &str| info.number(key).map(i64::cast_unsigned);
    let object = match name {
        "PAGE_SIZE" => page_size.map(unsigned_long),
        "PAGE_SHIFT" => page_size.map(|size| int(u64::from(size.trailing_zeros()))),
        "PAGE_MASK" => page_size.map(|size| unsigned_long(size.wrapping_neg())),
        "UTS_RELEASE" => info.os_release().map(|release| text(program, release)),
        "VMCOREINFO" => Some(plain_text(program, info.text())),
        "MAX_PHYSMEM_BITS" | "SECTION_SIZE_BITS" => number(name).map(int),
        "THREAD_SIZE" => return thread_size(program),
        "jiffies" => return jiffies(program),
        "vmemmap" => return vmemmap(kernel, program),
        _ => None,
    };
    object.transpose()
}

/// A `const char` array of `text` and a NUL.
fn text(program: &Program, text: &str) -> Result<Object> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    chars(program, &bytes)
}

/// A `const char` array of `text` alone.
fn plain_text(program: &Program, text: &str) -> Result<Object> {
    chars(program, text.as_bytes())
}

fn chars(program: &Program, bytes: &[u8]) -> Result<Object> {
    let char = QualifiedType {
        qualifiers: Qualifiers::CONST,
        ..type_named(program, "char")?
    };
    let array = program
        .types()
        .array(char, Some(bytes.len() as u64), Language::C)?;
    Ok(Object::from_bytes(program, array.into(), bytes, 0, None)?)
}

/// The size of a kernel stack: that of the first task's, which the linker script puts between two symbols
/// (`INIT_TASK_DATA` in `include/asm-generic/vmlinux.lds.h`).
fn thread_size(program: &Program) -> Result<Option<Object>> {
    let symbol = |name: &str| Some(program.find_symbol_by_name(name).ok()??.address);
    let distance = |start: &str, end: &str| symbol(end)?.checked_sub(symbol(start)?);
    // 6.1 has the second pair, 7.2 the first.
    let size = distance("__start_init_stack", "__end_init_stack")
        .or_else(|| distance("__start_init_task", "__end_init_task"));
    size.map(|size| integer_named(program, "unsigned long", size))
        .transpose()
}

/// The linker makes `jiffies` the low half of `jiffies_64` (`arch/*/kernel/vmlinux.lds.S`), of which debugging
/// information tells without the symbol table.
fn jiffies(program: &Program) -> Result<Option<Object>> {
    let Some(whole) = find_variable(program, "jiffies_64")?.and_then(|whole| whole.address())
    else {
        return Ok(None);
    };
    let platform = program.lookup_platform()?;
    let offset = match (platform.is_64_bit, platform.byte_order) {
        (false, ByteOrder::Big) => 4,
        _ => 0,
    };
    let ty = QualifiedType {
        qualifiers: Qualifiers::VOLATILE,
        ..type_named(program, "unsigned long")?
    };
    Ok(Some(Object::at(ty, whole.wrapping_add(offset))))
}

/// The array of all `struct page`, as if frame 0 were in it.
fn vmemmap(kernel: &LinuxKernel, program: &Program) -> Result<Option<Object>> {
    let address = match kernel.page_array.get() {
        Some(address) => Some(*address),
        None => {
            let found = match kernel.platform.architecture {
                Architecture::X86_64 => Some(x86_64_vmemmap(program)?),
                _ => find_page_array(program)?,
            };
            found.map(|found| *kernel.page_array.get_or_init(|| found))
        }
    };
    let page = pointer_type(program, type_named(program, "struct page")?)?;
    address
        .map(|address| integer(program, page, address))
        .transpose()
}

/// A variable's value with CONFIG_RANDOMIZE_MEMORY (`vmemmap_base`), else a constant (`VMEMMAP_START` in
/// `arch/x86/include/asm/pgtable_64_types.h`), which the kernel's use of it tells of nowhere.
fn x86_64_vmemmap(program: &Program) -> Result<u64> {
    /// `__VMEMMAP_BASE_L4`; kernels with five levels have the variable.
    const FIXED: u64 = 0xffff_ea00_0000_0000;
    match find_variable(program, "vmemmap_base")? {
        Some(base) => Ok(base.to_u64(program)?),
        None => Ok(FIXED),
    }
}
