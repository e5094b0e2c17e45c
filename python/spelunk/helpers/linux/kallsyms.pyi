"""Helpers of the engine's module ``kallsyms``."""

from typing import List, overload

from spelunk import Object, Program, Symbol, SymbolIndex

__all__ = ["load_module_kallsyms", "load_vmlinux_kallsyms", "module_kallsyms"]

@overload
def load_module_kallsyms(prog: Program) -> SymbolIndex:
    """Return an index of the symbols of all modules that are loaded, out of the kernel's memory. The debugging information of the kernel itself must be loaded, but none of the modules.

    :return: for :meth:`spelunk.Program.register_symbol_finder()`
    """
@overload
def load_module_kallsyms() -> SymbolIndex: ...
@overload
def load_vmlinux_kallsyms(prog: Program) -> SymbolIndex:
    """Return an index of the symbols of the kernel itself, out of its memory; no debugging information is needed.

    Names and addresses are looked up in them anyway where no file of the kernel's has symbols; this is for those who want them in another order. Sizes are guessed: a symbol ends where the next one begins, and has size 0 if that is 64 KiB away or more.

    :return: for :meth:`spelunk.Program.register_symbol_finder()`
    """
@overload
def load_vmlinux_kallsyms() -> SymbolIndex: ...
def module_kallsyms(module: Object) -> List[Symbol]:
    """Return the symbols of a module, out of the kernel's memory.

    :param module: ``struct module *``
    :return: its symbols, without those that it takes from elsewhere
    """
