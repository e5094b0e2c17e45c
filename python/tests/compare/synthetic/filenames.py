"""How file names are matched: by whole components, from the end."""

from answers import answer_each
from drgn import *

PATHS = [
    "/a/b/c.h", "a/b/c.h", "/a/../b/c.h", "../b/c.h", "/../b/c.h", "a/./b//c.h", "c.h", "", "/", ".", "..", "a/b/..",
    "a/b/../c.h", "../../c.h", "./c.h", "/c.h", "a/b/c.h/", None,
]
ENDS = [
    "c.h", "b/c.h", "/a/b/c.h", "a/b/c.h", "../c.h", "../b/c.h", "./c.h", "", "/", "/c.h", ".", "..", "b/../c.h",
    "b/./c.h", "x/../c.h", "h", "/b/c.h", "a", "b/c.h/", "a/b", "../../c.h", None,
]

answer_each("\n".join(f"filename_matches({path!r}, {end!r})" for path in PATHS for end in ENDS), globals())
