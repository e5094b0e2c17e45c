"""The same work, done through drgn's Python API, timed inside one process.

Run as a script of the debugger, so that `prog` and `drgn` are there:

    spelunk -q -c VMCORE -s VMLINUX workloads.py OUT.json [WORKLOAD...]

Every workload returns an answer that two debuggers must agree on: a number, or a dictionary with a
number per task. The first call is timed apart from the best of the later ones, since the first is
what a user waits for. Imports stand inside the workloads, so that a missing helper costs only one.
"""

import json
import resource
import sys
import time

from drgn import FaultError

LATER_CALLS = 3
WORKLOADS = {}


def workload(function):
    WORKLOADS[function.__name__] = function
    return function


@workload
def attribute_chain():
    """The cost of one step in a script."""
    task = prog["init_task"].address_of_()
    return sum(task.parent.pid.value_() for _ in range(50_000))


@workload
def integer_arithmetic():
    one = prog["jiffies"].read_() * 0 + 1
    value = one
    for _ in range(50_000):
        value = value + one
    return value.value_()


@workload
def tasks_fields():
    """Four members of every task."""
    from drgn.helpers.linux.pid import for_each_task

    total = 0
    for task in for_each_task(prog):
        total += task.pid.value_() + task.tgid.value_() + len(task.comm.string_())
        total += 1 if task.mm else 0
    return total


@workload
def find_task_by_pid():
    from drgn.helpers.linux.pid import find_task

    return sum(1 for pid in range(1, 3000) if find_task(prog, pid))


def traces():
    from drgn.helpers.linux.pid import for_each_task

    for task in for_each_task(prog):
        try:
            yield task.pid.value_(), prog.stack_trace(task)
        except (FaultError, ValueError):
            pass


@workload
def stack_traces():
    """Unwind every task; frames, inline ones too."""
    return {pid: len(trace) for pid, trace in traces()}


@workload
def stack_traces_text():
    """The same with function names and source lines."""
    return {pid: str(trace).count("\n") for pid, trace in traces()}


@workload
def stack_locals():
    """Every local variable and parameter of every frame of every task."""
    return {
        pid: sum(1 for frame in trace for name in frame.locals() if frame[name] is not None)
        for pid, trace in traces()
    }


@workload
def page_flags():
    """One bit of every struct page: a member of an array of structures."""
    from drgn.helpers.linux.mm import for_each_page

    total = 0
    for page in for_each_page(prog):
        try:
            total += (page.flags.value_() >> 9) & 1
        except FaultError:
            pass
    return total


@workload
def dentry_names():
    """The name of every allocated dentry."""
    from drgn.helpers.linux.slab import find_slab_cache
    from drgn.helpers.linux.slab import slab_cache_for_each_allocated_object

    cache = find_slab_cache(prog, "dentry")
    return sum(
        len(dentry.d_name.name.string_())
        for dentry in slab_cache_for_each_allocated_object(cache, "struct dentry")
    )


@workload
def open_files():
    """The path of every open file of every process."""
    from drgn.helpers.linux.fs import d_path, for_each_file
    from drgn.helpers.linux.pid import for_each_task

    return sum(
        len(d_path(file.f_path))
        for task in for_each_task(prog)
        if task.mm
        for _, file in for_each_file(task)
    )


@workload
def modules_list():
    from drgn.helpers.linux.list import list_for_each_entry

    modules = list_for_each_entry("struct module", prog["modules"].address_of_(), "list")
    return sum(len(module.name.string_()) for module in modules)


@workload
def runqueues():
    from drgn.helpers.linux.cpumask import for_each_possible_cpu
    from drgn.helpers.linux.percpu import per_cpu

    return sum(
        per_cpu(prog["runqueues"], cpu).nr_switches.value_() & 0xFF
        for _ in range(200)
        for cpu in for_each_possible_cpu(prog)
    )


@workload
def search_u64():
    """Every pointer to init_task in the whole of memory."""
    return sum(1 for _ in prog.search_memory_u64(prog["init_task"].address_))


@workload
def print_task_struct():
    return len(str(prog["init_task"]).splitlines()) > 400


@workload
def symbol_by_address():
    address = prog.symbol("schedule").address
    return sum(len(prog.symbol(address + offset % 64).name) for offset in range(1_000))


@workload
def type_by_name():
    names = "inode dentry file page mm_struct vm_area_struct super_block bio".split()
    return sum(prog.type("struct " + name).size for _ in range(200) for name in names)


def timed(function):
    start = time.perf_counter()
    answer = function()
    return time.perf_counter() - start, answer


def main(out, *wanted):
    results = {}
    for name, function in WORKLOADS.items():
        if wanted and name not in wanted:
            continue
        try:
            first, answer = timed(function)
            later = min(timed(function)[0] for _ in range(LATER_CALLS))
            results[name] = {"answer": answer, "first": first, "later": later}
        except Exception as error:  # one missing helper must not hide the rest
            results[name] = {"error": f"{type(error).__name__}: {error}"}
    results["peak memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open(out, "w") as file:
        json.dump(results, file)


main(*sys.argv[1:])
