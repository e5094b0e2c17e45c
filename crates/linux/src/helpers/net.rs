//! Network namespaces, devices and sockets: `include/net/net_namespace.h`, `include/linux/netdevice.h`, `include/net/sock.h`.

use super::entry::Entries;
use super::list::{self, Nodes};
use crate::access::{
    Field, find_member, member_value, pointer, read_c_string, referenced_type, type_named, variable,
};
use crate::helper::{
    Args, Default, Front, Helper, HelperIter, HelperModule, Output, Param, ParamKind, Value,
};
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, Program, Result};

/// The devices of a network namespace.
pub struct NetDevices {
    nodes: Nodes,
    entries: Entries,
}

impl NetDevices {
    /// Those of `namespace`, a `struct net *`.
    pub fn new(program: &Program, namespace: &Object) -> Result<Self> {
        let head = namespace.member(program, "dev_base_head")?;
        let device = type_named(program, "struct net_device")?;
        Ok(Self {
            nodes: Nodes::of_list(program, &head.address_of(program)?, false)?,
            entries: Entries::new(program, device, "dev_list")?,
        })
    }

    /// The next one: `struct net_device *`.
    pub fn next_device(&mut self, program: &Program) -> Result<Option<Object>> {
        let Some(node) = self.nodes.next_address(program)? else {
            return Ok(None);
        };
        self.entries.containing(program, node).map(Some)
    }

    /// The first one that `is_it`, or NULL.
    fn find(
        mut self,
        program: &Program,
        is_it: impl Fn(&Object) -> Result<bool>,
    ) -> Result<Object> {
        while let Some(device) = self.next_device(program)? {
            if is_it(&device)? {
                return Ok(device);
            }
        }
        self.entries.null(program)
    }
}

impl HelperIter for NetDevices {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_device(program)?.map(Value::Object))
    }
}

/// The devices of the namespace that is argument 0, or of the first one.
fn devices(program: &Program, args: &Args) -> Result<NetDevices> {
    match args.optional_object(0)? {
        Some(namespace) => NetDevices::new(program, namespace),
        None => NetDevices::new(program, &variable(program, "init_net")?),
    }
}

/// The name of `device`, a `struct net_device *`.
pub fn netdev_name(program: &Program, device: &Object) -> Result<Vec<u8>> {
    Ok(device.member(program, "name")?.string(program)?)
}

