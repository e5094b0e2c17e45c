"""Helpers of the engine's module ``kthread``."""

from spelunk import Object

__all__ = ["kthread_data", "task_is_kthread", "to_kthread"]

def kthread_data(task: Object) -> Object:
    """Return what the function of a thread of the kernel was given.

    :param task: ``struct task_struct *``
    :return: ``void *``
    """
def task_is_kthread(task: Object) -> bool:
    """Return whether a task is a thread of the kernel.

    :param task: ``struct task_struct *``
    """
def to_kthread(task: Object) -> Object:
    """Return what the kernel knows of a thread of its own.

    :param task: ``struct task_struct *``
    :return: ``struct kthread *``
    """
