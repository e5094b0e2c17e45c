//! Address spaces of processes: `include/linux/mm_types.h`, `include/linux/mm.h`.

use super::kthread::task_is_kthread;
use super::mapletree::{self, MapleTree};
use super::page::{PageMap, virt_to_phys};
use crate::access::{
    Field, find_member, integer, integer_named, member_value, pointer_type, type_named, variable,
};
use crate::helper::{
    Args, Field as RecordField, Front, Helper, HelperIter, HelperModule, Output, Param,
    RecordClass, Sum, Value,
};
use crate::kernel::LinuxKernel;
use crate::walk::Cycle;
use spelunk_base::PhysAddr;
use spelunk_memory::{Fault, PageTables, SegmentReader};
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};
use spelunk_types::QualifiedType;

/// How much of a process's memory is read at once; larger wishes are granted piece by piece.
const PIECE: u64 = 1 << 20;

/// The page tables of an address space, a `struct mm_struct *`.
pub fn page_tables(program: &Program, mm: &Object) -> Result<PageTables> {
    let root = virt_to_phys(program, member_value(program, mm, "pgd")?)?;
    LinuxKernel::of(program)?
        .address_translation()
        .tables_at(PhysAddr(root))
        .ok_or_else(|| {
            Error::not_implemented("page tables of this architecture are not understood yet")
        })
}

/// The `size` bytes from `address` on in the address space `mm`.
pub fn access_remote_vm(
    program: &Program,
    mm: &Object,
    address: u64,
    size: u64,
) -> Result<Vec<u8>> {
    let tables = page_tables(program, mm)?;
    let mut bytes = Vec::new();
    let mut left = size;
    while left > 0 {
        let start = bytes.len();
        let piece = left.min(PIECE);
        bytes.resize(start.saturating_add(usize::try_from(piece).unwrap_or(0)), 0);
        let (_, buf) = bytes.split_at_mut(start);
        tables
            .read(address.wrapping_add(start as u64), buf)
            .map_err(|fault| {
                Fault::new(
                    spelunk_memory::AddressSpace::Virtual,
                    fault.offset,
                    fault.kind,
                )
            })?;
        left = left.saturating_sub(piece);
    }
    Ok(bytes)
}

/// The address space of `task`, a `struct mm_struct *`; `None` if it is a task of the kernel, or has exited.
pub fn address_space(program: &Program, task: &Object) -> Result<Option<Object>> {
    let mm = task.member(program, "mm")?.read(program)?;
    // A thread of the kernel may have borrowed an address space.
    let is_kernel = task_is_kthread(program, task)?;
    Ok((!is_kernel && mm.to_u64(program)? != 0).then_some(mm))
}

/// The texts between two addresses that the kernel keeps in members of `mm`.
fn texts(program: &Program, mm: &Object, start: &str, end: &str) -> Result<Value> {
    let start = member_value(program, mm, start)?;
    let size = member_value(program, mm, end)?.saturating_sub(start);
    let mut bytes = access_remote_vm(program, mm, start, size)?;
    if bytes.last() == Some(&0) {
        bytes.pop();
    }
    if bytes.is_empty() {
        return Ok(Value::List(Vec::new()));
    }
    let parts = bytes
        .split(|byte| *byte == 0)
        .map(|text| text.to_vec().into());
    Ok(Value::List(parts.collect()))
}

fn command_line(program: &Program, mm: &Object) -> Result<Value> {
    texts(program, mm, "arg_start", "arg_end")
}

fn environment(program: &Program, mm: &Object) -> Result<Value> {
    texts(program, mm, "env_start", "env_end")
}

/// Of a task of the kernel, `None`.
fn of_task(
    program: &Program,
    args: &Args,
    get: fn(&Program, &Object) -> Result<Value>,
) -> Result<Value> {
    match address_space(program, args.object(0)?)? {
        Some(mm) => get(program, &mm),
        None => Ok(Value::None),
    }
}

/// The areas of an address space.
pub struct Areas {
    areas: AreaNodes,
    pointer: QualifiedType,
}

enum AreaNodes {
    /// Since 6.1.
    Tree(mapletree::Entries),
    /// A chain until 6.1.
    Chain {
        next: u64,
        link: Field,
        cycle: Cycle,
    },
}

impl Areas {
    /// Those of `mm`, a `struct mm_struct *`.
    pub fn new(program: &Program, mm: &Object) -> Result<Self> {
        let area = type_named(program, "struct vm_area_struct")?;
        let areas = match find_member(program, mm, "mm_mt")? {
            Some(tree) => {
                let tree = MapleTree::new(program, &tree.address_of(program)?)?;
                AreaNodes::Tree(tree.into_entries())
            }
            None => AreaNodes::Chain {
                next: member_value(program, mm, "mmap")?,
                link: Field::new(program, area, "vm_next")?,
                cycle: Cycle::default(),
            },
        };
        Ok(Self {
            areas,
            pointer: pointer_type(program, area)?,
        })
    }

