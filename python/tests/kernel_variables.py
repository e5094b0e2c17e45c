"""Counts what drgn and Spelunk know of the variables of all threads of a kernel's dump.

    python python/tests/kernel_variables.py DUMP VMLINUX [MODULE...] [--list]

Of the variables that drgn calls absent, those are nowhere of which debugging information says nothing at the address:
no debugger can know them. All others could be known, by a place, by the caller or by what code made copies of; how many
of these Spelunk knows is the last line. `--list` names those that it does not know, and what differs.
"""

import argparse
import collections
import json
import subprocess
import sys

NOWHERE = "does not say where it is"


def value(variable, api):
    """The bytes of a variable, or its address if it is large; `None` if it is absent."""
    if variable.absent_:
        return None
    try:
        return variable.to_bytes_()[:64].hex()
    except api.ObjectAbsentError:
        return None
    except (api.FaultError, TypeError, ValueError):
        return "unreadable"


def answers(api, dump, files):
    """Of all threads: each variable of each frame, its value, and what Spelunk says of how that was found."""
    prog = api.Program()
    prog.set_core_dump(dump)
    try:
        prog.load_debug_info(files, default=False)
    except api.MissingDebugInfoError:
        pass
    told = []
    for thread in prog.threads():
        try:
            trace = thread.stack_trace()
        except (LookupError, ValueError, api.FaultError):
            continue  # drgn cannot unwind a thread that runs elsewhere
        for frame in trace:
            place = thread.tid, frame.pc if has_pc(frame) else None, frame.name, frame.is_inline
            for name in frame.locals():
                try:
                    variable = frame[name]
                    known, way = value(variable, api), getattr(variable, "provenance_", None)
                except Exception as error:  # drgn raises where it cannot tell
                    known, way = None, str(error)
                told.append((place, name, known, way))
    return told


def has_pc(frame):
    try:
        return frame.pc is not None
    except LookupError:
        return False


def numbered(told):
    """By place and name; the second variable of a name in a frame is another one."""
    seen, found = collections.Counter(), {}
    for place, name, known, way in told:
        key = *place, name
        seen[key] += 1
        found[*key, seen[key]] = known, way
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dump")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--of", choices=["spelunk", "drgn"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.of:
        json.dump(answers(__import__(arguments.of), arguments.dump, arguments.files), sys.stdout)
        return
    from lab import CACHE

    command = [__file__, arguments.dump, *arguments.files, "--of"]
    pythons = {"drgn": CACHE / "oracle/bin/python", "spelunk": sys.executable}
    told = {}
    for name, python in pythons.items():
        result = subprocess.run([python, *command, name], stdout=subprocess.PIPE, check=True)
        told[name] = numbered(json.loads(result.stdout))
    both = sorted(set(told["drgn"]) & set(told["spelunk"]), key=str)
    counts, ways, left = collections.Counter(), collections.Counter(), collections.Counter()
    for key in both:
        theirs, (ours, way) = told["drgn"][key][0], told["spelunk"][key]
        counts["variables"] += 1
        counts["absent with drgn"] += theirs is None
        counts["absent"] += ours is None
        if theirs is not None and ours is not None and theirs != ours:
            counts["different"] += 1
            left[f"differs: {theirs} {ours}", key[2], key[4]] += 1
        if theirs is not None and ours is None:
            counts["absent alone"] += 1
            left[way, key[2], key[4]] += 1
        if theirs is not None:
            continue
        if ours is not None:
            counts["recovered"] += 1
            ways[way] += 1
        elif NOWHERE in (way or ""):
            counts["nowhere"] += 1
        else:
            left[way, key[2], key[4]] += 1
    only = {name: len(told[name]) - len(both) for name in told}
    print(", ".join(f"{count} {what}" for what, count in counts.items()), "| only with", only)
    for way, count in ways.most_common():
        print(f"{count:7} recovered: {way}")
    if arguments.list:
        for (way, function, variable), count in sorted(left.items(), key=str):
            print(count, function, variable, way, sep="\t")
    could = counts["absent with drgn"] - counts["nowhere"]
    if could:
        print(f"{counts['recovered']} of the {could} that could be known: {counts['recovered'] / could:.0%}")


if __name__ == "__main__":
    main()
