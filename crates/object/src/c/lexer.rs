use super::number::{parse_character, parse_number};
use super::qualified_name::{extent, word_length};
use crate::{Error, Result};

/// A token of a type name or designator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Token<'a> {
    /// A name: with C++'s scopes and template arguments, `A::B<int>`.
    Identifier(&'a str),
    /// `A::B::*`, with the name of the class.
    MemberPointer(&'a str),
    Number(u64),
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Asterisk,
    Ampersand,
    DoubleAmpersand,
    Dot,
    Ellipsis,
    Comma,
    Colon,
}

/// Cuts text into tokens.
#[derive(Clone)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or("")
    }

    /// The next token, which stays next.
    pub(crate) fn peek(&self) -> Result<Option<Token<'a>>> {
        self.clone().next()
    }

    /// The next token; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>> {
        self.position += blank_length(self.rest());
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(None);
        };
        let (token, length) = match first {
            '(' if extent(rest).is_none() => (Token::LeftParenthesis, 1),
            ')' => (Token::RightParenthesis, 1),
            '[' => (Token::LeftBracket, 1),
            ']' => (Token::RightBracket, 1),
            '*' => (Token::Asterisk, 1),
            ',' => (Token::Comma, 1),
            '.' if rest.starts_with("...") => (Token::Ellipsis, 3),
            '.' => (Token::Dot, 1),
            '&' if rest.starts_with("&&") => (Token::DoubleAmpersand, 2),
            '&' => (Token::Ampersand, 1),
            ':' if !rest.starts_with("::") => (Token::Colon, 1),
            '0'..='9' => {
                let length = number_length(rest);
                let number = rest.get(..length).unwrap_or(rest);
                (Token::Number(parse_number(number)?), length)
            }
            '\'' => match parse_character(rest) {
                Some((value, length)) => (Token::Number(value), length),
                None => return Err(invalid_character(first)),
            },
            _ => match extent(rest) {
                None => return Err(invalid_character(first)),
                Some(extent) => {
                    let name = rest.get(..extent.name).unwrap_or(rest);
                    match extent.member_pointer {
                        Some(length) => (Token::MemberPointer(name), length),
                        None => (Token::Identifier(name), extent.name),
                    }
                }
            },
        };
        self.position += length;
        Ok(Some(token))
    }
}

pub(super) fn invalid_character(character: char) -> Error {
    Error::syntax(format!("invalid character \\x{:02x}", u32::from(character)))
}

/// The length of blanks and comments.
fn blank_length(text: &str) -> usize {
    let spaces = text.bytes().take_while(|byte| *byte == b' ').count();
    match text.as_bytes().get(spaces) {
        None | Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'*') => return spaces,
        _ => {}
    }
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
        let comment = if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else if rest.starts_with("//") {
            Some(rest.find('\n').unwrap_or(rest.len()))
        } else {
            None
        };
        match comment.and_then(|length| rest.get(length..)) {
            Some(behind) => rest = behind,
            None => return text.len() - rest.len(),
        }
    }
}

/// The length of a number with separators.
fn number_length(text: &str) -> usize {
    let mut length = word_length(text);
    while let Some(behind) = text.get(length..).and_then(|rest| rest.strip_prefix('\''))
        && behind.starts_with(|c: char| c.is_ascii_hexdigit())
    {
        length += 1 + word_length(behind);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>> {
        let mut lexer = Lexer::new(text);
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next()? {
            tokens.push(token);
        }
        Ok(tokens)
    }

    #[test]
    fn text_falls_into_tokens() {
        use Token as T;
        assert_eq!(
            tokens(" a *(b)[0x1F],...").unwrap(),
            [
                T::Identifier("a"),
                T::Asterisk,
                T::LeftParenthesis,
                T::Identifier("b"),
                T::RightParenthesis,
                T::LeftBracket,
                T::Number(31),
                T::RightBracket,
                T::Comma,
                T::Ellipsis
            ]
        );
        assert_eq!(
            tokens("std::map<int, A::B<c> >::x *&&&").unwrap(),
            [
                T::Identifier("std::map<int, A::B<c> >::x"),
                T::Asterisk,
                T::DoubleAmpersand,
                T::Ampersand
            ]
        );
        assert_eq!(
            tokens("int/* * */a::*// x\n['a'] [1'0u]").unwrap(),
            [
                T::Identifier("int"),
                T::MemberPointer("a"),
                T::LeftBracket,
                T::Number(97),
                T::RightBracket,
                T::LeftBracket,
                T::Number(10),
                T::RightBracket,
            ]
        );
    }

    #[test]
    fn what_is_no_token_is_named() {
        for (text, message) in [
            ("int %", "invalid character \\x25"),
            ("int /* x", "invalid character \\x2f"),
            ("-1", "invalid character \\x2d"),
            ("a<b", "invalid character \\x3c"),
            ("a::", "invalid character \\x3a"),
            ("'", "invalid character \\x27"),
            ("0x", "invalid number"),
            ("08", "invalid number"),
            ("1y", "invalid number"),
            ("99999999999999999999", "number is too large"),
        ] {
            assert_eq!(tokens(text).unwrap_err().message(), message);
        }
    }
}
