"""Objects of a program that is made up: how they are made, what they answer, which errors they give."""

from answers import answer_each
from drgn import *

prog = Program(Platform(Architecture.X86_64))

answer_each(
    """\
Object(prog, "int", 5)
Object(prog, "int", value=5)
Object(prog, "int", address=5)
Object(prog, "int", absence_reason=AbsenceReason.OTHER)
Object(prog, "int", absence_reason=AbsenceReason.OPTIMIZED_OUT)
Object(prog, "int")
Object(prog, 5)
Object(prog, value=5)
Object(prog, value="x")
Object(prog, "int", value="x")
""",
    globals(),
)
