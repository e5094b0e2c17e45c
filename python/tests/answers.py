"""What a debugger says of the variables of a stack: the same under Spelunk and drgn; `answers_gdb.py` asks gdb.

    python python/tests/answers.py spelunk|drgn PROGRAM CORE GDB > answers.json

GDB has gdb's answers: what it knows of is asked for too where `locals()` leaves it out.

An answer is a list of frames, innermost first, each `{"function", "inline", "pc", "variables"}`. A variable is a
dictionary: the place within the variable to the bytes that are there, in hexadecimal, or to `None` if they are not
known: `{"": "03000000"}`, `{".a": "07", ".b[1]": None}`. What a pointer points to follows a `*`.
"""

import json
import sys

# Elements of an array, and members within members, that are looked at.
ELEMENTS, DEPTH = 8, 3


def leaves(variable, place, known, follow, api):
    """Adds what is known of an object and its parts to `known`."""
    kinds = api.TypeKind
    ty = variable.type_
    while ty.kind == kinds.TYPEDEF:
        ty = ty.type
    if ty.kind in (kinds.STRUCT, kinds.UNION, kinds.CLASS):
        if place.count(".") >= DEPTH:
            return
        for member in ty.members or ():
            part = member_of(variable, member, ty, api)
            if member.name is None:
                leaves(part, place, known, follow, api)
            else:
                leaves(part, f"{place}.{member.name}", known, follow, api)
    elif ty.kind == kinds.ARRAY:
        for index in range(min(ty.length or 0, ELEMENTS)):
            try:
                part = variable[index]
            except api.ObjectAbsentError:
                part = None
            if part is None:
                known[f"{place}[{index}]"] = None
            else:
                leaves(part, f"{place}[{index}]", known, follow, api)
    else:
        known[place] = value(variable, ty, api)
        if ty.kind == kinds.POINTER and follow:
            try:
                leaves(variable[0], place + "*", known, False, api)
            except (api.ObjectAbsentError, api.FaultError, TypeError, ValueError):
                known[place + "*"] = None


def member_of(variable, member, ty, api):
    if member.name is not None:
        try:
            return variable.member_(member.name)
        except api.ObjectAbsentError:
            pass
    if variable.address_ is None:
        return api.Object(variable.prog_, member.type)
    # One without a name.
    return api.Object(variable.prog_, member.type, address=variable.address_ + member.bit_offset // 8)


def value(variable, ty, api):
    try:
        if variable.absent_:
            return None
        if variable.bit_field_size_ is not None:
            size = api.sizeof(ty)
            return (variable.value_() & ((1 << 8 * size) - 1)).to_bytes(size, "little").hex()
        return variable.to_bytes_().hex()
    except (api.ObjectAbsentError, api.FaultError):
        return None


def variable_of(frame, name, api):
    known = {}
    try:
        leaves(frame[name], "", known, True, api)
    except Exception:  # drgn raises where it cannot tell the length of an array
        known.setdefault("", None)
    return known


def answers(trace, api, others, reasons=None):
    """Of all frames; `others` are another's answers. `reasons` gets what Spelunk says of how it found variables."""
    told, names = [], {}
    for frame in others:
        names.setdefault(frame["function"], set()).update(frame["variables"])
    for frame in trace:
        function = getattr(frame, "function_name", frame.name)
        listed = frame.locals()
        beside = [name for name in names.get(function, ()) if name not in listed and name in frame]
        variables = {name: variable_of(frame, name, api) for name in listed + beside}
        try:
            pc = frame.pc
        except LookupError:
            pc = None
        for name in variables if reasons is not None else ():
            reasons[pc, function, name] = frame[name].provenance_
        told.append({"function": function, "inline": frame.is_inline, "pc": pc, "variables": variables})
    return told


def of_core(api, path, core, others, reasons=None):
    """What Spelunk or drgn says of the thread of a core that crashed."""
    prog = api.Program()
    prog.set_core_dump(core)
    try:
        prog.load_debug_info([path], default=True)
    except api.MissingDebugInfoError:
        pass  # of libraries
    return answers(prog.crashed_thread().stack_trace(), api, others, reasons)


def main(name, path, core, others):
    with open(others) as file:
        json.dump(of_core(__import__(name), path, core, json.load(file)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
