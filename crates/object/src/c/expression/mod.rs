//! Constant expressions of C, as macros are made of: what their names stand for, and their value.
//!
//! Text is cut into preprocessing tokens (`token`), macros in it are replaced (`expand`), and what
//! comes out is computed (`evaluator`) with C's operators on objects. Nothing of the target's
//! memory is read: an expression that needs it is no constant.

mod builtin;
mod conditional;
mod constant_memory;
mod evaluator;
mod expand;
mod number;
mod operator;
mod substitute;
mod text;
mod token;
mod type_operand;

use crate::{Object, Result, Target};
use spelunk_base::Language;

/// What names mean where an expression stands.
pub trait Scope {
    /// The macro of this name.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed.
    fn find_macro(&self, name: &str) -> Result<Option<MacroDefinition>>;

    /// The enumerator, variable or function of this name.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed, or a user's finder failed.
    fn find_object(&self, name: &str) -> Result<Option<Object>>;
}

/// What `#define` says of a name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MacroDefinition {
    /// The names of the parameters of a macro that is called; `None` for one that is not. The last
    /// one of a variadic macro is `...`, or `name...` (GNU C).
    pub parameters: Option<Box<[Box<str>]>>,
    /// What stands for it.
    pub body: Box<str>,
}

/// The value of a constant expression of C or C++, with the type that the compiler would give it.
/// String literals are arrays.
///
/// # Errors
///
/// If the text is no constant expression, or a type that it names is not known.
pub fn evaluate_constant(
    target: &dyn Target,
    scope: &dyn Scope,
    language: Language,
    text: &str,
) -> Result<Object> {
    let tokens = expand::expand(token::tokenize(text)?, scope)?;
    evaluator::evaluate(target, scope, language, &tokens)
}
