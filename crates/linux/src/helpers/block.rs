//! Disks and partitions: `include/linux/blkdev.h`, `include/linux/blk_types.h`.

use super::device::{Devices, dev_name, device_number, major, minor};
use crate::access::{
    find_member, find_type_named, has_member, integer_named, member_value, type_named, variable,
};
use crate::helper::{Front, Helper, HelperIter, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// What stands for a partition, and for a disk as a whole.
#[derive(Clone, Copy)]
struct PartitionType {
    ty: QualifiedType,
    /// The member that is the device.
    device: &'static str,
}

impl PartitionType {
    fn new(program: &Program) -> Result<Self> {
        let block_device = type_named(program, "struct block_device")?;
        // In 5.10 a structure of its own.
        match find_type_named(program, "struct hd_struct")? {
            Some(ty) if !has_member(program, block_device, "bd_device")? => Ok(Self {
                ty,
                device: "__dev",
            }),
            _ => Ok(Self {
                ty: block_device,
                device: "bd_device",
            }),
        }
    }
}

/// The partitions that there are; each disk as a whole is one.
pub struct Partitions {
    devices: Devices,
    ty: PartitionType,
}

impl Partitions {
    /// All of them.
    pub fn new(program: &Program) -> Result<Self> {
        let class = variable(program, "block_class")?.address_of(program)?;
        Ok(Self {
            devices: Devices::of_class(program, &class)?,
            ty: PartitionType::new(program)?,
        })
    }

    /// The next one: `struct block_device *`; in 5.10, `struct hd_struct *`.
    pub fn next_partition(&mut self, program: &Program) -> Result<Option<Object>> {
        let Some(device) = self.devices.next_device(program)? else {
            return Ok(None);
        };
        let partition = device.container_of(program, self.ty.ty, self.ty.device)?;
        Ok(Some(partition))
    }
}

impl HelperIter for Partitions {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_partition(program)?.map(Value::Object))
    }
}

/// The disks that there are.
pub struct Disks {
    devices: Devices,
    partition: PartitionType,
    disk: QualifiedType,
    /// `struct device_type` of disks.
    device_type: u64,
}

impl Disks {
    /// All of them.
    pub fn new(program: &Program) -> Result<Self> {
        let device_type = variable(program, "disk_type")?.address_of(program)?;
        let Partitions { devices, ty } = Partitions::new(program)?;
        Ok(Self {
            devices,
            partition: ty,
            disk: type_named(program, "struct gendisk")?,
            device_type: device_type.to_u64(program)?,
        })
    }

    /// The next one: `struct gendisk *`.
    pub fn next_disk(&mut self, program: &Program) -> Result<Option<Object>> {
        while let Some(device) = self.devices.next_device(program)? {
            if member_value(program, &device, "type")? != self.device_type {
                continue;
            }
            let PartitionType { ty, device: member } = self.partition;
            let partition = device.container_of(program, ty, member)?;
            let disk = match find_member(program, &partition, "bd_disk")? {
                Some(disk) => disk,
                // The partition for all of it is part of the disk.
                None => partition.container_of(program, self.disk, "part0")?,
            };
            return Ok(Some(disk));
        }
        Ok(None)
    }
}

impl HelperIter for Disks {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_disk(program)?.map(Value::Object))
    }
}

/// The name of `disk`, a `struct gendisk *`: `sda`.
pub fn disk_name(program: &Program, disk: &Object) -> Result<Vec<u8>> {
    Ok(disk.member(program, "disk_name")?.string(program)?)
}

/// The number of `disk`.
pub fn disk_devt(program: &Program, disk: &Object) -> Result<u64> {
    let (major, minor) = ("major", "first_minor");
    Ok(device_number(
        member_value(program, disk, major)?,
        member_value(program, disk, minor)?,
    ))
}

