//! What the lab can make.

use std::fmt;

use anyhow::{Context, Result};

use super::machine::{AMD64, ARM64, ARM64_16K, I386, Machine};

/// A distribution's kernel.
pub(crate) struct KernelSpec {
    /// Its folder in the cache, which is also its name.
    pub(crate) folder: &'static str,
    /// What it runs on.
    pub(super) machine: &'static Machine,
    /// The release of the distribution that has it.
    pub(super) suite: &'static str,
    /// The series; none means the newest that the suite has.
    pub(super) series: Option<&'static str>,
    /// Whether headers and source are wanted, to build modules.
    pub(super) source: bool,
    pub(crate) about: &'static str,
}

pub(crate) const KERNELS: &[KernelSpec] = &[
    KernelSpec {
        folder: "root",
        machine: AMD64,
        suite: "bookworm",
        series: Some("6.1"),
        source: true,
        about: "kernel 6.1, its debug info, headers and source",
    },
    KernelSpec {
        folder: "root-5.10",
        machine: AMD64,
        suite: "bullseye",
        series: Some("5.10"),
        source: false,
        about: "kernel 5.10 and its debug info",
    },
    KernelSpec {
        folder: "root-6.12",
        machine: AMD64,
        suite: "trixie",
        series: Some("6.12"),
        source: false,
        about: "kernel 6.12 and its debug info",
    },
    KernelSpec {
        folder: "root-7.2",
        machine: AMD64,
        suite: "sid",
        series: None,
        source: false,
        about: "the newest packaged kernel (7.2 or later) and its debug info",
    },
    KernelSpec {
        folder: "root-arm64",
        machine: ARM64,
        suite: "bookworm",
        series: Some("6.1"),
        source: false,
        about: "kernel 6.1 for AArch64 and its debug info",
    },
    KernelSpec {
        folder: "root-arm64-16k",
        machine: ARM64_16K,
        suite: "trixie",
        series: Some("6.12"),
        source: false,
        about: "kernel 6.12 for AArch64 with pages of 16 KiB and its debug info",
    },
    KernelSpec {
        folder: "root-i386",
        machine: I386,
        suite: "bookworm",
        series: Some("6.1"),
        source: false,
        about: "kernel 6.1 for i386 with PAE and its debug info",
    },
];

/// What happens in a guest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenario {
    /// Work, then `echo c > /proc/sysrq-trigger`; QEMU dumps the panicked guest.
    Panic,
    /// Work; QEMU stops the healthy guest and dumps it.
    Stop,
    /// As `Panic`, but a crash kernel saves `/proc/vmcore` with makedumpfile.
    Kdump,
    /// The Kyber scheduler with its bug, under write load until the kernel crashes.
    Kyber,
    /// As `Kyber`, saved by a crash kernel.
    KyberKdump,
    /// As `Stop`, with programs of 64 and of 32 bits that have shared libraries.
    Libraries,
    /// As `Panic`, under a load of packets and by an interrupt of the serial line: the stacks that kernels have for
    /// interrupts are in use.
    Interrupt,
    /// As `Stop`, with ten thousand threads more.
    Crowd,
    /// Work; the guest looks at its own kernel. No dump is made of it.
    Live,
}

impl Scenario {
    pub(super) fn is_kyber(self) -> bool {
        matches!(self, Self::Kyber | Self::KyberKdump)
    }

    pub(super) fn has_crash_kernel(self) -> bool {
        matches!(self, Self::Kdump | Self::KyberKdump)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Panic => "panic",
            Self::Stop => "stop",
            Self::Kdump => "kdump",
            Self::Kyber => "kyber",
            Self::KyberKdump => "kyber-kdump",
            Self::Libraries => "libraries",
            Self::Interrupt => "interrupt",
            Self::Crowd => "crowd",
            Self::Live => "live",
        })
    }
}

/// What a dump is looked at by, if none is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tests {
    /// All tests, and the comparison with drgn.
    All,
    /// All tests, but no comparison: drgn knows too little of its machine.
    Own,
    /// As `Own`, but only with `cargo xtask test --full`.
    Full,
    /// Nothing: it is made on demand.
    None,
}

