"""The stack trace of every task, as text."""

from answers import answer, kernel_frames
from drgn.helpers.linux.pid import for_each_task


def text(task):
    trace = prog.stack_trace(task)
    # A frame is a line.
    return str(trace).splitlines()[: len(kernel_frames(trace))]


for task in for_each_task(prog):
    answer(f"{task.pid.value_()}", text, task)
