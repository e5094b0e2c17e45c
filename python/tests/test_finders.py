"""Finders and types whose parts are Python functions: threads, recursion, and who keeps what alive."""

import gc
import sys
import threading
import weakref

import pytest
from spelunk import (
    Architecture,
    Object,
    Platform,
    Program,
    Symbol,
    SymbolBinding,
    SymbolIndex,
    SymbolKind,
    TypeMember,
    TypeParameter,
)

X86_64 = Platform(Architecture.X86_64)


def program_with_finders():
    """A program whose finders find everything of a name that is a number, and know the program."""
    prog = Program(X86_64)

    def find_type(given, kinds, name, filename):
        assert given is prog
        if name.startswith("t"):
            number = int(name[1:])
            # Finders may look up other names.
            inner = prog.type(f"struct t{number - 1}") if number else prog.type("int")
            return prog.struct_type(name, 4, (TypeMember(lambda: inner, "inner"),))
        return None

    def find_object(given, name, flags, filename):
        return Object(prog, "int", int(name[1:])) if name.startswith("o") else None

    prog.register_type_finder("numbers", find_type, enable_index=0)
    prog.register_object_finder("numbers", find_object, enable_index=0)
    return prog


def test_finders_are_asked_from_many_threads():
    prog = program_with_finders()
    failures = []

    def work(seed):
        try:
            for step in range(60):
                number = (seed * 7 + step) % 10
                assert prog.type(f"struct t{number}").tag == f"t{number}"
                assert prog[f"o{number}"].value_() == number
                assert "x" not in prog
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    # Lists of finders change meanwhile.
    for number in range(50):
        prog.register_type_finder(f"extra{number}", lambda *args: None, enable_index=number % 3)
        prog.set_enabled_type_finders(prog.enabled_type_finders())
    for thread in threads:
        thread.join()
    assert not failures


def test_a_finder_without_end_is_a_recursion_error():
    prog = Program(X86_64)
    prog.register_object_finder("loop", lambda prog, name, flags, file: prog[name], enable_index=0)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        with pytest.raises(RecursionError):
            prog["x"]
    finally:
        sys.setrecursionlimit(limit)


def test_what_a_finder_raises_comes_out_as_it_is():
    class Own(Exception):
        pass

    own = Own("mine")

    def fail(*args):
        raise own

    prog = Program(X86_64)
    for kind in ("type", "object", "symbol"):
        getattr(prog, f"register_{kind}_finder")("fail", fail, enable_index=0)
    asks = [
        lambda: prog.type("struct x *"),
        lambda: prog["x"],
        lambda: "x" in prog,
        lambda: prog.symbol("x"),
        lambda: prog.symbols(5),
        lambda: Object(prog, "foo", 5),
    ]
    for ask in asks:
        with pytest.raises(Own) as raised:
            ask()
        assert raised.value is own


def test_programs_are_freed_with_their_finders_and_types():
    def forgotten():
        prog = program_with_finders()
        prog.register_symbol_finder("mine", lambda *args: [prog] and [], enable_index=0)
        node = prog.struct_type(
            "node", 8, (TypeMember(lambda: prog.pointer_type(node), "next"),)
        )
        assert node.members[0].type.type._ptr == node._ptr
        function = prog.function_type(node, (TypeParameter(lambda: node, "node"),))
        assert function.parameters[0].type._ptr == node._ptr
        return weakref.ref(prog)

    def forgotten_types():
        prog = Program(X86_64)
        member = TypeMember(prog.type("int"), "x")
        point = prog.struct_type("point", 4, (member,))
        prog.cache["point"] = (point, point.members)
        return weakref.ref(prog)

    for forget in (forgotten, forgotten_types):
        ref = forget()
        gc.collect()
        assert ref() is None, forget.__name__


def test_a_symbol_index_finds_what_a_list_would():
    symbols = [
        Symbol(f"s{number}", number * 7 % 50, number % 9, SymbolBinding.LOCAL, SymbolKind.FUNC)
        for number in range(40)
    ]
    index = SymbolIndex(symbols)
    prog = Program(X86_64)
    prog.register_symbol_finder("index", index, enable_index=0)
    for address in range(60):
        expected = {s.name for s in symbols if s.address <= address < s.address + s.size}
        assert {s.name for s in prog.symbols(address)} == expected
        if expected:
            assert prog.symbol(address).name in expected
    assert len(prog.symbols()) == 40
