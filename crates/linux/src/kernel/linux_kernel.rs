use super::arch::{self, KernelArch};
use super::roles::function_role;
use super::{
    AddressTranslation, kallsyms, modules, orc, process, registers, special, system_call, threads,
};
use crate::access::find_variable;
use spelunk_base::Platform;
use spelunk_debuginfo::SymbolTable;
use spelunk_debuginfo::orc::OrcTable;
use spelunk_image::Vmcoreinfo;
use spelunk_memory::Snapshot;
use spelunk_object::Object;
use spelunk_program::{
    BringUp, EntryFrame, Error, ErrorKind, FunctionRole, InitialRegisters, Machine, ModuleInfo,
    ModuleKind, Os, Program, Result, System, Thread, ThreadIter, UserProcess,
};
use spelunk_unwind::{Memory, Registers};
use std::any::Any;
use std::sync::{Arc, OnceLock};

/// Recognises the Linux kernel.
pub struct Linux;

impl System for Linux {
    fn bring_up(&self, found: &BringUp<'_>) -> Result<Option<Arc<dyn Os>>> {
        let info = match found.machine.vmcoreinfo() {
            Some(info) => info,
            None => {
                let order = found.platform.byte_order;
                let scanned = found.machine.scan_for_vmcoreinfo(
                    found.memory,
                    order,
                    found.cancel,
                    found.progress,
                )?;
                match scanned {
                    Some(info) => info,
                    None => return Ok(None),
                }
            }
        };
        let translation = AddressTranslation::bring_up(
            found.machine.as_ref(),
            found.platform,
            &info,
            found.memory,
        );
        Ok(Some(Arc::new(LinuxKernel {
            machine: Arc::clone(found.machine),
            platform: found.platform,
            arch: arch::find(found.platform),
            info,
            translation,
            per_cpu_offsets: OnceLock::new(),
            page_array: OnceLock::new(),
        })))
    }
}

/// A Linux kernel, dead or alive.
pub struct LinuxKernel {
    pub(super) machine: Arc<dyn Machine>,
    pub(super) platform: Platform,
    /// What is known of kernels on it.
    pub(super) arch: Option<&'static KernelArch>,
    pub(super) info: Vmcoreinfo,
    pub(super) translation: AddressTranslation,
    /// `__per_cpu_offset`, once debugging information has told of it: it is looked up with every per-CPU variable.
    per_cpu_offsets: OnceLock<Object>,
    /// `vmemmap`, once it was found.
    pub(super) page_array: OnceLock<u64>,
}

impl LinuxKernel {
    /// The kernel that `program` is.
    ///
    /// # Errors
    ///
    /// If the program is not a Linux kernel.
    pub fn of(program: &Program) -> Result<&Self> {
        program
            .os()
            .and_then(|os| (os.as_ref() as &dyn Any).downcast_ref())
            .ok_or_else(|| Error::value("program is not the Linux kernel"))
    }

    /// What the kernel tells of itself.
    #[must_use]
    pub fn vmcoreinfo(&self) -> &Vmcoreinfo {
        &self.info
    }

    /// How its addresses lead to physical memory.
    #[must_use]
    pub fn address_translation(&self) -> &AddressTranslation {
        &self.translation
    }

    /// The table of per-CPU offsets; `None` without CONFIG_SMP, or without debugging information.
    pub(crate) fn find_per_cpu_offsets(&self, program: &Program) -> Result<Option<Object>> {
        if let Some(offsets) = self.per_cpu_offsets.get() {
            return Ok(Some(offsets.clone()));
        }
        let found = find_variable(program, "__per_cpu_offset")?;
        Ok(found.map(|offsets| self.per_cpu_offsets.get_or_init(|| offsets).clone()))
    }

    /// By how much KASLR moved the kernel's image; `None` if it does not say.
    #[must_use]
    pub fn kaslr_offset(&self) -> Option<u64> {
        match self.arch {
            Some(arch) => (arch.kaslr_offset)(&self.info),
            None => Some(self.info.kernel_offset().unwrap_or(0)),
        }
    }

    pub(super) fn no_arch(&self) -> Error {
        let architecture = self.platform.architecture;
        Error::not_implemented(format!("stacks of {architecture:?} cannot be unwound yet"))
    }
}

