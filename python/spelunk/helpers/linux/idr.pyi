"""Helpers of the engine's module ``idr``."""

from typing import Iterator, Tuple, Union

from spelunk import IntegerLike, Object, Type

__all__ = ["idr_find", "idr_for_each", "idr_for_each_entry"]

def idr_find(idr: Object, id: IntegerLike) -> Object:
    """Return the pointer that an ID stands for.

    :param idr: ``struct idr *``
    :param id: The ID.
    :return: ``void *``, ``NULL`` if there is none
    """
def idr_for_each(idr: Object) -> Iterator[Tuple[int, Object]]:
    """Iterate over the IDs that are in use, and what they stand for.

    :param idr: ``struct idr *``
    :return: (ID, ``void *``) tuples
    """
def idr_for_each_entry(idr: Object, type: Union[str, Type]) -> Iterator[Tuple[int, Object]]:
    """Iterate over the IDs that are in use, and what they stand for, as pointers to a type.

    :param idr: ``struct idr *``
    :param type: Type of what the IDs stand for.
    :return: (ID, ``type *``) tuples
    """
