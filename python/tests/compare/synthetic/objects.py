"""Objects of a program that is made up: how they are made, what they answer, which errors they give."""

from answers import answer_each
from drgn import *

SETUP = """
prog = Program(Platform(Architecture.X86_64))
MEMORY = bytes(range(256)) * 16
def read_memory(address, count, offset, physical):
    return MEMORY[offset : offset + count]
prog.add_memory_segment(0xffff0000, len(MEMORY), read_memory)
prog.add_memory_segment(0x1000, 0x1000, lambda a, n, o, p: b"hello\\0world\\0".ljust(0x1000, b"x")[o : o + n])
i = prog.int_type("int", 4, True)
u = prog.int_type("unsigned int", 4, False)
c = prog.int_type("char", 1, True)
uc = prog.int_type("unsigned char", 1, False)
s = prog.int_type("short", 2, True)
l = prog.int_type("long", 8, True)
ul = prog.int_type("unsigned long", 8, False)
d = prog.float_type("double", 8)
f = prog.float_type("float", 4)
b = prog.bool_type("_Bool", 1)
v = prog.void_type()
point = prog.struct_type("point", 8, (TypeMember(i, "x", 0), TypeMember(i, "y", 32)))
line = prog.struct_type("line", 20, (TypeMember(point, "a"), TypeMember(point, "b", 64), TypeMember(c, "name", 128)))
anon = prog.struct_type(None, 8, (TypeMember(i, "left"), TypeMember(i, "right", 32)))
option = prog.union_type("option", 8, (TypeMember(i, "i"), TypeMember(f, "f"), TypeMember(prog.array_type(uc, 8), "bytes")))
outer = prog.struct_type("outer", 24, (TypeMember(l, "number"), TypeMember(anon, None, 64), TypeMember(option, "option", 128)))
bits = prog.struct_type("bits", 8, (
    TypeMember(Object(prog, i, bit_field_size=4), "a", 0),
    TypeMember(Object(prog, u, bit_field_size=28), "b", 4),
    TypeMember(Object(prog, i, bit_field_size=1), "c", 32),
    TypeMember(Object(prog, u, bit_field_size=5), "d", 33)))
color = prog.enum_type("color", u, (TypeEnumerator("RED", 0), TypeEnumerator("GREEN", 1), TypeEnumerator("BLUE", 2)))
signed_enum = prog.enum_type("signed_enum", i, (TypeEnumerator("MINUS", -1), TypeEnumerator("ZERO", 0)))
incomplete = prog.struct_type("incomplete")
incomplete_enum = prog.enum_type("incomplete_enum")
incomplete_array = prog.array_type(i)
myint = prog.typedef_type("myint", i)
mypoint = prog.typedef_type("mypoint", point)
fn = prog.function_type(i, (TypeParameter(i, "x"),))
node = prog.struct_type("node", 16, (TypeMember(prog.pointer_type(point), "next"), TypeMember(i, "value", 64)))
p_int = prog.pointer_type(i)
p_char = prog.pointer_type(c)
p_void = prog.pointer_type(v)
p_point = prog.pointer_type(point)
p_outer = prog.pointer_type(outer)
p_node = prog.pointer_type(node)
"""

exec(SETUP, globals())

