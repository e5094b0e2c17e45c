//! C as a language: its basic types, type names, conversions and operators.

mod primitive;
mod type_name;

pub use primitive::{Primitive, PrimitiveTypes};
pub use type_name::{
    find_type, format_type, lookup_type, primitive_type, type_name, variable_declaration,
};
