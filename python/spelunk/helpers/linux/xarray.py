"""Helpers of the engine's module ``xarray``."""

from spelunk._records import export

__all__ = export(__name__)
