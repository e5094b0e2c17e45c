//! Type names: `struct foo *(*[3])(const char *, ...)`.
//!
//! A recursive descent over C11's grammar of type names (6.7.7). What names stand for is asked of
//! the target as soon as the specifiers are read.

use super::lexer::{Lexer, Token};
use super::primitive::{Primitive, primitive_type};
use super::specifiers::Specifiers;
use crate::layout::too_deep;
use crate::{Error, Result, Target, object};
use spelunk_base::Language;
use spelunk_types::{Parameter, QualifiedType, Qualifiers, Type, TypeData, TypeKind, TypeKinds};

/// Parentheses in parentheses.
const MAX_DEPTH: u32 = 64;
/// Pointers, arrays and functions in one name.
const MAX_OPERATIONS: usize = 10_000;

/// The type that C calls `name`: `struct foo *`, `unsigned long [4]`, `size_t`. `filename` says
/// which file defines it.
///
/// # Errors
///
/// If `name` is no type name, or the target has no such type.
pub fn lookup_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
) -> Result<QualifiedType> {
    find_type(target, name, filename)?.ok_or_else(|| {
        Error::lookup(match filename {
            Some(filename) => format!("could not find '{name}' in '{filename}'"),
            None => format!("could not find '{name}'"),
        })
    })
}

/// As [`lookup_type`], but `None` where the target has no such type.
///
/// # Errors
///
/// If `name` is no type name.
pub fn find_type(
    target: &dyn Target,
    name: &str,
    filename: Option<&str>,
) -> Result<Option<QualifiedType>> {
    let mut parser = Parser {
        target,
        filename,
        lexer: Lexer::new(name),
        depth: 0,
        operations: 0,
    };
    let Some(base) = parser.specifiers()? else {
        return Ok(None);
    };
    if parser.lexer.peek()?.is_none() {
        return Ok(Some(base));
    }
    let declarator = match parser.declarator(Names::Forbidden) {
        Ok(declarator) => declarator,
        Err(Missing::Type) => return Ok(None),
        Err(Missing::Other(error)) => return Err(error),
    };
    if declarator.operations.is_empty() {
        return Err(Error::syntax("expected abstract declarator"));
    }
    if parser.lexer.peek()?.is_some() {
        return Err(Error::syntax("extra tokens after type name"));
    }
    parser.apply(base, declarator.operations).map(Some)
}

/// What a declarator makes of the type in front of it, one step.
enum Operation {
    Pointer(Qualifiers),
    Array(Option<u64>),
    Function {
        parameters: Vec<Parameter>,
        is_variadic: bool,
    },
}

/// A declarator: the nearest step to the specifiers first.
#[derive(Default)]
struct Declarator {
    operations: Vec<Operation>,
    name: Option<Box<str>>,
}

/// Whether a declarator may name what it declares, as parameters do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Forbidden,
    Allowed,
}

/// Why a declarator came to nothing.
enum Missing {
    /// The target does not know the type of a parameter.
    Type,
    Other(Error),
}

impl From<Error> for Missing {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

struct Parser<'a> {
    target: &'a dyn Target,
    filename: Option<&'a str>,
    lexer: Lexer<'a>,
    depth: u32,
    operations: usize,
}

