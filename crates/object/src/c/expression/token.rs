//! Preprocessing tokens (C11, 6.4).

use crate::{Error, Result};
use std::collections::BTreeSet;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Identifier,
    /// Anything that starts like a number.
    Number,
    /// `'a'`, with its prefix.
    Character,
    /// `"abc"`, with its prefix.
    Text,
    Punctuator,
    /// `##` in the body of a macro; elsewhere it is a punctuator.
    Paste,
    /// Nothing: what stands for an empty argument beside `##`.
    Placemarker,
}

/// The names that are not replaced again where a token stands.
pub(super) type Hidden = Rc<BTreeSet<Rc<str>>>;

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: Rc<str>,
    /// Whether blanks stand before it.
    pub(super) is_spaced: bool,
    pub(super) hidden: Hidden,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind == Kind::Punctuator && &*self.text == text
    }
}

/// The punctuators, each before those that it starts with.
const PUNCTUATORS: &[&str] = &[
    "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##",
    "::", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "+", "-", "*", "/", "%", "&", "|", "^",
    "~", "!", "<", ">", "=", "?", ":", ";", ",", ".", "(", ")", "[", "]", "{", "}", "#", "\\", "@",
    "`",
];

/// Cuts text into tokens.
pub(super) fn tokenize(text: &str) -> Result<Vec<Token>> {
    let hidden = Hidden::default();
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
        let is_spaced = trimmed.len() < rest.len();
        let Some((kind, length)) = first(trimmed)? else {
            return Ok(tokens);
        };
        let (text, behind) = trimmed.split_at_checked(length).unwrap_or((trimmed, ""));
        tokens.push(Token {
            kind,
            text: text.into(),
            is_spaced,
            hidden: Rc::clone(&hidden),
        });
        rest = behind;
    }
}

/// The kind of the token that text starts with, and how long it is; `None` at the end.
fn first(text: &str) -> Result<Option<(Kind, usize)>> {
    let Some(first) = text.chars().next() else {
        return Ok(None);
    };
    let quote = ["u8", "u", "U", "L", ""].iter().find(|prefix| {
        let behind = text.strip_prefix(**prefix);
        behind.is_some_and(|behind| behind.starts_with(['"', '\'']))
    });
    if let Some(prefix) = quote.map(|prefix| prefix.len()) {
        let is_text = text.as_bytes().get(prefix) == Some(&b'"');
        let length = quoted_length(text.get(prefix..).unwrap_or_default());
        let length = length.ok_or_else(|| Error::syntax("quotation mark without its end"))?;
        let kind = if is_text { Kind::Text } else { Kind::Character };
        return Ok(Some((kind, prefix + length)));
    }
    if first.is_ascii_digit()
        || (first == '.' && text.as_bytes().get(1).is_some_and(u8::is_ascii_digit))
    {
        return Ok(Some((Kind::Number, number_length(text))));
    }
    if is_of_identifier(first) {
        let length = text.find(|c| !is_of_identifier(c)).unwrap_or(text.len());
        return Ok(Some((Kind::Identifier, length)));
    }
    match PUNCTUATORS.iter().find(|known| text.starts_with(**known)) {
        Some(known) => Ok(Some((Kind::Punctuator, known.len()))),
        None => Err(Error::syntax(format!(
            "invalid character \\x{:02x}",
            u32::from(first)
        ))),
    }
}

fn is_of_identifier(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// The length of a literal with its quotation marks; `None` if it does not end.
fn quoted_length(text: &str) -> Option<usize> {
    let quote = *text.as_bytes().first()?;
    let mut is_escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            _ if byte == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

/// The length of a preprocessing number (C11, 6.4.8).
fn number_length(text: &str) -> usize {
    let mut previous = ' ';
    for (index, c) in text.char_indices() {
        let is_sign = matches!(c, '+' | '-') && matches!(previous, 'e' | 'E' | 'p' | 'P');
        if !is_sign && !is_of_identifier(c) && c != '.' {
            return index;
        }
        previous = c;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let tokens = tokenize(text).unwrap();
        tokens.iter().map(|token| token.text.to_string()).collect()
    }

    #[test]
    fn text_falls_into_the_longest_tokens() {
        assert_eq!(
            texts("a+++b<<=1.5e+3-0x1p-3f##L'x'"),
            [
                "a", "++", "+", "b", "<<=", "1.5e+3", "-", "0x1p-3f", "##", "L'x'"
            ]
        );
        assert_eq!(
            texts(r#"u8"a\"b" "c"'\''"#),
            [r#"u8"a\"b""#, r#""c""#, r"'\''"]
        );
        assert_eq!(texts("u8 U"), ["u8", "U"]);
        // One number, as the standard has it.
        assert_eq!(texts("0xe+1"), ["0xe+1"]);
        assert!(tokenize("\"a").is_err() && tokenize("\u{1}").is_err());
    }
}
