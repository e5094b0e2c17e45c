//! Typed values of the target, and C as the language that they are looked at in.
//!
//! An [`Object`] is a type and where its value is; it is read when it is looked at. Whoever owns
//! memory, types and symbols implements [`Target`].

mod alignment;
mod bits;
mod c;
mod error;
mod format;
mod layout;
mod member_pointer;
mod number;
mod object;
mod printer;
mod rust_name;
mod scalar;
mod short_name;
mod target;
mod value;

pub use alignment::alignof;
pub use c::{
    BinaryOperator, MacroDefinition, PrimitiveTypes, Scope, UnaryOperator, bit_precise_type,
    evaluate_constant, find_type, format_type, lookup_type, primitive_type, type_name,
    variable_declaration,
};
pub use error::{Error, ErrorKind, Result};
pub use format::{FormatOptions, IntegerBase};
pub use layout::{find_member, is_complete, lookup_member, sizeof, unaliased, unaliased_kind};
pub use number::Rounding;
pub use object::{AbsenceReason, Object, offsetof, pointer_type, read_c_string};
pub use printer::{Child, Key, Present, Presentation, Printer, Printers, TypeName, Walk};
pub use short_name::ShortName;
pub use spelunk_types::Primitive;
pub use target::{SymbolOffset, Target};
pub use value::Value;
