"""Helpers of the engine's module ``printk``."""

from typing import Any, List, Literal, Union, overload

from spelunk import Program

__all__ = ["get_dmesg", "get_printk_records", "print_dmesg"]

@overload
def get_dmesg(prog: Program, *, timestamps: Union[bool, Literal['human']] = True) -> bytes:
    """Return the kernel's log as text, as :manpage:`dmesg(1)` shows it.

    :func:`get_printk_records()` returns its parts.

    :param timestamps: Whether each line begins with its time, in seconds since the start.
    :return: lines of the form ``[ seconds] message``
    """
@overload
def get_dmesg(*, timestamps: Union[bool, Literal['human']] = True) -> bytes: ...
@overload
def get_printk_records(prog: Program) -> List[Any]:
    """Return the messages of the kernel's log, oldest first.
    """
@overload
def get_printk_records() -> List[Any]: ...
@overload
def print_dmesg(prog: Program, *, timestamps: Union[bool, Literal['human']] = True) -> None:
    """Print the kernel's log, as :manpage:`dmesg(1)` does.

    :param timestamps: Whether each line begins with its time, in seconds since the start.
    """
@overload
def print_dmesg(*, timestamps: Union[bool, Literal['human']] = True) -> None: ...
