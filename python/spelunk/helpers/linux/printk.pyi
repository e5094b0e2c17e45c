"""Helpers of the engine's module ``printk``."""

from typing import Dict, List, Literal, NamedTuple, Optional, Union, overload

from spelunk import Program

from _typeshed import SupportsWrite

__all__ = ["get_dmesg", "get_printk_records", "print_dmesg"]

class PrintkRecord(NamedTuple):
    """A message of the kernel's log."""

    text: bytes
    """The message."""
    facility: int
    """:manpage:`syslog(3)` facility."""
    level: int
    """Log level."""
    seq: int
    """Number of the message."""
    timestamp: int
    """When it was logged, in nanoseconds since the start."""
    caller_tid: Optional[int]
    """ID of the thread that logged it, ``None`` if it was not logged in a thread."""
    caller_cpu: Optional[int]
    """CPU that logged it, ``None`` if it was logged in a thread."""
    continuation: bool
    """Whether it goes on with the line of the message before."""
    context: Dict[bytes, bytes]
    """What the message is about: ``SUBSYSTEM`` and ``DEVICE`` if it was logged about a device."""

@overload
def get_dmesg(prog: Program, *, timestamps: Union[bool, Literal['human']] = True) -> bytes:
    """Return the kernel's log as text, as :manpage:`dmesg(1)` shows it.

    :func:`get_printk_records()` returns its parts.

    :param timestamps: Whether each message begins with its time, in seconds since the start.
    :return: lines of the form ``[ seconds] message``
    """
@overload
def get_dmesg(*, timestamps: Union[bool, Literal['human']] = True) -> bytes: ...
@overload
def get_printk_records(prog: Program) -> List[PrintkRecord]:
    """Return the messages of the kernel's log, oldest first.
    """
@overload
def get_printk_records() -> List[PrintkRecord]: ...
@overload
def print_dmesg(prog: Program, *, timestamps: Union[bool, Literal['human']] = True, file: Optional[SupportsWrite[str]] = None) -> None:
    """Print the kernel's log, as :manpage:`dmesg(1)` does.

    :param timestamps: Whether each message begins with its time, in seconds since the start.
    :param file: Where to print to, standard output if it is left out.
    """
@overload
def print_dmesg(*, timestamps: Union[bool, Literal['human']] = True, file: Optional[SupportsWrite[str]] = None) -> None: ...
