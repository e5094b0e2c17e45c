//! Stacks of which no table tells how to unwind them.

use crate::files::Directory;
use crate::system::program;
use spelunk_base::Cancel;
use spelunk_base::arch::x86_64::{ARCH, RBP, RIP, RSP};
use spelunk_memory::{AddressSpace, FaultKind, SegmentFault, SegmentReader};
use spelunk_program::{ErrorKind, LoadRequest, Program, StackEnd, StackSource};
use spelunk_unwind::Registers;
use std::sync::Arc;

const STACK: u64 = 0x5000;

/// A stack of words; the last 16 bytes cannot be read.
struct Words(Vec<u64>);

impl SegmentReader for Words {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_le_bytes()).collect();
        let start = usize::try_from(offset).unwrap();
        let wanted = bytes.get(start..).and_then(|rest| rest.get(..buf.len()));
        let kind = FaultKind::Reader;
        buf.copy_from_slice(wanted.ok_or(SegmentFault { offset, kind })?);
        Ok(())
    }
}

/// A program with the kernel's code at 0x10000 and this stack.
fn program_with_stack(directory: &Directory, words: &[u64]) -> Arc<Program> {
    let program = program(directory);
    let size = words.len() as u64 * 8 + 16;
    let reader = Arc::new(Words(words.to_vec()));
    program.add_memory_segment(AddressSpace::Virtual, STACK, size, reader);
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    program
}

fn registers(pc: u64, sp: u64, frame: u64) -> StackSource {
    let mut registers = Registers::new(&ARCH);
    registers.set(RIP, pc);
    registers.set(RSP, sp);
    registers.set(RBP, frame);
    StackSource::Registers(registers)
}

fn pcs(program: &Program, source: &StackSource) -> (Vec<u64>, StackEnd) {
    let trace = program.stack_trace(source).unwrap();
    let pcs = trace.frames().iter().filter_map(|frame| frame.pc());
    (pcs.collect(), trace.end().clone())
}

#[test]
fn a_call_of_nothing_leads_to_who_called() {
    let directory = Directory::new();
    // The return address; then frames that frame pointers chain, the last of which leads down.
    let words = [0x10010, 0, STACK + 32, 0x10020, STACK + 16, 0x10030, 0, 0];
    let program = program_with_stack(&directory, &words);
    assert_eq!(
        pcs(&program, &registers(0, STACK, STACK + 16)),
        (
            vec![0, 0x10010, 0x10020, 0x10030],
            StackEnd::NoUnwindInformation
        )
    );
}

#[test]
fn guesses_that_lead_nowhere_are_not_believed() {
    let directory = Directory::new();
    let program = program_with_stack(&directory, &[0x9999, 0, STACK + 32, 0x8888]);
    for frame in [STACK + 16, STACK - 8, STACK + 32, u64::MAX] {
        let (pcs, end) = pcs(&program, &registers(0x10, STACK, frame));
        assert_eq!((pcs, end), (vec![0x10], StackEnd::NoUnwindInformation));
    }
}

#[test]
fn a_trace_can_be_stopped() {
    let directory = Directory::new();
    let program = program_with_stack(&directory, &[]);
    let cancel: &Cancel = program.cancel();
    cancel.cancel();
    let error = program.stack_trace(&registers(0x10, STACK, 0)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Cancelled);
    cancel.reset();
    assert!(program.stack_trace(&registers(0x10, STACK, 0)).is_ok());
}
