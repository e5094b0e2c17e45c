"""Processes and their core dumps: threads, modules and their files, variables, stacks."""

import contextlib
import io
import os
import subprocess
import tempfile

from answers import answer_each
from drgn import *

LIBRARY = """
#include <unistd.h>
struct point { int x, y; } library_point = { 5, 6 };
int library_wait(int n) { volatile int local = n; for (;;) pause(); return local; }
"""
SOURCE = """
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
int library_wait(int);
int counter = 42;
const char *words[] = { "one", "two" };
static void *work(void *argument)
{
    pthread_setname_np(pthread_self(), "worker");
    for (;;)
        pause();
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, work, 0);
    usleep(20000);
    puts("ready");
    fflush(stdout);
    return library_wait(3);
}
"""

SETUP = """
S = ModuleFileStatus
def short(path):
    return path if path is None else path.replace(ROOT, "/root")
def opened(what=None):
    global prog
    prog = Program()
    if what == "pid":
        prog.set_pid(PID)
    elif what == "core":
        prog.set_core_dump(CORE)
    return prog
def kinds():
    return [(type(m).__name__, short(m.name), new) for m, new in prog.loaded_modules()]
def placed(m):
    start, end = m.address_range
    return ((end - start), start % 4096, m.build_id is not None)
def file_state(m):
    bias = m.address_range[0]
    def relative(value):
        return value if value is None else value - bias
    return (m.loaded_file_status.name, short(m.loaded_file_path), relative(m.loaded_file_bias),
        m.debug_file_status.name, short(m.debug_file_path), relative(m.debug_file_bias),
        m.wants_loaded_file(), m.wants_debug_file())
def states():
    return sorted((short(m.name), file_state(m)) for m in prog.modules())
def names(trace):
    # The last frame of drgn's has no program counter where there is none.
    return [frame.name for frame in trace if "???" not in str(frame)]
"""

WHAT = """
opened(%(what)r) and None
prog.flags, prog.platform, prog.language, short(prog.core_dump_path)
list(prog.modules())
prog.main_module()
prog.set_pid(PID)
prog.set_core_dump(CORE)
sorted(thread.tid - PID for thread in prog.threads())
sorted(str(thread.name) for thread in prog.threads())
prog.main_thread().tid - PID, prog.main_thread().name
prog.thread(PID).tid - PID, prog.thread(PID).name
prog.thread(999999999)
prog.thread(-1)
prog.thread("x")
prog.main_thread().object
kinds()
kinds()
[placed(m) for m, new in prog.loaded_modules()]
prog.main_module().name == prog.module(prog.main_module().address_range[0]).name
short(prog.main_module().name), prog.main_module() == prog.main_module(prog.main_module().name)
opened(%(what)r) and None
lazy = prog.loaded_modules()
len(list(prog.modules()))
short(next(lazy)[0].name), len(list(prog.modules()))
len([next(lazy)]), len(list(prog.modules()))
[new for m, new in prog.loaded_modules()]
[new for m, new in lazy], len(list(prog.modules()))
next(lazy)
prog.main_module("other")
prog.main_module("other", create=True)
prog.main_module().object.absence_reason_
prog["counter"]
prog.symbol("main")
states()
prog.main_module().try_file(LIBRARY_PATH)
prog.load_debug_info([LIBRARY_PATH])
states()
prog.load_debug_info(main=True)
states()
prog["counter"].type_, prog["library_point"].type_
prog["counter"].value_(), prog["library_point"].x.value_()
prog.symbol("counter").address == prog["counter"].address_
prog.symbol(prog.symbol("main").address).name
prog["main"].address_ == prog.symbol("main").address
prog.module(prog["counter"].address_) == prog.main_module()
short(prog.module(prog["library_point"].address_).name)
prog.module(8)
prog.read(8, 1)
main = prog.main_module()
main.loaded_file_status = S.WANT
main.debug_file_status = S.DONT_WANT
main.address_range = (1, 2)
main.build_id = None
main.build_id
opened(%(what)r) and None
prog.create_loaded_modules()
for m in prog.modules():
    m.debug_file_status = S.DONT_WANT if "libc" in m.name else S.WANT
prog.load_module_debug_info(*[m for m in prog.modules() if "vdso" not in m.name])
states()
opened(%(what)r) and None
prog.create_loaded_modules()
prog.find_standard_debug_info([prog.main_module()])
states()
opened(%(what)r) and None
prog.create_loaded_modules()
options = DebugInfoOptions(try_embedded_vdso=False, try_build_id=False)
prog.find_standard_debug_info(prog.modules(), options)
states()
opened(%(what)r) and None
found = []
def finder(modules):
    found.extend(sorted(short(m.name) for m in modules))
prog.register_debug_info_finder("mine", finder, enable_index=0)
prog.load_debug_info(main=True)
found
opened(%(what)r) and None
prog.set_enabled_debug_info_finders([])
prog.create_loaded_modules()
states()
prog.main_module().try_file(PROGRAM)
prog.main_module().try_file(LIBRARY_PATH, force=True)
[state for name, state in states() if name.endswith("program")]
prog["counter"].value_()
"""