/// How a dump is made.
pub(crate) struct DumpSpec {
    /// Its name, which is also its folder under `dumps` in the cache.
    pub(crate) name: &'static str,
    /// The folder of its kernel.
    pub(super) kernel: &'static str,
    pub(super) scenario: Scenario,
    pub(super) memory_mib: u32,
    pub(super) cpus: u32,
    /// QEMU's `-cpu`.
    pub(super) cpu_model: &'static str,
    /// More of the kernel's command line.
    pub(super) append: &'static str,
    /// What QEMU dumps: `elf`, `elf-paging` (with virtual addresses), `zlib` (kdump, flattened).
    pub(super) formats: &'static [&'static str],
    /// Whether makedumpfile makes all the other formats from `elf`, into `conv`.
    pub(super) convert: bool,
    /// The file that stands for the dump where one is enough.
    pub(super) core: &'static str,
    /// Who looks at it.
    pub(crate) tests: Tests,
    pub(crate) about: &'static str,
}

const PANIC: DumpSpec = DumpSpec {
    name: "panic",
    kernel: "root",
    scenario: Scenario::Panic,
    memory_mib: 512,
    cpus: 2,
    cpu_model: "max,la57=off",
    append: "",
    formats: &["elf", "zlib"],
    convert: true,
    core: "vmcore.elf",
    tests: Tests::All,
    about: "a panic, dumped by QEMU; with all conversions",
};

const KYBER: DumpSpec = DumpSpec {
    name: "kyber",
    scenario: Scenario::Kyber,
    cpus: 4,
    convert: false,
    about: "the Kyber bug as a soft lockup",
    ..PANIC
};

/// Without the "hypervisor" flag the kernel runs the real queued spinlock, which oopses.
const BARE_METAL: &str = "max,la57=off,-hypervisor";

/// Situation: guests of 6.12 on emulated processors of QEMU 7.2 die of memory that the allocator hands
/// out twice, now and then. Evidence: none of those does that lacks `cmpxchg16b`, by which the
/// allocator updates its lists; whose fault it is was not looked into. Remedy: that feature is off.
const WITHOUT_CX16: &str = "max,la57=off,-cx16";

const ARM64_PANIC: DumpSpec = DumpSpec {
    name: "arm64-panic",
    kernel: "root-arm64",
    // It signs return addresses; the architecture's own way of it is slow to emulate.
    cpu_model: "max,pauth-impdef=on",
    formats: &["elf"],
    convert: false,
    about: "a panic on AArch64, with pointer authentication",
    ..PANIC
};

const I386_PANIC: DumpSpec = DumpSpec {
    name: "i386-panic",
    kernel: "root-i386",
    cpu_model: "max",
    formats: &["elf"],
    convert: false,
    tests: Tests::Own,
    about: "a panic on i386 with PAE",
    ..PANIC
};

/// The kernel of the guest that looks at itself, if none is named.
pub(crate) const LIVE_KERNEL: &str = "root";

/// The kernels of guests that look at themselves.
pub(crate) const LIVE_KERNELS: &[&str] = &[LIVE_KERNEL, "root-5.10", "root-6.12", "root-7.2"];

/// A guest that looks at its own kernel through `/proc/kcore`.
pub(super) fn live_guest(kernel: &str) -> Result<DumpSpec> {
    let name = LIVE_KERNELS.iter().find(|name| **name == kernel);
    let kernel = name.with_context(|| {
        let names = LIVE_KERNELS.join(", ");
        format!("no kernel {kernel} can look at itself: there are {names}")
    })?;
    Ok(DumpSpec {
        name: "live",
        kernel,
        scenario: Scenario::Live,
        memory_mib: 1024,
        cpu_model: WITHOUT_CX16,
        formats: &[],
        convert: false,
        tests: Tests::None,
        about: "a guest that debugs its own kernel",
        ..PANIC
    })
}

/// Guests that are looked at from outside.
pub(crate) const REMOTE: &[DumpSpec] = &[
    DumpSpec {
        name: "amd64",
        ..remote_guest(PANIC)
    },
    DumpSpec {
        name: "arm64",
        ..remote_guest(ARM64_PANIC)
    },
    DumpSpec {
        name: "i386",
        ..remote_guest(I386_PANIC)
    },
];

const fn remote_guest(like: DumpSpec) -> DumpSpec {
    DumpSpec {
        scenario: Scenario::Interrupt,
        formats: &[],
        convert: false,
        tests: Tests::None,
        about: "a guest that is debugged from outside",
        ..like
    }
}

