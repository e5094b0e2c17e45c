use super::frame_state::FrameState;
use crate::dwarf::Slice;
use crate::entry::Die;
use crate::load_bias::LoadBias;
use crate::{DebugFile, DebugInfoError, DieId, Scope, Units};
use gimli::{AttributeValue, DwAt, EndianSlice, Expression, OperationIter, RunTimeEndian};
use spelunk_base::ByteOrder;

/// A frame, with the debug information of the function in it.
#[derive(Clone, Copy)]
pub(super) struct Context<'c, 'a> {
    pub(super) file: &'c DebugFile,
    pub(super) units: &'c Units<'a>,
    pub(super) bias: LoadBias,
    /// The frame's address in the file.
    pub(super) file_pc: u64,
    pub(super) function: DieId,
    pub(super) frame: FrameState<'c>,
}

impl<'c, 'a> Context<'c, 'a> {
    pub(super) fn new(
        file: &'c DebugFile,
        units: &'c Units<'a>,
        scope: &Scope,
        frame: FrameState<'c>,
    ) -> Self {
        Self {
            file,
            units,
            bias: file.load_bias(),
            file_pc: frame.pc.wrapping_sub(file.bias()),
            function: scope.function,
            frame,
        }
    }

    /// The expression that an attribute has at the frame's address: the attribute itself, or the
    /// entry of a location list (DWARF 5, section 2.6.2). `None` if there is none.
    pub(super) fn expression(
        &self,
        die: &Die<'_, 'a>,
        name: DwAt,
    ) -> Result<Option<Slice<'a>>, DebugInfoError> {
        let value = match die.attr(name) {
            None => return Ok(None),
            Some(AttributeValue::Exprloc(expression)) => return Ok(Some(expression.0)),
            // DWARF 2 and 3.
            Some(AttributeValue::Block(block)) => return Ok(Some(block)),
            Some(value) => value,
        };
        let damaged = |error| die.damaged(format!("{name}: {error}"));
        let dwarf = die.unit().dwarf();
        let Some(mut list) = dwarf.attr_locations(die.unit(), value).map_err(damaged)? else {
            return Ok(None);
        };
        let pc = self.file_pc;
        while let Some(entry) = list.next().map_err(damaged)? {
            if (entry.range.begin..entry.range.end).contains(&pc) {
                return Ok(Some(entry.data.0));
            }
        }
        Ok(None)
    }

    /// The operations of an expression of `die`.
    pub(super) fn operations<'e>(
        &self,
        die: &Die<'_, 'a>,
        expression: &'e [u8],
    ) -> OperationIter<EndianSlice<'e, RunTimeEndian>> {
        let endian = match self.frame.platform.byte_order {
            ByteOrder::Little => RunTimeEndian::Little,
            ByteOrder::Big => RunTimeEndian::Big,
        };
        Expression(EndianSlice::new(expression, endian)).operations(die.unit().encoding())
    }
}
