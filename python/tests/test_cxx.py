"""A running program of C++ as scripts see it: what it printed of itself, and what there is besides."""

import shutil

import pytest
from process import Process

from spelunk import FaultError, Object, OutOfBoundsError, TypeKind, cast, container_of, implicit_convert, offsetof, sizeof
from spelunk.repl import Completer

SOURCE = r"""
#include <any>
#include <cstdio>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>
namespace ns {
struct Base { int b = 13; virtual ~Base() {} };
struct A : virtual Base { int a = 11; };
struct B : virtual Base { int bb = 12; };
class C : public A, public B {
public:
    struct Nested { char n = 'n'; } nested;
    enum class E : unsigned char { x = 1, y } e = E::y;
    static int shared;
    static constexpr int limit = 77;
    static constexpr double half = 0.5;
    int c = 14;
    int &r;
    C(int &x) : r(x) {}
};
int C::shared = 7;
struct Deep : C { int deep = 15; using C::C; };
template <typename T, int N> struct Array { T elements[N]; };
}
struct S1 { int x = 1, y = 2; };
struct S2 { int z = 3, x = 33; };
struct Members : S1, S2 { int x = 4; int S1::*data = &S1::y; } members;
int number = 42, numbers[3] = { 5, 6, 7 };
int &reference = number;
int (&to_array)[3] = numbers;
int *pointer = numbers, *&to_pointer = pointer;
ns::C object(number);
ns::C &to_object = object;
ns::B *as_b = &object;
ns::Deep deep(number);
ns::Array<ns::C::Nested, 3> array;
std::vector<int> vec = { 1, 2, 3 };
std::string text = "hello";
std::unique_ptr<int> unique(new int(5));
std::list<int> list = { 7, 8 };
std::map<int, std::string> map = { { 1, "one" } };
std::any any = 5, any_text = std::string("in any"), any_empty;
std::filesystem::path path = "/usr/lib";
struct Lost { std::string text; std::vector<int> vec; };
alignas(16) unsigned long lost[sizeof(Lost) / 8] = { 0x10, 5, 5 };
Lost *to_lost = (Lost *)lost;
template<class T> struct Sum { T operator+(T other) { return other + 1; } };
template<class T> T twice(T x) { return 2 * x; }
int summed = Sum<unsigned int>() + 1u, doubled = twice<int>(1);
template<class... A> int pack(A... a) { return (a + ... + 0); }
int packed = pack(1, 2L);
#define show(what) printf("%s = %lld\n", #what, (long long)(what))
int main()
{
    show(object.a); show(object.b); show(object.bb); show(object.c); show(object.r);
    show(object.nested.n); show(object.e); show(to_object.b); show(to_object.c);
    show(deep.a); show(deep.b); show(deep.bb); show(deep.r); show(deep.deep);
    show(as_b->b); show(as_b->bb); show(members.x); show(members.y); show(members.z);
    show(reference); show(to_array[2]); show(to_pointer[1]);
    show(ns::C::shared); show(ns::C::limit);
    show((long)static_cast<ns::B *>(&object)); show((long)static_cast<ns::Base *>(&object));
    show((long)static_cast<ns::C *>(as_b));
    puts("ready");
    fflush(stdout);
    return getchar() == 0;
}
"""

# Clang leaves out of a program what its libraries are built with, unless told so.
COMPILERS = {"g++": [], "clang++": ["-fstandalone-debug"]}


@pytest.fixture(scope="module", params=COMPILERS)
def process(request, tmp_path_factory):
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp("cxx")
    process = Process(folder, SOURCE, [request.param, "-std=c++17", "-w", *COMPILERS[request.param]])
    yield process
    process.close()


@pytest.fixture
def prog(process):
    return process.prog


