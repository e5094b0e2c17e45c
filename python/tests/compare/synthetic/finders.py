"""Finders that scripts register: their order, what they are called with, what they may return."""

from answers import answer_each
from drgn import *

SETUP = """
X86_64 = Platform(Architecture.X86_64)
prog = Program(X86_64)
other = Program(X86_64)
i = prog.int_type("int", 4, True)
calls = []
def record(result=None):
    def find(*args):
        calls.append(args[1:])
        return result
    return find
def fail(*args):
    raise KeyError("boo")
def fresh():
    global prog, i
    prog = Program(X86_64)
    i = prog.int_type("int", 4, True)
    del calls[:]
def only_type(result):
    fresh()
    prog.register_type_finder("only", lambda prog, kinds, name, filename: result(prog))
    prog.set_enabled_type_finders(["only"])
def only_object(result):
    fresh()
    prog.register_object_finder("only", lambda prog, name, flags, filename: result(prog))
    prog.set_enabled_object_finders(["only"])
def only_symbol(result):
    fresh()
    prog.register_symbol_finder("only", lambda prog, name, address, one: result)
    prog.set_enabled_symbol_finders(["only"])
a = Symbol("a", 5, 2, SymbolBinding.GLOBAL, SymbolKind.OBJECT)
b = Symbol("b", 5, 2, SymbolBinding.GLOBAL, SymbolKind.OBJECT)
"""

# With the kind of finder in each line.
LISTS = """
sorted(prog.registered_{0}_finders()), prog.enabled_{0}_finders()
type(prog.registered_{0}_finders())
prog.register_{0}_finder("x", record())
prog.register_{0}_finder("x", record())
prog.register_{0}_finder("", record())
prog.register_{0}_finder("dwarf", record()) if "{0}" != "symbol" else prog.register_{0}_finder("elf", record())
prog.register_{0}_finder("n", 5)
prog.register_{0}_finder("n", None)
prog.register_{0}_finder("a", record(), enable_index="a")
prog.register_{0}_finder("b", record(), enable_index=-2)
prog.register_{0}_finder("c", record(), enable_index=1 << 70)
prog.register_{0}_finder("d", record(), enable_index=-1)
prog.register_{0}_finder("e", record(), enable_index=0)
prog.register_{0}_finder("f", record(), enable_index=1)
prog.register_{0}_finder(name="g", fn=record(), enable_index=100)
prog.register_{0}_finder("h", record(), enable_index=2.5)
prog.register_{0}_finder("i", record(), enable_index=None)
prog.register_{0}_finder("j", record(), enable_index=True)
prog.enabled_{0}_finders(), sorted(prog.registered_{0}_finders())
prog.set_enabled_{0}_finders(["x", "x"])
prog.set_enabled_{0}_finders(["no"])
prog.set_enabled_{0}_finders(["no", "x", "x"])
prog.set_enabled_{0}_finders(["x", "x", "no"])
prog.set_enabled_{0}_finders(5)
prog.set_enabled_{0}_finders("x")
prog.enabled_{0}_finders()
prog.set_enabled_{0}_finders(("x", "e"))
prog.set_enabled_{0}_finders(iter(["x", "e", "f"]))
prog.enabled_{0}_finders()
prog.set_enabled_{0}_finders([])
prog.enabled_{0}_finders()
fresh()
"""

