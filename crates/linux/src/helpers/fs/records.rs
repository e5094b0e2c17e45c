//! The records of these helpers.

use super::file::{Aliases, Files, fget, file_type};
use super::mount::{mount_dst, mount_fstype, mount_src, mounts};
use super::path::{d_path, d_path_in, dentry_path};
use super::super_block::super_block_mounts;
use crate::helper::{Default, Front, Helper, HelperModule, Output, Param, ParamKind, Value};

const TASK: Param = Param::object("task", "struct task_struct *");
const MOUNT: Param = Param::object("mnt", "struct mount *");
const INODE: Param = Param::object("inode", "struct inode *");
const NAMESPACE: Front = Front::Namespace {
    name: "ns",
    c_type: "struct mnt_namespace *",
};
const FILTERS: &[Param] = &[
    Param::new(
        "src",
        ParamKind::Path,
        "Only mounts of this device or other source.",
    )
    .or(Default::None)
    .keyword(),
    Param::new("dst", ParamKind::Path, "Only mounts at this path.")
        .or(Default::None)
        .keyword(),
    Param::new(
        "fstype",
        ParamKind::Bytes,
        "Only mounts of filesystems of this type.",
    )
    .or(Default::None)
    .keyword(),
];
const PATH: Output = Output::Returns("bytes", "");

const MODULE: HelperModule = HelperModule("fs");

pub(in crate::helpers) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "d_path",
        Front::Nothing,
        &[
            Param::object("arg1", "struct path *")
                .doc("The path; or, if *arg2* is given, the mount: ``struct vfsmount *`` or ``struct mount *``."),
            Param::object("arg2", "struct dentry *")
                .doc("The place in the mount.")
                .or(Default::None),
        ],
        PATH,
        "Return the full path of a ``struct path``, or of a dentry in a mount, seen from the root of all mounts.\n\nWhat has no place in the tree of files (pipes, sockets...) is shown by its filesystem: ``[pipefs]``.",
        |program, args| {
            let first = args.object(0)?;
            Ok(match args.optional_object(1)? {
                Some(dentry) => d_path_in(program, first, dentry)?,
                None => d_path(program, first)?,
            }
            .into())
        },
    ),
    MODULE.helper(
        "dentry_path",
        Front::Nothing,
        &[Param::object("dentry", "struct dentry *")],
        PATH,
        "Return the path of a dentry from the root of its filesystem, without a slash in front.",
        |program, args| Ok(dentry_path(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "inode_path",
        Front::Nothing,
        &[INODE],
        Output::Returns("Optional[bytes]", "``None`` if no path is known"),
        "Return a path of an inode from the root of its filesystem; if it has several, any of them.",
        |program, args| Ok(Aliases::new(program, args.object(0)?)?.next_path(program)?.into()),
    ),
    MODULE.helper(
        "inode_paths",
        Front::Nothing,
        &[INODE],
        Output::Returns("Iterator[bytes]", ""),
        "Iterate over the paths of an inode from the root of its filesystem.",
        |program, args| Ok(Value::iter(Aliases::new(program, args.object(0)?)?)),
    ),
    MODULE.helper(
        "mount_src",
        Front::Nothing,
        &[MOUNT],
        PATH,
        "Return what a mount is of: a device, or what was given in its place.",
        |program, args| Ok(mount_src(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "mount_dst",
        Front::Nothing,
        &[MOUNT],
        PATH,
        "Return the path at which a mount is.",
        |program, args| Ok(mount_dst(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "mount_fstype",
        Front::Nothing,
        &[MOUNT],
        PATH,
        "Return the type of the filesystem that a mount is of.",
        |program, args| Ok(mount_fstype(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "for_each_mount",
        NAMESPACE,
        FILTERS,
        Output::Returns("Iterator[Object]", "``struct mount *`` objects"),
        "Iterate over the mounts of a namespace.",
        |program, args| Ok(Value::iter(mounts(program, args)?)),
    ),
    MODULE.helper(
        "print_mounts",
        NAMESPACE,
        FILTERS,
        Output::Prints,
        "Print the mounts of a namespace: source, path, type of the filesystem and ``struct mount *``. The parameters are those of :func:`for_each_mount()`.",
        |program, args| {
            let mut text = String::new();
            let mut mounts = mounts(program, args)?;
            while let Some(mount) = mounts.next_mount(program)? {
                for part in [mount_src, mount_dst, mount_fstype] {
                    text.push_str(&String::from_utf8_lossy(&part(program, &mount)?));
                    text.push(' ');
                }
                let address = mount.to_u64(program)?;
                text.push_str(&format!("(struct mount *){address:#x}\n"));
            }
            Ok(text.into())
        },
    ),
    MODULE.helper(
        "super_block_for_each_mount",
        Front::Nothing,
        &[Param::object("sb", "struct super_block *")],
        Output::Returns("Iterator[Object]", "``struct mount *`` objects"),
        "Iterate over the mounts of a filesystem, in all namespaces.",
        |program, args| super_block_mounts(program, args.object(0)?),
    ),
    MODULE.helper(
        "fget",
        Front::Nothing,
        &[TASK, Param::int("fd", "File descriptor.")],
        Output::Returns("Object", "``struct file *``, ``NULL`` if it is not open"),
        "Return the file that a task has open as a file descriptor.",
        |program, args| {
            let descriptor = u64::try_from(args.int(1)?).unwrap_or(u64::MAX);
            Ok(fget(program, args.object(0)?, descriptor)?.into())
        },
    ),
    MODULE.helper(
        "for_each_file",
        Front::Nothing,
        &[TASK],
        Output::Returns("Iterator[Tuple[int, Object]]", "(fd, ``struct file *``) tuples"),
        "Iterate over the files that a task has open.",
        |program, args| Ok(Value::iter(Files::new(program, args.object(0)?)?)),
    ),
    MODULE.helper(
        "print_files",
        Front::Nothing,
        &[TASK],
        Output::Prints,
        "Print the files that a task has open: descriptor, path and ``struct file *``.",
        |program, args| {
            let mut text = String::new();
            let mut files = Files::new(program, args.object(0)?)?;
            while let Some((descriptor, file)) = files.next_file(program)? {
                let path = d_path(program, &file.member(program, "f_path")?)?;
                let path = String::from_utf8_lossy(&path);
                let address = file.to_u64(program)?;
                text.push_str(&format!("{descriptor} {path} (struct file *){address:#x}\n"));
            }
            Ok(text.into())
        },
    ),
    MODULE.helper(
        "decode_file_type",
        Front::Nothing,
        &[Param::int("mode", "``struct inode::i_mode``, :attr:`os.stat_result.st_mode`...")],
        Output::Returns("str", "``REG``, ``DIR``..., or a number if it is none of those"),
        "Return the kind of file that a mode is of, as a word.",
        |_, args| Ok(file_type(args.int(0)?).into()),
    ),
];
