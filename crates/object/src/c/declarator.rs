//! Types as C declares them: from the inside out.

use crate::layout::{is_complete, too_deep};
use crate::{Error, Result};
use spelunk_base::Language;
use spelunk_types::{
    Enumerator, Member, MemberRole, Parameter, PointerForm, QualifiedType, Qualifiers, Type,
    TypeData, TypeStore, UNKNOWN_LENGTH,
};

/// Pointers to functions that take pointers to functions...: what a name may take to write.
const MAX_STEPS: u32 = 1000;
/// Lines of one definition.
const MAX_LINES: u32 = 1 << 16;
/// Parameters in parameters, definitions in definitions.
const MAX_DEPTH: u32 = 64;

/// The name of a type as C writes it: `struct foo *`, `int (*)[2]`.
///
/// # Errors
///
/// If a type cannot be completed. So do all that follow.
pub fn type_name(types: &TypeStore, ty: QualifiedType) -> Result<String> {
    Writer::new(types).declare(ty, String::new(), Anonymous::Named)
}

/// The declaration of a variable of the type: `int (*name)[2]`.
///
/// # Errors
///
/// As [`type_name`].
pub fn variable_declaration(types: &TypeStore, ty: QualifiedType, name: &str) -> Result<String> {
    // Without a name there is nothing to call the type by but its definition.
    let kind = match types.get(ty.id)?.data {
        TypeData::Compound {
            tag: None,
            size: None,
            ..
        } => Some("compound"),
        TypeData::Enum {
            tag: None,
            enumerators: None,
            ..
        } => Some("enum"),
        _ => None,
    };
    if let Some(kind) = kind {
        return Err(Error::value(format!(
            "cannot get definition of incomplete {kind} type"
        )));
    }
    Writer::new(types).declare(ty, name.into(), Anonymous::Defined)
}

/// The definition of a type as C writes it, with its members (what `str(type)` shows).
///
/// # Errors
///
/// As [`type_name`].
pub fn format_type(types: &TypeStore, ty: QualifiedType) -> Result<String> {
    let data = &types.get(ty.id)?.data;
    let mut writer = Writer::new(types);
    let mut text = keywords(ty.qualifiers);
    match data {
        // Of what is not known there is no definition.
        TypeData::Typedef { name, aliased } if is_complete(types, *aliased)? => {
            text.push_str("typedef ");
            let name = scoped(types.get(ty.id)?, name);
            text += &writer.declare(*aliased, name, Anonymous::Defined)?;
        }
        TypeData::Compound { size: Some(_), .. }
        | TypeData::Enum {
            enumerators: Some(_),
            ..
        } => writer.define(ty, &mut text)?,
        TypeData::Compound { tag: Some(_), .. } | TypeData::Enum { tag: Some(_), .. } => {
            text += &with_keyword(data);
        }
        _ => return type_name(types, ty),
    }
    Ok(text)
}

/// How a structure, union or enumeration without tag is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anonymous {
    /// `struct <anonymous>`
    Named,
    /// `struct { int x; }`, where nothing but qualifiers is around it.
    Defined,
}

struct Writer<'a> {
    types: &'a TypeStore,
    steps: u32,
    lines: u32,
    depth: u32,
}

impl<'a> Writer<'a> {
    fn new(types: &'a TypeStore) -> Self {
        Self {
            types,
            steps: 0,
            lines: 0,
            depth: 0,
        }
    }

    fn step(&mut self) -> Result<()> {
        self.steps += 1;
        match self.steps {
            0..=MAX_STEPS => Ok(()),
            _ => Err(too_deep()),
        }
    }

    fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// The declaration of `declarator` (a name, or nothing yet) as a `ty`.
    fn declare(
        &mut self,
        ty: QualifiedType,
        declarator: String,
        anonymous: Anonymous,
    ) -> Result<String> {
        let mut ty = ty;
        let mut inner = declarator;
        let mut anonymous = anonymous;
        let mut is_pointer = false;
        loop {
            self.step()?;
            let outer = self.types.get(ty.id)?;
            if outer.language == Language::Rust
                && let Some(name) = self.rust_name(outer)?
            {
                let text = keywords(ty.qualifiers) + &name;
                return Ok(match inner.is_empty() {
                    true => text,
                    false => format!("{text} {inner}"),
                });
            }
            match &outer.data {
                TypeData::Pointer {
                    form, referenced, ..
                } => {
                    inner = prefix(sigil(*form), ty.qualifiers, &inner);
                    is_pointer = true;
                    ty = *referenced;
                }
                TypeData::MemberPointer {
                    class, referenced, ..
                } => {
                    let class = specifier(self.types.get(*class)?);
                    inner = prefix(&format!("{class}::*"), ty.qualifiers, &inner);
                    is_pointer = true;
                    ty = *referenced;
                }
                TypeData::Array { element, length } => {
                    inner = parenthesize(inner, is_pointer);
                    inner += &match length {
                        Some(length) => format!("[{length}]"),
                        None if outer.has_unknown_length() => UNKNOWN_LENGTH.into(),
                        None => "[]".into(),
                    };
                    is_pointer = false;
                    ty = *element;
                }
                TypeData::Function {
                    return_type,
                    parameters,
                    is_variadic,
                } => {
                    inner = parenthesize(inner, is_pointer);
                    inner += &self.nested(|w| w.parameters(parameters, *is_variadic))?;
                    is_pointer = false;
                    ty = *return_type;
                }
                _ => break,
            }
            anonymous = Anonymous::Named;
        }
        let mut text = keywords(ty.qualifiers);
        let base = self.types.get(ty.id)?;
        match anonymous {
            Anonymous::Defined if is_anonymous_definition(&base.data) => {
                self.define(ty, &mut text)?;
            }
            _ => text += &specifier(base),
        }
        if !inner.is_empty() {
            text.push(' ');
        }
        Ok(text + &inner)
    }

    /// The name of a pointer or array of Rust, where all stands in front: `*mut T`, `[T; 3]`.
    fn rust_name(&mut self, ty: &Type) -> Result<Option<String>> {
        if let Some(name) = &ty.spelling {
            return Ok(Some(name.as_ref().into()));
        }
        let inner = |w: &mut Self, ty| w.nested(|w| w.declare(ty, String::new(), Anonymous::Named));
        Ok(match &ty.data {
            TypeData::Pointer {
                form: PointerForm::Pointer,
                referenced,
                ..
            } => Some(format!("*mut {}", inner(self, *referenced)?)),
            TypeData::Array { element, length } => {
                let element = inner(self, *element)?;
                Some(match length {
                    Some(length) => format!("[{element}; {length}]"),
                    None => format!("[{element}]"),
                })
            }
            _ => None,
        })
    }

    fn parameters(&mut self, parameters: &[Parameter], is_variadic: bool) -> Result<String> {
        let mut texts = Vec::new();
        for parameter in parameters {
            let name = parameter.name.as_deref().unwrap_or("");
            texts.push(self.declare(parameter.ty, name.into(), Anonymous::Named)?);
        }
        Ok(match (texts.is_empty(), is_variadic) {
            (true, false) => "(void)".into(),
            // A function without prototype.
            (true, true) => "()".into(),
            (false, false) => format!("({})", texts.join(", ")),
            (false, true) => format!("({}, ...)", texts.join(", ")),
        })
    }

    /// Writes `struct foo { ... }`.
    fn define(&mut self, ty: QualifiedType, text: &mut String) -> Result<()> {
        let data = &self.types.get(ty.id)?.data;
        *text += data_keyword(data);
        if let Some(tag) = data.tag() {
            text.push(' ');
            *text += &scoped(self.types.get(ty.id)?, tag);
        }
        *text += &self.bases(ty)?;
        *text += " {\n";
        match data {
            TypeData::Enum {
                enumerators: Some(enumerators),
                ..
            } => {
                for Enumerator { name, value } in enumerators {
                    self.indent(text);
                    *text += &format!("\t{name} = {value},\n");
                }
            }
            _ => {
                if let Some(members) = self.types.members(ty.id)? {
                    self.members(&members.members, text)?;
                    if let Some(part) = &members.variant_part {
                        // One of them is there.
                        self.indent(text);
                        *text += "\tunion {\n";
                        self.nested(|w| {
                            let mut variants = part.variants.iter();
                            variants.try_for_each(|variant| w.members(&variant.members, text))
                        })?;
                        self.indent(text);
                        *text += "\t};\n";
                    }
                }
            }
        }
        self.indent(text);
        text.push('}');
        Ok(())
    }