    /// The next one: `struct vm_area_struct *`.
    pub fn next_area(&mut self, program: &Program) -> Result<Option<Object>> {
        let address = match &mut self.areas {
            AreaNodes::Tree(entries) => loop {
                match entries.next_entry(program)? {
                    // Special entries are no areas.
                    Some(range) if range.entry & 3 != 0 => {}
                    Some(range) => break range.entry,
                    None => return Ok(None),
                }
            },
            AreaNodes::Chain { next, link, cycle } => {
                let address = *next;
                if address == 0 {
                    return Ok(None);
                }
                if cycle.comes_back_to(address) {
                    return Err(Error::other(format!(
                        "broken address space: its areas lead in a circle through {address:#x}"
                    )));
                }
                *next = link.read(program, address)?;
                address
            }
        };
        integer(program, self.pointer, address).map(Some)
    }
}

impl HelperIter for Areas {
    fn next(&mut self, program: &Program) -> Result<Option<Value>> {
        Ok(self.next_area(program)?.map(Value::Object))
    }
}

/// The area that `address` is in, or NULL.
fn find_area(program: &Program, mm: &Object, address: u64) -> Result<Object> {
    let mut areas = Areas::new(program, mm)?;
    while let Some(area) = areas.next_area(program)? {
        let start = member_value(program, &area, "vm_start")?;
        if address >= start && address < member_value(program, &area, "vm_end")? {
            return Ok(area);
        }
    }
    integer(program, areas.pointer, 0)
}

/// The numbers of pages that a task has in memory: files, anonymous, in swap, shared.
fn resident(program: &Program, task: &Object) -> Result<Value> {
    let mut counts = [0i128; 4];
    if let Some(mm) = address_space(program, task)? {
        // Since 6.2 per-CPU counters; before, an array in a structure.
        let stat = mm.member(program, "rss_stat")?;
        let array = match spelunk_object::unaliased_kind(program.types(), stat.ty())? {
            spelunk_types::TypeKind::Array => stat,
            _ => stat.member(program, "count")?,
        };
        // MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES.
        for (count, index) in counts.iter_mut().zip(0..) {
            let element = array.index(program, index)?;
            *count = match find_member(program, &element, "counters")? {
                Some(_) => {
                    super::percpu::percpu_counter_sum(program, &element.address_of(program)?)?
                }
                None => element.member(program, "counter")?.to_i128(program)?,
            }
            .max(0);
        }
    }
    let [file, anonymous, swap, shared] = counts;
    Ok(Value::Record(
        &TASK_RSS,
        vec![file.into(), anonymous.into(), shared.into(), swap.into()],
    ))
}

/// The physical address behind an address of the address space, both arguments.
fn find_phys(program: &Program, args: &Args) -> Result<u64> {
    let tables = page_tables(program, args.object(0)?)?;
    Ok(tables.translate(args.address(1)?)?.physical.0)
}

static TASK_RSS: RecordClass = RecordClass {
    module: "mm",
    name: "TaskRss",
    is_tuple: true,
    doc: "How many pages of a task are in memory.",
    fields: &[
        RecordField::new("file", "int", "Pages of files."),
        RecordField::new("anon", "int", "Pages of no file."),
        RecordField::new("shmem", "int", "Pages of shared memory."),
        RecordField::new("swap", "int", "Pages that are in swap space instead."),
    ],
    sums: &[Sum {
        name: "total",
        fields: &["file", "anon", "shmem"],
        doc: "All pages in memory.",
    }],
};

/// The classes whose instances these helpers return.
pub(super) static CLASSES: &[&RecordClass] = &[&TASK_RSS];

const TASK: Param = Param::object("task", "struct task_struct *");
const MM: Param = Param::object("mm", "struct mm_struct *");
const ADDRESS: Param = Param::int("address", "Address of the first byte.");
const SIZE: Param = Param::int("size", "How many bytes.");
const VIRTUAL: Param = Param::int("addr", "``void *``: address in the address space.");
const BYTES: Output = Output::Returns("bytes", "");
const TEXTS: Output = Output::Returns("List[bytes]", "");
const TASK_TEXTS: Output =
    Output::Returns("Optional[List[bytes]]", "``None`` for tasks of the kernel");

