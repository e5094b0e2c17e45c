use super::token::{Kind, Token};
use crate::BinaryOperator;
use std::cmp::Ordering;

/// An operator between two operands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Arithmetic(BinaryOperator),
    Comparison(Relation),
    And,
    Or,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    /// Whether it is so; `None` is the order of what is not a number.
    pub(super) fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

/// The operator that a token is, and how tightly it binds (C11, 6.5.5 to 6.5.14).
pub(super) fn operator(token: &Token) -> Option<(Operator, u8)> {
    use BinaryOperator as B;
    use Operator::{Arithmetic, Comparison};
    use Relation as C;
    if token.kind != Kind::Punctuator {
        return None;
    }
    Some(match &*token.text {
        "||" => (Operator::Or, 1),
        "&&" => (Operator::And, 2),
        "|" => (Arithmetic(B::Or), 3),
        "^" => (Arithmetic(B::Xor), 4),
        "&" => (Arithmetic(B::And), 5),
        "==" => (Comparison(C::Equal), 6),
        "!=" => (Comparison(C::NotEqual), 6),
        "<" => (Comparison(C::Less), 7),
        "<=" => (Comparison(C::LessOrEqual), 7),
        ">" => (Comparison(C::Greater), 7),
        ">=" => (Comparison(C::GreaterOrEqual), 7),
        "<<" => (Arithmetic(B::ShiftLeft), 8),
        ">>" => (Arithmetic(B::ShiftRight), 8),
        "+" => (Arithmetic(B::Add), 9),
        "-" => (Arithmetic(B::Subtract), 9),
        "*" => (Arithmetic(B::Multiply), 10),
        "/" => (Arithmetic(B::Divide), 10),
        "%" => (Arithmetic(B::Remainder), 10),
        _ => return None,
    })
}
