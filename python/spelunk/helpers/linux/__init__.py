"""Helpers for the Linux kernel: all names of the modules below.

The modules are imported when such a name is first asked for: whoever imports from one of them does
not wait for the others.
"""

from typing import Any, List


def _import_all() -> None:
    """Put the names of all modules into this one."""
    import importlib
    import pkgutil

    names = []
    for name in sorted(name for _, name, _ in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{name}")
        globals().update((name, getattr(module, name)) for name in module.__all__)
        names += module.__all__
    globals()["__all__"] = names


def _has_all() -> bool:
    return "__all__" in globals()


def __getattr__(name: str) -> Any:
    is_special = name.startswith("__") and name != "__all__"
    if not is_special and not _has_all():
        _import_all()
        if name in globals():
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> List[str]:
    if not _has_all():
        _import_all()
    return sorted(globals())
