"""The locals and parameters of every frame of every task: name, type and value."""

from answers import answer, kernel_frames
from drgn.helpers.linux.pid import for_each_task


def value(variable):
    if variable.absent_:
        return [variable.type_.type_name(), None]
    return [variable.type_.type_name(), variable.format_(dereference=False)]


for task in for_each_task(prog):
    pid = task.pid.value_()
    try:
        trace = prog.stack_trace(task)
    except Exception:  # stacks.py has it
        continue
    for number, frame in enumerate(kernel_frames(trace)):
        answer(f"{pid} #{number}", lambda: [frame.name, frame.locals()])
        for name in frame.locals():
            answer(f"{pid} #{number} {name}", lambda: value(frame[name]))
