//! Names of types in C++ and Rust: what stands before the `<`, and short forms to show.

use spelunk_base::Language;
use std::borrow::Cow;

/// The name of a type, with the scope that it stands in and its template arguments:
/// `std::vector<int, std::allocator<int> >`.
#[derive(Clone, Debug)]
pub struct TypeName<'a> {
    full: Cow<'a, str>,
    base: Box<str>,
}

/// Namespaces that programmers do not write: versions of a library's interface.
pub(crate) const INLINE_NAMESPACES: [&str; 5] = ["__cxx11::", "_V2::", "__1::", "__8::", "__fs::"];
/// Template arguments that are what the library takes by itself.
const DEFAULTS: [&str; 10] = [
    "std::allocator<",
    "std::char_traits<",
    "std::default_delete<",
    "std::less<",
    "std::hash<",
    "std::equal_to<",
    "std::deque<",
    "18446744073709551615",
    "alloc::alloc::Global",
    "std::hash::random::RandomState",
];
/// The one of them that only adaptors take by themselves.
const DEQUE: &str = "std::deque<";
/// Templates that take nothing by themselves.
const EXPLICIT: [&str; 3] = ["std::pair", "std::tuple", "std::variant"];
/// Names that programmers have for some templates.
pub(crate) const ALIASES: [(&str, &str); 10] = [
    ("std::basic_string<char>", "std::string"),
    ("std::basic_string<wchar_t>", "std::wstring"),
    ("std::basic_string<char8_t>", "std::u8string"),
    ("std::basic_string<char16_t>", "std::u16string"),
    ("std::basic_string<char32_t>", "std::u32string"),
    ("std::basic_string_view<char>", "std::string_view"),
    ("std::basic_string_view<wchar_t>", "std::wstring_view"),
    ("std::basic_string_view<char8_t>", "std::u8string_view"),
    ("std::basic_string_view<char16_t>", "std::u16string_view"),
    ("std::basic_string_view<char32_t>", "std::u32string_view"),
];
/// Arguments in arguments.
const MAX_DEPTH: u32 = 32;

impl<'a> TypeName<'a> {
    pub(super) fn new(language: Language, scope: Option<&'a str>, name: &'a str) -> Self {
        let full = match scope {
            Some(scope) if !scope.is_empty() => Cow::Owned(format!("{scope}::{name}")),
            _ => Cow::Borrowed(name),
        };
        let end = match language {
            // `&[u8]` and `(A<B>, C)` are names as a whole.
            Language::Rust if full.starts_with(['&', '*', '(', '[']) => full.len(),
            _ => full.find('<').unwrap_or(full.len()),
        };
        let mut base = full.get(..end).unwrap_or("").to_owned();
        if language == Language::Cpp {
            for namespace in INLINE_NAMESPACES {
                base = base.replace(namespace, "");
            }
        }
        Self {
            full,
            base: base.into(),
        }
    }

