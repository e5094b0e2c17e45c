"""Helpers of the engine's module ``device``."""

from typing import Iterator

from spelunk import IntegerLike, Object

__all__ = ["MAJOR", "MINOR", "MKDEV", "bus_for_each_dev", "bus_to_subsys", "class_for_each_device", "class_to_subsys", "dev_name"]

def MAJOR(dev: IntegerLike) -> int:
    """Return the major number of a device number as the kernel keeps it.

    :param dev: ``dev_t``
    """
def MINOR(dev: IntegerLike) -> int:
    """Return the minor number of a device number as the kernel keeps it.

    :param dev: ``dev_t``
    """
def MKDEV(major: IntegerLike, minor: IntegerLike) -> int:
    """Return the device number, as the kernel keeps it, of two numbers.

    :param major: Major number.
    :param minor: Minor number.
    """
def bus_for_each_dev(bus: Object) -> Iterator[Object]:
    """Iterate over the devices on a bus.

    :param bus: ``struct bus_type *``
    :return: ``struct device *`` objects
    """
def bus_to_subsys(bus: Object) -> Object:
    """Return what the kernel keeps of a bus for itself.

    :param bus: ``struct bus_type *``
    :return: ``struct subsys_private *``, ``NULL`` if it is not registered
    """
def class_for_each_device(class_: Object) -> Iterator[Object]:
    """Iterate over the devices of a class.

    :param class_: ``struct class *``
    :return: ``struct device *`` objects
    """
def class_to_subsys(class_: Object) -> Object:
    """Return what the kernel keeps of a class of devices for itself.

    :param class_: ``struct class *``
    :return: ``struct subsys_private *``, ``NULL`` if it is not registered
    """
def dev_name(dev: Object) -> bytes:
    """Return the name of a device.

    :param dev: ``struct device *``
    """
