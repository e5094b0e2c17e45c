//! Mounts: `fs/mount.h`.

use super::path::path;
use super::super_block::filesystem_type;
use crate::access::{Field, find_member, member_value, type_named, variable};
use crate::helper::{Args, HelperIter, Value};
use crate::helpers::entry::Entries;
use crate::helpers::list::Nodes;
use crate::helpers::rbtree::Walk;
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};
use spelunk_types::{QualifiedType, TypeData};

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

pub(super) fn mounts(program: &Program, args: &Args) -> Result<Mounts> {
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
