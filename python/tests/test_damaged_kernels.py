"""Kernels whose memory is damaged: stacks, page by page, and the lists of tasks."""

import contextlib
import logging
import random
import time

import pytest
from lab import CACHE

import spelunk
from spelunk.helpers.linux.pid import for_each_task, for_each_task_in_group

PAGE = 4096

# Of each dump, how many threads' stacks are damaged: all, or some.
STACKS = {
    "panic": None,
    "panic-5.10": 6,
    "panic-6.12": 6,
    "panic-7.2": 6,
    "arm64-panic": 8,
    "arm64-interrupt": 4,
    "i386-panic": 8,
    "i386-interrupt": 4,
    "kyber": 6,
}


def open_dump(name):
    folder = CACHE / "dumps" / name
    release = (folder / "truth/uname").read_text().split()[2]
    prog = spelunk.Program()
    prog.set_core_dump(folder / "vmcore.elf")
    prog.debug_info_options.kernel_directories = list(CACHE.glob(f"root*/usr/lib/debug/lib/modules/{release}"))
    extra = [CACHE / "kyber/kyber_buggy.ko.debug"] if name == "kyber" else []
    prog.load_debug_info(extra, default=True)
    return prog


def damage(prog, address, content):
    """Lets memory at `address` be `content`, which may change."""
    prog.add_memory_segment(
        address, len(content), lambda at, count, offset, physical: bytes(content[offset : offset + count])
    )


@pytest.mark.parametrize("name", STACKS)
def test_damaged_stacks_end_with_a_reason(name):
    prog = open_dump(name)
    size = prog["THREAD_SIZE"].value_()
    word = prog.address_size()
    stacks = {}
    for thread in prog.threads():
        base = thread.object.stack.value_()
        try:
            stacks[base] = thread, prog.read(base, size)
        except spelunk.FaultError:
            pass
    assert len(stacks) > 60
    rng = random.Random(5)
    chosen = sorted(stacks)
    if STACKS[name] is not None:
        chosen = rng.sample(chosen, STACKS[name])
        with contextlib.suppress(LookupError):
            chosen.append(prog.crashed_thread().object.stack.value_())
    text = prog.symbol("schedule").address
    ends = set()
    for base in chosen:
        thread, whole = stacks[base]
        frames = len(thread.stack_trace())
        content = bytearray(whole)
        damage(prog, base, content)
        for page in range(0, size, PAGE):
            words = {
                "zeros": lambda: 0,
                "ones": lambda: 256**word - 1,
                "noise": lambda: rng.getrandbits(8 * word),
                "itself": lambda: base + rng.randrange(size) // word * word,
                "code": lambda: rng.choice((text + rng.randrange(1 << 16), base + page)),
            }
            for kind, garbage in words.items():
                content[page : page + PAGE] = b"".join(
                    (garbage() % 256**word).to_bytes(word, "little") for _ in range(PAGE // word)
                )
                for options in ({}, {"user": True, "tail_calls": True}):
                    trace = thread.stack_trace(**options)
                    assert str(trace) or not len(trace)
                    assert trace.end_reason and len(trace) < 20_000, (thread.tid, page, kind)
                    ends.add(trace.end_reason.split(" 0x")[0])
                for frame in list(trace)[:40] if page == size - PAGE else []:
                    for variable in frame.locals():
                        frame[variable]
            content[:] = whole
        assert len(thread.stack_trace()) == frames
    assert "this is the outermost frame" in ends and len(ends) > 2, ends


def damaged_tasks(name):
    """A dump, the table of its first tasks, and how many there are."""
    prog = open_dump(name)
    root = prog["init_pid_ns"].idr.idr_rt.xa_head.value_()
    node = spelunk.Object(prog, "struct xa_node", address=root & ~3)
    return prog, root, node, [thread.tid for thread in prog.threads()]


@pytest.mark.parametrize("name", ["panic", "panic-5.10", "panic-7.2", "arm64-panic", "i386-panic"])
def test_a_damaged_table_of_tasks_says_so(name, caplog):
    prog, root, node, tids = damaged_tasks(name)
    word = prog.address_size()
    slots = node.slots.address_
    whole = prog.read(slots, 4 * word)
    content = bytearray(whole)
    damage(prog, slots, content)
    garbage = {
        # The second part of the table is the table itself, nowhere, in the middle of another thing, or gone.
        "loop": root,
        "nowhere": 0x123456 & ~3 | 2,
        "other": prog["init_task"].address_ & ~3 | 2,
        "gone": 0,
        "reserved": 0x4A,
    }
    for kind, value in garbage.items():
        content[word : 2 * word] = value.to_bytes(word, "little")
        start = time.monotonic()
        found = []
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="drgn"):
            traces = prog.stack_traces()
        found = [thread.tid for thread, _ in traces]
        # What stands before the damage is there, and what is behind it is missing or told to be.
        first = [tid for tid in tids if tid < 64]
        assert [tid for tid in found if tid < 64][: len(first)] == first, kind
        assert len(found) < 100 * len(tids) and time.monotonic() - start < 20, kind
        for thread, trace in traces:
            assert trace.end_reason
        if kind in ("nowhere", "other"):
            assert "the list of threads ends early" in caplog.text, kind
        try:
            count = sum(1 for _ in for_each_task(prog))
            assert count < 100 * len(tids)
        except Exception as error:
            assert isinstance(error, spelunk.FaultError) or "does not belong where it is" in str(error)
    content[:] = whole
    assert [thread.tid for thread in prog.threads()] == tids


def test_a_damaged_entry_of_the_table_leaves_the_others():
    prog, _, node, tids = damaged_tasks("panic")
    leaf = spelunk.Object(prog, "struct xa_node", address=node.slots[0].value_() & ~3)
    place = leaf.slots[2].address_
    whole = prog.read(place, 8)
    content = bytearray(whole)
    damage(prog, place, content)
    for value in (0x1000, 0xFFFF_8000_0000_0000, prog["init_task"].address_, prog["init_pid_ns"].address_):
        content[:] = value.to_bytes(8, "little")
        traces = prog.stack_traces()
        found = [thread.tid for thread, _ in traces]
        assert found[0] == 1 and len(found) <= 2 * len(tids)
        assert all(trace.end_reason for _, trace in traces)


def test_a_group_of_threads_that_leads_in_a_circle(caplog):
    prog = open_dump("panic")
    task = next(thread.object for thread in prog.threads() if thread.name == "lab-threads")
    group = list(for_each_task_in_group(task, include_self=True))
    assert len(group) == 7
    # The third one's next is the second.
    place = group[2].thread_node.next.address_of_().value_()
    content = bytearray(group[1].thread_node.address_of_().value_().to_bytes(8, "little"))
    damage(prog, place, content)
    with pytest.raises(Exception, match="circle|broken|loop"):
        list(for_each_task_in_group(task, include_self=True))
    # The process has the threads up to there.
    process = prog.process(task)
    assert {thread.tid for thread in process.threads()} >= {thread.pid.value_() for thread in group[:3]}
    trace = prog.stack_trace(task, user=True)
    assert [frame.name for frame in trace if frame.is_user][1:4] == ["forever", "run_threads", "main"] or trace.end_reason
    # It leads to nowhere.
    other = open_dump("panic")
    damage(other, place, (0x10).to_bytes(8, "little"))
    with pytest.raises(spelunk.FaultError):
        list(for_each_task_in_group(other.thread(task.pid.value_()).object))
    assert other.process(task.pid.value_()).main_thread().tid == task.pid
