//! Sets of CPUs: `include/linux/cpumask.h`.

use super::bitops::Bitmap;
use crate::access::{find_variable, pointer, type_named, variable};
use crate::helper::{Args, Front, Helper, HelperModule, Output, Param, Value};
use spelunk_object::Object;
use spelunk_program::{Program, Result};

/// A `struct cpumask *`.
pub struct CpuMask(Object);

impl CpuMask {
    fn bitmap(&self, program: &Program) -> Result<Bitmap> {
        let bits = self.0.member(program, "bits")?;
        let address = bits.address().unwrap_or(0);
        // The array is as long as NR_CPUS says; only the first `nr_cpu_ids` can be there. Without CONFIG_SMP that is a
        // macro, and a mask has one bit that counts.
        let count = match find_variable(program, "nr_cpu_ids")? {
            Some(count) => count.to_u64(program)?,
            None => 1,
        };
        let words = bits.len(program)?;
        let size =
            words.saturating_mul((crate::access::word_size(program) as u64).saturating_mul(8));
        Bitmap::read(program, address, count.min(size))
    }

    /// The CPUs in it, in order.
    pub fn cpus(&self, program: &Program) -> Result<impl Iterator<Item = u32> + Send + 'static> {
        let bits = self.bitmap(program)?.into_bits(true);
        Ok(bits.filter_map(|cpu| u32::try_from(cpu).ok()))
    }

    fn weight(&self, program: &Program) -> Result<u64> {
        Ok(self.bitmap(program)?.weight())
    }
}

/// The mask called `name`: since 4.5 a variable `__cpu_online_mask`, before that a pointer
/// `cpu_online_mask` to the same.
fn mask(program: &Program, variable_name: &str, pointer_name: &str) -> Result<CpuMask> {
    if let Some(mask) = find_variable(program, variable_name)? {
        return Ok(CpuMask(mask.address_of(program)?));
    }
    Ok(CpuMask(variable(program, pointer_name)?.read(program)?))
}

/// The CPUs that are up.
pub fn cpu_online_mask(program: &Program) -> Result<CpuMask> {
    mask(program, "__cpu_online_mask", "cpu_online_mask")
}

/// The CPUs that could ever be there.
pub fn cpu_possible_mask(program: &Program) -> Result<CpuMask> {
    mask(program, "__cpu_possible_mask", "cpu_possible_mask")
}

/// The CPUs that are there.
pub fn cpu_present_mask(program: &Program) -> Result<CpuMask> {
    mask(program, "__cpu_present_mask", "cpu_present_mask")
}

/// The mask that holds `cpu` alone: a window into the table `cpu_bit_bitmap`, `get_cpu_mask()` in
/// `include/linux/cpumask.h`.
fn cpumask_of(program: &Program, cpu: u32) -> Result<Object> {
    let table = variable(program, "cpu_bit_bitmap")?;
    let bits = (crate::access::word_size(program) as u32).saturating_mul(8);
    let row = table.index(program, i64::from(1 + cpu % bits))?;
    let words = u64::from(cpu / bits).wrapping_mul(u64::from(bits / 8));
    let address = row.address().unwrap_or(0).wrapping_sub(words);
    pointer(program, type_named(program, "struct cpumask")?, address)
}

/// CPUs as `0-3,8`.
fn list_text(cpus: impl Iterator<Item = u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for cpu in cpus {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(cpu) => *last = cpu,
            _ => ranges.push((cpu, cpu)),
        }
    }
    let texts = ranges.into_iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    });
    texts.collect::<Vec<_>>().join(",")
}

const MASK: Param = Param::object("mask", "struct cpumask *");
const MASK_RESULT: Output = Output::Returns("Object", "``struct cpumask *``");
const CPUS: Output = Output::Returns("Iterator[int]", "");
const COUNT: Output = Output::Returns("int", "");

const MODULE: HelperModule = HelperModule("cpumask");