def evaluate(prog, path):
    """The object that an expression of C++ names: `a.b[1]`, `p->x`."""
    if path.startswith("(long)static_cast<"):
        ty, name = path[len("(long)static_cast<") :].rstrip(")").split(">(")
        obj = prog[name.lstrip("&")]
        return cast(ty, obj.address_of_() if name.startswith("&") else obj)
    name, *members = path.replace("->", ".").replace("[", ".[").split(".")
    obj = prog[name]
    for member in members:
        obj = obj[int(member[1:-1])] if member.startswith("[") else getattr(obj, member)
    return obj


def test_values_are_what_the_program_says(process):
    assert len(process.output) > 20
    for path, value in process.output:
        assert int(evaluate(process.prog, path)) == int(value), path


def test_references_are_what_they_refer_to(prog):
    reference, number = prog["reference"], prog["number"]
    assert reference.type_.type_name() == "int &"
    assert reference.type_.kind == TypeKind.POINTER
    assert reference.address_of_() == number.address_of_()
    assert (reference + 1).type_.type_name() == "int"
    assert reference == 42 and bool(reference) and reference.value_() == 42
    assert reference.format_(symbolize=False) == f"(int &){number.address_:#x} = 42"
    assert [int(element) for element in prog["to_array"]] == [5, 6, 7]
    assert prog["object"].value_()["r"] == number.address_
    made = Object(prog, "int &", number.address_)
    assert made.value_() == 42


def test_references_are_bound_to_objects(prog):
    for obj in (prog["number"], prog["reference"]):
        made = Object(prog, "int &", obj)
        assert made.address_of_() == prog["number"].address_of_() and made == 42
    with pytest.raises(TypeError, match="incompatible type"):
        Object(prog, "long &", prog["number"])
    with pytest.raises(ValueError, match="only an object in memory"):
        Object(prog, "int &", prog["number"] + 1)


def test_casts_to_references_refer_to_the_object(prog):
    for obj in (prog["number"], prog["reference"]):
        made = cast("int &", obj)
        assert made.address_of_() == prog["number"].address_of_() and made == 42
        assert cast("unsigned char &", obj).type_.type_name() == "unsigned char &"
        assert implicit_convert("int &", obj) == 42
    with pytest.raises(ValueError, match="only an object in memory"):
        cast("int &", prog["number"] + 1)
    with pytest.raises(TypeError, match="incompatible type"):
        implicit_convert("long &", prog["number"])
    assert cast("ns::B &", prog["object"]).bb == 12
    assert cast("ns::Base &", prog["to_object"]).b == 13


def test_casts_between_classes_lead_to_the_part(prog):
    obj = prog["object"].address_of_()
    assert cast("ns::B *", obj).bb == 12
    assert cast("ns::B *", obj).value_() == prog["object"].B.address_
    assert cast("ns::Deep *", cast("ns::B *", prog["deep"].address_of_())).deep == 15
    assert not cast("ns::B *", Object(prog, "ns::C *", 0))
    with pytest.raises(TypeError, match="virtual base class"):
        cast("ns::C *", cast("ns::Base *", obj))


def test_base_classes_are_reached_by_name(prog):
    obj = prog["object"]
    assert obj.Base.b == obj.A.b == obj.B.b == obj.member_("b") == 13
    assert prog["deep"].C.A.a == 11
    assert prog["members"].S1.x == 1 and prog["members"].S2.x == 33
    names = {"A", "B", "Base", "a", "b", "bb", "nested", "e", "c", "r"}
    assert names <= set(dir(obj)) & set(dir(prog["to_object"])) & set(dir(obj.address_of_()))
    with pytest.raises(AttributeError, match="'ns::C' has no member 'nosuch'"):
        obj.nosuch


def test_virtual_bases_are_elsewhere_in_each_object(prog):
    classes = [prog["object"], prog["deep"], prog["as_b"], prog["to_object"], prog["as_b"][0]]
    # One name, seen in objects of several layouts one after the other.
    for _ in range(3):
        assert [int(obj.b) for obj in classes] == [13] * 5
    ty = prog.type("ns::C")
    reason = "'b' is in a virtual base class of 'ns::C', which each object has elsewhere"
    for ask in (
        lambda: offsetof(ty, "b"),
        lambda: ty.member("b"),
        lambda: prog["object"].subobject_("b"),
        lambda: container_of(prog["object"].b.address_of_(), ty, "b"),
    ):
        with pytest.raises(ValueError, match=reason):
            ask()
    assert offsetof(ty, "c") * 8 == ty.member("c").bit_offset
    assert container_of(prog["object"].c.address_of_(), ty, "c") == prog["object"].address_of_()


