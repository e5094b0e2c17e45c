"""Traces that kernels wrote to their logs as they crashed, beside ours of the same stacks."""

import re

import pytest
from lab import TESTED, Guest
from test_backtrace import open_guest

# What the kernel calls to write a trace, and what goes on while its other processors stop: it has moved on since.
WRITES = re.compile(r"(dump_backtrace|show_stack|dump_stack(_lvl)?|v?panic|watchdog_timer_fn)(\.\w+)*$")


def reliable_calls(log):
    """(function, offset) of each call in the last trace that the kernel is sure of, innermost first."""
    trace = re.split(r"Call trace:\s*$", log, flags=re.MULTILINE | re.IGNORECASE)[-1]
    trace = re.split(r"---\[ end|Kernel Offset|SMP: stopping", trace)[0]
    # What was interrupted is shown with its registers.
    lines = re.findall(r"\] +(?:[RE]IP: \w+:)?([\w.]+)\+0x([0-9a-f]+)/0x[0-9a-f]+", trace)
    return [(function, int(offset, 16)) for function, offset in lines]


@pytest.mark.parametrize("name", [name for name in TESTED if "stop" not in name and name != "libraries"])
def test_the_crashed_stack_has_all_that_the_kernel_is_sure_of(name):
    guest = Guest(name)
    calls = reliable_calls((guest.folder / "console.log").read_text(errors="replace"))
    while calls and WRITES.match(calls[0][0]):
        del calls[0]
    assert len(calls) >= 8, calls
    prog = open_guest(name)
    trace = prog.crashed_thread().stack_trace()
    pcs = iter([frame.pc for frame in trace if not frame.is_inline])
    for function, offset in calls:
        # A function may have several names, and a name several functions.
        expected = {symbol.address + offset for symbol in prog.symbols(function)}
        assert any(pc in expected for pc in pcs), f"{function}+{offset:#x} is not there\n{trace}"


@pytest.mark.parametrize("name", ["arm64-interrupt", "i386-interrupt"])
def test_stacks_for_interrupts_lead_to_the_tasks(name):
    """A task sent a packet, what was left for later went on to another stack, an interrupt came, and there all ended."""
    trace = open_guest(name).crashed_thread().stack_trace()
    assert trace.end_reason == "user code called the kernel"
    trace = list(trace)
    # On AArch64 it was interrupted before the first instruction of a function of which no table tells that early.
    assert not any("guess" in frame.found_by for frame in trace)
    names = [frame.name for frame in trace]
    calls = iter(names)
    assert all(name in calls for name in ["sysrq_handle_crash", "handle_irq_event", "__do_softirq"]), names
    assert "do_softirq_own_stack" in calls
    sps = [frame.sp for frame in trace]
    # The stacks are in no order.
    assert sps != sorted(sps)
    if name == "arm64-interrupt":
        callers = [after.name for before, after in zip(trace, trace[1:]) if before.name == "call_on_irq_stack"]
        assert callers == ["do_softirq_own_stack"]
        found_by = {frame.name: frame.found_by for frame in trace}
        assert found_by["do_softirq_own_stack"] == "known code"


def test_a_frame_record_tells_of_variables_too():
    """The crashed processor was dumped as it entered an interrupt: nothing tells where its code was, but that its frame
    pointer leads to the callers; from there on all is known again."""
    trace = list(open_guest("arm64-panic").crashed_thread().stack_trace())
    names = [frame.name for frame in trace]
    guesses = [frame.name for frame in trace if "guess" in frame.found_by]
    assert (names[0], guesses) == ("vectors", names[1:2])
    sps = [frame.sp for frame in trace[1:-1]]
    assert sps == sorted(sps) and len(set(sps)) > 10
    assert trace[names.index("__handle_sysrq")]["key"] == ord("c")
