"""Helpers of the engine's module ``mm``."""

from typing import Iterator, List, NamedTuple, Optional, Tuple, overload

from spelunk import IntegerLike, Object, Program

__all__ = ["PFN_PHYS", "PHYS_PFN", "PageActive", "PageChecked", "PageCompound", "PageDirty", "PageDoubleMap", "PageError", "PageForeign", "PageHWPoison", "PageHasHWPoisoned", "PageHead", "PageIdle", "PageIsolated", "PageLRU", "PageLocked", "PageMappedToDisk", "PageMlocked", "PageOwnerPriv1", "PagePinned", "PagePrivate", "PagePrivate2", "PageReadahead", "PageReclaim", "PageReferenced", "PageReported", "PageReserved", "PageSavePinned", "PageSkipKASanPoison", "PageSlab", "PageSlobFree", "PageSwapBacked", "PageTail", "PageUncached", "PageUnevictable", "PageUptodate", "PageVmemmapSelfHosted", "PageWaiters", "PageWorkingset", "PageWriteback", "PageXenRemapped", "PageYoung", "access_process_vm", "access_remote_vm", "cmdline", "compound_head", "compound_nr", "compound_order", "decode_page_flags", "decode_page_flags_value", "environ", "follow_page", "follow_pfn", "follow_phys", "for_each_page", "for_each_valid_page_range", "for_each_valid_pfn_and_page", "for_each_vma", "in_direct_map", "mm_cmdline", "mm_environ", "page_flags", "page_index", "page_size", "page_to_pfn", "page_to_phys", "page_to_virt", "pfn_to_page", "pfn_to_virt", "phys_to_page", "phys_to_virt", "task_rss", "task_vsize", "totalram_pages", "virt_to_page", "virt_to_pfn", "virt_to_phys", "vma_find"]

class TaskRss(NamedTuple):
    """How many pages of a task are in memory."""

    file: int
    """Pages of files."""
    anon: int
    """Pages of no file."""
    shmem: int
    """Pages of shared memory."""
    swap: int
    """Pages that are in swap space instead."""

    @property
    def total(self) -> int:
        """All pages in memory."""

@overload
def PFN_PHYS(prog: Program, pfn: IntegerLike) -> Object:
    """Return the physical address of a page frame.

    :param pfn: ``unsigned long``: number of the page frame.
    :return: ``phys_addr_t``
    """
@overload
def PFN_PHYS(pfn: IntegerLike) -> Object: ...
@overload
def PHYS_PFN(prog: Program, addr: IntegerLike) -> Object:
    """Return the number of the page frame of a physical address.

    :param addr: ``phys_addr_t``: physical address.
    :return: ``unsigned long``
    """
