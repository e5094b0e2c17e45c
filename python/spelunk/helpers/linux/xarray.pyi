"""Helpers of the engine's module ``xarray``."""

from typing import Iterator, Tuple

from spelunk import IntegerLike, Object

__all__ = ["xa_for_each", "xa_is_value", "xa_is_zero", "xa_load", "xa_to_value"]

def xa_for_each(xa: Object, *, advanced: bool = False) -> Iterator[Tuple[int, Object]]:
    """Iterate over the entries of an XArray and their indices.

    :param xa: ``struct xarray *``
    :param advanced: Whether to show zero entries (see :func:`xa_is_zero()`), as the kernel's advanced interface does.
    :return: (index, ``void *``) tuples
    """
def xa_is_value(entry: Object) -> bool:
    """Return whether an entry of an XArray is an integer instead of a pointer; see :func:`xa_to_value()`.

    :param entry: ``void *``
    """
def xa_is_zero(entry: Object) -> bool:
    """Return whether an entry of an XArray only keeps a place: reserved, but nothing stored yet. :func:`xa_load()` and :func:`xa_for_each()` show such entries if *advanced* is true.

    :param entry: ``void *``
    """
def xa_load(xa: Object, index: IntegerLike, *, advanced: bool = False) -> Object:
    """Return the entry of an XArray at an index.

    :param xa: ``struct xarray *``
    :param index: Index of the entry.
    :param advanced: Whether to show zero entries (see :func:`xa_is_zero()`), as the kernel's advanced interface does.
    :return: ``void *``, ``NULL`` if there is none
    """
def xa_to_value(entry: Object) -> Object:
    """Return the integer that an entry of an XArray is; see :func:`xa_is_value()`.

    :param entry: ``void *``
    :return: ``unsigned long``
    """
