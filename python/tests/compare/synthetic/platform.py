"""Platforms and registers; objects on machines of either byte order and either word size."""

import itertools

from answers import answer_each
from drgn import *

ORDERS = [PlatformFlags(0), PlatformFlags.IS_LITTLE_ENDIAN]
SIZES = [PlatformFlags(0), PlatformFlags.IS_64_BIT]
PATTERN = bytes((37 * n + 11) & 0xFF for n in range(64))


def registers(architecture):
    return [register.names for register in Platform(architecture).registers]


answer_each(
    """
list(Architecture)
list(PlatformFlags)
[Platform(a) for a in Architecture if a != Architecture.UNKNOWN]
Platform(Architecture.UNKNOWN)
Platform(Architecture.UNKNOWN, PlatformFlags(0))
[Platform(a, PlatformFlags(0)) for a in Architecture]
[Platform(a, f | g) for a in Architecture for f in ORDERS for g in SIZES]
Platform(Architecture.X86_64).arch
Platform(Architecture.X86_64).flags
Platform(Architecture.X86_64, PlatformFlags.IS_64_BIT).flags
Platform(Architecture.X86_64, PlatformFlags.IS_64_BIT)
Platform(Architecture.X86_64, None)
Platform(Architecture.X86_64, flags=PlatformFlags(0))
Platform(arch=Architecture.X86_64)
Platform(Architecture.X86_64, 3)
Platform(1)
Platform("X86_64")
Platform(None)
Platform()
Platform(Architecture.X86_64, PlatformFlags(0), 5)
Platform(Architecture.X86_64) == Platform(Architecture.X86_64)
Platform(Architecture.X86_64) == Platform(Architecture.X86_64, PlatformFlags(3))
Platform(Architecture.X86_64) == Platform(Architecture.X86_64, PlatformFlags(1))
Platform(Architecture.X86_64) != Platform(Architecture.I386)
Platform(Architecture.X86_64) == 5
Platform(Architecture.X86_64) != 5
Platform(Architecture.X86_64) < Platform(Architecture.X86_64)
hash(Platform(Architecture.X86_64)) == hash(Platform(Architecture.X86_64))
{Platform(Architecture.X86_64): 1}
Platform(Architecture.X86_64).registers[0]
type(Platform(Architecture.X86_64).registers)
[str(r) for r in Platform(Architecture.X86_64).registers[:3]]
Platform(Architecture.X86_64).registers[0] == Platform(Architecture.X86_64).registers[0]
Platform(Architecture.X86_64).registers[0] != Platform(Architecture.X86_64).registers[1]
Platform(Architecture.X86_64).registers[0] == 5
Platform(Architecture.X86_64).arch = 5
Register()
Register("x")
host_platform == Platform(Architecture.X86_64)
host_platform
PlatformFlags.IS_64_BIT | PlatformFlags.IS_LITTLE_ENDIAN
PlatformFlags(0)
PlatformFlags(4)
Architecture(99)
Architecture.X86_64.value, Architecture.LOONGARCH64.value if hasattr(Architecture, "LOONGARCH64") else None
registers(Architecture.UNKNOWN)
registers(Architecture.X86_64)
registers(Architecture.I386)
registers(Architecture.AARCH64)
registers(Architecture.ARM)
registers(Architecture.PPC64)
registers(Architecture.RISCV64)
registers(Architecture.RISCV32)
registers(Architecture.S390X)
registers(Architecture.S390)
[Program(Platform(a)).address_size() for a in Architecture if a != Architecture.UNKNOWN]
""",
    globals(),
)

