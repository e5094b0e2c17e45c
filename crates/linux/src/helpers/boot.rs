//! How the kernel was started.

use crate::helper::{Front, Helper, Output};
use crate::kernel::LinuxKernel;

pub(super) static HELPERS: &[Helper] = &[
    Helper {
        module: "boot",
        name: "kaslr_offset",
        front: Front::Program,
        params: &[],
        output: Output::Returns("int", "bytes; 0 if it was not moved"),
        doc: "Return by how much the kernel's image was moved when it was started (KASLR).",
        call: |program, _| Ok(LinuxKernel::of(program)?.kaslr_offset().into()),
    },
    Helper {
        module: "boot",
        name: "pgtable_l5_enabled",
        front: Front::Program,
        params: &[],
        output: Output::Returns("bool", ""),
        doc: "Return whether page tables have five levels.",
        call: |program, _| {
            let kernel = LinuxKernel::of(program)?;
            let enabled = kernel.vmcoreinfo().number("pgtable_l5_enabled");
            Ok((enabled.unwrap_or(0) != 0).into())
        },
    },
];
