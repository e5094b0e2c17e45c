//! Processes: their memory, what is mapped into it, and where their threads entered the kernel.

use super::arch::Compat;
use super::{LinuxKernel, registers};
use crate::access::{any_member, member_value, read_bytes, variable};
use crate::helpers::{fs, mm, pid};
use spelunk_base::Platform;
use spelunk_object::Object;
use spelunk_program::{Error, Os, Program, Result, Thread, UserArea, UserProcess, UserThread};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

/// `VM_READ` in `include/linux/mm.h`
const VM_READ: u64 = 1;

/// Processes have no more threads (`FUTEX_TID_MASK` is less than the number of threads that a kernel may have at once).
const MAX_THREADS: usize = 1 << 22;

fn task(thread: &Thread) -> Result<&Object> {
    let task = thread.object.as_ref();
    task.ok_or_else(|| Error::value("thread has no task"))
}

/// The ID of the process that `thread` belongs to; `None` if it has no address space.
pub(super) fn id(program: &Program, thread: &Thread) -> Result<Option<u64>> {
    let task = task(thread)?;
    match mm::address_space(program, task)? {
        Some(_) => member_value(program, task, "tgid").map(Some),
        None => Ok(None),
    }
}

/// The process that `thread` belongs to.
pub(super) fn find(
    kernel: &LinuxKernel,
    program: &Program,
    thread: &Thread,
) -> Result<UserProcess> {
    let task = task(thread)?;
    let space = mm::address_space(program, task)?;
    let space = space.ok_or_else(|| Error::value("the task has no memory of its own"))?;
    let compat = kernel.arch.and_then(|arch| arch.user_entry.compat);
    let compat = match compat {
        Some(compat) => (compat.is_space)(program, &space)?.then_some(compat),
        None => None,
    };
    let threads = threads(kernel, program, task, compat)?;
    let crashed = kernel
        .crashed_thread(program)
        .ok()
        .map(|crashed| crashed.tid);
    Ok(UserProcess {
        pid: member_value(program, task, "tgid")?,
        platform: compat.map_or(kernel.platform, |compat| Platform::of(compat.architecture)),
        memory: Arc::new(mm::page_tables(program, &space)?),
        copies: vdso(program, &space).into_iter().collect(),
        areas: areas(program, &space)?,
        auxiliary_vector: space.member(program, "saved_auxv")?.to_bytes(program)?,
        crashed: crashed.filter(|tid| threads.iter().any(|thread| thread.tid == *tid)),
        threads,
        is_live: kernel.is_live(),
    })
}

/// Where the vdso is, and the kernel's own copy of it: `struct vdso_image` in `arch/x86/include/asm/vdso.h`.
fn vdso(program: &Program, space: &Object) -> Option<(u64, Vec<u8>)> {
    /// It has two or three pages.
    const MAX_SIZE: u64 = 1 << 20;
    let context = space.member(program, "context").ok()?;
    let start = member_value(program, &context, "vdso").ok()?;
    let image = context.member(program, "vdso_image").ok()?;
    let data = member_value(program, &image, "data").ok()?;
    let size = member_value(program, &image, "size").ok()?.min(MAX_SIZE);
    Some((start, read_bytes(program, data, size).ok()?))
}

fn threads(
    kernel: &LinuxKernel,
    program: &Program,
    task: &Object,
    compat: Option<&Compat>,
) -> Result<Vec<UserThread>> {
    let mut threads = Vec::new();
    let mut group = pid::Group::new(program, task, true)?;
    // A list that is damaged has its first tasks all the same.
    while let Ok(Some(task)) = group.next_task(program) {
        program.cancel().check()?;
        threads.extend(one_thread(kernel, program, task, compat));
        if threads.len() >= MAX_THREADS {
            break;
        }
    }
    threads.sort_by_key(|thread| thread.tid);
    Ok(threads)
}

fn one_thread(
    kernel: &LinuxKernel,
    program: &Program,
    task: Object,
    compat: Option<&Compat>,
) -> Result<UserThread> {
    let tid = member_value(program, &task, "pid")?;
    let name = task.member(program, "comm")?.string(program);
    let thread = Thread {
        tid,
        object: Some(task),
    };
    let registers = registers::of_user(kernel, program, &thread, compat);
    Ok(UserThread {
        tid,
        name: name.unwrap_or_default(),
        registers: registers.map_err(|error| error.to_string()),
    })
}

/// What the addresses of `space`, a `struct mm_struct *`, are in use for.
fn areas(program: &Program, space: &Object) -> Result<Vec<UserArea>> {
    let page_shift = variable(program, "PAGE_SHIFT")?.to_u64(program)?;
    let mut found = Vec::new();
    let mut areas = mm::Areas::new(program, space)?;
    // As far as they can be read: most are better than none.
    while let Ok(Some(area)) = areas.next_area(program) {
        program.cancel().check()?;
        let Ok(area) = one_area(program, &area, page_shift) else {
            continue;
        };
        found.push(area);
    }
    Ok(found)
}

fn one_area(program: &Program, area: &Object, page_shift: u64) -> Result<UserArea> {
    let value = |member| member_value(program, area, member);
    let file = area.member(program, "vm_file")?.read(program)?;
    let file = match file.to_u64(program)? {
        0 => None,
        _ => {
            let path = fs::d_path(program, &file.member(program, "f_path")?)?;
            let page = value("vm_pgoff")?;
            let offset = page.wrapping_shl(u32::try_from(page_shift).unwrap_or(0));
            Some((OsString::from_vec(path).into(), offset))
        }
    };
    // Since 6.3 in a union (bc292ab00f6c), whose members are those of the structure.
    let flags = any_member(program, area, &["vm_flags", "__vm_flags"])?;
    Ok(UserArea {
        range: value("vm_start")?..value("vm_end")?,
        is_readable: flags.to_u64(program)? & VM_READ != 0,
        file,
    })
}
