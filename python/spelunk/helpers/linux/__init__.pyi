"""Helpers for the Linux kernel: all names of the modules below."""

from typing import List

from spelunk.helpers.linux.bitmap import *
from spelunk.helpers.linux.bitops import *
from spelunk.helpers.linux.cpumask import *
from spelunk.helpers.linux.fs import *
from spelunk.helpers.linux.idr import *
from spelunk.helpers.linux.list import *
from spelunk.helpers.linux.mm import *
from spelunk.helpers.linux.module import *
from spelunk.helpers.linux.percpu import *
from spelunk.helpers.linux.pid import *
from spelunk.helpers.linux.printk import *
from spelunk.helpers.linux.radixtree import *
from spelunk.helpers.linux.rbtree import *
from spelunk.helpers.linux.sched import *
from spelunk.helpers.linux.slab import *
from spelunk.helpers.linux.xarray import *

__all__: List[str]
