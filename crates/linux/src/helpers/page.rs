//! Pages, their frames and addresses: `include/linux/mm.h`, `include/asm-generic/memory_model.h`.

use super::mmzone::{PageRange, PageRanges};
use crate::access::{
    Field, any_member, find_member, has_member, integer, integer_named, member_value, pointer,
    referenced_type, type_named, variable,
};
use crate::helper::{Args, Front, Helper, HelperIter, Output, Param, Value};
use crate::kernel::LinuxKernel;
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, ObjectKinds, Program, Result};
use spelunk_types::QualifiedType;

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
        Ok(Self {
            pointer: base.ty(),
            base: base.to_u64(program)?,
            size: sizeof(program.types(), page)?.max(1),
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

    fn physical(&self, pfn: u64) -> u64 {
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

fn has_flag(program: &Program, page: &Object, name: &str) -> Result<bool> {
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

/// The pages of all ranges.
struct Pages {
    ranges: std::vec::IntoIter<PageRange>,
    map: PageMap,
    range: PageRange,
    with_pfn: bool,
}

impl Pages {
    fn new(program: &Program, with_pfn: bool) -> Result<Self> {
        Ok(Self {
            ranges: PageRanges::read(program)?.into_iter(),
            map: PageMap::new(program)?,
            range: 0..0,
            with_pfn,
        })
    }
}

impl HelperIter for Pages {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        loop {
            if let Some(pfn) = self.range.next() {
                let page = self.map.object(program, self.map.address(pfn))?;
                return Ok(Some(if self.with_pfn {
                    (pfn, page).into()
                } else {
                    page.into()
                }));
            }
            match self.ranges.next() {
                Some(range) => self.range = range,
                None => return Ok(None),
            }
        }
    }
}

fn page_argument(program: &Program, args: &Args) -> Result<(PageMap, u64)> {
    let map = PageMap::new(program)?;
    let page = args.object(0)?.to_u64(program)?;
    Ok((map, map.pfn(page)))
}

/// The words for the flags that are set.
fn flag_names(program: &Program, flags: u64) -> Result<String> {
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
    Ok(names.join("|"))
}

const PAGE: Param = Param::object("page", "struct page *");
const PFN: Param = Param::int("pfn", "``unsigned long``: number of the page frame.");
const PHYSICAL: Param = Param::int("addr", "``phys_addr_t``: physical address.");
const VIRTUAL: Param = Param::int("addr", "``void *``: address in the kernel.");
const LONG: Output = Output::Returns("Object", "``unsigned long``");
const PHYS: Output = Output::Returns("Object", "``phys_addr_t``");
const POINTER: Output = Output::Returns("Object", "``void *``");
const PAGE_RESULT: Output = Output::Returns("Object", "``struct page *``");
const BOOL: Output = Output::Returns("bool", "");

/// The record of a helper in this file.
const fn helper(
    name: &'static str,
    front: Front,
    params: &'static [Param],
    output: Output,
    doc: &'static str,
    call: fn(&Program, &Args) -> Result<Value>,
) -> Helper {
    Helper {
        module: "mm",
        name,
        front,
        params,
        output,
        doc,
        call,
    }
}

fn long(program: &Program, value: u64) -> Result<Value> {
    Ok(integer_named(program, "unsigned long", value)?.into())
}

fn phys(program: &Program, value: u64) -> Result<Value> {
    Ok(integer_named(program, "phys_addr_t", value)?.into())
}

fn void_pointer(program: &Program, value: u64) -> Result<Value> {
    Ok(pointer(program, type_named(program, "void")?, value)?.into())
}

macro_rules! flags {
    ($($name:literal $flag:literal;)*) => {
        /// One helper for each flag of `enum pageflags`.
        pub(super) static FLAGS: &[Helper] = &[$(
            helper(
                $name,
                Front::Nothing,
                &[PAGE],
                BOOL,
                concat!("Return whether the flag ``", $flag, "`` of a page is set; a kernel that has no such flag never sets it."),
                |program, args| Ok(has_flag(program, args.object(0)?, $flag)?.into()),
            ),
        )*];
    };
}

flags! {
    "PageActive" "PG_active";
    "PageChecked" "PG_checked";
    "PageDirty" "PG_dirty";
    "PageDoubleMap" "PG_double_map";
    "PageError" "PG_error";
    "PageForeign" "PG_foreign";
    "PageHWPoison" "PG_hwpoison";
    "PageHasHWPoisoned" "PG_has_hwpoisoned";
    "PageHead" "PG_head";
    "PageIdle" "PG_idle";
    "PageIsolated" "PG_isolated";
    "PageLRU" "PG_lru";
    "PageLocked" "PG_locked";
    "PageMappedToDisk" "PG_mappedtodisk";
    "PageMlocked" "PG_mlocked";
    "PageOwnerPriv1" "PG_owner_priv_1";
    "PagePinned" "PG_pinned";
    "PagePrivate" "PG_private";
    "PagePrivate2" "PG_private_2";
    "PageReadahead" "PG_readahead";
    "PageReclaim" "PG_reclaim";
    "PageReferenced" "PG_referenced";
    "PageReported" "PG_reported";
    "PageReserved" "PG_reserved";
    "PageSavePinned" "PG_savepinned";
    "PageSkipKASanPoison" "PG_skip_kasan_poison";
    "PageSlobFree" "PG_slob_free";
    "PageSwapBacked" "PG_swapbacked";
    "PageUncached" "PG_uncached";
    "PageUnevictable" "PG_unevictable";
    "PageUptodate" "PG_uptodate";
    "PageVmemmapSelfHosted" "PG_vmemmap_self_hosted";
    "PageWaiters" "PG_waiters";
    "PageWorkingset" "PG_workingset";
    "PageWriteback" "PG_writeback";
    "PageXenRemapped" "PG_xen_remapped";
    "PageYoung" "PG_young";
}

pub(super) static HELPERS: &[Helper] = &[
    helper(
        "for_each_page",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct page *`` objects"),
        "Iterate over the ``struct page`` of every page frame that has one.",
        |program, _| Ok(Value::iter(Pages::new(program, false)?)),
    ),
    helper(
        "for_each_valid_pfn_and_page",
        Front::Program,
        &[],
        Output::Returns(
            "Iterator[Tuple[int, Object]]",
            "(page frame number, ``struct page *``) tuples",
        ),
        "Iterate over every page frame that has a ``struct page``.",
        |program, _| Ok(Value::iter(Pages::new(program, true)?)),
    ),
    helper(
        "for_each_valid_page_range",
        Front::Program,
        &[],
        Output::Returns(
            "Iterator[Tuple[int, int, Object]]",
            "(first frame, frame behind the last, ``struct page *`` of frame 0) tuples",
        ),
        "Iterate over the ranges of page frames that have a ``struct page``.\n\n>>> for start, end, pages in for_each_valid_page_range():\n...     first = pages[start]",
        |program, _| {
            let map = PageMap::new(program)?;
            let first = map.object(program, map.address(0))?;
            Ok(Value::ready(PageRanges::read(program)?.into_iter().map(
                move |range| {
                    Value::Tuple(vec![
                        range.start.into(),
                        range.end.into(),
                        first.clone().into(),
                    ])
                },
            )))
        },
    ),
    helper(
        "PFN_PHYS",
        Front::Program,
        &[PFN],
        PHYS,
        "Return the physical address of a page frame.",
        |program, args| phys(program, PageMap::new(program)?.physical(args.address(0)?)),
    ),
    helper(
        "PHYS_PFN",
        Front::Program,
        &[PHYSICAL],
        LONG,
        "Return the number of the page frame of a physical address.",
        |program, args| long(program, args.address(0)? >> PageMap::new(program)?.shift()),
    ),
    helper(
        "page_to_pfn",
        Front::Nothing,
        &[PAGE],
        LONG,
        "Return the number of the frame of a page.",
        |program, args| long(program, page_argument(program, args)?.1),
    ),
    helper(
        "page_to_phys",
        Front::Nothing,
        &[PAGE],
        PHYS,
        "Return the physical address of a page.",
        |program, args| {
            let (map, pfn) = page_argument(program, args)?;
            phys(program, map.physical(pfn))
        },
    ),
    helper(
        "page_to_virt",
        Front::Nothing,
        &[PAGE],
        POINTER,
        "Return the address of a page in the direct map.",
        |program, args| {
            let (map, pfn) = page_argument(program, args)?;
            void_pointer(
                program,
                direct_map_base(program)?.wrapping_add(map.physical(pfn)),
            )
        },
    ),
    helper(
        "pfn_to_page",
        Front::Program,
        &[PFN],
        PAGE_RESULT,
        "Return the page of a page frame.",
        |program, args| {
            let map = PageMap::new(program)?;
            Ok(map.object(program, map.address(args.address(0)?))?.into())
        },
    ),
    helper(
        "pfn_to_virt",
        Front::Program,
        &[PFN],
        POINTER,
        "Return the address of a page frame in the direct map.",
        |program, args| {
            let physical = PageMap::new(program)?.physical(args.address(0)?);
            void_pointer(program, direct_map_base(program)?.wrapping_add(physical))
        },
    ),
    helper(
        "phys_to_page",
        Front::Program,
        &[PHYSICAL],
        PAGE_RESULT,
        "Return the page that a physical address is in.",
        |program, args| {
            let map = PageMap::new(program)?;
            let pfn = args.address(0)? >> map.shift();
            Ok(map.object(program, map.address(pfn))?.into())
        },
    ),
    helper(
        "phys_to_virt",
        Front::Program,
        &[PHYSICAL],
        POINTER,
        "Return the address of a physical address in the direct map.",
        |program, args| {
            let physical = args.address(0)?;
            void_pointer(program, direct_map_base(program)?.wrapping_add(physical))
        },
    ),
    helper(
        "virt_to_phys",
        Front::Program,
        &[VIRTUAL],
        LONG,
        "Return the physical address that an address of the kernel is mapped to, in the direct map or elsewhere.",
        |program, args| long(program, virt_to_phys(program, args.address(0)?)?),
    ),
    helper(
        "virt_to_pfn",
        Front::Program,
        &[VIRTUAL],
        LONG,
        "Return the number of the page frame that an address of the kernel is mapped to.",
        |program, args| {
            let physical = virt_to_phys(program, args.address(0)?)?;
            long(program, physical >> PageMap::new(program)?.shift())
        },
    ),
    helper(
        "virt_to_page",
        Front::Program,
        &[VIRTUAL],
        PAGE_RESULT,
        "Return the page that an address of the kernel is mapped to.",
        |program, args| {
            let map = PageMap::new(program)?;
            let pfn = virt_to_phys(program, args.address(0)?)? >> map.shift();
            Ok(map.object(program, map.address(pfn))?.into())
        },
    ),
    helper(
        "in_direct_map",
        Front::Program,
        &[Param::int("addr", "The address.")],
        BOOL,
        "Return whether an address is in the direct map, where all of physical memory is mapped.",
        |program, args| {
            let address = args.address(0)?;
            let translation = LinuxKernel::of(program)?.address_translation();
            Ok(translation.is_in_direct_map(address).into())
        },
    ),
    helper(
        "compound_head",
        Front::Nothing,
        &[PAGE],
        PAGE_RESULT,
        "Return the first of the pages that a page is joined with; the page itself if it is joined with none.",
        |program, args| {
            let page = args.object(0)?;
            let head = Compound::new(program)?.head(program, page.to_u64(program)?)?;
            Ok(PageMap::new(program)?.object(program, head)?.into())
        },
    ),
    helper(
        "compound_order",
        Front::Nothing,
        &[PAGE],
        Output::Returns(
            "Object",
            "``unsigned int``: 0 for one page, 1 for two, 2 for four...",
        ),
        "Return how many pages are joined with a page that is the first of them, as a power of two.",
        |program, args| {
            let order = compound_order(program, args.object(0)?)?;
            Ok(integer_named(program, "unsigned int", order)?.into())
        },
    ),
    helper(
        "compound_nr",
        Front::Nothing,
        &[PAGE],
        LONG,
        "Return how many pages are joined with a page that is the first of them, itself included.",
        |program, args| {
            let order = compound_order(program, args.object(0)?)?;
            long(
                program,
                1u64.checked_shl(u32::try_from(order).unwrap_or(64))
                    .unwrap_or(0),
            )
        },
    ),
    helper(
        "page_size",
        Front::Nothing,
        &[PAGE],
        LONG,
        "Return the size in bytes of the pages that are joined with a page which is the first of them.",
        |program, args| {
            let order = compound_order(program, args.object(0)?)?;
            let shift = order.saturating_add(u64::from(PageMap::new(program)?.shift()));
            long(
                program,
                1u64.checked_shl(u32::try_from(shift).unwrap_or(64))
                    .unwrap_or(0),
            )
        },
    ),
    helper(
        "page_flags",
        Front::Nothing,
        &[PAGE],
        LONG,
        "Return the flags of a page.",
        |program, args| Ok(page_flags(program, args.object(0)?)?.into()),
    ),
    helper(
        "decode_page_flags",
        Front::Nothing,
        &[PAGE],
        Output::Returns("str", "such as ``PG_dirty|PG_lru``"),
        "Return the flags of a page that are set, by name.",
        |program, args| {
            let flags = page_flags(program, args.object(0)?)?.to_u64(program)?;
            Ok(flag_names(program, flags)?.into())
        },
    ),
    helper(
        "decode_page_flags_value",
        Front::Program,
        &[Param::int("flags", "``unsigned long``: the flags.")],
        Output::Returns("str", "such as ``PG_dirty|PG_lru``"),
        "Return the names of the flags of pages that are set in a number.",
        |program, args| Ok(flag_names(program, args.address(0)?)?.into()),
    ),
    helper(
        "PageSlab",
        Front::Nothing,
        &[PAGE],
        BOOL,
        "Return whether a page is one of the slab allocator's.",
        |program, args| {
            let page = args.object(0)?.to_u64(program)?;
            // Only the first of joined pages has the mark.
            let head = Compound::new(program)?.head(program, page)?;
            Ok(SlabMark::new(program)?.read(program, head)?.into())
        },
    ),
    helper(
        "PageTail",
        Front::Nothing,
        &[PAGE],
        BOOL,
        "Return whether a page is joined with others before it.",
        |program, args| {
            let page = args.object(0)?.to_u64(program)?;
            Ok((Compound::new(program)?.field.read(program, page)? & 1 != 0).into())
        },
    ),
    helper(
        "PageCompound",
        Front::Nothing,
        &[PAGE],
        BOOL,
        "Return whether a page is joined with others, before or behind it.",
        |program, args| {
            let page = args.object(0)?;
            let tail = Compound::new(program)?
                .field
                .read(program, page.to_u64(program)?)?
                & 1
                != 0;
            Ok((tail || has_flag(program, page, "PG_head")?).into())
        },
    ),
    helper(
        "page_index",
        Front::Nothing,
        &[PAGE],
        Output::Returns("Object", "``pgoff_t``"),
        "Return how many pages a page is into its file.",
        |program, args| {
            // Renamed in 6.16.
            let names = &["__folio_index", "index"];
            Ok(any_member(program, args.object(0)?, names)?.into())
        },
    ),
    helper(
        "totalram_pages",
        Front::Program,
        &[],
        Output::Returns("int", ""),
        "Return how many pages of memory the kernel can use.",
        |program, _| {
            Ok(member_value(program, &variable(program, "_totalram_pages")?, "counter")?.into())
        },
    ),
];
