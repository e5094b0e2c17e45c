"""Compare the speed of two debuggers with drgn's API on one dump, in one run.

    compare.py SPELUNK DRGN [--only WORKLOAD]... -- -c VMCORE -s VMLINUX ...

What follows `--` is given to both. Prints, for starting up and for every workload of workloads.py, the
seconds of each and how many times faster the first is. The two run in turn, several times, so that a
machine whose speed drifts hurts both alike; the median is shown.

Where answers differ it says so: a number that differs has no ratio; of a dictionary (a number per task)
it says how many entries of the second differ and how many more the first has. Exit status 1 if an answer
is wrong or a workload of the first fails.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 3
# Traces may be better than drgn's for this share of the tasks.
MAY_DIFFER = 0.03
WORKLOADS = pathlib.Path(__file__).resolve().with_name("workloads.py")
# A first command: one object and one type.
FIRST = "print(prog['init_task'].comm, prog.type('struct bio').size)"


def start_up(command):
    """Wall seconds, CPU seconds and peak MiB of a whole process."""
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"failed ({status}): {' '.join(command)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run_workloads(command, only):
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "out.json")
        subprocess.run(command + [str(WORKLOADS), out, *only], check=True)
        with open(out) as file:
            return json.load(file)


def difference(ours, theirs):
    """What to say of our answer beside theirs, and whether it is wrong."""
    if not isinstance(theirs, dict):
        return ("" if ours == theirs else f"{ours} instead of {theirs}"), ours != theirs
    differ = sum(ours.get(key) != value for key, value in theirs.items())
    more = len(ours.keys() - theirs.keys())
    note = f"{differ} of {len(theirs)} differ, {more} more" if differ or more else ""
    return note, differ > MAY_DIFFER * len(theirs)


class Table:
    def __init__(self):
        self.failed = False
        print(f"{'':34}{'ours':>12}{'theirs':>12}{'ratio':>9}")

    def ratio(self, name, ours, theirs, note=""):
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        print(f"{name:34}{ours:12.5f}{theirs:12.5f}{theirs / ours:8.2f}x  {note}".rstrip())

    def remark(self, name, text, bad):
        self.failed |= bad
        print(f"{name:34}{text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ours")
    parser.add_argument("theirs")
    parser.add_argument("--only", action="append", default=[], metavar="WORKLOAD")
    parser.add_argument("target", nargs="+", help="options that open the dump")
    args = parser.parse_args()
    commands = [[program, "-q", *args.target] for program in (args.ours, args.theirs)]

    table = Table()
    starts = [[], []]
    for round in range(ROUNDS + 1):
        for command, results in zip(commands, starts):
            figures = start_up(command + ["-e", FIRST])
            if round > 0:  # the first one warms the caches
                results.append(figures)
    for index, name in enumerate(("start, wall", "start, CPU", "start, MiB")):
        table.ratio(name, *([figures[index] for figures in side] for side in starts))

    runs = [[], []]
    for _ in range(ROUNDS):
        for command, results in zip(commands, runs):
            results.append(run_workloads(command, args.only))
    for name, row in runs[1][0].items():
        ours, theirs = ([run[name] for run in side] for side in runs)
        if not isinstance(row, dict):
            table.ratio(name, ours, theirs)
        elif "error" in row:
            table.remark(name, f"the other fails: {row['error']}", bad=False)
        elif "error" in ours[0]:
            table.remark(name, f"fails: {ours[0]['error']}", bad=True)
        else:
            note, wrong = difference(ours[0]["answer"], row["answer"])
            if wrong:
                table.remark(name, f"differs: {note}", bad=True)
                continue
            for key, label in (("later", name), ("first", f"{name} (first)")):
                table.ratio(label, *([run[key] for run in side] for side in (ours, theirs)), note)
    return table.failed


sys.exit(main())