@overload
def PHYS_PFN(addr: IntegerLike) -> Object: ...
def PageActive(page: Object) -> bool:
    """Return whether the flag ``PG_active`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageChecked(page: Object) -> bool:
    """Return whether the flag ``PG_checked`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageCompound(page: Object) -> bool:
    """Return whether a page is joined with others, before or behind it.

    :param page: ``struct page *``
    """
def PageDirty(page: Object) -> bool:
    """Return whether the flag ``PG_dirty`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageDoubleMap(page: Object) -> bool:
    """Return whether the flag ``PG_double_map`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageError(page: Object) -> bool:
    """Return whether the flag ``PG_error`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageForeign(page: Object) -> bool:
    """Return whether the flag ``PG_foreign`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageHWPoison(page: Object) -> bool:
    """Return whether the flag ``PG_hwpoison`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageHasHWPoisoned(page: Object) -> bool:
    """Return whether the flag ``PG_has_hwpoisoned`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageHead(page: Object) -> bool:
    """Return whether the flag ``PG_head`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageIdle(page: Object) -> bool:
    """Return whether the flag ``PG_idle`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageIsolated(page: Object) -> bool:
    """Return whether the flag ``PG_isolated`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageLRU(page: Object) -> bool:
    """Return whether the flag ``PG_lru`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageLocked(page: Object) -> bool:
    """Return whether the flag ``PG_locked`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageMappedToDisk(page: Object) -> bool:
    """Return whether the flag ``PG_mappedtodisk`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageMlocked(page: Object) -> bool:
    """Return whether the flag ``PG_mlocked`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageOwnerPriv1(page: Object) -> bool:
    """Return whether the flag ``PG_owner_priv_1`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PagePinned(page: Object) -> bool:
    """Return whether the flag ``PG_pinned`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PagePrivate(page: Object) -> bool:
    """Return whether the flag ``PG_private`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PagePrivate2(page: Object) -> bool:
    """Return whether the flag ``PG_private_2`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageReadahead(page: Object) -> bool:
    """Return whether the flag ``PG_readahead`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageReclaim(page: Object) -> bool:
    """Return whether the flag ``PG_reclaim`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageReferenced(page: Object) -> bool:
    """Return whether the flag ``PG_referenced`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageReported(page: Object) -> bool:
    """Return whether the flag ``PG_reported`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageReserved(page: Object) -> bool:
    """Return whether the flag ``PG_reserved`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageSavePinned(page: Object) -> bool:
    """Return whether the flag ``PG_savepinned`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageSkipKASanPoison(page: Object) -> bool:
    """Return whether the flag ``PG_skip_kasan_poison`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageSlab(page: Object) -> bool:
    """Return whether a page is one of the slab allocator's.

    :param page: ``struct page *``
    """
def PageSlobFree(page: Object) -> bool:
    """Return whether the flag ``PG_slob_free`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageSwapBacked(page: Object) -> bool:
    """Return whether the flag ``PG_swapbacked`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageTail(page: Object) -> bool:
    """Return whether a page is joined with others before it.

    :param page: ``struct page *``
    """
def PageUncached(page: Object) -> bool:
    """Return whether the flag ``PG_uncached`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageUnevictable(page: Object) -> bool:
    """Return whether the flag ``PG_unevictable`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageUptodate(page: Object) -> bool:
    """Return whether the flag ``PG_uptodate`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageVmemmapSelfHosted(page: Object) -> bool:
    """Return whether the flag ``PG_vmemmap_self_hosted`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageWaiters(page: Object) -> bool:
    """Return whether the flag ``PG_waiters`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageWorkingset(page: Object) -> bool:
    """Return whether the flag ``PG_workingset`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageWriteback(page: Object) -> bool:
    """Return whether the flag ``PG_writeback`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageXenRemapped(page: Object) -> bool:
    """Return whether the flag ``PG_xen_remapped`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def PageYoung(page: Object) -> bool:
    """Return whether the flag ``PG_young`` of a page is set; a kernel that has no such flag never sets it.

    :param page: ``struct page *``
    """
def access_process_vm(task: Object, address: IntegerLike, size: IntegerLike) -> bytes:
    """Read memory of a process, by one of its tasks.

    :raises FaultError: if it is not mapped, or was swapped out

    :param task: ``struct task_struct *``
    :param address: Address of the first byte.
    :param size: How many bytes.
    """
def access_remote_vm(mm: Object, address: IntegerLike, size: IntegerLike) -> bytes:
    """Read memory of a process, by its address space.

    :raises FaultError: if it is not mapped, or was swapped out

    :param mm: ``struct mm_struct *``
    :param address: Address of the first byte.
    :param size: How many bytes.
    """
def cmdline(task: Object) -> Optional[List[bytes]]:
    """Return the arguments that a process was started with.

    >>> cmdline(find_task(1))
    [b'/sbin/init', b'splash']

    :param task: ``struct task_struct *``
    :return: ``None`` for tasks of the kernel
    """
def compound_head(page: Object) -> Object:
    """Return the first of the pages that a page is joined with; the page itself if it is joined with none.

    :param page: ``struct page *``
    :return: ``struct page *``
    """
