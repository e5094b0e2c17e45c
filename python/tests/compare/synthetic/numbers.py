"""Arithmetic, comparisons, conversions and constructions on numbers of all kinds, of several platforms.

A key begins with what is special about the question, so that differences can be told apart: `nan`, `wide`
(more than 64 bits), `complex`, `format` (a floating-point format other than IEEE's single and double), `truth`
(a truth value of something else than 0 and 1), `function`, `unknown` (an incomplete type), `struct`.
"""

import math
import operator
import random

from answers import answer, normalized
from drgn import (
    Architecture,
    Object,
    Platform,
    PlatformFlags,
    Program,
    TypeEnumerator,
    TypeKind,
    TypeMember,
    cast,
    implicit_convert,
    reinterpret,
)

PLATFORMS = {
    "x86_64": Platform(Architecture.X86_64),
    "i386": Platform(Architecture.I386),
    "s390x": Platform(Architecture.S390X),
    "s390": Platform(Architecture.S390),
}
#: How many questions of each kind are asked on each platform.
SAMPLE = 500

BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "divmod": divmod,
}
UNARY = {
    "int": int,
    "float": float,
    "bool": bool,
    "index": operator.index,
    "round": round,
    "round(1)": lambda x: round(x, 1),
    "round(-1)": lambda x: round(x, -1),
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "sqrt": math.sqrt,
    "isnan": math.isnan,
    "abs": abs,
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "hex": hex,
    "chr": chr,
    "range": lambda x: len(range(x)) < 10,
    "value_": lambda x: x.value_(),
    "to_bytes_": lambda x: x.to_bytes_(),
    "str": str,
    "format": lambda x: format(x, ""),
    "format(x)": lambda x: format(x, "x"),
    "%d": lambda x: "%d" % x,
    "%f": lambda x: "%f" % x,
    "hash": hash,
    "len": len,
    "list": list,
}
VALUES = [
    0, 1, -1, 7, 127, 128, 255, -128, 2**15, 2**16 - 1, 2**31 - 1, 2**31, -(2**31), 2**32, 2**63 - 1,
    2**63, 2**64 - 1, -(2**63), True, False, 0.0, -0.0, 0.1, 2.5, -2.5, 1e10, 1e30, -1e30, 5e-324,
    1.7976931348623157e308, math.inf, -math.inf, math.nan, 2**64, -(2**63) - 1, 2**200, -(2**200), 1j,
    None, "a", b"ab", [1], {"x": 1},
]  # fmt: skip


def shown(value):
    return normalized(repr(value))


def ask(key, function, *args):
    """Print what `function(*args)` returns; exceptions as other scripts have them."""

    def asked():
        try:
            return shown(function(*args))
        except Exception as error:
            return {"raised": normalized(f"{type(error).__name__}: {error}")}

    answer(key, asked)


class Numbers:
    """The types and objects of a platform."""

    def __init__(self, platform):
        self.prog = prog = Program(platform)
        word = 8 if platform.flags & PlatformFlags.IS_64_BIT else 4
        int_ = prog.int_type("int", 4, True)
        unsigned = prog.int_type("unsigned int", 4, False)
        struct = prog.struct_type("s", 4, (TypeMember(int_, "x"),))
        self.types = {
            "schar": prog.int_type("signed char", 1, True),
            "char": prog.int_type("char", 1, True),
            "uchar": prog.int_type("unsigned char", 1, False),
            "short": prog.int_type("short", 2, True),
            "ushort": prog.int_type("unsigned short", 2, False),
            "int": int_,
            "uint": unsigned,
            "long": prog.int_type("long", word, True),
            "ulong": prog.int_type("unsigned long", word, False),
            "llong": prog.int_type("long long", 8, True),
            "ullong": prog.int_type("unsigned long long", 8, False),
            "int3": prog.int_type("int24", 3, True),
            "uint5": prog.int_type("uint40", 5, False),
            "swapped": prog.int_type("swapped", 4, True, ["little", "big"][platform.flags & PlatformFlags.IS_LITTLE_ENDIAN != 0]),
            "bool": prog.bool_type("_Bool", 1),
            "bool4": prog.bool_type("bool4", 4),
            "float": prog.float_type("float", 4),
            "double": prog.float_type("double", 8),
            "enum": prog.enum_type("e", unsigned, (TypeEnumerator("A", 1), TypeEnumerator("B", 7))),
            "senum": prog.enum_type("f", int_, (TypeEnumerator("C", -1), TypeEnumerator("D", 0))),
            "typedef": prog.typedef_type("myint", int_),
            "pointer": prog.pointer_type(int_),
            "void *": prog.pointer_type(prog.void_type()),
            "struct *": prog.pointer_type(struct),
            # What there are no numbers of.
            "struct": struct,
            "array": prog.array_type(int_, 2),
            "enum?": prog.enum_type("unknown"),
            "struct?": prog.struct_type("unknown"),
            "function": prog.function_type(int_, ()),
            "void": prog.void_type(),
        }  # fmt: skip
        self.objects = {}
        for name in list(self.types)[:24]:
            values = (0, 1, 7, -7, 100, -1, 2**31, 2**63, 2**64 - 1)
            for value in (0, 1) if name.startswith("bool") else values:
                if name in ("float", "double") or "*" in name or "pointer" in name or value < 2**32:
                    self.objects[f"{name} {value}"] = Object(prog, self.types[name], value)
        for name in ("float", "double"):
            for value in (0.1, -2.5, 1e10, 1e30, math.inf, math.nan):
                self.objects[f"{name} {value}"] = Object(prog, self.types[name], value)
        for bits, name, value in [(3, "uint", 5), (3, "int", -3), (1, "int", -1), (31, "uint", 2**31 - 1), (32, "uint", 2**32 - 1), (33, "llong", -5), (60, "ullong", 2**60 - 1), (1, "bool", 1), (4, "enum", 7)]:  # fmt: skip
            self.objects[f"{name}:{bits} {value}"] = Object(prog, self.types[name], value, bit_field_size=bits)
        self.objects["struct"] = Object(prog, struct, {"x": 1})
        self.objects["array"] = Object(prog, self.types["array"], [1, 2])
        self.objects["absent"] = Object(prog, int_)
        self.objects["fault"] = Object(prog, int_, address=0x10)
        self.objects["function"] = Object(prog, self.types["function"], address=0x10)


