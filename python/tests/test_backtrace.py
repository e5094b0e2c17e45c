"""Stack traces of many threads, their signatures, and the command ``bt``."""

import json
import re
import subprocess

import pytest
from lab import CACHE, SPELUNK, Guest
from test_command import spelunk_command

import spelunk

PROGRAM = """
#include <stdlib.h>
#include <string.h>

static volatile int depth = 3;

__attribute__((noinline)) static int check(const char *text, int sum)
{
    if (strlen(text) == 4)
        abort();
    return sum;
}

__attribute__((noinline)) int descend(const char *text, int left)
{
    int below = left ? descend(text, left - 1) : check(text, left);
    return below + left + depth;
}

int main(void) { return descend("four", depth); }
"""

HIDDEN = """
#include <stdlib.h>

int hide(int z)
{
    int a = z + 1;
    {
        int z = a + 1;
        if (z == 3)
            abort();
        return z;
    }
}

int main(void) { return hide(1); }
"""


def open_guest(name, file=None):
    guest = Guest(name)
    prog = spelunk.Program()
    prog.set_core_dump(file or guest.core)
    prog.debug_info_options.kernel_directories = [guest.debug_directory()]
    extra = []
    if "kyber_buggy" in guest.truth("modules"):
        extra = [CACHE / "kyber/kyber_buggy.ko.debug"]
    prog.load_debug_info(extra, default=True)
    return prog


@pytest.fixture(scope="module")
def prog():
    return open_guest("panic")


def options(guest):
    return ["-q", "-c", guest.core, "--kernel-directory", guest.debug_directory()]


def test_all_stacks_at_once_are_those_of_each(prog):
    traces = prog.stack_traces()
    assert [thread.tid for thread, _ in traces] == [thread.tid for thread in prog.threads()]
    for thread, trace in traces:
        alone = thread.stack_trace()
        assert (str(trace), trace.end_reason) == (str(alone), alone.end_reason)
    for thread, trace in prog.stack_traces(tail_calls=True):
        assert str(trace) == str(thread.stack_trace(tail_calls=True))


def test_threads_are_given_in_any_way(prog):
    from spelunk.helpers.linux.pid import find_task

    given = (thread for thread in [prog.thread(2), 1, find_task(prog, 2)])
    assert [thread.tid for thread, _ in prog.stack_traces(given)] == [2, 1, 2]
    assert prog.stack_traces([]) == []
    with pytest.raises(LookupError, match="thread with ID 999999 not found"):
        prog.stack_traces([1, 999999])
    with pytest.raises(TypeError):
        prog.stack_traces(1)


def test_one_crash_has_one_signature(prog):
    signature = prog.crashed_thread().stack_trace().signature()
    assert signature.frames[:3] == ["sysrq_handle_crash", "__handle_sysrq", "write_sysrq_trigger"]
    assert not any(re.search("0x|syscall_64", frame) for frame in signature.frames)
    assert re.fullmatch("[0-9a-f]{16}", str(signature))
    digest = subprocess.run(
        "sha256sum", input="".join(f"{frame}\n" for frame in signature.frames).encode(), stdout=subprocess.PIPE
    )
    assert digest.stdout.decode().startswith(str(signature))
    # Another boot, at other addresses, dumped by a kernel of its own after the crash.
    other = open_guest("kdump").crashed_thread().stack_trace().signature()
    assert (other, hash(other), other.frames) == (signature, hash(signature), signature.frames)
    for name in ["kdump.zlib.d31", "elf.d31", "flat.zlib.d31"]:
        same = open_guest("panic", Guest("panic").folder / "conv" / name)
        assert same.crashed_thread().stack_trace().signature() == signature


def test_one_bug_is_one_crash_whichever_file_system_met_it(prog):
    oops = open_guest("kyber-oops").crashed_thread().stack_trace()
    kdump = open_guest("kyber-kdump").crashed_thread().stack_trace()
    assert oops.signature() == kdump.signature()
    assert oops.signature(100) != kdump.signature(100)
    assert oops.signature().frames[0] == "native_queued_spin_lock_slowpath"
    assert "kyber_bio_merge [kyber_buggy]" in oops.signature().frames
    lockup = open_guest("kyber").crashed_thread().stack_trace().signature()
    panic = prog.crashed_thread().stack_trace().signature()
    assert len({oops.signature(), lockup, panic}) == 3
    assert "kyber_bio_merge [kyber_buggy]" in lockup.frames


