//! Names with template arguments as compilers spell them in debugging information.
//!
//! A name is looked up as a whole, so `A<unsigned long, char const *>` must be spelled as its
//! compiler did: `A<long unsigned int, char const*>` by gcc, `A<unsigned long, const char *>` by
//! clang. (gcc's come from `cp/error.c`, clang's from `TypePrinter.cpp`.)

use super::lexer::{Lexer, Token};
use super::qualified_name::find_outside;
use super::specifiers::Specifiers;
use super::type_parser::parse_qualifier;
use spelunk_types::{Primitive, Qualifiers};

/// Arguments in arguments.
const MAX_DEPTH: u32 = 32;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Compiler {
    Gcc,
    Clang,
}

#[derive(Clone, Copy)]
struct Style {
    compiler: Compiler,
    /// Whether numbers say that they are `unsigned long`, as sizes do under clang and old gcc.
    suffix: bool,
}

/// Other spellings of a name with blanks or template arguments, each once.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let mut spellings: Vec<String> = Vec::new();
    if !name.contains(['<', ' ', '\t', '\n']) {
        return spellings;
    }
    let mut add = |spelling: Option<String>| {
        if let Some(spelling) = spelling
            && spelling != name
            && !spellings.contains(&spelling)
        {
            spellings.push(spelling);
        }
    };
    for compiler in [Compiler::Gcc, Compiler::Clang] {
        for suffix in [false, true] {
            add(respell(name, Style { compiler, suffix }, 0));
        }
    }
    add(Some(compact(name)));
    spellings
}

/// The name as gcc spells it, numbers without suffix; `None` where it makes no sense.
pub(crate) fn gcc_spelling(name: &str) -> Option<String> {
    let style = Style {
        compiler: Compiler::Gcc,
        suffix: false,
    };
    respell(name, style, 0)
}

/// `A<B<C>, D>`: as Rust spells generic types.
pub(crate) fn compact(name: &str) -> String {
    let mut text = String::new();
    let mut words = name.split_ascii_whitespace();
    text.extend(words.next());
    for word in words {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let starts = |c: char| is_word(c) || matches!(c, '&' | '*' | '[' | '\'');
        let is_apart = matches!(text.chars().next_back(), Some(',' | ';' | '>' | ']' | ')'))
            && !word.starts_with(['>', ',', ':', ')', ']'])
            || text.ends_with(is_word) && word.starts_with(starts)
            || (text.ends_with("*const") || text.ends_with("mut")) && word.starts_with('(')
            || text.ends_with("->")
            || word.starts_with("->");
        if is_apart {
            text.push(' ');
        }
        text += word;
    }
    let mut spaced = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        spaced.push(character);
        if character == ',' && rest.peek().is_some_and(|next| *next != ' ') {
            spaced.push(' ');
        }
    }
    spaced
}

/// The name, its arguments in this style; `None` where they make no sense.
fn respell(name: &str, style: Style, depth: u32) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut text = String::new();
    let mut rest = name.trim_ascii();
    while let Some(start) = rest.find('<').filter(|start| {
        !rest
            .get(..*start)
            .is_some_and(|before| before.ends_with("operator"))
    }) {
        let (before, arguments) = (rest.get(..start)?, rest.get(start + 1..)?);
        text.extend(before.chars().filter(|c| !c.is_ascii_whitespace()));
        let end = find_outside(arguments, |c| c == '>')?;
        text.push('<');
        let inner = arguments.get(..end)?;
        if !before.trim_ascii_end().ends_with("::") && !before.is_empty() {
            text += &list(inner, style, depth)?;
        } else {
            // A name that the compiler made up.
            text += inner;
        }
        if text.ends_with('>') {
            text.push(' ');
        }
        text.push('>');
        rest = arguments.get(end + 1..)?;
    }
    match rest.contains(['(', '<', '{']) {
        true => text += rest,
        false => text.extend(rest.chars().filter(|c| !c.is_ascii_whitespace())),
    }
    Some(text)
}

/// Arguments of a template, or parameters of a function.
fn list(text: &str, style: Style, depth: u32) -> Option<String> {
    let mut arguments = Vec::new();
    let mut rest = text;
    while !rest.trim_ascii().is_empty() {
        let end = find_outside(rest, |c| c == ',').unwrap_or(rest.len());
        let argument = rest.get(..end)?.trim_ascii();
        arguments.push(match spell_type(argument, style, depth) {
            Some(ty) => ty,
            None => constant(argument, style),
        });
        rest = rest.get(end + 1..).unwrap_or("");
    }
    Some(arguments.join(", "))
}

/// An argument that is no type.
fn constant(text: &str, style: Style) -> String {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, suffix) = text.split_at_checked(end).unwrap_or((text, ""));
    if digits.is_empty() || !suffix.chars().all(|c| matches!(c, 'u' | 'U' | 'l' | 'L')) {
        return text.into();
    }
    match (style.compiler, style.suffix) {
        (Compiler::Gcc, false) => digits.into(),
        (_, true) if suffix.is_empty() => match style.compiler {
            Compiler::Gcc => format!("{digits}ul"),
            Compiler::Clang => format!("{digits}UL"),
        },
        (Compiler::Gcc, true) => format!("{digits}{}", suffix.to_ascii_lowercase()),
        (Compiler::Clang, _) => format!("{digits}{}", suffix.to_ascii_uppercase()),
    }
}

