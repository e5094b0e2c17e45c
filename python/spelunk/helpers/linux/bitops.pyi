"""Helpers of the engine's module ``bitops``."""

from typing import Iterator

from spelunk import IntegerLike, Object

__all__ = ["for_each_clear_bit", "for_each_set_bit", "test_bit"]

def for_each_clear_bit(bitmap: Object, size: IntegerLike) -> Iterator[int]:
    """Iterate over the numbers of the bits of a bitmap that are 0.

    :param bitmap: ``unsigned long *``
    :param size: How many bits it has.
    """
def for_each_set_bit(bitmap: Object, size: IntegerLike) -> Iterator[int]:
    """Iterate over the numbers of the bits of a bitmap that are 1.

    :param bitmap: ``unsigned long *``
    :param size: How many bits it has.
    """
def test_bit(nr: IntegerLike, bitmap: Object) -> bool:
    """Return whether a bit of a bitmap is 1.

    :param nr: Number of the bit.
    :param bitmap: ``unsigned long *``
    """