# How objects are made.
answer_each(
    """
Object(prog, i, 5)
Object(prog, "int", 5)
Object(prog, type="int", value=5)
Object(prog, "int", value=5)
Object(prog, "int", address=5)
Object(prog, "int", absence_reason=AbsenceReason.OTHER)
Object(prog, "int", absence_reason=AbsenceReason.OPTIMIZED_OUT)
Object(prog, "int", absence_reason=AbsenceReason.NOT_IMPLEMENTED)
Object(prog, "int", absence_reason=1)
Object(prog, "int", absence_reason=None)
Object(prog, "int")
Object(prog, "nosuch")
Object(prog, "struct nosuch")
Object(prog, "in t")
Object(prog, "int +")
Object(prog, "")
Object(prog, 5)
Object(prog, value=5)
Object(prog, value=-5)
Object(prog, value=2**31)
Object(prog, value=2**31-1)
Object(prog, value=-2**31)
Object(prog, value=-2**31-1)
Object(prog, value=2**32)
Object(prog, value=2**63-1)
Object(prog, value=2**63)
Object(prog, value=-2**63)
Object(prog, value=-2**63-1)
Object(prog, value=2**64-1)
Object(prog, value=2**64)
Object(prog, value=True)
Object(prog, value=False)
Object(prog, value=1.5)
Object(prog, value=float("inf"))
Object(prog, value=float("nan"))
Object(prog, value="x")
Object(prog, value=b"x")
Object(prog, value=[1])
Object(prog, value={})
Object(prog, value=None)
Object(prog, value=Object(prog, i, 5))
Object(prog, value=i)
Object(prog, address=5)
Object(prog)
Object(prog, None)
Object(prog, None, 5)
Object(prog, None, address=5)
Object(prog, bit_field_size=5)
Object(prog, value=5, bit_field_size=5)
Object(prog, value=5, bit_offset=5)
Object(prog, absence_reason=AbsenceReason.OTHER)
Object()
Object(5)
Object(None, "int", 5)
Object(prog, "int", 5, 6)
Object(prog, "int", 5, nosuch=6)
Object(prog, "int", 5, address=6)
Object(prog, "int", 5, absence_reason=AbsenceReason.OTHER)
Object(prog, "int", address=5, absence_reason=AbsenceReason.OTHER)
Object(prog, "int", 5, address=5, absence_reason=AbsenceReason.OTHER)
Object(prog, "int", 5, bit_offset=1)
Object(prog, "int", 5, bit_offset=0)
Object(prog, "int", bit_offset=1)
Object(prog, "int", absence_reason=AbsenceReason.OTHER, bit_offset=1)
Object(prog, "int", address=5, bit_offset=4)
Object(prog, "int", address=5, bit_offset=8)
Object(prog, "int", address=5, bit_offset=13)
Object(prog, "int", address=5, bit_offset=-1)
Object(prog, "int", address=5, bit_offset=2**64)
Object(prog, "int", address=5, bit_offset=2**64-1)
Object(prog, "int", address=5, bit_offset="x")
Object(prog, "int", address=5, bit_offset=1, bit_field_size=3)
Object(prog, "int", address=5, bit_field_size=3)
Object(prog, "int", address=5, bit_field_size=0)
Object(prog, "int", address=5, bit_field_size=32)
Object(prog, "int", address=5, bit_field_size=33)
Object(prog, "int", address=5, bit_field_size=-1)
Object(prog, "int", address=5, bit_field_size=2**64)
Object(prog, "int", address=5, bit_field_size="x")
Object(prog, "int", address=5, bit_field_size=1.5)
Object(prog, point, address=5, bit_field_size=5)
Object(prog, point, address=5, bit_offset=5)
Object(prog, d, address=5, bit_field_size=5)
Object(prog, d, address=5, bit_offset=5)
Object(prog, p_int, address=5, bit_field_size=5)
Object(prog, p_int, address=5, bit_offset=5)
Object(prog, "int [2]", address=5, bit_field_size=5)
Object(prog, "int [2]", address=5, bit_offset=5)
Object(prog, v, address=5, bit_field_size=5)
Object(prog, fn, address=5, bit_field_size=5)
Object(prog, incomplete, address=5, bit_field_size=5)
Object(prog, incomplete_enum, address=5, bit_field_size=5)
Object(prog, color, address=5, bit_field_size=5)
Object(prog, b, address=5, bit_field_size=1)
Object(prog, b, address=5, bit_field_size=8)
Object(prog, b, address=5, bit_field_size=9)
Object(prog, myint, address=5, bit_field_size=9)
Object(prog, "int", 5, bit_field_size=3)
Object(prog, "int", -1, bit_field_size=3)
Object(prog, "int", 7, bit_field_size=3)
Object(prog, "unsigned int", 9, bit_field_size=3)
Object(prog, "unsigned int", -1, bit_field_size=3)
Object(prog, "int", 5, bit_field_size=0)
Object(prog, "int", 5, bit_field_size=33)
Object(prog, d, 5, bit_field_size=3)
Object(prog, point, {}, bit_field_size=3)
Object(prog, "int", bit_field_size=3)
Object(prog, "int", bit_field_size=33)
Object(prog, "int", bit_field_size=0)
Object(prog, point, bit_field_size=3)
Object(prog, "int", bit_field_size=3, absence_reason=AbsenceReason.OPTIMIZED_OUT)
Object(prog, "int", address=-1)
Object(prog, "int", address=2**64)
Object(prog, "int", address=2**64-1)
Object(prog, "int", address="x")
Object(prog, "int", address=1.5)
Object(prog, "int", address=Object(prog, "int", 5))
Object(prog, "int", address=True)
Object(prog, v)
Object(prog, v, address=5)
Object(prog, v, 5)
Object(prog, fn)
Object(prog, fn, address=5)
Object(prog, fn, 5)
Object(prog, incomplete)
Object(prog, incomplete, address=5)
Object(prog, incomplete, {})
Object(prog, incomplete_enum)
Object(prog, incomplete_enum, address=5)
Object(prog, incomplete_enum, 5)
Object(prog, incomplete_array)
Object(prog, incomplete_array, address=5)
Object(prog, incomplete_array, [])
Object(prog, "const int", 5)
Object(prog, "const volatile int", 5)
Object(prog, i.qualified(Qualifiers.CONST), 5)
Object(Program(), "int", 5)
Object(Program(), i, 5)
Object(Program(), "int", address=5)
Object(Program(), value=5)
""",
    globals(),
)

