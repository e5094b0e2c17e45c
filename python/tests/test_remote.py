"""Machines elsewhere: QEMU's guests over QMP and gdb's protocol, raw images, memory that scripts provide.

The guest is one of the lab's that stopped: QEMU gets its memory as a file, and never runs it.
"""

import contextlib
import gc
import pathlib
import socket
import struct
import subprocess
import time

import pytest
import spelunk
from lab import Guest
from spelunk import (
    Architecture,
    BadDataError,
    FaultError,
    MissingDebugInfoError,
    Platform,
    Program,
    ProgramFlags,
)
from spelunk.helpers.linux import for_each_module, for_each_task

MEMORY = 256 << 20
PT_LOAD = 1


@pytest.fixture(scope="module")
def guest():
    return Guest("stop-nokaslr")


@pytest.fixture(scope="module")
def image(guest, tmp_path_factory):
    """The guest's memory, as it is."""
    path = tmp_path_factory.mktemp("image") / "memory"
    with open(guest.core, "rb") as core, open(path, "wb") as raw:
        raw.truncate(MEMORY)
        header = core.read(64)
        start, size, count = struct.unpack_from("<Q", header, 32)[0], *struct.unpack_from("<HH", header, 54)
        for index in range(count):
            core.seek(start + index * size)
            kind, _, offset, _, address, length = struct.unpack("<IIQQQQ", core.read(40))
            if kind == PT_LOAD and address + length <= MEMORY:
                core.seek(offset)
                raw.seek(address)
                raw.write(core.read(length))
    yield path
    path.unlink()


class Machine:
    """A QEMU that has the memory and stands still."""

    def __init__(self, image, folder):
        self.qmp = folder / "qmp"
        self.gdb = folder / "gdb"
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,la57=off", "-S", "-smp", "2"]
        command += ["-m", "256", "-nodefaults", "-display", "none"]
        command += ["-object", f"memory-backend-file,id=memory,size=256M,mem-path={image},share=off"]
        command += ["-machine", "pc,memory-backend=memory"]
        command += ["-qmp", f"unix:{self.qmp},server=on,wait=off"]
        command += ["-qmp", "tcp:127.0.0.1:0,server=on,wait=off"]
        command += ["-chardev", f"socket,path={self.gdb},server=on,wait=off,id=gdb", "-gdb", "chardev:gdb"]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 60
        while not (self.qmp.exists() and self.gdb.exists()):
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)

    def port(self):
        """Where QMP listens for TCP."""
        inodes = set()
        for link in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            inodes.add(str(link.readlink()))
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            words = line.split()
            if f"socket:[{words[9]}]" in inodes and words[3] == "0A":
                return int(words[1].split(":")[1], 16)
        raise AssertionError("QEMU does not listen")


@pytest.fixture(scope="module")
def machine(image, tmp_path_factory):
    machine = Machine(image, tmp_path_factory.mktemp("qemu"))
    yield machine
    machine.process.kill()
    machine.process.wait()


@pytest.fixture(autouse=True)
def hang_up():
    """QEMU talks to one at a time: the connection of a test goes with its program."""
    yield
    gc.collect()


def vmlinux(guest):
    return guest.debug_directory().parents[2] / "boot" / f"vmlinux-{guest.release}"


def check(prog, guest, flags):
    """Whether the program is the guest's kernel, by the guest's own word."""
    assert prog.flags == flags
    prog.load_debug_info([vmlinux(guest)])
    told = {int(line.split("\t")[1]) for line in guest.truth("tasks.tsv").splitlines()[1:]}
    found = {task.pid.value_() for task in for_each_task(prog)}
    # Some came and went after the list was written.
    assert len(told & found) > 0.9 * len(told)
    modules = {line.split()[0] for line in guest.truth("modules").splitlines()}
    assert {module.name.string_().decode() for module in for_each_module(prog)} == modules
    assert prog["UTS_RELEASE"].string_().decode() == guest.release


LIVE = ProgramFlags.IS_LINUX_KERNEL | ProgramFlags.IS_LIVE
# Before a kernel runs, QEMU takes such a machine for one of 32 bits.
X86_64 = Platform(Architecture.X86_64)


def test_qmp_over_a_unix_socket(machine, guest):
    prog = Program(X86_64)
    prog.set_qemu_qmp(str(machine.qmp))
    assert "QEMU's own memory" in prog._describe()
    check(prog, guest, LIVE)
    with pytest.raises(ValueError, match="already"):
        prog.set_qemu_qmp(str(machine.qmp))
    with pytest.raises(FaultError) as fault:
        prog.read(MEMORY - 2, 5, True)
    assert (fault.value.address, fault.value.size, fault.value.physical) == (MEMORY, 3, True)


def test_qmp_over_tcp_and_over_a_connected_socket(machine, guest):
    prog = Program(X86_64)
    prog.set_qemu_qmp(f":{machine.port()}")
    assert prog.flags == LIVE and "QEMU's own memory" in prog._describe()
    del prog
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(machine.qmp))
        prog = Program(X86_64)
        prog.set_qemu_qmp(connection.fileno())
    assert prog.flags == LIVE


def test_the_gdb_protocol_of_qemu(machine, guest):
    prog = Program()
    prog.set_gdb_remote(str(machine.gdb))
    assert prog.flags == LIVE
    release = guest.release.encode()
    address = prog["init_uts_ns"].address_ if "init_uts_ns" in prog else None
    assert address is None
    assert prog["UTS_RELEASE"].string_() == release


