"""Helpers of the engine's module ``mapletree``."""

from typing import Iterator, Tuple

from spelunk import IntegerLike, Object

__all__ = ["mt_for_each", "mtree_load"]

def mt_for_each(mt: Object, *, advanced: bool = False) -> Iterator[Tuple[int, int, Object]]:
    """Iterate over the entries of a maple tree and the indices that each is for.

    :param mt: ``struct maple_tree *``
    :param advanced: Whether to show zero entries, as the kernel's advanced interface does: places that are reserved.
    :return: (first index, last index, ``void *``) tuples
    """
def mtree_load(mt: Object, index: IntegerLike, *, advanced: bool = False) -> Object:
    """Return the entry of a maple tree at an index.

    :param mt: ``struct maple_tree *``
    :param index: The index.
    :param advanced: Whether to show zero entries, as the kernel's advanced interface does: places that are reserved.
    :return: ``void *``, ``NULL`` if there is none
    """
