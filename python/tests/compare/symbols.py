"""Symbols of the kernel and its modules: by name, by address, and out of the kernel's memory."""

from itertools import groupby
from zlib import crc32

from answers import answer
from drgn.helpers.linux.kallsyms import load_module_kallsyms, load_vmlinux_kallsyms, module_kallsyms
from drgn.helpers.linux.module import for_each_module

# drgn takes milliseconds for each.
STEP = 211
# As many symbols as are near each other are told of together.
NEAR = 1 << 16
# An answer of its own, which `better.tsv` can name.
MOVED = "__init_scratch_end"


def fields(symbol):
    return [symbol.name, hex(symbol.address), symbol.size, symbol.binding.name, symbol.kind.name]


def all_fields(symbols):
    return [fields(symbol) for symbol in symbols]


def all_at(address):
    found = sorted(all_fields(prog.symbols(address)))
    if not found:
        raise LookupError("no symbols")
    return found


symbols = sorted(prog.symbols(), key=lambda symbol: (symbol.address, symbol.name, symbol.size))
answer("count", lambda: len(symbols))
named = [symbol for symbol in symbols if symbol.name and symbol.name != MOVED]
for place, near in groupby(named, lambda symbol: symbol.address // NEAR):
    answer(f"near {place * NEAR:x}", lambda: sorted(all_fields(near)))
answer(f"all {MOVED}", lambda: all_fields(symbol for symbol in symbols if symbol.name == MOVED))
for symbol in symbols:
    is_chosen = crc32(symbol.name.encode()) % STEP == 0
    if not is_chosen or not symbol.name or symbol.kind.name in ("FILE", "TLS"):
        continue
    answer(f"name {symbol.name}", lambda: prog.symbol(symbol.name).binding.name)
    answer(f"named {symbol.name}", lambda: sorted(all_fields(prog.symbols(symbol.name))))
    for address in symbol.address, symbol.address + symbol.size - 1, symbol.address + symbol.size:
        answer(f"at {address:x}", lambda: fields(prog.symbol(address)))
        answer(f"all at {address:x}", lambda: all_at(address))
answer("finders", lambda: sorted(prog.registered_symbol_finders()))
answer("enabled finders", lambda: prog.enabled_symbol_finders())
answer("kallsyms", lambda: all_fields(load_vmlinux_kallsyms(prog)(prog, None, None, False))[::STEP])
answer("kallsyms of modules", lambda: all_fields(load_module_kallsyms(prog)(prog, None, None, False)))
for module in for_each_module(prog):
    answer(f"kallsyms of {module.name.string_().decode()}", lambda: all_fields(module_kallsyms(module)))
