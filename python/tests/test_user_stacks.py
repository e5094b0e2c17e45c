"""Processes of a crashed machine: their memory, modules, variables and stacks, and traces that go on into them."""

import json
import pathlib
import re
import subprocess

import pytest
from lab import CACHE, Guest
from test_command import spelunk_command

import spelunk
from spelunk.helpers.linux.mm import cmdline

DUMPS = ["panic", "panic-5.10", "panic-6.12", "panic-7.2", "la57", "arm64-panic", "i386-panic"]

# What `lab-load` does in threads of these names: the functions of its own that are called, innermost first.
FUNCTIONS = {
    "lab-threads": ["forever", "run_threads", "main"],
    "lab-files": ["run_files", "main"],
    "lab-vfork-par": ["main"],
    "lab-vfork-chi": ["forever", "main"],
    "lab-zombie-par": ["forever", "main"],
    "lab-spin": ["main"],
    "lab-stopped": ["forever", "main"],
    "lab sleep (1)": ["forever", "main"],
    "lab-sleep-2": ["forever", "main"],
    "lab-thr-futex": ["thread_main"],
    "lab-thr-nanosl": ["thread_main"],
    "lab-thr-poll": ["thread_main"],
    "lab-thr-read": ["thread_main"],
    "lab thr) 4 (x": ["forever", "thread_main"],
    "lab thr) 5 (x": ["forever", "thread_main"],
}


class Dump:
    def __init__(self, name, file="vmcore.elf", with_program=True):
        self.folder = CACHE / "dumps" / name
        release = self.truth("uname").split()[2]
        self.prog = spelunk.Program()
        self.prog.set_core_dump(self.folder / file)
        search = self.prog.debug_info_options
        search.directories = []
        search.kernel_directories = list(CACHE.glob(f"root*/usr/lib/debug/lib/modules/{release}"))
        self.prog.load_debug_info([], default=True)
        self.load = self.folder / "lab-load"
        if with_program:
            # It belongs to nothing in the kernel, and is kept for processes.
            self.prog.load_debug_info([self.load])

    def truth(self, name):
        return (self.folder / "truth" / name).read_text(errors="replace")

    def thread(self, name):
        return next(thread for thread in self.prog.threads() if thread.name == name)

    def symbolized(self, frame):
        """The functions and lines at a frame, innermost first, by LLVM."""
        address = frame.pc if frame.interrupted else frame.pc - 1
        command = ["llvm-symbolizer", f"--obj={self.load}", "--inlining", "--output-style=JSON", hex(address)]
        [answer] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        return [(line["FunctionName"], line["Line"]) for line in answer["Symbol"]]


@pytest.fixture(scope="module")
def panic():
    return Dump("panic")


@pytest.mark.parametrize("name", DUMPS)
def test_traces_go_on_into_the_users_stacks(name):
    dump = Dump(name)
    seen = set()
    plain = dump.prog.stack_traces()
    for (thread, own), (_, trace) in zip(plain, dump.prog.stack_traces(user=True)):
        user = [frame for frame in trace if frame.is_user]
        assert own.signature() == trace.signature()
        assert not any(frame.is_user for frame in own)
        if not user:
            assert (str(own), own.end_reason) == (str(trace), trace.end_reason)
            continue
        # The last frame that the kernel knows is the first of the user's.
        kernel = [frame for frame in trace if not frame.is_user]
        assert list(map(str, kernel)) == list(map(str, own))[:-1]
        assert trace.gap_reason is None and own.end_reason == "user code called the kernel"
        known, mine = own[-1].registers(), user[0].registers()
        assert all(mine[register] == value for register, value in known.items() if register in mine)
        assert len(known) > 5 and (own[-1].pc, own[-1].sp) == (user[0].pc, user[0].sp)
        if thread.name not in FUNCTIONS:
            continue
        seen.add(thread.name)
        assert trace.end_reason == "this is the outermost frame"
        lines = []
        for frame in user:
            try:
                lines.append((frame.name, frame.source().line, frame))
            except LookupError:
                # The C library has no debugging information.
                continue
        assert [function for function, _, _ in lines] == FUNCTIONS[thread.name], thread.name
        for pc in {frame.pc for _, _, frame in lines}:
            here = [(function, line) for function, line, frame in lines if frame.pc == pc]
            frame = next(frame for _, _, frame in lines if frame.pc == pc)
            assert here == dump.symbolized(frame), (thread.name, hex(pc))
        process = dump.prog.process(thread)
        assert str(process.stack_trace(thread.tid)).count("\n") == len(user) - 1
        assert (process.thread(thread.tid).name, process.platform) == (thread.name, dump.prog.platform)
    assert seen == set(FUNCTIONS)


