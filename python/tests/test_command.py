"""The command: what it says and does, on a real dump."""

import subprocess

import pytest
from lab import SPELUNK


def spelunk_command(*arguments, input=None):
    """Run the command and return what became of it."""
    return subprocess.run(
        [SPELUNK, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        input=input,
        encoding="utf-8",
        timeout=120,
    )


def test_help_and_version():
    result = spelunk_command("--help")
    assert result.returncode == 0 and "--kernel-directory" in result.stdout
    result = spelunk_command("--version")
    assert result.stdout.startswith("spelunk ")


@pytest.mark.parametrize(
    "arguments, status, text",
    [
        (["--bogus"], 2, "spelunk: unknown option '--bogus' (see spelunk --help)\n"),
        (["-k", "-p1"], 2, "spelunk: -k and -p exclude each other (see spelunk --help)\n"),
        (["--qemu", "/nonexistent"], 1, "spelunk: /nonexistent: No such file or directory\n"),
        (["-c", "/nonexistent"], 1, "spelunk: /nonexistent: No such file or directory\n"),
        (["-p", str(2**22 + 1)], 1, f"spelunk: there is no process {2**22 + 1}\n"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments, status, text):
    result = spelunk_command(*arguments)
    assert (result.returncode, result.stdout, result.stderr) == (status, "", text)


def test_a_file_that_is_no_dump(tmp_path):
    path = tmp_path / "core"
    path.write_bytes(b"no dump at all" * 100)
    result = spelunk_command("-c", str(path))
    assert result.returncode == 1
    assert result.stderr.startswith("spelunk: ") and result.stderr.count("\n") == 1


def test_code_scripts_and_standard_input(tmp_path, panic):
    arguments = ["-q", "-c", panic.core, "--kernel-directory", panic.debug_directory()]
    code = "import sys, drgn; print(sys.argv, __name__, prog['init_task'].comm.string_())"
    result = spelunk_command(*arguments, "-e", code, "a", "-b")
    assert result.stdout == "['-e', 'a', '-b'] __main__ b'swapper/0'\n", result.stderr
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom drgn.helpers.linux.pid import find_task\n"
        "print(sys.argv[1:], find_task(1).comm.string_(), find_task(prog, 1).pid.value_())\n"
    )
    result = spelunk_command(*arguments, script, "--", "-q")
    assert result.stdout == "['--', '-q'] b'init' 1\n", result.stderr
    result = spelunk_command(*arguments, input="print(prog.thread(1).name)\n")
    assert result.stdout == "init\n", result.stderr


def test_what_does_not_exist_yet_is_named(tmp_path, panic):
    arguments = ["-q", "-c", panic.core, "--no-default-symbols"]
    script = tmp_path / "script.py"
    script.write_text("from drgn.helpers.linux.nothing import something\n")
    result = spelunk_command(*arguments, script)
    assert result.returncode == 1
    assert "ModuleNotFoundError: spelunk has no drgn.helpers.linux.nothing yet" in result.stderr
    script.write_text("from drgn import NoSuchThing\n")
    result = spelunk_command(*arguments, script)
    assert "ImportError: cannot import name 'NoSuchThing'" in result.stderr


def test_tracebacks_begin_with_the_user_s_code(tmp_path, panic):
    arguments = ["-q", "-c", panic.core, "--kernel-directory", panic.debug_directory()]
    script = tmp_path / "script.py"
    script.write_text("def fail():\n    prog['nosuch']\n\nfail()\n")
    result = spelunk_command(*arguments, script)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert lines[:2] == ["Traceback (most recent call last):", f'  File "{script}", line 4, in <module>']
    assert lines[-1].endswith("ObjectNotFoundError: could not find 'nosuch'")
    assert "runpy" not in result.stderr and "cli.py" not in result.stderr
    result = spelunk_command(*arguments, "-e", "import sys; sys.exit(7)")
    assert (result.returncode, result.stderr) == (7, "")


def test_closed_output_is_no_mistake(panic):
    arguments = ["-q", "-c", panic.core, "--kernel-directory", panic.debug_directory()]
    code = "for i in range(100000): print(i)"
    with subprocess.Popen(
        [SPELUNK, *arguments, "-e", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        assert process.stderr.read() == b""
