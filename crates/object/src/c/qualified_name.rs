//! Where a name ends that may have scopes and template arguments.

use super::number::parse_character;

const OPERATOR: &str = "operator";
/// Symbols that `operator` can have behind it, longer ones first.
const OPERATORS: [&str; 38] = [
    "<=>", "<<=", ">>=", "->*", "()", "[]", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "++",
    "--", "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "->", "<", ">", "+", "-", "*", "/", "%",
    "^", "&", "|", "~", "!", "=",
];
/// What stands for the name of a namespace without one, under gcc and clang.
const ANONYMOUS: &str = "(anonymous namespace)";

/// How far a name goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Extent {
    /// The length of the name.
    pub(super) name: usize,
    /// The length with the `::*` behind it, which makes it the class of a pointer to members.
    pub(super) member_pointer: Option<usize>,
}

/// The extent of `A`, `A::B`, `::A`, `A<int>::B<C<D>, 3>`, `A::*` at the start of `text`; `None`
/// if there is no name.
pub(super) fn extent(text: &str) -> Option<Extent> {
    if let Some(name) = plain_length(text) {
        return Some(Extent {
            name,
            member_pointer: None,
        });
    }
    let rest = |length: usize| text.get(length..).unwrap_or("");
    let mut length = scope_length(text).unwrap_or(0);
    let mut name = 0;
    loop {
        let is_first = name == 0;
        match component_length(rest(length), is_first) {
            0 => break,
            component => name = length + component,
        }
        let Some(scope) = scope_length(rest(name)) else {
            break;
        };
        length = name + scope;
        let behind = rest(length);
        let blank = behind.len() - behind.trim_ascii_start().len();
        if behind.get(blank..).unwrap_or("").starts_with('*') {
            return Some(Extent {
                name,
                member_pointer: Some(length + blank + 1),
            });
        }
    }
    (name > 0).then_some(Extent {
        name,
        member_pointer: None,
    })
}

/// The length of a name that clearly has neither scopes nor template arguments, as nearly all in C.
fn plain_length(text: &str) -> Option<usize> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let length = text.bytes().take_while(|byte| is_plain(*byte)).count();
    if text.starts_with(|c: char| c.is_ascii_digit()) || text.get(..length) == Some(OPERATOR) {
        return None;
    }
    let mut behind = text.bytes().skip(length).skip_while(|byte| *byte == b' ');
    match behind.next() {
        None | Some(b'*' | b')' | b',' | b'.' | b']') if length > 0 => Some(length),
        Some(byte) if length > 0 && is_plain(byte) => Some(length),
        _ => None,
    }
}

/// The length of `::` with the blanks around it, if that comes next.
fn scope_length(text: &str) -> Option<usize> {
    let trimmed = text.trim_ascii_start();
    let behind = trimmed.strip_prefix("::")?;
    let rest = behind.trim_ascii_start();
    // Blanks behind belong to it only if a name follows.
    Some(text.len() - rest.len())
}

/// The length of one name between scopes, with its template arguments.
fn component_length(text: &str, is_first: bool) -> usize {
    if text.starts_with(ANONYMOUS) {
        return ANONYMOUS.len();
    }
    match text.chars().next() {
        // Compilers' own names: `{closure_env#0}`, `<lambda(int)>`.
        Some('{') => return balanced_length(text).unwrap_or(0),
        Some('<') if !is_first => return balanced_length(text).unwrap_or(0),
        _ => {}
    }
    let word = word_length(text);
    if word == 0 || text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    let mut length = match text.get(..word) {
        Some(OPERATOR) => operator_length(text).unwrap_or(word),
        _ => word,
    };
    let rest = text.get(length..).unwrap_or("");
    let blank = rest.len() - rest.trim_ascii_start().len();
    let rest = rest.get(blank..).unwrap_or("");
    if rest.starts_with('<')
        && let Some(arguments) = balanced_length(rest)
    {
        length += blank + arguments;
    }
    length
}

pub(super) fn word_length(text: &str) -> usize {
    text.find(|c: char| !is_word(c)).unwrap_or(text.len())
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

/// The length of the `<...>` or `{...}` at the start of `text`.
fn balanced_length(text: &str) -> Option<usize> {
    let close = closing(text.chars().next()?)?;
    let end = find_outside(text.get(1..)?, |c| c == close)?;
    Some(end + 2)
}

fn closing(open: char) -> Option<char> {
    Some(match open {
        '<' => '>',
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => return None,
    })
}

/// Where the first such character stands that is in no brackets; `None` if there is none in
/// `text`, or its brackets do not match.
pub(super) fn find_outside(text: &str, is_wanted: impl Fn(char) -> bool) -> Option<usize> {
    let mut open = Vec::new();
    let mut position = 0;
    while let Some(character) = text.get(position..)?.chars().next() {
        let rest = text.get(position..)?;
        if let Some((_, length)) = parse_character(rest) {
            position += length;
        } else if rest.starts_with("->") {
            position += 2;
        } else if let Some(length) = operator_length(rest)
            && !text.get(..position)?.ends_with(is_word)
        {
            position += length;
        } else if open.is_empty() && is_wanted(character) {
            return Some(position);
        } else {
            if let Some(close) = closing(character) {
                open.push(close);
            } else if matches!(character, '>' | ')' | ']' | '}') && open.pop()? != character {
                return None;
            }
            position += character.len_utf8();
        }
    }
    None
}

/// The length of `operator<` and the like at the start of `text`.
fn operator_length(text: &str) -> Option<usize> {
    let symbol = text.strip_prefix(OPERATOR)?;
    let known = OPERATORS.iter().find(|known| symbol.starts_with(**known))?;
    Some(OPERATOR.len() + known.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_they_should() {
        for (text, name) in [
            ("a *", "a"),
            ("a::b::c x", "a::b::c"),
            ("::a", "::a"),
            ("a :: b", "a :: b"),
            ("a<b> c", "a<b>"),
            ("a <b> c", "a <b>"),
            ("std::map<int, A::B<c> >::x *", "std::map<int, A::B<c> >::x"),
            ("a<b<c>> *", "a<b<c>>"),
            ("a<'>'> *", "a<'>'>"),
            ("a<fn(i32) -> u8>&", "a<fn(i32) -> u8>"),
            ("a<(b > 3)> *", "a"),
            ("a<b", "a"),
            ("A::operator<", "A::operator<"),
            ("A::operator< <int> x", "A::operator< <int>"),
            ("A<&B::operator->>", "A<&B::operator->>"),
            ("(anonymous namespace)::a *", "(anonymous namespace)::a"),
            ("a::(anonymous namespace)::b", "a::(anonymous namespace)::b"),
            (
                "a::{impl#0}::{closure_env#1}<T>",
                "a::{impl#0}::{closure_env#1}",
            ),
            ("a::b::", "a::b"),
            ("größe", "größe"),
        ] {
            assert_eq!(&text[..extent(text).unwrap().name], name, "{text}");
        }
        for text in ["", "*", "<a>", "3", "(int)", "::", ":"] {
            assert_eq!(extent(text), None, "{text}");
        }
    }

    #[test]
    fn classes_of_member_pointers_are_told() {
        for (text, name, all) in [
            ("a::*x", "a", "a::*"),
            ("a<b>::c::* const", "a<b>::c", "a<b>::c::*"),
            ("a :: * b", "a", "a :: *"),
        ] {
            let extent = extent(text).unwrap();
            assert_eq!(&text[..extent.name], name);
            assert_eq!(&text[..extent.member_pointer.unwrap()], all);
        }
    }
}
