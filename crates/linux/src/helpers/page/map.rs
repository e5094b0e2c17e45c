//! The array of all `struct page`, and the direct map: `include/asm-generic/memory_model.h`.

use crate::access::{integer, referenced_type, variable};
use crate::kernel::LinuxKernel;
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, Program, Result};
use spelunk_types::QualifiedType;

/// No `struct page` is larger.
const MAX_SIZE: u64 = 4096;

/// The array of all `struct page`.
#[derive(Clone, Copy)]
pub struct PageMap {
    /// `struct page *`
    pointer: QualifiedType,
    base: u64,
    size: u64,
    shift: u32,
}

impl PageMap {
    /// That of the kernel.
    pub fn new(program: &Program) -> Result<Self> {
        let base = variable(program, "vmemmap")?;
        let page = referenced_type(program, base.ty())?;
        let shift = variable(program, "PAGE_SHIFT")?.to_u64(program)?;
        let size = sizeof(program.types(), page)?;
        // 64, and less than twice that with all that may be configured.
        if !(1..=MAX_SIZE).contains(&size) {
            return Err(Error::other(format!(
                "damaged debugging information: struct page has {size} bytes"
            )));
        }
        Ok(Self {
            pointer: base.ty(),
            base: base.to_u64(program)?,
            size,
            shift: u32::try_from(shift).unwrap_or(12).min(63),
        })
    }

    /// Where the `struct page` of frame `pfn` is.
    #[must_use]
    pub fn address(&self, pfn: u64) -> u64 {
        self.base.wrapping_add(pfn.wrapping_mul(self.size))
    }

    /// The frame whose `struct page` is at `address`.
    #[must_use]
    pub fn pfn(&self, address: u64) -> u64 {
        // The difference of pointers is signed.
        let distance = address.wrapping_sub(self.base).cast_signed();
        let size = i64::try_from(self.size).unwrap_or(1);
        distance.checked_div(size).unwrap_or(0).cast_unsigned()
    }

    /// Bytes of a `struct page`.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn shift(&self) -> u32 {
        self.shift
    }

    /// The pointer to the `struct page` at `address`.
    pub(crate) fn object(&self, program: &Program, address: u64) -> Result<Object> {
        integer(program, self.pointer, address)
    }

    pub(super) fn physical(&self, pfn: u64) -> u64 {
        pfn.wrapping_shl(self.shift)
    }
}

/// The address of physical address 0 in the direct map: `PAGE_OFFSET`.
pub fn direct_map_base(program: &Program) -> Result<u64> {
    LinuxKernel::of(program)?
        .address_translation()
        .direct_map_base()
        .ok_or_else(|| {
            Error::other("the kernel's direct map was not found: its page table cannot be read")
        })
}

/// The physical address that `address` of the kernel is mapped to.
pub fn virt_to_phys(program: &Program, address: u64) -> Result<u64> {
    let translation = LinuxKernel::of(program)?.address_translation();
    if translation.is_in_direct_map(address) {
        return Ok(address.wrapping_sub(direct_map_base(program)?));
    }
    let tables = translation
        .kernel_tables()
        .ok_or_else(|| Error::other("the kernel's page table cannot be read"))?;
    Ok(tables.translate(address)?.physical.0)
}
