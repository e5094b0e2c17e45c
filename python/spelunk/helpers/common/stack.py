"""Stack traces with what stands in them."""

from typing import Mapping

from spelunk import Program

__all__ = ("print_registers",)


def print_registers(
    prog: Program, regs: Mapping[str, int], indent: str = "    "
) -> None:
    """Print the values of registers.

    >>> print_registers(prog, prog.stack_trace(1)[0].registers())
    """
    width = 2 * prog.address_size()
    names = max((len(name) for name in regs), default=0)
    for name, value in regs.items():
        print(f"{indent}{name.rjust(names)}: {value:0{width}x}")
