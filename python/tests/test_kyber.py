"""The model case: the investigation in examples/kyber.py, on each dump of the bug."""

import pathlib

import pytest
from lab import Guest

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples/kyber.py"


@pytest.mark.parametrize("name", ["kyber", "kyber-oops", "kyber-kdump"])
def test_investigation(name):
    output = Guest(name).run(EXAMPLE)
    answers = {}
    for step in output.split("\n\n# "):
        question, _, answer = step.partition("\n")
        answers[question.rpartition(" ")[2]] = answer.strip()
    assert "kyber_bio_merge (" in answers["prog.stack_trace(task)"]
    assert answers["khd.kcqs"] == "(ptrdiff_t)1"
    assert answers["hctx.nr_ctx"] == "(unsigned short)1"
    assert answers["ctx.index_hw[hctx.type]"] == "(unsigned short)1"
    assert answers["hctx"] == "False"
    assert answers[".nr_ctx"].startswith("(unsigned short)2")
    assert answers["hctx.ctxs[0].cpu"] in ("(unsigned int)2", "(unsigned int)3")
    assert output.endswith("What it locked is no lock.\n")


def test_crashing_cpu():
    """Only a crash kernel's way of dying sets it."""
    code = "print(prog['crashing_cpu'])"
    assert Guest("kyber-kdump").run("-e", code) == "(int)1\n"
    assert Guest("kyber-oops").run("-e", code) == "(int)-1\n"
