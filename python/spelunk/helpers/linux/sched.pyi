"""Helpers of the engine's module ``sched``."""

from typing import Tuple, overload

from spelunk import IntegerLike, Object, Program

__all__ = ["cpu_curr", "cpu_rq", "get_task_state", "idle_task", "loadavg", "sched_entity_is_task", "sched_entity_to_task", "task_cpu", "task_on_cpu", "task_rq", "task_since_last_arrival_ns", "task_state_to_char", "task_thread_info", "thread_group_leader"]

@overload
def cpu_curr(prog: Program, cpu: IntegerLike) -> Object:
    """Return the task that runs on a CPU.

    >>> cpu_curr(1).comm
    (char [16])"swapper/1"

    :param cpu: CPU number.
    :return: ``struct task_struct *``
    """
@overload
def cpu_curr(cpu: IntegerLike) -> Object: ...
@overload
def cpu_rq(prog: Program, cpu: IntegerLike) -> Object:
    """Return the run queue of a CPU.

    :param cpu: CPU number.
    :return: ``struct rq *``
    """
@overload
def cpu_rq(cpu: IntegerLike) -> Object: ...
def get_task_state(task: Object) -> str:
    """Return the state of a task as :file:`/proc/{pid}/status` shows it.

    :param task: ``struct task_struct *``
    :return: letter and word: ``S (sleeping)``
    """
@overload
def idle_task(prog: Program, cpu: IntegerLike) -> Object:
    """Return the task that runs on a CPU when no other does. Its number is 0, its name ``swapper``.

    :param cpu: CPU number.
    :return: ``struct task_struct *``
    """
@overload
def idle_task(cpu: IntegerLike) -> Object: ...
@overload
def loadavg(prog: Program) -> Tuple[float, float, float]:
    """Return the load averages of the system.

    :return: of the last 1, 5 and 15 minutes
    """
@overload
def loadavg() -> Tuple[float, float, float]: ...
def sched_entity_is_task(se: Object) -> bool:
    """Return whether what is scheduled is a task, and not a group of them.

    :param se: ``struct sched_entity *``
    """
def sched_entity_to_task(se: Object) -> Object:
    """Return the task that is scheduled as an entity which is one; see :func:`sched_entity_is_task()`.

    :param se: ``struct sched_entity *``
    :return: ``struct task_struct *``
    """
def task_cpu(task: Object) -> int:
    """Return the number of the CPU that a task runs on, or ran on last.

    :param task: ``struct task_struct *``
    """
def task_on_cpu(task: Object) -> bool:
    """Return whether a task runs on a CPU right now.

    :param task: ``struct task_struct *``
    """
def task_rq(task: Object) -> Object:
    """Return the run queue of the CPU that a task runs on, or ran on last.

    :param task: ``struct task_struct *``
    :return: ``struct rq *``
    """
def task_since_last_arrival_ns(task: Object) -> int:
    """Return how long ago a task was put on its CPU last, by the clock of the CPU's run queue.

    That clock stands still while the CPU has nothing to do, or the same task runs all the time. Needs ``CONFIG_SCHED_INFO``.

    :param task: ``struct task_struct *``
    :return: nanoseconds
    """
def task_state_to_char(task: Object) -> str:
    """Return the state of a task as the letter that :manpage:`ps(1)` shows: ``R`` for one that runs or is ready to, ``S`` for one that sleeps...

    :param task: ``struct task_struct *``
    """
def task_thread_info(task: Object) -> Object:
    """Return what the architecture keeps of a task.

    :param task: ``struct task_struct *``
    :return: ``struct thread_info *``
    """
def thread_group_leader(task: Object) -> bool:
    """Return whether a task is the first thread of its process.

    :param task: ``struct task_struct *``
    """
