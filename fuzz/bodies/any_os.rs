//! A system of which nothing is known but what unwinding and the search for files ask for.

use spelunk_base::arch::Register;
use spelunk_object::Object;
use spelunk_program::{
    BringUp, EntryFrame, Error, InitialRegisters, ModuleInfo, ModuleKind, Os, Program, Result,
    System, Thread, ThreadIter,
};
use spelunk_unwind::{Memory, Registers};
use std::sync::Arc;

/// Its release.
pub(crate) const RELEASE: &str = "1";
/// What it tells of itself.
pub(crate) const VMCOREINFO: &[u8] = b"OSRELEASE=1\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=0\n";
/// Code from here on is the user's.
const USER: u64 = 0x8000_0000;
/// Code here has registers on top of its stack.
const ENTRY: u64 = 0xe00;
/// Threads begin here.
const START: u64 = 0xf00;

/// The system, with modules of these names.
#[derive(Clone, Default)]
pub(crate) struct AnySystem(pub(crate) Vec<String>);

impl System for AnySystem {
    fn bring_up(&self, _: &BringUp<'_>) -> Result<Option<Arc<dyn Os>>> {
        Ok(Some(Arc::new(self.clone())))
    }
}

fn module(kind: ModuleKind, name: &str) -> ModuleInfo {
    ModuleInfo {
        kind,
        name: name.into(),
        build_id: None,
        address_ranges: Vec::new(),
        section_addresses: Default::default(),
        bias: Some(0),
        object: None,
    }
}

fn nothing<T>() -> Result<T> {
    Err(Error::lookup("there is nothing"))
}

impl Os for AnySystem {
    fn describe(&self) -> String {
        RELEASE.into()
    }

    fn is_kernel(&self) -> bool {
        true
    }

    fn release(&self) -> Option<&str> {
        Some(RELEASE)
    }

    fn main_module(&self, _: &Program) -> Result<ModuleInfo> {
        Ok(module(ModuleKind::Main, "kernel"))
    }

    fn loaded_modules(&self, _: &Program, found: &mut dyn FnMut(ModuleInfo)) -> Result<()> {
        for (address, name) in (0..).zip(&self.0) {
            found(module(ModuleKind::Relocatable { address }, name));
        }
        Ok(())
    }

    fn threads(&self, _: &Program) -> Result<Box<dyn ThreadIter>> {
        nothing()
    }

    fn find_thread(&self, _: &Program, _: u64) -> Result<Option<Thread>> {
        nothing()
    }

    fn crashed_thread(&self, _: &Program) -> Result<Thread> {
        nothing()
    }

    fn main_thread(&self, _: &Program) -> Result<Thread> {
        nothing()
    }

    fn thread_name(&self, _: &Program, _: &Thread) -> Result<Option<Vec<u8>>> {
        nothing()
    }

    fn thread_of(&self, _: &Program, _: &Object) -> Result<Option<Thread>> {
        nothing()
    }

    fn initial_registers(&self, _: &Program, _: &Thread) -> Result<InitialRegisters> {
        nothing()
    }

    fn find_object(&self, _: &Program, _: &str) -> Result<Option<Object>> {
        Ok(None)
    }

    fn system_call(&self, _: &Program, registers: &Registers) -> Option<u64> {
        registers.get(Register(0))
    }

    fn is_own_frame(&self, registers: &Registers) -> bool {
        registers.pc().is_none_or(|pc| pc < USER)
    }

    fn entry_frame(
        &self,
        program: &Program,
        registers: &Registers,
        stack: &dyn Memory,
    ) -> Option<EntryFrame> {
        match registers.pc()? {
            ENTRY => {
                let mut saved = Registers::new(registers.arch());
                let layout = &registers.arch().pt_regs;
                for (register, offset) in layout.registers {
                    let address = registers.sp()?.wrapping_add(*offset as u64);
                    let mut word = [0; 8];
                    let word = word.get_mut(..usize::from(program.platform()?.address_size()))?;
                    stack.read(address, word).ok()?;
                    saved.set(*register, program.platform()?.byte_order.uint(word));
                }
                Some(EntryFrame::Saved(saved))
            }
            START => Some(EntryFrame::Outermost),
            _ => None,
        }
    }

    /// Without the signature of AArch64.
    fn return_address(&self, address: u64) -> u64 {
        address & 0xffff_ffff
    }
}
