//! The jumps that leave a function of which there is no debugging information: one in assembly.

use super::function::{instructions_at, near_target};
use crate::Program;
use crate::trace::unwinder::StackMemory;
use iced_x86::FlowControl;
use spelunk_base::Architecture;

/// The jumps that leave a function.
#[derive(Default)]
pub(in crate::trace) struct Jumps {
    /// The functions in which those lead that say so.
    pub(in crate::trace) targets: Vec<u64>,
    /// Whether there are others.
    pub(in crate::trace) has_indirect: bool,
}

/// The jumps out of the function that starts at `entry`.
pub(in crate::trace) fn jumps_out_of(program: &Program, entry: u64) -> Option<Jumps> {
    if program.platform()?.architecture != Architecture::X86_64 {
        return None;
    }
    let instructions = instructions_at(program, &StackMemory::now(program), entry)?;
    let (first, last) = (instructions.first()?, instructions.last()?);
    let inside = first.ip()..last.next_ip();
    if first.ip() != entry {
        return None;
    }
    let mut jumps = Jumps::default();
    for instruction in &instructions {
        match instruction.flow_control() {
            FlowControl::IndirectBranch => jumps.has_indirect = true,
            FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                let target = near_target(instruction)?;
                if !inside.contains(&target) {
                    jumps.targets.push(function_at(program, target)?);
                }
            }
            _ => {}
        }
    }
    // Code that runs on into what follows goes there, too.
    if matches!(
        last.flow_control(),
        FlowControl::Next | FlowControl::ConditionalBranch
    ) {
        jumps.targets.push(function_at(program, last.next_ip())?);
    }
    Some(jumps)
}

fn function_at(program: &Program, address: u64) -> Option<u64> {
    let symbol = program.find_symbol(address).ok()??;
    Some(symbol.address)
}
