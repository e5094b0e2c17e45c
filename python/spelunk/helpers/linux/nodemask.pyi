"""Helpers of the engine's module ``nodemask``."""

from typing import Iterator, overload

from spelunk import IntegerLike, Object, Program

__all__ = ["for_each_node", "for_each_node_mask", "for_each_node_state", "for_each_online_node", "node_state", "nr_node_ids"]

@overload
def for_each_node(prog: Program) -> Iterator[int]:
    """Iterate over the NUMA nodes that could ever be there.
    """
@overload
def for_each_node() -> Iterator[int]: ...
def for_each_node_mask(mask: Object) -> Iterator[int]:
    """Iterate over the NUMA nodes in a set.

    :param mask: ``nodemask_t``
    """
@overload
def for_each_node_state(prog: Program, state: IntegerLike) -> Iterator[int]:
    """Iterate over the NUMA nodes that are in a state.

    :param state: ``enum node_states``, such as ``N_NORMAL_MEMORY``.
    """
@overload
def for_each_node_state(state: IntegerLike) -> Iterator[int]: ...
@overload
def for_each_online_node(prog: Program) -> Iterator[int]:
    """Iterate over the NUMA nodes that are up.
    """
@overload
def for_each_online_node() -> Iterator[int]: ...
def node_state(node: IntegerLike, state: Object) -> bool:
    """Return whether a NUMA node is in a state.

    :param node: Number of the NUMA node.
    :param state: Such as ``N_NORMAL_MEMORY``.
    """
@overload
def nr_node_ids(prog: Program) -> int:
    """Return a number that is greater than that of any NUMA node.
    """
@overload
def nr_node_ids() -> int: ...
