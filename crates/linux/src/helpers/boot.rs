//! How the kernel was started.

use crate::helper::{Front, Helper, Output};
use crate::kernel::LinuxKernel;
use spelunk_program::{Error, ErrorKind, Program, Result};

/// By how much KASLR moved the kernel's image.
fn kaslr_offset(program: &Program) -> Result<u64> {
    if let Some(offset) = LinuxKernel::of(program)?.kaslr_offset() {
        return Ok(offset);
    }
    // The kernel does not say, but its file does, of how it was linked.
    let kernel = program.main_module()?;
    let file = kernel.file().ok_or_else(|| {
        Error::new(
            ErrorKind::MissingDebugInfo,
            "this kernel does not say how far it was moved; load vmlinux, which tells",
        )
    })?;
    Ok(file.bias())
}

pub(super) static HELPERS: &[Helper] = &[
    Helper {
        module: "boot",
        name: "kaslr_offset",
        front: Front::Program,
        params: &[],
        output: Output::Returns("int", "bytes; 0 if it was not moved"),
        doc: "Return by how much the kernel's image was moved when it was started (KASLR).",
        call: |program, _| Ok(kaslr_offset(program)?.into()),
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
