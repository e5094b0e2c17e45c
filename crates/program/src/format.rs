//! Frames and traces as text, in drgn's form.

use crate::trace::SIGNAL_TRAMPOLINE;
use crate::{Frame, Program};
use std::fmt::Write;

/// `#3  do_wait (kernel/exit.c:1655:3)`
pub(crate) fn frame_in_trace(frame: &Frame, program: &Program) -> String {
    let mut text = format!("#{:<2} ", frame.index());
    match frame.qualified_name() {
        Some(function) => text.push_str(&function),
        None if frame.is_signal_trampoline(program) => text.push_str(SIGNAL_TRAMPOLINE),
        None => text.push_str(&place(frame, program).unwrap_or("???".into())),
    }
    if let Ok(source) = frame.source() {
        let _ = write!(text, " ({})", source.place());
    }
    if frame.is_tail_call() {
        text.push_str(" (tail call)");
    }
    text
}

/// `#3 at 0xffffffff81000000 (do_wait+0x1/0x2) in do_wait at kernel/exit.c:1655:3`
pub(crate) fn frame(frame: &Frame, program: &Program) -> String {
    let mut text = format!("#{}", frame.index());
    if let Some(pc) = frame.pc() {
        // As C's `%#x` does, which gives 0 no prefix.
        let _ = match pc {
            0 => text.write_str(" at 0"),
            pc => write!(text, " at {pc:#x}"),
        };
        if let Some(symbol) = symbol_and_offset(frame, program) {
            let _ = write!(text, " ({symbol})");
        }
    }
    if let Some(function) = frame.qualified_name() {
        let _ = write!(text, " in {function}");
    } else if frame.is_signal_trampoline(program) {
        let _ = write!(text, " in {SIGNAL_TRAMPOLINE}");
    }
    if let Ok(source) = frame.source() {
        let _ = write!(text, " at {}", source.place());
    }
    if frame.is_inline() {
        text.push_str(" (inlined)");
    }
    if frame.is_tail_call() {
        text.push_str(" (tail call)");
    }
    text
}

/// The symbol and the offset in it, else the program counter.
fn place(frame: &Frame, program: &Program) -> Option<String> {
    symbol_and_offset(frame, program).or_else(|| Some(format!("{:#x}", frame.pc()?)))
}

fn symbol_and_offset(frame: &Frame, program: &Program) -> Option<String> {
    let pc = frame.pc()?;
    let symbol = frame.symbol(program).ok()?;
    let offset = pc.wrapping_sub(symbol.address);
    Some(format!(
        "{}+{offset:#x}/{:#x}",
        symbol.demangled_name(),
        symbol.size
    ))
}
