"""Modules made by hand: what they are, the files they take, and where those are searched."""

import os
import subprocess
import tempfile

from answers import answer_each
from drgn import *

SOURCE = """
struct point { int x, y; };
struct point origin = { 1, 2 };
int counter = 7;
static const char *name = "made up";
int add(int a, int b) { return a + b + counter; }
int main(void) { return add(origin.x, origin.y) + (name != 0); }
"""
# What dwz finds in both.
MORE = "struct more { struct point a; long b; char c[%d]; struct { long d, e, f; } g; } more%d;\n"

SETUP = """
S = ModuleFileStatus
X86_64 = Platform(Architecture.X86_64)
prog = Program(X86_64)
def extra(build_id=None, ranges=None):
    global prog, m
    prog = Program(X86_64)
    m = prog.extra_module("e", create=True)
    m.build_id = build_id
    m.address_ranges = ranges
def shared():
    global prog, m
    prog = Program(X86_64)
    m = prog.shared_library_module("s", 0x70000e10, create=True)
def relocatable():
    global prog, m
    prog = Program(X86_64)
    m = prog.relocatable_module("r", 0x1000, create=True)
def short(path):
    return path and os.path.relpath(path, ROOT).replace(ROOT, "/root")
def state():
    return (m.address_ranges, m.build_id and m.build_id == ID, m.loaded_file_status.name,
        short(m.loaded_file_path), m.loaded_file_bias, m.debug_file_status.name,
        short(m.debug_file_path), m.debug_file_bias, short(m.supplementary_debug_file_path),
        m.wants_loaded_file(), m.wants_debug_file())
def offer(path, **options):
    m.try_file(os.path.join(ROOT, path), **options)
    return state()
def search(name, build_id=None, **options):
    global prog, m
    prog = Program(X86_64)
    m = prog.extra_module(os.path.join(ROOT, name) if name else "e", create=True)
    m.build_id = build_id
    options = {"directories": [], **options}
    for key, value in options.items():
        if key.endswith("directories"):
            options[key] = [os.path.join(ROOT, path) if path[:1] not in ("", "$") else path for path in value]
    chosen = DebugInfoOptions()
    for key, value in options.items():
        setattr(chosen, key, value)
    prog.find_standard_debug_info([m], chosen)
    return state()
"""

LISTS = """
prog.main_module()
prog.main_module("x")
prog.main_module(create=True)
prog.main_module("x", create=True)
prog.main_module("y", create=True)
prog.main_module("y")
prog.main_module()
prog.main_module(5)
prog.shared_library_module("l", 1)
prog.shared_library_module("l", 1, create=True)
prog.shared_library_module("l", 2, create=True)
prog.vdso_module("v", 1, create=True)
prog.relocatable_module("r", 1, create=True)
prog.extra_module("e")
prog.extra_module("e", create=True)
prog.extra_module("e", 5, create=True)
prog.extra_module("e", id=2**64 - 1, create=True)
prog.extra_module("e", "x")
prog.extra_module("it's", create=True)
prog.extra_module("a\\0b", create=True)
prog.extra_module("e") == prog.extra_module("e"), hash(prog.extra_module("e")) == hash(prog.extra_module("e"))
prog.extra_module("e") == prog.extra_module("e", 5), prog.extra_module("e") == 1
prog.extra_module("e", 5).id, prog.vdso_module("v", 1).dynamic_address, prog.relocatable_module("r", 1).address
prog.shared_library_module("l", 2).dynamic_address
list(prog.modules())
prog.module("e"), prog.module("l")
prog.module("none")
prog.module(0)
prog.module(1.5)
list(prog.loaded_modules())
prog.create_loaded_modules()
prog.linux_kernel_loadable_module(Object(prog, prog.int_type("int", 4, True), 5))
iterator = iter(prog.modules())
next(iterator)
prog.extra_module("new", create=True)
next(iterator)
"""

