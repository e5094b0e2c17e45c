//! Type names: `struct foo *(*[3])(const char *, ...)`, `std::vector<int> &`.
//!
//! A recursive descent over C23's grammar of type names (6.7.8), with the references, pointers to
//! members, scopes and template arguments of C++. What names stand for is asked of the target as
//! soon as the specifiers are read.

use super::declarator_parser::{Missing, Names};
use super::lexer::{Lexer, Token, invalid_character};
use super::primitive::primitive_type;
use super::specifiers::{BIT_INT, Specifiers};
use super::template_name;
use crate::short_name::{self, Accepted};
use crate::{Error, Result, Target, rust_name};
use spelunk_base::Language;
use spelunk_types::{Primitive, QualifiedType, Qualifiers, TypeKind, TypeKinds};

/// The type that C calls `name`: `struct foo *`, `unsigned long [4]`, `size_t`. `filename` says
/// which file defines it.
///
/// Names of C++ and Rust may leave out scopes, and template arguments that are the default, where
/// only one type fits ([`ShortName`](crate::ShortName)) and none has the very name.
///
/// # Errors
///
/// If `name` is no type name, or the target has no such type, or several that it may stand for.
pub fn lookup_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
) -> Result<QualifiedType> {
    if let Some(found) = find(target, name, filename, Accepted::Whole)? {
        return Ok(found);
    }
    if is_cpp(target, name)
        && let Some(found) = find(target, name, filename, Accepted::Short)?
    {
        return Ok(found);
    }
    Err(Error::lookup(match filename {
        Some(filename) => format!("could not find '{name}' in '{filename}'"),
        None => format!("could not find '{name}'"),
    }))
}

/// As [`lookup_type`], but `None` where the target has no type of this very name.
///
/// # Errors
///
/// If `name` is no type name.
pub fn find_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
) -> Result<Option<QualifiedType>> {
    find(target, name, filename, Accepted::Whole)
}

fn find(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
    accepted: Accepted,
) -> Result<Option<QualifiedType>> {
    if rust_name::is_rust(name) {
        let found = rust_name::find_type(target, name, filename, accepted)?;
        if found.is_some() || target.language() == Language::Rust {
            return Ok(found);
        }
    }
    let mut parser = Parser {
        target,
        filename,
        accepted,
        lexer: Lexer::new(name),
        depth: 0,
        operations: 0,
    };
    let ty = match parser.type_name() {
        Ok(ty) => ty,
        Err(Missing::Type) => return Ok(None),
        Err(Missing::Other(error)) => return Err(error),
    };
    match parser.lexer.peek()? {
        None => Ok(Some(ty)),
        Some(_) => Err(Error::syntax("extra tokens after type name")),
    }
}

pub(super) struct Parser<'a> {
    pub(super) target: &'a dyn Target,
    filename: Option<&'a str>,
    accepted: Accepted,
    pub(super) lexer: Lexer<'a>,
    /// Parentheses and lists of parameters that are open.
    pub(super) depth: u32,
    /// Pointers, arrays and functions that were read.
    pub(super) operations: usize,
}

/// What specifiers say.
#[derive(Default)]
struct Specified<'a> {
    qualifiers: Qualifiers,
    /// The keywords of a basic type,
    basic: Specifiers,
    /// a name,
    name: Option<&'a str>,
    /// a keyword and what follows it,
    tag: Option<(TypeKind, &'a str)>,
    /// or what stands in `_Atomic(...)`.
    atomic: Option<QualifiedType>,
}

impl Specified<'_> {
    /// Whether the type is there, and takes no more keywords.
    fn is_taken(&self) -> bool {
        self.name.is_some() || self.tag.is_some() || self.atomic.is_some()
    }

    /// For messages.
    fn describe(&self) -> String {
        match self.tag {
            Some((TypeKind::Struct, _)) => "'struct'".into(),
            Some((TypeKind::Union, _)) => "'union'".into(),
            Some((TypeKind::Class, _)) => "'class'".into(),
            Some(_) => "'enum'".into(),
            None if self.basic.is_empty() => "identifier".into(),
            None => format!("'{}'", self.basic),
        }
    }
}

impl<'a> Parser<'a> {
    /// Specifiers and a declarator without name.
    pub(super) fn type_name(&mut self) -> Result<QualifiedType, Missing> {
        let base = self.specifiers()?.ok_or(Missing::Type)?;
        match self.lexer.peek()? {
            None | Some(Token::RightParenthesis) if self.depth > 0 => return Ok(base),
            None => return Ok(base),
            Some(Token::Comma) => return Err(invalid_character(',').into()),
            Some(_) => {}
        }
        let declarator = self.declarator(Names::Forbidden)?;
        if declarator.is_empty() {
            return Err(Error::syntax("expected abstract declarator").into());
        }
        Ok(self.apply(base, declarator)?)
    }

