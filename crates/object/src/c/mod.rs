//! C as a language: its basic types, type names, conversions and operators.

mod arithmetic;
mod class_cast;
mod compatible;
mod convert;
mod declarator;
mod declarator_parser;
mod expression;
mod float_type;
mod integer_type;
mod integers;
mod lexer;
mod literal;
mod number;
mod operand;
mod operators;
mod primitive;
mod qualified_name;
mod specifiers;
mod template_name;
mod type_parser;
mod words;

pub use declarator::{format_type, type_name, variable_declaration};
pub(crate) use declarator_parser::pointer_type;
pub use expression::{MacroDefinition, Scope, evaluate_constant};
pub(crate) use lexer::{Lexer, Token};
pub use operators::{BinaryOperator, UnaryOperator};
pub(crate) use primitive::bit_precise_word;
pub use primitive::{PrimitiveTypes, bit_precise_type, primitive_type};
pub(crate) use template_name::{compact, gcc_spelling};
pub use type_parser::{find_type, lookup_type};
