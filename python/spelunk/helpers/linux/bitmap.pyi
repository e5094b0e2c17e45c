"""Helpers of the engine's module ``bitmap``."""

from spelunk import IntegerLike, Object

__all__ = ["bitmap_weight"]

def bitmap_weight(bitmap: Object, size: IntegerLike) -> int:
    """Count the bits of a bitmap that are 1.

    :param bitmap: ``unsigned long *``
    :param size: How many bits it has.
    """
