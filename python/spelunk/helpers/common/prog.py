"""Decorators for functions that take a program, or the default one."""

import functools
import inspect
from typing import Any, Callable

from spelunk import Object, Program, Type, get_default_prog

__all__ = ("takes_object_or_program_or_default", "takes_program_or_default")


def _program_of(arguments: Any) -> Program:
    """The program of the first object or type among arguments, or else the default one."""
    for argument in arguments:
        if isinstance(argument, Object):
            return argument.prog_
        if isinstance(argument, Type):
            return argument.prog
    return get_default_prog()


def takes_program_or_default(f: Callable[..., Any]) -> Any:
    """Let a function whose first parameter is a program be called without it.

    >>> @takes_program_or_default
    ... def release(prog):
    ...     return prog["UTS_RELEASE"].string_()
    >>> release()
    b'6.1.0'
    """

    @functools.wraps(f)
    def wrapper(*args: Any, **kwds: Any) -> Any:
        if (args and isinstance(args[0], Program)) or "prog" in kwds:
            return f(*args, **kwds)
        return f(_program_of([*args, *kwds.values()]), *args, **kwds)

    return wrapper


def takes_object_or_program_or_default(f: Callable[..., Any]) -> Any:
    """Let a function that takes a program and an optional object be called with either, or neither.

    >>> @takes_object_or_program_or_default
    ... def children(prog, parent, n):
    ...     ...
    >>> children(parent, 1); children(prog, 1); children(1)
    """
    parameters = list(inspect.signature(f).parameters.values())
    name = parameters[1].name
    others = [
        p for p in parameters[2:] if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]

    @functools.wraps(f)
    def wrapper(*args: Any, **kwds: Any) -> Any:
        if args and isinstance(args[0], Program):
            return f(args[0], None, *args[1:], **kwds)
        if "prog" in kwds:
            return f(kwds.pop("prog"), None, *args, **kwds)
        if name in kwds:
            given = kwds.pop(name)
            if isinstance(given, Program):
                return f(given, None, *args, **kwds)
            return f(given.prog_, given, *args, **kwds)
        # An object in front is the optional one only if there are arguments enough behind it.
        open_ = [p for p in others if p.name not in kwds]
        if len(args) > len(open_):
            return f(args[0].prog_, *args, **kwds)
        return f(_program_of([*args, *kwds.values()]), None, *args, **kwds)

    # What callers see is one parameter, not two.
    signature = inspect.signature(f)
    wrapper.__signature__ = signature.replace(parameters=parameters[1:])  # type: ignore[attr-defined]
    return wrapper