def test_variables_are_those_of_the_process(panic):
    thread = panic.thread("lab thr) 4 (x")
    frame = next(frame for frame in thread.stack_trace(user=True) if frame.name == "thread_main")
    assert frame["comm"].string_().decode() == thread.name
    assert frame["day"].tv_sec == 86400
    process = panic.prog.process(thread)
    assert frame["comm"].prog_ is process
    assert process is panic.prog.process(thread.object) is panic.prog.process(panic.thread("lab-threads").tid)
    assert sorted(t.name for t in process.threads()) == sorted(
        name for name in FUNCTIONS if name.startswith("lab-thr") or name.startswith("lab thr")
    )
    # It locked the mutex for which the other thread waits.
    assert process["held"].__data.__owner == process.main_thread().tid == panic.thread("lab-threads").tid
    thread = panic.thread("lab-files")
    frame = next(frame for frame in thread.stack_trace(user=True) if frame.name == "run_files")
    assert frame["un"].sun_path.string_() == b"/tmp/lab.sock"
    address, text = re.search(r"marker (0x\w+) (.+)", panic.truth("files.out")).groups()
    process = panic.prog.process(thread)
    assert process.read(int(address, 16), len(text)).decode() == text == frame["mark"].string_().decode()
    main = next(frame for frame in thread.stack_trace(user=True) if frame.name == "main")
    arguments = [main["argv"][index].string_() for index in range(main["argc"])]
    assert arguments == cmdline(thread.object) and main["what"].string_() == b"files"
    # The thread pointer, which is no register of `struct pt_regs`, leads to the variables of the thread.
    with pytest.raises(LookupError):
        process["no_such_variable"]
    assert process.main_thread().stack_trace()[0].register("fs.base") == thread.object.thread.fsbase


def test_modules_are_the_files_that_were_mapped(panic):
    for pid in re.findall(r"(?:files|threads)=(\d+)", panic.truth("pids")) + ["1"]:
        process = panic.prog.process(int(pid))
        maps = [line.split() for line in panic.truth(f"pid-{pid}/maps").splitlines()]
        of_file = [line for line in maps if line[-1] in ("/bin/lab-load", "/bin/busybox")]
        main = process.main_module()
        assert main.name == of_file[0][-1]
        start, end = main.address_range
        ranges = [tuple(int(place, 16) for place in line[0].split("-")) for line in maps]
        assert start == ranges[maps.index(of_file[0])][0]
        assert any(range_start < end <= range_end for range_start, range_end in ranges)
        [vdso] = [range for range, line in zip(ranges, maps) if line[-1] == "[vdso]"]
        [module] = [module for module in process.modules() if isinstance(module, spelunk.VdsoModule)]
        assert module.address_range[0] == vdso[0] and module.address_range[1] <= vdso[1]


def test_a_dump_without_the_pages_of_users_says_so():
    dump = Dump("panic", "conv/kdump.zlib.d31", with_program=False)
    thread = dump.thread("lab-stopped")
    trace = thread.stack_trace(user=True)
    [frame] = [frame for frame in trace if frame.is_user]
    # Nothing tells the build ID, so that this machine's own busybox or lab-load count for nothing.
    process = dump.prog.process(thread)
    assert process.main_module().name == "/bin/lab-load" and process.main_module().build_id is None
    assert frame.name == hex(frame.pc)
    assert trace.end_reason == "nothing tells how to unwind the code of the last frame"
    # A file that is given counts.
    process.load_debug_info([dump.load])
    trace = thread.stack_trace(user=True)
    [frame] = [frame for frame in trace if frame.is_user]
    assert "pause" in frame.name
    assert re.fullmatch("the return address is lost: memory not saved in core dump: 0x7ff[0-9a-f]+", trace.end_reason)
    with pytest.raises(spelunk.FaultError, match="memory not saved in core dump"):
        process.read(frame.sp, 8)
    # The vdso is in the kernel, too.
    [vdso] = [module for module in process.modules() if isinstance(module, spelunk.VdsoModule)]
    assert vdso.build_id and process.read(vdso.address_range[0], 4) == b"\x7fELF"


def test_a_damaged_kernel_stack_leaves_the_users(panic):
    thread = panic.thread("lab-thr-poll")
    whole = thread.stack_trace(user=True)
    dump = Dump("panic")
    # A frame in the middle returns to nowhere.
    start = next(frame.sp for frame in whole if frame.name == "do_sys_poll")
    end = next(frame.sp for frame in whole if frame.sp > start)
    dump.prog.add_memory_segment(start, end - start, lambda address, count, offset, physical: bytes(count))
    trace = dump.thread("lab-thr-poll").stack_trace(user=True)
    assert trace.gap_reason == "the stack does not lead to the registers with which the kernel was entered"
    assert trace.end_reason == whole.end_reason
    users = [[(frame.name, frame.pc) for frame in trace if frame.is_user] for trace in (trace, whole)]
    assert users[0] == users[1] != []
    assert len([frame for frame in trace if not frame.is_user]) < len([frame for frame in whole if not frame.is_user])


