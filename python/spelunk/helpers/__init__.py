"""Helpers: what one often wants to know of a program, ready made."""

__all__ = ("ValidationError",)


class ValidationError(Exception):
    """A data structure is not as it must be."""
