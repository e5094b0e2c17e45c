"""Objects of random types in random memory, printed with random options.

Types are made by hand, of either byte order and word size; memory is half zeros, has text and
pointers in it, and a hole.
"""

import random

import answers
from drgn import (
    Architecture,
    FaultError,
    Object,
    Platform,
    PlatformFlags,
    Program,
    Qualifiers,
    TypeEnumerator,
    TypeMember,
    TypeKind,
    TypeParameter,
    sizeof,
)

#: Programs, and objects that are printed of each.
PROGRAMS = 100
OBJECTS = 60
BASE = 0x10000
SIZE = 0x3000
#: Where memory cannot be read.
HOLE = range(BASE + 0x1000, BASE + 0x2000)
COMPOUND = [TypeKind.STRUCT, TypeKind.UNION, TypeKind.CLASS]

FLAGS = [
    "dereference",
    "symbolize",
    "string",
    "char",
    "type_name",
    "member_type_names",
    "element_type_names",
    "members_same_line",
    "elements_same_line",
    "member_names",
    "element_indices",
    "implicit_members",
    "implicit_elements",
]


class Types:
    """Makes up types for a program."""

    def __init__(self, prog, rng):
        self.prog = prog
        self.rng = rng
        self.count = 0
        self.little = bool(prog.platform.flags & PlatformFlags.IS_LITTLE_ENDIAN)
        self.word = 8 if prog.platform.flags & PlatformFlags.IS_64_BIT else 4

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def byteorder(self):
        return None if self.rng.random() < 0.9 else self.rng.choice(["little", "big"])

    def integer(self):
        name, size, is_signed = self.rng.choice(
            [
                ("char", 1, True),
                ("char", 1, False),
                ("signed char", 1, True),
                ("unsigned char", 1, False),
                ("u8", 1, False),
                ("short", 2, True),
                ("unsigned short", 2, False),
                ("int", 4, True),
                ("unsigned int", 4, False),
                ("long", self.word, True),
                ("unsigned long", self.word, False),
                ("long long", 8, True),
                ("unsigned long long", 8, False),
                ("int24", 3, True),
                ("uint48", 6, False),
            ]
        )
        return self.prog.int_type(name, size, is_signed, self.byteorder())

    def scalar(self):
        kind = self.rng.random()
        if kind < 0.6:
            return self.integer()
        if kind < 0.7:
            return self.prog.bool_type("_Bool", self.rng.choice([1, 1, 4]), self.byteorder())
        if kind < 0.8:
            name, size = self.rng.choice([("float", 4), ("double", 8)])
            return self.prog.float_type(name, size, self.byteorder())
        if kind < 0.9:
            return self.enumeration()
        return self.prog.pointer_type(self.target())

    def enumeration(self):
        is_signed = self.rng.random() < 0.5
        values = [self.rng.randrange(-4 if is_signed else 0, 8) for _ in range(5)]
        enumerators = [TypeEnumerator(self.name("E"), value) for value in values]
        compatible = self.prog.int_type("int", self.rng.choice([1, 2, 4, 8]), is_signed)
        tag = None if self.rng.random() < 0.2 else self.name("enum_")
        return self.prog.enum_type(tag, compatible, enumerators)

    def target(self):
        """What pointers point to."""
        kind = self.rng.random()
        if kind < 0.3:
            char = self.prog.int_type("char", 1, True)
            return char.qualified(self.rng.choice([Qualifiers.NONE, Qualifiers.CONST]))
        if kind < 0.4:
            return self.prog.void_type()
        if kind < 0.5:
            return self.function()
        if kind < 0.6:
            return self.prog.struct_type(self.name("incomplete"))
        if kind < 0.7:
            return self.prog.array_type(self.integer(), self.rng.choice([None, 0, 2, 5]))
        return self.any(0)

    def function(self):
        parameters = [
            TypeParameter(self.any(0), None if self.rng.random() < 0.5 else self.name("p"))
            for _ in range(self.rng.randrange(3))
        ]
        return self.prog.function_type(self.integer(), parameters, self.rng.random() < 0.3)

    def array(self, depth):
        kind = self.rng.random()
        if kind < 0.4:
            name = self.rng.choice(["char", "signed char", "unsigned char", "u8"])
            element = self.prog.int_type(name, 1, name != "unsigned char")
        elif kind < 0.7:
            element = self.scalar()
        else:
            element = self.any(depth - 1)
        return self.prog.array_type(element, self.rng.choice([0, 1, 2, 3, 5, 8, 13, 40]))

    def compound(self, depth, is_anonymous=False):
        rng = self.rng
        is_union = rng.random() < 0.2
        members = []
        end = size = 0
        for _ in range(rng.choice([0, 1, 2, 3, 4, 8])):
            name = self.name(rng.choice(["m", "a_long_member_name_"]))
            kind = rng.random()
            if kind < 0.15 and depth > 0:
                ty, name = self.compound(depth - 1, True), None
            elif kind < 0.35:
                ty = self.integer()
                width = rng.randrange(1, ty.size * 8 + 1)
                offset = 0 if is_union else end * 8
                if width < ty.size * 8:
                    offset += rng.randrange(0, ty.size * 8 - width)
                members.append(TypeMember(Object(self.prog, ty, bit_field_size=width), name, offset))
                end += ty.size
                size = max(size, ty.size)
                continue
            else:
                ty = self.any(depth - 1)
            if rng.random() < 0.1:
                ty = ty.qualified(rng.choice([Qualifiers.CONST, Qualifiers.VOLATILE]))
            if rng.random() < 0.2:
                end += rng.randrange(8)
            members.append(TypeMember(ty, name, 0 if is_union else end * 8))
            end += sizeof(ty)
            size = max(size, sizeof(ty))
        if rng.random() < 0.05 and not is_union and members:
            element = self.integer()
            members.append(TypeMember(self.prog.array_type(element), "flexible", end * 8))
        make = self.prog.union_type if is_union else rng.choice(
            [self.prog.struct_type, self.prog.struct_type, self.prog.class_type]
        )
        tag = None if is_anonymous or rng.random() < 0.1 else self.name("tag_")
        return make(tag, size if is_union else end, members)

    def any(self, depth):
        kind = self.rng.random()
        if depth <= 0 or kind < 0.3:
            ty = self.scalar()
        elif kind < 0.55:
            ty = self.array(depth)
        else:
            ty = self.compound(depth)
        if self.rng.random() < 0.1:
            ty = self.prog.typedef_type(self.name("t"), ty)
        return ty