# Values of all kinds.
answer_each(
    """
Object(prog, "int", "x")
Object(prog, "int", b"x")
Object(prog, "int", [5])
Object(prog, "int", {})
Object(prog, "int", None)
Object(prog, "int", prog)
Object(prog, "int", 5j)
Object(prog, "int", 1.9)
Object(prog, "int", -1.9)
Object(prog, "int", float("nan"))
Object(prog, "int", float("inf"))
Object(prog, "int", 1e30)
Object(prog, "int", True)
Object(prog, "int", 2**31)
Object(prog, "int", -2**31-1)
Object(prog, "int", 2**64)
Object(prog, "int", 2**64+5)
Object(prog, "int", 2**200+5)
Object(prog, "int", -2**200+5)
Object(prog, "unsigned int", -1)
Object(prog, "unsigned long", -1)
Object(prog, "unsigned long", 2**64-1)
Object(prog, "unsigned long", 1.5)
Object(prog, "char", 65)
Object(prog, "char", 200)
Object(prog, "char", b"A")
Object(prog, "char", "A")
Object(prog, "_Bool", 5)
Object(prog, "_Bool", 0)
Object(prog, "_Bool", 0.5)
Object(prog, "_Bool", True)
Object(prog, "_Bool", "x")
Object(prog, "_Bool", 2**65)
Object(prog, "double", 5)
Object(prog, "double", 1.5)
Object(prog, "double", True)
Object(prog, "double", 2**60)
Object(prog, "double", 10**400)
Object(prog, "double", "1.5")
Object(prog, "double", None)
Object(prog, "float", 0.1)
Object(prog, "float", 1e300)
Object(prog, "double", float("nan"))
Object(prog, "double", -0.0)
Object(prog, p_int, 0)
Object(prog, p_int, 0x1000)
Object(prog, p_int, -1)
Object(prog, p_int, 2**64)
Object(prog, p_int, 2**64+5)
Object(prog, p_int, 1.5)
Object(prog, p_int, True)
Object(prog, p_int, "x")
Object(prog, p_int, None)
Object(prog, p_int, Object(prog, p_char, 5))
Object(prog, color, 1)
Object(prog, color, 100)
Object(prog, color, -1)
Object(prog, color, 1.5)
Object(prog, color, "RED")
Object(prog, signed_enum, -1)
Object(prog, signed_enum, 2**32-1)
Object(prog, myint, 5)
Object(prog, myint, "x")
Object(prog, mypoint, {"x": 1})
Object(prog, "int", Object(prog, "long", 2**40+1))
Object(prog, "int", Object(prog, "double", 1.5))
Object(prog, "double", Object(prog, "int", 5))
Object(prog, "int", Object(prog, point, {}))
Object(prog, point, Object(prog, point, {"x": 1, "y": 2}))
Object(prog, point, Object(prog, point, address=0xffff0000))
Object(prog, point, Object(prog, line, {}))
Object(prog, point, Object(prog, "int", 5))
Object(prog, "int", Object(prog, "int", address=0xffff0000))
Object(prog, "int", Object(prog, "int"))
Object(prog, "int", Object(prog, "int", address=0x5))
Object(prog, point, {})
Object(prog, point, {"x": 1})
Object(prog, point, {"x": 1, "y": 2})
Object(prog, point, {"y": 2, "x": 1})
Object(prog, point, {"x": 1.9})
Object(prog, point, {"x": "a"})
Object(prog, point, {"z": 1})
Object(prog, point, {1: 1})
Object(prog, point, {"x": 1, 1: 1})
Object(prog, point, [1, 2])
Object(prog, point, (1, 2))
Object(prog, point, 5)
Object(prog, point, "x")
Object(prog, point, None)
Object(prog, point, {"x": None})
Object(prog, point, {"x": 2**40})
Object(prog, line, {"a": {"x": 1}, "b": {"y": 2}, "name": 65})
Object(prog, line, {"a": {"z": 1}})
Object(prog, line, {"a": 5})
Object(prog, line, {"a": Object(prog, point, {"x": 7, "y": 8})})
Object(prog, outer, {"left": 5})
Object(prog, outer, {"number": 1, "left": 2, "right": 3, "option": {"i": 4}})
Object(prog, outer, {"option": {"bytes": [1, 2, 3]}})
Object(prog, outer, {"option.i": 5})
Object(prog, outer, {"": 5})
Object(prog, outer, {None: {"left": 5}})
Object(prog, option, {"i": 5})
Object(prog, option, {"f": 1.5})
Object(prog, option, {"i": -1, "f": 1.5})
Object(prog, option, {"bytes": b"abc"})
Object(prog, option, {"bytes": [1, 2, 3, 4, 5, 6, 7, 8, 9]})
Object(prog, bits, {"a": 1, "b": 2, "c": 1, "d": 3})
Object(prog, bits, {"a": 100, "b": 2**30, "c": 3, "d": -1})
Object(prog, bits, {"a": -1}).value_()
Object(prog, "int [3]", [1, 2, 3])
Object(prog, "int [3]", [1, 2])
Object(prog, "int [3]", [])
Object(prog, "int [3]", ())
Object(prog, "int [3]", range(3))
Object(prog, "int [3]", (x for x in (1, 2)))
Object(prog, "int [3]", iter([1, 2, 3]))
Object(prog, "int [3]", {1, 2})
Object(prog, "int [3]", {0: 5, 1: 7})
Object(prog, "int [3]", {})
Object(prog, "int [3]", [1, 2, 3, 4])
Object(prog, "int [3]", 5)
Object(prog, "int [3]", None)
Object(prog, "int [3]", "abc")
Object(prog, "int [3]", b"abc")
Object(prog, "int [3]", bytearray(b"abc"))
Object(prog, "int [3]", ["x"])
Object(prog, "int [3]", [None])
Object(prog, "int [3]", [1.5, True, Object(prog, "int", 7)])
Object(prog, "int [3]", Object(prog, "int [3]", [4, 5, 6]))
Object(prog, "int [3]", Object(prog, "int [2]", [4, 5]))
Object(prog, "int [3]", Object(prog, "int [3]", address=0xffff0000))
Object(prog, "int [0]", [])
Object(prog, "int [0]", [1])
Object(prog, "char [4]", b"abc")
Object(prog, "char [4]", b"abcd")
Object(prog, "char [4]", b"abcde")
Object(prog, "char [4]", "abc")
Object(prog, "char [4]", b"")
Object(prog, "char [4]", bytearray(b"ab"))
Object(prog, "char [4]", [65, 66])
Object(prog, "char [4]", [b"A"])
Object(prog, "unsigned char [4]", b"ab\\xff")
Object(prog, "char [4]", b"ab\\xff")
Object(prog, "int [2][2]", [[1, 2], [3, 4]])
Object(prog, "int [2][2]", [[1], []])
Object(prog, "int [2][2]", [1, 2])
Object(prog, "int [2][2]", [[1, 2, 3]])
Object(prog, "char [2][4]", [b"ab", b"cd"])
Object(prog, prog.array_type(point, 2), [{"x": 1}, {"y": 2}])
Object(prog, prog.array_type(point, 2), [{"x": 1}, 5])
Object(prog, prog.array_type(point, 2), [Object(prog, point, {"x": 1}), {}])
""",
    globals(),
)

