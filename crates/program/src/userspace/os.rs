use super::core_dump::{self, CoreDump};
use super::fill::Files;
use super::filled_pages::{FilledPages, Known};
use super::kernel_process::{self, KernelProcess};
use super::live::LiveProcess;
use super::modules::Layout;
use super::process_memory::ProcessMemory;
#[cfg(target_os = "linux")]
use super::remote::RemoteProcess;
use super::roles::function_role;
use super::source::Source;
use super::thread_local;
use crate::{
    Error, ErrorKind, FunctionRole, HostFile, InitialRegisters, Module, ModuleInfo, ModuleKind, Os,
    Program, Result, Thread, ThreadIter, UserProcess,
};
use spelunk_base::Platform;
use spelunk_image::Image;
use spelunk_live::Process;
#[cfg(target_os = "linux")]
use spelunk_live::gdb::GdbServer;
use spelunk_memory::{AddressSpace, Memory, Segment, SegmentReader};
use spelunk_object::Object;
use spelunk_unwind::Registers;
use std::ops::Range;
use std::sync::Arc;

/// A program of a user's.
pub(crate) struct UserProgram {
    platform: Platform,
    source: Box<dyn Source>,
}

impl UserProgram {
    /// The program that `image` is the core dump of. What it leaves out and files have is made
    /// readable in `memory`.
    pub(crate) fn dead(image: &Arc<Image>, platform: Platform, memory: &Memory) -> Self {
        let mappings = core_dump::mappings(image);
        let (files, segments) = Files::behind(image, platform, &mappings);
        memory.segments(AddressSpace::Virtual).add_all(segments);
        Self {
            platform,
            source: Box::new(CoreDump {
                image: Arc::clone(image),
                platform,
                mappings,
                files,
            }),
        }
    }

    /// The running program `process`, whose memory is made readable in `memory`.
    pub(crate) fn live(process: Process, platform: Platform, memory: &Memory) -> Self {
        let segments = process.segment();
        memory.segments(AddressSpace::Virtual).add_all(segments);
        Self {
            platform,
            source: Box::new(LiveProcess(process)),
        }
    }

    /// The process that `server` debugs, whose memory is made readable in `memory`.
    #[cfg(target_os = "linux")]
    pub(crate) fn remote(server: Arc<GdbServer>, platform: Platform, memory: &Memory) -> Self {
        let reader = Arc::clone(&server) as Arc<dyn SegmentReader>;
        let segment = Segment::new(0, platform.address_mask(), 0, reader);
        memory.segments(AddressSpace::Virtual).add_all(segment);
        Self {
            platform,
            source: Box::new(RemoteProcess { server, platform }),
        }
    }

    /// The process that a kernel tells of. Its memory is made readable in `memory`; what is not there and
    /// files have, too.
    pub(crate) fn of_kernel(mut process: UserProcess, memory: &Memory) -> Self {
        let platform = process.platform;
        let mappings = kernel_process::mappings(&process);
        let (files, filled) = Files::behind_pages(&process.memory, platform, &mappings);
        let pages = Arc::clone(&process.memory);
        // Where no area is, no page is.
        let all = Segment::new(0, platform.address_mask(), 0, pages);
        let copies = std::mem::take(&mut process.copies).into_iter();
        let copied = copies.filter_map(|(start, bytes)| {
            let size = bytes.len() as u64;
            let reader = FilledPages {
                pages: Arc::clone(&process.memory),
                start,
                rest: Box::new(Known(bytes)),
            };
            Segment::new(start, size, start, Arc::new(reader))
        });
        memory
            .segments(AddressSpace::Virtual)
            .add_all(all.into_iter().chain(filled).chain(copied));
        Self {
            platform,
            source: Box::new(KernelProcess {
                process,
                mappings,
                files,
            }),
        }
    }

    fn layout<'a>(&self, program: &'a Program) -> Result<Layout<'a>> {
        Ok(Layout {
            memory: ProcessMemory::new(program.memory(), self.platform),
            auxv: self.source.auxiliary_vector()?,
            mappings: self.source.mappings()?,
            executable: self.source.executable(),
        })
    }
}

