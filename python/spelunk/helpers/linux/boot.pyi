"""Helpers of the engine's module ``boot``."""

from typing import overload

from spelunk import Program

__all__ = ["kaslr_offset", "pgtable_l5_enabled"]

@overload
def kaslr_offset(prog: Program) -> int:
    """Return by how much the kernel's image was moved when it was started (KASLR).

    :return: bytes; 0 if it was not moved
    """
@overload
def kaslr_offset() -> int: ...
@overload
def pgtable_l5_enabled(prog: Program) -> bool:
    """Return whether page tables have five levels.
    """
@overload
def pgtable_l5_enabled() -> bool: ...
