"""Helpers of the engine's module ``llist``."""

from typing import Iterator, Union

from spelunk import Object, Type

__all__ = ["llist_empty", "llist_first_entry", "llist_first_entry_or_null", "llist_for_each", "llist_for_each_entry", "llist_is_singular", "llist_next_entry"]

def llist_empty(head: Object) -> bool:
    """Return whether a lockless list has no entries.

    :param head: ``struct llist_head *``
    """
def llist_first_entry(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the first entry of a lockless list that is known not to be empty.

    For a list that may be, there is :func:`llist_first_entry_or_null()`.

    :param head: ``struct llist_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def llist_first_entry_or_null(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the first entry of a lockless list, if it has any.

    :param head: ``struct llist_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``, ``NULL`` if the list is empty
    """
def llist_for_each(node: Object) -> Iterator[Object]:
    """Iterate over the nodes of a lockless list from one on.

    :param node: ``struct llist_node *``
    :return: ``struct llist_node *`` objects
    """
def llist_for_each_entry(type: Union[str, Type], node: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a lockless list from one on.

    :param type: Type of the entries.
    :param node: ``struct llist_node *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def llist_is_singular(head: Object) -> bool:
    """Return whether a lockless list has exactly one entry.

    :param head: ``struct llist_head *``
    """
def llist_next_entry(pos: Object, member: str) -> Object:
    """Return the entry of a lockless list after another.

    :param pos: An entry of the list, not the last one.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