ATTRIBUTES = """
extra()
state()
m.object, m.object.absence_reason_
m.address_range
m.address_range = (1, 2)
m.address_range, m.address_ranges
prog.module(1), m == prog.module(1)
prog.module(2)
m.address_range = (2, 1)
m.address_range = (5, 5)
m.address_range = (1,)
m.address_range = [1, 2]
m.address_range = (1, "a")
m.address_range = (0, 0)
m.address_range, m.address_ranges
m.address_ranges = [(3, 4), (1, 2)]
m.address_range
m.address_ranges
m.address_ranges = [(1, 5), (2, 4)]
m.address_ranges = [(0, 0)]
m.address_ranges = [1]
m.address_ranges = 5
m.address_ranges = iter([(1, 2), (2, 3)])
m.address_ranges
other = prog.extra_module("other", create=True)
other.address_range = (2, 8)
other.address_range = (3, 8)
m.address_range = None
m.address_ranges
m.build_id = b""
m.build_id = "x"
m.build_id = 5
m.build_id = bytearray(b"ab")
m.build_id
m.loaded_file_status = S.HAVE
m.loaded_file_status = S.DONT_NEED
m.loaded_file_status = S.WANT_SUPPLEMENTARY
m.loaded_file_status = 0
m.loaded_file_status, m.wants_loaded_file()
m.loaded_file_status = S.WANT
m.debug_file_status = S.HAVE
m.debug_file_status = S.DONT_WANT
m.debug_file_status = S.WANT_SUPPLEMENTARY
m.debug_file_status, m.wants_debug_file()
m.wanted_supplementary_debug_file()
m.object = 5
m.object = Object(prog, prog.int_type("int", 4, True), 5)
m.object
m.name = "x"
m.loaded_file_bias = 5
m < m
m.nonsense
ExtraModule()
relocatable()
m.section_addresses
m.section_addresses[".text"] = 5
m.section_addresses[".data"] = 1
m.section_addresses, len(m.section_addresses), list(m.section_addresses)
m.section_addresses[".text"], ".text" in m.section_addresses, 5 in m.section_addresses
m.section_addresses["x"]
m.section_addresses[5]
m.section_addresses[5] = 1
m.section_addresses["x"] = "y"
m.section_addresses.pop("x")
m.section_addresses.pop(".text"), m.section_addresses
m.section_addresses.clear()
m.section_addresses == {}, m.section_addresses.popitem
m.section_addresses = {}
"""

FILES = """
extra()
offer("none")
offer("source.c")
offer("program")
prog["counter"].address_ == SYMBOLS["counter"], prog.type("struct point")
prog.symbol("counter").address == SYMBOLS["counter"]
offer("none")
m.loaded_file_status = S.WANT
m.debug_file_status = S.HAVE
extra()
offer("stripped")
prog.type("struct point")
offer("debug")
prog.type("struct point")
extra()
offer("debug")
offer("bare")
extra(ranges=[(0x100000, 0x200000)])
offer("program")
prog["counter"].address_ - SYMBOLS["counter"], prog.symbol("counter").address - SYMBOLS["counter"]
prog.symbol(SYMBOLS["add"] + 0x100004).name
prog.symbol(SYMBOLS["add"] + 4)
prog.source_location(SYMBOLS["add"] + 0x100004)[0].line
extra(ranges=[(0x100000, 0x200000), (0x300000, 0x400000)])
offer("program")
extra(ranges=[])
offer("program")
extra(build_id=b"other")
offer("program")
offer("program", force=True)
extra(build_id=b"other")
offer("without id")
extra()
m.loaded_file_status = S.DONT_WANT
offer("program")
extra()
m.debug_file_status = S.DONT_WANT
offer("program")
prog.type("struct point")
m.debug_file_status = S.WANT
offer("program")
extra()
m.loaded_file_status = S.DONT_WANT
m.debug_file_status = S.DONT_WANT
offer("program")
extra()
offer("cut off")
extra()
offer("cut short")
extra()
offer("empty")
shared()
offer("library")
prog["counter"].address_ - m.debug_file_bias == LIBRARY["counter"]
shared()
offer("object.o")
relocatable()
m.section_addresses.update({".text": 0x1000, ".data": 0x2000})
offer("object.o")
prog["add"].address_, prog["origin"].address_
m.section_addresses[".bss"] = 1
m.section_addresses.clear()
relocatable()
offer("program")
m.try_file(5)
m.try_file()
m.try_file("/none", True)
prog = Program()
m = prog.extra_module("e", create=True)
prog.platform
offer("program")
prog.platform
"""

