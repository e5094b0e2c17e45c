"""One program, used by many threads at once; for longer with SPELUNK_TEST_THREADS_SECONDS=600."""

import os
import threading
import time

import pytest
from lab import Guest

import spelunk
from spelunk.helpers.linux import for_each_module, for_each_task

THREADS = 8
SECONDS = float(os.environ.get("SPELUNK_TEST_THREADS_SECONDS", "20"))


@pytest.fixture(scope="module")
def prog():
    guest = Guest("panic")
    prog = spelunk.Program()
    prog.set_core_dump(guest.core)
    prog.debug_info_options.kernel_directories = [guest.debug_directory()]
    prog.load_default_debug_info()
    return prog


def questions(prog):
    """Questions, each of which has one answer."""
    init = prog["init_task"]
    ask = [
        lambda: init.comm.string_(),
        lambda: init.tasks.next.value_(),
        lambda: init.thread_info.flags.value_() + 1,
        lambda: init.mm.value_(),
        lambda: str(init.tasks),
        lambda: str(init.se),
        lambda: init.nsproxy.pid_ns_for_children.level.format_(),
        lambda: str(prog.type("struct list_head *")),
        lambda: str(prog.type("struct rb_root_cached")),
        lambda: prog.type("struct task_struct").member("comm").offset,
        lambda: [str(m.type) for m in prog.type("struct pid").members],
        lambda: prog["jiffies"].value_(),
        lambda: prog.symbol("schedule").address,
        lambda: (spelunk.Object(prog, "int", 5) * 3 - 1).value_(),
        lambda: spelunk.sizeof(prog.type("struct mm_struct")),
        lambda: "nosuch" in prog,
        lambda: [frame.name for frame in reversed(prog.crashed_thread().stack_trace())],
        lambda: spelunk.cast("unsigned char", spelunk.Object(prog, "int", 300)).value_(),
    ]
    ask += [
        lambda: [thread.tid for thread in prog.threads()],
        lambda: [module.name.string_() for module in for_each_module(prog)],
        lambda: len(list(for_each_task(prog))),
        lambda: list(prog.search_memory(b"swapper/1").set_address_range(0, 1 << 26, True)),
        lambda: next(prog.search_memory_u64(init.address_)),
        lambda: list(prog.search_memory_regex(rb"Linux version [0-9.]+").set_address_range(0, 1 << 26, True)),
        lambda: str(prog.stack_trace(1)),
        lambda: [symbol.name for symbol in prog.symbols(prog["schedule"].address_)],
        lambda: prog.read(init.address_, 4096),
        lambda: fault(prog, 1),
        lambda: fault(prog, 0xFFFF_8000_0000_0000),
    ]
    for kind in ["file", "inode", "dentry", "super_block", "net_device", "sk_buff", "page", "cred"]:
        ask.append(lambda name=f"struct {kind}": str(prog.type(name)))
    return ask


def fault(prog, address):
    try:
        return prog.read(address, 1)
    except spelunk.FaultError as error:
        return error.address


def test_threads_get_the_answers_that_one_gets(prog):
    wrong = []
    ask = questions(prog)
    # Not asked beforehand: the threads meet types that nobody has looked at.
    answers = [None] * len(ask)
    started = threading.Barrier(THREADS)
    end = time.monotonic() + SECONDS

    def work(seed):
        started.wait()
        count = 0
        while not wrong and (count < len(ask) or time.monotonic() < end):
            index = (seed * 5 + count * (2 * seed + 1)) % len(ask)
            count += 1
            try:
                answer = ask[index]()
            except Exception as error:
                answer = repr(error)
            if answers[index] is None:
                answers[index] = answer
            elif answers[index] != answer:
                wrong.append((index, answers[index], answer))

    threads = [threading.Thread(target=work, args=(seed,), daemon=True) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 60)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    assert not wrong
    assert [question() for question in ask] == answers
    assert answers[0] == b"swapper/0"
