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
    /// What can be read of it besides.
    pub sums: &'static [Sum],
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
    /// Whether it is a number that reads best in base 16.
    pub is_hexadecimal: bool,
}

impl Field {
    /// A field.
    #[must_use]
    pub const fn new(name: &'static str, annotation: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            annotation,
            doc,
            is_hexadecimal: false,
        }
    }

    /// The same, a number that reads best in base 16.
    #[must_use]
    pub const fn hexadecimal(mut self) -> Self {
        self.is_hexadecimal = true;
        self
    }
}

/// What several fields of a [`RecordClass`] come to.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    /// Its name.
    pub name: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
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