def compound_nr(page: Object) -> Object:
    """Return how many pages are joined with a page that is the first of them, itself included.

    :param page: ``struct page *``
    :return: ``unsigned long``
    """
def compound_order(page: Object) -> Object:
    """Return how many pages are joined with a page that is the first of them, as a power of two.

    :param page: ``struct page *``
    :return: ``unsigned int``: 0 for one page, 1 for two, 2 for four...
    """
def decode_page_flags(page: Object) -> str:
    """Return the flags of a page that are set, by name.

    :param page: ``struct page *``
    :return: such as ``PG_dirty|PG_lru``
    """
@overload
def decode_page_flags_value(prog: Program, flags: IntegerLike) -> str:
    """Return the names of the flags of pages that are set in a number.

    :param flags: ``unsigned long``: the flags.
    :return: such as ``PG_dirty|PG_lru``
    """
@overload
def decode_page_flags_value(flags: IntegerLike) -> str: ...
def environ(task: Object) -> Optional[List[bytes]]:
    """Return the environment that a process was started with.

    >>> environ(find_task(1))
    [b'HOME=/', b'TERM=linux']

    :param task: ``struct task_struct *``
    :return: ``None`` for tasks of the kernel
    """
def follow_page(mm: Object, addr: IntegerLike) -> Object:
    """Return the page that an address of a process is mapped to.

    :raises FaultError: if it is not mapped

    :param mm: ``struct mm_struct *``
    :param addr: ``void *``: address in the address space.
    :return: ``struct page *``
    """
def follow_pfn(mm: Object, addr: IntegerLike) -> Object:
    """Return the number of the page frame that an address of a process is mapped to.

    :raises FaultError: if it is not mapped

    :param mm: ``struct mm_struct *``
    :param addr: ``void *``: address in the address space.
    :return: ``unsigned long``
    """
def follow_phys(mm: Object, addr: IntegerLike) -> Object:
    """Return the physical address that an address of a process is mapped to.

    :raises FaultError: if it is not mapped

    :param mm: ``struct mm_struct *``
    :param addr: ``void *``: address in the address space.
    :return: ``phys_addr_t``
    """
@overload
def for_each_page(prog: Program) -> Iterator[Object]:
    """Iterate over the ``struct page`` of every page frame that has one.

    :return: ``struct page *`` objects
    """
@overload
def for_each_page() -> Iterator[Object]: ...
@overload
def for_each_valid_page_range(prog: Program) -> Iterator[Tuple[int, int, Object]]:
    """Iterate over the ranges of page frames that have a ``struct page``.

    >>> for start, end, pages in for_each_valid_page_range():
    ...     first = pages[start]

    :return: (first frame, frame behind the last, ``struct page *`` of frame 0) tuples
    """
@overload
def for_each_valid_page_range() -> Iterator[Tuple[int, int, Object]]: ...
@overload
def for_each_valid_pfn_and_page(prog: Program) -> Iterator[Tuple[int, Object]]:
    """Iterate over every page frame that has a ``struct page``.

    :return: (page frame number, ``struct page *``) tuples
    """
@overload
def for_each_valid_pfn_and_page() -> Iterator[Tuple[int, Object]]: ...
def for_each_vma(mm: Object) -> Iterator[Object]:
    """Iterate over the areas of an address space, lowest first.

    :param mm: ``struct mm_struct *``
    :return: ``struct vm_area_struct *`` objects
    """
@overload
def in_direct_map(prog: Program, addr: IntegerLike) -> bool:
    """Return whether an address is in the direct map, where all of physical memory is mapped.

    :param addr: The address.
    """
@overload
def in_direct_map(addr: IntegerLike) -> bool: ...
def mm_cmdline(mm: Object) -> List[bytes]:
    """Return the arguments that a process was started with, by its address space.

    :param mm: ``struct mm_struct *``
    """
def mm_environ(mm: Object) -> List[bytes]:
    """Return the environment that a process was started with, by its address space.

    :param mm: ``struct mm_struct *``
    """
