"""Compare how long two debuggers with drgn's API take to index debug files, in one run.

    index.py SPELUNK_PYTHON DRGN_PYTHON FILE...

Each loads the file into a program of its own, in a process of its own, with an empty cache of index
files and a warm page cache, and looks one name up. The two run in turn, several times. The time is that
of loading, without the interpreter's start; the memory is the most that was anonymous at any time, that
of the interpreter included.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
LOAD = """
import json, resource, sys, time
try:
    import spelunk.compat
except ImportError:
    pass
import drgn
program = drgn.Program()
usage, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
module = program.extra_module("index", create=True)
module = module[0] if isinstance(module, tuple) else module
module.try_file(sys.argv[1], force=True)
program.type("int")
wall, end = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
user, system = end.ru_utime - usage.ru_utime, end.ru_stime - usage.ru_stime
assert not module.wants_debug_file()
print(json.dumps({"wall, s": wall, "user, s": user, "system, s": system, "CPU, s": user + system}))
"""


def anonymous(pid):
    """MiB of anonymous memory of a process; 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            fields = dict(line.split(":", 1) for line in status)
    except OSError:
        return 0
    return int(fields.get("RssAnon", "0 kB").split()[0]) / 1024


def load(python, file):
    """The figures of one process, by name."""
    with tempfile.TemporaryDirectory() as cache:
        child = subprocess.Popen(
            [python, "-c", LOAD, file],
            env=os.environ | {"SPELUNK_CACHE": cache},
            stdout=subprocess.PIPE,
        )
        peak = 0
        while child.poll() is None:
            peak = max(peak, anonymous(child.pid))
            time.sleep(0.002)
        output = child.stdout.read()
    if child.returncode:
        sys.exit(f"{python} fails on {file}")
    return json.loads(output) | {"anonymous, MiB": peak}


def main(ours, theirs, files):
    for file in files:
        runs = [[], []]
        for round in range(ROUNDS + 1):
            for python, results in zip((ours, theirs), runs):
                figures = load(python, file)
                if round > 0:  # the first one warms the page cache
                    results.append(figures)
        print(f"\n{file}, least and median of {ROUNDS}")
        print(f"{'':16}{'ours':>18}{'theirs':>18}{'ours/theirs':>20}")
        for name in runs[0][0]:
            sides = [[run[name] for run in side] for side in runs]
            least, median = map(min, sides), map(statistics.median, sides)
            pairs = list(zip(least, median))
            cells = [f"{low:9.3f}{middle:9.3f}" for low, middle in pairs]
            (our_least, our_median), (their_least, their_median) = pairs
            ratios = f"{our_least / their_least:10.2f}{our_median / their_median:10.2f}"
            print(f"{name:16}{cells[0]}{cells[1]}{ratios}")


if len(sys.argv) < 4:
    sys.exit(__doc__)
main(sys.argv[1], sys.argv[2], sys.argv[3:])