def test_values_have_their_virtual_bases_in_them(prog):
    for name in ("object", "deep"):
        value = prog[name].read_()
        assert value.address_ is None
        assert value.b == value.A.b == value.B.b == value.B.Base.b == 13
        assert str(value) == str(prog[name])
        assert value.value_() == prog[name].value_()
        assert value.value_()["b"] == 13
        assert value.to_bytes_() == prog.read(prog[name].address_, sizeof(value))
    assert prog["object"].A.value_()["b"] == 13
    # What is read of a base class alone is not enough.
    part = prog["object"].A.read_()
    assert part.a == 11
    with pytest.raises(OutOfBoundsError, match="virtual base class is not in the value"):
        part.b


def test_names_keep_their_scope(prog):
    for name in ("ns::C *", "ns::C &", "ns::C::Nested", "ns::Array<ns::C::Nested, 3>", "int &&"):
        assert prog.type(name).type_name() == name
    assert prog["array"].type_.type_name() == "ns::Array<ns::C::Nested, 3>"
    assert str(prog["object"].e) == "(ns::C::E)y"
    assert prog["ns::C::E::y"] == 2
    assert str(prog["members"].data) == "(int S1::*)&S1::y"
    shown = str(prog["object"])
    assert shown.startswith("(ns::C){\n\t.A = (ns::A){\n\t\t.Base = (ns::Base){\n"), shown
    assert str(prog.type("ns::C")).startswith("class ns::C : ns::A, ns::B {\n")
    assert str(prog.type("ns::A")).startswith("struct ns::A : virtual ns::Base {\n")
    parameters = prog["array"].type_.template_parameters
    assert [parameter.name for parameter in parameters] == ["T", "N"]
    assert parameters[1].argument == 3


def test_static_members_are_found_by_name(prog):
    assert prog.variable("ns::C::shared") == 7
    assert prog["ns::C::limit"] == 77
    assert prog.constant("ns::C::limit").type_.type_name() == "const int"
    assert prog["ns::C::half"].value_() == 0.5


def test_the_standard_library_shows_what_it_holds(prog):
    assert str(prog["vec"]) == "(std::vector<int>){ 1, 2, 3 }"
    assert str(prog["text"]) == '(std::string)"hello"'
    assert str(prog["unique"]).endswith(" = 5")
    assert [int(child) for child in prog["vec"].children_()] == [1, 2, 3]


def test_containers_say_how_to_get_at_what_they_hold(prog):
    vec = prog["vec"]
    array = vec.array_()
    assert len(array) == 3 and array[1] == 2 and [int(element) for element in array[1:]] == [2, 3]
    assert array.address_ == vec.array_()[0].address_
    for obj, hint in [
        (vec, r"array_\(\) is the array of its elements"),
        (prog["list"], r"children_\(\) walks what it holds"),
        (prog["text"], r"string_\(\) gives its characters"),
    ]:
        for ask, message in [
            (lambda: obj[0], "is not an array or pointer; "),
            (lambda: obj["key"], "must be integer or slice, not str; "),
            (lambda: len(obj), r"has no len\(\); "),
            (lambda: iter(obj), "is not iterable; "),
        ]:
            with pytest.raises(TypeError, match=message + hint):
                ask()
    with pytest.raises(TypeError, match="is not an array or pointer$"):
        prog["members"][0]
    with pytest.raises(TypeError, match=r"holds no array; children_\(\) walks what it holds"):
        prog["list"].array_()
    assert prog["numbers"].array_()[2] == 7


