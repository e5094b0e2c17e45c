"""Names of a kernel and of all its modules: what types, variables, functions and constants they are.

Run as a script of the debugger on a dump: `names.py COUNT SEED MODULES`. The debug files in the folder
MODULES that the dump has no module for are loaded, too, as if they were somewhere; a few of them if COUNT
is small. Then COUNT names (0: all) are drawn from the files' `.debug_str`, which debuggers have no say in, and looked up as everything
that a name can be.

What is not found makes no line: more than drgn finds may be found, but not less.
"""

import collections
import json
import os
import random
import re
import struct
import sys
import zlib

try:
    # Where Spelunk is installed, `import drgn` below means it.
    import spelunk.compat  # noqa: F401
except ImportError:
    pass

import drgn
from drgn import TypeKind

# How much room each section of a module gets, and where the first module is.
ROOM = 1 << 24
FIRST = 0xFFFF_F000_0000_0000
SHF_ALLOC, SHF_COMPRESSED, SHT_NOBITS = 0x2, 0x800, 8
STT_OBJECT, STT_FUNC, SHN_UNDEF = 1, 2, 0
# For fewer names than this, so many modules are enough.
MANY, SOME_MODULES = 5000, 60
# The longest answer that is written as it is.
WIDTH = 1500


class Sections:
    """The sections of an ELF file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        (start,) = struct.unpack_from("<Q", self.data, 0x28)
        size, count, names = struct.unpack_from("<HHH", self.data, 0x3A)
        headers = [struct.unpack_from("<IIQQQQ", self.data, start + size * n) for n in range(count)]
        names = headers[names][4]
        self.all = {self.text(names + header[0]): header for header in headers}

    def text(self, offset):
        return self.data[offset : self.data.index(0, offset)].decode()

    def allocated(self):
        return [name for name, header in self.all.items() if header[2] & SHF_ALLOC]

    def bytes(self, name):
        _, kind, flags, _, offset, size = self.all.get(name, (0, SHT_NOBITS, 0, 0, 0, 0))
        data = b"" if kind == SHT_NOBITS else self.data[offset : offset + size]
        return zlib.decompress(data[24:]) if flags & SHF_COMPRESSED else data

    def strings(self):
        return self.bytes(".debug_str").split(b"\0")

    def symbols(self):
        """The names of all functions and variables that have an address."""
        names = self.bytes(".strtab")
        for name, info, _, section, _, _ in struct.iter_unpack("<IBBHQQ", self.bytes(".symtab")):
            if info & 0xF in (STT_OBJECT, STT_FUNC) and section != SHN_UNDEF:
                yield names[name : names.index(0, name)].decode()


def load_modules(folder, limit, seed):
    """Load what is not loaded, at most LIMIT modules (0: all), and return the paths of all debug files."""
    paths = {module.name: module.debug_file_path for module in prog.modules()}
    files = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    files = {os.path.basename(file).split(".ko")[0].replace("-", "_"): file for file in files if ".ko" in file}
    names = sorted(name for name in files if not paths.get(name))
    if 0 < limit < len(names):
        names = random.Random(seed).sample(names, limit)
    address = FIRST
    for name in names:
        path = paths[name] = files[name]
        module = prog.relocatable_module(name, address, create=True)
        for number, section in enumerate(Sections(path).allocated()):
            module.section_addresses[section] = address + number * ROOM // 64
        module.address_range = (address, address + ROOM)
        address += ROOM
        module.try_file(path, force=True)
    return [path for path in paths.values() if path]


def drawn(paths, count, seed):
    """COUNT of the names in the files, and which of all names stand for one function or variable."""
    names, symbols = set(), collections.Counter()
    for path in paths:
        sections = Sections(path)
        names.update(sections.strings())
        symbols.update(sections.symbols())
    names = sorted(n.decode() for n in names if re.fullmatch(rb"[A-Za-z_]\w*", n))
    names = random.Random(seed).sample(names, count) if count else names
    return names, {name for name, times in symbols.items() if times == 1}


def of_type(type):
    """All that is said of a type, and of those that it is another name of."""
    said = [str(type), type.kind.name]
    if type.kind == TypeKind.TYPEDEF:
        return said + of_type(type.type)
    if hasattr(type, "size"):
        said.append(type.size)
    for member in getattr(type, "members", None) or ():
        said.append((member.name, member.type.type_name(), member.bit_offset, member.bit_field_size))
    for enumerator in getattr(type, "enumerators", None) or ():
        said.append((enumerator.name, enumerator.value))
    return said


def of_object(name, obj):
    """Type and value or address.

    Where GCC changed how a function is called, drgn has the parameters in an order that is not that of
    the source; they are sorted here, and go without names.
    """
    type = obj.type_
    if type.kind == TypeKind.FUNCTION:
        parameters = sorted(p.type.type_name() for p in type.parameters)
        said = [type.type.type_name(), parameters, type.is_variadic]
    else:
        said = [type.type_name()]
    if obj.absent_:
        raise ValueError("ours may have a place")
    if obj.address_ is None:
        return said + [obj.value_()]
    if type.kind == TypeKind.FUNCTION and prog.symbol(obj.address_).name != name:
        raise ValueError("a part of the function, not the function")
    return said + [hex(obj.address_)]


def answer(key, function, *args):
    try:
        said = function(*args)
    except LookupError:
        return
    except Exception as error:
        said = {"raised": f"{type(error).__name__}: {error}"}
    text = json.dumps(said)
    if len(text) > WIDTH:
        text = f"{text[:WIDTH]} {zlib.crc32(text.encode())}"
    print(key, text, sep="\t")


def look_up(name, is_one):
    for keyword in ("", "struct ", "union ", "enum "):
        answer(f"type {keyword}{name}", lambda: of_type(prog.type(keyword + name)))
    for find in (prog.variable, prog.function, prog.constant):
        answer(f"{find.__name__} {name} found", lambda: find(name) is not None)
        # Of several with the same name drgn takes any, and another one in the next run.
        if is_one or find == prog.constant:
            answer(f"{find.__name__} {name}", lambda: of_object(name, find(name)))


def main(count, seed, folder):
    count, seed = int(count), int(seed)
    limit = SOME_MODULES if 0 < count < MANY else 0
    names, single = drawn(load_modules(folder, limit, seed), count, seed)
    for name in names:
        look_up(name, name in single)


main(*sys.argv[1:])