CORE_ONLY = """
opened("core").load_debug_info([PROGRAM, LIBRARY_PATH])
prog.crashed_thread().tid - PID
names(prog.main_thread().stack_trace())[-1] == names(prog.crashed_thread().stack_trace())[-1]
prog.main_thread().stack_trace()[0].interrupted
[frame.name for frame in prog.stack_trace(PID) if frame.name in ("main", "library_wait")]
[frame["local"] for frame in prog.stack_trace(PID) if frame.name == "library_wait"]
prog.stack_trace(999999999)
opened()
fd = os.open(CORE, os.O_RDONLY)
prog.set_core_dump(fd)
short(prog.core_dump_path), len(list(prog.threads()))
Program().set_core_dump(-1)
Program().set_core_dump(999)
short(program_from_core_dump(CORE).core_dump_path)
"""

LIVE_ONLY = """
opened("pid").crashed_thread()
Program().set_pid(999999999)
Program().set_pid(0)
Program().set_pid(-1)
Program().set_pid(2**40)
Program().set_pid("x")
program_from_pid(999999999)
program_from_pid(PID)["counter"].value_()
[string.string_() for string in program_from_pid(PID)["words"]]
"""

NONE = """
Program().main_thread()
Program().crashed_thread()
list(Program().threads())
Program().thread(1)
"""


def main():
    with tempfile.TemporaryDirectory() as root:
        root = os.path.realpath(root)

        def run(*command):
            subprocess.run(command, cwd=root, check=True)

        for name, text in (("library.c", LIBRARY), ("main.c", SOURCE)):
            with open(os.path.join(root, name), "w") as file:
                file.write(text)
        library = os.path.join(root, "libwait.so")
        program = os.path.join(root, "program")
        run("gcc", "-g", "-O1", "-fPIC", "-shared", "-o", library, "library.c")
        run("gcc", "-g", "-O1", "-o", program, "main.c", library, "-lpthread")
        process = subprocess.Popen([program], cwd=root, stdout=subprocess.PIPE, text=True)
        try:
            process.stdout.readline()
            core = os.path.join(root, "the.core")
            gdb = ["gdb", "-nx", "-batch", "-ex", f"generate-core-file {core}"]
            subprocess.run(
                [*gdb, "-p", str(process.pid)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            variables = {**globals(), "ROOT": root, "PID": process.pid, "CORE": core}
            variables.update(PROGRAM=program, LIBRARY_PATH=library)
            exec(SETUP, variables)
            for what in ("pid", "core"):
                print_prefixed(what, WHAT % {"what": what}, variables)
            print_prefixed("core", CORE_ONLY, variables)
            print_prefixed("pid", LIVE_ONLY, variables)
            print_prefixed("none", NONE, variables)
        finally:
            process.kill()
            process.wait()


def print_prefixed(prefix, source, variables):
    """Answers with keys that begin with `prefix`, and no paths of this run in them."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        answer_each(source, variables)
    for line in output.getvalue().splitlines():
        line = line.replace(variables["ROOT"], "/root").replace(str(variables["PID"]), "PID")
        print(f"{prefix} {line}")


if __name__ == "__main__":
    main()