impl Os for UserProgram {
    fn function_role(&self, name: &str) -> FunctionRole {
        function_role(name)
    }

    fn describe(&self) -> String {
        self.source.describe()
    }

    fn is_kernel(&self) -> bool {
        false
    }

    fn is_live(&self) -> bool {
        self.source.is_live()
    }

    fn is_local(&self) -> bool {
        self.source.is_local()
    }

    fn release(&self) -> Option<&str> {
        None
    }

    fn main_module(&self, program: &Program) -> Result<ModuleInfo> {
        self.layout(program)?.main()
    }

    fn loaded_modules(&self, program: &Program, found: &mut dyn FnMut(ModuleInfo)) -> Result<()> {
        self.layout(program)?.loaded(found)
    }

    fn files_of(&self, module: &Module) -> Vec<HostFile> {
        let address = match module.kind() {
            ModuleKind::SharedLibrary { dynamic_address } => Some(dynamic_address),
            ModuleKind::Main => {
                let ranges = module.address_ranges().unwrap_or_default();
                ranges.first().map(|range| range.start)
            }
            _ => None,
        };
        self.source.files_at(address)
    }

    fn trusts_paths(&self) -> bool {
        self.source.trusts_paths()
    }

    fn readable_ranges(&self) -> Option<Vec<Range<u64>>> {
        self.source.readable_ranges()
    }

    fn has_loaded_file(&self, module: &Module) {
        self.source.has_loaded_file(module);
    }

    fn threads(&self, _: &Program) -> Result<Box<dyn ThreadIter>> {
        Ok(Box::new(Threads(self.source.threads()?.into_iter())))
    }

    fn find_thread(&self, _: &Program, tid: u64) -> Result<Option<Thread>> {
        let is_there = self.source.threads()?.contains(&tid);
        Ok(is_there.then_some(Thread { tid, object: None }))
    }

    fn crashed_thread(&self, _: &Program) -> Result<Thread> {
        let tid = self.source.crashed_thread()?;
        Ok(Thread { tid, object: None })
    }

    fn crash_reason(&self) -> Option<String> {
        self.source.crash_reason()
    }

    fn main_thread(&self, _: &Program) -> Result<Thread> {
        let tid = self.source.main_thread();
        let tid = tid.ok_or_else(|| Error::lookup("main thread not found"))?;
        Ok(Thread { tid, object: None })
    }

    fn thread_name(&self, _: &Program, thread: &Thread) -> Result<Option<Vec<u8>>> {
        self.source.thread_name(thread.tid)
    }

    fn thread_of(&self, _: &Program, _: &Object) -> Result<Option<Thread>> {
        Ok(None)
    }

    fn initial_registers(&self, _: &Program, thread: &Thread) -> Result<InitialRegisters> {
        let arch = self.platform.arch().ok_or_else(|| {
            Error::new(
                ErrorKind::NotImplemented,
                format!(
                    "stacks of {:?} cannot be unwound yet",
                    self.platform.architecture
                ),
            )
        })?;
        let (registers, stack) = self.source.registers(thread.tid, arch)?;
        Ok(InitialRegisters {
            registers,
            stack,
            interrupted: true,
        })
    }

    fn thread_local(
        &self,
        program: &Program,
        registers: &Registers,
        module: &Module,
        offset: u64,
    ) -> Result<u64> {
        let layout = self.layout(program)?;
        let debug = layout.find_link_map();
        thread_local::find(program, layout.memory, registers, module, debug, offset)
    }

    fn find_object(&self, _: &Program, _: &str) -> Result<Option<Object>> {
        Ok(None)
    }
}

/// Threads whose IDs are known.
struct Threads(std::vec::IntoIter<u64>);

impl ThreadIter for Threads {
    fn next(&mut self, _: &Program) -> Result<Option<Thread>> {
        Ok(self.0.next().map(|tid| Thread { tid, object: None }))
    }
}
