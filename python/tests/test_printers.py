"""Printers that scripts register, and walking what they give, in a program that is made here."""

import struct

import pytest

from spelunk import Architecture, Language, Object, Platform, Program, TypeMember

DATA = struct.pack("<iiQ", 3, 4, 0x1000) + struct.pack("<4i", 1, 2, 0, 0)


@pytest.fixture
def prog():
    prog = Program(Platform(Architecture.X86_64))
    prog.add_memory_segment(
        0x1000, 0x100, lambda address, count, offset, physical: (DATA + bytes(256))[offset : offset + count]
    )
    return prog


@pytest.fixture
def point(prog):
    integer = prog.int_type("int", 4, True)
    members = (
        TypeMember(integer, "x"),
        TypeMember(integer, "y", 32),
        TypeMember(prog.pointer_type(integer), "p", 64),
        TypeMember(prog.array_type(integer, 4), "a", 128),
    )
    return Object(prog, prog.struct_type("point", 32, members), address=0x1000)


PLAIN = "(struct point){ .x = (int)3, .y = (int)4, .p = (int *)0x1000, .a = (int [4]){ 1, 2 } }"


def text(obj, **options):
    return obj.format_(members_same_line=True, **options)


@pytest.mark.parametrize(
    "present, expected",
    [
        (lambda obj: f"<{obj.x.value_()}, {obj.y.value_()}>", "(struct point)<3, 4>"),
        (lambda obj: b'a"\xff', r'(struct point)"a\"\xff"'),
        (lambda obj: obj.x, "(struct point)3"),
        (lambda obj: [obj.x, obj.y], "(struct point){ 3, 4 }"),
        (lambda obj: (part for part in (obj.y, obj.x)), "(struct point){ 4, 3 }"),
        (lambda obj: {"sum": obj.x + obj.y}, "(struct point){ .sum = (int)7 }"),
        (lambda obj: [(obj.x, obj.y), (5, obj.x)], "(struct point){ [3] = 4, [5] = 3 }"),
        (lambda obj: [], "(struct point){}"),
        (lambda obj: None, PLAIN),
        (lambda obj: obj, PLAIN),
        (lambda obj: 1 / 0, "(struct point)<error: ZeroDivisionError: division by zero>"),
    ],
)
def test_a_printer_says_what_an_object_is(prog, point, present, expected):
    assert text(point) == PLAIN
    prog.register_printer("mine", "struct point", present)
    assert text(point) == expected
    assert text(point, raw=True) == PLAIN


def test_what_a_printer_raises_spoils_nothing_else(prog, point):
    def present(obj):
        yield obj.x
        raise KeyError("lost")

    prog.register_printer("mine", "point", present)
    pair = prog.struct_type("pair", 64, (TypeMember(point.type_, "a"), TypeMember(point.x.type_, "n", 256)))
    shown = text(Object(prog, pair, address=0x1000))
    assert shown == "(struct pair){ .a = (struct point){ 3, <error: KeyError: 'lost'> }, .n = (int)0 }"

    prog.set_enabled_printers([])
    prog.register_printer("wrong", "point", lambda obj: 1)
    assert "<error: TypeError: " in text(point)


def test_types_are_chosen_by_a_function_and_asked_once(prog, point):
    asked = []

    def is_point(type):
        asked.append(type.tag)
        return type.tag == "point"

    prog.register_printer("mine", is_point, lambda obj: "shown")
    assert [str(point), str(point)] == ["(struct point)shown"] * 2
    assert asked == ["point"]


def test_printers_are_enabled_in_an_order(prog, point):
    assert prog.registered_printers() == {"libc++", "libstdc++", "rust"}
    assert prog.enabled_printers() == ["libc++", "libstdc++", "rust"]
    prog.register_printer("first", "point", lambda obj: "1")
    prog.register_printer("last", "point", lambda obj: "2", enable_index=-1)
    prog.register_printer("off", "point", lambda obj: "3", enable_index=None)
    assert prog.enabled_printers() == ["first", "libc++", "libstdc++", "rust", "last"]
    assert text(point) == "(struct point)1"
    prog.set_enabled_printers(["off", "first"])
    assert text(point) == "(struct point)3"
    for wrong in (["nobody"], ["off", "off"]):
        with pytest.raises(ValueError):
            prog.set_enabled_printers(wrong)
    with pytest.raises(ValueError):
        prog.register_printer("off", "point", lambda obj: None)


def test_children_are_walked(prog, point):
    assert [child.value_() for child in point.a.children_()] == [1, 2, 0, 0]
    with pytest.raises(TypeError, match="has no children"):
        point.children_()
    prog.register_printer("mine", "point", lambda obj: {"x": obj.x, "y": obj.y})
    assert [(name, child.value_()) for name, child in point.children_()] == [("x", 3), ("y", 4)]


def test_a_printer_that_shows_itself_in_a_circle_ends(prog, point):
    prog.register_printer("mine", "point", lambda obj: [obj])
    assert "container contains itself" in text(point)


def test_cpp_classes_without_the_expected_members_are_plain(prog):
    integer = prog.int_type("int", 4, True, language=Language.CPP)
    vector = prog.class_type("std::vector<int, A>", 4, (TypeMember(integer, "x"),), language=Language.CPP)
    assert "{ .x = (int)3 }" in text(Object(prog, vector, address=0x1000))
