"""Variables of optimized programs: what a frame says of one is what it is, by whatever way it was found."""

import re
import shutil

import pytest
from generated import Program
from process import Process

from spelunk import Object, ObjectAbsentError, TypeMember

COMPILERS = [
    ["gcc", "-O1"],
    ["gcc", "-O2"],
    ["gcc", "-Os", "-gdwarf-4"],
    ["gcc", "-O3", "-flto"],
    ["clang", "-O2"],
    ["clang", "-O1", "-gdwarf-4"],
]
SEEDS = range(12)

TAIL_CALLS = r"""
#define NOINLINE __attribute__((noinline))
static NOINLINE long last(long a, long b) { long sum = a * 3; stop(); sink += 1; return sum + 1; }
static NOINLINE long middle(long x, long y) { return last(x + 1, 5); }
static NOINLINE long first(long n) { long kept = in[0]; long r = middle(n, 7); sink = kept; return r + n; }
/* Enters itself again, by a jump through another: what was passed first is not what is passed last. */
static long (*volatile again)(long, long);
static NOINLINE long relay(long a, long b) { return again(a, b); }
static NOINLINE long turn(long a, long b)
{
    if (b)
        return relay(a + 10, b - 1);
    stop();
    sink += 1;
    return sink;
}
int main(int argc, char **argv)
{
    again = turn;
    sink = argc > 1 ? turn(in[1], argc) : first(in[1]);
    return 0;
}
"""

# Calls through pointers in a structure, of which call sites do not say what they call.
INDIRECT = r"""
#define NOINLINE __attribute__((noinline, noclone))
static NOINLINE long leaf(long key, long other);
static NOINLINE long unlike(long key, long other) { return key - other; }
static NOINLINE long before(long key, long other) { return leaf(key + 100, other); }
static struct ops { long pad; long (*volatile run)(long, long); long after; } ops = { 1, leaf, 5 };
static NOINLINE long leaf(long key, long other)
{
    ops.run = in[0] == 3 ? CHANGED : in[0] == 4 ? unlike : before;
    stop();
    sink += other;
    return sink;
}
static NOINLINE long middle(struct ops *it, long key) { return it->run(key + 1, 7) + it->after; }
int main(int argc, char **argv)
{
    long kept = in[1];
    sink = middle(&ops, kept);
    sink += kept;
    return 0;
}
"""


def frames(process, **options):
    prog = process.prog
    registers = prog.array_type(prog.type("unsigned long"), 21)
    ty = prog.struct_type("pt_regs", 168, (TypeMember(registers, "all"),))
    return prog.stack_trace(Object(prog, ty, address=prog.symbol("regs").address), **options)


def known(variable, ctype):
    """What is known of a variable: its value, that of its members or of what it points to."""
    try:
        if ctype.startswith("struct"):
            members = {name: variable.member_(name) for name in ("a", "b", "c")}
            return {name: member.value_() for name, member in members.items() if not member.absent_}
        return (variable[0] if ctype.endswith("*") else variable).value_()
    except ObjectAbsentError:
        return None


def assigned(source, function, name):
    """Whether a function assigns to a variable, or lets others do so."""
    body = re.search(rf"^static [^;\n]*\b{function}\([^;\n]*\)\n\{{.*?^\}}", source, re.M | re.S).group()
    return bool(re.search(rf"(?<![\w ] ){name} \S*= |^\s+{name} \S*= |&{name}\b", body, re.M))


def compiled(tmp_path, source, command):
    if shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is needed")
    return Process(tmp_path, source, [*command, "-w", "-x", "c"])


@pytest.mark.parametrize("command", COMPILERS, ids=" ".join)
def test_no_value_is_wrong(tmp_path, command):
    seen, right, passed, wrong = 0, 0, 0, []
    for seed in SEEDS:
        program = Program(seed)
        process = compiled(tmp_path, program.source, command)
        try:
            for frame in frames(process, tail_calls=True):
                values = dict(program.activations).get((frame.function_name or "").split(".")[0], {})
                for name in set(frame.locals()) & set(values):
                    ctype, value = values[name]
                    variable = frame[name]
                    found = known(variable, ctype)
                    seen += 1
                    if found is None or found == {}:
                        continue
                    if found == value or isinstance(found, dict) and found.items() <= value.items():
                        right += 1
                        passed += "caller passed" in variable.provenance_
                    else:
                        is_assigned = assigned(program.source, frame.function_name, name)
                        wrong.append((seed, frame.name, name, value, found, is_assigned, variable.provenance_))
        finally:
            process.close()
    # Compilers are wrong now and then about what was assigned last (gdb shows the same): they say that a parameter is
    # as it was passed. What is put together from call sites must never be.
    assert [found for found in wrong if " by what " in found[-1] and not found[-2]] == []
    assert len(wrong) <= right / 50, wrong
    assert right > seen / 4 and (passed or command[0] != "gcc")


def test_tail_calls_are_put_back(tmp_path):
    process = compiled(tmp_path, Program(0).source.split("static", 1)[0] + TAIL_CALLS, ["gcc", "-O2", "-fno-ipa-cp"])
    try:
        usual = [frame.name for frame in frames(process) if not frame.is_inline]
        assert usual[:4] == ["stop", "last", "first", "main"]
        trace = frames(process, tail_calls=True)
        assert [frame.name for frame in trace if not frame.is_inline][:5] == ["stop", "last", "middle", "first", "main"]
        assert [frame.name for frame in trace if frame.is_tail_call] == ["middle"]
        middle = next(frame for frame in trace if frame.is_tail_call)
        assert re.search(r"^#2 .* in middle at \S*/program.cpp:\d+:\d+ \(tail call\)$", str(middle))
        assert "(tail call)" in str(trace).splitlines()[2]
        last = trace[1]
        assert last["a"].value_() == 1001 and last["sum"].value_() == 3003
        assert "by what the caller passed" in last["a"].provenance_ or "register" in last["a"].provenance_
        assert middle["x"].value_() == 1000
        assert not frames(process)[1]["a"].absent_
    finally:
        process.close()


def test_what_was_passed_first_is_not_what_was_passed_last(tmp_path):
    source = Program(0).source.split("static", 1)[0] + TAIL_CALLS.replace("argc > 1", "argc > 0")
    process = compiled(tmp_path, source, ["gcc", "-O2"])
    try:
        turn = next(frame for frame in frames(process) if frame.name == "turn")
        for name, value in (("a", 1010), ("b", 0)):
            assert turn[name].absent_ or turn[name].value_() == value, turn[name].provenance_
    finally:
        process.close()


@pytest.mark.parametrize("options", [["-O1"], ["-O2"], ["-O2", "-mindirect-branch=thunk"]], ids=" ".join)
def test_what_was_called_through_a_pointer(tmp_path, options):
    def leaf(changed):
        folder = tmp_path / changed
        folder.mkdir()
        source = Program(0).source.split("static", 1)[0] + INDIRECT.replace("CHANGED", changed)
        process = compiled(folder, source, ["gcc", *options])
        try:
            variable = next(frame for frame in frames(process) if frame.name == "leaf")["key"]
            return None if variable.absent_ else variable.value_()
        finally:
            process.close()

    assert leaf("leaf") == 1001
    # What the pointer is now is not what was called, though it may lead there.
    assert leaf("unlike") is None and leaf("before") is None
