"""Helpers of the engine's module ``wait``."""

from typing import Iterator

from spelunk import Object

__all__ = ["waitqueue_active", "waitqueue_for_each_entry", "waitqueue_for_each_task"]

def waitqueue_active(wq: Object) -> bool:
    """Return whether anything waits in a queue.

    :param wq: ``wait_queue_head_t *``
    """
def waitqueue_for_each_entry(wq: Object) -> Iterator[Object]:
    """Iterate over the entries of a queue.

    :param wq: ``wait_queue_head_t *``
    :return: ``wait_queue_entry_t *`` objects
    """
def waitqueue_for_each_task(wq: Object) -> Iterator[Object]:
    """Iterate over the tasks that wait in a queue.

    That is the ``private`` member of each entry. Entries whose function is not the usual one may keep something else there, which is then no task.

    :param wq: ``wait_queue_head_t *``
    :return: ``struct task_struct *`` objects
    """
