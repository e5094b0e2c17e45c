"""Objects and types of a program that is made here: no dump is needed."""

import gc
import inspect
import pickle
import pydoc
import struct
import weakref

import pytest

from spelunk import (
    AbsenceReason,
    Architecture,
    FaultError,
    Object,
    ObjectAbsentError,
    ObjectNotFoundError,
    Platform,
    Program,
    Qualifiers,
    TypeEnumerator,
    TypeKind,
    TypeKindSet,
    TypeMember,
    TypeParameter,
    cast,
    container_of,
    implicit_convert,
    reinterpret,
    sizeof,
)

DATA = struct.pack("<iiQ", 7, -8, 0x1000) + b"hello\0\0\0"


@pytest.fixture
def made():
    prog = Program(Platform(Architecture.X86_64))
    calls = []

    def read(address, count, offset, physical):
        calls.append((address, count, offset, physical))
        if address >= 0x1800:
            raise KeyError("no such page")
        return (DATA + bytes(0x1000))[offset : offset + count]

    prog.add_memory_segment(0x1000, 0x1000, read)
    integer = prog.int_type("int", 4, True)
    char = prog.int_type("char", 1, True)
    node = prog.struct_type(
        "node",
        24,
        (
            TypeMember(integer, "x"),
            TypeMember(integer, "y", 32),
            TypeMember(prog.pointer_type(integer), "p", 64),
            TypeMember(prog.array_type(char, 8), "name", 128),
        ),
    )
    return prog, node, calls


def test_members_are_attributes(made):
    prog, node, _ = made
    obj = Object(prog, node, address=0x1000)
    assert obj.x.value_() == 7
    assert obj.y.value_() == -8
    assert obj.y.address_ == 0x1004
    assert obj.p[0].value_() == 7
    assert obj.name.string_() == b"hello"
    pointer = obj.address_of_()
    assert pointer.x.value_() == 7
    # Again, by the memory of where members are.
    assert [obj.x.value_(), pointer.y.value_(), obj.x.address_] == [7, -8, 0x1000]
    assert {"x", "y", "p", "name", "value_"} <= set(dir(pointer))


def test_what_is_not_there_is_said_as_drgn_says_it(made):
    prog, node, _ = made
    obj = Object(prog, node, address=0x1000)
    with pytest.raises(AttributeError, match="^'struct node' has no member 'z'$"):
        obj.z
    with pytest.raises(AttributeError, match="has no attribute 'z'$"):
        obj.x.z
    with pytest.raises(LookupError, match="^'struct node' has no member 'z'$"):
        obj.member_("z")
    with pytest.raises(ObjectNotFoundError) as error:
        prog["nothing"]
    assert error.value.name == "nothing"
    assert str(error.value) == "could not find 'nothing'"
    with pytest.raises(KeyError):
        prog[5]
    with pytest.raises(TypeError):
        hash(obj)
    assert not hasattr(obj, "z_")


def test_memory_comes_from_python_and_so_do_its_exceptions(made):
    prog, node, calls = made
    assert prog.read(0x1010, 5) == b"hello"
    assert calls[-1] == (0x1010, 5, 0x10, False)
    assert prog.read_u32(0x1000) == 7
    assert prog.read_c_string(0x1010) == b"hello"
    assert prog.read_c_string(0x1010, max_size=2) == b"he"
    with pytest.raises(KeyError, match="no such page"):
        prog.read(0x1900, 4)
    with pytest.raises(KeyError, match="no such page"):
        Object(prog, node, address=0x1900).x.value_()
    with pytest.raises(FaultError) as error:
        prog.read(0x5000, 4)
    assert error.value.address == 0x5000
    assert str(error.value) == "could not find memory segment: 0x5000"


