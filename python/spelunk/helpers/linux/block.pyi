"""Helpers of the engine's module ``block``."""

from typing import Iterator, overload

from spelunk import Object, Program

__all__ = ["disk_devt", "disk_name", "for_each_disk", "for_each_partition", "part_devt", "part_name", "print_disks", "print_partitions"]

def disk_devt(disk: Object) -> Object:
    """Return the device number of a disk.

    :param disk: ``struct gendisk *``
    :return: ``dev_t``
    """
def disk_name(disk: Object) -> bytes:
    """Return the name of a disk, such as ``sda``.

    :param disk: ``struct gendisk *``
    """
@overload
def for_each_disk(prog: Program) -> Iterator[Object]:
    """Iterate over the disks.

    :return: ``struct gendisk *`` objects
    """
@overload
def for_each_disk() -> Iterator[Object]: ...
@overload
def for_each_partition(prog: Program) -> Iterator[Object]:
    """Iterate over the partitions. Each disk as a whole is one of them.

    :return: ``struct block_device *``, before Linux 5.11 ``struct hd_struct *`` objects
    """
@overload
def for_each_partition() -> Iterator[Object]: ...
def part_devt(part: Object) -> Object:
    """Return the device number of a partition.

    :param part: ``struct block_device *``, before Linux 5.11 ``struct hd_struct *``.
    :return: ``dev_t``
    """
def part_name(part: Object) -> bytes:
    """Return the name of a partition, such as ``sda1``.

    :param part: ``struct block_device *``, before Linux 5.11 ``struct hd_struct *``.
    """
@overload
def print_disks(prog: Program) -> None:
    """Print the device number, name and ``struct gendisk *`` of each disk.
    """
@overload
def print_disks() -> None: ...
@overload
def print_partitions(prog: Program) -> None:
    """Print the device number, name and ``struct block_device *`` of each partition.
    """
@overload
def print_partitions() -> None: ...
