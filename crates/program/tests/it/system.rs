//! A system with a kernel and a module, and nothing more to tell.

use crate::files::{Directory, vmcore};
use spelunk_base::BuildId;
use spelunk_object::Object;
use spelunk_program::{
    BringUp, DebugInfoOptions, Error, InitialRegisters, ModuleInfo, ModuleKind, Os, Program,
    Result, System, Thread, ThreadIter,
};
use std::sync::Arc;

pub(crate) const RELEASE: &str = "9.9.9-test";
pub(crate) const KERNEL_ID: [u8; 4] = [1, 2, 3, 4];
pub(crate) const MODULE_ID: [u8; 4] = [5, 6, 7, 8];

/// The system, and the build ID that it tells of its module.
pub(crate) struct TestSystem(pub(crate) Option<BuildId>);

struct TestOs(Option<BuildId>);

impl System for TestSystem {
    fn bring_up(&self, _: &BringUp<'_>) -> Result<Option<Arc<dyn Os>>> {
        Ok(Some(Arc::new(TestOs(self.0.clone()))))
    }
}

fn module(kind: ModuleKind, name: &str, build_id: Option<BuildId>, start: u64) -> ModuleInfo {
    ModuleInfo {
        kind,
        name: name.into(),
        build_id,
        address_ranges: std::iter::once(start..start + 0x1000).collect(),
        section_addresses: [(".text".to_owned(), start)].into_iter().collect(),
        bias: Some(0),
        object: None,
    }
}

impl Os for TestOs {
    fn describe(&self) -> String {
        format!("Test {RELEASE}")
    }

    fn is_kernel(&self) -> bool {
        true
    }

    fn release(&self) -> Option<&str> {
        Some(RELEASE)
    }

    fn main_module(&self, _: &Program) -> Result<ModuleInfo> {
        let build_id = BuildId::new(&KERNEL_ID);
        Ok(module(ModuleKind::Main, "kernel", build_id, 0x10000))
    }

    fn loaded_modules(&self, _: &Program, found: &mut dyn FnMut(ModuleInfo)) -> Result<()> {
        found(module(
            ModuleKind::Relocatable { address: 0x20000 },
            "some_driver",
            self.0.clone(),
            0x20000,
        ));
        Err(Error::fault("address is not mapped", 0x1234))
    }

    fn threads(&self, _: &Program) -> Result<Box<dyn ThreadIter>> {
        Err(Error::not_implemented("no threads"))
    }

    fn find_thread(&self, _: &Program, _: u64) -> Result<Option<Thread>> {
        Ok(None)
    }

    fn crashed_thread(&self, _: &Program) -> Result<Thread> {
        Err(Error::lookup("nothing crashed"))
    }

    fn main_thread(&self, _: &Program) -> Result<Thread> {
        Err(Error::unsupported("no main thread"))
    }

    fn thread_name(&self, _: &Program, _: &Thread) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn thread_of(&self, _: &Program, _: &Object) -> Result<Option<Thread>> {
        Ok(None)
    }

    fn initial_registers(&self, _: &Program, _: &Thread) -> Result<InitialRegisters> {
        Err(Error::fault("address is not mapped", 0x5678))
    }

    fn find_object(&self, _: &Program, _: &str) -> Result<Option<Object>> {
        Ok(None)
    }
}

/// The program of a dump of the system, which searches only below `directory`.
pub(crate) fn program(directory: &Directory) -> Arc<Program> {
    program_of(directory, &TestSystem(BuildId::new(&MODULE_ID)))
}

/// The same, of a system of one's own.
pub(crate) fn program_of(directory: &Directory, system: &TestSystem) -> Arc<Program> {
    let program = Program::new(None);
    let core = directory.write("vmcore", &vmcore(RELEASE));
    program.open_core(&[core], &[system]).unwrap();
    program.debug_info_options().set(DebugInfoOptions {
        directories: Vec::new(),
        kernel_directories: vec![directory.path().to_owned()],
        ..DebugInfoOptions::default()
    });
    program
}