for architecture, order, size in itertools.product(
    [Architecture.UNKNOWN, Architecture.PPC64], ORDERS, SIZES
):
    platform = Platform(architecture, order | size)
    prog = Program(platform)
    prog.add_memory_segment(0x1000, 64, lambda a, n, o, p: PATTERN[o : o + n])
    i = prog.int_type("int", 4, True)
    u = prog.int_type("unsigned int", 4, False)
    ull = prog.int_type("unsigned long long", 8, False)
    other_order = "little" if order == PlatformFlags(0) else "big"
    swapped = prog.int_type("swapped", 4, True, other_order)
    pair = prog.struct_type("pair", 8, (TypeMember(i, "a"), TypeMember(swapped, "b", 32)))
    where = str(platform)
    answer_each(
        """
where and prog.platform
where and prog.address_size()
where and [prog.type(n).size for n in ("int", "long", "long long", "size_t", "ptrdiff_t", "void *", "long double")]
where and [repr(prog.type(n)) for n in ("int", "long", "void *", "size_t", "unsigned char", "double")]
where and Object(prog, i, address=0x1000).value_()
where and Object(prog, swapped, address=0x1000).value_()
where and Object(prog, pair, address=0x1000).value_()
where and Object(prog, pair, {"a": 1, "b": 1}).to_bytes_()
where and Object(prog, "short", address=0x1003).value_()
where and Object(prog, "long", address=0x1003).value_()
where and Object(prog, "void *", address=0x1003).value_()
where and Object(prog, "double", address=0x1003).value_()
where and Object(prog, "float", address=0x1003).value_()
where and Object(prog, "_Bool", 1).to_bytes_()
where and Object(prog, "long", -2).to_bytes_()
where and Object(prog, "double", 1.5).to_bytes_()
where and Object(prog, "void *", -1)
where and Object(prog, "void *", 0x12345678).to_bytes_()
where and Object(prog, i, 1, bit_field_size=5).to_bytes_()
where and Object(prog, i, 0x123, bit_field_size=11).to_bytes_()
where and Object(prog, swapped, 0x123, bit_field_size=11).to_bytes_()
where and Object(prog, "char *", 0xfffffff0) + 0x20
where and Object(prog, "char *", 5) - Object(prog, "char *", 7)
where and Object(prog, value=2**31)
where and Object(prog, value=2**32)
where and Object(prog, value=-2**31 - 1)
where and Object(prog, "int", 5) + Object(prog, "unsigned long", 1)
where and Object(prog, "long", -1) + Object(prog, "unsigned int", 1)
where and Object(prog, "long", -1) < Object(prog, "unsigned int", 1)
where and Object(prog, "int", address=0xfffffffc)[1:] if False else Object(prog, "int [4]", address=0xfffffffc)[1]
where and Object(prog, "int *", 0xfffffffc)[1]
where and prog.read_u16(0x1001), prog.read_u32(0x1001), prog.read_u64(0x1001)
where and prog.read_word(0x1001)
where and [Object(prog, u, address=0x1000, bit_offset=o, bit_field_size=s).value_() for o in range(0, 40) for s in range(1, 33)]
where and [Object(prog, i, address=0x1000, bit_offset=o, bit_field_size=s).value_() for o in range(0, 40) for s in range(1, 33)]
where and [Object(prog, ull, address=0x1000, bit_offset=o, bit_field_size=s).value_() for o in range(0, 40) for s in range(1, 65)]
where and [Object(prog, swapped, address=0x1000, bit_offset=o, bit_field_size=s).value_() for o in range(0, 40) for s in range(1, 33)]
where and [Object.from_bytes_(prog, u, PATTERN, bit_offset=o, bit_field_size=s).value_() for o in range(0, 40) for s in range(1, 33)]
where and [Object(prog, ull, 0x123456789abcdef0, bit_field_size=s).to_bytes_() for s in range(1, 65)]
where and [Object(prog, swapped, 0x12345678, bit_field_size=s).to_bytes_() for s in range(1, 33)]
where and [Object(prog, ull, 0x123456789abcdef0, bit_field_size=s).value_() for s in range(1, 65)]
where and [Object(prog, u, address=0x1000, bit_offset=o).value_() for o in range(0, 40)]
""".replace("where and", f"{where!r} and"),
        globals(),
    )
