"""A programmable debugger for the Linux kernel and native programs.

Programs, types, variables and stack traces of a crashed kernel are Python objects:

>>> prog = spelunk.program_from_core_dump("vmcore")
>>> prog["init_task"].comm
(char [16])"swapper/0"
>>> prog.crashed_thread().stack_trace()

The names, signatures and texts are those of drgn; `spelunk.compat` makes ``import drgn`` find them.
"""

import os
import runpy
import sys
from typing import Any, Dict, Iterator, Optional, Tuple, Union

from spelunk._enums import (
    AbsenceReason,
    Architecture,
    FindObjectFlags,
    KmodSearchMethod,
    ModuleFileStatus,
    PlatformFlags,
    PrimitiveType,
    ProgramFlags,
    Qualifiers,
    SupplementaryFileKind,
    SymbolBinding,
    SymbolKind,
    TypeKind,
)
from spelunk._exceptions import (
    BadDataError,
    FaultError,
    MissingDebugInfoError,
    NoDefaultProgramError,
    ObjectAbsentError,
    ObjectNotFoundError,
    OutOfBoundsError,
    UnsupportedOperation,
)
from spelunk._native import (
    NULL,
    DebugInfoOptions,
    ExtraModule,
    Language,
    Macro,
    MainModule,
    Module,
    Object,
    Platform,
    Program,
    Register,
    RelocatableModule,
    SharedLibraryModule,
    SourceLocationList,
    StackFrame,
    StackSignature,
    StackTrace,
    Symbol,
    SymbolIndex,
    Thread,
    Type,
    TypeEnumerator,
    TypeKindSet,
    TypeMember,
    TypeParameter,
    TypeTemplateParameter,
    VdsoModule,
    __version__ as __version__,
    alignof,
    cast,
    container_of,
    filename_matches,
    get_default_prog,
    host_platform,
    implicit_convert,
    offsetof,
    program_from_core_dump,
    program_from_kernel,
    program_from_pid,
    reinterpret,
    set_default_prog,
    sizeof,
)
from spelunk._modules import WantedSupplementaryFile
from spelunk._source import SourceLocation
from typing import SupportsIndex as IntegerLike

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
MemorySearchIterator = Iterator

__all__ = (
    "AbsenceReason",
    "Architecture",
    "BadDataError",
    "DebugInfoOptions",
    "ExtraModule",
    "FaultError",
    "FindObjectFlags",
    "IntegerLike",
    "KmodSearchMethod",
    "Language",
    "Macro",
    "MainModule",
    "MemorySearchIterator",
    "MissingDebugInfoError",
    "Module",
    "ModuleFileStatus",
    "NULL",
    "NoDefaultProgramError",
    "Object",
    "ObjectAbsentError",
    "ObjectNotFoundError",
    "OutOfBoundsError",
    "Path",
    "Platform",
    "PlatformFlags",
    "PrimitiveType",
    "Program",
    "ProgramFlags",
    "Qualifiers",
    "Register",
    "RelocatableModule",
    "SharedLibraryModule",
    "SourceLocation",
    "SourceLocationList",
    "StackFrame",
    "StackSignature",
    "StackTrace",
    "SupplementaryFileKind",
    "Symbol",
    "SymbolBinding",
    "SymbolIndex",
    "SymbolKind",
    "Thread",
    "Type",
    "TypeEnumerator",
    "TypeKind",
    "TypeKindSet",
    "TypeMember",
    "TypeParameter",
    "TypeTemplateParameter",
    "UnsupportedOperation",
    "VdsoModule",
    "WantedSupplementaryFile",
    "alignof",
    "cast",
    "container_of",
    "execscript",
    "filename_matches",
    "get_default_prog",
    "host_platform",
    "implicit_convert",
    "offsetof",
    "program_from_core_dump",
    "program_from_kernel",
    "program_from_pid",
    "reinterpret",
    "search_memory",
    "search_memory_regex",
    "search_memory_u16",
    "search_memory_u32",
    "search_memory_u64",
    "search_memory_word",
    "set_default_prog",
    "sizeof",
    "source_location",
    "stack_trace",
)


def stack_trace(thread: Union[Object, IntegerLike]) -> StackTrace:
    """The stack trace of a thread of the default program.

    >>> stack_trace(1)[1].name
    '__schedule'
    """
    if isinstance(thread, Object):
        return thread.prog_.stack_trace(thread)
    return get_default_prog().stack_trace(thread)


def source_location(address: Union[IntegerLike, str], /) -> SourceLocationList:
    """The places in source code that an address of the default program was compiled from.

    >>> source_location("schedule+0x9")[0].line
    15
    """
    if isinstance(address, Object):
        return address.prog_.source_location(address)
    return get_default_prog().source_location(address)


def search_memory(
    value: Union[bytes, str, IntegerLike, Object], **kwargs: Any
) -> "Iterator[int]":
    """Search the memory of the default program: see `Program.search_memory()`."""
    return get_default_prog().search_memory(value, **kwargs)


def search_memory_u16(
    *values: Union[IntegerLike, Tuple[IntegerLike, IntegerLike]],
    ignore_mask: IntegerLike = 0,
) -> "Iterator[Tuple[int, int]]":
    """Search the memory of the default program: see `Program.search_memory_u16()`."""
    return get_default_prog().search_memory_u16(*values, ignore_mask=ignore_mask)


def search_memory_u32(
    *values: Union[IntegerLike, Tuple[IntegerLike, IntegerLike]],
    ignore_mask: IntegerLike = 0,
) -> "Iterator[Tuple[int, int]]":
    """Search the memory of the default program: see `Program.search_memory_u32()`."""
    return get_default_prog().search_memory_u32(*values, ignore_mask=ignore_mask)


def search_memory_u64(
    *values: Union[IntegerLike, Tuple[IntegerLike, IntegerLike]],
    ignore_mask: IntegerLike = 0,
) -> "Iterator[Tuple[int, int]]":
    """Search the memory of the default program: see `Program.search_memory_u64()`."""
    return get_default_prog().search_memory_u64(*values, ignore_mask=ignore_mask)


def search_memory_word(
    *values: Union[IntegerLike, Tuple[IntegerLike, IntegerLike]],
    ignore_mask: IntegerLike = 0,
) -> "Iterator[Tuple[int, int]]":
    """Search the memory of the default program: see `Program.search_memory_word()`."""
    return get_default_prog().search_memory_word(*values, ignore_mask=ignore_mask)


def search_memory_regex(
    pattern: Union[bytes, str],
) -> "Iterator[Tuple[int, Union[bytes, str]]]":
    """Search the memory of the default program: see `Program.search_memory_regex()`."""
    return get_default_prog().search_memory_regex(pattern)


def execscript(
    path: str, *args: str, globals: Optional[Dict[str, Any]] = None
) -> None:
    """Run a script with the caller's global variables, which get those that the script defines.

    >>> execscript("tasks.py", "/usr/bin/bash")

    :param args: What the script sees in ``sys.argv[1:]``.
    :param globals: Variables to use instead of the caller's.
    """
    if globals is None:
        globals = sys._getframe(1).f_globals
    saved = sys.argv
    sys.argv = [path, *args]
    try:
        result = runpy.run_path(path, init_globals=globals, run_name="__main__")
    finally:
        sys.argv = saved
    for name, value in result.items():
        # The module's own names stay those of the caller.
        if not (name.startswith("__") and name.endswith("__")):
            globals[name] = value
