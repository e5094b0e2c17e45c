"""Types that are made up: every constructor, attribute and method, lazy parts, and the errors they give."""

from answers import answer_each
from drgn import *

SETUP = """
prog = Program(Platform(Architecture.X86_64))
other = Program(Platform(Architecture.X86_64))
big = Program(Platform(Architecture.PPC64, PlatformFlags.IS_64_BIT))
nothing = Program()
i = prog.int_type("int", 4, True)
u = prog.int_type("unsigned int", 4, False)
c = prog.int_type("char", 1, True)
f = prog.float_type("float", 4)
b = prog.bool_type("_Bool", 1)
v = prog.void_type()
foreign = other.int_type("int", 4, True)
inner = prog.struct_type(None, 8, (TypeMember(i, "left"), TypeMember(i, "right", 32)))
point = prog.struct_type("point", 8, (TypeMember(i, "x"), TypeMember(i, "y", 32)))
outer = prog.struct_type("outer", 24, (TypeMember(i, "a"), TypeMember(inner, None, 64), TypeMember(point, "p", 128)))
bits = prog.struct_type("bits", 4, (TypeMember(Object(prog, i, bit_field_size=4), "low"), TypeMember(Object(prog, u, bit_field_size=28), "high", 4)))
number = prog.union_type("number", 4, (TypeMember(i, "i"), TypeMember(f, "f")))
vector = prog.class_type("vector", 8, (TypeMember(prog.pointer_type(i), "begin"),), template_parameters=(TypeTemplateParameter(i, "T"), TypeTemplateParameter(Object(prog, i, 2), "N", True)))
color = prog.enum_type("color", u, (TypeEnumerator("RED", 0), TypeEnumerator("GREEN", 1)))
negative = prog.enum_type(None, i, (TypeEnumerator("MINUS", -1),))
incomplete = prog.struct_type("incomplete")
incomplete_union = prog.union_type("u")
incomplete_class = prog.class_type(None)
incomplete_enum = prog.enum_type("incomplete_enum")
no_members = prog.struct_type("no_members", 0, ())
myint = prog.typedef_type("myint", i)
alias = prog.typedef_type("alias", myint)
mypoint = prog.typedef_type("mypoint", point)
unknown = prog.typedef_type("unknown", incomplete)
unknown_enum = prog.typedef_type("unknown_enum", incomplete_enum)
unknown_length = prog.typedef_type("unknown_length", prog.array_type(unknown))
nothing_at_all = prog.typedef_type("nothing_at_all", v)
pointer = prog.pointer_type(i)
array = prog.array_type(i, 3)
matrix = prog.array_type(array, 2)
flexible = prog.array_type(c)
function = prog.function_type(i, (TypeParameter(c, "c"), TypeParameter(pointer)), True)
no_parameters = prog.function_type(v, ())
template = prog.function_type(v, (), template_parameters=[TypeTemplateParameter(c, "T")])
swapped = prog.int_type("int", 4, True, "big")
"""

# What each of them is.
TYPES = (
    "i u c f b v inner point outer bits number vector color negative incomplete incomplete_union "
    "incomplete_class incomplete_enum no_members myint alias mypoint unknown unknown_enum "
    "unknown_length nothing_at_all pointer array matrix flexible function "
    "no_parameters template swapped prog.type('long') prog.type('size_t') i.qualified(Qualifiers.CONST) "
    "point.qualified(Qualifiers.CONST|Qualifiers.VOLATILE) pointer.qualified(Qualifiers.RESTRICT)"
).split()
ASKED = (
    "kind name tag size length is_signed byteorder type members enumerators parameters is_variadic "
    "template_parameters primitive language qualifiers type_name() is_complete() unqualified() unaliased() "
    "unaliased_kind() variable_declaration('v') member('x') has_member('x') nothing"
).split()
WITH = ["str({})", "repr({})", "sizeof({})", "alignof({})", "{}.qualified(Qualifiers.ATOMIC)"]