fn spell_type(text: &str, style: Style, depth: u32) -> Option<String> {
    let mut lexer = Lexer::new(text);
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next().ok()? {
        tokens.push(token);
    }
    let mut speller = Speller {
        tokens: &tokens,
        style,
        depth: depth + 1,
        text: String::new(),
    };
    speller.whole_type()?;
    speller.tokens.is_empty().then_some(speller.text)
}

/// Writes a type name, token by token.
struct Speller<'a> {
    tokens: &'a [Token<'a>],
    style: Style,
    depth: u32,
    text: String,
}

impl<'a> Speller<'a> {
    fn take(&mut self) -> Option<Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    fn is_gcc(&self) -> bool {
        self.style.compiler == Compiler::Gcc
    }

    fn whole_type(&mut self) -> Option<()> {
        let mut qualifiers = Qualifiers::NONE;
        let mut basic = Specifiers::default();
        let mut name = None;
        while let Some(Token::Identifier(word)) = self.tokens.first() {
            if let Some(qualifier) = parse_qualifier(word) {
                qualifiers = qualifiers | qualifier;
            } else if Specifiers::is_keyword(word) {
                basic.add(word).ok()?;
            } else if !matches!(*word, "struct" | "class" | "union" | "enum" | "typename") {
                if name.is_some() {
                    return None;
                }
                name = Some(*word);
            }
            self.take();
        }
        let base = match name {
            Some(name) if basic.is_empty() => respell(name, self.style, self.depth)?,
            None if !basic.is_empty() => self.basic(basic)?,
            _ => return None,
        };
        let keywords: Vec<&str> = qualifiers.keywords().collect();
        // gcc has them behind its own types, and before others.
        let is_behind = self.is_gcc()
            && name.is_none_or(|name| {
                matches!(
                    name,
                    "bool" | "wchar_t" | "char8_t" | "char16_t" | "char32_t"
                )
            });
        if !is_behind {
            keywords.iter().for_each(|word| {
                self.text += word;
                self.text.push(' ');
            });
        }
        self.text += &base;
        if is_behind {
            keywords.iter().for_each(|word| {
                self.text.push(' ');
                self.text += word;
            });
        }
        self.declarator()
    }

    fn basic(&self, basic: Specifiers) -> Option<String> {
        use Primitive as P;
        let primitive = basic.primitive()?;
        Some(
            match (self.is_gcc(), primitive) {
                (_, P::Bool) => "bool",
                (true, P::Short) => "short int",
                (true, P::UnsignedShort) => "short unsigned int",
                (true, P::Long) => "long int",
                (true, P::UnsignedLong) => "long unsigned int",
                (true, P::LongLong) => "long long int",
                (true, P::UnsignedLongLong) => "long long unsigned int",
                (true, P::UnsignedInt128) => "__int128 unsigned",
                _ => primitive.name(),
            }
            .into(),
        )
    }

    /// Pointers and what follows them, up to a parenthesis or comma of the type around.
    fn declarator(&mut self) -> Option<()> {
        while let Some(token) = self.tokens.first().copied() {
            match token {
                Token::Asterisk => self.pointer("*"),
                Token::Ampersand => self.pointer("&"),
                Token::DoubleAmpersand => self.pointer("&&"),
                Token::Identifier(word) if parse_qualifier(word).is_some() => {
                    if self.is_gcc() || !self.text.ends_with('*') {
                        self.text.push(' ');
                    }
                    self.text += match (matches!(word, "const" | "volatile"), self.is_gcc()) {
                        (true, _) => word,
                        (false, true) => "__restrict__",
                        (false, false) => "__restrict",
                    };
                }
                Token::MemberPointer(class) => {
                    if !self.text.ends_with('(') {
                        self.text.push(' ');
                    }
                    self.text += &respell(class, self.style, self.depth)?;
                    self.text += "::*";
                }
                Token::LeftParenthesis => {
                    self.take();
                    self.parentheses()?;
                    continue;
                }
                Token::LeftBracket => {
                    self.take();
                    self.array()?;
                    continue;
                }
                _ => return Some(()),
            }
            self.take();
        }
        Some(())
    }

    fn pointer(&mut self, sigil: &str) {
        if !self.is_gcc() && !self.text.ends_with(['*', '&', '(']) {
            self.text.push(' ');
        }
        self.text += sigil;
    }

    /// A declarator in parentheses, or parameters.
    fn parentheses(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        match self.tokens.first()? {
            Token::Asterisk
            | Token::Ampersand
            | Token::DoubleAmpersand
            | Token::MemberPointer(_) => {
                if self.is_gcc() || !self.text.ends_with(['*', '&']) {
                    self.text.push(' ');
                }
                self.text.push('(');
                self.declarator()?;
            }
            _ => {
                if !self.is_gcc() && !self.text.ends_with([')', '*', '&']) {
                    self.text.push(' ');
                }
                self.text.push('(');
                self.parameters()?;
            }
        }
        self.text.push(')');
        self.depth -= 1;
        (self.take()? == Token::RightParenthesis).then_some(())
    }

