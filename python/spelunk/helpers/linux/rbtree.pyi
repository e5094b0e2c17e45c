"""Helpers of the engine's module ``rbtree``."""

from typing import Callable, Iterator, TypeVar, Union

from spelunk import Object, Type

_KeyType = TypeVar("_KeyType")

__all__ = ["RB_EMPTY_NODE", "RB_EMPTY_ROOT", "rb_find", "rb_first", "rb_last", "rb_next", "rb_parent", "rb_prev", "rbtree_inorder_for_each", "rbtree_inorder_for_each_entry", "rbtree_preorder_for_each", "rbtree_preorder_for_each_entry", "validate_rbtree", "validate_rbtree_inorder_for_each_entry"]

def RB_EMPTY_NODE(node: Object) -> bool:
    """Return whether a node is in no red-black tree.

    :param node: ``struct rb_node *``
    """
def RB_EMPTY_ROOT(root: Object) -> bool:
    """Return whether a red-black tree has no nodes.

    :param root: ``struct rb_root *``
    """
def rb_find(type: Union[str, Type], root: Object, member: str, key: _KeyType, cmp: Callable[[_KeyType, Object], int]) -> Object:
    """Search a red-black tree.

    The kernel has no such function: it writes out the search where it is needed.

    :param type: Type of the entries.
    :param root: ``struct rb_root *``
    :param member: Name of the member of *type* that is the node.
    :param key: What to look for; only *cmp* looks at it.
    :param cmp: Compares *key* with an entry (``type *``): negative if the key comes first, positive if the entry does, 0 if it is found.
    :return: ``type *``, ``NULL`` if no entry compares equal
    """
def rb_first(root: Object) -> Object:
    """Return the first node of a red-black tree, in its order.

    :param root: ``struct rb_root *``
    :return: ``struct rb_node *``, ``NULL`` if there is none
    """
def rb_last(root: Object) -> Object:
    """Return the last node of a red-black tree, in its order.

    :param root: ``struct rb_root *``
    :return: ``struct rb_node *``, ``NULL`` if there is none
    """
def rb_next(node: Object) -> Object:
    """Return the node after another, in the tree's order.

    :param node: ``struct rb_node *``
    :return: ``struct rb_node *``, ``NULL`` if there is none
    """
def rb_parent(node: Object) -> Object:
    """Return the parent of a node of a red-black tree.

    :param node: ``struct rb_node *``
    :return: ``struct rb_node *``, ``NULL`` if there is none
    """
def rb_prev(node: Object) -> Object:
    """Return the node before another, in the tree's order.

    :param node: ``struct rb_node *``
    :return: ``struct rb_node *``, ``NULL`` if there is none
    """
def rbtree_inorder_for_each(root: Object) -> Iterator[Object]:
    """Iterate over the nodes of a red-black tree, in its order.

    :param root: ``struct rb_root *``
    :return: ``struct rb_node *`` objects
    """
def rbtree_inorder_for_each_entry(type: Union[str, Type], root: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a red-black tree, in its order.

    :param type: Type of the entries.
    :param root: ``struct rb_root *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def rbtree_preorder_for_each(root: Object) -> Iterator[Object]:
    """Iterate over the nodes of a red-black tree, each before its children.

    :param root: ``struct rb_root *``
    :return: ``struct rb_node *`` objects
    """
def rbtree_preorder_for_each_entry(type: Union[str, Type], root: Object, member: str) -> Iterator[Object]:
    """Iterate over the entries of a red-black tree, each before its children.

    :param type: Type of the entries.
    :param root: ``struct rb_root *``
    :param member: Name of the member of *type* that is the node.
    :return: ``type *`` objects
    """
def validate_rbtree(type: Union[str, Type], root: Object, member: str, cmp: Callable[[Object, Object], int], allow_equal: bool) -> None:
    """Check a red-black tree: the order of its entries, its parent links, and the rules of its colours (a black root, no red child of a red node, as many black nodes on the way to every leaf).

    :raises ValidationError: if something is wrong; it names the node

    :param type: Type of the entries.
    :param root: ``struct rb_root *``
    :param member: Name of the member of *type* that is the node.
    :param cmp: Compares two entries (``type *``): negative if the first comes first, positive if the second does, 0 if neither.
    :param allow_equal: Whether entries may compare equal.
    """
def validate_rbtree_inorder_for_each_entry(type: Union[str, Type], root: Object, member: str, cmp: Callable[[Object, Object], int], allow_equal: bool) -> Iterator[Object]:
    """Iterate over the entries of a red-black tree in its order, and check it on the way as :func:`validate_rbtree()` does.

    :raises ValidationError: if something is wrong; it names the node

    :param type: Type of the entries.
    :param root: ``struct rb_root *``
    :param member: Name of the member of *type* that is the node.
    :param cmp: Compares two entries (``type *``): negative if the first comes first, positive if the second does, 0 if neither.
    :param allow_equal: Whether entries may compare equal.
    :return: ``type *`` objects
    """