def test_operators_are_those_of_c(made):
    prog, _, _ = made
    five = Object(prog, "int", 5)
    assert repr(five + 1) == "Object(prog, 'int', value=6)"
    assert repr(1 - five) == "Object(prog, 'int', value=-4)"
    assert (five / 2).value_() == 2
    assert (-five % 3).value_() == -2
    assert (five << 1).value_() == 10
    assert (~five).value_() == -6
    assert five == 5 and five != 6 and five < 6 and not five == "5"
    assert [10, 20, 30, 40, 50, 60][five] == 60
    assert (float(five), round(five), hex(five), bool(five)) == (5.0, 5, "0x5", True)
    with pytest.raises(ZeroDivisionError):
        five / 0
    with pytest.raises(TypeError):
        five + "x"
    unsigned = Object(prog, "unsigned int", -1)
    assert (unsigned > five, repr(unsigned)) == (True, "Object(prog, 'unsigned int', value=4294967295)")
    assert cast("char", Object(prog, "int", 300)).value_() == 44
    assert implicit_convert("int", Object(prog, "double", 1.9)).value_() == 1
    assert reinterpret("unsigned int", Object(prog, "float", 1.0)).value_() == 0x3F800000


def test_pointers(made):
    prog, node, _ = made
    obj = Object(prog, node, address=0x1000)
    pointer = obj.y.address_of_()
    assert (pointer + 1).value_() == 0x1008
    assert (pointer - obj.x.address_of_()).value_() == 1
    assert container_of(pointer, node, "y").value_() == 0x1000
    assert repr(pointer) == "Object(prog, 'int *', value=0x1004)"
    assert [c.value_() for c in obj.name][:2] == [104, 101]
    assert len(obj.name[1:3]) == 2


def test_absent_objects(made):
    prog, _, _ = made
    absent = Object(prog, "int", absence_reason=AbsenceReason.OPTIMIZED_OUT)
    assert absent.absent_ and absent.absence_reason_ == AbsenceReason.OPTIMIZED_OUT
    assert str(absent) == "(int)<optimized out>"
    with pytest.raises(ObjectAbsentError):
        absent.value_()
    assert repr(Object(prog, "int")) == "Object(prog, 'int')"


def test_types(made):
    prog, node, _ = made
    assert node.kind == TypeKind.STRUCT and node.tag == "node" and sizeof(node) == 24
    assert [member.name for member in node.members] == ["x", "y", "p", "name"]
    assert node.member("p").offset == 8 and not node.has_member("q")
    assert str(node).startswith("struct node {\n\tint x;\n")
    pid = prog.typedef_type("pid_t", prog.type("int"))
    assert repr(pid) == (
        "prog.typedef_type(name='pid_t', type=prog.int_type(name='int', size=4, is_signed=True))"
    )
    assert pid.unaliased().name == "int"
    const = prog.type("int").qualified(Qualifiers.CONST)
    assert (const.type_name(), const.qualifiers) == ("const int", Qualifiers.CONST)
    color = prog.enum_type("color", prog.type("int"), (TypeEnumerator("RED", 1),))
    assert color.enumerators == (TypeEnumerator("RED", 1),)
    assert str(Object(prog, color, 1)) == "(enum color)RED"
    function = prog.function_type(prog.void_type(), (TypeParameter(color, "c"),), True)
    assert function.type_name() == "void (enum color c, ...)"
    with pytest.raises(AttributeError, match="^int type does not have members$"):
        prog.type("int").members
    with pytest.raises(SyntaxError):
        prog.type("int [")
    kinds = TypeKindSet({TypeKind.STRUCT, TypeKind.UNION})
    assert TypeKind.STRUCT in kinds and kinds - {TypeKind.STRUCT} == {TypeKind.UNION}


def test_bit_fields(made):
    prog, _, _ = made
    field = Object(prog, "unsigned int", bit_field_size=3)
    ty = prog.struct_type("flags", 4, (TypeMember(field, "f", 4),))
    obj = Object.from_bytes_(prog, ty, b"\x50\x00\x00\x00")
    assert obj.f.value_() == 5
    assert obj.f.bit_field_size_ == 3
    assert ty.member("f").bit_field_size == 3


