"""What gdb says of the variables of a program that dies: as `answers.py`, and the program's core.

    gdb -nx -batch -x python/tests/answers_gdb.py --args PROGRAM ARGUMENTS...

It leaves `answers.gdb.json` and `core` in the working directory.
"""

import json
import struct

import gdb

ELEMENTS, DEPTH = 8, 3
FLOATS = {4: "<f", 8: "<d"}


def leaves(variable, place, known, follow):
    ty = variable.type.strip_typedefs()
    if ty.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        if place.count(".") >= DEPTH:
            return
        for field in ty.fields():
            if not hasattr(field, "bitpos"):
                continue
            inner = f"{place}.{field.name}" if field.name else place
            leaves(variable[field], inner, known, follow)
    elif ty.code == gdb.TYPE_CODE_ARRAY:
        low, high = ty.range()
        for index in range(low, min(high + 1, ELEMENTS)):
            leaves(variable[index], f"{place}[{index}]", known, follow)
    else:
        known[place] = value(variable, ty)
        if ty.code == gdb.TYPE_CODE_PTR and follow:
            try:
                leaves(variable.dereference(), place + "*", known, False)
            except (gdb.error, RuntimeError):
                known[place + "*"] = None


def value(variable, ty):
    try:
        if variable.is_optimized_out:
            return None
        # A pointer to what has no memory is 0, if one only asks for the number.
        if ty.code == gdb.TYPE_CODE_PTR and "<synthetic pointer>" in variable.format_string(symbols=False):
            return None
        if ty.code == gdb.TYPE_CODE_FLT:
            return struct.pack(FLOATS[ty.sizeof], float(variable)).hex() if ty.sizeof in FLOATS else None
        return (int(variable) & ((1 << 8 * ty.sizeof) - 1)).to_bytes(ty.sizeof, "little").hex()
    except (gdb.error, RuntimeError):
        return None


def variables(frame):
    found = {}
    try:
        block = frame.block()
    except RuntimeError:
        return found
    while block is not None and not block.is_global and not block.is_static:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.name not in found:
                known = found[symbol.name] = {}
                try:
                    leaves(symbol.value(frame), "", known, True)
                except (gdb.error, RuntimeError, TypeError, ValueError):
                    known.setdefault("", None)
        if block.function is not None:
            break
        block = block.superblock
    return found


def answers():
    told = []
    frame = gdb.newest_frame()
    while frame is not None:
        if frame.type() != gdb.TAILCALL_FRAME:
            function = frame.function()
            told.append(
                {
                    "function": function.name if function else frame.name(),
                    "inline": frame.type() == gdb.INLINE_FRAME,
                    "pc": frame.pc(),
                    "variables": variables(frame),
                }
            )
        frame = frame.older()
    return told


gdb.execute("set confirm off")
gdb.execute("set pagination off")
gdb.execute("run")
told = json.dumps(answers())
with open("answers.gdb.json", "w") as file:
    file.write(told)
gdb.execute("generate-core-file core")
gdb.execute("kill")
