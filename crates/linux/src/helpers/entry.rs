//! The structures that lists and trees are threaded through.

use crate::access::{Field, integer, pointer_type};
use crate::helper::{Args, Param, ParamKind};
use spelunk_object::Object;
use spelunk_program::{Program, Result};
use spelunk_types::QualifiedType;

/// The parameter for the type that contains the nodes.
pub(crate) const ENTRY_TYPE: Param = Param::new("type", ParamKind::Type, "Type of the entries.");

/// The parameter for the member that is the node.
pub(crate) const ENTRY_MEMBER: Param = Param::new(
    "member",
    ParamKind::Str,
    "Name of the member of *type* that is the node.",
);

/// From the nodes of a list or tree to the entries that contain them: `container_of()`, prepared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entries {
    pointer: QualifiedType,
    offset: u64,
}

impl Entries {
    /// Entries of type `ty`, whose `member` is the node.
    pub(crate) fn new(program: &Program, ty: QualifiedType, member: &str) -> Result<Self> {
        Ok(Self {
            pointer: pointer_type(program, ty)?,
            offset: Field::new(program, ty, member)?.offset,
        })
    }

    /// Entries whose type and member are the arguments at these indices.
    pub(crate) fn from_args(
        program: &Program,
        args: &Args,
        ty: usize,
        member: usize,
    ) -> Result<Self> {
        Self::new(program, args.ty(program, ty)?, args.str(member)?)
    }

    /// The address of the entry that contains the node at `node`.
    pub(crate) fn address(&self, node: u64) -> u64 {
        node.wrapping_sub(self.offset)
    }

    /// The pointer to the entry that contains the node at `node`.
    pub(crate) fn containing(&self, program: &Program, node: u64) -> Result<Object> {
        integer(program, self.pointer, self.address(node))
    }

    /// The NULL pointer to an entry.
    pub(crate) fn null(&self, program: &Program) -> Result<Object> {
        integer(program, self.pointer, 0)
    }
}
