"""Helpers of the engine's module ``fs``."""

from typing import Iterator, Optional, Tuple, Union, overload

from spelunk import IntegerLike, Object, Path, Program

__all__ = ["d_path", "decode_file_type", "dentry_path", "fget", "for_each_file", "for_each_mount", "inode_path", "inode_paths", "mount_dst", "mount_fstype", "mount_src", "print_files", "print_mounts", "super_block_for_each_mount"]

def d_path(arg1: Object, arg2: Optional[Object] = None) -> bytes:
    """Return the full path of a ``struct path``, or of a dentry in a mount, seen from the root of all mounts.

    What has no place in the tree of files (pipes, sockets...) is shown by its filesystem: ``[pipefs]``.

    :param arg1: The path; or, if *arg2* is given, the mount: ``struct vfsmount *`` or ``struct mount *``.
    :param arg2: The place in the mount.
    """
def decode_file_type(mode: IntegerLike) -> str:
    """Return the kind of file that a mode is of, as a word.

    :param mode: ``struct inode::i_mode``, :attr:`os.stat_result.st_mode`...
    :return: ``REG``, ``DIR``..., or a number if it is none of those
    """
def dentry_path(dentry: Object) -> bytes:
    """Return the path of a dentry from the root of its filesystem, without a slash in front.

    :param dentry: ``struct dentry *``
    """
def fget(task: Object, fd: IntegerLike) -> Object:
    """Return the file that a task has open as a file descriptor.

    :param task: ``struct task_struct *``
    :param fd: File descriptor.
    :return: ``struct file *``, ``NULL`` if it is not open
    """
def for_each_file(task: Object) -> Iterator[Tuple[int, Object]]:
    """Iterate over the files that a task has open.

    :param task: ``struct task_struct *``
    :return: (fd, ``struct file *``) tuples
    """
@overload
def for_each_mount(ns: Union[Object, Program], *, src: Optional[Path] = None, dst: Optional[Path] = None, fstype: Optional[Union[str, bytes]] = None) -> Iterator[Object]:
    """Iterate over the mounts of a namespace.

    :param ns: ``struct mnt_namespace *``. The initial one if a program is given or it is left out.
    :param src: Only mounts of this device or other source.
    :param dst: Only mounts at this path.
    :param fstype: Only mounts of filesystems of this type.
    :return: ``struct mount *`` objects
    """
@overload
def for_each_mount(*, src: Optional[Path] = None, dst: Optional[Path] = None, fstype: Optional[Union[str, bytes]] = None) -> Iterator[Object]: ...
def inode_path(inode: Object) -> Optional[bytes]:
    """Return a path of an inode from the root of its filesystem; if it has several, any of them.

    :param inode: ``struct inode *``
    :return: ``None`` if no path is known
    """
def inode_paths(inode: Object) -> Iterator[bytes]:
    """Iterate over the paths of an inode from the root of its filesystem.

    :param inode: ``struct inode *``
    """
def mount_dst(mnt: Object) -> bytes:
    """Return the path at which a mount is.

    :param mnt: ``struct mount *``
    """
def mount_fstype(mnt: Object) -> bytes:
    """Return the type of the filesystem that a mount is of.

    :param mnt: ``struct mount *``
    """
def mount_src(mnt: Object) -> bytes:
    """Return what a mount is of: a device, or what was given in its place.

    :param mnt: ``struct mount *``
    """
def print_files(task: Object) -> None:
    """Print the files that a task has open: descriptor, path and ``struct file *``.

    :param task: ``struct task_struct *``
    """
@overload
def print_mounts(ns: Union[Object, Program], *, src: Optional[Path] = None, dst: Optional[Path] = None, fstype: Optional[Union[str, bytes]] = None) -> None:
    """Print the mounts of a namespace: source, path, type of the filesystem and ``struct mount *``. The parameters are those of :func:`for_each_mount()`.

    :param ns: ``struct mnt_namespace *``. The initial one if a program is given or it is left out.
    :param src: Only mounts of this device or other source.
    :param dst: Only mounts at this path.
    :param fstype: Only mounts of filesystems of this type.
    """
@overload
def print_mounts(*, src: Optional[Path] = None, dst: Optional[Path] = None, fstype: Optional[Union[str, bytes]] = None) -> None: ...
def super_block_for_each_mount(sb: Object) -> Iterator[Object]:
    """Iterate over the mounts of a filesystem, in all namespaces.

    :param sb: ``struct super_block *``
    :return: ``struct mount *`` objects
    """
