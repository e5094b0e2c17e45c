"""The exceptions of the public API."""

from typing import Optional


class BadDataError(Exception):
    """Damaged or impossible data in a program or in debugging information."""


class FaultError(Exception):
    """Memory of the program that cannot be read."""

    message: str
    """What is wrong with it."""
    address: int
    """The first address that could not be read."""

    # The others are in __dict__, as in drgn.
    __slots__ = ("_size", "_physical")

    def __init__(self, message: str, address: int) -> None:
        super().__init__(message, address)
        self.message = message
        self.address = address
        self._size = 0
        self._physical = False

    @property
    def size(self) -> int:
        """How many bytes were to be read from there on; 0 if it was clear beforehand that there are none.

        >>> try:
        ...     prog.read(0x1000, 16, physical=True)
        ... except FaultError as fault:
        ...     print(hex(fault.address), fault.size, fault.physical)
        0x1000 16 True
        """
        return self._size

    @property
    def physical(self) -> bool:
        """Whether the address is a physical one: see :attr:`size` for an example."""
        return self._physical

    def __str__(self) -> str:
        return f"{self.message}: {self.address:#x}"


class MissingDebugInfoError(Exception):
    """Debugging information that was asked for and could not be found."""


class NoDefaultProgramError(Exception):
    """A default program was needed and there is none."""


class ObjectAbsentError(Exception):
    """The use of an object that is absent."""


class ObjectNotFoundError(KeyError):
    """No constant, function or variable has that name."""

    name: Optional[str]
    """The name."""

    def __init__(self, *args: object, name: Optional[str] = None) -> None:
        super().__init__(*args)
        self.name = name

    def __str__(self) -> str:
        return Exception.__str__(self)


class OutOfBoundsError(Exception):
    """An access beyond the end of a value."""


class UnsupportedOperation(ValueError):
    """An operation that makes no sense for this kind of program."""


for _class in (
    BadDataError,
    FaultError,
    MissingDebugInfoError,
    NoDefaultProgramError,
    ObjectAbsentError,
    ObjectNotFoundError,
    OutOfBoundsError,
    UnsupportedOperation,
):
    # What users see is where they import it from.
    _class.__module__ = "spelunk"