fn given(args: &Args) -> Result<CpuMask> {
    Ok(CpuMask(args.object(0)?.clone()))
}

pub(super) static HELPERS: &[Helper] = &[
    MODULE.helper(
        "cpu_online_mask",
        Front::Program,
        &[],
        MASK_RESULT,
        "Return the mask of the CPUs that are up.",
        |program, _| Ok(cpu_online_mask(program)?.0.into()),
    ),
    MODULE.helper(
        "cpu_possible_mask",
        Front::Program,
        &[],
        MASK_RESULT,
        "Return the mask of the CPUs that could ever be there.",
        |program, _| Ok(cpu_possible_mask(program)?.0.into()),
    ),
    MODULE.helper(
        "cpu_present_mask",
        Front::Program,
        &[],
        MASK_RESULT,
        "Return the mask of the CPUs that are there, up or not.",
        |program, _| Ok(cpu_present_mask(program)?.0.into()),
    ),
    MODULE.helper(
        "cpumask_of",
        Front::Program,
        &[Param::int("cpu", "CPU number.")],
        MASK_RESULT,
        "Return the mask of one CPU alone.",
        |program, args| Ok(cpumask_of(program, args.cpu(0)?)?.into()),
    ),
    MODULE.helper(
        "cpumask_to_cpulist",
        Front::Nothing,
        &[MASK],
        Output::Returns("str", "ranges and single numbers: ``0-3,8``"),
        "Return the CPUs in a mask as text.",
        |program, args| Ok(list_text(given(args)?.cpus(program)?).into()),
    ),
    MODULE.helper(
        "cpumask_weight",
        Front::Nothing,
        &[MASK],
        COUNT,
        "Count the CPUs in a mask.",
        |program, args| Ok(given(args)?.weight(program)?.into()),
    ),
    MODULE.helper(
        "for_each_cpu",
        Front::Nothing,
        &[MASK],
        CPUS,
        "Iterate over the CPUs in a mask.",
        |program, args| Ok(Value::ready(given(args)?.cpus(program)?)),
    ),
    MODULE.helper(
        "for_each_online_cpu",
        Front::Program,
        &[],
        CPUS,
        "Iterate over the CPUs that are up.",
        |program, _| Ok(Value::ready(cpu_online_mask(program)?.cpus(program)?)),
    ),
    MODULE.helper(
        "for_each_possible_cpu",
        Front::Program,
        &[],
        CPUS,
        "Iterate over the CPUs that could ever be there.",
        |program, _| Ok(Value::ready(cpu_possible_mask(program)?.cpus(program)?)),
    ),
    MODULE.helper(
        "for_each_present_cpu",
        Front::Program,
        &[],
        CPUS,
        "Iterate over the CPUs that are there, up or not.",
        |program, _| Ok(Value::ready(cpu_present_mask(program)?.cpus(program)?)),
    ),
    MODULE.helper(
        "num_online_cpus",
        Front::Program,
        &[],
        COUNT,
        "Count the CPUs that are up.",
        |program, _| Ok(cpu_online_mask(program)?.weight(program)?.into()),
    ),
    MODULE.helper(
        "num_possible_cpus",
        Front::Program,
        &[],
        COUNT,
        "Count the CPUs that could ever be there.",
        |program, _| Ok(cpu_possible_mask(program)?.weight(program)?.into()),
    ),
    MODULE.helper(
        "num_present_cpus",
        Front::Program,
        &[],
        COUNT,
        "Count the CPUs that are there, up or not.",
        |program, _| Ok(cpu_present_mask(program)?.weight(program)?.into()),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_joins_neighbours() {
        for (cpus, text) in [
            (&[][..], ""),
            (&[0], "0"),
            (&[0, 1, 2, 3, 8, 9, 11], "0-3,8-9,11"),
            (&[u32::MAX], "4294967295"),
        ] {
            assert_eq!(list_text(cpus.iter().copied()), text);
        }
    }
}