def page_flags(page: Object) -> Object:
    """Return the flags of a page.

    :param page: ``struct page *``
    :return: ``unsigned long``
    """
def page_index(page: Object) -> Object:
    """Return how many pages a page is into its file.

    :param page: ``struct page *``
    :return: ``pgoff_t``
    """
def page_size(page: Object) -> Object:
    """Return the size in bytes of the pages that are joined with a page which is the first of them.

    :param page: ``struct page *``
    :return: ``unsigned long``
    """
def page_to_pfn(page: Object) -> Object:
    """Return the number of the frame of a page.

    :param page: ``struct page *``
    :return: ``unsigned long``
    """
def page_to_phys(page: Object) -> Object:
    """Return the physical address of a page.

    :param page: ``struct page *``
    :return: ``phys_addr_t``
    """
def page_to_virt(page: Object) -> Object:
    """Return the address of a page in the direct map.

    :param page: ``struct page *``
    :return: ``void *``
    """
@overload
def pfn_to_page(prog: Program, pfn: IntegerLike) -> Object:
    """Return the page of a page frame.

    :param pfn: ``unsigned long``: number of the page frame.
    :return: ``struct page *``
    """
@overload
def pfn_to_page(pfn: IntegerLike) -> Object: ...
@overload
def pfn_to_virt(prog: Program, pfn: IntegerLike) -> Object:
    """Return the address of a page frame in the direct map.

    :param pfn: ``unsigned long``: number of the page frame.
    :return: ``void *``
    """
@overload
def pfn_to_virt(pfn: IntegerLike) -> Object: ...
@overload
def phys_to_page(prog: Program, addr: IntegerLike) -> Object:
    """Return the page that a physical address is in.

    :param addr: ``phys_addr_t``: physical address.
    :return: ``struct page *``
    """
@overload
def phys_to_page(addr: IntegerLike) -> Object: ...
@overload
def phys_to_virt(prog: Program, addr: IntegerLike) -> Object:
    """Return the address of a physical address in the direct map.

    :param addr: ``phys_addr_t``: physical address.
    :return: ``void *``
    """
@overload
def phys_to_virt(addr: IntegerLike) -> Object: ...
@overload
def task_rss(prog: Program, task: Object) -> TaskRss:
    """Return how many pages of a task are in memory.

    :param task: ``struct task_struct *``
    """
@overload
def task_rss(task: Object) -> TaskRss: ...
def task_vsize(task: Object) -> int:
    """Return the size of the address space of a task.

    :param task: ``struct task_struct *``
    :return: bytes; 0 for tasks of the kernel
    """
@overload
def totalram_pages(prog: Program) -> int:
    """Return how many pages of memory the kernel can use.
    """
@overload
def totalram_pages() -> int: ...
@overload
def virt_to_page(prog: Program, addr: IntegerLike) -> Object:
    """Return the page that an address of the kernel is mapped to.

    :param addr: ``void *``: address in the kernel.
    :return: ``struct page *``
    """
@overload
def virt_to_page(addr: IntegerLike) -> Object: ...
@overload
def virt_to_pfn(prog: Program, addr: IntegerLike) -> Object:
    """Return the number of the page frame that an address of the kernel is mapped to.

    :param addr: ``void *``: address in the kernel.
    :return: ``unsigned long``
    """
@overload
def virt_to_pfn(addr: IntegerLike) -> Object: ...
@overload
def virt_to_phys(prog: Program, addr: IntegerLike) -> Object:
    """Return the physical address that an address of the kernel is mapped to, in the direct map or elsewhere.

    :param addr: ``void *``: address in the kernel.
    :return: ``unsigned long``
    """
@overload
def virt_to_phys(addr: IntegerLike) -> Object: ...
def vma_find(mm: Object, addr: IntegerLike) -> Object:
    """Return the area of an address space that an address is in.

    :param mm: ``struct mm_struct *``
    :param addr: ``void *``: address in the address space.
    :return: ``struct vm_area_struct *``, ``NULL`` if there is none
    """
