"""Helpers of the engine's module ``list_nulls``."""

from typing import Iterator, Union

from spelunk import Object, Type

__all__ = ["hlist_nulls_empty", "hlist_nulls_for_each_entry", "is_a_nulls"]

def hlist_nulls_empty(head: Object) -> bool:
    """Return whether a nulls hash list has no entries.

    :param head: ``struct hlist_nulls_head *``
    """
def hlist_nulls_for_each_entry(type: Union[str, Type], head: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a nulls hash list.

    :param type: Type of the entries.
    :param head: ``struct hlist_nulls_head *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def is_a_nulls(pos: Object) -> bool:
    """Return whether a pointer is the mark at the end of a nulls hash list.

    :param pos: ``struct hlist_nulls_node *``
    """
