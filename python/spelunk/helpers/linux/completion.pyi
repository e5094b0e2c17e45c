"""Helpers of the engine's module ``completion``."""

from typing import Iterator

from spelunk import Object

__all__ = ["completion_done", "completion_for_each_task"]

def completion_done(completion: Object) -> bool:
    """Return whether a completion is done, so that nobody has to wait for it.

    :param completion: ``struct completion *``
    """
def completion_for_each_task(completion: Object) -> Iterator[Object]:
    """Iterate over the tasks that wait for a completion.

    :param completion: ``struct completion *``
    :return: ``struct task_struct *`` objects
    """
