//! Paths: `d_path()` in `fs/d_path.c`.

use super::super_block::filesystem_type;
use crate::access::{Field, has_member, member_value, read, referenced_type, type_named};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};

/// No path has more parts; what claims to is a circle.
const MAX_DEPTH: usize = 4096;

/// No name is longer; what claims to be is damaged.
const MAX_NAME: u64 = 4096;

/// Where the members of `struct dentry` and `struct mount` are that make up a path.
struct PathLayout {
    parent: Field,
    name: Field,
    length: Field,
    operations: Field,
    superblock: Field,
    root: Field,
    mountpoint: Field,
    mount_parent: Field,
    /// From a `struct vfsmount` to the `struct mount` around it.
    vfsmount: Field,
}

impl PathLayout {
    fn new(program: &Program) -> Result<Self> {
        let dentry = type_named(program, "struct dentry")?;
        let mount = type_named(program, "struct mount")?;
        Ok(Self {
            parent: Field::new(program, dentry, "d_parent")?,
            name: Field::new(program, dentry, "d_name.name")?,
            length: Field::new(program, dentry, "d_name.len")?,
            operations: Field::new(program, dentry, "d_op")?,
            superblock: Field::new(program, dentry, "d_sb")?,
            root: Field::new(program, mount, "mnt.mnt_root")?,
            mountpoint: Field::new(program, mount, "mnt_mountpoint")?,
            mount_parent: Field::new(program, mount, "mnt_parent")?,
            vfsmount: Field::new(program, mount, "mnt")?,
        })
    }

    fn name(&self, program: &Program, dentry: u64) -> Result<Vec<u8>> {
        let length = self.length.read(program, dentry)?.min(MAX_NAME);
        let mut name = vec![0; usize::try_from(length).unwrap_or(0)];
        read(program, self.name.read(program, dentry)?, &mut name)?;
        Ok(name)
    }

    /// Whether the file has no place in the tree of files, and a function makes up its name: pipes, sockets...
    fn has_made_up_name(&self, program: &Program, dentry: u64) -> Result<bool> {
        match self.operations.read(program, dentry)? {
            0 => Ok(false),
            operations => {
                let function = Field::of(program, "struct dentry_operations", "d_dname")?;
                Ok(function.read(program, operations)? != 0)
            }
        }
    }
}

fn endless(what: &str, address: u64) -> Error {
    Error::other(format!(
        "broken {what}: its parents lead in a circle through {address:#x}"
    ))
}

/// Names from the innermost to the outermost, as a path.
fn join(names: &[Vec<u8>], is_absolute: bool) -> Vec<u8> {
    let mut path = Vec::new();
    for (index, name) in names.iter().rev().enumerate() {
        if index > 0 || is_absolute {
            path.push(b'/');
        }
        path.extend_from_slice(name);
    }
    if path.is_empty() && is_absolute {
        path.push(b'/');
    }
    path
}

/// The path of the dentry at `dentry` in the mount whose `struct vfsmount` is at `vfsmount`: `prepend_path()` in
/// `fs/d_path.c`, up to the root of all mounts.
pub(super) fn path(program: &Program, vfsmount: u64, dentry: u64) -> Result<Vec<u8>> {
    let layout = PathLayout::new(program)?;
    if layout.has_made_up_name(program, dentry)? {
        let superblock = layout.superblock.read(program, dentry)?;
        let kind = filesystem_type(program, superblock)?;
        return Ok([b"[", &*kind, b"]"].concat());
    }
    let mut mount = vfsmount.wrapping_sub(layout.vfsmount.offset);
    let mut dentry = dentry;
    let mut root = layout.root.read(program, mount)?;
    let mut names = Vec::new();
    for _ in 0..MAX_DEPTH {
        if dentry == root {
            let parent = layout.mount_parent.read(program, mount)?;
            if parent == mount {
                return Ok(join(&names, true));
            }
            dentry = layout.mountpoint.read(program, mount)?;
            mount = parent;
            root = layout.root.read(program, mount)?;
            continue;
        }
        let parent = layout.parent.read(program, dentry)?;
        if parent == dentry {
            // The root of a filesystem, but not of the mount: not reachable from there.
            return Ok(join(&names, true));
        }
        names.push(layout.name(program, dentry)?);
        dentry = parent;
    }
    Err(endless("path", dentry))
}

/// The path of `dentry` (a `struct dentry *`) from the root of its filesystem, without a slash in front.
pub fn dentry_path(program: &Program, dentry: &Object) -> Result<Vec<u8>> {
    let layout = PathLayout::new(program)?;
    let mut dentry = dentry.to_u64(program)?;
    let mut names = Vec::new();
    for _ in 0..MAX_DEPTH {
        let parent = layout.parent.read(program, dentry)?;
        if parent == dentry {
            return Ok(join(&names, false));
        }
        names.push(layout.name(program, dentry)?);
        dentry = parent;
    }
    Err(endless("path", dentry))
}

/// The path of a `struct path`, or a pointer to one.
pub fn d_path(program: &Program, path_object: &Object) -> Result<Vec<u8>> {
    let mount = member_value(program, path_object, "mnt")?;
    path(
        program,
        mount,
        member_value(program, path_object, "dentry")?,
    )
}

/// The path of `dentry` in a mount, given as `struct vfsmount *` or `struct mount *`.
pub(super) fn d_path_in(program: &Program, mount: &Object, dentry: &Object) -> Result<Vec<u8>> {
    let mut vfsmount = mount.to_u64(program)?;
    let ty = referenced_type(program, mount.ty())?;
    if has_member(program, ty, "mnt_parent")? {
        vfsmount = Field::new(program, ty, "mnt")?.at(vfsmount);
    }
    path(program, vfsmount, dentry.to_u64(program)?)
}
