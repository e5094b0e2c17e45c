"""Helpers of the engine's module ``percpu``."""

from spelunk import IntegerLike, Object

__all__ = ["per_cpu", "per_cpu_ptr", "percpu_counter_sum", "percpu_counter_sum_positive"]

def per_cpu(var: Object, cpu: IntegerLike) -> Object:
    """Return the copy of a per-CPU variable that belongs to a CPU.

    >>> per_cpu(prog["runqueues"], 1).curr.comm
    (char [16])"swapper/1"

    :param var: The per-CPU variable itself, not a pointer to it; for that, there is :func:`per_cpu_ptr()`.
    :param cpu: CPU number.
    :return: ``type`` object
    """
def per_cpu_ptr(ptr: Object, cpu: IntegerLike) -> Object:
    """Return the pointer to a CPU's copy of what a per-CPU pointer points to.

    :param ptr: A per-CPU pointer. For a variable, there is :func:`per_cpu()`.
    :param cpu: CPU number.
    :return: ``type *`` object
    """
def percpu_counter_sum(fbc: Object) -> int:
    """Return the value of a per-CPU counter, the parts on all CPUs together.

    :param fbc: ``struct percpu_counter *``
    """
def percpu_counter_sum_positive(fbc: Object) -> int:
    """Return the value of a per-CPU counter, or 0 if it is negative.

    :param fbc: ``struct percpu_counter *``
    """