CONSTRUCTORS = """
prog.int_type("int", 4, 1)
prog.int_type("int", 4, [])
prog.int_type("int", 4, True, "middle")
prog.int_type("int", 4, True, "big")
prog.int_type("int", 4, True, byteorder="little", qualifiers=Qualifiers.CONST, language=Language.CPP)
prog.int_type("int", -1, True)
prog.int_type("int", 2**64, True)
prog.int_type("int", "4", True)
prog.int_type("int", Object(prog, i, 4), True)
prog.int_type("int", 4)
prog.int_type("int", 4, True, language=5)
prog.int_type("int", 4, True, language=None)
prog.int_type("int", 4, True, qualifiers=1)
prog.int_type("huge", 100, False)
prog.int_type("nil", 0, False)
nothing.int_type("int", 4, True)
nothing.int_type("int", 4, True, "little")
nothing.bool_type("_Bool", 1)
nothing.float_type("float", 4)
nothing.void_type()
nothing.pointer_type(nothing.void_type())
nothing.pointer_type(nothing.void_type(), 8)
nothing.pointer_type(nothing.void_type(), 8, "little")
nothing.struct_type("a")
nothing.type("int")
nothing.type("size_t")
big.int_type("int", 4, True).byteorder
big.int_type("int", 4, True, "little")
big.pointer_type(big.void_type())
big.pointer_type(big.void_type(), 4, "little")
prog.bool_type("_Bool", 1, "big")
prog.float_type("double", 8, "big", qualifiers=Qualifiers.VOLATILE)
prog.void_type(qualifiers=Qualifiers.CONST)
prog.void_type(language=Language.CPP)
prog.struct_type("a", 4)
prog.struct_type("a", None, ())
prog.struct_type("a", 4, None)
prog.struct_type("a", 4, ())
prog.struct_type("a", 4, [])
prog.struct_type("a", 4, 5)
prog.struct_type("a", 4, (5,))
prog.struct_type("a", 4, (i,))
prog.struct_type(5, 4, ())
prog.struct_type("a", -4, ())
prog.struct_type("a", 4, (), template_parameters=5)
prog.struct_type("a", 4, (), template_parameters=(5,))
prog.struct_type("a", 4, (), template_parameters=())
prog.struct_type("a", template_parameters=(TypeTemplateParameter(i),))
prog.struct_type("a", 4, (), qualifiers=Qualifiers.CONST)
prog.struct_type()
prog.union_type("a", 4)
prog.union_type("a", None, (TypeMember(i, "x"),))
prog.class_type("a", 4)
prog.class_type(None, 4, (TypeMember(i),))
prog.enum_type("e", i)
prog.enum_type("e", None, ())
prog.enum_type("e", i, ())
prog.enum_type("e", i, (5,))
prog.enum_type("e", i, 5)
prog.enum_type("e", f, ())
prog.enum_type("e", point, ())
prog.enum_type("e", 5, ())
prog.enum_type("e", myint, ())
prog.enum_type("e", i.qualified(Qualifiers.CONST), ())
prog.typedef_type("t", 5)
prog.typedef_type(None, i)
prog.typedef_type("t", i, qualifiers=Qualifiers.CONST)
prog.typedef_type("t", i.qualified(Qualifiers.CONST))
prog.pointer_type(5)
prog.pointer_type(i, 4)
prog.pointer_type(i, -4)
prog.pointer_type(i, byteorder="big")
prog.pointer_type(i, byteorder="x")
prog.pointer_type(function)
prog.pointer_type(array)
prog.pointer_type(prog.pointer_type(i.qualified(Qualifiers.CONST)), qualifiers=Qualifiers.CONST)
prog.array_type(5)
prog.array_type(i, -1)
prog.array_type(i, 0)
prog.array_type(i, 2**63)
prog.array_type(i, 2**64)
prog.array_type(i, "3")
prog.array_type(flexible, 2)
prog.array_type(i, Object(prog, i, 3))
prog.function_type(5, ())
prog.function_type(i, 5)
prog.function_type(i, (5,))
prog.function_type(i, (TypeMember(i),))
prog.function_type(i, (), 1)
prog.function_type(i, (), True)
prog.function_type(i, (TypeParameter(i),), is_variadic=False)
prog.function_type(i, None)
prog.pointer_type(foreign)
prog.array_type(foreign)
prog.typedef_type("t", foreign)
prog.enum_type("e", foreign, ())
prog.function_type(foreign, ())
prog.function_type(i, (TypeParameter(foreign),))
prog.struct_type("a", 4, (TypeMember(foreign),))
prog.struct_type("a", 4, (), template_parameters=(TypeTemplateParameter(foreign),))
prog.type(foreign)
prog.type(foreign) is foreign
prog.type(i) is i
prog.type(5)
Type()
"""

