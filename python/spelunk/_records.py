"""The engine's helpers as Python functions.

Every helper has one record in the engine: its name, parameters and documentation. The modules below
``spelunk.helpers.linux`` are filled from those records when they are imported.
"""

import enum
import sys
from collections import namedtuple
from typing import Any, List, Tuple

from spelunk import _native

_PACKAGE = "spelunk.helpers.linux"


def export(module: str) -> List[str]:
    """Put the functions of the engine's helper module into the Python module called ``module``, and
    return their names, for ``__all__``."""
    functions = _native.helper_functions(module.rpartition(".")[2])
    sys.modules[module].__dict__.update(functions)
    return sorted(name for name, _ in functions)


def record_class(
    module: str, name: str, is_tuple: bool, doc: str, fields: List[Tuple[str, str]]
) -> type:
    """A class that a helper returns: a named tuple, or a plain class with these fields."""
    names = [field for field, _ in fields]
    if is_tuple:
        cls: Any = namedtuple(name, names, module=f"{_PACKAGE}.{module}")
        cls.__doc__ = doc
        for field, text in fields:
            getattr(cls, field).__doc__ = text
        return _placed(module, cls)

    def __init__(self: Any, *values: Any) -> None:
        for field, value in zip(names, values):
            setattr(self, field, value)

    def __repr__(self: Any) -> str:
        values = ", ".join(f"{field}={getattr(self, field)!r}" for field in names)
        return f"{name}({values})"

    def __eq__(self: Any, other: object) -> Any:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, f) == getattr(other, f) for f in names)

    namespace = {
        "__doc__": doc,
        "__init__": __init__,
        "__repr__": __repr__,
        "__eq__": __eq__,
        "__hash__": None,
        "__module__": f"{_PACKAGE}.{module}",
        "__qualname__": name,
    }
    return _placed(module, type(name, (), namespace))


def enum_class(module: str, name: str, doc: str, members: List[Tuple[str, int]]) -> Any:
    """An enumeration that a helper takes or returns."""
    cls: Any = enum.Enum(name, members, module=f"{_PACKAGE}.{module}")  # type: ignore[misc]
    cls.__doc__ = doc
    return _placed(module, cls)


def _placed(module: str, cls: Any) -> Any:
    """``cls``, which is now also found in the module that it belongs to."""
    setattr(sys.modules[f"{_PACKAGE}.{module}"], cls.__name__, cls)
    return cls