def test_addresses_that_lead_nowhere(tmp_path):
    for address, error in [
        (str(tmp_path / "none"), FileNotFoundError),
        ("localhost:1", ConnectionRefusedError),
        (999, OSError),
        (-1, ValueError),
        (1.5, TypeError),
        ("x" * 200, ValueError),
    ]:
        for method in ("set_qemu_qmp", "set_gdb_remote"):
            with pytest.raises(error):
                getattr(Program(), method)(address)


def test_raw_images(image, guest):
    prog = Program()
    prog.set_core_dump(image)
    assert "raw image" in prog._describe()
    check(prog, guest, ProgramFlags.IS_LINUX_KERNEL)


def test_images_of_lime(image, guest, tmp_path):
    path = tmp_path / "lime"
    with open(image, "rb") as raw, open(path, "wb") as lime:
        for start, end in [(0, 0xA0000), (1 << 20, MEMORY)]:
            lime.write(struct.pack("<4sIQQ8x", b"EMiL", 1, start, end - 1))
            raw.seek(start)
            lime.write(raw.read(end - start))
    prog = Program()
    prog.set_core_dump(path)
    assert "LiME" in prog._describe()
    check(prog, guest, ProgramFlags.IS_LINUX_KERNEL)


def test_what_has_the_size_of_memory_and_is_none(tmp_path):
    path = tmp_path / "zeros"
    with open(path, "wb") as file:
        file.truncate(1 << 20)
    with pytest.raises(ValueError, match="no dump in a format that is known"):
        Program().set_core_dump(path)


def test_memory_that_a_function_provides(image, guest):
    file = open(image, "rb", buffering=0)

    def read(address, count, offset, physical):
        assert physical and address == offset
        file.seek(offset)
        return file.read(count)

    with pytest.raises(ValueError, match="platform must be set before"):
        Program().set_linux_kernel_custom(b"", False)
    dump = Program()
    dump.set_core_dump(guest.core)
    info = dump["VMCOREINFO"].string_()
    for first, is_live in [(True, False), (False, True)]:
        prog = Program(X86_64)
        with pytest.raises(BadDataError, match="OSRELEASE"):
            prog.set_linux_kernel_custom("", is_live)
        if first:
            prog.add_memory_segment(0, MEMORY, read, True)
        prog.set_linux_kernel_custom(info, is_live)
        if not first:
            # Nothing was known of the memory, and now all of it is.
            with pytest.raises(FaultError) as fault:
                prog.read(0xFFFFFFFF81000000, 8)
            assert (fault.value.address, fault.value.size, fault.value.physical) == (0xFFFFFFFF81000000, 8, False)
            prog.add_memory_segment(0, MEMORY, read, True)
        check(prog, guest, LIVE if is_live else ProgramFlags.IS_LINUX_KERNEL)
        with pytest.raises(ValueError, match="already"):
            prog.set_linux_kernel_custom(info, is_live)
    file.close()


def test_the_running_kernel_needs_its_file():
    # Containers and many machines do not show it.
    if pathlib.Path("/proc/kcore").exists():
        try:
            open("/proc/kcore", "rb").close()
        except PermissionError:
            with pytest.raises(PermissionError):
                Program().set_kernel()
    else:
        with pytest.raises(FileNotFoundError):
            spelunk.program_from_kernel()


PROGRAM = """
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

int counter = 42;

static void *wait_for_ever(void *name)
{
    for (;;)
        pause();
    return name;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, wait_for_ever, "waiter");
    puts("ready");
    fflush(stdout);
    wait_for_ever("main");
}
"""


@pytest.fixture
def process(tmp_path):
    """A program that waits."""
    source = tmp_path / "program.c"
    source.write_text(PROGRAM)
    subprocess.run(["gcc", "-g", "-pthread", "-o", tmp_path / "program", source], check=True)
    process = subprocess.Popen([tmp_path / "program"], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.communicate()


def test_processes_under_gdbserver(process):
    command = ["gdbserver", "--once", "--attach", "127.0.0.1:0", str(process.pid)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr:
            if line.startswith("Listening on port "):
                break
        prog = Program()
        prog.set_gdb_remote(f"127.0.0.1:{line.split()[-1]}")
        assert prog.flags == ProgramFlags.IS_LIVE
        with contextlib.suppress(MissingDebugInfoError):
            # That of the vdso is nowhere.
            prog.load_default_debug_info()
        tids = {int(path.name) for path in pathlib.Path(f"/proc/{process.pid}/task").iterdir()}
        assert {thread.tid for thread in prog.threads()} == tids and len(tids) == 2
        assert prog.main_thread().tid == process.pid
        assert prog["counter"].value_() == 42
        assert prog.main_module().name.endswith("/program")
        names = {pathlib.Path(module.name).name for module in prog.modules()}
        assert {"libc.so.6", "ld-linux-x86-64.so.2"} <= names
        for tid in tids:
            assert "wait_for_ever" in [frame.name for frame in prog.stack_trace(tid)]
        assert "main" in [frame.name for frame in prog.main_thread().stack_trace()]
        # What is debugged goes on when nobody debugs it any more.
        del prog
        gc.collect()
        server.wait(20)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        assert "TracerPid:\t0" in status and "State:\tS" in status
    finally:
        server.kill()
        server.communicate()