    /// ` : Base, virtual Other`
    fn bases(&self, ty: QualifiedType) -> Result<String> {
        let mut bases = String::new();
        let members = self.types.members(ty.id)?;
        for member in members.map_or(&[][..], |members| &members.members) {
            let separator = if bases.is_empty() { " : " } else { ", " };
            let keyword = match member.role {
                MemberRole::Member => continue,
                MemberRole::Base => "",
                MemberRole::VirtualBase { .. } => "virtual ",
            };
            let name = match self.types.get(member.ty.id) {
                Ok(base) => specifier(base),
                Err(error) => format!("<error: {error}>"),
            };
            bases += &format!("{separator}{keyword}{name}");
        }
        Ok(bases)
    }

    /// Writes members on lines of their own.
    fn members(&mut self, members: &[Member], text: &mut String) -> Result<()> {
        for member in members {
            if member.role != MemberRole::Member {
                continue;
            }
            // A definition is as long as its members are many.
            self.steps = 0;
            self.lines += 1;
            if self.lines > MAX_LINES {
                return Err(too_deep());
            }
            let declaration = self.nested(|w| w.member(member))?;
            self.indent(text);
            *text += &format!("\t{declaration};\n");
        }
        Ok(())
    }

    fn member(&mut self, member: &Member) -> Result<String> {
        let name = member.name.as_deref().unwrap_or("");
        // A member of which the type is damaged spoils no other.
        if let Err(error) = self.types.get(member.ty.id)
            && error.as_foreign().is_none()
        {
            return Ok(format!("<error: {error}> {name}"));
        }
        let mut text = self.declare(member.ty, name.into(), Anonymous::Defined)?;
        if let Some(size) = member.bit_field_size {
            text += &format!(" : {size}");
        }
        Ok(text)
    }

    fn indent(&self, text: &mut String) {
        text.extend((0..self.depth).map(|_| '\t'));
    }
}

fn sigil(form: PointerForm) -> &'static str {
    match form {
        PointerForm::Pointer => "*",
        PointerForm::Reference => "&",
        PointerForm::RvalueReference => "&&",
    }
}

/// `* const name`, `*name`
fn prefix(sigil: &str, qualifiers: Qualifiers, inner: &str) -> String {
    let qualifiers = keywords(qualifiers);
    let qualifiers = match inner.is_empty() {
        true => qualifiers.trim_end(),
        false => &qualifiers,
    };
    let blank = if qualifiers.is_empty() { "" } else { " " };
    format!("{sigil}{blank}{qualifiers}{inner}")
}

fn parenthesize(inner: String, is_pointer: bool) -> String {
    match is_pointer {
        true => format!("({inner})"),
        false => inner,
    }
}

/// The qualifiers, each with a blank behind.
fn keywords(qualifiers: Qualifiers) -> String {
    if qualifiers.is_empty() {
        return String::new();
    }
    qualifiers
        .keywords()
        .flat_map(|keyword| [keyword, " "])
        .collect()
}

fn is_anonymous_definition(data: &TypeData) -> bool {
    matches!(
        data,
        TypeData::Compound {
            tag: None,
            size: Some(_),
            ..
        } | TypeData::Enum {
            tag: None,
            enumerators: Some(_),
            ..
        }
    )
}

fn data_keyword(data: &TypeData) -> &'static str {
    match data {
        TypeData::Compound { kind, .. } => kind.keyword(),
        _ => "enum",
    }
}

fn with_keyword(data: &TypeData) -> String {
    let tag = data.tag().unwrap_or("<anonymous>");
    format!("{} {tag}", data_keyword(data))
}

/// A name with the namespaces and types that it is declared in.
fn scoped(ty: &Type, name: &str) -> String {
    match &ty.scope {
        Some(scope) => format!("{scope}::{name}"),
        None => name.into(),
    }
}

/// The name of a type that is no pointer, array or function. Tags need no keyword in C++.
fn specifier(ty: &Type) -> String {
    match (&ty.data, ty.language) {
        (TypeData::Compound { tag: Some(tag), .. }, Language::Cpp | Language::Rust)
        | (TypeData::Enum { tag: Some(tag), .. }, Language::Cpp | Language::Rust) => {
            scoped(ty, tag)
        }
        (TypeData::Compound { .. } | TypeData::Enum { .. }, _) => with_keyword(&ty.data),
        (data, _) => match data.primitive() {
            Some(primitive) => primitive.name().into(),
            None => scoped(ty, data.name().unwrap_or("")),
        },
    }
}
