//! What is known to be wrong in what a compiler says of places.

use super::context::Context;
use crate::Units;
use crate::entry::Die;
use gimli::{EndianSlice, Operation, OperationIter, RunTimeEndian, constants as dw};
use spelunk_base::arch::Arch;

/// Names and qualifiers of a type that are followed.
const MAX_ALIASES: u32 = 32;

/// Who made a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Producer {
    /// LLVM 14.
    Llvm14,
    /// Another LLVM.
    Llvm,
    /// Another compiler.
    Other,
}

impl Producer {
    /// Who made the unit that `die` is in.
    pub(super) fn of(units: &Units<'_>, die: &Die<'_, '_>) -> Self {
        let unit = die.unit();
        let root = units.die(unit.die_id(unit.header.root_offset()));
        let producer = root.ok().and_then(|root| root.attr(dw::DW_AT_producer));
        let text = producer.and_then(|producer| unit.dwarf().attr_string(unit, producer).ok());
        let says = |name: &[u8]| {
            text.is_some_and(|text| text.windows(name.len()).any(|part| part == name))
        };
        match (says(b"clang version 14."), says(b"clang"), says(b"LLVM")) {
            (true, ..) => Self::Llvm14,
            (_, true, _) | (_, _, true) => Self::Llvm,
            _ => Self::Other,
        }
    }

    /// Folklore: places that LLVM tells by the stack pointer are wrong between the pushes of a call's arguments
    /// and the call's end. Evidence: LLVM 14 and 19 for x86-64, a function without a frame pointer whose call
    /// takes arguments on the stack: what is at `DW_OP_breg7 RSP+8`, also as the value of a parameter of the call,
    /// is loaded from there before two pushes, and at `RSP+24` behind them; LLVM takes the offset of each slot
    /// from the stack pointer as the prologue leaves it (`TargetFrameLowering::getFrameIndexReference`).
    /// Remedy: so does whoever evaluates what it says.
    pub(super) fn forgets_pushes(self) -> bool {
        self != Self::Other
    }

    /// Folklore: what LLVM says that a tail call passes may be what registers and the frame held before the epilogue,
    /// which put back the registers of the caller. Evidence: LLVM 14 for x86-64, `DW_OP_breg3 RBX+0` as the value of
    /// RDI at a `jmp`, where `mov %rbx, %rdi` is followed by `pop %rbx`; arguments are said to be in the frame, too.
    /// Remedy: what such a call says in this way is not known.
    pub(super) fn forgets_epilogues(self) -> bool {
        self != Self::Other
    }

    /// Folklore: where a register is part of a computation, and is put on the stack, LLVM 14 computes with the
    /// address of its place in place of what is there. Evidence: `DW_OP_breg7 RSP+12, DW_OP_convert ...,
    /// DW_OP_stack_value` for integers that were at `RSP+12`; LLVM 19 has a `DW_OP_deref_size` in between.
    /// Remedy: how much is there is not said, so the value is not known.
    pub(super) fn forgets_to_load(self) -> bool {
        self == Self::Llvm14
    }
}

impl<'a> Context<'_, 'a> {
    /// Whether the compiler is known to have forgotten to load what it computes with.
    pub(super) fn lacks_a_load(&self, die: &Die<'_, 'a>, expression: &[u8]) -> bool {
        let Some(arch) = self.frame.platform.arch() else {
            return false;
        };
        computes_with_stack_addresses(
            self.operations(die, expression),
            arch,
            |register| self.frame_base_register() == Some(register),
            || self.is_pointer(die),
        ) && Producer::of(self.units, die).forgets_to_load()
    }

    /// The register that the function's frame base is.
    fn frame_base_register(&self) -> Option<gimli::Register> {
        let function = self.units.die(self.function).ok()?;
        let bytes = self.expression(&function, dw::DW_AT_frame_base).ok()??;
        let number = bytes.slice().first()?.checked_sub(dw::DW_OP_reg0.0)?;
        (bytes.len() == 1).then(|| gimli::Register(number.into()))
    }

    /// Whether the type of a variable is a pointer.
    fn is_pointer(&self, die: &Die<'_, 'a>) -> bool {
        let reference = |die: &Die<'_, 'a>| die.reference(dw::DW_AT_type);
        let mut next = self.units.integrate(die.id(), reference).ok().flatten();
        for _ in 0..MAX_ALIASES {
            let Some(ty) = next.and_then(|ty| self.units.die(ty).ok()) else {
                return false;
            };
            match ty.tag() {
                dw::DW_TAG_typedef
                | dw::DW_TAG_const_type
                | dw::DW_TAG_volatile_type
                | dw::DW_TAG_restrict_type
                | dw::DW_TAG_atomic_type => next = ty.reference(dw::DW_AT_type).ok().flatten(),
                dw::DW_TAG_pointer_type
                | dw::DW_TAG_reference_type
                | dw::DW_TAG_rvalue_reference_type => return true,
                _ => return false,
            }
        }
        false
    }
}

/// Whether an expression computes with an address on the stack what is no address.
fn computes_with_stack_addresses(
    mut operations: OperationIter<EndianSlice<'_, RunTimeEndian>>,
    arch: &Arch,
    is_frame_base: impl Fn(gimli::Register) -> bool,
    is_pointer: impl FnOnce() -> bool,
) -> bool {
    // Whether an address is among what was computed so far, and whether more was done than to add to it.
    let (mut has_address, mut is_changed, mut is_value) = (false, false, false);
    while let Ok(Some(operation)) = operations.next() {
        match operation {
            Operation::FrameOffset { .. } => has_address = true,
            Operation::RegisterOffset { register, .. } => {
                let found = arch.dwarf_registers.get(usize::from(register.0)).copied();
                let is_stack_pointer = found.flatten() == Some(arch.stack_pointer);
                has_address |= is_stack_pointer || is_frame_base(register);
            }
            Operation::Deref { .. } => (has_address, is_changed) = (false, false),
            Operation::StackValue => is_value = true,
            Operation::Piece { size_in_bits, .. } => {
                if is_value && has_address && (is_changed || size_in_bits < 64) {
                    return true;
                }
                (has_address, is_changed, is_value) = (false, false, false);
            }
            Operation::PlusConstant { .. }
            | Operation::Plus
            | Operation::Minus
            | Operation::Nop
            | Operation::UnsignedConstant { .. }
            | Operation::SignedConstant { .. } => {}
            _ => is_changed |= has_address,
        }
    }
    is_value && has_address && (is_changed || !is_pointer())
}
