"""Helpers of the engine's module ``pid``."""

from typing import Iterator, Union, overload

from spelunk import IntegerLike, Object, Program

__all__ = ["find_pid", "find_task", "for_each_pid", "for_each_task", "for_each_task_in_group", "pid_task"]

@overload
def find_pid(ns: Union[Object, Program], pid: IntegerLike) -> Object:
    """Return the structure for a process ID.

    :param ns: ``struct pid_namespace *``. The initial one if a program is given or it is left out.
    :param pid: The number, as seen in the namespace.
    :return: ``struct pid *``, ``NULL`` if there is none
    """
@overload
def find_pid(pid: IntegerLike) -> Object: ...
@overload
def find_task(ns: Union[Object, Program], pid: IntegerLike) -> Object:
    """Return the task with a process ID (that of a thread, as the kernel counts).

    :param ns: ``struct pid_namespace *``. The initial one if a program is given or it is left out.
    :param pid: The number, as seen in the namespace.
    :return: ``struct task_struct *``, ``NULL`` if there is none
    """
@overload
def find_task(pid: IntegerLike) -> Object: ...
@overload
def for_each_pid(ns: Union[Object, Program]) -> Iterator[Object]:
    """Iterate over the process IDs of a namespace, those of sessions and groups without a process too.

    :param ns: ``struct pid_namespace *``. The initial one if a program is given or it is left out.
    :return: ``struct pid *`` objects
    """
@overload
def for_each_pid() -> Iterator[Object]: ...
@overload
def for_each_task(ns: Union[Object, Program], *, idle: bool = False) -> Iterator[Object]:
    """Iterate over the tasks that can be seen in a namespace, threads too.

    :param ns: ``struct pid_namespace *``. The initial one if a program is given or it is left out.
    :param idle: Whether to begin with the idle tasks (number 0), of which each CPU has one.
    :return: ``struct task_struct *`` objects
    """
@overload
def for_each_task(*, idle: bool = False) -> Iterator[Object]: ...
def for_each_task_in_group(task: Object, include_self: bool = False) -> Iterator[Object]:
    """Iterate over the threads of the process that a task belongs to.

    :param task: ``struct task_struct *``
    :param include_self: Whether *task* itself comes, too, first.
    :return: ``struct task_struct *`` objects
    """
def pid_task(pid: Object, pid_type: IntegerLike) -> Object:
    """Return the (first) task that a process ID belongs to.

    :param pid: ``struct pid *``
    :param pid_type: ``enum pid_type``: what the task is to the PID.
    :return: ``struct task_struct *``, ``NULL`` if there is none
    """
