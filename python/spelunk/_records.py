"""The engine's helpers as Python functions.

Every helper has one record in the engine: its name, parameters and documentation. The modules below
``spelunk.helpers.linux`` are filled from those records when they are imported.
"""

import enum
import importlib
import sys
from collections import namedtuple
from typing import Any, Callable, List, Tuple

from spelunk import _native

_PACKAGE = "spelunk.helpers.linux"


def export(module: str) -> List[str]:
    """Put the functions and classes of the engine's helper module into the Python module called
    ``module``, and return the functions' names, for ``__all__``."""
    engine_s = module.rpartition(".")[2]
    functions = _native.helper_functions(engine_s)
    sys.modules[module].__dict__.update(functions)
    sys.modules[module].__dict__.update(_native.helper_classes(engine_s))
    return sorted(name for name, _ in functions)


def record_class(
    module: str,
    name: str,
    is_tuple: bool,
    doc: str,
    fields: List[Tuple[str, str, str, bool]],
    sums: List[Tuple[str, List[str], str]],
) -> type:
    """A class that a helper returns: a named tuple, or a plain class with these fields."""
    cls: Any
    if is_tuple:
        cls = namedtuple(name, [field for field, *_ in fields])  # type: ignore[misc,no-redef]
        for field, _, text, _ in fields:
            getattr(cls, field).__doc__ = text
    else:
        # It takes longer to import than all else that most scripts need of helpers.
        from dataclasses import make_dataclass

        cls = make_dataclass(name, [field[:2] for field in fields], eq=False, repr=False)
        cls.__repr__ = _show_fields([(field, base_16) for field, _, _, base_16 in fields])
    for total, parts, text in sums:
        setattr(cls, total, property(_sum(parts), doc=text))
    cls.__doc__ = doc
    cls.__module__ = f"{_PACKAGE}.{module}"
    return cls  # type: ignore[no-any-return]


def _show_fields(fields: List[Tuple[str, bool]]) -> Callable[[Any], str]:
    def __repr__(self: Any) -> str:
        values = ((name, getattr(self, name), base_16) for name, base_16 in fields)
        shown = (f"{name}={hex(v) if base_16 else repr(v)}" for name, v, base_16 in values)
        return f"{type(self).__name__}({', '.join(shown)})"

    return __repr__


def _sum(fields: List[str]) -> Callable[[Any], int]:
    return lambda self: sum(getattr(self, field) for field in fields)


def enum_class(module: str, name: str, doc: str, members: List[Tuple[str, int]]) -> Any:
    """An enumeration that a helper takes or returns."""
    cls: Any = enum.Enum(name, members, module=f"{_PACKAGE}.{module}")  # type: ignore[misc]
    cls.__doc__ = doc
    return _placed(module, cls)


def _placed(module: str, cls: Any) -> Any:
    """``cls``, which is now also found in the module that it belongs to."""
    setattr(importlib.import_module(f"{_PACKAGE}.{module}"), cls.__name__, cls)
    return cls