PARTS = """
TypeMember(i)
TypeMember(i, "x")
TypeMember(i, "x", 12)
TypeMember(i, "x", 12).offset
TypeMember(i, "x", 16).offset
TypeMember(i, "x", 16).bit_offset
TypeMember(i, "x", bit_offset=Object(prog, i, 8))
TypeMember(i, 5)
TypeMember(5)
TypeMember("int")
TypeMember(None)
TypeMember()
TypeMember(object_or_type=i, name="x", bit_offset=3)
TypeMember(i, "x").type
TypeMember(i, "x").object
TypeMember(i, "x").bit_field_size
TypeMember(i, "x").name
TypeMember(Object(prog, i, bit_field_size=3), "x")
TypeMember(Object(prog, i, bit_field_size=3), "x").object
TypeMember(Object(prog, i, bit_field_size=3), "x").bit_field_size
TypeMember(Object(prog, i, bit_field_size=3), "x").type
TypeMember(Object(prog, i, 5), "x")
TypeMember(Object(prog, i, 5), "x").object
TypeMember(Object(prog, i, 5, bit_field_size=4), "x")
TypeMember(Object(prog, i, 5, bit_field_size=4), "x").bit_field_size
TypeMember(Object(prog, i, address=5), "x")
TypeMember(Object(prog, i, absence_reason=AbsenceReason.OPTIMIZED_OUT), "x").object.absence_reason_
TypeMember(lambda: i, "x")
TypeMember(lambda: i, "x").type
TypeMember(lambda: Object(prog, i, bit_field_size=3), "x").bit_field_size
TypeMember(lambda: Object(prog, i, 3), "x").object
TypeMember(lambda: 5, "x")
TypeMember(lambda: 5, "x").type
TypeMember(lambda: 5, "x").object
TypeMember(lambda: 5, "x").bit_field_size
TypeMember(lambda: None, "x").name
TypeMember(lambda: 1 / 0, "x").type
TypeMember(lambda x: i, "x").type
TypeMember(i, "x") == TypeMember(i, "x")
TypeParameter(i)
TypeParameter(i, "x")
TypeParameter(i, 5)
TypeParameter(5)
TypeParameter(Object(prog, i, 5), "x")
TypeParameter(Object(prog, i, 5), "x").default_argument
TypeParameter(Object(prog, i), "x")
TypeParameter(i, "x").default_argument
TypeParameter(i, "x").type
TypeParameter(lambda: i, "x")
TypeParameter(lambda: 5, "x").type
TypeParameter(lambda: 5, "x").default_argument
TypeParameter(lambda: 1 / 0, "x").type
TypeTemplateParameter(i)
TypeTemplateParameter(i, "T")
TypeTemplateParameter(i, "T", True)
TypeTemplateParameter(i, "T", is_default=1)
TypeTemplateParameter(i, "T").is_default
TypeTemplateParameter(i, "T").argument
TypeTemplateParameter(Object(prog, i, 5), "T")
TypeTemplateParameter(Object(prog, i, 5), "T").argument
TypeTemplateParameter(Object(prog, i), "T")
TypeTemplateParameter(5)
TypeTemplateParameter(lambda: i, "T").argument
TypeTemplateParameter(lambda: Object(prog, i, 5), "T").argument
TypeTemplateParameter(lambda: Object(prog, i), "T").argument
TypeTemplateParameter(lambda: 5, "T").argument
TypeTemplateParameter(lambda: 1 / 0, "T").argument
TypeEnumerator("A", 1)
TypeEnumerator("A", -1)
TypeEnumerator("A", 2**64 - 1)
TypeEnumerator("A", 2**64)
TypeEnumerator("A", -2**63 - 1)
TypeEnumerator("A")
TypeEnumerator(5, 5)
TypeEnumerator("A", Object(prog, i, 5))
TypeEnumerator("it's", 1)
TypeEnumerator("A", 1) == TypeEnumerator("A", 1)
TypeEnumerator("A", 1) == TypeEnumerator("B", 1)
TypeEnumerator("A", 1) != TypeEnumerator("A", 2)
TypeEnumerator("A", 1) == ("A", 1)
TypeEnumerator("A", 1) < TypeEnumerator("B", 1)
hash(TypeEnumerator("A", 1)) == hash(TypeEnumerator("A", 1))
len(TypeEnumerator("A", 1))
list(TypeEnumerator("A", 1))
TypeEnumerator("A", 1)[0]
TypeEnumerator("A", 1)[-1]
TypeEnumerator("A", 1)[2]
"""