TYPES = """
prog.register_type_finder("x", record(), enable_index=0)
prog.type("foo"), calls
prog.type("struct foo", "a.c")
prog.type("union foo *")
prog.type("enum foo", b"dir/a.c")
prog.type("class")
prog.type("const foo * const")
prog.type("foo [2]")
prog.type("struct foo", 5)
prog.type("void"), prog.type("_Bool"), prog.type("double")
[call for call in calls if call[1] == "foo"]
only_type(lambda prog: None)
prog.type("foo")
prog.type("int")
prog.type("struct foo")
only_type(lambda prog: 5)
prog.type("foo")
prog.type("struct foo")
prog.type("int")
only_type(lambda prog: "x")
prog.type("foo")
only_type(lambda prog: Object(prog, prog.int_type("int", 4, True), 3))
prog.type("foo")
only_type(lambda prog: other.typedef_type("foo", other.int_type("int", 4, True)))
prog.type("foo")
prog.type("struct foo")
only_type(lambda prog: prog.int_type("int", 4, True))
prog.type("foo")
prog.type("int")
prog.type("const int")
prog.type("int *")._ptr == prog.pointer_type(prog.int_type("int", 4, True))._ptr
prog.type("long")
prog.type("long")._ptr == prog.type("int")._ptr
only_type(lambda prog: prog.struct_type("s", 0, ()))
prog.type("struct foo")
prog.type("struct foo *").type
prog.type("foo")
prog.type("union foo")
only_type(lambda prog: prog.struct_type("s", 0, (), qualifiers=Qualifiers.CONST))
prog.type("struct foo")
prog.type("volatile struct foo")
only_type(lambda prog: prog.typedef_type("foo", prog.int_type("int", 4, True)))
prog.type("foo")
prog.type("foo *")
prog.type("foo [2][3]")
Object(prog, "foo", 5) + 1
fresh()
prog.register_type_finder("fail", fail, enable_index=0)
prog.type("foo")
prog.type("struct foo")
prog.type("long")
Object(prog, "unsigned int", 3)
prog.type("void")
fresh()
prog.type("int")
prog.register_type_finder("x", lambda prog, kinds, name, filename: prog.int_type("int", 8, True), enable_index=0)
prog.type("int").size
fresh()
def find(prog, kinds, name, filename):
    calls.append((list(kinds), name, filename))
    if name == "foo":
        return prog.typedef_type("foo", prog.type("struct bar"))
    if name == "bar":
        return prog.struct_type("bar", 4, (TypeMember(prog.type("int"), "x"),))
prog.register_type_finder("find", find, enable_index=0)
prog.type("foo")
[call for call in calls if call[1] in ("foo", "bar")]
prog.type("foo").unaliased().member("x")
fresh()
prog.register_type_finder("forever", lambda prog, kinds, name, filename: prog.type(name), enable_index=0)
prog.type("foo")
fresh()
prog.register_type_finder("first", record(prog.typedef_type("foo", i)), enable_index=0)
prog.register_type_finder("second", record(prog.typedef_type("foo", prog.type("long"))), enable_index=0)
prog.type("foo")
prog.set_enabled_type_finders(["first", "second"])
prog.type("foo")
prog.set_enabled_type_finders([])
prog.type("foo")
prog.type("int")
prog.type("struct foo", "a.c")
fresh()
prog.add_type_finder(lambda kind, name, filename: calls.append((kind, name, filename)))
prog.type("foo"), prog.type("struct foo", "a.c")
prog.type("struct foo", "a.c")
calls
prog.enabled_type_finders()[1:]
prog.add_type_finder(5)
prog.add_type_finder(lambda kind, name, filename: prog.typedef_type("foo", prog.type("int")) if kind == TypeKind.TYPEDEF else None)
prog.type("foo")
"""

OBJECTS = """
fresh()
prog.register_object_finder("x", record(), enable_index=0)
prog["a"]
"a" in prog
5 in prog
prog[5]
prog.object("a")
prog.object("a", FindObjectFlags.CONSTANT)
prog.object("a", FindObjectFlags.CONSTANT | FindObjectFlags.FUNCTION)
prog.object("a", FindObjectFlags.VARIABLE | FindObjectFlags.FUNCTION, "f.c")
prog.object("a", FindObjectFlags.ANY, b"f.c")
prog.object("a", FindObjectFlags(0))
prog.object("a", 5)
prog.object("a", filename=5)
prog.constant("a", "f.c")
prog.function("a", "f.c")
prog.variable("a", "f.c")
prog.variable("a", filename="f.c")
calls
only_object(lambda prog: 5)
prog["a"]
"a" in prog
prog.function("a")
only_object(lambda prog: prog.type("int"))
prog["a"]
only_object(lambda prog: Object(other, "int", 3))
prog["a"]
"a" in prog
only_object(lambda prog: Object(prog, "int", 3))
prog["a"], prog.function("a"), prog.constant("b", "a.c"), "x" in prog
only_object(lambda prog: Object(prog, "int"))
prog["a"], "a" in prog
only_object(lambda prog: Object(prog, "int", address=5))
prog.variable("a")
fresh()
prog.register_object_finder("fail", fail, enable_index=0)
prog["a"]
"a" in prog
prog.object("a")
prog.variable("a", "f.c")
fresh()
found = Object(prog, "int", 3)
prog.register_object_finder("found", lambda *args: found, enable_index=0)
prog["a"] is found
prog.register_object_finder("first", record(), enable_index=0)
prog["a"], calls
prog.set_enabled_object_finders(["dwarf"])
prog["a"]
fresh()
prog.register_object_finder("nested", lambda prog, name, flags, filename: prog["b"] + 1 if name == "a" else Object(prog, "int", 3) if name == "b" else None, enable_index=0)
prog["a"], prog["b"]
prog["c"]
prog.register_object_finder("forever", lambda prog, name, flags, filename: prog[name], enable_index=0)
prog["a"]
fresh()
prog.add_object_finder(lambda prog, name, flags, filename: calls.append((name, flags, filename)))
prog["a"]
calls
prog.enabled_object_finders()[1:]
prog.add_object_finder(5)
"""

