"""A guest that runs, looked at from outside over QMP and gdb's protocol, beside what it said of itself.

`cargo xtask remote GUEST` runs this: remote.py QMP GDB DEBUG-FILES FOLDER, with `truth` and `lab-load` in the folder.
"""

import gc
import pathlib
import re
import sys
import time

import spelunk
from spelunk.helpers.linux import access_remote_vm, find_task, for_each_module, for_each_task
from spelunk.helpers.linux.sched import cpu_curr

QMP, GDB, DEBUG_FILES, FOLDER = (pathlib.Path(argument) for argument in sys.argv[1:])
# What comes and goes.
WORKERS = re.compile(r"kworker/|jbd2/|ext4-rsv|sleep$|lab-packets$")


def check(what, condition, *found):
    """Says how a check ended; one that failed ends the script."""
    print("ok:" if condition else "WRONG:", what, *found, flush=True)
    if not condition:
        sys.exit(1)


def truth(name):
    return (FOLDER / "truth" / name).read_text(errors="replace")


def pid_of(what):
    return int(dict(word.split("=") for word in truth("pids").split())[what])


def check_lists(prog):
    told = {}
    for line in truth("tasks.tsv").splitlines()[1:]:
        tgid, pid, _, _, comm = line.split("\t")
        told[int(pid)] = int(tgid), comm
    with prog.snapshot():
        found = {t.pid.value_(): (t.tgid.value_(), t.comm.string_().decode()) for t in for_each_task(prog)}
    differing = [
        (pid, told.get(pid), found.get(pid))
        for pid in told.keys() | found.keys()
        # Of a kernel thread /proc says more than its name.
        if told.get(pid, (0, ""))[0] != found.get(pid, (0, ""))[0]
        and not WORKERS.match((told.get(pid) or found.get(pid))[1])
    ]
    check("tasks are those that the guest told", not differing and len(found) > 80, len(found), differing)
    check("prog.threads() are these", {thread.tid for thread in prog.threads()} == found.keys())

    def base(module):
        return (module.mem[0] if hasattr(module, "mem") else module.core_layout).base.value_()

    modules = {line.split()[0]: int(line.split()[5], 16) for line in truth("modules").splitlines()}
    found = {module.name.string_().decode(): base(module) for module in for_each_module(prog)}
    check("modules and where they are", found == modules, len(found))


def check_sleepers(prog):
    """Stacks of those that sleep, beside /proc/PID/stack."""
    symbols = {}
    for line in truth("kallsyms").splitlines():
        address, _, name, *_ = line.split()
        symbols.setdefault(name, set()).add(int(address, 16))
    compared, differing = 0, []
    for part in truth("all-stacks").split("== ")[1:]:
        tid, *lines = part.splitlines()
        calls = [re.match(r"\[<0>\] ([^+]+)\+0x(\w+)", line) for line in lines]
        calls = [(call[1], int(call[2], 16)) for call in calls if call]
        task = find_task(prog, int(tid))
        if not calls or not task:
            continue
        pcs = iter([frame.pc for frame in prog.stack_trace(task) if not frame.is_inline])
        compared += 1
        for name, offset in calls:
            if name.startswith("entry_SYSCALL"):
                continue  # that code has several names
            if not any(pc - offset in symbols[name] for pc in pcs):
                differing.append((tid, task.comm.string_(), name))
                break
    # Those that wake now and then may be elsewhere.
    check("stacks have the lines of /proc/PID/stack", compared > 70 and len(differing) < 5, compared, differing)


def check_running(prog, runs):
    """Stacks of what runs, by the registers of the processors, again and again."""
    ends, functions, in_user = {}, set(), 0
    until = time.monotonic() + 60
    while not ends or runs and time.monotonic() < until and (in_user < 3 or "udp_sendmsg" not in functions):
        for cpu in range(2):
            task = cpu_curr(prog, cpu)
            try:
                trace = prog.stack_trace(task)
            except ValueError as error:
                # It was stopped when another ran.
                ends[str(error)] = ends.get(str(error), 0) + 1
                continue
            ends[trace.end_reason] = ends.get(trace.end_reason, 0) + 1
            functions.update(frame.name for frame in trace if not frame.is_inline)
            in_user += len(trace) == 1
    good = ends.get("user code called the kernel", 0) + ends.get("this is the outermost frame", 0)
    check("stacks of running tasks go to their ends", good > 0.8 * sum(ends.values()), ends)
    seen = "udp_sendmsg" in functions and in_user > 0
    check("one was seen to send packets, and user code to run", seen or not runs, len(functions))


def user_frame(prog, what, name, runs):
    """The frame of that function in a process as it is now. A processor may just be on its way into the kernel, so that
    nothing tells where its user's code was."""
    for _ in range(100 if runs else 1):
        process = prog.process(find_task(prog, pid_of(what)))
        process.load_debug_info([FOLDER / "lab-load"])
        try:
            return next(frame for frame in process.main_thread().stack_trace() if frame.name == name)
        except (LookupError, StopIteration) as error:
            failure = error
            time.sleep(0.05)
    return failure


def check_user(prog, runs):
    address, mark = re.search(r"marker (0x\w+) (.+)", truth("files.out")).groups()
    address, mark = int(address, 16), mark.encode()
    task = find_task(prog, pid_of("files"))
    check("a marked page through page tables", access_remote_vm(task.mm, address, len(mark)) == mark)
    check("the same, of the process as a program", prog.process(task).read(address, len(mark)) == mark)
    frame = user_frame(prog, "files", "run_files", runs)
    check("its stack, and a variable on it", frame["mark"].string_() == mark)
    # Its registers are those of a processor, or those that it left when another got it.
    main = user_frame(prog, "spin", "main", runs)
    if not runs and isinstance(main, Exception):
        check("a process that is on its way into the kernel says so", "had just entered" in str(main), main)
        return
    check("a process that runs", main["argc"] == 2 and main["argv"][1].string_() == b"spin")
    counts = []
    for _ in range(2):
        counts.append(user_frame(prog, "spin", "main", runs)["i"].value_())
        time.sleep(0.5)
    check("counts on, if the guest goes on", (counts[0] < counts[1]) == runs, counts)


def check_guest(prog, runs):
    start = time.monotonic()
    live = spelunk.ProgramFlags.IS_LINUX_KERNEL | spelunk.ProgramFlags.IS_LIVE
    check("it is a live kernel", prog.flags == live, prog._describe())
    prog.debug_info_options.directories = []
    prog.debug_info_options.kernel_directories = [DEBUG_FILES]
    prog.load_debug_info([], default=True)
    check("its release", prog["UTS_RELEASE"].string_().decode() == truth("uname").split()[2])
    before = prog["jiffies"].value_()
    time.sleep(0.2)
    check("jiffies go on, if the guest does", (prog["jiffies"].value_() > before) == runs)
    check_lists(prog)
    check_sleepers(prog)
    check_running(prog, runs)
    check_user(prog, runs)
    check("it took", True, f"{time.monotonic() - start:.1f} s")


for way, address, runs in ("set_qemu_qmp", QMP, True), ("set_gdb_remote", GDB, False), ("set_qemu_qmp", QMP, True):
    print(f"== {way}", flush=True)
    prog = spelunk.Program()
    getattr(prog, way)(str(address))
    check_guest(prog, runs)
    # The guest talks to one at a time, and goes on when gdb's server is left.
    del prog
    gc.collect()
