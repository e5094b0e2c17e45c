"""Programs that are compiled for a test, run, and looked at while they wait."""

import os
import subprocess

from spelunk import Program, host_platform

# Programs print `path = value` lines of what they hold, then this, and wait for their end.
READY = "ready"


class Process:
    """`source`, compiled and running; `prog` is a program of its memory and debugging information."""

    def __init__(self, folder, source, command):
        name = "program.rs" if command[0] == "rustc" else "program.cpp"
        (folder / name).write_text(source)
        subprocess.run([*command, "-g", name, "-o", "program"], cwd=folder, check=True)
        self.path = str(folder / "program")
        self._process = subprocess.Popen(
            [self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        lines = iter(self._process.stdout.readline, f"{READY}\n")
        self.output = [line.rstrip("\n").split(" = ", 1) for line in lines if line]
        self._memory = os.open(f"/proc/{self._process.pid}/mem", os.O_RDONLY)
        self.prog = Program(host_platform)
        own = []
        for start, end, path in self._mappings():
            self.prog.add_memory_segment(start, end - start, self._read)
            if path == self.path:
                own += [start, end]
        module = self.prog.extra_module("program", create=True)
        module.address_range = (min(own), max(own))
        module.try_file(self.path)

    def _read(self, address, count, offset, physical):
        return os.pread(self._memory, count, address)

    def _mappings(self):
        with open(f"/proc/{self._process.pid}/maps") as maps:
            for line in maps:
                fields = line.split(maxsplit=5)
                if fields[1].startswith("r") and not fields[-1].startswith("[v"):
                    start, end = (int(place, 16) for place in fields[0].split("-"))
                    yield start, end, fields[-1].strip()

    def close(self):
        os.close(self._memory)
        self._process.communicate("end")