# What objects say of themselves.
answer_each(
    """
value = Object(prog, i, 5)
ref = Object(prog, i, address=0xffff0000)
gone = Object(prog, i)
field = Object(prog, i, address=0xffff0000, bit_offset=4, bit_field_size=4)
pt = Object(prog, point, {"x": 1, "y": 2})
rpt = Object(prog, point, address=0xffff0010)
arr = Object(prog, "int [3]", [7, 8, 9])
rarr = Object(prog, "int [3]", address=0xffff0020)
ptr = Object(prog, p_int, 0xffff0000)
pptr = Object(prog, p_point, 0xffff0000)
null = Object(prog, p_point, 0)
bad = Object(prog, i, address=0x5)
text = Object(prog, "char [8]", b"hello")
rtext = Object(prog, "char [8]", address=0x1000)
ptext = Object(prog, p_char, 0x1000)
func = Object(prog, fn, address=0xffff0000)
value.prog_ is prog
value.prog_
value.type_
value.absent_, ref.absent_, gone.absent_
value.absence_reason_, ref.absence_reason_, gone.absence_reason_
value.address_, ref.address_, gone.address_, field.address_
value.bit_offset_, ref.bit_offset_, gone.bit_offset_, field.bit_offset_
value.bit_field_size_, ref.bit_field_size_, gone.bit_field_size_, field.bit_field_size_
Object(prog, i, 1, bit_field_size=3).bit_field_size_
Object(prog, i, 1, bit_field_size=3).bit_offset_
value.value_()
ref.value_()
gone.value_()
bad.value_()
field.value_()
pt.value_()
rpt.value_()
arr.value_()
rarr.value_()
ptr.value_()
null.value_()
text.value_()
rtext.value_()
func.value_()
Object(prog, v, address=5).value_()
Object(prog, v).value_()
Object(prog, incomplete, address=5).value_()
Object(prog, incomplete_enum, address=5).value_()
Object(prog, incomplete_array, address=0xffff0000).value_()
Object(prog, "int [0]", address=0xffff0000).value_()
Object(prog, outer, address=0xffff0000).value_()
Object(prog, bits, address=0xffff0000).value_()
Object(prog, b, address=0xffff0000).value_()
Object(prog, b, address=0xffff0005).value_()
Object(prog, d, address=0xffff0000).value_()
Object(prog, f, address=0xffff0000).value_()
Object(prog, color, address=0xffff0100).value_()
Object(prog, c, 65).value_()
value.read_()
ref.read_()
gone.read_()
bad.read_()
field.read_()
rpt.read_()
rarr.read_()
func.read_()
Object(prog, v, address=5).read_()
Object(prog, v).read_()
Object(prog, incomplete, address=5).read_()
Object(prog, incomplete_enum, address=5).read_()
Object(prog, incomplete_array, address=0xffff0000).read_()
rpt.read_().x
rpt.read_().address_
text.string_()
rtext.string_()
ptext.string_()
value.string_()
gone.string_()
pt.string_()
ptr.string_()
arr.string_()
null.string_()
Object(prog, p_char, 0).string_()
Object(prog, p_void, 0x1000).string_()
Object(prog, p_char, 0x1ffe).string_()
Object(prog, "char [8]", b"abcdefgh").string_()
Object(prog, "char [8]", address=0x1010).string_()
Object(prog, "char [0]", address=0x1000).string_()
Object(prog, prog.array_type(c), address=0x1000).string_()
Object(prog, "char [4]", address=0x1).string_()
Object(prog, "char [4]").string_()
Object(prog, p_char).string_()
Object(prog, "const char [8]", b"hi").string_()
Object(prog, "char [8]", b"hi").string_(5)
value.to_bytes_()
ref.to_bytes_()
gone.to_bytes_()
bad.to_bytes_()
field.to_bytes_()
pt.to_bytes_()
rpt.to_bytes_()
arr.to_bytes_()
ptr.to_bytes_()
func.to_bytes_()
Object(prog, v, address=0xffff0000).to_bytes_()
Object(prog, incomplete, address=0xffff0000).to_bytes_()
Object(prog, incomplete_array, address=0xffff0000).to_bytes_()
Object(prog, b, 1).to_bytes_()
Object(prog, d, 1.5).to_bytes_()
Object(prog, i, -1, bit_field_size=3).to_bytes_()
Object(prog, u, 5, bit_field_size=3).to_bytes_()
Object(prog, u, 5, bit_field_size=12).to_bytes_()
Object(prog, bits, {"a": 1, "b": 2}).to_bytes_()
Object.from_bytes_(prog, "int", b"\\x05\\0\\0\\0")
Object.from_bytes_(prog, "int", b"\\x05\\0\\0\\0\\1\\2")
Object.from_bytes_(prog, "int", b"\\x05\\0\\0")
Object.from_bytes_(prog, "int", b"")
Object.from_bytes_(prog, i, bytearray(4))
Object.from_bytes_(prog, i, memoryview(b"abcd"))
Object.from_bytes_(prog, i, "abcd")
Object.from_bytes_(prog, i, [1, 2, 3, 4])
Object.from_bytes_(prog, i, 5)
Object.from_bytes_(prog, i)
Object.from_bytes_(prog, i, b"abcde", bit_offset=4)
Object.from_bytes_(prog, i, b"abcd", bit_offset=4)
Object.from_bytes_(prog, i, b"abcdefgh", bit_offset=32)
Object.from_bytes_(prog, i, b"abcdefgh", bit_offset=4, bit_field_size=5)
Object.from_bytes_(prog, i, b"a", bit_offset=4, bit_field_size=5)
Object.from_bytes_(prog, i, b"a", bit_field_size=0)
Object.from_bytes_(prog, i, b"abcde", bit_field_size=33)
Object.from_bytes_(prog, i, b"abcde", bit_offset=-1)
Object.from_bytes_(prog, i, b"abcde", bit_field_size=-1)
Object.from_bytes_(prog, i, b"abcde", bit_offset=2**64)
Object.from_bytes_(prog, point, b"abcdefgh")
Object.from_bytes_(prog, point, b"abcdefgh", bit_offset=8)
Object.from_bytes_(prog, point, b"abcdefghi", bit_offset=8)
Object.from_bytes_(prog, point, b"abcdefghi", bit_offset=4)
Object.from_bytes_(prog, "char [4]", b"abcd")
Object.from_bytes_(prog, incomplete_array, b"abcd")
Object.from_bytes_(prog, incomplete, b"abcd")
Object.from_bytes_(prog, incomplete_enum, b"abcd")
Object.from_bytes_(prog, v, b"abcd")
Object.from_bytes_(prog, fn, b"abcd")
Object.from_bytes_(prog, d, b"abcdefgh")
Object.from_bytes_(prog, d, b"abcdefgh", bit_field_size=4)
Object.from_bytes_(prog, b, b"\\x02")
Object.from_bytes_(prog, color, b"\\2\\0\\0\\0")
Object.from_bytes_(prog, p_int, b"abcdefgh")
Object.from_bytes_(5, "int", b"abcd")
Object.from_bytes_(prog, 5, b"abcd")
Object.from_bytes_(prog, None, b"abcd")
value.address_of_()
ref.address_of_()
gone.address_of_()
field.address_of_()
rpt.address_of_()
rpt.y.address_of_()
rarr.address_of_()
func.address_of_()
Object(prog, v, address=5).address_of_()
Object(prog, i, address=5, bit_offset=4).address_of_()
Object(prog, i, address=5, bit_offset=8).address_of_()
Object(prog, incomplete, address=5).address_of_()
Object(prog, i.qualified(Qualifiers.CONST), address=5).address_of_()
""",
    globals(),
)