    /// Specifiers and qualifiers, and the type they call; `None` if the target has none such.
    pub(super) fn specifiers(&mut self) -> Result<Option<QualifiedType>, Missing> {
        let mut specified = Specified::default();
        while let Some(Token::Identifier(word)) = self.lexer.peek()? {
            if word == "_Atomic"
                && !specified.is_taken()
                && specified.basic.is_empty()
                && self.follows(Token::LeftParenthesis)?
            {
                specified.atomic = Some(self.atomic()?);
            } else if let Some(qualifier) = parse_qualifier(word) {
                specified.qualifiers = specified.qualifiers | qualifier;
                self.lexer.next()?;
            } else if let Some(kind) = parse_tag_keyword(word, self.target.language()) {
                if specified.is_taken() || !specified.basic.is_empty() {
                    return Err(cannot_combine(word, &specified.describe()).into());
                }
                self.lexer.next()?;
                specified.tag = Some((kind, self.tag(word)?));
                self.lexer.next()?;
            } else if Specifiers::is_keyword(word)
                || (word == "complex" && self.is_complex(&specified)?)
            {
                if specified.name.is_some_and(|name| name.contains("::")) {
                    break;
                }
                if specified.is_taken() {
                    return Err(cannot_combine(word, &specified.describe()).into());
                }
                specified.basic.add(word)?;
                self.lexer.next()?;
                if word == BIT_INT {
                    specified.basic.set_bit_width(self.bit_width()?);
                }
            } else if specified.is_taken() || !specified.basic.is_empty() {
                break;
            } else {
                specified.name = Some(word);
                self.lexer.next()?;
            }
        }
        let found = match &specified {
            Specified {
                atomic: Some(ty), ..
            } => Some(*ty),
            Specified {
                tag: Some((kind, tag)),
                ..
            } => self.find_tagged(*kind, tag)?,
            Specified {
                name: Some(name), ..
            } => self.find_named(name)?,
            _ if specified.basic.is_empty() => {
                return Err(match self.lexer.peek()? {
                    Some(Token::Comma) if self.depth == 0 => invalid_character(','),
                    _ => Error::syntax("expected type specifier"),
                }
                .into());
            }
            _ => specified.basic.find(self.target, self.filename)?,
        };
        Ok(found.map(|found| QualifiedType {
            id: found.id,
            qualifiers: found.qualifiers | specified.qualifiers,
        }))
    }

