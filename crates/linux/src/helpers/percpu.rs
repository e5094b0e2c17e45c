//! Variables that each CPU has one of: `include/linux/percpu.h`, `include/linux/percpu_counter.h`.

use super::cpumask::cpu_online_mask;
use crate::access::{integer, read_uint, referenced_type};
use crate::helper::{Front, Helper, HelperModule, Output, Param};
use crate::kernel::LinuxKernel;
use spelunk_object::{Object, sizeof};
use spelunk_program::{Error, Program, Result};

/// What is added to a per-CPU address for the address on `cpu`.
pub(crate) fn offset(program: &Program, cpu: u32) -> Result<u64> {
    // Without CONFIG_SMP there is no table, and a per-CPU variable is a variable like others.
    let Some(offsets) = LinuxKernel::of(program)?.find_per_cpu_offsets(program)? else {
        return if cpu == 0 { Ok(0) } else { Err(no_cpu(cpu)) };
    };
    if u64::from(cpu) >= offsets.len(program)? {
        return Err(no_cpu(cpu));
    }
    Ok(offsets.index(program, i64::from(cpu))?.to_u64(program)?)
}

fn no_cpu(cpu: u32) -> Error {
    Error::value(format!("the kernel has no place for CPU {cpu}"))
}

/// The copy on `cpu` of what the per-CPU pointer `pointer` points to.
pub fn per_cpu_ptr(program: &Program, pointer: &Object, cpu: u32) -> Result<Object> {
    let address = pointer.to_u64(program)?.wrapping_add(offset(program, cpu)?);
    integer(program, pointer.ty(), address)
}

/// The copy on `cpu` of the per-CPU variable `variable`.
pub fn per_cpu(program: &Program, variable: &Object, cpu: u32) -> Result<Object> {
    let pointer = variable.address_of(program)?;
    Ok(per_cpu_ptr(program, &pointer, cpu)?.dereference(program)?)
}

/// The sum of a `struct percpu_counter`.
pub fn percpu_counter_sum(program: &Program, counter: &Object) -> Result<i128> {
    let mut sum = counter.member(program, "count")?.to_i128(program)?;
    let counters = counter.member(program, "counters")?;
    let size = sizeof(program.types(), referenced_type(program, counters.ty())?)?;
    let (base, size) = (
        counters.to_u64(program)?,
        usize::try_from(size).unwrap_or(4),
    );
    for cpu in cpu_online_mask(program)?.cpus(program)? {
        let address = base.wrapping_add(offset(program, cpu)?);
        let part = read_uint(program, address, size)?;
        // `s32`, as all its versions.
        sum = sum.saturating_add(i128::from(part as u32 as i32));
    }
    Ok(sum)
}

const COUNTER: Param = Param::object("fbc", "struct percpu_counter *");

const MODULE: HelperModule = HelperModule("percpu");

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "per_cpu",
        Front::Nothing,
        &[
            Param::object("var", "type __percpu").doc("The per-CPU variable itself, not a pointer to it; for that, there is :func:`per_cpu_ptr()`."),
            Param::int("cpu", "CPU number."),
        ],
        Output::Returns("Object", "``type`` object"),
        "Return the copy of a per-CPU variable that belongs to a CPU.\n\n>>> per_cpu(prog[\"runqueues\"], 1).curr.comm\n(char [16])\"swapper/1\"",
        |program, args| Ok(per_cpu(program, args.object(0)?, args.cpu(1)?)?.into()),
    ),
    MODULE.helper(
        "per_cpu_ptr",
        Front::Nothing,
        &[
            Param::object("ptr", "type __percpu *").doc("A per-CPU pointer. For a variable, there is :func:`per_cpu()`."),
            Param::int("cpu", "CPU number."),
        ],
        Output::Returns("Object", "``type *`` object"),
        "Return the pointer to a CPU's copy of what a per-CPU pointer points to.",
        |program, args| Ok(per_cpu_ptr(program, args.object(0)?, args.cpu(1)?)?.into()),
    ),
    MODULE.helper(
        "percpu_counter_sum",
        Front::Nothing,
        &[COUNTER],
        Output::Returns("int", ""),
        "Return the value of a per-CPU counter, the parts on all CPUs together.",
        |program, args| Ok(percpu_counter_sum(program, args.object(0)?)?.into()),
    ),
    MODULE.helper(
        "percpu_counter_sum_positive",
        Front::Nothing,
        &[COUNTER],
        Output::Returns("int", ""),
        "Return the value of a per-CPU counter, or 0 if it is negative.",
        |program, args| Ok(percpu_counter_sum(program, args.object(0)?)?.max(0).into()),
    ),
];