# Members, elements, parts.
answer_each(
    """
pt.x
pt.y
pt.z
rpt.x
rpt.z
pptr.x
pptr.y
pptr.z
null.x
null.z
value.x
value.nosuch_
ptr.x
Object(prog, p_void, 5).x
Object(prog, prog.pointer_type(p_point), 0xffff0000).x
arr.x
func.x
gone.x
Object(prog, point).x
Object(prog, point).z
Object(prog, p_point).x
Object(prog, incomplete, address=5).x
Object(prog, prog.pointer_type(incomplete), 5).x
Object(prog, mypoint, {"x": 1}).x
Object(prog, prog.pointer_type(mypoint), 0xffff0000).y
Object(prog, prog.typedef_type("ppoint", p_point), 0xffff0000).y
Object(prog, outer, address=0xffff0000).left
Object(prog, outer, address=0xffff0000).option.i
Object(prog, p_outer, 0xffff0000).right
Object(prog, outer, {"right": 4}).right
Object(prog, bits, address=0xffff0000).a
Object(prog, bits, address=0xffff0000).b
Object(prog, bits, address=0xffff0000).c
Object(prog, bits, address=0xffff0000).d
Object(prog, bits, address=0xffff0000).b.value_()
Object(prog, prog.pointer_type(bits), 0xffff0000).d
Object(prog, bits, {"b": 5}).b
Object(prog, node, address=0xffff0000).next
Object(prog, node, address=0xffff0000).next.next
Object(prog, point.qualified(Qualifiers.CONST), address=0xffff0000).x
Object(prog, prog.pointer_type(point.qualified(Qualifiers.CONST | Qualifiers.VOLATILE)), 0xffff0000).x
pt.member_("x")
pt.member_("z")
pt.member_("")
pt.member_("x.y")
pt.member_(5)
pt.member_()
pt.member_("x", "y")
value.member_("x")
pptr.member_("x")
Object(prog, outer, address=0xffff0000).member_("left")
Object(prog, line, address=0xffff0000).subobject_("a.x")
Object(prog, line, address=0xffff0000).subobject_("b")
Object(prog, line, address=0xffff0000).subobject_("b.z")
Object(prog, line, address=0xffff0000).subobject_("z.z")
Object(prog, line, address=0xffff0000).subobject_("")
Object(prog, line, address=0xffff0000).subobject_(".")
Object(prog, line, address=0xffff0000).subobject_("a.")
Object(prog, line, address=0xffff0000).subobject_("a x")
Object(prog, line, address=0xffff0000).subobject_("a[0]")
Object(prog, line, address=0xffff0000).subobject_("a->x")
Object(prog, line, address=0xffff0000).subobject_("[0]")
Object(prog, line, address=0xffff0000).subobject_("0")
Object(prog, line, address=0xffff0000).subobject_(5)
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[3]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[0x3]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[8]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[800]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[-1]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[x]")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[3")
Object(prog, outer, address=0xffff0000).subobject_("option.bytes[3].x")
Object(prog, outer, {"option": {"bytes": [1, 2, 3]}}).subobject_("option.bytes[2]")
Object(prog, outer, {"option": {"bytes": [1, 2, 3]}}).subobject_("option.bytes[20]")
Object(prog, outer).subobject_("option.bytes[2]")
Object(prog, p_outer, 0xffff0000).subobject_("option.bytes[2]")
Object(prog, node, address=0xffff0000).subobject_("next.value")
Object(prog, node, address=0xffff0000).subobject_("next[0].value")
arr.subobject_("[1]")
arr.subobject_("1")
value.subobject_("x")
arr[0]
arr[2]
arr[3]
arr[-1]
rarr[0]
rarr[1]
rarr[3]
rarr[-1]
rarr[2**62]
rarr[2**63]
rarr[2**64]
rarr[-2**63]
ptr[0]
ptr[1]
ptr[-1]
ptr[2**60]
ptr[2**62]
ptr[2**63]
ptr[2**70]
pptr[1]
pptr[1].x
null[0]
null[0].x
value[0]
pt[0]
pt["x"]
arr["x"]
arr[1.5]
arr[None]
arr[True]
arr[Object(prog, i, 1)]
arr[Object(prog, c, 1)]
arr[Object(prog, color, 1)]
arr[Object(prog, d, 1)]
ptr[Object(prog, i, 1)]
ptr[0:1]
ptr[0:3]
ptr[1:3]
ptr[-1:3]
ptr[3:1]
ptr[:3]
ptr[1:]
ptr[:]
ptr[0:3:1]
ptr[0:3:2]
ptr[0:3:-1]
ptr["a":3]
ptr[Object(prog, i, 1) : Object(prog, i, 3)]
ptr[0 : 2**64]
ptr[-2**63 : 2**63]
rarr[0:2]
rarr[1:3]
rarr[:]
rarr[1:]
rarr[:-1]
rarr[:1]
rarr[0:5]
rarr[5:6]
rarr[-1:]
rarr[2:1]
rarr[::2]
arr[0:2]
arr[1:]
arr[:]
arr[0:5]
arr[-1:1]
arr[2:0]
arr[1:10]
value[0:1]
pt[0:1]
func[0]
func[0:1]
gone[0]
gone[0:1]
Object(prog, "int [3]")[0]
Object(prog, "int [3]")[0:1]
Object(prog, p_int)[0]
Object(prog, p_void, 5)[0]
Object(prog, p_void, 5)[1]
Object(prog, p_void, 5)[0:1]
Object(prog, prog.pointer_type(incomplete), 5)[0]
Object(prog, prog.pointer_type(incomplete), 5)[1]
Object(prog, prog.pointer_type(fn), 5)[0]
Object(prog, prog.pointer_type(fn), 5)[1]
Object(prog, incomplete_array, address=0xffff0000)[0]
Object(prog, incomplete_array, address=0xffff0000)[100]
Object(prog, incomplete_array, address=0xffff0000)[-1]
Object(prog, incomplete_array, address=0xffff0000)[0:2]
Object(prog, incomplete_array, address=0xffff0000)[1:]
Object(prog, incomplete_array, address=0xffff0000)[:]
Object(prog, "int [0]", address=0xffff0000)[0]
Object(prog, "int [2][3]", address=0xffff0000)[1]
Object(prog, "int [2][3]", address=0xffff0000)[1][2]
Object(prog, "int [2][3]", address=0xffff0000)[0:1]
Object(prog, "int [2][3]", [[1, 2, 3], [4, 5, 6]])[1]
len(arr)
len(rarr)
len(ptr)
len(value)
len(pt)
len(text)
len(gone)
len(Object(prog, "int [3]"))
len(Object(prog, "int [0]", address=0))
len(Object(prog, incomplete_array, address=0))
len(func)
list(arr)
list(rarr)
list(ptr)
list(value)
list(pt)
list(gone)
list(Object(prog, "int [3]"))
list(Object(prog, incomplete_array, address=0))
list(Object(prog, "int [2]", address=0))
iter(arr)
iter(arr).__length_hint__()
next(iter(arr))
list(reversed(arr))
reversed(value)
8 in arr
80 in arr
"x" in arr
5 in value
5 in ptr
"x" in pt
a, bb, cc = arr
bb
a, bb = arr
a, bb = pt
*a, = arr
a
""",
    globals(),
)

