"""What the scripts beside this file have in common: how an answer is written down.

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


def kernel_frames(trace):
    """The frames of a trace up to the first of user code.

    drgn goes on from there with whatever the kernel's page tables have at the addresses of a user's stack.
    """
    frames = []
    for frame in trace:
        frames.append(frame)
        if frame.pc < 1 << 63:
            break
    return frames