pub(crate) const DUMPS: &[DumpSpec] = &[
    PANIC,
    DumpSpec {
        name: "la57",
        memory_mib: 384,
        cpu_model: "max",
        convert: false,
        about: "a panic with 5-level page tables",
        ..PANIC
    },
    DumpSpec {
        name: "stop-nokaslr",
        scenario: Scenario::Stop,
        memory_mib: 256,
        append: "nokaslr",
        formats: &["elf", "elf-paging", "zlib"],
        convert: false,
        about: "a healthy guest, not crashed, without KASLR",
        ..PANIC
    },
    DumpSpec {
        name: "libraries",
        scenario: Scenario::Libraries,
        memory_mib: 256,
        formats: &["elf"],
        convert: false,
        tests: Tests::Own,
        about: "a healthy guest with programs of 64 and 32 bits that have shared libraries",
        ..PANIC
    },
    DumpSpec {
        name: "crowd",
        scenario: Scenario::Crowd,
        memory_mib: 1024,
        formats: &["zlib"],
        convert: false,
        core: "vmcore.zlib",
        tests: Tests::None,
        about: "a healthy guest with 10,000 threads more, to measure; only if named",
        ..PANIC
    },
    DumpSpec {
        name: "large",
        scenario: Scenario::Stop,
        memory_mib: 4096,
        formats: &["elf"],
        convert: false,
        tests: Tests::None,
        about: "a healthy guest with 4 GiB of memory, to measure; only if named",
        ..PANIC
    },
    DumpSpec {
        name: "panic-5.10",
        kernel: "root-5.10",
        convert: false,
        about: "a panic of 5.10",
        ..PANIC
    },
    DumpSpec {
        name: "panic-6.12",
        kernel: "root-6.12",
        cpu_model: WITHOUT_CX16,
        convert: false,
        about: "a panic of 6.12",
        ..PANIC
    },
    DumpSpec {
        name: "panic-7.2",
        kernel: "root-7.2",
        convert: false,
        about: "a panic of the newest kernel",
        ..PANIC
    },
    DumpSpec {
        name: "kdump",
        scenario: Scenario::Kdump,
        memory_mib: 768,
        formats: &[],
        convert: false,
        core: "dumps/vmcore.elf",
        about: "a panic saved by a crash kernel, in all of makedumpfile's formats",
        ..PANIC
    },
    KYBER,
    DumpSpec {
        name: "kyber-oops",
        cpu_model: BARE_METAL,
        about: "the Kyber bug as an oops in native_queued_spin_lock_slowpath",
        ..KYBER
    },
    DumpSpec {
        name: "kyber-kdump",
        scenario: Scenario::KyberKdump,
        memory_mib: 768,
        cpu_model: BARE_METAL,
        formats: &[],
        core: "dumps/kdump.zlib.d31",
        about: "the same, saved by a crash kernel: what `cargo xtask demo` looks at",
        ..KYBER
    },
    ARM64_PANIC,
    DumpSpec {
        name: "arm64-stop",
        scenario: Scenario::Stop,
        memory_mib: 256,
        append: "nokaslr",
        formats: &["elf", "zlib"],
        tests: Tests::Full,
        about: "a healthy guest for AArch64, without KASLR",
        ..ARM64_PANIC
    },
    DumpSpec {
        name: "arm64-nopac-panic",
        cpu_model: "cortex-a57",
        tests: Tests::Full,
        about: "a panic on AArch64 without pointer authentication",
        ..ARM64_PANIC
    },
    DumpSpec {
        name: "arm64-16k-panic",
        kernel: "root-arm64-16k",
        tests: Tests::Full,
        about: "a panic on AArch64 with pages of 16 KiB and virtual addresses of 52 bits",
        ..ARM64_PANIC
    },
    DumpSpec {
        name: "arm64-interrupt",
        scenario: Scenario::Interrupt,
        tests: Tests::Own,
        about: "a panic in an interrupt on AArch64",
        ..ARM64_PANIC
    },
    I386_PANIC,
    DumpSpec {
        name: "i386-interrupt",
        scenario: Scenario::Interrupt,
        about: "a panic in an interrupt on i386",
        ..I386_PANIC
    },
    DumpSpec {
        name: "i386-stop",
        scenario: Scenario::Stop,
        memory_mib: 256,
        append: "nokaslr",
        formats: &["elf", "elf-paging"],
        tests: Tests::Full,
        about: "a healthy guest for i386, without KASLR",
        ..I386_PANIC
    },
];