def memory(rng, word, byteorder):
    """Zeros, small numbers, text, pointers, noise."""
    data = bytearray()
    while len(data) < SIZE:
        kind = rng.random()
        if kind < 0.4:
            data += bytes(rng.choice([1, 4, 8, 32]))
        elif kind < 0.6:
            data += rng.randrange(1, 8).to_bytes(rng.choice([1, 2, 4, 8]), byteorder)
        elif kind < 0.75:
            text = "".join(chr(rng.randrange(32, 127)) for _ in range(rng.randrange(12)))
            data += text.encode() + bytes(rng.randrange(3))
        elif kind < 0.9:
            data += bytes(-len(data) % word)
            data += rng.randrange(BASE - 32, BASE + SIZE + 32).to_bytes(word, byteorder)
        else:
            data += bytes(rng.randrange(256) for _ in range(rng.randrange(9)))
    return bytes(data[:SIZE])


def reader(data):
    return lambda address, count, offset, physical: data[offset : offset + count]


def make_program(rng):
    flags = PlatformFlags(0)
    word = rng.choice([4, 8])
    byteorder = rng.choice(["little", "big"])
    if word == 8:
        flags |= PlatformFlags.IS_64_BIT
    if byteorder == "little":
        flags |= PlatformFlags.IS_LITTLE_ENDIAN
    prog = Program(Platform(Architecture.UNKNOWN, flags))
    data = memory(rng, word, byteorder)
    for start, end in [(BASE, HOLE.start), (HOLE.stop, BASE + SIZE)]:
        piece = data[start - BASE : end - BASE]
        prog.add_memory_segment(start, len(piece), reader(piece))
    return prog


def make_options(rng):
    options = {flag: rng.random() < 0.5 for flag in FLAGS if rng.random() < 0.4}
    if rng.random() < 0.7:
        options["columns"] = rng.randrange(1, 201)
    if rng.random() < 0.3:
        options["integer_base"] = rng.choice([8, 10, 16])
    return options


def make_object(prog, rng, ty):
    kind = rng.random()
    if kind < 0.05:
        return Object(prog, ty)
    if kind < 0.15:
        address = rng.choice([HOLE.start, HOLE.stop]) - rng.randrange(64)
    else:
        address = BASE + rng.randrange(0x1000)
    obj = Object(prog, ty, address=address)
    if kind < 0.5:
        return obj
    try:
        return obj.read_()
    except (FaultError, TypeError):
        return obj


def underlying(ty):
    while ty.kind == TypeKind.TYPEDEF:
        ty = ty.type
    return ty


def has_flexible_part(ty, is_part=False):
    """Whether a member or element ends in a flexible array, which drgn has no zero for."""
    ty = underlying(ty)
    if ty.kind == TypeKind.ARRAY:
        return has_flexible_part(ty.type, True)
    if ty.kind not in COMPOUND:
        return False
    members = [underlying(member.type) for member in ty.members or ()]
    return any(
        (is_part and ty.kind == TypeKind.ARRAY and ty.length is None)
        or has_flexible_part(ty, True)
        for ty in members
    )


def is_in_hole(obj):
    """Whether some of what is printed cannot be read, which Spelunk says in its place."""
    if obj.absent_:
        return False
    places = [(obj.address_, obj.type_)]
    ty = underlying(obj.type_)
    if ty.kind == TypeKind.POINTER:
        try:
            places.append((obj.value_(), ty.type))
        except FaultError:
            return True
    for address, ty in places:
        try:
            if address is not None and (address + sizeof(ty) > HOLE.start and address < HOLE.stop):
                return True
        except TypeError:
            pass
    return False


for number in range(PROGRAMS):
    rng = random.Random(number)
    prog = make_program(rng)
    types = Types(prog, rng)
    for index in range(OBJECTS):
        ty = types.target() if rng.random() < 0.1 else types.any(3)
        obj = make_object(prog, rng, ty)
        options = make_options(rng)
        key = f"{number}.{index}"
        if is_in_hole(obj):
            key = f"hole {key}"
        elif has_flexible_part(ty):
            key = f"flexible {key}"
        answers.answer(f"{key} {options}", lambda: obj.format_(**options))
        if index % 8 == 0:
            answers.answer(f"{key} str", str, obj)
            answers.answer(f"{key} repr", repr, obj)
            answers.answer(f"{key} type", lambda: str(obj.type_))
