"""What goes with modules and is plain Python."""

from typing import Iterator, MutableMapping, NamedTuple

from spelunk._enums import SupplementaryFileKind
from spelunk._native import RelocatableModule


class WantedSupplementaryFile(NamedTuple):
    """The supplementary file that a module's debug file waits for."""

    kind: SupplementaryFileKind
    """Its kind."""
    path: str
    """The file that asks for it."""
    supplementary_path: str
    """Where it says it is: absolute, or seen from the folder of ``path``."""
    checksum: bytes
    """Its build ID."""


class ModuleSectionAddresses(MutableMapping[str, int]):
    """The addresses of a module's sections, by name.

    >>> module.section_addresses
    ModuleSectionAddresses({'.text': 0xffffffffc0a35000})
    """

    def __init__(self, module: RelocatableModule) -> None:
        self._module = module

    def __getitem__(self, key: str) -> int:
        return self._module._section_address(key)

    def __setitem__(self, key: str, value: int) -> None:
        self._module._set_section_address(key, value)

    def __delitem__(self, key: str) -> None:
        self._module._forget_section_address(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._module._section_names())

    def __len__(self) -> int:
        return len(self._module._section_names())

    def __repr__(self) -> str:
        items = ", ".join(f"{name!r}: {address:#x}" for name, address in self.items())
        return f"ModuleSectionAddresses({{{items}}})" if items else "ModuleSectionAddresses()"
