//! Names of types as they are shown, which leave out what programmers do: `Vec<u32>` for
//! `alloc::vec::Vec<u32, alloc::alloc::Global>`, `std::vector<int>` for
//! `std::vector<int, std::allocator<int> >`.
//!
//! A short name fits a whole one if it has its last component, any of the scopes before that, in
//! order, and its template arguments up to those that are the default; arguments may be short
//! names themselves. Where it fits several, those with all their scopes go first.

use crate::c::gcc_spelling;
use crate::printer::{ALIASES, INLINE_NAMESPACES, is_default};
use crate::{Error, Result, Target};
use spelunk_types::{QualifiedType, TypeKinds};

/// Brackets in brackets.
const MAX_DEPTH: u32 = 32;
/// Types that a message lists which a name may stand for.
const MAX_LISTED: usize = 8;

/// Which names lead to a type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// Its own.
    Whole,
    /// Short ones, too.
    Short,
}

/// The type that a name stands for which leaves something out; `None` if it fits none.
///
/// # Errors
///
/// A lookup error that lists them if it fits several.
pub(crate) fn find_type(
    target: &dyn Target,
    kinds: TypeKinds,
    name: &str,
    filename: Option<&str>,
) -> Result<Option<QualifiedType>> {
    let Some(name) = ShortName::parse(name) else {
        return Ok(None);
    };
    let mut whole = target.find_whole_names(kinds, &name)?;
    whole.sort();
    let has_scopes = |whole: &str| name.fits_with(Scopes::Versions, whole);
    if whole.len() > 1 && whole.iter().any(|whole| has_scopes(whole)) {
        whole.retain(|whole| has_scopes(whole));
    }
    // What Rust's own tables are made of has their names.
    let is_inner = |whole: &str| whole.starts_with("hashbrown::");
    if whole.len() > 1 && whole.iter().any(|whole| !is_inner(whole)) {
        whole.retain(|whole| !is_inner(whole));
    }
    match &whole[..] {
        [] => Ok(None),
        [one] => target.find_type(kinds, one, filename),
        several => {
            let listed = several.get(..MAX_LISTED).unwrap_or(several);
            let more = match several.len() - listed.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            Err(Error::lookup(format!(
                "'{}' may be {}{more}; write more of the name",
                name.text,
                listed.join(", ")
            )))
        }
    }
}

/// A name that may leave something out.
#[derive(Clone, Debug)]
pub struct ShortName {
    text: Box<str>,
    pieces: Vec<Piece>,
    /// The last component, without arguments.
    word: Box<str>,
}

/// A part of a type's name: `const A::B<C>*` has three.
#[derive(Clone, Debug)]
enum Piece {
    Path(Vec<Component>),
    Symbol(char),
}

/// A name between scopes.
#[derive(Clone, Debug)]
struct Component {
    name: Box<str>,
    arguments: Option<Vec<Argument>>,
}

#[derive(Clone, Debug)]
struct Argument {
    text: Box<str>,
    pieces: Vec<Piece>,
}

impl ShortName {
    /// The name in `text`; `None` if its brackets do not match, or there is no name in it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut pieces = parse(text)?;
        expand_aliases(&mut pieces);
        let word = pieces.iter().rev().find_map(|piece| match piece {
            Piece::Path(path) => path.last().map(|last| last.name.clone()),
            Piece::Symbol(_) => None,
        })?;
        Some(Self {
            text: text.into(),
            pieces,
            word,
        })
    }

    /// The name as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A word that all names have that this one fits: the last component without its arguments.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Whether this stands for the type that is called `name`.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        self.may_fit(name) && self.fits_with(Scopes::Any, name)
    }

    /// False for nearly all names that this does not stand for, which is told at a glance: a large
    /// program has a hundred thousand with `vector` in them.
    fn may_fit(&self, name: &str) -> bool {
        // Brackets in characters and in names of operators do not match.
        let is_plain = matches!(self.pieces[..], [Piece::Path(_)])
            && !name.contains('\'')
            && !name.contains("operator");
        let is_it = |last: &str| {
            let behind = last.strip_prefix(&*self.word).map(str::trim_ascii_start);
            behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('<'))
        };
        name.contains(&*self.word) && (!is_plain || is_it(last_component(name)))
    }

    fn fits_with(&self, scopes: Scopes, name: &str) -> bool {
        parse(name).is_some_and(|whole| all_fit(&self.pieces, &whole, scopes))
    }
}

