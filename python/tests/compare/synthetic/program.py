"""A program without any memory or debugging information, and the exceptions."""

from answers import answer_each
from drgn import *

prog = Program(Platform(Architecture.X86_64))
empty = Program()


def caught(function, *args, **kwargs):
    """The exception with all that it has."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        attributes = {k: v for k, v in vars(error).items() if not k.startswith("__")}
        return type(error).__name__, error.args, attributes, str(error), repr(error)


VMCOREINFO = b"""OSRELEASE=6.1.0-13-amd64
PAGESIZE=4096
SYMBOL(init_uts_ns)=ffffffff82a1b5e0
KERNELOFFSET=1c000000
SYMBOL(swapper_pg_dir)=ffffffff82810000
NUMBER(pgtable_l5_enabled)=0
"""

answer_each(
    """
Program()
Program(5)
Program(None)
Program(platform=Platform(Architecture.X86_64))
Program(prog)
Program(Platform(Architecture.X86_64), 5)
Program(nosuch=5)
empty.platform
prog.platform
prog.flags
empty.flags
prog.language
empty.language
prog.language = Language.CPP
prog.language
prog.language = 5
prog.language = Language.C
del prog.language
prog.core_dump_path
prog.cache
prog.config
prog.cache["x"] = 5
prog.cache
prog.cache is prog.cache
prog.cache = {}
prog.config = {}
prog.address_size()
empty.address_size()
prog.platform = 5
prog.nosuch
prog.nosuch = 5
del prog.platform
prog["x"]
caught(prog.__getitem__, "x")
prog[5]
caught(prog.__getitem__, 5)
prog[None]
"x" in prog
5 in prog
empty["x"]
"x" in empty
prog.object("x")
caught(prog.object, "x")
prog.object("x", FindObjectFlags.CONSTANT)
prog.object("x", FindObjectFlags.FUNCTION)
prog.object("x", FindObjectFlags.VARIABLE)
prog.object("x", FindObjectFlags.CONSTANT | FindObjectFlags.VARIABLE)
prog.object("x", FindObjectFlags.FUNCTION | FindObjectFlags.VARIABLE)
prog.object("x", FindObjectFlags.ANY)
prog.object("x", FindObjectFlags(0))
prog.object("x", filename="a.c")
prog.object("x", FindObjectFlags.CONSTANT, "a.c")
prog.object("x", 1)
prog.object("x", None)
prog.object(5)
prog.object()
prog.object("x", filename=5)
prog.object("x", filename=b"a.c")
prog.object("x", filename=None)
prog.constant("x")
prog.constant("x", "a.c")
prog.constant(5)
prog.constant("x", filename="a.c")
prog.constant("x", 5)
prog.function("x")
prog.function("x", "a.c")
prog.function(5)
prog.variable("x")
prog.variable("x", "a.c")
prog.variable(5)
caught(prog.constant, "x")
caught(prog.function, "x", "a.c")
prog.type("int")
prog.type("nosuch")
prog.type("struct nosuch")
prog.type("struct nosuch *")
prog.type("nosuch", "a.c")
prog.type("struct nosuch", filename="a.c")
prog.type(prog.type("int"))
prog.type(prog.type("int"), "a.c")
prog.type(5)
prog.type(None)
prog.type()
prog.type("")
prog.type("int", 5)
prog.type("struct")
prog.type("struct 5")
prog.type("int int")
prog.type("in\\0t")
prog.type(Program().void_type())
empty.type("int")
empty.type("void")
empty.type("void *")
empty.type("nosuch")
empty.type("struct nosuch")
caught(prog.type, "nosuch")
prog.symbol("x")
prog.symbol(5)
prog.symbol(-1)
prog.symbol(2**64)
prog.symbol(1.5)
prog.symbol(None)
prog.symbol()
prog.symbol(Object(prog, "int", 5))
prog.symbols()
prog.symbols("x")
prog.symbols(5)
prog.symbols(None)
prog.symbols(1.5)
prog.symbols("x", 5)
caught(prog.symbol, "x")
caught(prog.symbol, 5)
prog.thread(5)
prog.thread("x")
prog.threads()
list(prog.threads())
prog.main_thread()
prog.crashed_thread()
empty.main_thread()
empty.threads()
prog.stack_trace(5)
prog.source_location(5)
prog.source_location("x")
prog.source_location("x+5")
prog.source_location(None)
prog.source_location(" x + 0X5 ")
prog.source_location("")
prog.source_location("+1")
prog.source_location("x+")
prog.source_location("x+-1")
prog.source_location("x+0x")
prog.source_location("x 1")
prog.source_location("x+1+1")
prog.source_location("x+0b1")
prog.source_location("x+0x10000000000000000")
prog.source_location("0x10000000000000000")
prog.source_location("0xzz")
prog.source_location("0x10 + 010")
str(SourceLocation("a", 1, 0)), str(SourceLocation("a", 0, 5)), str(SourceLocation("", 3, 2))
list(prog.modules())
list(prog.loaded_modules())
prog.main_module()
prog.module(5)
prog.module("x")
prog.set_core_dump("/nosuch")
prog.set_core_dump("/dev/null")
prog.set_core_dump()
prog.set_core_dump("/etc/passwd")
hash(prog) == hash(prog)
prog == prog
prog == empty
prog == 5
str(prog)
bool(prog)
len(prog)
list(prog)
iter(prog)
prog["x"] = 5
del prog["x"]
import copy, pickle
copy.copy(prog)
pickle.dumps(prog)
class Sub(Program): pass
Sub()
Object(Sub(Platform(Architecture.X86_64)), "int", 5)
with_info = Program(Platform(Architecture.X86_64), vmcoreinfo=VMCOREINFO)
with_info.flags
with_info.platform
with_info["VMCOREINFO"]
with_info["UTS_RELEASE"]
with_info["PAGE_SIZE"]
with_info["PAGE_SHIFT"]
with_info["PAGE_OFFSET"]
with_info["PAGE_MASK"]
with_info["jiffies"]
with_info.type("struct task_struct")
with_info.threads()
with_info.core_dump_path
Program(vmcoreinfo=VMCOREINFO)
Program(vmcoreinfo=VMCOREINFO).flags
Program(vmcoreinfo=VMCOREINFO).platform
Program(vmcoreinfo=VMCOREINFO)["UTS_RELEASE"]
Program(vmcoreinfo=VMCOREINFO)["VMCOREINFO"]
Program(Platform(Architecture.X86_64), vmcoreinfo=b"")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=4096\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=4097\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=0\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=x\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=4096\\nKERNELOFFSET=xyz\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=4096\\nSYMBOL(swapper_pg_dir)=ffffffff82810000\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=4096\\nKERNELOFFSET=0\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"OSRELEASE=5.1\\nPAGESIZE=4096\\nKERNELOFFSET=0\\nSYMBOL(swapper_pg_dir)=ffffffff82810000\\n")
Program(Platform(Architecture.X86_64), vmcoreinfo=VMCOREINFO.decode())
Program(Platform(Architecture.X86_64), vmcoreinfo=5)
Program(Platform(Architecture.X86_64), vmcoreinfo=None)
Program(Platform(Architecture.X86_64), vmcoreinfo=bytearray(VMCOREINFO))
Program(Platform(Architecture.X86_64), vmcoreinfo=b"garbage")
Program(Platform(Architecture.X86_64), vmcoreinfo=b"a=b=c\\n\\n\\nOSRELEASE=6\\nPAGESIZE=4096")
""",
    globals(),
)

answer_each(
    """
