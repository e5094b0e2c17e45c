//! What a page is: flags, types, compound pages: `include/linux/page-flags.h`.

use crate::access::{Field, find_member, has_member, type_named};
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, ObjectKinds, Program, Result};

/// How pages are joined: `PageTail()` and `compound_head()` in `include/linux/page-flags.h`.
#[derive(Clone, Copy)]
pub(crate) struct Compound {
    field: Field,
    /// Whether a tail says how many low bits of its own address to clear, instead of where its head is.
    is_mask: bool,
}

impl Compound {
    pub(crate) fn new(program: &Program) -> Result<Self> {
        let page = type_named(program, "struct page")?;
        // In 7.1 `compound_head` became `compound_info`, which is a mask if the size of `struct page` is a power of two.
        if has_member(program, page, "compound_info")? {
            return Ok(Self {
                field: Field::new(program, page, "compound_info")?,
                is_mask: sizeof(program.types(), page)?.is_power_of_two(),
            });
        }
        Ok(Self {
            field: Field::new(program, page, "compound_head")?,
            is_mask: false,
        })
    }

    /// The head of the page at `page`, whose compound word is `info`.
    fn head_by(&self, page: u64, info: u64) -> u64 {
        match (info & 1, self.is_mask) {
            (0, _) => page,
            (_, false) => info.wrapping_sub(1),
            (_, true) => page & info,
        }
    }

    /// Whether the page that is described by these bytes is no head.
    pub(crate) fn is_tail(&self, order: spelunk_base::ByteOrder, page: &[u8]) -> bool {
        self.field.parse(order, page) & 1 != 0
    }

    /// Whether the page at `page` is no head.
    pub(super) fn reads_tail(&self, program: &Program, page: u64) -> Result<bool> {
        Ok(self.field.read(program, page)? & 1 != 0)
    }

    /// The head of the page at `page`, itself if it is one.
    pub(crate) fn head(&self, program: &Program, page: u64) -> Result<u64> {
        Ok(self.head_by(page, self.field.read(program, page)?))
    }
}

/// The value of the enumerator called `name`, if the kernel has it.
pub(crate) fn find_constant(program: &Program, name: &str) -> Result<Option<u64>> {
    let constant = program.find_object(name, ObjectKinds::CONSTANT, None)?;
    Ok(constant
        .map(|constant| constant.to_u64(program))
        .transpose()?)
}

/// The flags of `page`, a `struct page *`.
pub fn page_flags(program: &Program, page: &Object) -> Result<Object> {
    let flags = page.member(program, "flags")?;
    // Since 6.18 in a structure.
    Ok(find_structure_member(program, &flags, "f")?.unwrap_or(flags))
}

/// The member of a structure; `None` if the object is none.
fn find_structure_member(program: &Program, object: &Object, name: &str) -> Result<Option<Object>> {
    match object.member(program, name) {
        Ok(member) => Ok(Some(member)),
        Err(_) => Ok(None),
    }
}

pub(super) fn has_flag(program: &Program, page: &Object, name: &str) -> Result<bool> {
    // Flags come and go between versions: one that the kernel does not know is never set.
    let Some(bit) = find_constant(program, name)? else {
        return Ok(false);
    };
    let flags = page_flags(program, page)?.to_u64(program)?;
    Ok(flags
        .checked_shr(u32::try_from(bit).unwrap_or(64))
        .unwrap_or(0)
        & 1
        != 0)
}

/// Whether `page` is one of the slab allocator's, and how to see it in its bytes.
#[derive(Clone, Copy)]
pub(crate) enum SlabMark {
    /// A flag, by its bit; until 6.10.
    Flag { flags: Field, bit: u32 },
    /// Since 6.10, the type of the page has all bits of `mask` as in `value`.
    Type { field: Field, mask: u64, value: u64 },
}

impl SlabMark {
    pub(crate) fn new(program: &Program) -> Result<Self> {
        let page = type_named(program, "struct page")?;
        // Since 6.12 the type is a number in the highest byte.
        if let Some(slab) = find_constant(program, "PGTY_slab")? {
            return Ok(Self::Type {
                field: Field::new(program, page, "page_type")?,
                mask: 0xff << 24,
                value: slab << 24,
            });
        }
        let slab = find_constant(program, "PG_slab")?.ok_or_else(|| {
            Error::lookup("the kernel has no PG_slab: its version is not known yet")
        })?;
        // In between, a bit of the page's type that is 0 if it is one.
        if slab >= 64 {
            const BASE: u64 = 0x8000_0000;
            return Ok(Self::Type {
                field: Field::new(program, page, "page_type")?,
                mask: BASE | slab,
                value: BASE,
            });
        }
        Ok(Self::Flag {
            flags: Field::new(program, page, "flags")?,
            bit: u32::try_from(slab).unwrap_or(0),
        })
    }

    /// Where the mark is in a `struct page`, for readers of many.
    pub(crate) fn is_set(&self, order: spelunk_base::ByteOrder, page: &[u8]) -> bool {
        match self {
            Self::Flag { flags, bit } => flags.parse(order, page) >> bit & 1 != 0,
            Self::Type { field, mask, value } => field.parse(order, page) & mask == *value,
        }
    }

    pub(crate) fn read(&self, program: &Program, page: u64) -> Result<bool> {
        Ok(match self {
            Self::Flag { flags, bit } => flags.read(program, page)? >> bit & 1 != 0,
            Self::Type { field, mask, value } => field.read(program, page)? & mask == *value,
        })
    }
}

/// The power of two of pages that `page` is the head of.
pub(crate) fn compound_order(program: &Program, page: &Object) -> Result<u64> {
    if !has_flag(program, page, "PG_head")? {
        return Ok(0);
    }
    let address = page.to_u64(program)?;
    // In 7.2, the lowest byte of the second page's flags, `_flags_1` of the folio. In 6.1, `_folio_order` of the folio.
    // In 5.10, `compound_order` of the second page.
    let folio = crate::access::find_type_named(program, "struct folio")?;
    if let Some(folio) = folio
        && let Ok(flags) = Field::new(program, folio, "_flags_1")
    {
        if let Ok(order) = Field::new(program, folio, "_folio_order") {
            return order.read(program, address);
        }
        let page = type_named(program, "struct page")?;
        if !has_member(program, page, "compound_order")? {
            return Ok(flags.read(program, address)? & 0xff);
        }
    }
    let second = page.index(program, 1)?;
    match find_member(program, &second, "compound_order")? {
        Some(order) => Ok(order.to_u64(program)?),
        None => Ok(0),
    }
}

/// The words for the flags that are set; `0` for none.
pub(super) fn flag_names(program: &Program, flags: u64) -> Result<String> {
    let ty = type_named(program, "enum pageflags")?;
    let types = program.types();
    let mut names = Vec::new();
    if let spelunk_types::TypeData::Enum {
        enumerators: Some(enumerators),
        ..
    } = &types.get(ty.id)?.data
    {
        let count = enumerators
            .iter()
            .find(|flag| &*flag.name == "__NR_PAGEFLAGS")
            .map_or(64, |flag| flag.value);
        for flag in enumerators {
            let bit = u32::try_from(flag.value).unwrap_or(64);
            if flag.value < count && flags.checked_shr(bit).unwrap_or(0) & 1 != 0 {
                names.push(&*flag.name);
            }
        }
    }
    Ok(match names.is_empty() {
        true => "0".into(),
        false => names.join("|"),
    })
}
