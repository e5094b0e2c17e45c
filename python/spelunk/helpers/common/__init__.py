"""Helpers for any kind of program: all names of the modules below."""

from spelunk.helpers.common import format, prog, stack, type
from spelunk.helpers.common.format import *
from spelunk.helpers.common.prog import *
from spelunk.helpers.common.stack import *
from spelunk.helpers.common.type import *

__all__ = (*format.__all__, *prog.__all__, *stack.__all__, *type.__all__)
