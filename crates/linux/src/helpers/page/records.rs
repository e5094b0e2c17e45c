//! The records of these helpers.

use super::flags::{Compound, SlabMark, compound_order, flag_names, has_flag, page_flags};
use super::map::{PageMap, direct_map_base, virt_to_phys};
use crate::access::{any_member, integer_named, member_value, pointer, type_named, variable};
use crate::helper::{Args, Front, Helper, HelperIter, HelperModule, Output, Param, Value};
use crate::helpers::mmzone::{PageRange, PageRanges};
use crate::kernel::LinuxKernel;
use spelunk_program::{Program, Result};

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

const PAGE: Param = Param::object("page", "struct page *");
const PFN: Param = Param::int("pfn", "``unsigned long``: number of the page frame.");
const PHYSICAL: Param = Param::int("addr", "``phys_addr_t``: physical address.");
const VIRTUAL: Param = Param::int("addr", "``void *``: address in the kernel.");
const LONG: Output = Output::Returns("Object", "``unsigned long``");
const PHYS: Output = Output::Returns("Object", "``phys_addr_t``");
const POINTER: Output = Output::Returns("Object", "``void *``");
const PAGE_RESULT: Output = Output::Returns("Object", "``struct page *``");
const BOOL: Output = Output::Returns("bool", "");

const MODULE: HelperModule = HelperModule("mm");

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
        pub(in crate::helpers) static FLAGS: &[Helper] = &[$(
            MODULE.helper(
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

pub(in crate::helpers) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "for_each_page",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct page *`` objects"),
        "Iterate over the ``struct page`` of every page frame that has one.",
        |program, _| Ok(Value::iter(Pages::new(program, false)?)),
    ),
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
        "PFN_PHYS",
        Front::Program,
        &[PFN],
        PHYS,
        "Return the physical address of a page frame.",
        |program, args| phys(program, PageMap::new(program)?.physical(args.address(0)?)),
    ),
    MODULE.helper(
        "PHYS_PFN",
        Front::Program,
        &[PHYSICAL],
        LONG,
        "Return the number of the page frame of a physical address.",
        |program, args| long(program, args.address(0)? >> PageMap::new(program)?.shift()),
    ),
    MODULE.helper(
        "page_to_pfn",
        Front::Nothing,
        &[PAGE],
        LONG,
        "Return the number of the frame of a page.",
        |program, args| long(program, page_argument(program, args)?.1),
    ),
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
        "virt_to_phys",
        Front::Program,
        &[VIRTUAL],
        LONG,
        "Return the physical address that an address of the kernel is mapped to, in the direct map or elsewhere.",
        |program, args| long(program, virt_to_phys(program, args.address(0)?)?),
    ),
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
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
    MODULE.helper(
        "page_flags",
        Front::Nothing,
        &[PAGE],
        LONG,
        "Return the flags of a page.",
        |program, args| Ok(page_flags(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
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
    MODULE.helper(
        "decode_page_flags_value",
        Front::Program,
        &[Param::int("flags", "``unsigned long``: the flags.")],
        Output::Returns("str", "such as ``PG_dirty|PG_lru``"),
        "Return the names of the flags of pages that are set in a number.",
        |program, args| Ok(flag_names(program, args.address(0)?)?.into()),
    ),
    MODULE.helper(
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
    MODULE.helper(
        "PageTail",
        Front::Nothing,
        &[PAGE],
        BOOL,
        "Return whether a page is joined with others before it.",
        |program, args| {
            let page = args.object(0)?.to_u64(program)?;
            Ok(Compound::new(program)?.reads_tail(program, page)?.into())
        },
    ),
    MODULE.helper(
        "PageCompound",
        Front::Nothing,
        &[PAGE],
        BOOL,
        "Return whether a page is joined with others, before or behind it.",
        |program, args| {
            let page = args.object(0)?;
            let tail = Compound::new(program)?.reads_tail(program, page.to_u64(program)?)?;
            Ok((tail || has_flag(program, page, "PG_head")?).into())
        },
    ),
    MODULE.helper(
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
    MODULE.helper(
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
