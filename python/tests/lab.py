"""The dumps that `cargo xtask lab` makes, and the `spelunk` command to open them with."""

import os
import pathlib
import subprocess
import sys

CACHE = pathlib.Path(
    os.environ.get("SPELUNK_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "spelunk"
)
SPELUNK = os.environ.get("SPELUNK_TEST_COMMAND") or str(pathlib.Path(sys.executable).with_name("spelunk"))
DUMPS = {
    "panic": "vmcore.elf",
    "la57": "vmcore.elf",
    "stop-nokaslr": "vmcore.elf",
    "panic-5.10": "vmcore.elf",
    "panic-6.12": "vmcore.elf",
    "panic-7.2": "vmcore.elf",
    "kdump": "dumps/vmcore.elf",
    "kyber": "vmcore.elf",
    "kyber-oops": "vmcore.elf",
    "kyber-kdump": "dumps/kdump.zlib.d31",
    "libraries": "vmcore.elf",
    "arm64-panic": "vmcore.elf",
    "arm64-interrupt": "vmcore.elf",
    "i386-panic": "vmcore.elf",
    "i386-interrupt": "vmcore.elf",
}
# What only `cargo xtask test --full` makes.
FULL = {
    "arm64-stop": "vmcore.elf",
    "arm64-nopac-panic": "vmcore.elf",
    "arm64-16k-panic": "vmcore.elf",
    "i386-stop": "vmcore.elf",
}
TESTED = [*DUMPS, *(FULL if "SPELUNK_TEST_FULL" in os.environ else [])]


class Guest:
    """A dump, and what its guest said about itself."""

    def __init__(self, name):
        self.folder = CACHE / "dumps" / name
        assert self.folder.is_dir(), f"no dump {name}: make it with `cargo xtask lab {name}`"
        self.core = self.folder / {**DUMPS, **FULL}[name]
        self.release = self.truth("uname").split()[2]

    def truth(self, name):
        return (self.folder / "truth" / name).read_text(errors="replace")

    def debug_directory(self):
        """Where the debug files of its kernel are."""
        modules = f"usr/lib/debug/lib/modules/{self.release}"
        [kernel] = [root / modules for root in CACHE.glob("root*") if (root / modules).is_dir()]
        return kernel

    def run(self, *arguments):
        """What `spelunk` prints that opens this dump with all debug files there are."""
        command = [SPELUNK, "-q", "-c", self.core, "--kernel-directory", self.debug_directory()]
        if "kyber_buggy" in self.truth("modules"):
            command += ["-s", CACHE / "kyber/kyber_buggy.ko.debug"]
        result = subprocess.run(command + list(arguments), stdout=subprocess.PIPE, check=True, text=True)
        return result.stdout