# As Python sees objects.
answer_each(
    """
bool(value)
bool(Object(prog, i, 0))
bool(Object(prog, d, 0.0))
bool(Object(prog, d, 0.5))
bool(Object(prog, d, float("nan")))
bool(Object(prog, b, 0))
bool(ptr)
bool(null)
bool(arr)
bool(rarr)
bool(pt)
bool(rpt)
bool(gone)
bool(bad)
bool(func)
bool(Object(prog, incomplete, address=0))
bool(Object(prog, v, address=0))
bool(Object(prog, color, 0))
hash(value)
hash(pt)
{value: 1}
value == 5
value == 5.0
value == "5"
value != "5"
value == None
value != None
value == [5]
value == i
value == b"5"
5 == value
"5" == value
None == value
value < "5"
value < None
value < 6
6 > value
value <= 5
value >= 6
value < 5.5
value == Object(prog, i, 5)
value == Object(prog, ul, 5)
value == Object(Program(Platform(Architecture.X86_64)), "int", 5)
pt == pt
pt == 5
pt == "x"
arr == arr
arr == 5
rarr == rarr
rarr == Object(prog, "int [3]", address=0xffff0020)
func == func
gone == 5
gone == gone
ptr == 0xffff0000
ptr == 0xffff0000 + 2**64
ptr == None
null == 0
value in [5]
value in [6]
value in ["x"]
[1, 5].index(value)
int(value), int(ref), int(field)
int(d5 := Object(prog, d, 5.9))
int(ptr)
int(Object(prog, b, 1))
int(Object(prog, color, 2))
int(pt)
int(arr)
int(gone)
int(bad)
int(func)
int(Object(prog, v, address=0))
int(Object(prog, d, float("nan")))
int(Object(prog, d, float("inf")))
float(value)
float(d5)
float(ptr)
float(pt)
float(gone)
float(Object(prog, b, 1))
float(Object(prog, color, 2))
float(func)
complex(value)
complex(pt)
value.__index__()
d5.__index__()
pt.__index__()
ptr.__index__()
Object(prog, b, 1).__index__()
Object(prog, color, 2).__index__()
gone.__index__()
hex(value), oct(value), bin(value)
hex(d5)
hex(pt)
range(value)
range(d5)
[1, 2, 3, 4, 5, 6][value]
[1, 2, 3][d5]
"x" * value
value * "x"
chr(value)
bytes(value)
bytes(arr)
round(value)
round(d5)
round(d5, 0)
round(Object(prog, d, 1.25), 1)
round(value, -1)
round(Object(prog, i, 15), -1)
round(pt)
round(ptr)
round(gone)
round(d5, "x")
import math
math.floor(d5), math.ceil(d5), math.trunc(d5)
math.floor(value), math.ceil(value), math.trunc(value)
math.floor(pt)
math.ceil(ptr)
math.trunc(pt)
math.sqrt(Object(prog, i, 16))
divmod(value, 2)
value // 2
value ** 2
2 ** value
abs(value)
abs(Object(prog, i, -5))
f"{value}"
f"{value:>5}"
f"{value:x}"
f"{value!r}"
"%d" % value
"%x" % value
"%s" % value
"%f" % value
str(value), str(ref), str(gone), str(field)
str(bad)
str(ptr), str(pptr), str(null)
repr(value), repr(ref), repr(gone), repr(field)
repr(bad)
repr(pt), repr(rpt), repr(arr), repr(rarr), repr(text), repr(rtext), repr(ptr), repr(func)
repr(Object(prog, d, 1.0)), repr(Object(prog, b, 1)), repr(Object(prog, c, 65)), repr(Object(prog, color, 1))
repr(Object(prog, f, 0.1))
repr(Object(prog, "const int", 5))
repr(Object(prog, point.qualified(Qualifiers.CONST), {}))
repr(Object(prog, anon, {}))
repr(Object(prog, anon, address=1))
repr(Object(prog, fn, address=1))
repr(Object(prog, prog.pointer_type(fn), 1))
repr(Object(prog, p_int, 2**64 - 1))
repr(Object(prog, prog.array_type(p_int, 2), [1, 2]))
repr(Object(prog, node, {"next": 1}))
isinstance(value, Object)
type(value)
type(value).__name__
value.__class__
callable(value)
value.foo = 5
value.type_ = 5
value.value_ = 5
del value.type_
value.nosuch
value.nosuch_
value.__nosuch__
getattr(value, "x", 7)
getattr(pt, "z", 7)
hasattr(pt, "x"), hasattr(pt, "z"), hasattr(null, "x"), hasattr(pt, "type_")
getattr(bad, "x", 7)
getattr(Object(prog, point), "x", 7)
import copy
copy.copy(value)
copy.copy(value) is value
copy.deepcopy(value)
copy.deepcopy([ref])
copy.copy(pt)
copy.deepcopy(gone)
import pickle
pickle.dumps(value)
pickle.dumps(pt)
value.__reduce__()
class Sub(Object): pass
Sub(prog, "int", 5)
type(Sub(prog, "int", 5))
Object.__new__(Object)
value + Sub(prog, "int", 5)
import weakref
weakref.ref(value)
weakref.ref(prog)
""",
    globals(),
)

