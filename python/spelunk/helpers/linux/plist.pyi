"""Helpers of the engine's module ``plist``."""

from typing import Iterator, Union

from spelunk import Object, Type

__all__ = ["plist_first_entry", "plist_for_each", "plist_for_each_entry", "plist_head_empty", "plist_last_entry", "plist_node_empty"]

def plist_first_entry(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the first entry, that of highest priority, of a sorted list that is known not to be empty.

    :param head: ``struct plist_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def plist_for_each(head: Object) -> Iterator[Object]:
    """Iterate over the nodes of a sorted list.

    :param head: ``struct plist_head *``
    :return: ``struct plist_node *`` objects
    """
def plist_for_each_entry(type: Union[str, Type], head: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a sorted list.

    :param type: Type of the entries.
    :param head: ``struct plist_head *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def plist_head_empty(head: Object) -> bool:
    """Return whether a sorted list has no entries.

    :param head: ``struct plist_head *``
    """
def plist_last_entry(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the last entry, that of lowest priority, of a sorted list that is known not to be empty.

    :param head: ``struct plist_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def plist_node_empty(node: Object) -> bool:
    """Return whether a node is on no sorted list.

    :param node: ``struct plist_node *``
    """
