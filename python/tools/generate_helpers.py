#!/usr/bin/env python3
"""Write the modules below `spelunk.helpers.linux`, and their stubs, from the engine's records.

    python python/tools/generate_helpers.py            # write
    python python/tools/generate_helpers.py --check    # say what is out of date; status 1 if anything

Needs an installed `spelunk`, whose records are those of the engine that it was built with.
"""

import argparse
import pathlib
import re
import sys
import textwrap
from collections import defaultdict

from spelunk import _native

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "spelunk" / "helpers" / "linux"
ALLOWLIST = pathlib.Path(__file__).resolve().parents[1] / "tests" / "stubtest-allowlist.txt"
TYPING = {
    "Any",
    "Callable",
    "Dict",
    "Iterator",
    "List",
    "Literal",
    "Mapping",
    "NamedTuple",
    "Optional",
    "Sequence",
    "Tuple",
    "Union",
}
OURS = {"IntegerLike", "Object", "Path", "Program", "Symbol", "SymbolIndex", "Type"}
CLASSES = {record[1]: record for record in _native.helper_class_records()}
PLAIN = {"None", "bool", "bytes", "float", "int", "str"}

MODULE = '''"""Helpers of the engine's module ``{name}``."""

from spelunk._records import export

__all__ = export(__name__)
'''


def annotation(text, used):
    """``text`` with names that stubs do not know replaced; those that must be imported go to ``used``."""

    def known(match):
        word = match.group()
        if word in TYPING | OURS:
            used.add(word)
            return word
        if word == "KeyType":
            used.add(word)
            return "_KeyType"
        if word == "SupportsWrite":
            used.add(word)
            return word
        if word in PLAIN or word in CLASSES:
            return word
        raise ValueError(f"{text!r}: what is {word}?")

    parts = re.split(r"('[^']*')", text)
    return "".join(
        part if part.startswith("'") else re.sub(r"[A-Za-z_]\w*", known, part)
        for part in parts
    )


def signature(parameters, returns, used):
    texts = []
    star = False
    for name, kind, default, keyword_only in parameters:
        if keyword_only and not star:
            star = True
            texts.append("*")
        default = "" if default is None else f" = {default}"
        texts.append(f"{name}: {annotation(kind, used)}{default}")
    return f"({', '.join(texts)}) -> {annotation(returns, used)}"


def overloads(parameters):
    """The parameters, and those without what may be left out in front."""
    yield parameters
    if parameters and parameters[0][1] in ("Program", "Union[Object, Program]"):
        yield parameters[1:]


def class_stub(record, used):
    _, name, is_tuple, doc, fields, sums = record
    used.add("NamedTuple" if is_tuple else "dataclass")
    lines = [] if is_tuple else ["@dataclass(eq=False)"]
    lines += [f"class {name}{'(NamedTuple)' if is_tuple else ''}:", f'    """{doc}"""\n']
    for field, kind, text, _ in fields:
        lines.append(f'    {field}: {annotation(kind, used)}\n    """{text}"""')
    for total, _, text in sums:
        lines.append(f'\n    @property\n    def {total}(self) -> int:\n        """{text}"""')
    return "\n".join(lines) + "\n"


def stub(name, helpers):
    used = set()
    classes = [class_stub(record, used) for record in CLASSES.values() if record[0] == name]
    functions = []
    for _, function, parameters, returns, doc in sorted(helpers, key=lambda helper: helper[1]):
        doc = textwrap.indent(doc.replace("\\", "\\\\"), "    ").strip()
        doc = re.sub(r"(?m)^ +$", "", doc)
        ways = list(overloads(parameters))
        for index, way in enumerate(ways):
            if len(ways) > 1:
                used.add("overload")
                functions.append("@overload")
            head = f"def {function}{signature(way, returns, used)}:"
            last = index == 0
            functions.append(f'{head}\n    """{doc}\n    """' if last else f"{head} ...")
    lines = [f'"""Helpers of the engine\'s module ``{name}``."""\n']
    if "dataclass" in used:
        lines.append("from dataclasses import dataclass")
    typing = sorted(used & TYPING | ({"TypeVar"} if "KeyType" in used else set()) | used & {"overload"})
    if typing:
        lines.append(f"from typing import {', '.join(typing)}\n")
    ours = sorted(used & OURS)
    if ours:
        lines.append(f"from spelunk import {', '.join(ours)}\n")
    if "SupportsWrite" in used:
        lines.append("from _typeshed import SupportsWrite\n")
    if "KeyType" in used:
        lines.append('_KeyType = TypeVar("_KeyType")\n')
    lines.append(f"__all__ = [{names_of(helpers)}]\n")
    return "\n".join(lines + classes) + "\n" + "\n".join(functions) + "\n"


def names_of(helpers):
    return ", ".join(f'"{name}"' for name in sorted(helper[1] for helper in helpers))


def package_stub(modules):
    lines = ['"""Helpers for the Linux kernel: all names of the modules below."""\n']
    lines += [f"from spelunk.helpers.linux.{name} import *" for name in sorted(modules)]
    every = [helper for helpers in modules.values() for helper in helpers]
    lines += [f"\n__all__ = [{names_of(every)}]"]
    return "\n".join(lines) + "\n"


def allowlist(modules):
    """Functions whose first parameter may be left out: their stubs have two signatures, and
    introspection can only see one."""
    names = [
        f"spelunk.helpers.linux.{name}.{helper[1]}"
        for name, helpers in modules.items()
        for helper in helpers
        if len(list(overloads(helper[2]))) > 1
    ]
    return "\n".join(sorted(names)) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    modules = defaultdict(list)
    for record in _native.helper_records():
        modules[record[0]].append(record)
    files = {FOLDER / "__init__.pyi": package_stub(modules), ALLOWLIST: allowlist(modules)}
    for name, helpers in modules.items():
        files[FOLDER / f"{name}.py"] = MODULE.format(name=name)
        files[FOLDER / f"{name}.pyi"] = stub(name, helpers)
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    gone = [
        path
        for path in FOLDER.glob("*.py*")
        if path not in files and path.name != "__init__.py" and path.suffix in (".py", ".pyi")
    ]
    if arguments.check:
        for path in stale:
            print(f"{path} is out of date: run {sys.argv[0]}", file=sys.stderr)
        for path in gone:
            print(f"{path} stands for no helper: remove it", file=sys.stderr)
        return 1 if stale or gone else 0
    for path in stale:
        path.write_text(files[path])
    for path in gone:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