def test_signatures_of_tail_calls_and_sleepers(prog):
    for (thread, trace), (_, put_back) in zip(prog.stack_traces(), prog.stack_traces(tail_calls=True)):
        signature = trace.signature()
        assert signature == put_back.signature()
        # Traces that could not be unwound have nothing in common.
        assert (signature is None) == (len(trace) == 0), trace.end_reason
        if signature is None:
            continue
        assert len(signature.frames) <= 12 and len(trace.signature(2).frames) <= 2
        assert all(a != b for a, b in zip(signature.frames, signature.frames[1:]))
    workers = [t.signature() for thread, t in prog.stack_traces() if thread.name.startswith("kworker/0")]
    assert len(set(workers)) < len(workers)


def test_bt_shows_the_crashed_thread(panic, prog):
    result = spelunk_command("bt", *options(panic))
    assert (result.returncode, result.stderr) == (0, "")
    thread = prog.crashed_thread()
    trace = thread.stack_trace(tail_calls=True)
    head, *lines = result.stdout.splitlines()
    assert head == f"{thread.tid} {thread.name} crashed {trace.signature()}"
    for index, (line, frame) in enumerate(zip(lines, trace)):
        assert line.split()[:2] == [f"#{index}", frame.name]
        assert (" (inlined)" in line) == frame.is_inline
        assert line.endswith(" (tail call)") == frame.is_tail_call
    assert len(lines) == len(trace) and "\x1b" not in result.stdout


