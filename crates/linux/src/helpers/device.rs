//! Devices, their classes and buses: `include/linux/device.h`, `include/linux/kdev_t.h`, `drivers/base/base.h`.

use super::entry::Entries;
use super::list::Nodes;
use crate::access::{Field, find_member, pointer, read_word, type_named, variable};
use crate::helper::{Front, Helper, HelperIter, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// How many low bits of a `dev_t` are the minor number: `MINORBITS`.
const MINOR_BITS: u32 = 20;

/// The major number of a `dev_t`.
#[must_use]
pub fn major(device: u64) -> u64 {
    device >> MINOR_BITS
}

/// The minor number of a `dev_t`.
#[must_use]
pub fn minor(device: u64) -> u64 {
    device & ((1 << MINOR_BITS) - 1)
}

/// The `dev_t` with these numbers.
#[must_use]
pub fn device_number(major: u64, minor: u64) -> u64 {
    major << MINOR_BITS | minor
}

/// The name of `device`, a `struct device *`.
pub fn dev_name(program: &Program, device: &Object) -> Result<Vec<u8>> {
    let initial = device.member(program, "init_name")?;
    if initial.to_u64(program)? != 0 {
        return Ok(initial.string(program)?);
    }
    let kobject = device.member(program, "kobj")?;
    Ok(kobject.member(program, "name")?.string(program)?)
}

/// What devices are gathered by.
enum Gathering {
    Class,
    Bus,
}

impl Gathering {
    /// The private data of the class or bus that `owner` points to: a `struct subsys_private *`, NULL if there is none.
    fn subsystem(&self, program: &Program, owner: &Object) -> Result<Object> {
        // In 6.1, the owner says; in 7.2, all such data is in a set, and says its owner.
        if let Some(private) = find_member(program, owner, "p")? {
            return Ok(private.read(program)?);
        }
        let (set, link) = match self {
            Self::Class => ("class_kset", "class"),
            Self::Bus => ("bus_kset", "bus"),
        };
        let private = type_named(program, "struct subsys_private")?;
        let entries = Entries::new(program, private, "subsys.kobj.entry")?;
        let link = Field::new(program, private, link)?;
        let head = variable(program, set)?.member(program, "list")?;
        let mut nodes = Nodes::of_list(program, &head.address_of(program)?, false)?;
        let owner = owner.to_u64(program)?;
        while let Some(node) = nodes.next_address(program)? {
            if link.read(program, entries.address(node))? == owner {
                return entries.containing(program, node);
            }
        }
        entries.null(program)
    }

    /// The member of `struct device_private` that is the node in the list of all.
    fn node(&self) -> &'static str {
        match self {
            Self::Class => "knode_class.n_node",
            Self::Bus => "knode_bus.n_node",
        }
    }
}

/// The devices of a class or bus.
pub struct Devices {
    /// `None` if the class or bus is not registered.
    nodes: Option<Nodes>,
    entries: Entries,
    /// Where `struct device_private` says its device.
    device: Field,
    ty: QualifiedType,
}

impl Devices {
    /// Those of a class, a `struct class *`.
    pub fn of_class(program: &Program, class: &Object) -> Result<Self> {
        Self::new(program, class, &Gathering::Class)
    }

    /// Those of a bus, a `struct bus_type *`.
    pub fn of_bus(program: &Program, bus: &Object) -> Result<Self> {
        Self::new(program, bus, &Gathering::Bus)
    }

    fn new(program: &Program, owner: &Object, by: &Gathering) -> Result<Self> {
        let private = type_named(program, "struct device_private")?;
        let subsystem = by.subsystem(program, owner)?;
        let nodes = match subsystem.to_u64(program)? {
            0 => None,
            _ => {
                let list = subsystem
                    .member(program, "klist_devices")?
                    .member(program, "k_list")?;
                Some(Nodes::of_list(program, &list.address_of(program)?, false)?)
            }
        };
        Ok(Self {
            nodes,
            entries: Entries::new(program, private, by.node())?,
            device: Field::new(program, private, "device")?,
            ty: type_named(program, "struct device")?,
        })
    }

    /// The next one: `struct device *`.
    pub fn next_device(&mut self, program: &Program) -> Result<Option<Object>> {
        let Some(nodes) = &mut self.nodes else {
            return Ok(None);
        };
        let Some(node) = nodes.next_address(program)? else {
            return Ok(None);
        };
        let device = read_word(program, self.device.at(self.entries.address(node)))?;
        pointer(program, self.ty, device).map(Some)
    }
}

impl HelperIter for Devices {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_device(program)?.map(Value::Object))
    }
}

const DEV: Param = Param::int("dev", "``dev_t``");
const CLASS: Param = Param::object("class_", "struct class *");
const BUS: Param = Param::object("bus", "struct bus_type *");
const NUMBER: Output = Output::Returns("int", "");
const DEVICES: Output = Output::Returns("Iterator[Object]", "``struct device *`` objects");
const PRIVATE: Output = Output::Returns(
    "Object",
    "``struct subsys_private *``, ``NULL`` if it is not registered",
);

const MODULE: HelperModule = HelperModule("device");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "MAJOR",
        Front::Nothing,
        &[DEV],
        NUMBER,
        "Return the major number of a device number as the kernel keeps it.",
        |_, args| Ok(major(args.address(0)?).into()),
    ),
    MODULE.helper(
        "MINOR",
        Front::Nothing,
        &[DEV],
        NUMBER,
        "Return the minor number of a device number as the kernel keeps it.",
        |_, args| Ok(minor(args.address(0)?).into()),
    ),
    MODULE.helper(
        "MKDEV",
        Front::Nothing,
        &[
            Param::int("major", "Major number."),
            Param::int("minor", "Minor number."),
        ],
        NUMBER,
        "Return the device number, as the kernel keeps it, of two numbers.",
        |_, args| Ok(device_number(args.address(0)?, args.address(1)?).into()),
    ),
    MODULE.helper(
        "dev_name",
        Front::Nothing,
        &[Param::object("dev", "struct device *")],
        Output::Returns("bytes", ""),
        "Return the name of a device.",
        |program, args| Ok(dev_name(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "class_to_subsys",
        Front::Nothing,
        &[CLASS],
        PRIVATE,
        "Return what the kernel keeps of a class of devices for itself.",
        |program, args| Ok(Gathering::Class.subsystem(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "class_for_each_device",
        Front::Nothing,
        &[CLASS],
        DEVICES,
        "Iterate over the devices of a class.",
        |program, args| Ok(Value::iter(Devices::of_class(program, args.object(0)?)?)),
    ),
    MODULE.helper(
        "bus_to_subsys",
        Front::Nothing,
        &[BUS],
        PRIVATE,
        "Return what the kernel keeps of a bus for itself.",
        |program, args| Ok(Gathering::Bus.subsystem(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "bus_for_each_dev",
        Front::Nothing,
        &[BUS],
        DEVICES,
        "Iterate over the devices on a bus.",
        |program, args| Ok(Value::iter(Devices::of_bus(program, args.object(0)?)?)),
    ),
];
