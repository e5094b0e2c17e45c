"""Programs that died under gdb, and what each debugger says of their variables then: see `answers.py`."""

import collections
import json
import pathlib
import subprocess

import answers
from lab import CACHE

import spelunk

TESTS = pathlib.Path(__file__).parent
ORACLE = CACHE / "oracle/bin/python"


class Stopped:
    """A program that died, its core, and what gdb said of it."""

    def __init__(self, folder, program, arguments=()):
        self.program, self.core = str(program), str(folder / "core")
        for left in ("core", "answers.gdb.json"):
            (folder / left).unlink(missing_ok=True)
        command = ["gdb", "-nx", "-batch", "-x", TESTS / "answers_gdb.py", "--args", program, *arguments]
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self._answers = folder / "answers.gdb.json"
        assert self._answers.exists(), result.stderr
        self.gdb = json.loads(self._answers.read_text())

    def spelunk(self, reasons=None):
        return answers.of_core(spelunk, self.program, self.core, self.gdb, reasons)

    def drgn(self):
        command = [ORACLE, TESTS / "answers.py", "drgn", self.program, self.core, self._answers]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def by_place(frames):
    """The variables of each frame, by where it is: debuggers may differ in how many frames they see."""
    seen, found = collections.Counter(), {}
    for frame in frames:
        place = frame["pc"], frame["function"], frame["inline"]
        seen[place] += 1
        found[*place, seen[place]] = frame["variables"]
    return found


def is_of(variable, place):
    """Whether a place is in the variable."""
    return place == variable or place.startswith(variable) and place[len(variable)] in ".[*"


def state(known):
    """How much of a variable a debugger knows: `absent`, `partial` or `there`."""
    if known.get("") is None and len(known) > 1:
        # A pointer that is nowhere, to what is known; or no scalar at all.
        values = [value for place, value in known.items() if place != ""]
    else:
        values = [value for place, value in known.items() if not place.startswith("*")]
    if all(value is None for value in values):
        return "absent"
    return "partial" if None in values else "there"
