"""Counts what debuggers know of the variables of real programs that stopped deep inside.

    python python/tests/corpus.py [--only PROGRAM...] [--builds TEXT...] [--list] [FOLDER]

A database, two compressors and a parser, from sources that crates carry, are built by GCC and Clang with each kind of
optimization, and stopped in several places each (`python/tests/programs`). Of all variables of all frames that gdb,
drgn and Spelunk agree to be there it counts those that are absent, known in part and different; a value of gdb's that
is in a register which Spelunk knows to be lost is guessed (gdb takes what the register holds now), and counted alone.
Variables are gone of which only gdb tells that there were any: the copy of the function has none of them. Those are
nowhere that no debugger can know, as debugging information does not say where they are at the address.
`--list` names what differs. Programs stay in FOLDER, and are not built again.
"""

import argparse
import collections
import json
import pathlib
import subprocess

import stopped

PROGRAMS = pathlib.Path(__file__).parent / "programs"
MANIFEST = """
[package]
name = "corpus"
version = "0.0.0"
[lib]
path = "lib.rs"
[dependencies]
libsqlite3-sys = { version = "=0.40.0", features = ["bundled"] }
zstd-sys = "=2.1.2"
bzip2-sys = "=0.1.13"
tree-sitter = "=0.27.1"
tree-sitter-json = "=0.24.8"
"""
# Of each: the sources in crates, folders of headers, options, and the arguments by which it stops.
CORPUS = {
    "database": (
        ["libsqlite3-sys/sqlite3/sqlite3.c"],
        ["libsqlite3-sys/sqlite3"],
        ["-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-lm"],
        [["300"], ["1500"], ["2600"], ["3700"], ["4900"]],
    ),
    "compressor": (
        ["zstd-sys/zstd/lib/common/*.c", "zstd-sys/zstd/lib/compress/*.c", "zstd-sys/zstd/lib/decompress/*.c"],
        ["zstd-sys/zstd/lib"],
        ["-DZSTD_DISABLE_ASM"],
        [["in", "300000", "3"], ["in", "300001", "9"], ["out", "40000", "3"], ["out", "40000", "17"], ["back", "500000"]],
    ),
    "packer": (
        [f"bzip2-sys/bzip2-1.0.8/{name}.c" for name in ("blocksort", "bzlib", "compress", "crctable", "decompress")]
        + [f"bzip2-sys/bzip2-1.0.8/{name}.c" for name in ("huffman", "randtable")],
        ["bzip2-sys/bzip2-1.0.8"],
        ["-DBZ_NO_STDIO"],
        [["in", "300000"], ["out", "30000"], ["back", "200000"]],
    ),
    "parser": (
        ["tree-sitter/src/lib.c", "tree-sitter-json/src/parser.c"],
        ["tree-sitter/include", "tree-sitter/src", "tree-sitter-json/src"],
        [],
        [["allocate", "500"], ["allocate", "3000"], ["allocate", "6100"], ["read", "100"], ["read", "1500"]],
    ),
}
LEVELS = ["-O1", "-O2", "-O3", "-Os", "-O2 -flto"]
BUILDS = [f"gcc {level}" for level in LEVELS]
BUILDS += [f"clang {level}".replace("-flto", "-flto -fuse-ld=lld") for level in LEVELS]
BUILDS += ["clang-19 -O2"]
COUNTED = ["gone", "variables", "nowhere", "gdb", "gdb guessed", "drgn", "spelunk", "partial", "differ"]


def crates(folder):
    """Where each crate's sources are."""
    (folder / "Cargo.toml").write_text(MANIFEST)
    (folder / "lib.rs").touch()
    result = subprocess.run(["cargo", "metadata", "--format-version=1"], cwd=folder, capture_output=True, check=True)
    packages = json.loads(result.stdout)["packages"]
    return {package["name"]: pathlib.Path(package["manifest_path"]).parent for package in packages}


def build(folder, where, name, command):
    program = folder / f"{name} {command}".replace(" ", "_") / name
    if program.exists():
        return program
    program.parent.mkdir(exist_ok=True)
    sources, headers, options, _ = CORPUS[name]
    found = [PROGRAMS / f"{name}.c"]
    for source in sources:
        crate, _, pattern = source.partition("/")
        found += sorted(where[crate].glob(pattern))
    include = []
    for header in headers:
        crate, _, path = header.partition("/")
        include += ["-I", where[crate] / path]
    subprocess.run([*command.split(), "-g", "-w", *include, *found, *options, "-o", program], check=True)
    return program


def compared(at, counts, differences):
    """Adds what the debuggers say of one program that stopped to `counts`."""
    reasons = {}
    told = {"gdb": at.gdb, "spelunk": at.spelunk(reasons), "drgn": at.drgn()}
    frames = {name: stopped.by_place(answers) for name, answers in told.items()}
    for place in frames["spelunk"]:
        if not all(place in frames[name] for name in frames):
            if frames["spelunk"][place]:
                missing = [name for name in frames if place not in frames[name]]
                differences.append(("frame", hex(place[0]), place[1], missing))
            continue
        counts["frames"] += 1
        variables = {name: frames[name][place] for name in frames}
        for variable in sorted(set(variables["gdb"]) | set(variables["spelunk"])):
            if not any(variable in variables[name] for name in ("spelunk", "drgn")):
                counts["gone"] += 1
                continue
            known = {name: variables[name].get(variable, {"": None}) for name in frames}
            states = {name: stopped.state(known[name]) for name in frames}
            counts["variables"] += 1
            for name in frames:
                counts[name] += states[name] == "absent"
            reason = reasons.get((place[0], place[1], variable)) or ""
            counts["nowhere"] += states["spelunk"] == "absent" and "does not say where it is" in reason
            lost = states["spelunk"] == "absent" and "functions called since may have changed it" in reason
            if lost and states["gdb"] != "absent":
                counts["gdb guessed"] += 1
            elif states["spelunk"] == "absent" and states["gdb"] != "absent":
                differences.append(("gdb alone", place[1], variable, known["gdb"], reason))
            if states["spelunk"] == "absent" and states["drgn"] != "absent":
                differences.append(("drgn alone", place[1], variable, known["drgn"], reason))
            counts["partial"] += states["spelunk"] == "partial"
            for name in ("gdb", "drgn"):
                other = {
                    part: (known["spelunk"][part], value)
                    for part, value in known[name].items()
                    if None not in (value, known["spelunk"].get(part)) and value != known["spelunk"][part]
                }
                if other:
                    counts["differ"] += 1
                    differences.append((f"{name} differs", place[1], variable, other, reason))


def line(name, command, counts):
    told = "".join(f"{counts[what]:12}" for what in ["frames", *COUNTED])
    print(f"{name:11} {command:28}{told}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=list(CORPUS), choices=list(CORPUS))
    parser.add_argument("--builds", nargs="+", default=BUILDS)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("folder", nargs="?", default="target/corpus", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    where = crates(folder)
    print(" " * 40 + "".join(f"{what:>12}" for what in ["frames", *COUNTED]))
    total = collections.Counter()
    for name in arguments.only:
        for command in arguments.builds:
            program = build(folder, where, name, command)
            counts, differences = collections.Counter(), []
            for given in CORPUS[name][3]:
                before = len(differences)
                compared(stopped.Stopped(program.parent, program, given), counts, differences)
                differences[before:] = [(*given, *difference) for difference in differences[before:]]
            line(name, command, counts)
            total += counts
            if arguments.list:
                for difference in differences:
                    print("  ", *difference)
    line("all", "", total)


if __name__ == "__main__":
    main()