def test_bt_as_json_says_what_python_says(panic, prog):
    result = spelunk_command(*options(panic), "bt", "-a", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert answer["problems"] == []
    crashed = prog.crashed_thread()
    assert [thread["tid"] for thread in answer["threads"] if thread["crashed"]] == [crashed.tid]
    assert answer["threads"][0]["tid"] == crashed.tid
    tids = {thread["tid"] for thread in answer["threads"]}
    assert tids == {thread.tid for thread in prog.threads()} | {crashed.tid}
    for shown in answer["threads"]:
        thread = prog.thread(shown["tid"]) if shown["tid"] else crashed
        trace = thread.stack_trace(tail_calls=True)
        assert (shown["name"], shown["end"]) == (thread.name, trace.end_reason)
        assert [frame["function"] for frame in shown["frames"]] == [frame.name for frame in trace]
        for line, frame in zip(shown["frames"], trace):
            assert (line["pc"], line["inline"], line["tail_call"]) == (
                hex(frame.pc),
                frame.is_inline,
                frame.is_tail_call,
            )
            if line["file"] is not None:
                assert (line["file"], line["line"], line["column"]) == tuple(frame.source())[:3]


def test_bt_shows_locals_and_why_they_are_absent(panic, prog):
    trace = prog.crashed_thread().stack_trace(tail_calls=True)
    result = spelunk_command(*options(panic), "bt", "--locals", "--json")
    [thread] = json.loads(result.stdout)["threads"]
    absent = 0
    for line, frame in zip(thread["frames"], trace):
        shown = line.get("locals", [])
        assert [local["name"] for local in shown] == frame.locals()
        # The last of a name hides the others.
        for name, local in {local["name"]: local for local in shown}.items():
            value = frame[name]
            assert local["how"].startswith("absent: ") == value.absent_
            if not value.absent_:
                assert local["value"] == value.format_(dereference=False)
            elif local["value"] is None:
                absent += 1
            else:
                # What is left of it.
                assert local["value"].startswith("(struct ") and "<optimized out>" in local["value"]
    assert absent
    text = spelunk_command(*options(panic), "bt", "--locals").stdout
    assert len(re.findall(r"^        \w+ = <absent: .+>$", text, re.M)) == absent


def test_bt_of_threads_that_do_not_exist(panic):
    result = spelunk_command(*options(panic), "bt", "1", "999999")
    assert result.returncode == 1
    assert result.stdout.startswith("1 init ")
    assert result.stderr == "spelunk: thread with ID 999999 not found\n"
    result = spelunk_command(*options(Guest("stop-nokaslr")), "bt")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "spelunk: panic_cpu is not set: the kernel did not crash: name threads by their IDs, or -a for all\n"
    )


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["bt", "x"], "'x' is no ID of a thread"),
        (["bt", "-a", "1"], "-a and IDs of threads exclude each other"),
        (["-a", "bt"], "option '-a' goes behind 'bt'"),
        (["bt", "-x"], "unknown option '-x'"),
    ],
)
def test_bt_told_wrong(panic, arguments, text):
    result = spelunk_command(*options(panic), *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"spelunk: {text} (see spelunk --help)\n"


def test_a_script_called_bt(panic, tmp_path, monkeypatch):
    (tmp_path / "bt").write_text("print('the script')\n")
    monkeypatch.chdir(tmp_path)
    for script in (["./bt"], ["--", "bt"]):
        assert spelunk_command(*options(panic), *script).stdout == "the script\n"
    assert " crashed " in spelunk_command(*options(panic), "bt").stdout


def test_colours_on_a_terminal_only(panic):
    command = f"{SPELUNK} {' '.join(map(str, options(panic)))} bt 1"
    for environment, coloured in [("TERM=xterm", True), ("TERM=xterm NO_COLOR=1", False), ("TERM=dumb", False)]:
        shown = subprocess.run(
            ["script", "-qec", f"env -u NO_COLOR {environment} {command}", "/dev/null"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert ("\x1b[33msysrq_handle_crash\x1b[0m" in shown.stdout) == coloured, shown.stdout


def test_a_core_of_a_program(tmp_path):
    (tmp_path / "program.c").write_text(PROGRAM)
    subprocess.run(["gcc", "-g", "-O1", "program.c", "-o", "program"], cwd=tmp_path, check=True)
    gdb = ["gdb", "-nx", "-batch", "-ex", "run", "-ex", "generate-core-file core", "./program"]
    subprocess.run(gdb, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    result = spelunk_command("-q", "-c", tmp_path / "core", "bt", "--locals", "--json")
    assert result.returncode == 0, result.stderr
    [thread] = json.loads(result.stdout)["threads"]
    assert thread["crashed"]
    frames = [(frame["function"], frame["locals"]) for frame in thread["frames"] if "locals" in frame]
    values = [(f, {local["name"]: local["value"] for local in shown}) for f, shown in frames]
    assert [shown["left"] for f, shown in values if f == "descend"] == [f"(int){left}" for left in range(4)]
    assert dict(values)["check"]["sum"] in ("(int)0", None)
    prog = spelunk.program_from_core_dump(tmp_path / "core")
    signature = prog.crashed_thread().stack_trace().signature()
    assert signature.frames == ["check [program]", "descend [program]", "main [program]"]
    assert thread["signature"] == str(signature)


def test_variables_that_others_hide_are_shown_in_order(tmp_path):
    (tmp_path / "hide.c").write_text(HIDDEN)
    subprocess.run(["gcc", "-g", "-O0", "hide.c", "-o", "program"], cwd=tmp_path, check=True)
    gdb = ["gdb", "-nx", "-batch", "-ex", "run", "-ex", "generate-core-file core", "./program"]
    subprocess.run(gdb, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    command = ["-q", "-c", tmp_path / "core", "bt", "--locals"]
    [thread] = json.loads(spelunk_command(*command, "--json").stdout)["threads"]
    [shown] = [frame["locals"] for frame in thread["frames"] if frame["function"] == "hide"]
    expected = [("z", "(int)1"), ("a", "(int)2"), ("z", "(int)3")]
    assert [(local["name"], local["value"]) for local in shown] == expected
    lines = [line.strip() for line in spelunk_command(*command).stdout.splitlines()]
    start = lines.index("z = (int)1")
    assert lines[start : start + 3] == ["z = (int)1", "a = (int)2", "z = (int)3"]
