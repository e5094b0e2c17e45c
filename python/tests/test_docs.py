"""Everything that scripts can use says what it is, and methods and functions show how."""

import inspect

import pytest
import spelunk
from spelunk import _native

PUBLIC = [name for name in vars(spelunk) if not name.startswith("_")]
CLASSES = [spelunk.Object, spelunk.Type, spelunk.Program]


def methods(cls):
    for name, value in vars(cls).items():
        # What Python's own protocols need is told by Python.
        if not name.startswith("_"):
            yield name, value


def is_method(value):
    return not inspect.isdatadescriptor(value)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_is_documented(name):
    value = getattr(spelunk, name)
    if inspect.ismodule(value) or not getattr(value, "__module__", "").startswith("spelunk"):
        return
    if not inspect.isclass(value) and not callable(value):
        return
    assert (value.__doc__ or "").strip(), name
    if inspect.isclass(value):
        lacking = [
            part
            for part, member in methods(value)
            if (callable(member) or inspect.isdatadescriptor(member))
            and not (getattr(member, "__doc__", None) or "").strip()
        ]
        assert not lacking, name


@pytest.mark.parametrize("cls", CLASSES)
def test_methods_have_examples(cls):
    lacking = [
        name
        for name, value in methods(cls)
        if is_method(value) and ">>>" not in (value.__doc__ or "")
    ]
    assert not lacking


def test_functions_have_examples():
    functions = [
        name
        for name in PUBLIC
        if callable(getattr(spelunk, name))
        and not inspect.isclass(getattr(spelunk, name))
        and getattr(spelunk, name) is getattr(_native, name, None)
    ]
    assert functions
    assert not [name for name in functions if ">>>" not in getattr(spelunk, name).__doc__]


@pytest.mark.parametrize("cls", CLASSES)
def test_help_fits_a_terminal(cls):
    import pydoc

    text = pydoc.plain(pydoc.render_doc(cls))
    own = text.split("Data and other attributes defined here")[0]
    # Signatures are one line in pydoc, however long; text is wrapped.
    too_wide = [
        line for line in own.splitlines() if len(line) > 110 and "(" not in line
    ]
    assert not too_wide