/// Whether `name` is the name of `device`, or another name that it was given.
fn has_name(program: &Program, device: &Object, name: &[u8]) -> Result<bool> {
    /// `ALTIFNAMSIZ`
    const MAX: usize = 128;
    if netdev_name(program, device)? == name {
        return Ok(true);
    }
    // Other names came with 5.5.
    let Some(first) = find_member(program, device, "name_node")? else {
        return Ok(false);
    };
    if first.to_u64(program)? == 0 {
        return Ok(false);
    }
    let ty = referenced_type(program, first.ty())?;
    let entries = Entries::new(program, ty, "list")?;
    let text = Field::new(program, ty, "name")?;
    let head = first.member(program, "list")?.address_of(program)?;
    let mut others = Nodes::of_list(program, &head, false)?;
    while let Some(node) = others.next_address(program)? {
        let text = text.read(program, entries.address(node))?;
        if read_c_string(program, text, MAX)? == name {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the driver's data of `device` is.
fn private_data(program: &Program, device: &Object) -> Result<u64> {
    /// `NETDEV_ALIGN`
    const ALIGN: u64 = 32;
    if let Some(data) = find_member(program, device, "priv")? {
        return Ok(data.address_of(program)?.to_u64(program)?);
    }
    // In 6.1 it has no member, and stands behind the structure.
    let size = sizeof(program.types(), referenced_type(program, device.ty())?)?;
    let distance = size.checked_next_multiple_of(ALIGN).unwrap_or(size);
    Ok(device.to_u64(program)?.wrapping_add(distance))
}

/// The inode of `socket`, a `struct socket *`.
pub fn socket_inode(program: &Program, socket: &Object) -> Result<Object> {
    let both = type_named(program, "struct socket_alloc")?;
    let both = socket.container_of(program, both, "socket")?;
    Ok(both.member(program, "vfs_inode")?.address_of(program)?)
}

/// The socket of `inode`, a `struct inode *`.
pub fn inode_socket(program: &Program, inode: &Object) -> Result<Object> {
    /// `S_IFMT` and `S_IFSOCK`
    const TYPE: u64 = 0o170_000;
    const SOCKET: u64 = 0o140_000;
    if member_value(program, inode, "i_mode")? & TYPE != SOCKET {
        return Err(Error::value("the inode is not that of a socket"));
    }
    let both = type_named(program, "struct socket_alloc")?;
    let both = inode.container_of(program, both, "vfs_inode")?;
    Ok(both.member(program, "socket")?.address_of(program)?)
}

const NAMESPACE: Front = Front::Namespace {
    name: "net",
    c_type: "struct net *",
};
const DEVICE: Param = Param::object("dev", "struct net_device *");
const DEVICE_OR_NULL: Output = Output::Returns(
    "Object",
    "``struct net_device *``, ``NULL`` if there is none",
);

const MODULE: HelperModule = HelperModule("net");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "for_each_net",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct net *`` objects"),
        "Iterate over the network namespaces.",
        |program, _| {
            let head = variable(program, "net_namespace_list")?.address_of(program)?;
            list::entries(program, type_named(program, "struct net")?, &head, "list")
        },
    ),
    MODULE.helper(
        "for_each_netdev",
        NAMESPACE,
        &[],
        Output::Returns("Iterator[Object]", "``struct net_device *`` objects"),
        "Iterate over the devices of a network namespace.",
        |program, args| Ok(Value::iter(devices(program, args)?)),
    ),
    MODULE.helper(
        "netdev_get_by_index",
        NAMESPACE,
        &[Param::int("ifindex", "Number of the interface.")],
        DEVICE_OR_NULL,
        "Return the device of a network namespace with a number.",
        |program, args| {
            let index = args.int(1)?;
            let is_it = |device: &Object| -> Result<bool> {
                Ok(device.member(program, "ifindex")?.to_i128(program)? == index)
            };
            Ok(devices(program, args)?.find(program, is_it)?.into())
        },
    ),
    MODULE.helper(
        "netdev_get_by_name",
        NAMESPACE,
        &[Param::new(
            "name",
            ParamKind::Bytes,
            "Name of the interface, or another name of it.",
        )],
        DEVICE_OR_NULL,
        "Return the device of a network namespace with a name.",
        |program, args| {
            let name = args.bytes(1)?;
            let devices = devices(program, args)?;
            let found = devices.find(program, |device| has_name(program, device, name))?;
            Ok(found.into())
        },
    ),
    MODULE.helper(
        "netdev_name",
        Front::Nothing,
        &[DEVICE],
        Output::Returns("bytes", ""),
        "Return the name of a network device.",
        |program, args| Ok(netdev_name(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "netdev_priv",
        Front::Nothing,
        &[
            DEVICE,
            Param::new("type", ParamKind::Type, "Type of the data.").or(Default::Str("void")),
        ],
        Output::Returns("Object", "``type *``"),
        "Return the data that the driver of a network device keeps with it.",
        |program, args| {
            let data = private_data(program, args.object(0)?)?;
            Ok(pointer(program, args.ty(program, 1)?, data)?.into())
        },
    ),
    MODULE.helper(
        "SOCK_INODE",
        Front::Nothing,
        &[Param::object("sock", "struct socket *")],
        Output::Returns("Object", "``struct inode *``"),
        "Return the inode of a socket.",
        |program, args| Ok(socket_inode(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "SOCKET_I",
        Front::Nothing,
        &[Param::object("inode", "struct inode *")],
        Output::Returns("Object", "``struct socket *``"),
        "Return the socket of an inode.\n\n:raises ValueError: if the inode is that of something else",
        |program, args| Ok(inode_socket(program, args.object(0)?)?.into()),
    ),
];