    fn parameters(&mut self) -> Option<()> {
        loop {
            match self.tokens.first()? {
                Token::RightParenthesis => return Some(()),
                Token::Comma => {
                    self.text += ", ";
                    self.take();
                }
                Token::Ellipsis => {
                    self.text += "...";
                    self.take();
                }
                _ => {
                    let outer = std::mem::take(&mut self.text);
                    self.whole_type()?;
                    self.text.insert_str(0, &outer);
                }
            }
        }
    }

    fn array(&mut self) -> Option<()> {
        if self.is_gcc() && !self.text.ends_with([')', ']']) {
            self.text.push(' ');
        }
        self.text.push('[');
        if let Token::Number(length) = self.tokens.first()? {
            self.text += &length.to_string();
            self.take();
        }
        self.text.push(']');
        (self.take()? == Token::RightBracket).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What g++ 12 and clang++ 19 write for the same types.
    const NAMES: &[[&str; 2]] = &[
        ["P<char const*>", "P<const char *>"],
        ["P<int const>", "P<const int>"],
        ["P<const volatile E*>", "P<const volatile E *>"],
        ["P<const S (*)[2]>", "P<const S (*)[2]>"],
        ["P<bool const*>", "P<const bool *>"],
        ["P<int const&(int)>", "P<const int &(int)>"],
        ["P<void (* const)(int)>", "P<void (*const)(int)>"],
        ["P<int const S::*>", "P<const int S::*>"],
        [
            "P<double const* __restrict__>",
            "P<const double *__restrict>",
        ],
        ["P<int const [2][3]>", "P<const int[2][3]>"],
        ["P<void (* (*)(int))(char*)>", "P<void (*(*)(int))(char *)>"],
        ["P<char const&>", "P<const char &>"],
        ["P<const a::S>", "P<const a::S>"],
        ["P<int (*)(int, ...)>", "P<int (*)(int, ...)>"],
        ["P<int (a::S::*)(int)>", "P<int (a::S::*)(int)>"],
        ["P<int [3]>", "P<int[3]>"],
        ["P<int a::S::*>", "P<int a::S::*>"],
        [
            "P<int const volatile* const>",
            "P<const volatile int *const>",
        ],
        ["P<int&&>", "P<int &&>"],
        ["P<int* (*)[3]>", "P<int *(*)[3]>"],
        ["P<int**>", "P<int **>"],
        ["P<void (*)()>", "P<void (*)()>"],
        ["P<void()>", "P<void ()>"],
        ["a::P<a::P<int> >", "a::P<a::P<int> >"],
        [
            "Pk<unsigned int, long long int, long long unsigned int, short int, short unsigned int>",
            "Pk<unsigned int, long long, unsigned long long, short, unsigned short>",
        ],
        [
            "Pk<signed char, bool, wchar_t>",
            "Pk<signed char, bool, wchar_t>",
        ],
        ["V<true, 'a', -7>", "V<true, 'a', -7>"],
        ["T2<(a::S::E)1>", "T2<(a::S::E)1>"],
        ["T4<&a::S::m>", "T4<&a::S::m>"],
        ["Pk<>", "Pk<>"],
        [
            "function<int(char, long int const&)>",
            "function<int (char, const long &)>",
        ],
        [
            "unique_ptr<char const*, std::default_delete<char const*> >",
            "unique_ptr<const char *, std::default_delete<const char *> >",
        ],
    ];

    #[test]
    fn either_compilers_spelling_leads_to_both() {
        for names in NAMES {
            for name in names {
                for (compiler, expected) in [Compiler::Gcc, Compiler::Clang].into_iter().zip(names)
                {
                    let style = Style {
                        compiler,
                        suffix: false,
                    };
                    assert_eq!(
                        respell(name, style, 0).as_deref(),
                        Some(*expected),
                        "{name}"
                    );
                }
            }
        }
    }

    #[test]
    fn people_spell_as_they_like() {
        for (name, spelling) in [
            (
                "std::vector<int,std::allocator<int>>",
                "std::vector<int, std::allocator<int> >",
            ),
            ("std :: vector < int >", "std::vector<int>"),
            ("A<unsigned,3ul>", "A<unsigned int, 3>"),
            ("A<unsigned,3>", "A<unsigned int, 3UL>"),
            ("A<struct B const*>", "A<const B*>"),
            ("A<int const*>::B<long>", "A<const int *>::B<long>"),
            ("A<B<C> , D>", "A<B<C>, D>"),
            ("Vec<Option<u32> >", "Vec<Option<u32>>"),
            ("Vec<&str,u8>", "Vec<&str, u8>"),
        ] {
            let all = spellings(name);
            assert!(all.contains(&spelling.to_owned()), "{name}: {all:?}");
        }
        assert!(spellings("A::B").is_empty());
        let deep = "A<".repeat(10_000) + &">".repeat(10_000);
        assert!(spellings(&deep).len() <= 1);
    }
}