/// What stands behind the last `::` that is in no brackets.
fn last_component(name: &str) -> &str {
    let (mut start, mut open, mut round, mut before) = (0, 0_usize, 0_usize, 0);
    for (index, byte) in name.bytes().enumerate() {
        match byte {
            b'(' | b'{' => round = round.saturating_add(1),
            b')' | b'}' => round = round.saturating_sub(1),
            // In there, these may compare.
            _ if round > 0 => {}
            // What a function returns.
            b'>' if before == b'-' => {}
            b'<' | b'[' => open = open.saturating_add(1),
            b'>' | b']' => open = open.saturating_sub(1),
            b':' if before == b':' && open == 0 => start = index.saturating_add(1),
            _ => {}
        }
        before = byte;
    }
    name.get(start..).unwrap_or("").trim_ascii_start()
}

/// Which scopes may be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scopes {
    Any,
    /// Versions of a library's interface, which programmers do not write.
    Versions,
}

fn parse(text: &str) -> Option<Vec<Piece>> {
    // What is in it may be left out like any scope.
    let text = text.replace("(anonymous namespace)::", "");
    let spelled = gcc_spelling(&text);
    let mut parser = Parser {
        rest: spelled.as_deref().unwrap_or(&text),
        depth: 0,
    };
    let pieces = parser.pieces()?;
    parser.rest.is_empty().then_some(pieces)
}

struct Parser<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Parser<'a> {
    /// What stands up to the end, or a comma or bracket of the name around.
    fn pieces(&mut self) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut open = 0u32;
        loop {
            self.skip_blanks();
            if let Some(path) = self.path()? {
                pieces.push(Piece::Path(path));
                continue;
            }
            let Some(symbol) = self.rest.chars().next() else {
                break;
            };
            match symbol {
                '(' | '[' => open = open.checked_add(1)?,
                ')' | ']' => open = open.checked_sub(1)?,
                ',' | '>' if open == 0 && !self.rest.starts_with("->") => break,
                _ => {}
            }
            // The arrow of a function type closes nothing.
            let length = match self.rest.starts_with("->") {
                true => 2,
                false => symbol.len_utf8(),
            };
            self.skip(length);
            pieces.push(Piece::Symbol(symbol));
        }
        (open == 0).then_some(pieces)
    }

    /// `A::B<C>::D`, if it comes next.
    fn path(&mut self) -> Option<Option<Vec<Component>>> {
        let mut path = Vec::new();
        while let Some(name) = self.name() {
            self.skip_blanks();
            let arguments = match self.rest.starts_with('<') {
                true => Some(self.arguments()?),
                false => None,
            };
            path.push(Component {
                name: name.into(),
                arguments,
            });
            self.skip_blanks();
            if !self.rest.starts_with("::") || self.rest.starts_with("::*") {
                break;
            }
            self.skip(2);
            self.skip_blanks();
        }
        Some((!path.is_empty()).then_some(path))
    }

    /// A word, or a name that a compiler made up: `{closure_env#0}`.
    fn name(&mut self) -> Option<&'a str> {
        let length = match self.rest.starts_with('{') {
            true => self.rest.find('}')? + 1,
            false => {
                let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
                let end = self.rest.find(|c| !is_word(c));
                end.unwrap_or(self.rest.len())
            }
        };
        let name = self.rest.get(..length)?;
        self.skip(length);
        (length > 0).then_some(name)
    }

    fn arguments(&mut self) -> Option<Vec<Argument>> {
        self.depth = Some(self.depth + 1).filter(|depth| *depth <= MAX_DEPTH)?;
        let mut arguments = Vec::new();
        loop {
            self.skip(1);
            let before = self.rest;
            let pieces = self.pieces()?;
            let length = before.len().checked_sub(self.rest.len())?;
            let text = before.get(..length)?.trim_ascii().into();
            if !pieces.is_empty() {
                arguments.push(Argument { text, pieces });
            }
            match self.rest.chars().next()? {
                ',' => {}
                _ => break,
            }
        }
        self.skip(1);
        self.depth -= 1;
        Some(arguments)
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or("");
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }
}