def test_search(made):
    prog, _, _ = made
    prog.add_memory_segment(0x10000, 0x1000, lambda a, n, o, p: bytes(n - 4) + b"\x09\0\0\0")
    found = list(prog.search_memory_u32(9).set_address_range(0x10000, 0x10FFF))
    assert found == [(0x10FFC, 9)]
    assert next(prog.search_memory(b"hello")) == 0x1010
    with pytest.raises(ValueError):
        prog.search_memory_u32()


@pytest.mark.parametrize("of", ["program", "object", "type", "reader"])
def test_programs_that_hold_themselves_are_collected(of):
    prog = Program(Platform(Architecture.X86_64))
    here = weakref.ref(prog)
    if of == "program":
        prog.cache["x"] = prog
    elif of == "object":
        prog.cache["x"] = Object(prog, "int", 5)
    elif of == "type":
        prog.cache["x"] = prog.type("int")
    else:
        prog.add_memory_segment(0, 1, lambda *arguments, prog=prog: b"x")
    del prog
    gc.collect()
    assert here() is None


def test_helpers_are_functions_to_introspection():
    from spelunk.helpers.linux import list_for_each_entry

    assert str(inspect.signature(list_for_each_entry)) == "(type, head, member)"
    text = pydoc.plain(pydoc.render_doc(list_for_each_entry))
    assert "in module spelunk.helpers.linux.list" in text
    assert "\nlist_for_each_entry(type, head, member)\n    Iterate over" in text
    assert pickle.loads(pickle.dumps(list_for_each_entry)) is list_for_each_entry
    with pytest.raises(TypeError, match="missing required argument: 'type'"):
        list_for_each_entry()


def test_digits_are_kept_on_the_way_through_python():
    prog = Program(Platform(Architecture.X86_64))
    third = Object(prog, "long double", 1) / 3
    assert third != float(third)
    assert Object(prog, "long double", third) == third
    assert Object(prog, "long double", Object(prog, "__int128", 2**63 + 1)) == 2**63 + 1
    number = prog.type("long double")
    parts = prog.array_type(prog.type("double _Complex"), 2)
    made = prog.struct_type(
        "made", 48, (TypeMember(number, "real"), TypeMember(parts, "parts", 128))
    )
    whole = Object(prog, made, {"real": third, "parts": [1 + 2j, third]})
    assert whole.real == third
    assert [complex(part) for part in whole.parts] == [1 + 2j, complex(float(third))]
    assert Object(prog, prog.array_type(made, 2), [whole, {"real": 3}])[0].real == third
    assert Object(prog, "float _Complex", whole.parts[0]).imag_ == 2
    with pytest.raises(TypeError, match="cannot convert 'double _Complex' to float"):
        Object(prog, "double", whole.parts[0])


def test_basic_types_are_in_all_files():
    prog = Program(Platform(Architecture.X86_64))
    for name in ["int", "size_t", "const int *", "_BitInt(17)", "_Float128"]:
        assert prog.type(name, "a.c")._ptr == prog.type(name)._ptr, name
    with pytest.raises(LookupError, match="could not find 'struct nosuch' in 'a.c'"):
        prog.type("struct nosuch", "a.c")


def test_functions_are_not_called_for_the_kind():
    prog = Program(Platform(Architecture.X86_64))
    calls = []

    def parameter():
        calls.append(1)
        return prog.type("const int")

    function = prog.function_type(prog.void_type(), (TypeParameter(parameter),))
    assert function.kind == TypeKind.FUNCTION
    assert prog.pointer_type(function).type.kind == TypeKind.FUNCTION
    assert not calls
    assert str(function) == "void (const int)"
    assert calls == [1]


def test_sequences_can_be_reversed():
    assert list(reversed(TypeEnumerator("A", 5))) == [5, "A"]
    prog = Program(Platform(Architecture.X86_64))
    array = Object(prog, "int [3]", [1, 2, 3])
    assert [element.value_() for element in reversed(array)] == [3, 2, 1]
