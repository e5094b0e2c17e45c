"""Types and their members."""

import enum
from typing import Container, List, Tuple, Union

from spelunk import Type, TypeKind

__all__ = ("enum_type_to_class", "typeof_member")


def typeof_member(type: Union[str, Type], member: str) -> Type:
    """The type of a member, which may be inside of others: ``a.b``.

    >>> typeof_member(prog.type("struct task_struct"), "comm").type_name()
    'char [16]'
    """
    if isinstance(type, str):
        from spelunk import get_default_prog

        type = get_default_prog().type(type)
    for name in member.split("."):
        type = type.unaliased().member(name).type
    return type


def enum_type_to_class(
    type: Type, name: str, exclude: Container[str] = (), prefix: str = ""
) -> "type[enum.IntEnum]":
    """An ``enum.IntEnum`` with the enumerators of a type.

    >>> enum_type_to_class(prog.type("enum pid_type"), "PidType", prefix="PIDTYPE_").TGID
    <PidType.TGID: 1>

    :param exclude: Enumerators to leave out.
    :param prefix: What to take off the names.
    """
    if type.kind != TypeKind.ENUM:
        raise TypeError("enum type is required")
    if type.enumerators is None:
        raise TypeError("type is incomplete")
    members: List[Tuple[str, int]] = []
    for enumerator in type.enumerators:
        if enumerator.name in exclude:
            continue
        short = enumerator.name
        if short.startswith(prefix):
            short = short[len(prefix) :]
        members.append((short, enumerator.value))
    return enum.IntEnum(name, members)  # type: ignore[return-value]
