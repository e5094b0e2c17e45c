use spelunk_base::{Architecture, ByteOrder, Cursor, Platform, Truncated};

/// The kernel's `struct new_utsname`, as a kdump header holds it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Utsname {
    /// The operating system: `Linux`.
    pub system: String,
    /// The host's name.
    pub node: String,
    /// The kernel's release, such as `6.1.0-56-cloud-amd64`.
    pub release: String,
    /// The kernel's build.
    pub version: String,
    /// The machine, such as `x86_64`.
    pub machine: String,
    /// The NIS domain.
    pub domain: String,
}

/// `__NEW_UTS_LEN` and a NUL.
const FIELD: usize = 65;

impl Utsname {
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Truncated> {
        let mut field = || -> Result<String, Truncated> {
            let bytes = cursor.bytes(FIELD)?;
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(FIELD);
            let text = bytes.get(..end).unwrap_or(bytes);
            Ok(String::from_utf8_lossy(text).into_owned())
        };
        Ok(Self {
            system: field()?,
            node: field()?,
            release: field()?,
            version: field()?,
            machine: field()?,
            domain: field()?,
        })
    }

    /// The platform that [`machine`](Self::machine) names: `UTS_MACHINE` in the kernel's
    /// `arch/*/Makefile`.
    pub(crate) fn platform(&self) -> Option<Platform> {
        let (architecture, byte_order) = match self.machine.as_str() {
            "x86_64" => (Architecture::X86_64, ByteOrder::Little),
            "i386" | "i486" | "i586" | "i686" => (Architecture::I386, ByteOrder::Little),
            "aarch64" => (Architecture::Aarch64, ByteOrder::Little),
            "aarch64_be" => (Architecture::Aarch64, ByteOrder::Big),
            "ppc64le" => (Architecture::Ppc64, ByteOrder::Little),
            "ppc64" => (Architecture::Ppc64, ByteOrder::Big),
            "riscv64" => (Architecture::Riscv64, ByteOrder::Little),
            "riscv32" => (Architecture::Riscv32, ByteOrder::Little),
            "s390x" => (Architecture::S390x, ByteOrder::Big),
            "s390" => (Architecture::S390, ByteOrder::Big),
            "loongarch64" => (Architecture::LoongArch64, ByteOrder::Little),
            // armv7l and its relatives; the last letter is the byte order.
            arm if arm.starts_with("arm") && arm.ends_with('b') => {
                (Architecture::Arm, ByteOrder::Big)
            }
            arm if arm.starts_with("arm") => (Architecture::Arm, ByteOrder::Little),
            _ => return None,
        };
        Some(Platform {
            byte_order,
            ..Platform::of(architecture)
        })
    }
}