SEARCH = """
search("linked")
search("linked", debug_link_directories=[])
search("linked", try_debug_link=False)
search("linked", try_module_name=False)
search("linked", directories=["ids"])
search("linked", ID, directories=["ids"])
search("linked", ID, directories=["none", "ids"], try_build_id=False)
search("linked", b"other")
search(None, ID, directories=["none", "ids"])
search(None, ID)
search(None)
search("program", try_reuse=False)
search("wrong/linked")
search("far/linked")
search("far/linked", debug_link_directories=["$ORIGIN/.debug", "${ORIGIN}/../links"])
search("far/linked", debug_link_directories=["links"])
search("far/linked", directories=["copies"])
search("far/linked", directories=["copies"], debug_link_directories=["$ORIGINAL"])
extra()
m.debug_file_status = S.DONT_WANT
offer("program")
m.debug_file_status = S.WANT
prog.find_standard_debug_info([m], DebugInfoOptions(directories=["/none"], try_reuse=False))
state()
prog.find_standard_debug_info([m], DebugInfoOptions(directories=["/none"]))
state()
prog.find_standard_debug_info([5])
prog.find_standard_debug_info(5)
prog.find_standard_debug_info([m], 5)
prog.find_standard_debug_info([Program().extra_module("e", create=True)])
"""

SUPPLEMENTARY = """
extra()
offer("dwz/one")
wanted = m.wanted_supplementary_debug_file()
type(wanted).__name__, wanted.kind, short(wanted.path), wanted.supplementary_path, len(wanted.checksum)
prog.type("struct more")
offer("program")
m.debug_file_status = S.WANT_SUPPLEMENTARY
offer("dwz/common")
m.supplementary_debug_file_kind
prog.type("struct more").size
m.wanted_supplementary_debug_file()
extra()
offer("dwz/one")
m.debug_file_status = S.WANT
m.wanted_supplementary_debug_file()
extra()
offer("dwz/one")
offer("program", force=True)
search("dwz/one")
search("dwz/one", try_supplementary=False)
search("dwz/alone/one")
extra()
offer("dwz/alone/one")
offer("dwz/common")
prog.type("struct more").size
"""

OPTIONS = """
o = DebugInfoOptions()
o
o.directories = ["a", b"b"]
o.directories
o.directories = [""]
o.directories = 5
o.directories = [5]
o.debug_link_directories = [""]
o.kernel_directories = []
o.try_reuse = 0
o.try_kmod = True
o.try_kmod = KmodSearchMethod.WALK
o
DebugInfoOptions(o, try_procfs=False)
DebugInfoOptions(debug_link_directories=("z",))
DebugInfoOptions(5)
DebugInfoOptions(None)
DebugInfoOptions(nonsense=1)
o == DebugInfoOptions(o)
prog = Program()
shared_options = prog.debug_info_options
shared_options.try_procfs = False
prog.debug_info_options.try_procfs
prog.debug_info_options = o
shared_options.directories
o.try_build_id = False
prog.debug_info_options.try_build_id
prog.debug_info_options = None
"""

