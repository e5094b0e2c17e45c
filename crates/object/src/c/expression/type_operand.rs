//! Type names in expressions.

use super::super::type_parser::{find_type, is_reserved, parse_qualifier};
use super::evaluator::Evaluator;
use super::token::{Kind, Token};
use crate::object::pointer_type;
use crate::{Error, Result};
use spelunk_base::Language;
use spelunk_types::QualifiedType;

impl Evaluator<'_> {
    /// Whether a type name starts `distance` tokens ahead.
    pub(super) fn type_follows(&mut self, distance: usize) -> Result<bool> {
        let Some(token) = self.ahead(distance) else {
            return Ok(false);
        };
        if token.kind != Kind::Identifier {
            return Ok(false);
        }
        if is_typeof(token) || is_reserved(&token.text, self.target().language()) {
            return Ok(true);
        }
        let mut name = token.text.to_string();
        let mut distance = distance;
        while let (Some(scope), Some(behind)) = (self.ahead(distance + 1), self.ahead(distance + 2))
            && scope.is("::")
        {
            name.push_str("::");
            name.push_str(&behind.text);
            distance += 2;
        }
        Ok(find_type(self.target(), &name, None)?.is_some())
    }

    /// A type name: up to `)`, `,` or `:`, which stays next.
    pub(super) fn type_name(&mut self) -> Result<QualifiedType> {
        while self
            .peek()
            .is_some_and(|token| parse_qualifier(&token.text).is_some())
            && self.ahead(1).is_some_and(is_typeof)
        {
            self.next();
        }
        if self.peek().is_some_and(is_typeof) {
            return self.type_of();
        }
        let mut text = String::new();
        let mut open = 0u32;
        while let Some(token) = self.peek() {
            if open == 0 && (token.is(")") || token.is(",") || token.is(":")) {
                break;
            }
            self.next();
            if token.is("(") {
                open += 1;
            } else if token.is(")") {
                open -= 1;
            }
            if is_attribute(token) {
                self.skip_parentheses()?;
                continue;
            }
            if !(token.is("::") || text.ends_with("::")) {
                text.push(' ');
            }
            text.push_str(&token.text);
            if token.is("[") && !self.peek().is_some_and(|next| next.is("]")) {
                let length = self.conditional()?.to_u64(self.target())?;
                text.push_str(&length.to_string());
            }
        }
        find_type(self.target(), &text, None)?
            .ok_or_else(|| Error::lookup(format!("type '{}' is not known", text.trim())))
    }

    /// `typeof(int) *`
    fn type_of(&mut self) -> Result<QualifiedType> {
        self.next();
        self.expect("(")?;
        let mut ty = match self.type_follows(0)? {
            true => self.type_name()?,
            false => self.evaluated_if(false, Self::conditional)?.ty(),
        };
        self.expect(")")?;
        loop {
            if self.take("*") {
                ty = pointer_type(self.target(), ty, Language::C)?.into();
            } else if self
                .peek()
                .is_some_and(|token| parse_qualifier(&token.text).is_some())
            {
                self.next();
            } else {
                return Ok(ty);
            }
        }
    }

    fn skip_parentheses(&mut self) -> Result<()> {
        let mut open = 0u32;
        while let Some(token) = self.next() {
            if token.is("(") {
                open += 1;
            } else if token.is(")") {
                open = open.saturating_sub(1);
            }
            if open == 0 {
                return Ok(());
            }
        }
        Err(Error::syntax("expected ')'"))
    }
}

fn is_typeof(token: &Token) -> bool {
    token.kind == Kind::Identifier
        && matches!(
            &*token.text,
            "typeof" | "__typeof__" | "__typeof" | "typeof_unqual"
        )
}

fn is_attribute(token: &Token) -> bool {
    matches!(&*token.text, "__attribute__" | "__attribute")
}
