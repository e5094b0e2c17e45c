"""Counts the absent variables of all tasks of a dump, by the reason, and lists those that a caller might tell.

    spelunk -q -c DUMP python/tests/absent.py

Variables of which debugging information says nothing at the address are counted alone: nothing can bring them back.
"""

from collections import Counter

NOWHERE = "debugging information does not say where it is"

variables = 0
reasons = Counter()
reachable = Counter()
recovered = Counter()
for _, trace in prog.stack_traces():  # noqa: F821 (given by spelunk)
    frames = list(trace)
    for index, frame in enumerate(frames):
        outer = (frames[after] for after in range(index + 1, len(frames)) if not frames[after - 1].is_inline)
        caller = next(outer, None)
        for name in frame.locals():
            variables += 1
            variable = frame[name]
            how = variable.provenance_ or ""
            if not variable.absent_:
                for way in ("by what the caller passed", "by what the frame's call passes"):
                    recovered[way] += way in how
                continue
            reasons[how] += 1
            if NOWHERE not in how:
                reachable[how, frame.name, name, caller.name if caller else "-"] += 1

print(f"{variables} variables, {sum(reasons.values())} absent")
for reason, count in reasons.most_common():
    print(f"{count:7} {reason}")
for way, count in recovered.items():
    print(f"{count:7} there {way}")
print()
for (reason, *place), count in sorted(reachable.items()):
    print(count, *place, reason, sep="\t")
