"""The kernel that this runs on, through `/proc/kcore`, compared with what the kernel says of itself.

`cargo xtask live` runs this in a guest of the lab, as root. The kernel's debug file is `/dev/vde`.
"""

import contextlib
import ctypes
import faulthandler
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

import spelunk
from spelunk.helpers.linux import (
    access_remote_vm,
    find_module,
    find_task,
    for_each_module,
    for_each_slab_cache,
    for_each_task,
)

DEBUG_FILE = "/dev/vde"
MARK = b"a page of a user process"
# Seconds that a step may take: emulated on a busy host, debug information takes one.
PATIENCE = 240


def check(what, condition, *found):
    """Says how a check ended; one that failed ends the script."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    print("ok:" if condition else "WRONG:", what, *found)
    if not condition:
        sys.exit(1)


def lines(path):
    with open(path) as file:
        return file.read().splitlines()


def processes():
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


def process_ids(prog):
    return {task.pid.value_() for task in for_each_task(prog) if task.pid == task.tgid}


def threads():
    found = set()
    for process in processes():
        with contextlib.suppress(FileNotFoundError):
            found.update(int(name) for name in os.listdir(f"/proc/{process}/task"))
    return found


def same_as_kernel(told, found):
    """Whether what was found is what the kernel told before or after: all may change meanwhile."""
    before = told()
    result = found()
    after = told()
    return before & after <= result <= before | after


def state(task):
    """The member that says what a task does: renamed in 5.14 (2f064a59a11f)."""
    return "__state" if hasattr(task, "__state") else "state"


def text(module):
    """Where a module's text is, and its size."""
    # Since 6.4 in an array (ac3b43283923).
    if hasattr(module, "mem"):
        return module.mem[0].base.value_(), module.mem[0].size.value_()
    return module.core_layout.base.value_(), module.core_layout.text_size.value_()


def check_lists(prog):
    check("processes are those of /proc", same_as_kernel(processes, lambda: process_ids(prog)))

    check(
        "prog.threads() are those of /proc",
        same_as_kernel(threads, lambda: {thread.tid for thread in prog.threads()}),
    )
    modules = {line.split()[0]: int(line.split()[5], 16) for line in lines("/proc/modules")}
    found = {m.name.string_().decode(): text(m)[0] for m in for_each_module(prog)}
    check("modules and where they are", found == modules, len(found))


def check_sleeper(prog, pid):
    """A process that was just started, and soon sleeps."""
    task = find_task(prog, pid)
    check("a new process is there", task.tgid == pid, task.comm)
    check("its parent is this one", task.real_parent.tgid == os.getpid())
    until = time.time() + 60
    # TASK_INTERRUPTIBLE
    while not task.member_(state(task)).value_() & 1 and time.time() < until:
        time.sleep(0.2)
    trace = prog.stack_trace(task)
    # The entry's code has several names.
    stack = [line.split()[1].split("+")[0] for line in lines(f"/proc/{pid}/stack")][:-1]
    names = iter([frame.name for frame in trace])
    check("its stack has /proc/PID/stack's lines", all(n in names for n in stack), stack, trace)


def check_what_changes(prog):
    before = prog["jiffies"].value_()
    time.sleep(0.2)
    check("jiffies go on", prog["jiffies"].value_() > before)
    child = subprocess.Popen(["/bin/python", "-c", "import time; time.sleep(1000)"])
    try:
        check_sleeper(prog, child.pid)
    finally:
        child.kill()
        child.wait()
    check("and is gone when it has ended", not find_task(prog, child.pid))
    check("a process that never was is not there", not find_task(prog, 0x3FFFFF))


def check_memory(prog):
    page = ctypes.create_string_buffer(MARK)
    me = find_task(prog, os.getpid())
    read = access_remote_vm(me.mm, ctypes.addressof(page), len(MARK))
    check("this process's memory through its page tables", read == MARK)
    page.value = MARK.upper()
    read = access_remote_vm(me.mm, ctypes.addressof(page), len(MARK))
    check("and what was written since", read == MARK.upper())
    release = os.uname().release
    check("a string of the kernel", prog["init_uts_ns"].name.release.string_().decode() == release)
    symbols = {}
    for line in lines("/proc/kallsyms"):
        address, _, name, *module = line.split()
        symbols.setdefault((name, bool(module)), int(address, 16))
    check("a symbol's address", prog.symbol("jiffies").address == symbols["jiffies", False])
    btrfs = find_module(prog, "btrfs")
    base, size = text(btrfs)
    address = symbols["btrfs_sync_fs", True]
    check("a module's function is in its text", base <= address < base + size)
    # The function tracer's nop, perhaps behind ENDBR64; before 5.13 in the form that old processors are fastest with.
    code = prog.read(address, 9)
    nops = b"\x0f\x1f\x44\x00\x00", b"\x66\x66\x66\x66\x90"
    check("a module's code", any(nop in code for nop in nops), code.hex())
    try:
        prog.read(0xDEAD_0000_0000_0000, 8)
        check("an address that no machine has cannot be read", False)
    except spelunk.FaultError as error:
        check("an address that no machine has cannot be read", error.size == 8, error)


