//! Files, paths and mounts: `include/linux/fs.h`, `include/linux/dcache.h`, `fs/mount.h`.

use super::bitops::Bitmap;
use super::entry::Entries;
use super::list::Nodes;
use super::rbtree::Walk;
use crate::access::{
    Field, find_member, has_member, integer, member_value, pointer, read, read_c_string, read_uint,
    referenced_type, type_named, variable, word_size,
};
use crate::helper::{Args, Default, Front, Helper, HelperIter, Output, Param, ParamKind, Value};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};
use spelunk_types::{QualifiedType, TypeData};

/// No path has more parts; what claims to is a circle.
const MAX_DEPTH: usize = 4096;

/// No name is longer; what claims to be is damaged.
const MAX_NAME: u64 = 4096;

/// No process has more files; `sysctl_nr_open` would have to be raised beyond all use.
const MAX_FILES: u64 = 1 << 26;

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
fn path(program: &Program, vfsmount: u64, dentry: u64) -> Result<Vec<u8>> {
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
fn d_path_in(program: &Program, mount: &Object, dentry: &Object) -> Result<Vec<u8>> {
    let mut vfsmount = mount.to_u64(program)?;
    let ty = referenced_type(program, mount.ty())?;
    if has_member(program, ty, "mnt_parent")? {
        vfsmount = Field::new(program, ty, "mnt")?.at(vfsmount);
    }
    path(program, vfsmount, dentry.to_u64(program)?)
}

/// `ext4`, or `fuse.sshfs` with a subtype.
fn filesystem_type(program: &Program, superblock: u64) -> Result<Vec<u8>> {
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

/// What `mount` (a `struct mount *`) is a mount of.
pub fn mount_src(program: &Program, mount: &Object) -> Result<Vec<u8>> {
    Ok(mount.member(program, "mnt_devname")?.string(program)?)
}

/// Where `mount` is mounted.
pub fn mount_dst(program: &Program, mount: &Object) -> Result<Vec<u8>> {
    let vfsmount = mount.member(program, "mnt")?;
    let address = vfsmount.address_of(program)?.to_u64(program)?;
    path(
        program,
        address,
        member_value(program, &vfsmount, "mnt_root")?,
    )
}

/// The type of the filesystem that `mount` is of.
pub fn mount_fstype(program: &Program, mount: &Object) -> Result<Vec<u8>> {
    let vfsmount = mount.member(program, "mnt")?;
    filesystem_type(program, member_value(program, &vfsmount, "mnt_sb")?)
}

/// The mounts of a namespace.
pub struct Mounts {
    nodes: MountNodes,
    entries: Entries,
    filter: MountFilter,
}

enum MountNodes {
    Tree(Walk),
    List { nodes: Nodes, flags: Field },
}

/// Which mounts are wanted.
#[derive(std::default::Default)]
struct MountFilter {
    source: Option<Vec<u8>>,
    destination: Option<Vec<u8>>,
    filesystem: Option<Vec<u8>>,
}

impl MountFilter {
    fn matches(&self, program: &Program, mount: &Object) -> Result<bool> {
        type Get = fn(&Program, &Object) -> Result<Vec<u8>>;
        let conditions: [(&Option<Vec<u8>>, Get); 3] = [
            (&self.source, mount_src),
            (&self.destination, mount_dst),
            (&self.filesystem, mount_fstype),
        ];
        for (wanted, get) in conditions {
            if let Some(wanted) = wanted
                && get(program, mount)? != *wanted
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Mounts {
    /// All mounts of `namespace`, a `struct mnt_namespace *`.
    pub fn new(program: &Program, namespace: &Object) -> Result<Self> {
        let mount = type_named(program, "struct mount")?;
        // Since 6.8 a tree; `mounts` was a number before.
        let tree = find_member(program, namespace, "mounts")?;
        let tree = match tree {
            Some(tree) if is_structure(program, tree.ty())? => Some(tree),
            _ => None,
        };
        let (nodes, node) = match tree {
            Some(tree) => {
                let root = tree.address_of(program)?;
                (
                    MountNodes::Tree(Walk::in_order(program, &root)?),
                    "mnt_node",
                )
            }
            None => {
                let head = namespace.member(program, "list")?.address_of(program)?;
                let nodes = MountNodes::List {
                    nodes: Nodes::of_list(program, &head, false)?,
                    flags: Field::new(program, mount, "mnt.mnt_flags")?,
                };
                (nodes, "mnt_list")
            }
        };
        Ok(Self {
            nodes,
            entries: Entries::new(program, mount, node)?,
            filter: MountFilter::default(),
        })
    }

    /// The next one: `struct mount *`.
    pub fn next_mount(&mut self, program: &Program) -> Result<Option<Object>> {
        loop {
            let Some(address) = self.next_address(program)? else {
                return Ok(None);
            };
            let mount = self.entries.containing(program, address)?;
            if self.filter.matches(program, &mount)? {
                return Ok(Some(mount));
            }
        }
    }

    fn next_address(&mut self, program: &Program) -> Result<Option<u64>> {
        /// `MNT_CURSOR`: the place of a reader of `/proc/mounts` in the list, 5.8 to 6.8.
        const CURSOR: u64 = 0x1000_0000;
        match &mut self.nodes {
            MountNodes::Tree(walk) => walk.next_address(program),
            MountNodes::List { nodes, flags } => {
                while let Some(node) = nodes.next_address(program)? {
                    if flags.read(program, self.entries.address(node))? & CURSOR == 0 {
                        return Ok(Some(node));
                    }
                }
                Ok(None)
            }
        }
    }
}

impl HelperIter for Mounts {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_mount(program)?.map(Value::Object))
    }
}

fn is_structure(program: &Program, ty: QualifiedType) -> Result<bool> {
    let types = program.types();
    let ty = spelunk_object::unaliased(types, ty)?;
    Ok(matches!(types.get(ty.id)?.data, TypeData::Compound { .. }))
}

/// The mount namespace of the first process.
pub fn initial_mount_namespace(program: &Program) -> Result<Object> {
    let proxy = variable(program, "init_task")?.member(program, "nsproxy")?;
    Ok(proxy.member(program, "mnt_ns")?.read(program)?)
}

fn mounts(program: &Program, args: &Args) -> Result<Mounts> {
    let namespace = match args.optional_object(0)? {
        Some(namespace) => namespace.clone(),
        None => initial_mount_namespace(program)?,
    };
    let wanted = |index| Ok::<_, Error>(args.optional_bytes(index)?.map(<[u8]>::to_vec));
    Ok(Mounts {
        filter: MountFilter {
            source: wanted(1)?,
            destination: wanted(2)?,
            filesystem: wanted(3)?,
        },
        ..Mounts::new(program, &namespace)?
    })
}

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
struct Aliases {
    nodes: Nodes,
    entries: Entries,
}

impl Aliases {
    fn new(program: &Program, inode: &Object) -> Result<Self> {
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

    fn next_path(&mut self, program: &Program) -> Result<Option<Vec<u8>>> {
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
fn file_type(mode: i128) -> String {
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

/// The mounts of a superblock.
struct SuperBlockMounts {
    next: u64,
    link: Field,
    mount: QualifiedType,
    cycle: crate::walk::Cycle,
}

impl HelperIter for SuperBlockMounts {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        let address = self.next;
        if address == 0 {
            return Ok(None);
        }
        if self.cycle.comes_back_to(address) {
            return Err(endless("list of mounts", address));
        }
        self.next = self.link.read(program, address)?;
        Ok(Some(pointer(program, self.mount, address)?.into()))
    }
}

fn super_block_mounts(program: &Program, block: &Object) -> Result<Value> {
    let mount = type_named(program, "struct mount")?;
    let mounts = block.member(program, "s_mounts")?;
    // In 7.2 a chain of mounts, in 6.1 a list.
    if has_member(program, mount, "mnt_next_for_sb")? {
        return Ok(Value::iter(SuperBlockMounts {
            next: mounts.to_u64(program)?,
            link: Field::new(program, mount, "mnt_next_for_sb")?,
            mount,
            cycle: crate::walk::Cycle::default(),
        }));
    }
    let head = mounts.address_of(program)?;
    super::list::entries(program, mount, &head, "mnt_instance")
}

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

/// The record of a helper in this file.
const fn helper(
    name: &'static str,
    front: Front,
    params: &'static [Param],
    output: Output,
    doc: &'static str,
    call: fn(&Program, &Args) -> Result<Value>,
) -> Helper {
    Helper {
        module: "fs",
        name,
        front,
        params,
        output,
        doc,
        call,
    }
}

pub(super) static HELPERS: &[Helper] = &[
    helper(
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
    helper(
        "dentry_path",
        Front::Nothing,
        &[Param::object("dentry", "struct dentry *")],
        PATH,
        "Return the path of a dentry from the root of its filesystem, without a slash in front.",
        |program, args| Ok(dentry_path(program, args.object(0)?)?.into()),
    ),
    helper(
        "inode_path",
        Front::Nothing,
        &[INODE],
        Output::Returns("Optional[bytes]", "``None`` if no path is known"),
        "Return a path of an inode from the root of its filesystem; if it has several, any of them.",
        |program, args| Ok(Aliases::new(program, args.object(0)?)?.next_path(program)?.into()),
    ),
    helper(
        "inode_paths",
        Front::Nothing,
        &[INODE],
        Output::Returns("Iterator[bytes]", ""),
        "Iterate over the paths of an inode from the root of its filesystem.",
        |program, args| Ok(Value::iter(Aliases::new(program, args.object(0)?)?)),
    ),
    helper(
        "mount_src",
        Front::Nothing,
        &[MOUNT],
        PATH,
        "Return what a mount is of: a device, or what was given in its place.",
        |program, args| Ok(mount_src(program, args.object(0)?)?.into()),
    ),
    helper(
        "mount_dst",
        Front::Nothing,
        &[MOUNT],
        PATH,
        "Return the path at which a mount is.",
        |program, args| Ok(mount_dst(program, args.object(0)?)?.into()),
    ),
    helper(
        "mount_fstype",
        Front::Nothing,
        &[MOUNT],
        PATH,
        "Return the type of the filesystem that a mount is of.",
        |program, args| Ok(mount_fstype(program, args.object(0)?)?.into()),
    ),
    helper(
        "for_each_mount",
        NAMESPACE,
        FILTERS,
        Output::Returns("Iterator[Object]", "``struct mount *`` objects"),
        "Iterate over the mounts of a namespace.",
        |program, args| Ok(Value::iter(mounts(program, args)?)),
    ),
    helper(
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
    helper(
        "super_block_for_each_mount",
        Front::Nothing,
        &[Param::object("sb", "struct super_block *")],
        Output::Returns("Iterator[Object]", "``struct mount *`` objects"),
        "Iterate over the mounts of a filesystem, in all namespaces.",
        |program, args| super_block_mounts(program, args.object(0)?),
    ),
    helper(
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
    helper(
        "for_each_file",
        Front::Nothing,
        &[TASK],
        Output::Returns("Iterator[Tuple[int, Object]]", "(fd, ``struct file *``) tuples"),
        "Iterate over the files that a task has open.",
        |program, args| Ok(Value::iter(Files::new(program, args.object(0)?)?)),
    ),
    helper(
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
    helper(
        "decode_file_type",
        Front::Nothing,
        &[Param::int("mode", "``struct inode::i_mode``, :attr:`os.stat_result.st_mode`...")],
        Output::Returns("str", "``REG``, ``DIR``..., or a number if it is none of those"),
        "Return the kind of file that a mode is of, as a word.",
        |_, args| Ok(file_type(args.int(0)?).into()),
    ),
];
