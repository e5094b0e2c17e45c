"""Text: escaping, flags, numbers with units, tables."""

import sys
from typing import IO, Any, Iterable, List, Optional, Sequence, Tuple

from spelunk import IntegerLike, Type

__all__ = (
    "CellFormat",
    "decode_enum_type_flags",
    "decode_flags",
    "double_quote_ascii_string",
    "escape_ascii_character",
    "escape_ascii_string",
    "number_in_binary_units",
    "print_table",
)

_ESCAPES = {
    0x07: "\\a",
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0B: "\\v",
    0x0C: "\\f",
    0x0D: "\\r",
}


def escape_ascii_character(
    c: int,
    escape_single_quote: bool = False,
    escape_double_quote: bool = False,
    escape_backslash: bool = False,
) -> str:
    """A byte as in a literal of C.

    >>> escape_ascii_character(0)
    '\\\\x00'
    """
    character = chr(c)
    if (
        (character == "'" and escape_single_quote)
        or (character == '"' and escape_double_quote)
        or (character == "\\" and escape_backslash)
    ):
        return "\\" + character
    if c in _ESCAPES:
        return _ESCAPES[c]
    if 0x20 <= c <= 0x7E:
        return character
    return f"\\x{c:02x}"


def escape_ascii_string(
    buffer: Iterable[int],
    escape_single_quote: bool = False,
    escape_double_quote: bool = False,
    escape_backslash: bool = False,
) -> str:
    """Bytes as in a literal of C.

    >>> escape_ascii_string(b"a\\n")
    'a\\\\n'
    """
    return "".join(
        escape_ascii_character(c, escape_single_quote, escape_double_quote, escape_backslash)
        for c in buffer
    )


def double_quote_ascii_string(buffer: Iterable[int]) -> str:
    """Bytes as a literal of C, with its quotes.

    >>> double_quote_ascii_string(b"a")
    '"a"'
    """
    text = escape_ascii_string(buffer, escape_double_quote=True, escape_backslash=True)
    return f'"{text}"'


def decode_flags(
    value: IntegerLike,
    flags: Sequence[Tuple[str, int]],
    bit_numbers: bool = True,
    aliases: bool = True,
) -> str:
    """The names of the flags that are set in a number.

    >>> decode_flags(5, [("A", 0), ("B", 1), ("C", 2)])
    'A|C'

    :param flags: Names and bit numbers, or values if ``bit_numbers`` is false.
    :param aliases: Whether to show all names of the same flag, and not only the first.
    """
    number = value.__index__()
    if not number:
        return "0"
    left = number
    seen = 0
    parts: List[str] = []
    for name, flag in flags:
        mask = 1 << flag if bit_numbers else flag
        if not mask or number & mask != mask:
            continue
        if not aliases and seen & mask == mask:
            continue
        seen |= mask
        parts.append(name)
        left &= ~mask
    if left:
        parts.append(hex(left))
    return "|".join(parts)


def decode_enum_type_flags(
    value: IntegerLike, type: Type, bit_numbers: bool = True
) -> str:
    """The names of the flags that are set in a number, by the enumerators of a type.

    >>> decode_enum_type_flags(2, prog.type("enum pageflags"))
    'PG_referenced'
    """
    enumerators = type.enumerators
    if enumerators is None:
        raise ValueError("cannot decode incomplete enumerated type")
    return decode_flags(value, [(e.name, e.value) for e in enumerators], bit_numbers)


def number_in_binary_units(n: float, precision: int = 1) -> str:
    """A number with the largest fitting of the units K, M, G...

    >>> number_in_binary_units(2560)
    '2.5K'
    """
    if n < 1024:
        return str(n)
    for unit in "KMGTPE":
        n /= 1024
        if n < 1024:
            break
    else:
        unit = "Z" if n >= 1024 else unit
    text = f"{n:.{precision}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".") if float(text).is_integer() else text
    return text + unit


class CellFormat:
    """A value in a table, with the format that it is shown in.

    >>> print_table([["address", CellFormat(255, "#x")]])
    """

    def __init__(self, value: Any, format_spec: str) -> None:
        self._value = value
        self._format_spec = format_spec

    def __format__(self, format_spec: str) -> str:
        return format(self._value, format_spec + self._format_spec)

    def __str__(self) -> str:
        return format(self._value, self._format_spec)


def print_table(
    rows: Sequence[Sequence[Any]], *, sep: str = "  ", file: Optional[IO[str]] = None
) -> None:
    """Print rows in columns: numbers to the right, all else to the left.

    >>> print_table([["PID", "COMM"], [1, "init"]])
    PID  COMM
      1  init
    """
    texts = [[str(cell) for cell in row] for row in rows]
    columns = max((len(row) for row in texts), default=0)
    widths = [
        max((len(row[column]) for row in texts if column < len(row)), default=0)
        for column in range(columns)
    ]
    for row, shown in zip(rows, texts):
        cells = []
        for column, (cell, text) in enumerate(zip(row, shown)):
            value = cell._value if isinstance(cell, CellFormat) else cell
            right = isinstance(value, (int, float)) and not isinstance(value, bool)
            width = widths[column]
            cells.append(text.rjust(width) if right else text.ljust(width))
        print(sep.join(cells).rstrip(), file=file or sys.stdout)
