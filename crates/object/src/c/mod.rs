//! C as a language: its basic types, type names, conversions and operators.

mod arithmetic;
mod compatible;
mod convert;
mod declarator;
mod lexer;
mod literal;
mod operand;
mod operators;
mod primitive;
mod specifiers;
mod type_parser;
mod words;

pub use declarator::{format_type, type_name, variable_declaration};
pub(crate) use lexer::{Lexer, Token};
pub use operators::{BinaryOperator, UnaryOperator};
pub(crate) use primitive::primitive_of;
pub use primitive::{Primitive, PrimitiveTypes, bit_precise_type, primitive_type};
pub use type_parser::{find_type, lookup_type};
