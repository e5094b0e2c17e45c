"""The stack trace of every task, as text."""

from answers import answer
from drgn.helpers.linux.pid import for_each_task

for task in for_each_task(prog):
    answer(f"{task.pid.value_()}", lambda: str(prog.stack_trace(task)))
