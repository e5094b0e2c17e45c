use crate::ByteOrder;
use crate::arch::{self, Arch, RegisterInfo};

/// An instruction set architecture, as drgn names them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Architecture {
    /// None of the others; memory, types and symbols still work.
    Unknown,
    /// x86-64, also called AMD64.
    X86_64,
    /// 32-bit x86.
    I386,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit Arm.
    Arm,
    /// 64-bit PowerPC.
    Ppc64,
    /// 64-bit RISC-V.
    Riscv64,
    /// 32-bit RISC-V.
    Riscv32,
    /// z/Architecture.
    S390x,
    /// 31-bit ESA/390.
    S390,
    /// 64-bit LoongArch.
    LoongArch64,
}

/// What one must know of a machine to read its memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Platform {
    /// The instruction set.
    pub architecture: Architecture,
    /// The order of the bytes of integers.
    pub byte_order: ByteOrder,
    /// Whether addresses (and C's `long`) have 64 bits; 32 otherwise.
    pub is_64_bit: bool,
}

impl Platform {
    /// The platform of `architecture` as it is usually run.
    #[must_use]
    pub fn of(architecture: Architecture) -> Self {
        use Architecture as A;
        Self {
            architecture,
            byte_order: match architecture {
                A::S390x | A::S390 => ByteOrder::Big,
                _ => ByteOrder::Little,
            },
            is_64_bit: !matches!(architecture, A::I386 | A::Arm | A::Riscv32 | A::S390),
        }
    }

    /// The machine that this program runs on.
    #[must_use]
    pub fn host() -> Self {
        use Architecture as A;
        Self {
            architecture: match std::env::consts::ARCH {
                "x86_64" => A::X86_64,
                "x86" => A::I386,
                "aarch64" => A::Aarch64,
                "arm" => A::Arm,
                "powerpc64" => A::Ppc64,
                "riscv64" => A::Riscv64,
                "s390x" => A::S390x,
                "loongarch64" => A::LoongArch64,
                _ => A::Unknown,
            },
            byte_order: ByteOrder::HOST,
            is_64_bit: cfg!(target_pointer_width = "64"),
        }
    }

    /// The machine that programs with addresses of 32 bits see, which this machine runs as well.
    #[must_use]
    pub fn host_32_bit() -> Self {
        use Architecture as A;
        let host = Self::host();
        Self {
            architecture: match host.architecture {
                A::X86_64 => A::I386,
                A::Aarch64 => A::Arm,
                A::S390x => A::S390,
                A::Riscv64 => A::Riscv32,
                _ if host.is_64_bit => A::Unknown,
                own => own,
            },
            is_64_bit: false,
            ..host
        }
    }

    /// Size of an address in bytes: 4 or 8.
    #[must_use]
    pub fn address_size(self) -> u8 {
        if self.is_64_bit { 8 } else { 4 }
    }

    /// The bits that an address has.
    #[must_use]
    pub fn address_mask(self) -> u64 {
        if self.is_64_bit {
            u64::MAX
        } else {
            u64::from(u32::MAX)
        }
    }

    /// What is known of the architecture; `None` where only memory and types work.
    #[must_use]
    pub fn arch(self) -> Option<&'static Arch> {
        arch::find(self.architecture)
    }

    /// The registers of the architecture, as far as they are known.
    #[must_use]
    pub fn registers(self) -> &'static [RegisterInfo] {
        arch::registers(self.architecture)
    }
}