LAZY = """
calls = []
def lazy(value):
    def make():
        calls.append(str(value))
        return value
    return make

list_head = prog.struct_type("list_head", 16, (TypeMember(lambda: prog.pointer_type(list_head), "next"), TypeMember(lambda: prog.pointer_type(list_head), "prev", 64)))
list_head
str(list_head)
list_head.members[0].type.type.members[1].type
list_head.member("prev").type.type._ptr == list_head._ptr
Object(prog, list_head, {"next": 5, "prev": 6}).prev
m = TypeMember(lazy(i), "x")
s = prog.struct_type("s", 4, (m,))
s.size, s.tag, s.kind, len(s.members), s.members[0].name, s.members[0].bit_offset, calls
s.has_member("y"), s.member("x").name
s.members[0].type, m.type, calls
prog.struct_type("t", 4, (m,)).members[0].type, calls
Object(prog, s, {"x": 3}).x, calls
def fail():
    calls.append("fail")
    raise KeyError("no type")
del calls[:]
bad = prog.struct_type("bad", 12, (TypeMember(fail, "x"), TypeMember(i, "y", 32), TypeMember(i, "z", 64)))
bad.members[0].type
bad.members[0].object
bad.members[1].type
bad.has_member("x"), bad.has_member("y"), bad.has_member("no")
bad.member("y")
bad.member("x").name
bad.member("x").type
repr(bad)
bad.type_name()
sizeof(bad)
offsetof(bad, "y")
prog.add_memory_segment(0, 64, lambda address, count, offset, physical: bytes(range(offset, offset + count)))
Object(prog, bad, address=0).y
Object(prog, bad, address=0).z
Object(prog, bad, address=0).x + 1
once = [KeyError("not yet"), i]
def later():
    result = once.pop(0)
    if isinstance(result, Exception):
        raise result
    return result
late = prog.struct_type("late", 4, (TypeMember(later, "x"),))
late.members[0].type
late.members[0].type
Object(prog, late, {"x": 1})
wrong = prog.struct_type("wrong", 4, (TypeMember(lambda: foreign, "x"),))
wrong.members[0].type.prog is other
Object(prog, wrong, address=0).x + 1
five = prog.struct_type("five", 4, (TypeMember(lambda: 5, "x"),))
five.members[0].type
Object(prog, five, address=0).x + 1
lazy_bits = prog.struct_type("lazy_bits", 4, (TypeMember(lambda: Object(prog, u, bit_field_size=3), "a"), TypeMember(lambda: Object(prog, u, bit_field_size=5), "b", 3)))
str(lazy_bits)
Object(prog, lazy_bits, {"a": 5, "b": 17})
Object(prog, lazy_bits, address=8).b
default = prog.struct_type("default", 4, (TypeMember(Object(prog, i, 5), "x"),))
default
default.members[0].object
default.member("x").object
del calls[:]
g = prog.function_type(i, (TypeParameter(lazy(i), "a"),))
g.parameters[0].name, calls
g.parameters[0].type, calls
g.type_name()
g
recursive = prog.function_type(v, (TypeParameter(lambda: prog.pointer_type(recursive), "self"),))
recursive.parameters[0].type.type.parameters[0].name
prog.function_type(v, (TypeParameter(fail, "a"), TypeParameter(i, "b"))).parameters[1].type
prog.function_type(v, (TypeParameter(fail, "a"), TypeParameter(i, "b"))).parameters[0].type
prog.function_type(v, (TypeParameter(lambda: Object(prog, i, 5), "a"),)).parameters[0].default_argument
del calls[:]
w = prog.class_type("w", 4, (), template_parameters=(TypeTemplateParameter(lazy(c), "T"), TypeTemplateParameter(lambda: Object(prog, i, 3), "N")))
len(w.template_parameters), calls
w.template_parameters[0].argument, w.template_parameters[1].argument, calls
w
s.members is s.members
outer.members is outer.members
color.enumerators is color.enumerators
function.parameters is function.parameters
w.template_parameters is w.template_parameters
"""

