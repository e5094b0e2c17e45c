"""Helpers of the engine's module ``cpumask``."""

from typing import Iterator, overload

from spelunk import IntegerLike, Object, Program

__all__ = ["cpu_online_mask", "cpu_possible_mask", "cpu_present_mask", "cpumask_of", "cpumask_to_cpulist", "cpumask_weight", "for_each_cpu", "for_each_online_cpu", "for_each_possible_cpu", "for_each_present_cpu", "num_online_cpus", "num_possible_cpus", "num_present_cpus"]

@overload
def cpu_online_mask(prog: Program) -> Object:
    """Return the mask of the CPUs that are up.

    :return: ``struct cpumask *``
    """
@overload
def cpu_online_mask() -> Object: ...
@overload
def cpu_possible_mask(prog: Program) -> Object:
    """Return the mask of the CPUs that could ever be there.

    :return: ``struct cpumask *``
    """
@overload
def cpu_possible_mask() -> Object: ...
@overload
def cpu_present_mask(prog: Program) -> Object:
    """Return the mask of the CPUs that are there, up or not.

    :return: ``struct cpumask *``
    """
@overload
def cpu_present_mask() -> Object: ...
@overload
def cpumask_of(prog: Program, cpu: IntegerLike) -> Object:
    """Return the mask of one CPU alone.

    :param cpu: CPU number.
    :return: ``struct cpumask *``
    """
@overload
def cpumask_of(cpu: IntegerLike) -> Object: ...
def cpumask_to_cpulist(mask: Object) -> str:
    """Return the CPUs in a mask as text.

    :param mask: ``struct cpumask *``
    :return: ranges and single numbers: ``0-3,8``
    """
def cpumask_weight(mask: Object) -> int:
    """Count the CPUs in a mask.

    :param mask: ``struct cpumask *``
    """
def for_each_cpu(mask: Object) -> Iterator[int]:
    """Iterate over the CPUs in a mask.

    :param mask: ``struct cpumask *``
    """
@overload
def for_each_online_cpu(prog: Program) -> Iterator[int]:
    """Iterate over the CPUs that are up.
    """
@overload
def for_each_online_cpu() -> Iterator[int]: ...
@overload
def for_each_possible_cpu(prog: Program) -> Iterator[int]:
    """Iterate over the CPUs that could ever be there.
    """
@overload
def for_each_possible_cpu() -> Iterator[int]: ...
@overload
def for_each_present_cpu(prog: Program) -> Iterator[int]:
    """Iterate over the CPUs that are there, up or not.
    """
@overload
def for_each_present_cpu() -> Iterator[int]: ...
@overload
def num_online_cpus(prog: Program) -> int:
    """Count the CPUs that are up.
    """
@overload
def num_online_cpus() -> int: ...
@overload
def num_possible_cpus(prog: Program) -> int:
    """Count the CPUs that could ever be there.
    """
@overload
def num_possible_cpus() -> int: ...
@overload
def num_present_cpus(prog: Program) -> int:
    """Count the CPUs that are there, up or not.
    """
@overload
def num_present_cpus() -> int: ...
