//! Where a direct call or jump leads, by its instruction.

use super::unwinder::StackMemory;
use crate::Program;
use spelunk_base::Architecture;
use spelunk_debuginfo::{CallPlace, CallSite};
use spelunk_unwind::Memory;

impl Program {
    /// The start of the function that a direct call or jump leads to. Debug information says that
    /// there is one, but bytes before an address may be the end of something else; so it must be
    /// where a symbol starts.
    pub(super) fn branch_target(&self, site: &CallSite) -> Option<u64> {
        let platform = self.platform()?;
        if !matches!(
            platform.architecture,
            Architecture::X86_64 | Architecture::I386
        ) {
            return None;
        }
        let forms: &[&[u8]] = match site.is_tail_call {
            false => &[&[0xe8]],
            true => &[&[0xe9], &[0xeb]],
        };
        forms.iter().find_map(|opcode| {
            let distance = if opcode == &[0xeb] { 1 } else { 4 };
            let length = distance + opcode.len() as u64;
            let (start, end) = match site.place {
                CallPlace::At(start) => (start, start.checked_add(length)?),
                CallPlace::Before(end) => (end.checked_sub(length)?, end),
            };
            let mut bytes = [0; 5];
            let bytes = bytes.get_mut(..usize::try_from(length).ok()?)?;
            StackMemory::now(self).read(start, bytes).ok()?;
            let distance = match *bytes.strip_prefix(*opcode)? {
                [distance] => i64::from(distance.cast_signed()),
                [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
                _ => return None,
            };
            let target = end.wrapping_add_signed(distance) & platform.address_mask();
            let symbol = self.find_symbol(target).ok()??;
            (symbol.address == target).then_some(target)
        })
    }
}
