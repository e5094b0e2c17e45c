use super::Machine;
use crate::Result;
use spelunk_base::arch::{Arch, Register, x86_64};
use spelunk_base::{Architecture, ByteOrder, Platform};
use spelunk_elf::FileData;
use spelunk_image::{Image, ReadCost, Vmcoreinfo};
use spelunk_live::gdb::{GdbServer, GdbServerKind, ThreadId, parse_hex};
use spelunk_unwind::Registers;
use std::sync::Arc;

/// The machine behind a server of gdb's remote protocol: QEMU's guest, or one that KGDB runs on. It stands still.
pub(crate) struct GdbMachine {
    pub(crate) server: Arc<GdbServer>,
    /// What the kernel tells of itself, by a user's word or QEMU's.
    pub(crate) info: Option<Vmcoreinfo>,
    pub(crate) platform: Platform,
}

impl GdbMachine {
    fn find_cpu(&self, cpu: u32) -> Result<Option<ThreadId>> {
        let number = match self.server.kind() {
            // `gdb_get_cpu_index()` in QEMU's `gdbstub.c`.
            GdbServerKind::Qemu => i64::from(cpu).wrapping_add(1),
            // `shadow_pid()` in `kernel/debug/gdbstub.c`.
            _ => i64::from(cpu).wrapping_add(2).wrapping_neg(),
        };
        let threads = self.server.threads()?;
        Ok(threads.into_iter().find(|thread| thread.number() == number))
    }

    fn find_control_registers(&self, cpu: &ThreadId) -> Option<[u64; 5]> {
        let digits = self.server.registers(cpu).ok()?;
        let mut control = [None; 5];
        for (place, bytes) in self.server.description().values(&digits) {
            let number = place.name.strip_prefix("cr").and_then(|n| n.parse().ok());
            if let Some(slot) = number.and_then(|number: usize| control.get_mut(number)) {
                *slot = Some(self.platform.byte_order.uint(bytes.get(..8)?));
            }
        }
        // There is no `cr1`.
        let [zero, _, two, three, four] = control;
        Some([zero?, 0, two?, three?, four?])
    }
}

impl Machine for GdbMachine {
    fn describe(&self) -> String {
        match self.server.kind() {
            GdbServerKind::Qemu => "a guest of QEMU that its gdb server stopped".to_owned(),
            _ => "a kernel that a gdb server stopped".to_owned(),
        }
    }

    fn is_live(&self) -> bool {
        true
    }

    fn has_virtual_memory(&self) -> bool {
        self.server.kind() != GdbServerKind::Qemu
    }

    fn read_cost(&self) -> ReadCost {
        ReadCost::PerByte
    }

    fn vmcoreinfo(&self) -> Option<Vmcoreinfo> {
        self.info.clone()
    }

    fn control_registers(&self) -> Vec<[u64; 5]> {
        let cpus = self.server.threads().unwrap_or_default();
        cpus.iter()
            .filter_map(|cpu| self.find_control_registers(cpu))
            .collect()
    }

    fn cpu_registers(&self, cpu: u32, arch: &'static Arch) -> Result<Option<Registers>> {
        self.find_cpu(cpu)?
            .map(|cpu| parse_registers(&self.server, &cpu, arch, self.platform.byte_order))
            .transpose()
    }
}

/// What the kernel tells of itself, if the server is a QEMU that was told it and can pass it on.
pub(crate) fn vmcoreinfo_of(server: &GdbServer) -> Option<Vmcoreinfo> {
    if server.kind() != GdbServerKind::Qemu {
        return None;
    }
    let notes = server.dump_state(&server.ram_ranges().ok()?).ok()?;
    let image = Image::from_files(vec![FileData::from_bytes("QEMU's notes", notes)]).ok()?;
    image.vmcoreinfo().cloned()
}

/// What the server says its target runs on.
pub(crate) fn platform_of(server: &GdbServer) -> Option<Platform> {
    let architecture = server.description().architecture.as_deref()?;
    // The names of BFD (`bfd/archures.c`): the architecture's, then the machine's.
    Some(Platform::of(match architecture {
        "i386:x86-64" => Architecture::X86_64,
        "i386" => Architecture::I386,
        "aarch64" => Architecture::Aarch64,
        "arm" => Architecture::Arm,
        "powerpc:common64" => Architecture::Ppc64,
        "riscv:rv64" => Architecture::Riscv64,
        "riscv:rv32" => Architecture::Riscv32,
        "s390:64-bit" => Architecture::S390x,
        "Loongarch64" | "loongarch64" => Architecture::LoongArch64,
        _ => return None,
    }))
}

/// The registers of a thread, or of a CPU.
///
/// # Errors
///
/// If the server does not tell them.
pub(crate) fn parse_registers(
    server: &GdbServer,
    thread: &ThreadId,
    arch: &'static Arch,
    order: ByteOrder,
) -> Result<Registers> {
    let digits = server.registers(thread)?;
    let mut registers = Registers::new(arch);
    if server.description().registers.is_empty() {
        if std::ptr::eq(arch, &x86_64::ARCH) {
            parse_plain_x86_64(&digits, &mut registers);
        }
        return Ok(registers);
    }
    for (place, bytes) in server.description().values(&digits) {
        // gdb says `fs_base`, and we `fs.base`.
        let name = place.name.replace('_', ".");
        let mut known = arch.registers.iter();
        let index = known.position(|info| info.names.contains(&&*name));
        if let Some(index) = index.and_then(|index| u8::try_from(index).ok())
            && bytes.len() <= 8
        {
            registers.set(Register(index), order.uint(&bytes));
        }
    }
    Ok(registers)
}

/// The registers of a server that does not describe them: `amd64_register_names` in gdb's `amd64-tdep.c`,
/// `dbg_reg_def` in Linux' `arch/x86/kernel/kgdb.c`.
fn parse_plain_x86_64(digits: &[u8], registers: &mut Registers) {
    use x86_64::{
        CS, DS, ES, FS, GS, R8, R9, R10, R11, R12, R13, R14, R15, RAX, RBP, RBX, RCX, RDI, RDX,
        RFLAGS, RIP, RSI, RSP, SS,
    };
    const WIDE: [Register; 17] = [
        RAX, RBX, RCX, RDX, RSI, RDI, RBP, RSP, R8, R9, R10, R11, R12, R13, R14, R15, RIP,
    ];
    let mut rest = digits;
    let wide = WIDE.iter().map(|register| (register, 16));
    let narrow = [RFLAGS, CS, SS, DS, ES, FS, GS];
    for (register, size) in wide.chain(narrow.iter().map(|register| (register, 8))) {
        let Some((own, behind)) = rest.split_at_checked(size) else {
            return;
        };
        rest = behind;
        if let Some(bytes) = parse_hex(own) {
            registers.set(*register, ByteOrder::Little.uint(&bytes));
        }
    }
}
