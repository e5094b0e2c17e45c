//! The body of a macro with arguments in place of its parameters (C11, 6.10.3.1 to 6.10.3.3).

use super::expand::{Expansion, Macro, Parameters};
use super::token::{Hidden, Kind, Token, tokenize};
use crate::{Error, Result};
use std::rc::Rc;

/// The longest text that comes out of one replacement.
const MAX_TEXT: usize = 1 << 20;

/// The body of `definition`, called with `arguments`.
pub(super) fn substitute(
    expansion: &mut Expansion<'_>,
    definition: &Macro,
    arguments: &[Vec<Token>],
) -> Result<Vec<Token>> {
    let Some(parameters) = &definition.parameters else {
        return paste(definition.body.clone());
    };
    let mut call = Call {
        expansion,
        parameters,
        arguments,
    };
    let replaced = call.replace(&definition.body)?;
    let mut result = paste(replaced)?;
    result.retain(|token| token.kind != Kind::Placemarker);
    Ok(result)
}

struct Call<'c, 'e> {
    expansion: &'c mut Expansion<'e>,
    parameters: &'c Parameters,
    arguments: &'c [Vec<Token>],
}

impl<'c> Call<'c, '_> {
    /// The argument that a token is the parameter of, and whether it is the variable one.
    fn argument(&self, token: &Token) -> Option<(&'c [Token], bool)> {
        if token.kind != Kind::Identifier {
            return None;
        }
        let names = &self.parameters.names;
        let index = names.iter().position(|name| *name == token.text)?;
        let argument = self.arguments.get(index)?;
        let is_variable = self.parameters.is_variadic && index + 1 == names.len();
        Some((argument, is_variable))
    }

    /// The body with arguments, `##` still between its operands.
    fn replace(&mut self, body: &[Token]) -> Result<Vec<Token>> {
        let mut output: Vec<Token> = Vec::new();
        let mut position = 0;
        while let Some(token) = body.get(position) {
            position += 1;
            let next = body.get(position);
            if token.is("#")
                && let Some((argument, _)) = next.and_then(|next| self.argument(next))
            {
                output.push(stringize(argument, token));
                position += 1;
                continue;
            }
            if &*token.text == "__VA_OPT__" && next.is_some_and(|next| next.is("(")) {
                let inside = optional(body.get(position..).unwrap_or_default())?;
                position += inside.len() + 2;
                let is_there = self.parameters.is_variadic
                    && self.arguments.last().is_some_and(|last| !last.is_empty());
                match is_there {
                    true => output.extend(self.replace(inside)?),
                    false => output.push(placemarker(token)),
                }
                continue;
            }
            let Some((argument, is_variable)) = self.argument(token) else {
                output.push(token.clone());
                continue;
            };
            let is_pasted = output.last().is_some_and(|last| last.kind == Kind::Paste);
            if is_pasted && is_variable && is_comma_before(&output) {
                // GNU C: the comma goes where there are no variable arguments.
                output.pop();
                if argument.is_empty() {
                    output.pop();
                    continue;
                }
                output.extend(self.expansion.expand(argument.to_vec())?);
                continue;
            }
            let is_operand = is_pasted || next.is_some_and(|next| next.kind == Kind::Paste);
            let mut replaced = match is_operand {
                true => argument.to_vec(),
                false => self.expansion.expand(argument.to_vec())?,
            };
            match replaced.first_mut() {
                Some(first) => first.is_spaced = token.is_spaced,
                None => replaced.push(placemarker(token)),
            }
            output.extend(replaced);
        }
        Ok(output)
    }
}

/// Whether `, ##` is last.
fn is_comma_before(output: &[Token]) -> bool {
    matches!(output, [.., comma, _] if comma.is(","))
}

/// What stands in the parentheses that `tokens` start with.
fn optional(tokens: &[Token]) -> Result<&[Token]> {
    let mut open = 0u32;
    for (index, token) in tokens.iter().enumerate() {
        if token.is("(") {
            open += 1;
        } else if token.is(")") {
            open -= 1;
            if open == 0 {
                return Ok(tokens.get(1..index).unwrap_or_default());
            }
        }
    }
    Err(Error::syntax("__VA_OPT__ without its end"))
}

fn placemarker(token: &Token) -> Token {
    Token {
        kind: Kind::Placemarker,
        text: "".into(),
        is_spaced: token.is_spaced,
        hidden: Hidden::default(),
    }
}

/// Puts together the tokens around each `##`.
fn paste(tokens: Vec<Token>) -> Result<Vec<Token>> {
    let mut output: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let left = match token.kind == Kind::Paste {
            true => output.pop(),
            false => None,
        };
        let Some(left) = left else {
            output.push(token);
            continue;
        };
        let Some(right) = tokens.next() else {
            return Err(Error::syntax("'##' at the end of a macro"));
        };
        output.push(pasted(&left, &right)?);
    }
    Ok(output)
}

fn pasted(left: &Token, right: &Token) -> Result<Token> {
    let text = format!("{}{}", left.text, right.text);
    if text.len() > MAX_TEXT {
        return Err(Error::syntax("tokens come to too long a text"));
    }
    let both: Vec<Token> = tokenize(&text)?;
    let mut token = match both.as_slice() {
        [] => placemarker(left),
        [one] => one.clone(),
        _ => {
            return Err(Error::syntax(format!("'{text}' is not one token")));
        }
    };
    token.is_spaced = left.is_spaced;
    token.hidden = Rc::new(left.hidden.intersection(&right.hidden).cloned().collect());
    Ok(token)
}

/// The string literal that `#` makes of an argument.
fn stringize(argument: &[Token], operator: &Token) -> Token {
    let mut text = String::from("\"");
    for (index, token) in argument.iter().enumerate() {
        if index > 0 && token.is_spaced {
            text.push(' ');
        }
        let is_literal = matches!(token.kind, Kind::Text | Kind::Character);
        for c in token.text.chars() {
            if is_literal && matches!(c, '"' | '\\') {
                text.push('\\');
            }
            text.push(c);
        }
    }
    text.push('"');
    Token {
        kind: Kind::Text,
        text: text.into(),
        is_spaced: operator.is_spaced,
        hidden: Hidden::default(),
    }
}
