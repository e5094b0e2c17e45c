"""Helpers of the engine's module ``radixtree``."""

from typing import Iterator, Tuple

from spelunk import IntegerLike, Object

__all__ = ["radix_tree_for_each", "radix_tree_lookup"]

def radix_tree_for_each(root: Object) -> Iterator[Tuple[int, Object]]:
    """Iterate over the entries of a radix tree and their indices.

    :param root: ``struct radix_tree_root *``
    :return: (index, ``void *``) tuples
    """
def radix_tree_lookup(root: Object, index: IntegerLike) -> Object:
    """Return the entry of a radix tree at an index.

    :param root: ``struct radix_tree_root *``
    :param index: Index of the entry.
    :return: ``void *``, ``NULL`` if there is none
    """
