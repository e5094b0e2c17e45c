"""Helpers for the Linux kernel: all names of the modules below."""

import importlib
import pkgutil

__all__ = []

for _module in sorted(name for _, name, _ in pkgutil.iter_modules(__path__)):
    _names = importlib.import_module(f"{__name__}.{_module}")
    for _name in _names.__all__:
        globals()[_name] = getattr(_names, _name)
        __all__.append(_name)

del importlib, pkgutil, _module, _names, _name