# Completion.
answer_each(
    """
dir(value) == sorted(dir(value))
[n for n in dir(value) if not n.startswith("__")]
[n for n in dir(pt) if not n.endswith("_")]
[n for n in dir(pptr) if not n.endswith("_")]
[n for n in dir(null) if not n.endswith("_")]
[n for n in dir(Object(prog, p_outer, 0)) if not n.endswith("_")]
[n for n in dir(Object(prog, outer, address=0)) if not n.endswith("_")]
[n for n in dir(Object(prog, prog.pointer_type(p_outer), 0)) if not n.endswith("_")]
[n for n in dir(Object(prog, incomplete, address=0)) if not n.endswith("_")]
[n for n in dir(Object(prog, mypoint, address=0)) if not n.endswith("_")]
[n for n in dir(arr) if not n.endswith("_")]
[n for n in dir(func) if not n.endswith("_")]
[n for n in dir(gone) if not n.endswith("_")]
dir(pt)[:3]
class Pretty:
    def __init__(self): self.texts = []
    def text(self, t): self.texts.append(t)
pretty = Pretty()
value._repr_pretty_(pretty, False)
value._repr_pretty_(pretty, True)
value._repr_pretty_(p=pretty, cycle=False)
value._repr_pretty_(pretty)
bad._repr_pretty_(pretty, False)
pretty.texts
""",
    globals(),
)

