"""Places in source code."""

from typing import NamedTuple, Optional


class _SourceLocationBase(NamedTuple):
    filename: str
    line: int
    column: int


class SourceLocation(_SourceLocationBase):
    """A place in source code: file, line and column, the last two 0 where they are not known.

    >>> location = prog.stack_trace(1)[1].source()
    >>> location.line
    6584
    """

    name: str = "???"
    """The function that it is in, or ``???``."""

    @classmethod
    def _of(
        cls, filename: str, line: int, column: int, name: Optional[str]
    ) -> "SourceLocation":
        location = cls(filename, line, column)
        if name is not None:
            location.name = name
        return location

    def __str__(self) -> str:
        if not self.filename:
            return f"{self.name} at ??:?"
        column = f":{self.column}" if self.column else ""
        return f"{self.name} at {self.filename}:{self.line}{column}"


# What users see is where they import it from.
SourceLocation.__module__ = "spelunk"