FaultError("x", 5)
str(FaultError("x", 5))
FaultError("x", 5).args
FaultError("x", 5).address
FaultError("x", 5).message
FaultError("x")
FaultError()
FaultError("x", "y")
str(FaultError("x", -1))
str(FaultError("x", 2**70))
FaultError("x", 5, 6)
FaultError(message="x", address=5)
FaultError.__mro__
ObjectNotFoundError("x")
str(ObjectNotFoundError("x"))
ObjectNotFoundError("x").name
ObjectNotFoundError("x", name="y").name
ObjectNotFoundError("x", name="y")
ObjectNotFoundError("x", name="y").args
ObjectNotFoundError(name="y")
ObjectNotFoundError()
str(ObjectNotFoundError())
str(ObjectNotFoundError("x", "y"))
ObjectNotFoundError.__mro__
MissingDebugInfoError("x"), str(MissingDebugInfoError("x")), MissingDebugInfoError.__mro__
NoDefaultProgramError("x"), str(NoDefaultProgramError("x")), NoDefaultProgramError.__mro__
ObjectAbsentError("x"), str(ObjectAbsentError("x")), ObjectAbsentError.__mro__
OutOfBoundsError("x"), str(OutOfBoundsError("x")), OutOfBoundsError.__mro__
import pickle
pickle.loads(pickle.dumps(FaultError("x", 5)))
pickle.loads(pickle.dumps(ObjectNotFoundError("x", name="y")))
pickle.loads(pickle.dumps(ObjectAbsentError("x")))
error = FaultError("x", 5)
error.address = 7
str(error)
error.message = "y"
str(error)
list(AbsenceReason)
list(FindObjectFlags)
FindObjectFlags.ANY
list(ProgramFlags)
list(PrimitiveType)
list(Qualifiers)
list(SymbolBinding)
list(SymbolKind)
list(TypeKind)
Language.C, Language.CPP, Language.C.name
Language.C == Language.C, Language.C == Language.CPP, Language.C == 5
Language()
hash(Language.C) == hash(Language.C)
sorted(n for n in dir(Language) if not n.startswith("_"))
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC)
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC).name
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC).address
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC).size
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC).binding
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC).kind
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC) == Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC)
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC) == Symbol("x", 1, 2, SymbolBinding.LOCAL, SymbolKind.FUNC)
Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC) == 5
[Symbol("x", 1, 2, b, SymbolKind.FUNC).binding for b in SymbolBinding]
[Symbol("x", 1, 2, SymbolBinding.GLOBAL, k).kind for k in SymbolKind]
Symbol("x", 1, 2, 5, SymbolKind.FUNC)
Symbol("x", 1, 2, SymbolBinding.GLOBAL, 5)
Symbol(5, 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC)
Symbol("x", -1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC)
Symbol("x", 1, 2**64, SymbolBinding.GLOBAL, SymbolKind.FUNC)
Symbol("x", 1, 2)
Symbol(name="x", address=1, size=2, binding=SymbolBinding.GLOBAL, kind=SymbolKind.FUNC)
str(Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC))
str(Symbol("a'b", 0, 0, SymbolBinding.WEAK, SymbolKind.OBJECT))
hash(Symbol("x", 1, 2, SymbolBinding.GLOBAL, SymbolKind.FUNC))
""",
    globals(),
)
