/// How [`Object::format`](crate::Object::format) prints. The default is what `str(obj)` gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FormatOptions {
    /// Width to wrap at where it is reasonable; `usize::MAX` for none.
    pub columns: usize,
    /// 8, 10 or 16.
    pub integer_base: IntegerBase,
    /// Show what a pointer points to, too; not for members and elements.
    pub dereference: bool,
    /// Show symbol and offset of pointers.
    pub symbolize: bool,
    /// Show pointers to and arrays of characters as strings.
    pub string: bool,
    /// Show characters as such.
    pub char: bool,
    /// Show the object's type name.
    pub type_name: bool,
    /// Show members' type names.
    pub member_type_names: bool,
    /// Show elements' type names.
    pub element_type_names: bool,
    /// Put as many members on a line as fit.
    pub members_same_line: bool,
    /// Put as many elements on a line as fit.
    pub elements_same_line: bool,
    /// Show members' names.
    pub member_names: bool,
    /// Show elements' indices.
    pub element_indices: bool,
    /// Show members that are zero.
    pub implicit_members: bool,
    /// Show elements that are zero.
    pub implicit_elements: bool,
    /// Show all structures as they are, whatever [printers](crate::Printers) there are.
    pub raw: bool,
}

/// The base that integers are printed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IntegerBase {
    /// 8, with `0` in front.
    Octal,
    /// 10.
    #[default]
    Decimal,
    /// 16, with `0x` in front.
    Hexadecimal,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self {
            columns: usize::MAX,
            integer_base: IntegerBase::Decimal,
            dereference: true,
            symbolize: true,
            string: true,
            char: false,
            type_name: true,
            member_type_names: true,
            element_type_names: false,
            members_same_line: false,
            elements_same_line: true,
            member_names: true,
            element_indices: false,
            implicit_members: true,
            implicit_elements: false,
            raw: false,
        }
    }
}