def is_wide(value):
    return isinstance(value, int) and not -(2**63) <= value < 2**64


def special(*values):
    """What a key begins with."""
    for value in values:
        if is_wide(value):
            return "wide "
        if isinstance(value, complex):
            return "complex "
        if isinstance(value, (float, Object)) and str(value).endswith("nan"):
            return "nan "
        if isinstance(value, Object) and value.type_.kind == TypeKind.FUNCTION:
            return "function "
    return ""


def special_of(*values, to="", text=""):
    """What a key begins with, where a value, written `text`, may be converted to a type."""
    if to in ("struct", "struct?", "enum?"):
        return "struct " if to == "struct" else "unknown "
    if to.startswith("bool") and text.split()[-1] not in ("0", "1", "True", "False"):
        return "truth "
    try:
        return special(*values)
    except Exception:
        return ""


def ask_all(name, numbers, rng):
    prog = numbers.prog
    objects = list(numbers.objects.items())
    sides = objects + [(repr(value), value) for value in VALUES]
    for _ in range(2 * SAMPLE):
        (left, a), (right, b) = rng.choice(objects), rng.choice(sides)
        if rng.random() < 0.3:
            (left, a), (right, b) = (right, b), (left, a)
        sign, function = rng.choice(list(BINARY.items()))
        if sign == "*" and any(isinstance(side, (str, bytes, list)) for side in (a, b)):
            # That often, repeated.
            continue
        ask(f"{special_of(a, b)}{sign} {name} {left}, {right}", function, a, b)
    for text, value in objects:
        for sign, function in UNARY.items():
            if rng.random() < 0.4:
                ask(f"{special_of(value)}{sign} {name} {text}", function, value)
    for _ in range(SAMPLE):
        (text, value), (type_name, type_) = rng.choice(objects), rng.choice(list(numbers.types.items()))
        convert = rng.choice([cast, implicit_convert, reinterpret])
        ask(f"{special_of(value, to=type_name, text=text)}{convert.__name__} {name} {type_name}, {text}", convert, type_, value)
        bits = rng.choice([1, 3, 8, 31, 64])
        ask(f"{special_of(value, to=type_name, text=text)}bits {name} {type_name}:{bits}, {text}", lambda: implicit_convert(type_, value, bit_field_size=bits))
    for _ in range(SAMPLE):
        (text, value), (type_name, type_) = rng.choice(sides), rng.choice(list(numbers.types.items()))
        ask(f"{special_of(value, to=type_name, text=text)}Object {name} {type_name}, {text}", Object, prog, type_, value)
        bits = rng.choice([1, 3, 8, 31, 64])
        ask(f"{special_of(value, to=type_name, text=text)}Object {name} {type_name}:{bits}, {text}", lambda: Object(prog, type_, value, bit_field_size=bits))
    for text, value in sides:
        ask(f"{special_of(value)}literal {name} {text}", lambda: Object(prog, value=value))


def ask_formats(name, prog):
    """What drgn has no numbers of."""
    made = [
        prog.float_type("_Float16", 2),
        prog.float_type("long double", 12),
        prog.float_type("long double", 16),
        prog.float_type("__bf16", 2),
        prog.int_type("__int128", 16, True),
        prog.int_type("unsigned __int128", 16, False),
        prog.int_type("unsigned _BitInt(100)", 16, False),
    ]
    for type_ in made:
        for value in (0, 1, 2.5, -2.5, 2**63, 2**100, "x"):
            key = f"format {name} {type_.name} {type_.size} {value}"
            ask(key, Object, prog, type_, value)
            ask(f"{key} + 1", lambda: Object(prog, type_, value) + 1)


for name, platform in PLATFORMS.items():
    rng = random.Random(name)
    ask_all(name, Numbers(platform), rng)
    ask_formats(name, Program(platform))
