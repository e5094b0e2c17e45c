use spelunk_types::TypeId;
use std::sync::OnceLock;

/// A basic type of C, whatever the debugging information calls it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Primitive {
    Void,
    Char,
    SignedChar,
    UnsignedChar,
    Short,
    UnsignedShort,
    Int,
    UnsignedInt,
    Long,
    UnsignedLong,
    LongLong,
    UnsignedLongLong,
    Bool,
    Float,
    Double,
    LongDouble,
    SizeT,
    PtrdiffT,
}

/// The basic types of a target that were found already.
#[derive(Default, Debug)]
pub struct PrimitiveTypes([OnceLock<TypeId>; 18]);

impl PrimitiveTypes {
    pub(crate) fn slot(&self, primitive: Primitive) -> Option<&OnceLock<TypeId>> {
        self.0.get(primitive as usize)
    }
}