SYMBOLS = """
fresh()
prog.register_symbol_finder("x", record([]), enable_index=0)
prog.symbol("a")
prog.symbol(5)
prog.symbol(1 << 64)
prog.symbol(-1)
prog.symbol(None)
prog.symbol(2.5)
prog.symbols("a")
prog.symbols(5)
prog.symbols()
prog.symbols(None)
calls
only_symbol(5)
prog.symbol("a")
prog.symbols()
only_symbol(None)
prog.symbol(5)
prog.symbols(5)
only_symbol("x")
prog.symbol("a")
only_symbol(a)
prog.symbol("a")
only_symbol([a])
prog.symbol("a"), prog.symbol("zzz"), prog.symbol(100), prog.symbols(), prog.symbols("q"), prog.symbols(3)
only_symbol((a,))
prog.symbol("a"), prog.symbols()
only_symbol([a, b])
prog.symbol("a")
prog.symbol(5)
prog.symbols()
only_symbol([5])
prog.symbol("a")
prog.symbols()
only_symbol([a, 5])
prog.symbols()
only_symbol([])
prog.symbol("a")
prog.symbols()
fresh()
prog.register_symbol_finder("a", record([a]))
prog.register_symbol_finder("b", record([b]))
prog.register_symbol_finder("fail", fail)
prog.set_enabled_symbol_finders(["b", "a"])
prog.symbol("a"), sorted(symbol.name for symbol in prog.symbols("a"))
prog.set_enabled_symbol_finders(["b", "fail", "a"])
prog.symbol("a")
prog.symbols("a")
prog.symbols()
prog.set_enabled_symbol_finders(["b", "a"])
Object(prog, "int *", 5).format_(symbolize=True)
Object(prog, "int *", 6).format_(symbolize=True)
str(Object(prog, "int *", 6))
prog.set_enabled_symbol_finders(["fail", "a"])
str(Object(prog, "int *", 6))
prog.source_location("a+1")
SymbolIndex()
SymbolIndex(5)
SymbolIndex([5])
index = SymbolIndex(symbols=[a, Symbol("c", 0x10, 0x10, SymbolBinding.LOCAL, SymbolKind.FUNC), Symbol("e", 0x12, 0x20, SymbolBinding.WEAK, SymbolKind.FUNC), Symbol("e", 0x80, 1, SymbolBinding.LOCAL, SymbolKind.FUNC), Symbol("z", 0x40, 0, SymbolBinding.LOCAL, SymbolKind.FUNC)])
index(prog, None, None, False)
[len(index(prog, None, address, False)) for address in range(0, 0x50)]
[len(index(prog, None, address, True)) for address in range(0, 0x50)]
index(prog, None, 5, True)
index(prog, "a", None, True)
index(prog, "a", 5, False)
index(prog, "a", 9, False)
index(prog, "c", 5, False)
index(prog, "no", None, False)
len(index(prog, "e", None, False))
index(prog, "e", 0x20, False)
index(prog=prog, name=None, address=0x11, one=False)
index(prog)
index(prog, None, "x", False)
index(None, None, None, 5) != []
prog.register_symbol_finder("index", index, enable_index=0)
prog.symbol("c"), prog.symbol(0x11)
sorted(symbol.name for symbol in prog.symbols(0x12))
"""

variables = globals()
exec(SETUP, variables)
for kind in ("type", "object", "symbol"):
    answer_each(LISTS.format(kind), variables)
for part in (TYPES, OBJECTS, SYMBOLS):
    answer_each("fresh()\n" + part, variables)
