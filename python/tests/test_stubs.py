"""Stubs say what is there."""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent


def test_stubs_are_those_of_the_engine_s_records():
    generator = HERE.parent / "tools" / "generate_helpers.py"
    subprocess.run([sys.executable, generator, "--check"], check=True)


def test_stubs_agree_with_what_can_be_imported():
    pytest.importorskip("mypy")
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy.stubtest",
            "spelunk._native",
            "spelunk.helpers.linux",
            "--allowlist",
            HERE / "stubtest-allowlist.txt",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout
