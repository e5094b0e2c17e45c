use spelunk_base::arch::{Register, x86_64};
use spelunk_base::{ByteOrder, Cursor, Truncated};

/// The state of a CPU that QEMU wrote into a note of its own: what `NT_PRSTATUS` has no room for.
///
/// Layout: `QEMUCPUState` in QEMU's documentation of `dump-guest-memory`; only x86 has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QemuCpuState {
    /// The general registers, the instruction pointer and the flags.
    pub registers: Vec<(Register, u64)>,
    /// The control registers 0 to 4. Register 3 is where the page table is; bit 12 of register 4
    /// says that it has five levels.
    pub control: [u64; 5],
    /// What the `GS` base is while the other of kernel and user runs; absent in old versions.
    pub kernel_gs_base: Option<u64>,
}

const GENERAL: [Register; 18] = {
    use x86_64::{
        R8, R9, R10, R11, R12, R13, R14, R15, RAX, RBP, RBX, RCX, RDI, RDX, RFLAGS, RIP, RSI, RSP,
    };
    [
        RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8, R9, R10, R11, R12, R13, R14, R15, RIP, RFLAGS,
    ]
};

/// `cs`, `ds`, `es`, `fs`, `gs`, `ss`, `ldt`, `tr`, `gdt`, `idt`.
const SEGMENTS: usize = 10;

impl QemuCpuState {
    /// Parses the descriptor of a note named `QEMU`.
    pub(crate) fn parse(desc: &[u8]) -> Result<Self, Truncated> {
        let mut cursor = Cursor::new(desc, ByteOrder::Little);
        let _version = cursor.u32()?;
        let _size = cursor.u32()?;
        let mut registers = Vec::with_capacity(GENERAL.len().saturating_add(2));
        for register in GENERAL {
            registers.push((register, cursor.u64()?));
        }
        for segment in 0..SEGMENTS {
            // Selector, limit, flags, padding.
            cursor.skip(16)?;
            let base = cursor.u64()?;
            match segment {
                3 => registers.push((x86_64::FS_BASE, base)),
                4 => registers.push((x86_64::GS_BASE, base)),
                _ => {}
            }
        }
        let mut control = [0; 5];
        for register in &mut control {
            *register = cursor.u64()?;
        }
        Ok(Self {
            registers,
            control,
            kernel_gs_base: cursor.u64().ok(),
        })
    }
}
