"""Helpers of the engine's module ``list_nulls``."""

from spelunk._records import export

__all__ = export(__name__)