const MODULE: HelperModule = HelperModule("mm");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "access_remote_vm",
        Front::Nothing,
        &[MM, ADDRESS, SIZE],
        BYTES,
        "Read memory of a process, by its address space.\n\n:raises FaultError: if it is not mapped, or was swapped out",
        |program, args| {
            let (address, size) = (args.address(1)?, args.address(2)?);
            Ok(access_remote_vm(program, args.object(0)?, address, size)?.into())
        },
    ),
    MODULE.helper(
        "access_process_vm",
        Front::Nothing,
        &[TASK, ADDRESS, SIZE],
        BYTES,
        "Read memory of a process, by one of its tasks.\n\n:raises FaultError: if it is not mapped, or was swapped out",
        |program, args| {
            let mm = args.object(0)?.member(program, "mm")?.read(program)?;
            if mm.to_u64(program)? == 0 {
                return Err(Error::value(
                    "task has no memory of its own: it is of the kernel, or exits",
                ));
            }
            Ok(access_remote_vm(program, &mm, args.address(1)?, args.address(2)?)?.into())
        },
    ),
    MODULE.helper(
        "cmdline",
        Front::Nothing,
        &[TASK],
        TASK_TEXTS,
        "Return the arguments that a process was started with.\n\n>>> cmdline(find_task(1))\n[b'/sbin/init', b'splash']",
        |program, args| of_task(program, args, command_line),
    ),
    MODULE.helper(
        "environ",
        Front::Nothing,
        &[TASK],
        TASK_TEXTS,
        "Return the environment that a process was started with.\n\n>>> environ(find_task(1))\n[b'HOME=/', b'TERM=linux']",
        |program, args| of_task(program, args, environment),
    ),
    MODULE.helper(
        "mm_cmdline",
        Front::Nothing,
        &[MM],
        TEXTS,
        "Return the arguments that a process was started with, by its address space.",
        |program, args| command_line(program, args.object(0)?),
    ),
    MODULE.helper(
        "mm_environ",
        Front::Nothing,
        &[MM],
        TEXTS,
        "Return the environment that a process was started with, by its address space.",
        |program, args| environment(program, args.object(0)?),
    ),
    MODULE.helper(
        "follow_phys",
        Front::Nothing,
        &[MM, VIRTUAL],
        Output::Returns("Object", "``phys_addr_t``"),
        "Return the physical address that an address of a process is mapped to.\n\n:raises FaultError: if it is not mapped",
        |program, args| {
            Ok(integer_named(program, "phys_addr_t", find_phys(program, args)?)?.into())
        },
    ),
    MODULE.helper(
        "follow_pfn",
        Front::Nothing,
        &[MM, VIRTUAL],
        Output::Returns("Object", "``unsigned long``"),
        "Return the number of the page frame that an address of a process is mapped to.\n\n:raises FaultError: if it is not mapped",
        |program, args| {
            let pfn = find_phys(program, args)? >> PageMap::new(program)?.shift();
            Ok(integer_named(program, "unsigned long", pfn)?.into())
        },
    ),
    MODULE.helper(
        "follow_page",
        Front::Nothing,
        &[MM, VIRTUAL],
        Output::Returns("Object", "``struct page *``"),
        "Return the page that an address of a process is mapped to.\n\n:raises FaultError: if it is not mapped",
        |program, args| {
            let map = PageMap::new(program)?;
            let pfn = find_phys(program, args)? >> map.shift();
            Ok(map.object(program, map.address(pfn))?.into())
        },
    ),
    MODULE.helper(
        "for_each_vma",
        Front::Nothing,
        &[MM],
        Output::Returns("Iterator[Object]", "``struct vm_area_struct *`` objects"),
        "Iterate over the areas of an address space, lowest first.",
        |program, args| Ok(Value::iter(Areas::new(program, args.object(0)?)?)),
    ),
    MODULE.helper(
        "vma_find",
        Front::Nothing,
        &[MM, VIRTUAL],
        Output::Returns(
            "Object",
            "``struct vm_area_struct *``, ``NULL`` if there is none",
        ),
        "Return the area of an address space that an address is in.",
        |program, args| Ok(find_area(program, args.object(0)?, args.address(1)?)?.into()),
    ),
    MODULE.helper(
        "task_rss",
        Front::Program,
        &[TASK],
        Output::Returns("TaskRss", ""),
        "Return how many pages of a task are in memory.",
        |program, args| resident(program, args.object(0)?),
    ),
    MODULE.helper(
        "task_vsize",
        Front::Nothing,
        &[TASK],
        Output::Returns("int", "bytes; 0 for tasks of the kernel"),
        "Return the size of the address space of a task.",
        |program, args| {
            let pages = match address_space(program, args.object(0)?)? {
                Some(mm) => member_value(program, &mm, "total_vm")?,
                None => 0,
            };
            let size = variable(program, "PAGE_SIZE")?.to_u64(program)?;
            Ok(pages.saturating_mul(size).into())
        },
    ),
];