FINDERS = """
prog = Program()
calls = []
def find(modules):
    calls.append(list(modules))
def fail(modules):
    raise KeyError("boo")
def give(modules):
    for module in modules:
        module.try_file(os.path.join(ROOT, "program"))
    return 5
prog.register_debug_info_finder("find", find)
prog.register_debug_info_finder("find", find)
prog.register_debug_info_finder("none", 5)
prog.register_debug_info_finder("fail", fail, enable_index="x")
prog.register_debug_info_finder("fail", fail, enable_index=-2)
prog.register_debug_info_finder("fail", fail)
prog.register_debug_info_finder("give", give)
prog.set_enabled_debug_info_finders(["nobody"])
prog.set_enabled_debug_info_finders(["find", "find"])
prog.set_enabled_debug_info_finders(5)
prog.set_enabled_debug_info_finders(["find", "standard"])
prog.enabled_debug_info_finders()
m = prog.extra_module("e", create=True)
prog.load_module_debug_info(m)
calls.pop()
prog.load_module_debug_info()
calls
prog.load_module_debug_info(m, m)
calls.pop()
prog.load_module_debug_info(5)
prog.load_module_debug_info(Program().extra_module("e", create=True))
prog.set_enabled_debug_info_finders(["fail", "find"])
prog.load_module_debug_info(m)
calls
prog.set_enabled_debug_info_finders(["give", "find"])
prog.load_module_debug_info(m)
calls, state()
prog.load_module_debug_info(m)
n = prog.extra_module("n", create=True)
n.build_id = b"other"
prog.load_module_debug_info(m, n)
calls.pop()
prog.load_debug_info()
prog.load_debug_info(None)
prog.load_debug_info(default=True)
prog.load_default_debug_info()
prog.load_debug_info(5)
prog.load_debug_info([5])
"""


def run(*command):
    subprocess.run(command, check=True, cwd=ROOT)


def symbols(path):
    output = subprocess.check_output(["nm", path], cwd=ROOT, text=True)
    lines = (line.split() for line in output.splitlines())
    return {words[2]: int(words[0], 16) for words in lines if len(words) == 3}


def write(path, data):
    path = os.path.join(ROOT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def build():
    write("source.c", SOURCE.encode())
    compiler = ["gcc", "-g", "-O0", "source.c"]
    run(*compiler, "-Wl,--build-id=0x" + ID.hex(), "-o", "program")
    run(*compiler, "-Wl,--build-id=none", "-o", "without id")
    run(*compiler, "-fPIC", "-shared", "-o", "library")
    run(*compiler, "-c", "-o", "object.o")
    run("objcopy", "--only-keep-debug", "program", "debug")
    run("strip", "-g", "-o", "stripped", "program")
    run("strip", "-s", "-o", "bare", "program")
    run("objcopy", "--add-gnu-debuglink=debug", "bare", "linked")
    program, debug, linked = read("program"), read("debug"), read("linked")
    write("cut off", program[:3000])
    write("cut short", program[:70])
    write("empty", b"")
    write(f"ids/.build-id/{ID.hex()[:2]}/{ID.hex()[2:]}.debug", debug)
    write(f"ids/.build-id/{ID.hex()[:2]}/{ID.hex()[2:]}", linked)
    write("wrong/linked", linked)
    write("wrong/debug", debug + b"x")
    write("far/linked", linked)
    write("links/debug", debug)
    write("copies" + os.path.join(ROOT, "far/debug"), debug)
    for number, name in enumerate(("one", "two")):
        source = SOURCE + MORE % (12, 0) + f"long only_{name};\n"
        write(f"dwz/{name}.c", source.encode())
        run("gcc", "-g", "-gdwarf-4", f"dwz/{name}.c", "-o", f"dwz/{name}")
    subprocess.run(["dwz", "-m", "common", "one", "two"], check=True, cwd=os.path.join(ROOT, "dwz"))
    write("dwz/alone/one", read("dwz/one"))


ID = bytes(range(1, 21))
with tempfile.TemporaryDirectory() as folder:
    ROOT = os.path.realpath(folder)
    build()
    SYMBOLS, LIBRARY = symbols("program"), symbols("library")
    variables = globals()
    exec(SETUP, variables)
    for part in (LISTS, ATTRIBUTES, FILES, SEARCH, SUPPLEMENTARY, OPTIONS, FINDERS):
        answer_each(part, variables)
