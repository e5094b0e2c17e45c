"""Makes ``import drgn`` find Spelunk.

>>> import spelunk.compat
>>> from drgn.helpers.linux.pid import find_task

``drgn`` and every module below it are then the module of the same name in ``spelunk``: the very same
objects, not copies. The ``spelunk`` command does this by itself. A name that does not exist yet is an
``ImportError`` that says so.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Optional, Sequence

_ALIAS = "drgn"
_NAME = __name__.rpartition(".")[0]


class _Loader(importlib.abc.Loader):
    """Gives the module of ours in place of a new one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.name)
        # The import system is about to write the alias's spec over the module's own.
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec
        module.__name__ = self.name


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Optional[Sequence[str]],
        target: Optional[ModuleType] = None,
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname != _ALIAS and not fullname.startswith(_ALIAS + "."):
            return None
        name = _NAME + fullname[len(_ALIAS) :]
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(
                f"spelunk has no {fullname} yet", name=fullname, path=None
            )
        return importlib.machinery.ModuleSpec(
            fullname, _Loader(name), is_package=True
        )


def install() -> None:
    """Make ``import drgn`` find Spelunk, in this process, from now on."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


install()