def reads(function):
    """How many reads of files a call takes."""

    def count():
        return int(dict(line.split(": ") for line in lines("/proc/self/io"))["syscr"])

    count()  # what the first one takes, imports perhaps
    before = count()
    own = count() - before
    before = count()
    result = function()
    return count() - before - own, result


def check_snapshots(prog):
    def values(structure, *members):
        return [structure.member_(name).value_() for name in members]

    def tasks():
        members = ("pid", "tgid", "flags", "prio", "mm", "real_parent", "start_time")
        return [(t.comm.string_(), *values(t, state(t), *members)) for t in for_each_task(prog)]

    def modules():
        members = ("state", "taints", "num_syms", "num_kp", "num_exentries", "init", "exit", "kp", "syms")
        return [(m.name.string_(), *values(m, *members), *text(m)) for m in for_each_module(prog)]

    def slabs():
        members = ("object_size", "size", "align", "flags", "refcount", "inuse", "offset", "useroffset")
        return [(s.name.string_(), *values(s, *members)) for s in for_each_slab_cache(prog)]

    for function in (tasks, modules, slabs):
        function()
        each, found = reads(function)

        def in_snapshot(function=function):
            with prog.snapshot():
                return function()

        together, again = reads(in_snapshot)
        check(
            f"{function.__name__} cost an order of magnitude fewer reads in a snapshot",
            together * 10 <= each and [f[0] for f in found] == [f[0] for f in again],
            f"{len(found)} of them: {each} reads, {together} in a snapshot",
        )


SCRIPT = "/tmp/script.py"
# Asks whoever listens to run the command with its standard input and output.
SUDO = f"""#!{sys.executable} -I
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.connect("/tmp/sudo.socket")
socket.send_fds(listener, ["\\0".join(sys.argv[1:]).encode()], [0, 1, 2])
sys.exit(listener.recv(1)[0])
"""
NOBODY = 65534


def run(*arguments, **how):
    command = [sys.executable, "-m", "spelunk", "-q", *arguments, "-s", DEBUG_FILE, SCRIPT]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, **how)


def check_command():
    for arguments in (["-k"], []):
        ran = run(*arguments)
        said = ran.stdout.split()
        check(f"spelunk {' '.join(arguments)}", said == [os.uname().release, "0"], said, ran.stderr)


@contextlib.contextmanager
def sudo(folder):
    """A sudo that asks nothing."""
    asked = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            command, descriptors, _, _ = socket.recv_fds(connection, 4096, 3)
            asked.extend(command.decode().split("\0"))
            status = subprocess.run(asked[1:], stdin=descriptors[0], stdout=descriptors[1]).returncode
            for descriptor in descriptors:
                os.close(descriptor)
            connection.send(bytes([status]))

    program = pathlib.Path(folder, "sudo")
    program.write_text(SUDO)
    program.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("/tmp/sudo.socket")
        os.chmod("/tmp/sudo.socket", 0o777)
        listener.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield asked


def check_without_rights():
    """Only the file is opened with the rights of root."""
    os.chmod(DEBUG_FILE, 0o444)
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    ran = run("-k", **nobody, env={"PATH": "/nowhere"})
    check("without rights, and without sudo", "rights of root" in ran.stderr, ran.stderr)
    with sudo("/tmp") as asked:
        ran = run("-k", **nobody, env={"PATH": "/tmp"})
    said = ran.stdout.split()
    check("without rights", said[:1] == [os.uname().release], ran.stdout, ran.stderr)
    check("it ran without rights", said[1:] == [str(NOBODY)] and asked[0] == "--", said[1:], asked[1:2])


def main():
    # What hangs says where.
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    prog = spelunk.Program()
    prog.set_kernel()
    live = spelunk.ProgramFlags.IS_LINUX_KERNEL | spelunk.ProgramFlags.IS_LIVE
    check("it is a live kernel", prog.flags & live == live)
    start = time.time()
    prog.load_debug_info([DEBUG_FILE])
    check("debug information", prog.type("struct task_struct").size, f"{time.time() - start:.1f} s")
    check_lists(prog)
    check_what_changes(prog)
    check_memory(prog)
    check_snapshots(prog)
    with open(SCRIPT, "w") as script:
        script.write("import os\nprint(prog['init_uts_ns'].name.release.string_().decode(), os.getuid())\n")
    check_command()
    check_without_rights()


main()
