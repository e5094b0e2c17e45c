"""Helpers of the engine's module ``net``."""

from typing import Iterator, Union, overload

from spelunk import IntegerLike, Object, Program, Type

__all__ = ["SOCKET_I", "SOCK_INODE", "for_each_net", "for_each_netdev", "netdev_get_by_index", "netdev_get_by_name", "netdev_name", "netdev_priv"]

def SOCKET_I(inode: Object) -> Object:
    """Return the socket of an inode.

    :raises ValueError: if the inode is that of something else

    :param inode: ``struct inode *``
    :return: ``struct socket *``
    """
def SOCK_INODE(sock: Object) -> Object:
    """Return the inode of a socket.

    :param sock: ``struct socket *``
    :return: ``struct inode *``
    """
@overload
def for_each_net(prog: Program) -> Iterator[Object]:
    """Iterate over the network namespaces.

    :return: ``struct net *`` objects
    """
@overload
def for_each_net() -> Iterator[Object]: ...
@overload
def for_each_netdev(net: Union[Object, Program]) -> Iterator[Object]:
    """Iterate over the devices of a network namespace.

    :param net: ``struct net *``. The initial one if a program is given or it is left out.
    :return: ``struct net_device *`` objects
    """
@overload
def for_each_netdev() -> Iterator[Object]: ...
@overload
def netdev_get_by_index(net: Union[Object, Program], ifindex: IntegerLike) -> Object:
    """Return the device of a network namespace with a number.

    :param net: ``struct net *``. The initial one if a program is given or it is left out.
    :param ifindex: Number of the interface.
    :return: ``struct net_device *``, ``NULL`` if there is none
    """
@overload
def netdev_get_by_index(ifindex: IntegerLike) -> Object: ...
@overload
def netdev_get_by_name(net: Union[Object, Program], name: Union[str, bytes]) -> Object:
    """Return the device of a network namespace with a name.

    :param net: ``struct net *``. The initial one if a program is given or it is left out.
    :param name: Name of the interface, or another name of it.
    :return: ``struct net_device *``, ``NULL`` if there is none
    """
@overload
def netdev_get_by_name(name: Union[str, bytes]) -> Object: ...
def netdev_name(dev: Object) -> bytes:
    """Return the name of a network device.

    :param dev: ``struct net_device *``
    """
def netdev_priv(dev: Object, type: Union[str, Type] = 'void') -> Object:
    """Return the data that the driver of a network device keeps with it.

    :param dev: ``struct net_device *``
    :param type: Type of the data.
    :return: ``type *``
    """
