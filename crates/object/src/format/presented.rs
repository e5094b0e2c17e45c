//! What printers make of objects, as text.

use super::checks::is_shown_in_place;
use super::formatter::{Formatter, Style, push};
use super::parts::{Frame, Label, Part, Parts};
use super::scalar::write_text;
use crate::layout::resolve;
use crate::printer::{Key, Presentation, Walk, shortened};
use crate::{Error, Object, Result, Target, type_name};
use spelunk_types::{QualifiedType, TypeData, TypeId};

/// Children of one container that are shown.
const MAX_CHILDREN: u64 = 1 << 16;
/// Values that may be written once a container is among them, which may be anywhere in memory.
const MAX_STEPS: usize = 1 << 20;
/// Bytes of a text that a printer may give.
const MAX_TEXT: usize = 1 << 20;
/// Objects that stand for objects that stand for objects.
const MAX_REPLACED: u32 = 16;
/// Containers in containers.
const MAX_CONTAINERS: usize = 32;

impl<'a> Formatter<'a> {
    /// What the printer of the object's type says, if there is one. What goes wrong in there is
    /// said in the object's place.
    pub(super) fn presentation(
        &self,
        object: &Object,
        data: &TypeData,
        style: Style,
    ) -> Result<Option<Presentation>> {
        if self.options.raw
            || style.replaced > MAX_REPLACED
            || !matches!(data, TypeData::Compound { .. })
        {
            return Ok(None);
        }
        match object.presentation(self.target) {
            Err(error) if is_shown_in_place(&error) || error.is_lookup() => {
                let what = if error.is_fault() { "fault" } else { "error" };
                Ok(Some(Presentation::Text(format!("<{what}: {error}>"))))
            }
            result => result,
        }
    }