/// `std::string` is shown in place of the template that it is a name of.
fn expand_aliases(pieces: &mut [Piece]) {
    for piece in pieces {
        let Piece::Path(path) = piece else {
            continue;
        };
        for component in path.iter_mut() {
            for argument in component.arguments.iter_mut().flatten() {
                expand_aliases(&mut argument.pieces);
            }
        }
        let [.., scope, last] = &mut path[..] else {
            continue;
        };
        if &*scope.name != "std" || last.arguments.is_some() {
            continue;
        }
        let alias = ALIASES
            .iter()
            .find(|(_, alias)| alias.strip_prefix("std::") == Some(&last.name));
        let meaning = alias.and_then(|(meaning, _)| parse(meaning));
        if let Some([Piece::Path(meaning)]) = meaning.as_deref()
            && let Some(meaning) = meaning.last()
        {
            *last = meaning.clone();
        }
    }
}

fn all_fit(short: &[Piece], whole: &[Piece], scopes: Scopes) -> bool {
    short.len() == whole.len()
        && short.iter().zip(whole).all(|pieces| match pieces {
            (Piece::Symbol(short), Piece::Symbol(whole)) => short == whole,
            (Piece::Path(short), Piece::Path(whole)) => path_fits(short, whole, scopes),
            _ => false,
        })
}

fn path_fits(short: &[Component], whole: &[Component], scopes: Scopes) -> bool {
    let (Some((last, mut before)), Some((own, mut around))) =
        (short.split_last(), whole.split_last())
    else {
        return false;
    };
    if !component_fits(last, own, around, scopes) {
        return false;
    }
    while let Some((scope, outer)) = around.split_last() {
        around = outer;
        match before.split_last() {
            Some((wanted, rest)) if component_fits(wanted, scope, outer, scopes) => before = rest,
            _ if scopes == Scopes::Versions && !is_version(scope) => return false,
            _ => {}
        }
    }
    before.is_empty()
}

fn is_version(scope: &Component) -> bool {
    let mut versions = INLINE_NAMESPACES.iter();
    versions.any(|version| version.strip_suffix("::") == Some(&scope.name))
}

