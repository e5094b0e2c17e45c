"""The stack trace of every task, as text: what the kernel did, and what follows the first frame of user code."""

from answers import answer, parts_of_stack
from drgn.helpers.linux.pid import for_each_task

for task in for_each_task(prog):
    pid = task.pid.value_()
    try:
        trace = prog.stack_trace(task)
    except Exception:
        answer(f"{pid}", lambda: str(prog.stack_trace(task)))
        continue
    lines = str(trace).splitlines()
    for part, frames in parts_of_stack(task, trace):
        answer(f"{part}{pid}", lambda: lines[: len(frames)])
        del lines[: len(frames)]
        answer(f"{part}{pid} frames", lambda: [str(frame) for frame in frames])