    /// As [`parts`](Self::parts), of an object that a printer presents.
    pub(super) fn present(
        &mut self,
        presentation: Presentation,
        style: Style,
    ) -> Result<Option<(Parts<'a>, bool)>> {
        self.has_read = true;
        let replaced = |type_name| Style {
            type_name,
            replaced: style.replaced + 1,
            ..style
        };
        let same_line = self.options.elements_same_line;
        match presentation {
            Presentation::Text(text) => {
                let mut end = text.len().min(MAX_TEXT);
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                self.out.push_str(text.get(..end).unwrap_or(""));
                Ok(None)
            }
            Presentation::String {
                prefix,
                bytes,
                is_cut,
            } => {
                self.out.push_str(prefix);
                write_text(&mut self.out, &bytes);
                if is_cut {
                    self.out.push_str("...");
                }
                Ok(None)
            }
            Presentation::Object(object) => self.parts(&object, replaced(false)),
            Presentation::Alternative(object) => self.parts(&object, replaced(true)),
            Presentation::Array(array) => {
                self.may_leave_the_object();
                Ok(Some((self.all_elements(&array)?, same_line)))
            }
            Presentation::Children(walk) => {
                self.may_leave_the_object();
                Ok(Some((self.children(walk)?, same_line)))
            }
            Presentation::Tuple { name, parts } => {
                self.out.push_str(&name);
                if parts.is_empty() && !name.is_empty() {
                    return Ok(None);
                }
                let parts = parts.into_iter().map(|object| Part {
                    label: Label::None,
                    is_element: true,
                    ty: object.ty,
                    object: Ok(object),
                });
                let frame = Frame::PARENTHESES;
                Ok(Some((Parts::Presented(parts.collect(), frame), same_line)))
            }
            Presentation::Members { name, members } => {
                if !name.is_empty() {
                    push(&mut self.out, format_args!("{name} "));
                }
                let with_names = self.options.member_names;
                let parts = members.into_iter().map(|(name, object)| Part {
                    label: match with_names {
                        true => Label::Name(name),
                        false => Label::None,
                    },
                    is_element: false,
                    ty: object.ty,
                    object: Ok(object),
                });
                let parts = Parts::Presented(parts.collect(), Frame::BRACES);
                Ok(Some((parts, self.options.members_same_line)))
            }
            Presentation::Pointer { address, note, to } => {
                self.address(address)?;
                self.out.push_str(&note);
                match to {
                    Some(object) if style.depth == 0 && self.options.dereference => {
                        self.behind_pointer(&object, replaced(false))
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    /// ` = ` and the object that a pointer points to, or nothing if it cannot be read.
    fn behind_pointer(
        &mut self,
        object: &Object,
        style: Style,
    ) -> Result<Option<(Parts<'a>, bool)>> {
        let start = self.out.len();
        self.out.push_str(" = ");
        match self.parts(object, style) {
            Err(error) if is_shown_in_place(&error) => {
                self.out.truncate(start);
                Ok(None)
            }
            result => result,
        }
    }

    /// Containers hold more than fits into their own bytes, by which steps were counted.
    fn may_leave_the_object(&mut self) {
        if !self.has_containers {
            self.has_containers = true;
            self.steps_left = self.steps_left.max(MAX_STEPS);
        }
    }

    fn all_elements(&self, array: &Object) -> Result<Parts<'a>> {
        let length = array.len(self.target)?;
        let TypeData::Array { element, .. } = resolve(self.target.types(), array.ty.id)?.1.data
        else {
            return Err(Error::type_("printer presents as array what is none"));
        };
        Parts::all_elements(
            self.target,
            self.options,
            array,
            element,
            length.min(MAX_CHILDREN),
            length > MAX_CHILDREN,
        )
    }

    /// What the walk gives, up to where it ends or fails.
    fn children(&mut self, mut walk: Box<dyn Walk>) -> Result<Parts<'a>> {
        let mut parts = Vec::new();
        let mut frame = Frame::BRACES;
        let with_indices = self.options.element_indices;
        loop {
            let label = match with_indices {
                true => Label::Index(parts.len() as u64),
                false => Label::None,
            };
            if parts.len() as u64 == MAX_CHILDREN || self.steps_left == 0 {
                frame.is_cut = true;
                break;
            }
            self.steps_left -= 1;
            match walk.next(self.target) {
                Ok(None) => break,
                Ok(Some(child)) => parts.push(Part {
                    is_element: !matches!(child.key, Some(Key::Name(_))),
                    label: match child.key {
                        Some(Key::Object(key)) => Label::Key(Box::new(key)),
                        Some(Key::Name(name)) => Label::Name(name),
                        Some(Key::Index(index)) => Label::Index(index),
                        None => label,
                    },
                    ty: child.value.ty,
                    object: Ok(child.value),
                }),
                Err(error) => {
                    let void = self.target.types().void(self.target.language())?;
                    parts.push(Part {
                        label: Label::None,
                        is_element: true,
                        ty: void.into(),
                        object: Err(error),
                    });
                    break;
                }
            }
        }
        Ok(Parts::Presented(parts, frame))
    }

    /// The key of a map, in place of an index.
    pub(super) fn key(&mut self, key: &Object, depth: u32) {
        self.out.push('[');
        let start = self.out.len();
        let style = Style {
            type_name: false,
            depth: depth + 1,
            replaced: 0,
        };
        let result = self.one_line(key, style, usize::MAX);
        match result {
            Ok(true) => {}
            // Structures are on several lines where members are to have their own.
            Ok(false) => self.key_in_lines(key, style, start),
            Err(error) => self.key_error(&error, start),
        }
        self.out.push_str("] = ");
    }

    fn key_in_lines(&mut self, key: &Object, style: Style, start: usize) {
        if let Err(error) = self.lines(key, style) {
            self.key_error(&error, start);
        }
    }

    fn key_error(&mut self, error: &Error, start: usize) {
        self.out.truncate(start);
        push(&mut self.out, format_args!("<error: {error}>"));
    }

    /// Does what is to be done inside of a container, whose children may well be of the types
    /// around it; but it is not in itself.
    pub(super) fn within_container<T>(
        &mut self,
        id: TypeId,
        address: Option<u64>,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if address.is_some() && self.containers.contains(&(id, address)) {
            return Err(Error::value("container contains itself"));
        }
        if self.containers.len() == MAX_CONTAINERS {
            return Err(Error::value("containers are nested too deeply"));
        }
        self.containers.push((id, address));
        let outer = std::mem::take(&mut self.outer);
        let result = work(self);
        self.outer = outer;
        self.containers.pop();
        result
    }
}

/// `(std::vector<int>)`: the name as programmers write it, or a typedef's.
pub(super) fn write_short_name(
    out: &mut String,
    target: &dyn Target,
    ty: QualifiedType,
) -> Result<()> {
    let types = target.types();
    let record = types.get(ty.id)?;
    let TypeData::Compound { tag: Some(tag), .. } = &record.data else {
        let name = type_name(types, ty)?;
        push(out, format_args!("({name})"));
        return Ok(());
    };
    let scope = record.scope.as_deref().filter(|scope| !scope.is_empty());
    let full = match scope {
        Some(scope) => format!("{scope}::{tag}"),
        None => tag.to_string(),
    };
    let name = match record.language {
        spelunk_base::Language::C => type_name(types, ty)?,
        language => shortened(language, &full),
    };
    match name.starts_with('(') && name.ends_with(')') {
        // A tuple of Rust has its parentheses.
        true => out.push_str(&name),
        false => push(out, format_args!("({name})")),
    }
    Ok(())
}