/// Whether a component stands for the one that has these scopes before it.
fn component_fits(
    short: &Component,
    whole: &Component,
    around: &[Component],
    scopes: Scopes,
) -> bool {
    if short.name != whole.name {
        return false;
    }
    let (given, all) = match (&short.arguments, &whole.arguments) {
        (None, None) => return true,
        (Some(given), Some(all)) => (given, all),
        _ => return false,
    };
    let Some((same, rest)) = all.split_at_checked(given.len()) else {
        return false;
    };
    let mut template = String::new();
    for scope in around {
        template.push_str(&scope.name);
        template.push_str("::");
    }
    template.push_str(&whole.name);
    let mut pairs = given.iter().zip(same);
    pairs.all(|(given, own)| all_fit(&given.pieces, &own.pieces, scopes))
        && rest
            .iter()
            .all(|left_out| is_default(&template, &left_out.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_component_stands_behind_brackets_of_all_kinds() {
        for (name, last) in [
            ("o::f(std::map<int, u>)::t<int>", "t<int>"),
            ("f::<lambda(a<b>)>::t", "t"),
            ("a<(b>3)>::t<c::d>", "t<c::d>"),
            (
                "m::Box<dyn Fn(i32) -> a::u, a::Global>",
                "Box<dyn Fn(i32) -> a::u, a::Global>",
            ),
            ("m::f::{closure#0}::t", "t"),
            ("t", "t"),
        ] {
            assert_eq!(last_component(name), last);
        }
    }

    #[test]
    fn short_names_fit_whole_ones() {
        for (short, whole) in [
            ("Vec<u32>", "alloc::vec::Vec<u32, alloc::alloc::Global>"),
            (
                "vec::Vec<u32>",
                "alloc::vec::Vec<u32, alloc::alloc::Global>",
            ),
            (
                "Vec<u32, Global>",
                "alloc::vec::Vec<u32, alloc::alloc::Global>",
            ),
            (
                "Vec<String>",
                "alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>",
            ),
            ("(i32, Option<B>)", "(i32, core::option::Option<a::B>)"),
            ("&mut [String]", "&mut [alloc::string::String]"),
            (
                "Box<dyn Fn(i32) -> u8>",
                "alloc::boxed::Box<dyn core::ops::function::Fn(i32) -> u8, alloc::alloc::Global>",
            ),
            (
                "HashMap<u32,&str>",
                "std::collections::hash::map::HashMap<u32, &str, std::hash::random::RandomState>",
            ),
            ("{closure_env#0}", "program::main::{closure_env#0}"),
            ("std::vector<int>", "std::vector<int, std::allocator<int> >"),
            (
                "std::vector<int, std::allocator<int>>",
                "std::vector<int, std::allocator<int> >",
            ),
            (
                "vector<unsigned long>",
                "std::vector<long unsigned int, std::allocator<long unsigned int> >",
            ),
            (
                "std::vector<char const *>",
                "std::vector<const char *, std::allocator<const char *> >",
            ),
            (
                "std::vector<std::string>",
                "std::vector<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, std::allocator<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > >",
            ),
            (
                "std::string",
                "std::basic_string<char, std::char_traits<char>, std::allocator<char>>",
            ),
            (
                "std::map<int, std::list<int>>::iterator",
                "std::map<int, std::__cxx11::list<int, std::allocator<int> >, std::less<int>, std::allocator<std::pair<int const, std::__cxx11::list<int, std::allocator<int> > > > >::iterator",
            ),
            ("std::array<int, 3>", "std::array<int, 3ul>"),
            ("o::t", "o::v1::t"),
            ("t", "o::v1::t"),
            ("a::t", "a::(anonymous namespace)::t"),
            ("a<(b>3)>::t", "x::a<(b>3)>::t"),
        ] {
            let name = ShortName::parse(short).unwrap();
            assert!(name.fits(whole), "{short} {whole}: {name:?}");
            assert!(ShortName::parse(whole).unwrap().fits(whole), "{whole}");
        }
    }

    #[test]
    fn other_names_do_not_fit() {
        for (short, whole) in [
            ("Vec<u32>", "alloc::vec::Vec<u64, alloc::alloc::Global>"),
            ("Vec<u32>", "alloc::vec::Vec<u32, my::Allocator>"),
            ("Vec", "alloc::vec::Vec<u32, alloc::alloc::Global>"),
            ("alloc::Vec<u32>::T", "alloc::vec::Vec<u32>"),
            ("t", "o::t::v"),
            ("o::t", "o::t::v"),
            ("b::a::t", "a::b::t"),
            ("std::pair<int>", "std::pair<int, std::allocator<int> >"),
            ("string", "std::basic_string<char>"),
            ("A<int>", "A<int*>"),
            ("ector<int>", "std::vector<int>"),
        ] {
            assert!(
                !ShortName::parse(short).unwrap().fits(whole),
                "{short} {whole}"
            );
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "*", "a<b", "a>", "a<(b>", "::", "a)"] {
            assert!(ShortName::parse(text).is_none(), "{text}");
        }
        let deep = "A<".repeat(10_000) + &">".repeat(10_000);
        assert!(ShortName::parse(&deep).is_none());
    }
}
