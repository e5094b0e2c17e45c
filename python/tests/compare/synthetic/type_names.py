"""Type names: those that people write, and those that types print.

A generator makes types by hand, prints their names and asks for them again; another makes up texts
that are nearly type names. What C has and drgn refuses (functions, comments, suffixes) has keys of
its own.
"""

import random
import re

import answers
from drgn import (
    Architecture,
    Language,
    Platform,
    PlatformFlags,
    Program,
    Qualifiers,
    TypeParameter,
    sizeof,
)

NAMES = 1200
TYPES = 600

KEYWORDS = ["int", "char", "short", "long", "long", "unsigned", "signed", "float", "double", "void", "_Bool"]
WORDS = ["foo", "size_t", "ptrdiff_t", "struct foo", "union bar", "enum color", "struct", "a::b"]
QUALIFIERS = ["const", "volatile", "restrict", "_Atomic"]
DECLARATORS = ["*", "* const", "*volatile", "[2]", "[0x10]", "[]", "[010]", "(*)", "(*)[3]", "(*[2])", "*(*)", "((*))"]
NOISE = ["x", "]", ")", "(", "[", "3", "[x]", "[08]", "[99999999999999999999]", "#", "-", "{", ";"]

#: What drgn refuses, though C and C++ have it, or looks for in vain.
BETTER = [
    "int ()",
    "int (*)(int)",
    "void (*(*)(int))(char *, ...)",
    "int (*)(int x, char *argv[])",
    "int (int x)",
    "int (((",
    "int (*)(",
    "int /* comment */ *",
    "int // comment",
    "int [3u]",
    "int [0x10UL]",
    "int ['a']",
    "int &",
    "int &&",
    "unsigned __int128",
    "__int128 unsigned",
    "__int128",
    "_BitInt(17)",
    "unsigned _BitInt(9)",
    "double _Complex",
    "_Float16",
    "__float128",
    "_Atomic(int)",
    "__const int",
    "struct a<int>",
    "a<b>>",
    "a::",
    "int \u00e9",
]


def make_name(rng):
    """Text that is a type name, or nearly one."""
    words = [rng.choice(KEYWORDS) for _ in range(rng.choice([0, 1, 1, 2, 3, 4]))]
    if not words or rng.random() < 0.1:
        words.insert(rng.randrange(len(words) + 1), rng.choice(WORDS))
    for _ in range(rng.choice([0, 0, 1, 2])):
        words.insert(rng.randrange(len(words) + 1), rng.choice(QUALIFIERS))
    words += [rng.choice(DECLARATORS) for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
    if rng.random() < 0.15:
        words.insert(rng.randrange(len(words) + 1), rng.choice(NOISE))
    return rng.choice([" ", "  ", "\t"]).join(words)


def is_refused(name):
    """Whether it has a function in it, which drgn does not know."""
    return re.search(r"\((?!\s*[*(\[])|[\])]\s*\(", name) is not None


class Types:
    def __init__(self, prog, rng, language):
        self.prog = prog
        self.rng = rng
        self.language = language

    def any(self, depth):
        rng, prog, language = self.rng, self.prog, self.language
        kind = rng.random()
        if depth == 0 or kind < 0.25:
            ty = rng.choice(
                [
                    prog.int_type("long unsigned int", 8, False, language=language),
                    prog.int_type("char", 1, True, language=language),
                    prog.int_type("u8", 1, False, language=language),
                    prog.bool_type("_Bool", 1, language=language),
                    prog.float_type("double", 8, language=language),
                    prog.void_type(language=language),
                    prog.struct_type("foo", 0, (), language=language),
                    prog.struct_type(None, 0, (), language=language),
                    prog.union_type("bar", 4, (), language=language),
                    prog.class_type("A::B<int>", 1, (), language=language),
                    prog.enum_type(None, prog.int_type("int", 4, True), (), language=language),
                    prog.enum_type("color", prog.int_type("int", 4, True), (), language=language),
                    prog.typedef_type("t", prog.void_type(), language=language),
                ]
            )
        elif kind < 0.6:
            ty = prog.pointer_type(self.any(depth - 1), language=language)
        elif kind < 0.8:
            length = rng.choice([None, 0, 1, 7, 70_000])
            ty = prog.array_type(self.any(depth - 1), length, language=language)
        else:
            parameters = [self.parameter(depth - 1) for _ in range(rng.randrange(4))]
            ty = prog.function_type(
                self.any(depth - 1), parameters, rng.random() < 0.3, language=language
            )
        if rng.random() < 0.3:
            ty = ty.qualified(Qualifiers(rng.randrange(16)))
        return ty

    def parameter(self, depth):
        name = self.rng.choice([None, "x", "y"])
        ty = self.any(depth)
        try:
            sizeof(ty)
        except (TypeError, OverflowError):
            ty = self.prog.int_type("int", 4, True)
        return TypeParameter(ty, name)


def make_program():
    flags = PlatformFlags.IS_64_BIT | PlatformFlags.IS_LITTLE_ENDIAN
    return Program(Platform(Architecture.X86_64, flags))


prog = make_program()
for name in BETTER:
    answers.answer(f"better {name}", lambda: prog.type(name).type_name())
rng = random.Random(1)
for number in range(NAMES):
    name = make_name(rng)
    key = f"{'function ' if is_refused(name) else ''}{number} {' '.join(name.split())}"
    answers.answer(key, lambda: prog.type(name).type_name())
    answers.answer(f"{key} repr", lambda: repr(prog.type(name)))
for number in range(TYPES):
    rng = random.Random(number)
    ty = Types(prog, rng, rng.choice([Language.C, Language.CPP])).any(rng.randrange(6))
    # Of typedefs of incomplete types, drgn says no more than the name.
    key = f"{'type' if ty.is_complete() else 'incomplete'} {number}"
    answers.answer(f"{key} name", ty.type_name)
    answers.answer(f"{key} str", str, ty)
    answers.answer(f"{key} typedef", str, prog.typedef_type("v", ty))
