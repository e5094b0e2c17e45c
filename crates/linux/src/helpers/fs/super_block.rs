//! Mounted filesystems: `struct super_block` in `include/linux/fs.h`.

use crate::access::{Field, has_member, pointer, read_c_string, type_named};
use crate::helper::{HelperIter, Value};
use crate::helpers::list;
use crate::walk::Chain;
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// `ext4`, or `fuse.sshfs` with a subtype.
pub(super) fn filesystem_type(program: &Program, superblock: u64) -> Result<Vec<u8>> {
    let block = type_named(program, "struct super_block")?;
    let kind = Field::new(program, block, "s_type")?.read(program, superblock)?;
    let name = Field::of(program, "struct file_system_type", "name")?.read(program, kind)?;
    let mut name = read_c_string(program, name, 256)?;
    let subtype = Field::new(program, block, "s_subtype")?.read(program, superblock)?;
    if subtype != 0 {
        let subtype = read_c_string(program, subtype, 256)?;
        if !subtype.is_empty() {
            name.push(b'.');
            name.extend(subtype);
        }
    }
    Ok(name)
}

/// The mounts of a superblock.
struct SuperBlockMounts {
    chain: Chain,
    mount: QualifiedType,
}

impl HelperIter for SuperBlockMounts {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let Some(address) = self.chain.next(program)? else {
            return Ok(None);
        };
        Ok(Some(pointer(program, self.mount, address)?.into()))
    }
}

pub(super) fn super_block_mounts(program: &Program, block: &Object) -> Result<Value> {
    let mount = type_named(program, "struct mount")?;
    let mounts = block.member(program, "s_mounts")?;
    // In 7.2 a chain of mounts, in 6.1 a list.
    if has_member(program, mount, "mnt_next_for_sb")? {
        let link = Field::new(program, mount, "mnt_next_for_sb")?;
        let chain = Chain::new(mounts.to_u64(program)?, link);
        return Ok(Value::iter(SuperBlockMounts { chain, mount }));
    }
    let head = mounts.address_of(program)?;
    list::entries(program, mount, &head, "mnt_instance")
}