SAME = """
prog.int_type("int", 4, True)._ptr == i._ptr
prog.int_type("int", 4, True, "big")._ptr == i._ptr
prog.int_type("int", 4, False)._ptr == i._ptr
prog.int_type("int", 4, True, language=Language.CPP)._ptr == i._ptr
prog.type("int")._ptr == i._ptr
prog.type("long")._ptr == prog.type("long int")._ptr
i.qualified(Qualifiers.CONST)._ptr == i._ptr
prog.pointer_type(i)._ptr == pointer._ptr
prog.pointer_type(i, 4)._ptr == pointer._ptr
prog.pointer_type(i.qualified(Qualifiers.CONST))._ptr == pointer._ptr
prog.type("int *")._ptr == pointer._ptr
prog.array_type(i, 3)._ptr == array._ptr
prog.array_type(i)._ptr == array._ptr
prog.typedef_type("myint", i)._ptr == myint._ptr
prog.typedef_type("myint", u)._ptr == myint._ptr
prog.bool_type("_Bool", 1)._ptr == b._ptr
prog.float_type("float", 4)._ptr == f._ptr
prog.void_type()._ptr == v._ptr
prog.struct_type("a")._ptr == prog.struct_type("a")._ptr
prog.enum_type("a")._ptr == prog.enum_type("a")._ptr
prog.function_type(i, ())._ptr == prog.function_type(i, ())._ptr
outer.members[2].type._ptr == point._ptr
isinstance(i._ptr, int)
i == i
i == prog.int_type("int", 4, True)
i != prog.int_type("int", 4, True)
i == 5
i < i
{i: 1}[i]
prog.type(i) is i
i.prog is prog
i.type
i.name = "x"
del i.name
Language.C
Language.CPP
Language.C.name, Language.CPP.name
Language.C == Language.CPP, Language.C == Language.C
Language()
prog.language
prog.language = Language.CPP
prog.int_type("x", 4, True)
prog.int_type("x", 4, True, language=Language.C)
prog.int_type("x", 4, True).language
prog.language = Language.C
Qualifiers.CONST | Qualifiers.VOLATILE
Qualifiers(0)
Qualifiers(16)
list(TypeKind)
list(PrimitiveType)
list(SymbolBinding), list(SymbolKind), list(FindObjectFlags)
FindObjectFlags.ANY, FindObjectFlags.CONSTANT | FindObjectFlags.VARIABLE
outer.member("left"), outer.member("right")
outer.member("p").type.member("y").offset
outer.member("x")
mypoint.member("x")
mypoint.has_member("x")
mypoint.members
mypoint.unaliased().members
prog.pointer_type(point).member("x")
prog.pointer_type(point).has_member("x")
point.member()
i.qualified()
i.qualified(None)
i.qualified("const")
i.variable_declaration(5)
i.type_name(5)
"""

KINDS = """
k = TypeKindSet({TypeKind.STRUCT, TypeKind.UNION})
k
TypeKindSet()
TypeKindSet([TypeKind.INT, TypeKind.INT])
TypeKindSet(k)
TypeKindSet(5)
TypeKindSet([5])
TypeKindSet("ab")
TypeKindSet(TypeKind)
TypeKindSet(kinds={TypeKind.INT})
len(k), len(TypeKindSet()), bool(k), bool(TypeKindSet())
list(k)
TypeKind.STRUCT in k, TypeKind.INT in k
5 in k
k == {TypeKind.STRUCT, TypeKind.UNION}
{TypeKind.STRUCT, TypeKind.UNION} == k
k == [TypeKind.STRUCT, TypeKind.UNION]
k == TypeKindSet({TypeKind.UNION, TypeKind.STRUCT})
k != TypeKindSet()
k < TypeKindSet(TypeKind), k <= k, k > k, k >= TypeKindSet()
k < {TypeKind.STRUCT}
k < 5
k & {TypeKind.STRUCT, TypeKind.INT}
{TypeKind.STRUCT, TypeKind.INT} & k
k | {TypeKind.INT}
{TypeKind.INT} | k
k ^ {TypeKind.STRUCT, TypeKind.INT}
{TypeKind.STRUCT, TypeKind.INT} ^ k
k - {TypeKind.STRUCT}
{TypeKind.STRUCT, TypeKind.INT} - k
k & [TypeKind.STRUCT]
k & 5
k | 5
k | [5]
k.isdisjoint({TypeKind.INT}), k.isdisjoint(k)
k.isdisjoint([TypeKind.INT])
k.isdisjoint(5)
hash(k) == hash(TypeKindSet({TypeKind.UNION, TypeKind.STRUCT}))
k.add(TypeKind.INT)
"""

variables = globals()
exec(SETUP, variables)
answer_each("\n".join(f"{name}.{asked}" for name in TYPES for asked in ASKED), variables)
answer_each("\n".join(text.format(name) for name in TYPES for text in WITH), variables)
for part in (CONSTRUCTORS, PARTS, LAZY, SAME, KINDS):
    answer_each(part, variables)