    /// What follows `struct`.
    fn tag(&self, keyword: &str) -> Result<&'a str> {
        match self.lexer.peek()? {
            Some(Token::Identifier(tag))
                if !Specifiers::is_keyword(tag)
                    && parse_qualifier(tag).is_none()
                    && parse_tag_keyword(tag, self.target.language()).is_none() =>
            {
                Ok(tag)
            }
            _ => Err(Error::syntax(format!(
                "expected identifier after '{keyword}'"
            ))),
        }
    }

    /// `_Atomic(int)`
    fn atomic(&mut self) -> Result<QualifiedType, Missing> {
        self.lexer.next()?;
        self.lexer.next()?;
        let ty = self.nested(Self::type_name)?;
        if !self.take(Token::RightParenthesis)? {
            return Err(Error::syntax("expected ')'").into());
        }
        Ok(QualifiedType {
            id: ty.id,
            qualifiers: ty.qualifiers | Qualifiers::ATOMIC,
        })
    }

    /// The `(17)` of `_BitInt(17)`.
    fn bit_width(&mut self) -> Result<u32> {
        let expected = || Error::syntax(format!("expected number of bits after '{BIT_INT}'"));
        if !self.take(Token::LeftParenthesis)? {
            return Err(expected());
        }
        let Some(Token::Number(bits)) = self.lexer.next()? else {
            return Err(expected());
        };
        match self.take(Token::RightParenthesis)? {
            true => Ok(u32::try_from(bits).unwrap_or(u32::MAX)),
            false => Err(Error::syntax("expected ')'")),
        }
    }

    /// Whether `complex` is the keyword that gcc writes into debugging information
    /// (`complex double`), not a name.
    fn is_complex(&self, specified: &Specified<'_>) -> Result<bool> {
        if specified.is_taken() {
            return Ok(false);
        }
        let mut ahead = self.lexer.clone();
        ahead.next()?;
        Ok(!specified.basic.is_empty()
            || matches!(ahead.next()?, Some(Token::Identifier(word)) if Specifiers::is_keyword(word)))
    }

    fn find(&self, kinds: TypeKinds, name: &str) -> Result<Option<QualifiedType>> {
        let name = name.strip_prefix("::").unwrap_or(name).trim_ascii();
        if let Some(found) = self.target.find_type(kinds, name, self.filename)? {
            return Ok(Some(found));
        }
        for spelling in template_name::spellings(name) {
            if let Some(found) = self.target.find_type(kinds, &spelling, self.filename)? {
                return Ok(Some(found));
            }
        }
        match self.accepted {
            Accepted::Short if is_cpp(self.target, name) => {
                short_name::find_type(self.target, kinds, name, self.filename)
            }
            _ => Ok(None),
        }
    }

    fn find_tagged(&self, kind: TypeKind, tag: &str) -> Result<Option<QualifiedType>> {
        let mut kinds = TypeKinds::of(kind);
        // The same in C++ but for who may look inside.
        if matches!(kind, TypeKind::Struct | TypeKind::Class) && is_cpp(self.target, tag) {
            kinds = kinds.with(TypeKind::Struct).with(TypeKind::Class);
        }
        self.find(kinds, tag)
    }

    /// A typedef, or in C++ any type that has the name; a basic type that is called otherwise.
    pub(super) fn find_named(&self, name: &str) -> Result<Option<QualifiedType>> {
        let mut kinds = TypeKinds::of(TypeKind::Typedef);
        if is_cpp(self.target, name) {
            kinds = kinds
                .with(TypeKind::Struct)
                .with(TypeKind::Union)
                .with(TypeKind::Class)
                .with(TypeKind::Enum)
                .with(TypeKind::Int)
                .with(TypeKind::Bool)
                .with(TypeKind::Float);
        }
        if let Some(found) = self.find(kinds, name)? {
            return Ok(Some(found));
        }
        match (name, Primitive::parse(name)) {
            (_, Some(primitive @ (Primitive::SizeT | Primitive::PtrdiffT))) => {
                primitive_type(self.target, primitive).map(Some)
            }
            // A keyword in C++ and C23, which compilers keep for a name.
            ("bool", _) => match self.find(TypeKind::Bool.into(), name)? {
                None if is_cpp(self.target, name) && self.filename.is_none() => {
                    primitive_type(self.target, Primitive::Bool).map(Some)
                }
                found => Ok(found),
            },
            _ => Ok(None),
        }
    }

    pub(super) fn take(&mut self, token: Token<'_>) -> Result<bool> {
        let is_next = self.lexer.peek()? == Some(token);
        if is_next {
            self.lexer.next()?;
        }
        Ok(is_next)
    }

    /// Whether `token` comes after the next one.
    fn follows(&self, token: Token<'_>) -> Result<bool> {
        let mut ahead = self.lexer.clone();
        ahead.next()?;
        Ok(ahead.next()? == Some(token))
    }
}

/// Whether a name is one of C++ or Rust.
fn is_cpp(target: &dyn Target, name: &str) -> bool {
    target.language() != Language::C || name.contains("::") || name.contains('<')
}

pub(super) fn parse_qualifier(word: &str) -> Option<Qualifiers> {
    Some(match word {
        "const" | "__const" | "__const__" => Qualifiers::CONST,
        "volatile" | "__volatile" | "__volatile__" => Qualifiers::VOLATILE,
        "restrict" | "__restrict" | "__restrict__" => Qualifiers::RESTRICT,
        "_Atomic" => Qualifiers::ATOMIC,
        _ => return None,
    })
}

/// The kind that a tag's keyword introduces. `class` is a name like others in C, and the kernel
/// has a `struct class`.
fn parse_tag_keyword(word: &str, language: Language) -> Option<TypeKind> {
    Some(match word {
        "struct" => TypeKind::Struct,
        "union" => TypeKind::Union,
        "class" if language != Language::C => TypeKind::Class,
        "enum" => TypeKind::Enum,
        _ => return None,
    })
}

/// Whether `word` can be the name of nothing.
pub(super) fn is_reserved(word: &str, language: Language) -> bool {
    Specifiers::is_keyword(word)
        || parse_qualifier(word).is_some()
        || parse_tag_keyword(word, language).is_some()
}

pub(super) fn cannot_combine(word: &str, with: &str) -> Error {
    Error::syntax(format!("cannot combine '{word}' with {with}"))
}
