//! Expressions by recursive descent, computed on the way (C11, 6.5 and 6.6).

use super::super::primitive::primitive_type;
use super::Scope;
use super::constant_memory::ConstantMemory;
use super::operator::{Operator, operator};
use super::token::{Kind, Token};
use super::{number, text};
use crate::layout::sizeof;
use crate::target::WithMemory;
use crate::{
    BinaryOperator, Error, Object, Result, Target, UnaryOperator, Value, alignof, find_type,
    unaliased_kind,
};
use spelunk_base::Language;
use spelunk_types::{Primitive, QualifiedType, TypeKind};

/// Expressions that stand in one another.
const MAX_DEPTH: u32 = 300;

/// The value of an expression without macros.
pub(super) fn evaluate(
    target: &dyn Target,
    scope: &dyn Scope,
    language: Language,
    tokens: &[Token],
) -> Result<Object> {
    let with = |memory| WithMemory { target, memory };
    let mut evaluator = Evaluator {
        constant: with(ConstantMemory::Unknown),
        blank: with(ConstantMemory::Blank),
        scope,
        language,
        tokens,
        position: 0,
        depth: 0,
        is_evaluated: true,
    };
    let object = evaluator.conditional()?;
    if let Some(token) = evaluator.peek() {
        return Err(Error::syntax(format!("unexpected '{}'", token.text)));
    }
    match object.is_absent() || object.address().is_some() {
        true => Err(Error::syntax("it depends on what is in memory")),
        false => Ok(object),
    }
}

pub(super) struct Evaluator<'a> {
    constant: WithMemory<'a, ConstantMemory>,
    blank: WithMemory<'a, ConstantMemory>,
    scope: &'a dyn Scope,
    pub(super) language: Language,
    tokens: &'a [Token],
    position: usize,
    depth: u32,
    /// Whether the value counts, not the type alone.
    is_evaluated: bool,
}

