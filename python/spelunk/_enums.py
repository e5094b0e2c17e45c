"""The enumerations of the public API. Their values are drgn's."""

import enum


class AbsenceReason(enum.Enum):
    """Why an object is absent."""

    OTHER = 0
    """Another reason, such as a declaration without a definition."""
    OPTIMIZED_OUT = 1
    """The compiler optimized it out."""
    NOT_IMPLEMENTED = 2
    """Debugging information says it in a way that is not understood yet."""


class Architecture(enum.Enum):
    """An instruction set architecture."""

    UNKNOWN = 0
    X86_64 = 1
    I386 = 2
    AARCH64 = 3
    ARM = 4
    PPC64 = 5
    RISCV64 = 6
    RISCV32 = 7
    S390X = 8
    S390 = 9
    LOONGARCH64 = 10


class FindObjectFlags(enum.Flag):
    """Which kinds of objects to look for."""

    CONSTANT = 1
    FUNCTION = 2
    VARIABLE = 4
    ANY = 7


class KmodSearchMethod(enum.Enum):
    """How to search for the files of loadable kernel modules."""

    NONE = 0
    DEPMOD = 1
    WALK = 2
    DEPMOD_OR_WALK = 3
    DEPMOD_AND_WALK = 4


class ModuleFileStatus(enum.Enum):
    """Whether a file of a module is there or wanted."""

    WANT = 0
    HAVE = 1
    DONT_WANT = 2
    DONT_NEED = 3
    WANT_SUPPLEMENTARY = 4


class PlatformFlags(enum.Flag):
    """What a platform is like."""

    IS_64_BIT = 1
    IS_LITTLE_ENDIAN = 2


class PrimitiveType(enum.Enum):
    """A basic type of C, whatever debugging information calls it."""

    C_VOID = 0
    C_CHAR = 1
    C_SIGNED_CHAR = 2
    C_UNSIGNED_CHAR = 3
    C_SHORT = 4
    C_UNSIGNED_SHORT = 5
    C_INT = 6
    C_UNSIGNED_INT = 7
    C_LONG = 8
    C_UNSIGNED_LONG = 9
    C_LONG_LONG = 10
    C_UNSIGNED_LONG_LONG = 11
    C_BOOL = 12
    C_FLOAT = 13
    C_DOUBLE = 14
    C_LONG_DOUBLE = 15
    C_SIZE_T = 16
    C_PTRDIFF_T = 17


class ProgramFlags(enum.Flag):
    """What a program is."""

    IS_LINUX_KERNEL = 1
    """It is the Linux kernel."""
    IS_LIVE = 2
    """It is running."""
    IS_LOCAL = 4
    """It runs on this machine."""


class Qualifiers(enum.Flag):
    """The qualifiers of a type."""

    NONE = 0
    CONST = 1
    VOLATILE = 2
    RESTRICT = 4
    ATOMIC = 8


class SupplementaryFileKind(enum.Enum):
    """How a debug file refers to its supplementary file."""

    GNU_DEBUGALTLINK = 1


class SymbolBinding(enum.Enum):
    """How a symbol is linked. Values are ELF's, except for ``UNKNOWN``."""

    UNKNOWN = 0
    LOCAL = 1
    GLOBAL = 2
    WEAK = 3
    UNIQUE = 11


class SymbolKind(enum.Enum):
    """What a symbol stands for. Values are ELF's."""

    UNKNOWN = 0
    OBJECT = 1
    FUNC = 2
    SECTION = 3
    FILE = 4
    COMMON = 5
    TLS = 6
    IFUNC = 10


class TypeKind(enum.Enum):
    """The kinds of types."""

    VOID = 1
    INT = 2
    BOOL = 3
    FLOAT = 4
    STRUCT = 5
    UNION = 6
    CLASS = 7
    ENUM = 8
    TYPEDEF = 9
    POINTER = 10
    ARRAY = 11
    FUNCTION = 12


for _class in (
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
):
    # What users see is where they import it from.
    _class.__module__ = "spelunk"
