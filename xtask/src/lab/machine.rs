/// A kind of machine that guests run on: what differs between them.
pub(super) struct Machine {
    /// As the distribution names its architecture.
    pub(super) name: &'static str,
    /// How the names of its kernel packages end: the flavour that is the smallest.
    pub(super) flavour: &'static str,
    /// What compiles programs for it.
    pub(super) compiler: &'static [&'static str],
    pub(super) qemu: &'static str,
    pub(super) qemu_options: &'static [&'static str],
    /// The start of the kernel's command line.
    pub(super) append: &'static str,
    /// What drgn and Spelunk call it where a dump does not tell.
    pub(super) architecture: &'static str,
}

impl Machine {
    /// Whether programs of the host run on it.
    pub(super) fn is_host(&self) -> bool {
        self.name == "amd64"
    }
}

pub(super) const AMD64: &Machine = &Machine {
    name: "amd64",
    flavour: "cloud-amd64",
    compiler: &["cc"],
    qemu: "qemu-system-x86_64",
    qemu_options: &[],
    append: "console=ttyS0 panic=0 no_timer_check",
    architecture: "x86_64",
};

pub(super) const ARM64: &Machine = &Machine {
    name: "arm64",
    flavour: "cloud-arm64",
    compiler: &["aarch64-linux-gnu-gcc"],
    qemu: "qemu-system-aarch64",
    qemu_options: &["-machine", "virt,gic-version=max"],
    append: "console=ttyAMA0 panic=0",
    architecture: "aarch64",
};

/// Its pages have 16 KiB, and its virtual addresses 52 bits.
pub(super) const ARM64_16K: &Machine = &Machine {
    flavour: "arm64-16k",
    ..*ARM64
};

pub(super) const I386: &Machine = &Machine {
    name: "i386",
    flavour: "686-pae",
    // The kernel's headers are those of the host's own programs; what would say so to the compiler
    // (gcc-multilib) cannot be installed beside the compiler for AArch64.
    compiler: &["cc", "-m32", "-idirafter", "/usr/include/x86_64-linux-gnu"],
    qemu: "qemu-system-i386",
    qemu_options: &[],
    append: "console=ttyS0 panic=0 no_timer_check",
    architecture: "i386",
};
