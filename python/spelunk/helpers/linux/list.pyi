"""Helpers of the engine's module ``list``."""

from typing import Iterator, Union

from spelunk import Object, Type

__all__ = ["hlist_empty", "hlist_for_each", "hlist_for_each_entry", "list_count_nodes", "list_empty", "list_first_entry", "list_first_entry_or_null", "list_for_each", "list_for_each_entry", "list_for_each_entry_reverse", "list_for_each_reverse", "list_is_singular", "list_last_entry", "list_next_entry", "list_prev_entry", "validate_list", "validate_list_count_nodes", "validate_list_for_each", "validate_list_for_each_entry"]

def hlist_empty(head: Object) -> bool:
    """Return whether a hash list has no entries.

    :param head: ``struct hlist_head *``
    """
def hlist_for_each(head: Object) -> Iterator[Object]:
    """Iterate over the nodes of a hash list.

    :param head: ``struct hlist_head *``
    :return: ``struct hlist_node *`` objects
    """
def hlist_for_each_entry(type: Union[str, Type], head: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a hash list.

    :param type: Type of the entries.
    :param head: ``struct hlist_head *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def list_count_nodes(head: Object) -> int:
    """Count the nodes of a list. The head is not one of them.

    :param head: ``struct list_head *``
    """
def list_empty(head: Object) -> bool:
    """Return whether a list has no entries.

    :param head: ``struct list_head *``
    """
def list_first_entry(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the first entry of a list that is known not to be empty.

    For a list that may be, there is :func:`list_first_entry_or_null()`.

    :param head: ``struct list_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def list_first_entry_or_null(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the first entry of a list, if it has any.

    :param head: ``struct list_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``, ``NULL`` if the list is empty
    """
def list_for_each(head: Object) -> Iterator[Object]:
    """Iterate over the nodes of a list, without its head.

    :param head: ``struct list_head *``
    :return: ``struct list_head *`` objects
    """
def list_for_each_entry(type: Union[str, Type], head: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a list.

    :param type: Type of the entries.
    :param head: ``struct list_head *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def list_for_each_entry_reverse(type: Union[str, Type], head: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a list from the last to the first.

    :param type: Type of the entries.
    :param head: ``struct list_head *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def list_for_each_reverse(head: Object) -> Iterator[Object]:
    """Iterate over the nodes of a list from the last to the first.

    :param head: ``struct list_head *``
    :return: ``struct list_head *`` objects
    """
def list_is_singular(head: Object) -> bool:
    """Return whether a list has exactly one entry.

    :param head: ``struct list_head *``
    """
def list_last_entry(head: Object, type: Union[str, Type], member: str) -> Object:
    """Return the last entry of a list that is known not to be empty.

    :param head: ``struct list_head *``
    :param type: Type of the entries.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def list_next_entry(pos: Object, member: str) -> Object:
    """Return the entry after another. After the last one, that is the head taken for an entry.

    :param pos: An entry of the list.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def list_prev_entry(pos: Object, member: str) -> Object:
    """Return the entry before another. Before the first one, that is the head taken for an entry.

    :param pos: An entry of the list.
    :param member: Name of the member of *type* that is the node.
    :return: ``type *``
    """
def validate_list(head: Object) -> None:
    """Check that the links of a list agree in both directions and do not lead in a circle.

    :raises ValidationError: if they do not; it names the node

    :param head: ``struct list_head *``
    """
def validate_list_count_nodes(head: Object) -> int:
    """Count the nodes of a list, as :func:`list_count_nodes()` does, and check it on the way.

    :raises ValidationError: as :func:`validate_list()` does

    :param head: ``struct list_head *``
    """
def validate_list_for_each(head: Object) -> Iterator[Object]:
    """Iterate over the nodes of a list, and check it on the way.

    Nodes may come more than once before a circle is noticed.

    :raises ValidationError: as :func:`validate_list()` does

    :param head: ``struct list_head *``
    :return: ``struct list_head *`` objects
    """
def validate_list_for_each_entry(type: Union[str, Type], head: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a list, and check it on the way.

    Entries may come more than once before a circle is noticed.

    :raises ValidationError: as :func:`validate_list()` does

    :param type: Type of the entries.
    :param head: ``struct list_head *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
