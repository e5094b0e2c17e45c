"""The locals and parameters of every frame of every task: name, type and value."""

import re

from answers import answer, parts_of_stack
from drgn.helpers.linux.pid import for_each_task

GLOBALS = "init_task", "jiffies", "nr_cpu_ids", "PIDTYPE_PID", "runqueues", "schedule", "vfs_read", "nosuch"
USER_TEXT = re.compile(r'(\)0x[0-9a-f]{1,12}) = "(?:[^"\\]|\\.)*"')


def value(variable):
    # What drgn has no value of may have one.
    if variable.absent_:
        raise LookupError
    # QEMU's ELF dumps have segments at virtual address 0, by which drgn takes physical memory for user space.
    return USER_TEXT.sub(r"\1", variable.format_(dereference=False))


def global_type(frame, name):
    return frame[name].type_.type_name() if name in frame else None


for task in for_each_task(prog):
    pid = task.pid.value_()
    try:
        trace = prog.stack_trace(task)
    except Exception:  # stacks.py has it
        continue
    number = 0
    for part, frames in parts_of_stack(task, trace):
        for frame in frames:
            key = f"{part}{pid} #{number}"
            answer(key, lambda: [frame.name, frame.locals()])
            for name in frame.locals():
                answer(f"{key} {name} type", lambda: frame[name].type_.type_name())
                answer(f"{key} {name}", lambda: value(frame[name]))
            if pid == 1:
                answer(f"{key} globals", lambda: [global_type(frame, name) for name in GLOBALS])
            number += 1