impl Os for LinuxKernel {
    fn describe(&self) -> String {
        let release = self.info.os_release().unwrap_or("of unknown release");
        match self.machine.is_live() {
            true => format!("Linux {release}: {}", self.machine.describe()),
            false => format!("Linux {release}"),
        }
    }

    fn is_kernel(&self) -> bool {
        true
    }

    fn is_live(&self) -> bool {
        self.machine.is_live()
    }

    fn is_local(&self) -> bool {
        self.machine.is_local()
    }

    fn release(&self) -> Option<&str> {
        self.info.os_release()
    }

    fn main_module(&self, _: &Program) -> Result<ModuleInfo> {
        Ok(ModuleInfo {
            kind: ModuleKind::Main,
            name: "kernel".into(),
            build_id: self.info.build_id(),
            address_ranges: self.translation.image_range().into_iter().collect(),
            section_addresses: Default::default(),
            bias: self.kaslr_offset(),
            object: None,
        })
    }

    fn loaded_modules(&self, program: &Program, found: &mut dyn FnMut(ModuleInfo)) -> Result<()> {
        let _snapshot = Snapshot::new();
        modules::loaded(program, found)
    }

    fn module_of(&self, program: &Program, object: &Object) -> Result<Option<ModuleInfo>> {
        modules::of_object(program, object)
    }

    fn threads(&self, program: &Program) -> Result<Box<dyn ThreadIter>> {
        threads::all(program)
    }

    fn find_thread(&self, program: &Program, tid: u64) -> Result<Option<Thread>> {
        let _snapshot = Snapshot::new();
        threads::find(program, tid)
    }

    fn crashed_thread(&self, program: &Program) -> Result<Thread> {
        threads::crashed(program)
    }

    fn main_thread(&self, _: &Program) -> Result<Thread> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "main thread is not defined for the Linux kernel",
        ))
    }

    fn thread_name(&self, program: &Program, thread: &Thread) -> Result<Option<Vec<u8>>> {
        threads::name(program, thread)
    }

    fn thread_of(&self, program: &Program, object: &Object) -> Result<Option<Thread>> {
        threads::of_object(program, object)
    }

    fn process_id(&self, program: &Program, thread: &Thread) -> Result<Option<u64>> {
        let _snapshot = Snapshot::new();
        process::id(program, thread)
    }

    fn process(&self, program: &Program, thread: &Thread) -> Result<UserProcess> {
        let _snapshot = Snapshot::new();
        process::find(self, program, thread)
    }

    fn initial_registers(&self, program: &Program, thread: &Thread) -> Result<InitialRegisters> {
        let _snapshot = Snapshot::new();
        registers::initial(self, program, thread)
    }

    fn find_object(&self, program: &Program, name: &str) -> Result<Option<Object>> {
        special::find(self, program, name)
    }

    fn object_finder_name(&self) -> Option<&'static str> {
        Some("linux")
    }

    fn object_names(&self) -> &'static [&'static str] {
        special::NAMES
    }

    fn direct_map_base(&self) -> Option<u64> {
        self.translation.direct_map_base()
    }

    fn orc_table(&self, program: &Program, module: &str) -> Result<Option<Arc<OrcTable>>> {
        orc::table(program, module)
    }

    fn system_call(&self, program: &Program, registers: &Registers) -> Option<u64> {
        system_call::function(program, registers).ok()?
    }

    fn symbols(&self, program: &Program, module: Option<&Object>) -> Result<SymbolTable> {
        match module {
            None => Ok(kallsyms::kernel_symbols(self, program)?.into_table()),
            Some(module) => kallsyms::module_symbols(program, module),
        }
    }

    fn function_role(&self, name: &str) -> FunctionRole {
        function_role(name)
    }

    fn is_own_frame(&self, registers: &Registers) -> bool {
        self.arch.is_none_or(|arch| (arch.is_of_kernel)(registers))
    }

    fn entry_frame(
        &self,
        program: &Program,
        registers: &Registers,
        stack: &dyn Memory,
    ) -> Option<EntryFrame> {
        (self.arch?.entry_frame)(program, registers, stack)
    }

    fn return_address(&self, address: u64) -> u64 {
        match self.arch {
            Some(arch) => (arch.return_address)(&self.info, address),
            None => address,
        }
    }
}