def test_a_thread_whose_name_cannot_be_read_hides_no_other(panic):
    dump = Dump("panic")
    thread = dump.thread("lab-thr-poll")

    def read(address, count, offset, physical):
        raise spelunk.FaultError("could not read it", address)

    comm = thread.object.comm
    dump.prog.add_memory_segment(comm.address_, comm.type_.length, read)
    names, whole = (
        {thread.tid: thread.name for thread in prog.process(thread.tid).threads()} for prog in (dump.prog, panic.prog)
    )
    assert names == {**whole, thread.tid: names[thread.tid]} and not names[thread.tid]
    assert len(whole) > 3


def test_threads_without_a_process(panic):
    for thread in (2, panic.prog["init_task"].address_of_()):
        with pytest.raises(ValueError, match="has no memory of its own: it is the kernel's, or exits"):
            panic.prog.process(thread)
        assert str(panic.prog.stack_trace(thread, user=True)) == str(panic.prog.stack_trace(thread))
    with pytest.raises(LookupError):
        panic.prog.process(999999)
    process = panic.prog.process(1)
    with pytest.raises(ValueError, match="only a kernel has processes"):
        process.process(1)
    assert process.flags == spelunk.ProgramFlags(0)
    assert process.crashed_thread().tid == process.main_thread().tid == 1
    with pytest.raises(LookupError, match="the kernel did not crash in a thread of this process"):
        panic.prog.process(panic.thread("lab-files")).crashed_thread()


def test_bt_goes_on_into_the_users_stack(panic):
    guest = Guest("panic")
    thread = panic.thread("lab-thr-read")
    options = ["-q", "-c", guest.core, "--kernel-directory", guest.debug_directory(), "-s", panic.load]
    result = spelunk_command("bt", *options, "--user", str(thread.tid), "--json")
    assert (result.returncode, result.stderr) == (0, "")
    [shown] = json.loads(result.stdout)["threads"]
    trace = thread.stack_trace(user=True, tail_calls=True)
    assert (shown["end"], shown["gap"]) == (trace.end_reason, None)
    assert [(line["function"], line["user"]) for line in shown["frames"]] == [(f.name, f.is_user) for f in trace]
    text = spelunk_command("bt", *options, "--user", str(thread.tid)).stdout.splitlines()[1:]
    assert [line.endswith(" (user)") for line in text] == [frame.is_user for frame in trace]
    assert [line.endswith(" (user)") for line in str(trace).splitlines()] == [frame.is_user for frame in trace]
    plain = spelunk_command("bt", *options, str(thread.tid), "--json")
    assert not any(line["user"] for line in json.loads(plain.stdout)["threads"][0]["frames"])


@pytest.mark.parametrize("bits", [64, 32])
def test_programs_with_shared_libraries(bits):
    dump = Dump("libraries", with_program=False)
    files = dump.folder / "libraries" / str(bits)
    thread = dump.thread(f"lab-frames-{bits}")
    # Their own files may be found on this machine, and those of the program are nowhere.
    dump.prog.load_debug_info(sorted(files.iterdir()))
    process = dump.prog.process(thread)
    assert process.platform.arch.name == {64: "X86_64", 32: "I386"}[bits]
    modules = {module.name: module for module in process.modules() if not isinstance(module, spelunk.VdsoModule)}
    maps = [line.split() for line in dump.truth(f"pid-{thread.tid}/maps").splitlines()]
    starts = {}
    for line in maps:
        if len(line) > 5 and line[5].startswith("/"):
            starts.setdefault(line[5], int(line[0].split("-")[0], 16))
    assert {name: module.address_range[0] for name, module in modules.items()} == starts
    assert len(starts) == 4 and not any(module.wants_loaded_file() for module in modules.values())
    trace = thread.stack_trace(user=True)
    user = [frame for frame in trace if frame.is_user]
    assert (trace.gap_reason, trace.end_reason) == (None, "this is the outermost frame")
    own = [frame for frame in user if frame.name in ("lab_wait", "compare", "visit", "lab_visit", "main")]
    assert [frame.name for frame in own] == ["lab_wait", "compare", "visit", "lab_visit", "main"]
    assert [pathlib.Path(process.module(frame.pc).name).name for frame in own] == [
        "liblab-frames.so",
        "lab-frames",
        "lab-frames",
        "liblab-frames.so",
        "lab-frames",
    ]
    # The C library has no debugging information, but symbols of its own, and calls in between.
    between = user[user.index(own[1]) + 1 : user.index(own[2])]
    assert between and all(process.module(frame.pc).name.endswith("/libc.so.6") for frame in between)
    assert "pause" in user[0].name or bits == 32
    frames = dict(zip(("lab_wait", "compare", "visit", "lab_visit", "main"), own))
    assert frames["lab_wait"]["seen"] == 42 and frames["lab_visit"]["before"] == 21
    assert frames["visit"]["values"].value_() == [3, 2, 1]
    note = frames["main"]["note"]
    assert note.number == 42 and note.text.string_().decode() == thread.name
    assert process["current"].value_() == note.address_
