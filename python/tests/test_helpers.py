"""Modules of helpers as Python sees them."""

import subprocess
import sys


def output_of(code):
    """What `code` prints in an interpreter of its own, in which nothing is imported yet."""
    return subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def test_to_import_a_module_imports_no_others():
    code = """
import sys
from spelunk.helpers.linux.pid import find_task
prefix = "spelunk.helpers.linux."
print([name for name in sys.modules if name.startswith(prefix)])
"""
    assert output_of(code) == "['spelunk.helpers.linux.pid']\n"


def test_the_package_has_the_names_of_all_modules():
    for use in (
        "from spelunk.helpers.linux import *",
        "from spelunk.helpers.linux import find_task, list_for_each",
        "import spelunk.helpers.linux as package; find_task = package.find_task",
        "import spelunk.compat; from drgn.helpers.linux import find_task",
    ):
        code = f"{use}\nimport spelunk.helpers.linux.pid as pid\nprint(find_task is pid.find_task)"
        assert output_of(code) == "True\n", use
    code = """
import spelunk.helpers.linux as package
print({"find_task", "pid", "__all__"} <= set(dir(package)), "find_task" in package.__all__)
print(hasattr(package, "nonsense"), hasattr(package, "__wrapped__"), package.pid.__name__)
"""
    assert output_of(code) == "True True\nFalse False spelunk.helpers.linux.pid\n"


def test_an_enumeration_is_in_its_module():
    code = """
import spelunk.helpers.linux.slab
import spelunk._records
made = spelunk._records.enum_class("mm", "Example", "", [("ONE", 1)])
import spelunk.helpers.linux.mm
print(spelunk.helpers.linux.mm.Example is made)
"""
    assert output_of(code) == "True\n"
