"""What the scripts beside this file have in common: how an answer is written down, what a stack is.

Each script runs under drgn and under Spelunk (`cargo xtask test`), and writes one line an answer: a key,
a tab, the answer as JSON; an exception counts as an answer too (`{"raised": ...}`).
"""

import ast
import json
import re

try:
    # Where Spelunk is installed, `import drgn` below means it.
    import spelunk.compat  # noqa: F401
except ImportError:
    pass

from drgn import Architecture  # noqa: E402


def answer(key, function, *args):
    """Print what `function(*args)` returns, under a key that is the same in every run."""
    try:
        value = function(*args)
    except Exception as error:
        value = {"raised": f"{type(error).__name__}: {error}"}
    print(key, json.dumps(value), sep="\t")


def answer_each(source, variables):
    """Run the statements of `source`, and print what each expression among them is.

    The key is the expression's text, with a number where it comes again. Statements that raise are
    answers, too.
    """
    seen = {}
    for statement in ast.parse(source).body:
        text = " ".join(ast.get_source_segment(source, statement).split())
        seen[text] = seen.get(text, 0) + 1
        key = text if seen[text] == 1 else f"{text} #{seen[text]}"
        is_expression = isinstance(statement, ast.Expr)
        code = ast.Expression(statement.value) if is_expression else ast.Module([statement], [])
        code = compile(code, "<answers>", "eval" if is_expression else "exec")
        try:
            value = eval(code, variables)
        except Exception as error:
            shown = {"raised": normalized(f"{type(error).__name__}: {error}")}
        else:
            if not is_expression:
                continue
            try:
                shown = normalized(repr(value))
            except Exception as error:
                shown = {"repr() raised": normalized(f"{type(error).__name__}: {error}")}
        print(key, json.dumps(shown), sep="\t")


# How Python's own functions, those of C extensions and PyO3 say that arguments do not fit.
_SIGNATURE = re.compile(
    r"TypeError: .*("
    r"missing (\d+ )?required (positional )?arguments?"
    r"|takes .*arguments?\b.*"
    r"|(unexpected|invalid) keyword argument"
    r"|positional-only arguments? passed as keyword"
    r").*"
)
_ARGUMENT = re.compile(
    r"TypeError: (?:\w+\(\) argument \d+|name) must be (?:drgn\.)?(\w+), not (?:drgn\.)?(\w+)"
)
_INSTANCE = re.compile(r"TypeError: '(\w+)'(?: object)? is not an instance of '(\w+)'")


def normalized(text):
    """`text` without what is different for good.

    That is the package's name, addresses of Python's, and Python's own words on arguments that do not
    fit a signature.
    """
    text = re.sub(r"\b(spelunk(\._\w+)?|_drgn)\.", "drgn.", text)
    text = re.sub(r" at 0x[0-9a-f]+>", ">", text)
    # Where in Python the stack is full depends on how deep the caller is.
    text = re.sub(r"(maximum recursion depth exceeded) while .*", r"\1", text)
    text = _SIGNATURE.sub("TypeError: arguments do not fit the signature", text)
    text = _ARGUMENT.sub(r"TypeError: an argument must be \1, not \2", text)
    return _INSTANCE.sub(r"TypeError: an argument must be \2, not \1", text)


def is_user_code(frame):
    try:
        return frame.pc < 1 << 63
    except LookupError:
        return False


def parts_of_stack(task, trace):
    """The frames by what they are of: pairs of a word for keys and a list of frames."""
    frames = list(trace)
    if not task.stack:
        return [("dead ", frames)]
    # On AArch64, drgn's traces end before the first frame of user code.
    first = 0 if task.prog_.platform.arch == Architecture.AARCH64 else 1
    of_user = (number for number, frame in enumerate(frames, first) if is_user_code(frame))
    end = next(of_user, len(frames))
    return [("", frames[:end]), ("user ", frames[end:])]
