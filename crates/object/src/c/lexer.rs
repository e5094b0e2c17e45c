use crate::{Error, Result};

/// A token of a type name or designator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Token<'a> {
    /// A name: with C++'s scopes and template arguments, `A::B<int>`.
    Identifier(&'a str),
    Number(u64),
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Asterisk,
    Dot,
    Ellipsis,
    Comma,
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
        let rest = self.rest();
        let blank = rest.len() - rest.trim_ascii_start().len();
        self.position += blank;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(None);
        };
        let (token, length) = match first {
            '(' => (Token::LeftParenthesis, 1),
            ')' => (Token::RightParenthesis, 1),
            '[' => (Token::LeftBracket, 1),
            ']' => (Token::RightBracket, 1),
            '*' => (Token::Asterisk, 1),
            ',' => (Token::Comma, 1),
            '.' if rest.starts_with("...") => (Token::Ellipsis, 3),
            '.' => (Token::Dot, 1),
            '0'..='9' => {
                let length = word_length(rest);
                let digits = rest.get(..length).unwrap_or(rest);
                (Token::Number(parse_number(digits)?), length)
            }
            _ => match qualified_length(rest) {
                0 => return Err(invalid_character(first)),
                length => (
                    Token::Identifier(rest.get(..length).unwrap_or(rest)),
                    length,
                ),
            },
        };
        self.position += length;
        Ok(Some(token))
    }
}

fn invalid_character(character: char) -> Error {
    Error::syntax(format!("invalid character \\x{:02x}", u32::from(character)))
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !is_word(c)).unwrap_or(text.len())
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii()
}

/// The length of `A`, `A::B`, `::A`, `A<int>::B<C<D>, 3>` at the start of `text`.
fn qualified_length(text: &str) -> usize {
    let mut length = 0;
    let rest = |length: usize| text.get(length..).unwrap_or("");
    if text.starts_with("::") {
        length = 2;
    }
    loop {
        let word = word_length(rest(length));
        if word == 0 {
            return length;
        }
        length += word;
        if rest(length).starts_with('<') {
            match template_length(rest(length)) {
                Some(arguments) => length += arguments,
                None => return length,
            }
        }
        if !rest(length).starts_with("::") {
            return length;
        }
        length += 2;
    }
}

/// The length of the balanced `<...>` at the start of `text`.
fn template_length(text: &str) -> Option<usize> {
    let mut depth = 0u32;
    for (position, character) in text.char_indices() {
        match character {
            '<' | '(' => depth += 1,
            '>' | ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(position + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// An integer constant (C11, 6.4.4.1) without suffix.
fn parse_number(digits: &str) -> Result<u64> {
    let (digits, base) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (digits.get(2..).unwrap_or(""), 16),
        [b'0', _, ..] => (digits.get(1..).unwrap_or(""), 8),
        _ => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(Error::syntax("invalid number"));
    }
    u64::from_str_radix(digits, base).map_err(|_| Error::value("number is too large"))
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
            tokens("std::map<int, A::B<c> >::x *").unwrap(),
            [T::Identifier("std::map<int, A::B<c> >::x"), T::Asterisk]
        );
    }

    #[test]
    fn what_is_no_token_is_named() {
        for (text, message) in [
            ("int &", "invalid character \\x26"),
            ("-1", "invalid character \\x2d"),
            ("a<b", "invalid character \\x3c"),
            ("0x", "invalid number"),
            ("08", "invalid number"),
            ("1z", "invalid number"),
            ("99999999999999999999", "number is too large"),
        ] {
            assert_eq!(tokens(text).unwrap_err().message(), message);
        }
    }
}
