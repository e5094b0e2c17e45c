"""Helpers of the engine's module ``kallsyms``."""

from spelunk._records import export

__all__ = export(__name__)
