"""Helpers of the engine's module ``module``."""

from typing import Iterator, List, Tuple, Union, overload

from spelunk import IntegerLike, Object, Program

__all__ = ["address_to_module", "find_module", "for_each_module", "module_address_regions", "module_percpu_region", "module_taints"]

@overload
def address_to_module(prog: Program, addr: IntegerLike) -> Object:
    """Return the module that an address is in.

    :param addr: Address of code or data of the module; not of memory that it allocated.
    :return: ``struct module *``, ``NULL`` if there is none
    """
@overload
def address_to_module(addr: IntegerLike) -> Object: ...
@overload
def find_module(prog: Program, name: Union[str, bytes]) -> Object:
    """Return the module with a name.

    :param name: Name, with ``_`` and not ``-``.
    :return: ``struct module *``, ``NULL`` if there is none
    """
@overload
def find_module(name: Union[str, bytes]) -> Object: ...
@overload
def for_each_module(prog: Program) -> Iterator[Object]:
    """Iterate over the modules that are loaded, newest first.

    :return: ``struct module *`` objects
    """
@overload
def for_each_module() -> Iterator[Object]: ...
def module_address_regions(mod: Object) -> List[Tuple[int, int]]:
    """Return the ranges of addresses that a module is in, without its per-CPU variables. How many there are and what each holds depends on the kernel's version.

    :param mod: ``struct module *``
    :return: (address, size) tuples
    """
def module_percpu_region(mod: Object) -> Tuple[int, int]:
    """Return where the per-CPU variables of a module are.

    :param mod: ``struct module *``
    :return: (address, size), (0, 0) if it has none
    """
def module_taints(module: Object) -> str:
    """Return the ways in which a module taints the kernel, as its `documentation <https://docs.kernel.org/admin-guide/tainted-kernels.html>`_ names them.

    :param module: ``struct module *``
    :return: one letter for each, such as ``OE``
    """