def test_strings_and_containers_that_cannot_be_read_say_why(prog):
    assert prog["text"].string_() == b"hello" and prog["path"].string_() == b"/usr/lib"
    lost = prog["to_lost"]
    with pytest.raises(FaultError, match="0x10"):
        lost.text.string_()
    with pytest.raises(TypeError, match="must be an array or pointer"):
        prog["members"].string_()
    # It is shown as what it is made of.
    assert "_M_string_length" in str(lost.text)


def test_names_as_they_are_shown_are_types(prog):
    shown = {
        "vec": "std::vector<int>",
        "text": "std::string",
        "unique": "std::unique_ptr<int>",
        "list": "std::list<int>",
        "map": "std::map<int, std::string>",
        "path": "std::filesystem::path",
        "array": "ns::Array<ns::C::Nested, 3>",
    }
    for variable, name in shown.items():
        own = prog[variable].type_
        assert sizeof(prog.type(name)) == sizeof(own), name
        assert cast(f"{name} *", prog[variable].address_of_()).type_.kind == TypeKind.POINTER
        assert sizeof(prog.type(own.type_name())) == sizeof(own), own.type_name()
    names = ["std::map<int,std::string>", "map<const int, string>", "std::map<int, std::string, std::less<int>>"]
    assert sizeof(prog.type(names[0])) == sizeof(prog.type(names[2])) == sizeof(prog["map"].type_)
    assert prog.type("Nested").type_name() == "ns::C::Nested"
    with pytest.raises(LookupError, match="could not find"):
        prog.type(names[1])


def test_parameters_of_packs_are_parameters(prog):
    functions = []
    for name in ("pack<int, long int>", "pack<int, long>"):
        try:
            functions.append(prog.function(name))
        except LookupError:
            pass
    assert [parameter.type.size for parameter in functions[0].type_.parameters] == [4, 8]


def test_what_an_any_holds(prog):
    assert str(prog["any"]) == "(std::any)(int)5"
    assert str(prog["any_text"]) == '(std::any)(std::string)"in any"'
    assert str(prog["any_empty"]) == "(std::any)empty"


def test_functions_are_places_by_their_names(prog):
    for name in ["twice<int>", "Sum<unsigned int>::operator+"]:
        function = prog.function(name)
        (place,) = prog.source_location(name)
        assert place.line == prog.source_location(function.address_)[0].line
        for text in [f"{name}+0x1", f" {name} + 1 "]:
            (inside,) = prog.source_location(text)
            assert inside.line == place.line and inside.filename == place.filename
    for name in ["twice<char>", "twice<int>+x", "Sum<unsigned int>::operator-", "Sum<unsigned int>"]:
        with pytest.raises((LookupError, ValueError)):
            prog.source_location(name)


@pytest.mark.parametrize(
    "before, text, matches",
    [
        ("x = ", 'prog["ns::C::sh', ['prog["ns::C::shared"]']),
        ("", 'prog["ns::C::shared"].address_o', ['prog["ns::C::shared"].address_of_']),
        ("", 'prog["ns::C::shared"].nothing', []),
        ("prog.type(", '"ns::Dee', ['"ns::Deep")']),
        # What readline takes for the text begins behind some characters of the name.
        ('prog["twice<', "in", ['int>"]']),
        ('prog["Sum<unsigned int>', "::operator", ['::operator+"]']),
        ("prog.type(", '"Lost', ['"Lost")']),
        ("1 if prog else ", "pro", ["prog", "property"]),
    ],
)
def test_names_with_scopes_are_completed(prog, before, text, matches):
    assert Completer({"prog": prog}, lambda: before).all_matches(text) == matches


def test_names_of_symbols_are_demangled(prog):
    symbol = prog.symbol("_ZTVN2ns4BaseE")
    assert (symbol.name, symbol.demangled_name) == ("_ZTVN2ns4BaseE", "vtable for ns::Base")
    assert prog.symbol("main").demangled_name == "main"
    assert "vtable for ns::Deep+" in str(prog["deep"])