impl<'a> Evaluator<'a> {
    pub(super) fn target(&self) -> &dyn Target {
        match self.is_evaluated {
            true => &self.constant,
            false => &self.blank,
        }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.position)
    }

    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.position)?;
        self.position += 1;
        Some(token)
    }

    /// Whether this punctuator comes next; then it is passed.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.peek().is_some_and(|token| token.is(text));
        self.position += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<()> {
        match self.take(text) {
            true => Ok(()),
            false => Err(Error::syntax(format!("expected '{text}'"))),
        }
    }

    /// Whether `work` finds something here; else nothing is passed.
    pub(super) fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        let (position, depth) = (self.position, self.depth);
        let result = work(self).ok();
        if result.is_none() {
            (self.position, self.depth) = (position, depth);
        }
        result
    }

    /// Does `work` where values count only if `is_evaluated`, and they did before.
    pub(super) fn evaluated_if<T>(
        &mut self,
        is_evaluated: bool,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let before = self.is_evaluated;
        self.is_evaluated = before && is_evaluated;
        let result = work(self);
        self.is_evaluated = before;
        result
    }

    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::syntax("expressions stand in one another too deeply"));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    pub(super) fn make(&self, primitive: Primitive, value: impl Into<Value>) -> Result<Object> {
        let target = self.target();
        let ty = primitive_type(target, primitive)?;
        Object::from_value(target, ty, &value.into(), None)
    }

    /// What comparisons give: an `int`, in C++ a `bool`.
    pub(super) fn truth(&self, value: bool) -> Result<Object> {
        match self.language {
            Language::Cpp => self.make(Primitive::Bool, value),
            _ => self.make(Primitive::Int, i32::from(value)),
        }
    }

    /// Expressions with commas between them: the value of the last.
    fn comma(&mut self) -> Result<Object> {
        let mut object = self.conditional()?;
        while self.take(",") {
            object = self.conditional()?;
        }
        Ok(object)
    }

    /// `a ? b : c`, or what binds more tightly.
    pub(super) fn conditional(&mut self) -> Result<Object> {
        self.deeper(|this| {
            let condition = this.binary(1)?;
            if !this.take("?") {
                return Ok(condition);
            }
            let is_true = condition.truth(this.target())?;
            // GNU C: `a ?: c` is `a ? a : c`.
            let first = match this.take(":") {
                true => condition,
                false => {
                    let first = this.evaluated_if(is_true, Self::comma)?;
                    this.expect(":")?;
                    first
                }
            };
            let second = this.evaluated_if(!is_true, Self::conditional)?;
            this.choose(is_true, first, second)
        })
    }

    /// Operators that bind at least so tightly.
    fn binary(&mut self, least: u8) -> Result<Object> {
        self.deeper(|this| {
            let mut left = this.unary()?;
            while let Some((operator, strength)) = this.peek().and_then(operator)
                && strength >= least
            {
                this.next();
                left = match operator {
                    Operator::And | Operator::Or => {
                        let is_or = operator == Operator::Or;
                        let first = left.truth(this.target())?;
                        let right =
                            this.evaluated_if(first != is_or, |this| this.binary(strength + 1))?;
                        let second = right.truth(this.target())?;
                        this.truth(match is_or {
                            true => first || second,
                            false => first && second,
                        })?
                    }
                    Operator::Comparison(relation) => {
                        let right = this.binary(strength + 1)?;
                        let (left, right) = this.comparable(left, right)?;
                        let order = left.compare(this.target(), &right)?;
                        this.truth(relation.holds(order))?
                    }
                    Operator::Arithmetic(operator) => {
                        let right = this.binary(strength + 1)?;
                        this.arithmetic(operator, &left, &right)?
                    }
                };
            }
            Ok(left)
        })
    }

    fn arithmetic(
        &self,
        operator: BinaryOperator,
        left: &Object,
        right: &Object,
    ) -> Result<Object> {
        use BinaryOperator as B;
        let target = self.target();
        // Where values do not count, none is wrong.
        match operator {
            B::Divide | B::Remainder if !self.is_evaluated => {
                left.binary(target, B::Multiply, right)
            }
            B::ShiftLeft | B::ShiftRight if !self.is_evaluated => {
                left.unary(target, UnaryOperator::Plus)
            }
            _ => left.binary(target, operator, right),
        }
    }

    /// Operators before their operand, and casts.
    fn unary(&mut self) -> Result<Object> {
        self.deeper(|this| {
            let Some(token) = this.peek() else {
                return Err(Error::syntax("expected expression"));
            };
            let operator = match (token.kind, &*token.text) {
                (Kind::Punctuator, "+") => UnaryOperator::Plus,
                (Kind::Punctuator, "-") => UnaryOperator::Minus,
                (Kind::Punctuator, "~") => UnaryOperator::Not,
                (Kind::Punctuator, "!") => {
                    this.next();
                    let operand = this.unary()?;
                    let is_true = operand.truth(this.target())?;
                    return this.truth(!is_true);
                }
                (Kind::Punctuator, "&") => {
                    this.next();
                    return this.unary()?.address_of(this.target());
                }
                (Kind::Punctuator, "*") => {
                    this.next();
                    return this.unary()?.dereference(this.target());
                }
                (Kind::Punctuator, "(") if this.type_follows(1)? => {
                    this.next();
                    let ty = this.type_name()?;
                    this.expect(")")?;
                    let operand = this.unary()?;
                    let ty = QualifiedType::from(ty.id);
                    return operand.cast(this.target(), ty);
                }
                (Kind::Identifier, "sizeof") => {
                    let ty = this.operand_type()?;
                    let size = sizeof(this.target().types(), ty)?;
                    return this.make(Primitive::SizeT, size);
                }
                (Kind::Identifier, "_Alignof" | "alignof" | "__alignof__" | "__alignof") => {
                    let ty = this.operand_type()?;
                    let alignment = alignof(this.target(), ty)?;
                    return this.make(Primitive::SizeT, alignment);
                }
                (Kind::Identifier, "__extension__") => {
                    this.next();
                    return this.unary();
                }
                _ => return this.postfix(),
            };
            this.next();
            this.unary()?.unary(this.target(), operator)
        })
    }

    /// The type that `sizeof` is asked for.
    fn operand_type(&mut self) -> Result<QualifiedType> {
        self.next();
        if self.peek().is_some_and(|token| token.is("(")) && self.type_follows(1)? {
            self.next();
            let ty = self.type_name()?;
            self.expect(")")?;
            return Ok(ty);
        }
        Ok(self.evaluated_if(false, Self::unary)?.ty())
    }

    fn postfix(&mut self) -> Result<Object> {
        let mut object = self.primary()?;
        loop {
            if self.take("[") {
                let index = self.comma()?;
                self.expect("]")?;
                let index = i64::try_from(index.to_i128(self.target())?)
                    .map_err(|_| Error::overflow("index is too large"))?;
                object = object.index(self.target(), index)?;
            } else if self.take(".") || self.take("->") {
                let Some(token) = self.next().filter(|token| token.kind == Kind::Identifier) else {
                    return Err(Error::syntax("expected name of a member"));
                };
                object = object.member(self.target(), &token.text)?;
            } else {
                return Ok(object);
            }
        }
    }

    fn primary(&mut self) -> Result<Object> {
        if self.take("(") {
            let object = self.comma()?;
            self.expect(")")?;
            return Ok(object);
        }
        let Some(token) = self.peek() else {
            return Err(Error::syntax("expected expression"));
        };
        match token.kind {
            Kind::Number => {
                self.next();
                number::number(self.target(), &token.text)
            }
            Kind::Character => {
                self.next();
                text::character(self.target(), self.language, self.wide_type()?, &token.text)
            }
            Kind::Text => {
                let mut literals = Vec::new();
                while let Some(token) = self.peek().filter(|token| token.kind == Kind::Text) {
                    literals.push(&*token.text);
                    self.next();
                }
                text::text(self.target(), self.language, self.wide_type()?, &literals)
            }
            Kind::Identifier => self.name(),
            _ => Err(Error::syntax(format!("unexpected '{}'", token.text))),
        }
    }

    /// The type of wide characters: `int` unless the compiler says otherwise, as GCC does on i386.
    fn wide_type(&self) -> Result<QualifiedType> {
        let target = self.target();
        let told = self.scope.find_macro("__WCHAR_TYPE__")?;
        let told = told.and_then(|told| find_type(target, &told.body, None).ok().flatten());
        told.map_or_else(|| primitive_type(target, Primitive::Int), Ok)
    }

    /// A name, with its scopes in C++.
    fn name(&mut self) -> Result<Object> {
        if let Some(result) = self.builtin()? {
            return Ok(result);
        }
        let name = self.qualified_name();
        match (&*name, self.language) {
            ("true", Language::Cpp) => return self.make(Primitive::Bool, true),
            ("false", Language::Cpp) => return self.make(Primitive::Bool, false),
            _ => {}
        }
        let Some(object) = self.scope.find_object(&name)? else {
            return Err(Error::lookup(format!("'{name}' is not known")));
        };
        let types = self.target().types();
        let is_enumerator = object.address().is_none()
            && !object.is_absent()
            && unaliased_kind(types, object.ty())? == TypeKind::Enum;
        if !is_enumerator || self.language == Language::Cpp {
            return Ok(object);
        }
        // In C these are of type `int`, but for those that it has no room for (GNU C).
        let value = object.to_i128(self.target())?;
        match i32::try_from(value) {
            Ok(value) => self.make(Primitive::Int, value),
            Err(_) => object.unary(self.target(), UnaryOperator::Plus),
        }
    }

    /// `a`, or `a::b`.
    pub(super) fn qualified_name(&mut self) -> String {
        let mut name = String::new();
        while let Some(token) = self.peek()
            && (token.is("::")
                || token.kind == Kind::Identifier && (name.is_empty() || name.ends_with("::")))
        {
            name.push_str(&token.text);
            self.next();
        }
        name
    }

    /// The token `distance` ahead.
    pub(super) fn ahead(&self, distance: usize) -> Option<&'a Token> {
        self.tokens.get(self.position.checked_add(distance)?)
    }
}
