"""What the scripts beside this file have in common: how an answer is written down, what a stack is.

Each script runs under drgn and under Spelunk (`cargo xtask test`), and writes one line an answer: a key,
a tab, the answer as JSON; an exception counts as an answer too (`{"raised": ...}`).
"""

import json


def answer(key, function, *args):
    """Print what `function(*args)` returns, under a key that is the same in every run."""
    try:
        value = function(*args)
    except Exception as error:
        value = {"raised": f"{type(error).__name__}: {error}"}
    print(key, json.dumps(value), sep="\t")


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
    of_user = (number for number, frame in enumerate(frames, 1) if is_user_code(frame))
    end = next(of_user, len(frames))
    return [("", frames[:end]), ("user ", frames[end:])]
