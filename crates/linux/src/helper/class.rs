/// A class whose instances helpers return: named fields, in order.
#[derive(Debug)]
pub struct RecordClass {
    /// The module below `helpers.linux` that it belongs to: `slab`.
    pub module: &'static str,
    /// Its name: `SlabObjectInfo`.
    pub name: &'static str,
    /// Whether it is a tuple as well (`typing.NamedTuple`).
    pub is_tuple: bool,
    /// What an instance stands for.
    pub doc: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A field of a [`RecordClass`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its Python annotation.
    pub annotation: &'static str,
    /// What it says.
    pub doc: &'static str,
}

/// An enumeration whose members helpers take or return.
#[derive(Debug)]
pub struct EnumClass {
    /// The module below `helpers.linux` that it belongs to.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it distinguishes.
    pub doc: &'static str,
    /// Names and values.
    pub members: &'static [(&'static str, i64)],
}