impl Parser<'_> {
    /// Specifiers and qualifiers, and the type they call; `None` if the target has none such.
    fn specifiers(&mut self) -> Result<Option<QualifiedType>> {
        let mut qualifiers = Qualifiers::NONE;
        let mut specifiers = Specifiers::default();
        let mut name: Option<&str> = None;
        let mut tag: Option<(TypeKind, &str)> = None;
        while let Some(Token::Identifier(word)) = self.lexer.peek()? {
            let taken = name.is_some() || tag.is_some();
            if let Some(qualifier) = parse_qualifier(word) {
                qualifiers = qualifiers | qualifier;
            } else if let Some(kind) = parse_tag_keyword(word, self.target.language()) {
                if taken || !specifiers.is_empty() {
                    let other = describe(&specifiers, tag.map(|(kind, _)| kind));
                    return Err(cannot_combine(word, &other));
                }
                self.lexer.next()?;
                let Some(Token::Identifier(found)) = self.lexer.peek()? else {
                    return Err(expected_tag(word));
                };
                if Specifiers::is_keyword(found)
                    || parse_qualifier(found).is_some()
                    || parse_tag_keyword(found, self.target.language()).is_some()
                {
                    return Err(expected_tag(word));
                }
                tag = Some((kind, found));
            } else if Specifiers::is_keyword(word) {
                if taken {
                    let other = describe(&specifiers, tag.map(|(kind, _)| kind));
                    return Err(cannot_combine(word, &other));
                }
                specifiers.add(word)?;
            } else if taken || !specifiers.is_empty() {
                break;
            } else {
                name = Some(word);
            }
            self.lexer.next()?;
        }
        let found = match (tag, name) {
            (Some((kind, tag)), _) => self.find(kind.into(), tag)?,
            (None, Some(name)) => self.find_named(name)?,
            (None, None) if specifiers.is_empty() => {
                return Err(Error::syntax("expected type specifier"));
            }
            (None, None) => self.find_basic(&specifiers)?,
        };
        Ok(found.map(|found| QualifiedType {
            id: found.id,
            qualifiers: found.qualifiers | qualifiers,
        }))
    }

    fn find(&self, kinds: TypeKinds, name: &str) -> Result<Option<QualifiedType>> {
        let name = name.strip_prefix("::").unwrap_or(name);
        self.target.find_type(kinds, name, self.filename)
    }

    /// A typedef, or in C++ any type that has the name; a basic type that is called otherwise.
    fn find_named(&self, name: &str) -> Result<Option<QualifiedType>> {
        let mut kinds = TypeKinds::of(TypeKind::Typedef);
        if self.target.language() != Language::C || name.contains("::") || name.contains('<') {
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
        match Primitive::parse(name) {
            Some(primitive @ (Primitive::SizeT | Primitive::PtrdiffT))
                if self.filename.is_none() =>
            {
                primitive_type(self.target, primitive).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn find_basic(&self, specifiers: &Specifiers) -> Result<Option<QualifiedType>> {
        match specifiers.primitive() {
            // The target remembers what its basic types are, unless a file is asked for.
            Some(primitive) if self.filename.is_none() => {
                primitive_type(self.target, primitive).map(Some)
            }
            Some(Primitive::Void) => primitive_type(self.target, Primitive::Void).map(Some),
            _ => {
                for spelling in specifiers.spellings() {
                    let kinds = TypeKinds::of(specifiers.kind());
                    if let Some(found) = self.find(kinds, spelling)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            }
        }
    }

    fn declarator(&mut self, names: Names) -> Result<Declarator, Missing> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep().into());
        }
        let mut operations = Vec::new();
        while self.take(Token::Asterisk)? {
            let mut qualifiers = Qualifiers::NONE;
            while let Some(Token::Identifier(word)) = self.lexer.peek()?
                && let Some(qualifier) = parse_qualifier(word)
            {
                qualifiers = qualifiers | qualifier;
                self.lexer.next()?;
            }
            self.count()?;
            operations.push(Operation::Pointer(qualifiers));
        }
        let mut inner = Declarator::default();
        match self.lexer.peek()? {
            Some(Token::LeftParenthesis) if self.opens_declarator()? => {
                self.lexer.next()?;
                inner = self.declarator(names)?;
                if !self.take(Token::RightParenthesis)? {
                    return Err(Error::syntax("expected ')'").into());
                }
            }
            Some(Token::Identifier(name)) if names == Names::Allowed => {
                self.lexer.next()?;
                inner.name = Some(name.into());
            }
            _ => {}
        }
        let mut suffixes = Vec::new();
        loop {
            if self.take(Token::LeftBracket)? {
                suffixes.push(self.array()?);
            } else if self.take(Token::LeftParenthesis)? {
                suffixes.push(self.function()?);
            } else {
                break;
            }
            self.count()?;
        }
        operations.extend(suffixes.into_iter().rev());
        operations.extend(inner.operations);
        self.depth -= 1;
        Ok(Declarator {
            operations,
            name: inner.name,
        })
    }

    /// Whether the parenthesis that comes next is around a declarator, not around parameters.
    fn opens_declarator(&self) -> Result<bool> {
        let mut ahead = self.lexer.clone();
        ahead.next()?;
        Ok(matches!(
            ahead.next()?,
            Some(Token::Asterisk | Token::LeftParenthesis | Token::LeftBracket)
        ))
    }

    /// What follows `[`.
    fn array(&mut self) -> Result<Operation> {
        let length = match self.lexer.peek()? {
            Some(Token::Number(length)) => {
                self.lexer.next()?;
                Some(length)
            }
            _ => None,
        };
        match self.take(Token::RightBracket)? {
            true => Ok(Operation::Array(length)),
            false => Err(Error::syntax("expected ']'")),
        }
    }

    /// What follows the `(` of a parameter list.
    fn function(&mut self) -> Result<Operation, Missing> {
        let mut parameters = Vec::new();
        let mut is_variadic = false;
        if !self.take(Token::RightParenthesis)? {
            loop {
                if self.take(Token::Ellipsis)? {
                    is_variadic = true;
                } else {
                    parameters.push(self.parameter()?);
                }
                if self.take(Token::RightParenthesis)? {
                    break;
                }
                if is_variadic || !self.take(Token::Comma)? {
                    return Err(Error::syntax("expected ')' after parameters").into());
                }
            }
        }
        if let [only] = parameters.as_slice()
            && only.name.is_none()
            && only.ty.qualifiers.is_empty()
            && matches!(
                self.target
                    .types()
                    .get(only.ty.id)
                    .map_err(Error::from)?
                    .data,
                TypeData::Void
            )
        {
            parameters.clear();
        }
        Ok(Operation::Function {
            parameters,
            is_variadic,
        })
    }

    fn parameter(&mut self) -> Result<Parameter, Missing> {
        let base = self.specifiers()?.ok_or(Missing::Type)?;
        let declarator = self.declarator(Names::Allowed)?;
        Ok(Parameter {
            name: declarator.name,
            ty: self.apply(base, declarator.operations)?,
        })
    }

    fn apply(&self, base: QualifiedType, operations: Vec<Operation>) -> Result<QualifiedType> {
        let types = self.target.types();
        let mut ty = base;
        for operation in operations {
            let language = types.get(ty.id)?.language;
            ty = match operation {
                Operation::Pointer(qualifiers) => QualifiedType {
                    id: object::pointer_type(self.target, ty, language)?,
                    qualifiers,
                },
                Operation::Array(length) => types.array(ty, length, language)?.into(),
                Operation::Function {
                    parameters,
                    is_variadic,
                } => types
                    .add(Type::new(
                        language,
                        TypeData::Function {
                            return_type: ty,
                            parameters: parameters.into(),
                            is_variadic,
                        },
                    ))?
                    .into(),
            };
        }
        Ok(ty)
    }

    fn take(&mut self, token: Token<'_>) -> Result<bool> {
        let is_next = self.lexer.peek()? == Some(token);
        if is_next {
            self.lexer.next()?;
        }
        Ok(is_next)
    }

    fn count(&mut self) -> Result<()> {
        self.operations += 1;
        match self.operations > MAX_OPERATIONS {
            true => Err(too_deep()),
            false => Ok(()),
        }
    }
}

fn parse_qualifier(word: &str) -> Option<Qualifiers> {
    Qualifiers::ALL
        .into_iter()
        .find(|(_, keyword)| *keyword == word)
        .map(|(qualifier, _)| qualifier)
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

fn expected_tag(keyword: &str) -> Error {
    Error::syntax(format!("expected identifier after '{keyword}'"))
}

fn describe(specifiers: &Specifiers, tag: Option<TypeKind>) -> String {
    match tag {
        Some(TypeKind::Struct) => "'struct'".into(),
        Some(TypeKind::Union) => "'union'".into(),
        Some(TypeKind::Class) => "'class'".into(),
        Some(_) => "'enum'".into(),
        None if specifiers.is_empty() => "identifier".into(),
        None => format!("'{specifiers}'"),
    }
}

pub(super) fn cannot_combine(word: &str, with: &str) -> Error {
    Error::syntax(format!("cannot combine '{word}' with {with}"))
}