/// The device of `partition`, of either type.
fn partition_device(program: &Program, partition: &Object) -> Result<Object> {
    Ok(match find_member(program, partition, "bd_device")? {
        Some(device) => device,
        None => partition.member(program, "__dev")?,
    })
}

/// The name of `partition`: `sda1`.
pub fn part_name(program: &Program, partition: &Object) -> Result<Vec<u8>> {
    let device = partition_device(program, partition)?;
    dev_name(program, &device.address_of(program)?)
}

/// The number of `partition`: a `dev_t`.
pub fn part_devt(program: &Program, partition: &Object) -> Result<Object> {
    Ok(match find_member(program, partition, "bd_dev")? {
        Some(number) => number,
        None => partition_device(program, partition)?.member(program, "devt")?,
    })
}

/// A line about the disk or partition at `object`.
fn line(program: &Program, number: u64, name: &[u8], object: &Object) -> Result<String> {
    Ok(format!(
        "{}:{} {} ({}){:#x}\n",
        major(number),
        minor(number),
        String::from_utf8_lossy(name),
        spelunk_object::type_name(program.types(), object.ty())?,
        object.to_u64(program)?,
    ))
}

const DISK: Param = Param::object("disk", "struct gendisk *");
const PART: Param = Param::object("part", "struct block_device *")
    .doc("``struct block_device *``, before Linux 5.11 ``struct hd_struct *``.");
const DEVT: Output = Output::Returns("Object", "``dev_t``");
const NAME: Output = Output::Returns("bytes", "");

const MODULE: HelperModule = HelperModule("block");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "for_each_disk",
        Front::Program,
        &[],
        Output::Returns("Iterator[Object]", "``struct gendisk *`` objects"),
        "Iterate over the disks.",
        |program, _| Ok(Value::iter(Disks::new(program)?)),
    ),
    MODULE.helper(
        "for_each_partition",
        Front::Program,
        &[],
        Output::Returns(
            "Iterator[Object]",
            "``struct block_device *``, before Linux 5.11 ``struct hd_struct *`` objects",
        ),
        "Iterate over the partitions. Each disk as a whole is one of them.",
        |program, _| Ok(Value::iter(Partitions::new(program)?)),
    ),
    MODULE.helper(
        "disk_name",
        Front::Nothing,
        &[DISK],
        NAME,
        "Return the name of a disk, such as ``sda``.",
        |program, args| Ok(disk_name(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "disk_devt",
        Front::Nothing,
        &[DISK],
        DEVT,
        "Return the device number of a disk.",
        |program, args| {
            let number = disk_devt(program, args.object(0)?)?;
            Ok(integer_named(program, "dev_t", number)?.into())
        },
    ),
    MODULE.helper(
        "part_name",
        Front::Nothing,
        &[PART],
        NAME,
        "Return the name of a partition, such as ``sda1``.",
        |program, args| Ok(part_name(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "part_devt",
        Front::Nothing,
        &[PART],
        DEVT,
        "Return the device number of a partition.",
        |program, args| Ok(part_devt(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "print_disks",
        Front::Program,
        &[],
        Output::Prints,
        "Print the device number, name and ``struct gendisk *`` of each disk.",
        |program, _| {
            let mut text = String::new();
            let mut disks = Disks::new(program)?;
            while let Some(disk) = disks.next_disk(program)? {
                let (number, name) = (disk_devt(program, &disk)?, disk_name(program, &disk)?);
                text += &line(program, number, &name, &disk)?;
            }
            Ok(text.into())
        },
    ),
    MODULE.helper(
        "print_partitions",
        Front::Program,
        &[],
        Output::Prints,
        "Print the device number, name and ``struct block_device *`` of each partition.",
        |program, _| {
            let mut text = String::new();
            let mut partitions = Partitions::new(program)?;
            while let Some(part) = partitions.next_partition(program)? {
                let number = part_devt(program, &part)?.to_u64(program)?;
                text += &line(program, number, &part_name(program, &part)?, &part)?;
            }
            Ok(text.into())
        },
    ),
];
