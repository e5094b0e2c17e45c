//! Declarators: what stands around the name in a declaration, `*(*[3])(const char *, ...)`.

use super::lexer::Token;
use super::type_parser::{Parser, is_reserved, parse_qualifier};
use crate::layout::too_deep;
use crate::{Error, Result, Target};
use spelunk_base::{Language, Platform};
use spelunk_types::{Parameter, PointerForm, QualifiedType, Qualifiers, Type, TypeData, TypeId};

/// Parentheses in parentheses.
const MAX_DEPTH: u32 = 64;
/// Pointers, arrays and functions in one name.
const MAX_OPERATIONS: usize = 10_000;

/// What a declarator makes of the type in front of it, one step.
enum Operation {
    Pointer(PointerForm, Qualifiers),
    MemberPointer(TypeId, Qualifiers),
    Array(Option<u64>),
    Function {
        parameters: Vec<Parameter>,
        is_variadic: bool,
    },
}

/// A declarator: the nearest step to the specifiers first.
#[derive(Default)]
pub(super) struct Declarator {
    operations: Vec<Operation>,
    name: Option<Box<str>>,
}

impl Declarator {
    pub(super) fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

/// Whether a declarator may name what it declares, as parameters do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Forbidden,
    Allowed,
}

/// Why a type came to nothing.
pub(super) enum Missing {
    /// The target does not know the type that something is made of.
    Type,
    Other(Error),
}

impl From<Error> for Missing {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Parser<'_> {
    /// Does what is to be done inside of parentheses.
    pub(super) fn nested<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Missing>,
    ) -> Result<T, Missing> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep().into());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    pub(super) fn declarator(&mut self, names: Names) -> Result<Declarator, Missing> {
        let mut operations = Vec::new();
        while let Some(pointer) = self.pointer()? {
            self.count()?;
            operations.push(pointer);
        }
        let mut inner = Declarator::default();
        match self.lexer.peek()? {
            Some(Token::LeftParenthesis) if self.opens_declarator(names)? => {
                self.lexer.next()?;
                inner = self.nested(|parser| parser.declarator(names))?;
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
                suffixes.push(self.nested(Self::function)?);
            } else {
                break;
            }
            self.count()?;
        }
        operations.extend(suffixes.into_iter().rev());
        operations.extend(inner.operations);
        Ok(Declarator {
            operations,
            name: inner.name,
        })
    }

    /// `*`, `&`, `&&` or `A::*` with qualifiers, if that comes next.
    fn pointer(&mut self) -> Result<Option<Operation>, Missing> {
        let form = match self.lexer.peek()? {
            Some(Token::Asterisk) => PointerForm::Pointer,
            Some(Token::Ampersand) => PointerForm::Reference,
            Some(Token::DoubleAmpersand) => PointerForm::RvalueReference,
            Some(Token::MemberPointer(class)) => {
                self.lexer.next()?;
                let class = self.find_named(class)?.ok_or(Missing::Type)?;
                return Ok(Some(Operation::MemberPointer(class.id, self.qualifiers()?)));
            }
            _ => return Ok(None),
        };
        self.lexer.next()?;
        Ok(Some(Operation::Pointer(form, self.qualifiers()?)))
    }

    fn qualifiers(&mut self) -> Result<Qualifiers> {
        let mut qualifiers = Qualifiers::NONE;
        while let Some(Token::Identifier(word)) = self.lexer.peek()?
            && let Some(qualifier) = parse_qualifier(word)
        {
            qualifiers = qualifiers | qualifier;
            self.lexer.next()?;
        }
        Ok(qualifiers)
    }

    /// Whether the parenthesis that comes next is around a declarator, not around parameters.
    fn opens_declarator(&self, names: Names) -> Result<bool> {
        let mut ahead = self.lexer.clone();
        ahead.next()?;
        Ok(match ahead.next()? {
            Some(
                Token::Asterisk
                | Token::Ampersand
                | Token::DoubleAmpersand
                | Token::MemberPointer(_)
                | Token::LeftParenthesis
                | Token::LeftBracket,
            ) => true,
            // A name, unless it is a type's (C11, 6.7.6.3, paragraph 11).
            Some(Token::Identifier(word)) => {
                names == Names::Allowed
                    && !is_reserved(word, self.target.language())
                    && self.find_named(word)?.is_none()
            }
            _ => false,
        })
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
        if self.take(Token::RightParenthesis)? {
            // A function of C without prototype takes anything.
            is_variadic = self.target.language() == Language::C;
        } else {
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
        // What a member function may do with its object is in no type.
        self.qualifiers()?;
        Ok(Operation::Function {
            parameters,
            is_variadic,
        })
    }

    fn parameter(&mut self) -> Result<Parameter, Missing> {
        let base = self.specifiers()?.ok_or(Missing::Type)?;
        let mut declarator = self.declarator(Names::Allowed)?;
        Ok(Parameter {
            name: declarator.name.take(),
            ty: self.apply(base, declarator)?,
        })
    }

    /// What the declarator makes of a type.
    pub(super) fn apply(
        &self,
        base: QualifiedType,
        declarator: Declarator,
    ) -> Result<QualifiedType> {
        let types = self.target.types();
        let mut ty = base;
        for operation in declarator.operations {
            let language = types.get(ty.id)?.language;
            ty = match operation {
                Operation::Pointer(form, qualifiers) => QualifiedType {
                    id: pointer_type(self.target, form, ty, language)?,
                    qualifiers,
                },
                Operation::MemberPointer(class, qualifiers) => QualifiedType {
                    id: member_pointer_type(self.target, class, ty, language)?,
                    qualifiers,
                },
                Operation::Array(length) => types.array(ty, length, language)?.into(),
                Operation::Function {
                    parameters,
                    is_variadic,
                } => {
                    let data = TypeData::Function {
                        return_type: ty,
                        parameters: parameters.into(),
                        is_variadic,
                    };
                    types.add(Type::new(language, data))?.into()
                }
            };
        }
        Ok(ty)
    }

    fn count(&mut self) -> Result<()> {
        self.operations += 1;
        match self.operations > MAX_OPERATIONS {
            true => Err(too_deep()),
            false => Ok(()),
        }
    }
}

fn platform(target: &dyn Target) -> Result<Platform> {
    target
        .platform()
        .ok_or_else(|| Error::value("program address size is not known"))
}

/// The pointer of this form to `referenced`.
pub(crate) fn pointer_type(
    target: &dyn Target,
    form: PointerForm,
    referenced: QualifiedType,
    language: Language,
) -> Result<TypeId> {
    let platform = platform(target)?;
    let (size, order) = (platform.address_size().into(), platform.byte_order);
    Ok(target
        .types()
        .pointer_of(form, referenced, size, order, language)?)
}

/// The pointer to members of `class` that are `referenced`. One to a member function has two words
/// (Itanium C++ ABI, section 2.3).
fn member_pointer_type(
    target: &dyn Target,
    class: TypeId,
    referenced: QualifiedType,
    language: Language,
) -> Result<TypeId> {
    let platform = platform(target)?;
    let types = target.types();
    let words = match types.get(referenced.id)?.data {
        TypeData::Function { .. } => 2,
        _ => 1,
    };
    let data = TypeData::MemberPointer {
        size: words * u64::from(platform.address_size()),
        byte_order: platform.byte_order,
        class,
        referenced,
    };
    Ok(types.add(Type::new(language, data))?)
}
