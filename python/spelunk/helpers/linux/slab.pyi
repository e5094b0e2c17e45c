"""Helpers of the engine's module ``slab``."""

from dataclasses import dataclass
from typing import Iterator, NamedTuple, Optional, Union, overload

from spelunk import IntegerLike, Object, Program, Type

__all__ = ["find_containing_slab_cache", "find_slab_cache", "for_each_slab_cache", "print_slab_caches", "slab_cache_for_each_allocated_object", "slab_cache_is_merged", "slab_cache_objects_per_slab", "slab_cache_order", "slab_cache_pages_per_slab", "slab_cache_usage", "slab_object_info", "slab_total_usage"]

@dataclass(eq=False)
class SlabObjectInfo:
    """What is known of an object of the slab allocator."""

    slab_cache: Object
    """``struct kmem_cache *`` that the object is of."""
    slab: Object
    """Slab that the object is in: ``struct slab *``, before Linux 5.17 ``struct page *``."""
    address: int
    """Address of the object's first byte."""
    allocated: Optional[bool]
    """``True`` if the object is in use, ``False`` if it is free, ``None`` if that cannot be told."""

class SlabCacheUsage(NamedTuple):
    """How much memory a slab cache has."""

    num_slabs: int
    """Number of slabs."""
    num_objs: int
    """Number of objects, in use and free."""
    free_objs: int
    """Number of free objects, without those that are kept aside for a CPU."""

class SlabTotalUsage(NamedTuple):
    """How many pages the slab allocator has."""

    reclaimable_pages: int
    """Pages of which some could be freed on demand."""
    unreclaimable_pages: int
    """All others."""

@overload
def find_containing_slab_cache(prog: Program, addr: IntegerLike) -> Object:
    """Return the slab cache that an address was allocated from.

    :param addr: ``void *``: an address in the object.
    :return: ``struct kmem_cache *``, ``NULL`` if it is in no slab
    """
@overload
def find_containing_slab_cache(addr: IntegerLike) -> Object: ...
@overload
def find_slab_cache(prog: Program, name: Union[str, bytes]) -> Optional[Object]:
    """Return the slab cache with a name.

    :param name: Name of the slab cache.
    :return: ``struct kmem_cache *``, ``None`` if there is none
    """
@overload
def find_slab_cache(name: Union[str, bytes]) -> Optional[Object]: ...
@overload
def for_each_slab_cache(prog: Program) -> Iterator[Object]:
    """Iterate over the slab caches. Those that were merged into another are not among them; see :func:`slab_cache_is_merged()`.

    :return: ``struct kmem_cache *`` objects
    """
@overload
def for_each_slab_cache() -> Iterator[Object]: ...
@overload
def print_slab_caches(prog: Program) -> None:
    """Print the names of the slab caches and their ``struct kmem_cache *``.
    """
@overload
def print_slab_caches() -> None: ...
def slab_cache_for_each_allocated_object(slab_cache: Object, type: Union[str, Type]) -> Iterator[Object]:
    """Iterate over the objects of a slab cache that are in use.

    >>> next(slab_cache_for_each_allocated_object(find_slab_cache("dentry"), "struct dentry"))

    :param slab_cache: ``struct kmem_cache *``
    :param type: Type of the objects.
    :return: ``type *`` objects
    """
def slab_cache_is_merged(slab_cache: Object) -> bool:
    """Return whether other slab caches were merged into one.

    The kernel merges caches whose objects are alike in size and handling (unless it was started with ``slab_nomerge``). Then only one of their names can be found, and the objects of the cache are of several types. What type an object really has must be told from its members.

    :param slab_cache: ``struct kmem_cache *``
    """
def slab_cache_objects_per_slab(slab_cache: Object) -> int:
    """Return how many objects a slab of a slab cache has.

    :param slab_cache: ``struct kmem_cache *``
    """
def slab_cache_order(slab_cache: Object) -> int:
    """Return how many pages a slab of a slab cache has, as a power of two.

    :param slab_cache: ``struct kmem_cache *``
    """
def slab_cache_pages_per_slab(slab_cache: Object) -> int:
    """Return how many pages a slab of a slab cache has.

    :param slab_cache: ``struct kmem_cache *``
    """
def slab_cache_usage(slab_cache: Object) -> SlabCacheUsage:
    """Return how many slabs and objects a slab cache has. Needs ``CONFIG_SLUB_DEBUG``.

    :param slab_cache: ``struct kmem_cache *``
    """
@overload
def slab_object_info(prog: Program, addr: IntegerLike) -> Optional[SlabObjectInfo]:
    """Return what is known of the object of the slab allocator that an address is in.

    :param addr: ``void *``: an address in the object.
    :return: ``None`` if it is in no slab
    """
@overload
def slab_object_info(addr: IntegerLike) -> Optional[SlabObjectInfo]: ...
@overload
def slab_total_usage(prog: Program) -> SlabTotalUsage:
    """Return how many pages the slab allocator has.
    """
@overload
def slab_total_usage() -> SlabTotalUsage: ...
