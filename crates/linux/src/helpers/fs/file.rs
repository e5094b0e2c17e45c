//! Open files, inodes and their names: `include/linux/fdtable.h`, `include/linux/fs.h`.

use super::path::dentry_path;
use crate::access::{has_member, integer, member_value, pointer, read_uint, type_named, word_size};
use crate::helper::{HelperIter, Value};
use crate::helpers::bitops::Bitmap;
use crate::helpers::entry::Entries;
use crate::helpers::list::Nodes;
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// No process has more files; `sysctl_nr_open` would have to be raised beyond all use.
const MAX_FILES: u64 = 1 << 26;

/// The files that a task has open: `struct fdtable` in `include/linux/fdtable.h`.
pub struct Files {
    open: Box<dyn Iterator<Item = u64> + Send>,
    table: u64,
    pointer: QualifiedType,
}

impl Files {
    /// Those of `task`.
    pub fn new(program: &Program, task: &Object) -> Result<Self> {
        let files = task.member(program, "files")?;
        let file = type_named(program, "struct file")?;
        let pointer = crate::access::pointer_type(program, file)?;
        if files.to_u64(program)? == 0 {
            // It exits, or is of the kernel and has none.
            return Ok(Self {
                open: Box::new(std::iter::empty()),
                table: 0,
                pointer,
            });
        }
        let table = files.member(program, "fdt")?;
        let count = member_value(program, &table, "max_fds")?.min(MAX_FILES);
        let open = Bitmap::read(program, member_value(program, &table, "open_fds")?, count)?;
        Ok(Self {
            open: Box::new(open.into_bits(true)),
            table: member_value(program, &table, "fd")?,
            pointer,
        })
    }

    /// The next descriptor and its `struct file *`.
    pub fn next_file(&mut self, program: &Program) -> Result<Option<(u64, Object)>> {
        for descriptor in self.open.by_ref() {
            let size = word_size(program);
            let place = descriptor.wrapping_mul(size as u64);
            let file = read_uint(program, self.table.wrapping_add(place), size)?;
            // A number is taken before its file is there.
            if file != 0 {
                return Ok(Some((descriptor, integer(program, self.pointer, file)?)));
            }
        }
        Ok(None)
    }
}

impl HelperIter for Files {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_file(program)?.map(Value::from))
    }
}

/// The `struct file *` that `task` has open as `descriptor`, or NULL.
pub fn fget(program: &Program, task: &Object, descriptor: u64) -> Result<Object> {
    let file = type_named(program, "struct file")?;
    let table = task.member(program, "files")?;
    if table.to_u64(program)? != 0 {
        let table = table.member(program, "fdt")?;
        if descriptor < member_value(program, &table, "max_fds")? {
            let index = i64::try_from(descriptor).unwrap_or(i64::MAX);
            let found = table.member(program, "fd")?.index(program, index)?;
            return pointer(program, file, found.to_u64(program)?);
        }
    }
    pointer(program, file, 0)
}

/// The `struct dentry *`s of an inode: the places in the tree of files that it has.
pub(super) struct Aliases {
    nodes: Nodes,
    entries: Entries,
}

impl Aliases {
    pub(super) fn new(program: &Program, inode: &Object) -> Result<Self> {
        let dentry = type_named(program, "struct dentry")?;
        let head = inode.member(program, "i_dentry")?.address_of(program)?;
        // In a union, which has the name `d_u` in 6.1 and none in 7.2.
        let node = if has_member(program, dentry, "d_alias")? {
            "d_alias"
        } else {
            "d_u.d_alias"
        };
        Ok(Self {
            nodes: Nodes::of_hlist(program, &head)?,
            entries: Entries::new(program, dentry, node)?,
        })
    }

    pub(super) fn next_path(&mut self, program: &Program) -> Result<Option<Vec<u8>>> {
        let Some(node) = self.nodes.next_address(program)? else {
            return Ok(None);
        };
        let dentry = self.entries.containing(program, node)?;
        dentry_path(program, &dentry).map(Some)
    }
}

impl HelperIter for Aliases {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_path(program)?.map(Value::Bytes))
    }
}

/// The word for what kind of file a mode is of.
pub(super) fn file_type(mode: i128) -> String {
    match mode & 0o170_000 {
        0o140_000 => "SOCK",
        0o120_000 => "LNK",
        0o100_000 => "REG",
        0o060_000 => "BLK",
        0o040_000 => "DIR",
        0o020_000 => "CHR",
        0o010_000 => "FIFO",
        other => return format!("{other:06o}"),
    }
    .to_owned()
}