# The arguments of format_().
answer_each(
    """
value.format_()
value.format_(10)
value.format_(columns=10)
value.format_(columns="x")
value.format_(columns=None)
value.format_(columns=-1)
value.format_(columns=0)
value.format_(columns=2**64)
value.format_(columns=2**70)
value.format_(columns=True)
value.format_(columns=1.5)
value.format_(columns=Object(prog, i, 20))
value.format_(integer_base=8)
value.format_(integer_base=10)
value.format_(integer_base=16)
value.format_(integer_base=2)
value.format_(integer_base=0)
value.format_(integer_base=-16)
value.format_(integer_base="x")
value.format_(integer_base=2**70)
value.format_(integer_base=16.0)
value.format_(integer_base=Object(prog, i, 16))
value.format_(integer_base=None)
value.format_(type_name=False)
value.format_(type_name=None)
value.format_(type_name=0)
value.format_(type_name=1)
value.format_(type_name="")
value.format_(type_name="x")
value.format_(type_name=[])
value.format_(nosuch=1)
value.format_(dereference=1)
value.format_(symbolize=1)
value.format_(string=1)
value.format_(char=1)
value.format_(member_type_names=1)
value.format_(element_type_names=1)
value.format_(members_same_line=1)
value.format_(elements_same_line=1)
value.format_(member_names=1)
value.format_(element_indices=1)
value.format_(implicit_members=1)
value.format_(implicit_elements=1)
pt.format_(type_name=False, member_type_names=False, members_same_line=True)
""",
    globals(),
)