    /// The whole name.
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The name without template arguments and inline namespaces: `std::vector`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// The arguments in the first angle brackets of a name.
pub(super) fn arguments(name: &str) -> Vec<&str> {
    let Some(start) = name.find('<') else {
        return Vec::new();
    };
    let inner = name.get(start + 1..).unwrap_or("");
    let end = match_bracket(inner);
    split(inner.get(..end).unwrap_or(""))
}

/// Where the `>` is that closes what was opened before `text`.
fn match_bracket(text: &str) -> usize {
    let mut depth = 0i32;
    let mut before = ' ';
    for (place, character) in text.char_indices() {
        match character {
            '<' | '(' | '[' | '{' => depth += 1,
            // The arrow of a function type closes nothing.
            '>' if before == '-' => {}
            '>' if depth == 0 => return place,
            '>' | ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        before = character;
    }
    text.len()
}

/// What stands between commas that are in no brackets.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = find_comma(rest);
        parts.push(rest.get(..end).unwrap_or("").trim());
        match rest.get(end + 1..) {
            Some(next) => rest = next,
            None => break,
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn find_comma(text: &str) -> usize {
    let mut depth = 0i32;
    let mut before = ' ';
    for (place, character) in text.char_indices() {
        match character {
            '<' | '(' | '[' | '{' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => return place,
            _ => {}
        }
        before = character;
    }
    text.len()
}

/// The name as programmers would write it: without arguments that are the default, and, in Rust,
/// without paths.
pub(crate) fn shortened(language: Language, name: &str) -> String {
    let mut out = String::new();
    shorten(language, name, 0, &mut out);
    for (long, short) in ALIASES {
        if language == Language::Cpp && out.contains(long) {
            out = out.replace(long, short);
        }
    }
    out
}

fn shorten(language: Language, name: &str, depth: u32, out: &mut String) {
    let mut rest = name;
    while let Some(start) = rest.find('<').filter(|_| depth < MAX_DEPTH) {
        let head = rest.get(..start).unwrap_or("");
        let inner = rest.get(start + 1..).unwrap_or("");
        let end = match_bracket(inner);
        plain(language, head, out);
        let mut arguments = split(inner.get(..end).unwrap_or(""));
        while arguments.len() > 1 && arguments.last().is_some_and(|last| is_default(head, last)) {
            arguments.pop();
        }
        out.push('<');
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            shorten(language, argument, depth + 1, out);
        }
        out.push('>');
        rest = inner.get(end + 1..).unwrap_or("");
    }
    plain(language, rest, out);
}

/// Whether a template, called this without its own arguments, takes such a last argument by itself.
pub(crate) fn is_default(container: &str, argument: &str) -> bool {
    // As libc++ has them in its own namespace.
    let (container, argument) = (
        container.replace("std::__1::", "std::"),
        argument.replace("std::__1::", "std::"),
    );
    let is_one_of = |names: &[&str]| names.iter().any(|name| container.ends_with(name));
    let is_default = |default: &&str| {
        argument.starts_with(default)
            && (*default != DEQUE || is_one_of(&["std::queue", "std::stack"]))
    };
    !is_one_of(&EXPLICIT) && DEFAULTS.iter().any(is_default)
}

/// A piece of a name without angle brackets, as far as it is shown.
fn plain(language: Language, text: &str, out: &mut String) {
    match language {
        Language::Rust => {
            let mut word = String::new();
            for character in text.chars() {
                match character {
                    ':' => word.clear(),
                    _ if character.is_alphanumeric() || character == '_' => word.push(character),
                    _ => {
                        out.push_str(&word);
                        word.clear();
                        out.push(character);
                    }
                }
            }
            out.push_str(&word);
        }
        _ => {
            let mut text = Cow::Borrowed(text);
            for namespace in INLINE_NAMESPACES {
                if text.contains(namespace) {
                    text = text.replace(namespace, "").into();
                }
            }
            out.push_str(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let name = TypeName::new(
            Language::Cpp,
            Some("std::__cxx11"),
            "list<std::pair<int, char>, std::allocator<int> >",
        );
        assert_eq!(name.base(), "std::list");
        assert_eq!(
            arguments(name.full()),
            ["std::pair<int, char>", "std::allocator<int>"]
        );
        assert_eq!(
            arguments("F<int (*)(int, char), 3>"),
            ["int (*)(int, char)", "3"]
        );
        assert_eq!(
            arguments("F<fn(i32) -> u8, (A, B)>"),
            ["fn(i32) -> u8", "(A, B)"]
        );
        assert_eq!(arguments("broken<a, b"), ["a", "b"]);
        assert!(arguments("int").is_empty());
        let name = TypeName::new(Language::Rust, None, "&[alloc::vec::Vec<u8>]");
        assert_eq!(name.base(), "&[alloc::vec::Vec<u8>]");
    }

    #[test]
    fn short_names_are_those_of_programmers() {
        for (long, short) in [
            ("std::vector<int, std::allocator<int> >", "std::vector<int>"),
            (
                "std::map<int, std::__cxx11::basic_string<char, std::char_traits<char>, \
                 std::allocator<char> >, std::less<int>, std::allocator<std::pair<int const, \
                 std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > \
                 > > >",
                "std::map<int, std::string>",
            ),
            ("std::unique_ptr<F, D>", "std::unique_ptr<F, D>"),
            (
                "std::vector<std::deque<int, std::allocator<int> >, A>",
                "std::vector<std::deque<int>, A>",
            ),
            ("a::b<int>::c<char>", "a::b<int>::c<char>"),
        ] {
            assert_eq!(shortened(Language::Cpp, long), short);
        }
        for (long, short) in [
            ("alloc::vec::Vec<u32, alloc::alloc::Global>", "Vec<u32>"),
            ("&[alloc::string::String]", "&[String]"),
            ("(i32, core::option::Option<a::B>)", "(i32, Option<B>)"),
            (
                "std::collections::hash::map::HashMap<u32, &str, std::hash::random::RandomState>",
                "HashMap<u32, &str>",
            ),
        ] {
            assert_eq!(shortened(Language::Rust, long), short);
        }
    }
}
