//! One object after the other, on one line or several.

use super::checks::{check_formattable, is_character, is_shown_in_place};
use super::options::FormatOptions;
use super::parts::{Label, Part, Parts, too_large_to_show};
use super::presented::write_short_name;
use super::scalar::{
    format_complex, format_float, write_character, write_integer, write_rust, write_string,
};
use crate::layout::{resolve, too_deep};
use crate::member_pointer::{MemberPointer, find_at};
use crate::number::Number;
use crate::object::AbsenceReason;
use crate::scalar::{float_format, scalar_of};
use crate::{Error, Object, Result, Target, type_name};
use spelunk_base::Language;
use spelunk_types::{PointerForm, QualifiedType, Type, TypeData, TypeId};
use std::fmt::Write;

/// Width of the tab stops that lines are measured with.
const TAB: usize = 8;
/// Structures in structures: deeper is a circle in a broken file.
const MAX_DEPTH: u32 = 128;
/// Bytes of text that one object may take.
const MAX_TEXT: usize = 1 << 28;

/// How an object is written.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) type_name: bool,
    /// How many objects it is in; that far are its lines indented.
    pub(super) depth: u32,
    /// How many objects it stands for, as printers say.
    pub(super) replaced: u32,
}

pub(super) struct Formatter<'a> {
    pub(super) target: &'a dyn Target,
    pub(super) options: &'a FormatOptions,
    pub(super) out: String,
    /// Values that may still be written.
    pub(super) steps_left: usize,
    /// The structures around what is being written: none is in itself.
    pub(super) outer: Vec<TypeId>,
    /// The containers around what is being written, by type and address.
    pub(super) containers: Vec<(TypeId, Option<u64>)>,
    /// Whether there was a container.
    pub(super) has_containers: bool,
    /// Whether something came out of memory.
    pub(super) has_read: bool,
    /// Whether something should have, and did not.
    pub(super) has_failed: bool,
}

/// What became of a part.
enum Written {
    /// It stands there.
    Whole,
    /// It stands there, with a note that memory cannot be read.
    Unreadable,
    /// It does not fit, and was taken back.
    Nothing,
}

impl<'a> Formatter<'a> {
    /// A writer that goes on after `text`, and writes `steps` values at most.
    pub(super) fn new(
        target: &'a dyn Target,
        options: &'a FormatOptions,
        text: String,
        steps: usize,
    ) -> Self {
        Self {
            target,
            options,
            out: text,
            steps_left: steps,
            outer: Vec::new(),
            containers: Vec::new(),
            has_containers: false,
            has_read: false,
            has_failed: false,
        }
    }

    /// Writes an object that is in no other.
    pub(super) fn whole(&mut self, object: &Object, type_name: bool) -> Result<()> {
        let style = Style {
            type_name,
            depth: 0,
            replaced: 0,
        };
        let columns = self.columns_left(self.options.columns, 0);
        self.object(object, style, columns)
    }

    /// The width of what was written from `start` on.
    fn width(&self, start: usize) -> usize {
        self.out.get(start..).unwrap_or("").chars().count()
    }

    /// The columns that are left of `columns` behind what was written from `start` on. Where there
    /// is no end of them nothing is counted: arrays may be long.
    fn columns_left(&self, columns: usize, start: usize) -> usize {
        match columns {
            usize::MAX => usize::MAX,
            _ => columns.saturating_sub(self.width(start)),
        }
    }

    /// Whether what was written from `start` on has `columns` columns at most.
    fn fits(&self, start: usize, columns: usize) -> bool {
        columns == usize::MAX || self.width(start) <= columns
    }

    /// Writes the object, on one line of `columns` if possible.
    fn object(&mut self, object: &Object, style: Style, columns: usize) -> Result<()> {
        match self.one_line(object, style, columns)? {
            true => Ok(()),
            false => self.lines(object, style),
        }
    }

    /// Writes the object, unless it takes several lines or more than `columns`.
    pub(super) fn one_line(
        &mut self,
        object: &Object,
        style: Style,
        columns: usize,
    ) -> Result<bool> {
        let start = self.out.len();
        let fits = match self.parts(object, style)? {
            Some((parts, is_same_line)) => self.within(object, &parts, |formatter| {
                formatter.parts_on_line(&parts, is_same_line, style, start, columns)
            })?,
            None => self.fits(start, columns),
        };
        if !fits {
            self.out.truncate(start);
        }
        Ok(fits)
    }

    /// Writes the object on several lines if it has parts.
    pub(super) fn lines(&mut self, object: &Object, style: Style) -> Result<()> {
        match self.parts(object, style)? {
            Some((parts, is_same_line)) => self.within(object, &parts, |formatter| {
                formatter.parts_on_lines(&parts, is_same_line, style)
            }),
            None => Ok(()),
        }
    }

    /// Does what is to be done inside of `object`, which has these parts.
    fn within<T>(
        &mut self,
        object: &Object,
        parts: &Parts<'a>,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let id = resolve(self.target.types(), object.ty.id)?.0;
        if parts.are_elsewhere() {
            return self.within_container(id, object.address(), work);
        }
        if self.outer.contains(&id) {
            return Err(Error::type_("type contains itself"));
        }
        self.outer.push(id);
        let result = work(self);
        self.outer.pop();
        result
    }

    /// Writes the type name, and the value of what has no parts. Else gives the parts, and
    /// whether they share lines.
    pub(super) fn parts(
        &mut self,
        object: &Object,
        style: Style,
    ) -> Result<Option<(Parts<'a>, bool)>> {
        if style.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        let steps_left = self.steps_left.checked_sub(1);
        let (Some(steps_left), ..=MAX_TEXT) = (steps_left, self.out.len()) else {
            return Err(too_large_to_show());
        };
        self.steps_left = steps_left;
        let (target, options) = (self.target, self.options);
        let (id, ty) = resolve(target.types(), object.ty.id)?;
        if object.absence_reason().is_none() {
            check_formattable(&ty.data)?;
        }
        let presentation = self.presentation(object, &ty.data, style)?;
        if style.type_name {
            match presentation {
                Some(_) => write_short_name(&mut self.out, target, object.ty)?,
                None => write_type_name(&mut self.out, target, object.ty)?,
            }
        }
        if let Some(presentation) = presentation {
            return self.present(presentation, style);
        }
        if let Some(reason) = object.absence_reason()
            && !object.has_known_parts()
        {
            self.out.push_str(match reason {
                _ if object.is_synthetic_pointer() => "<synthetic pointer>",
                AbsenceReason::Other => "<absent>",
                AbsenceReason::OptimizedOut => "<optimized out>",
                AbsenceReason::NotImplemented => "<not implemented>",
            });
            return Ok(None);
        }
        match &ty.data {
            TypeData::Compound { .. } => Ok(Some((
                Parts::members(target, options, object, id, &mut self.steps_left)?,
                options.members_same_line,
            ))),
            TypeData::Array { .. } if ty.has_unknown_length() => {
                self.out.push_str("<length unknown>");
                Ok(None)
            }
            TypeData::Array { element, length } => {
                let length = length.unwrap_or(0);
                if options.string && length > 0 && is_character(target, *element)? {
                    write_string(&mut self.out, &object.string(target)?);
                    self.has_read = true;
                    return Ok(None);
                }
                Ok(Some((
                    Parts::elements(target, options, object, *element, length)?,
                    options.elements_same_line,
                )))
            }
            TypeData::Function { .. } => {
                let address = object.address().unwrap_or(0);
                push(&mut self.out, format_args!("{address:#x}"));
                Ok(None)
            }
            TypeData::Pointer { form, .. } if *form != PointerForm::Pointer => {
                self.reference(object)?;
                self.has_read = true;
                Ok(None)
            }
            _ => {
                self.scalar(object, ty)?;
                self.has_read = true;
                Ok(None)
            }
        }
    }

    /// A reference of C++: the address of what it refers to, and what that is if it is a number.
    fn reference(&mut self, object: &Object) -> Result<()> {
        let target = self.target;
        let Some(referent) = object.referent(target)? else {
            return Ok(());
        };
        self.address(referent.address().unwrap_or(0))?;
        if scalar_of(target.types(), referent.ty.id)?.is_some() {
            let end = self.out.len();
            self.out.push_str(" = ");
            let ty = resolve(target.types(), referent.ty.id)?.1;
            // A reference that leads nowhere is still an address.
            if self.scalar(&referent, ty).is_err() {
                self.out.truncate(end);
            }
        }
        Ok(())
    }

    /// The value of an object without parts.
    fn scalar(&mut self, object: &Object, ty: &Type) -> Result<()> {
        let (target, options) = (self.target, self.options);
        let (number, scalar) = object.load(target)?;
        let value = match number {
            Number::Float(value) => {
                self.out += &format_float(&value, float_format(scalar)?);
                return Ok(());
            }
            Number::Complex(value) => {
                self.out += &format_complex(&value, float_format(scalar)?);
                return Ok(());
            }
            Number::Integer(value) => value,
        };
        if ty.language == Language::Rust && write_rust(&mut self.out, &ty.data, &value) {
            return Ok(());
        }
        match &ty.data {
            TypeData::Pointer { referenced, .. } => {
                self.pointer(value.low_bits() as u64, *referenced)?;
            }
            TypeData::MemberPointer {
                class, referenced, ..
            } => {
                let order = scalar.order;
                let pointer =
                    MemberPointer::of(value.low_bits(), scalar.size, order, target.platform());
                match pointer {
                    MemberPointer::Null => self.out.push_str("nullptr"),
                    MemberPointer::Offset(offset) => {
                        match find_at(target.types(), *class, offset, *referenced)? {
                            Some(name) => push(&mut self.out, format_args!("&{name}")),
                            None => push(&mut self.out, format_args!("{offset}")),
                        }
                    }
                    MemberPointer::Function { pointer, delta } => {
                        self.out.push_str("{ .__pfn = ");
                        self.address(pointer)?;
                        push(&mut self.out, format_args!(", .__delta = {delta} }}"));
                    }
                }
            }
            TypeData::Enum {
                enumerators: Some(enumerators),
                ..
            } => {
                let named = enumerators
                    .iter()
                    .find(|enumerator| value.to_i128() == Some(enumerator.value));
                match named {
                    Some(enumerator) => self.out += &enumerator.name,
                    None => write_integer(&mut self.out, &value, super::IntegerBase::Decimal),
                }
            }
            TypeData::Int { size: 1, .. }
                if options.char && is_character(target, object.ty.id.into())? =>
            {
                write_character(&mut self.out, value.low_bits() as u8);
            }
            _ => write_integer(&mut self.out, &value, options.integer_base),
        }
        Ok(())
    }

    /// An address, with the symbol that stands there.
    pub(super) fn address(&mut self, address: u64) -> Result<()> {
        if self.options.symbolize
            && let Some(symbol) = self.target.symbolize(address)?
        {
            push(
                &mut self.out,
                format_args!("{}+{:#x} = ", symbol.name, symbol.offset),
            );
        }
        push(&mut self.out, format_args!("{address:#x}"));
        Ok(())
    }

    /// An address, with the symbol and the string that stand there.
    fn pointer(&mut self, address: u64, referenced: QualifiedType) -> Result<()> {
        let (target, options) = (self.target, self.options);
        self.address(address)?;
        if options.string && is_character(target, referenced)? {
            // A pointer that leads nowhere is still an address.
            if let Ok(string) = crate::read_c_string(target, address, u64::MAX) {
                self.out.push_str(" = ");
                write_string(&mut self.out, &string);
            }
        }
        Ok(())
    }

    /// `{ a, b }`, of which everything up to the brace stands there from `start` on. Gives up
    /// where it does not fit; the caller takes it back.
    fn parts_on_line(
        &mut self,
        parts: &Parts<'a>,
        is_same_line: bool,
        style: Style,
        start: usize,
        columns: usize,
    ) -> Result<bool> {
        let frame = parts.frame();
        let mut separator = frame.open;
        for index in 0..parts.count() {
            let Some(part) = parts.get(self.target, index) else {
                continue;
            };
            if !is_same_line {
                return Ok(false);
            }
            self.out.push_str(separator);
            separator = ", ";
            let left = self.columns_left(columns, start);
            match self.part_on_line(&part, style, left)? {
                Written::Whole => {}
                Written::Unreadable if parts.end_at_fault() => break,
                Written::Unreadable => {}
                Written::Nothing => return Ok(false),
            }
            if !self.fits(start, columns) {
                return Ok(false);
            }
        }
        if frame.is_cut {
            self.out.push_str(separator);
            self.out.push_str("...");
            separator = ", ";
        }
        self.out.push_str(match separator {
            ", " => frame.close,
            _ => frame.empty,
        });
        Ok(self.fits(start, columns))
    }

    /// Parts on lines of their own, or as many on a line as fit.
    fn parts_on_lines(
        &mut self,
        parts: &Parts<'a>,
        is_same_line: bool,
        style: Style,
    ) -> Result<()> {
        let indentation = style.depth as usize + 1;
        let frame = parts.frame();
        self.out.push_str(frame.open.trim_end());
        let mut is_empty = true;
        // Columns left on a line that further parts may go to.
        let mut left = None;
        for index in 0..parts.count() {
            let Some(part) = parts.get(self.target, index) else {
                continue;
            };
            is_empty = false;
            if let Some(columns) = left {
                let start = self.out.len();
                self.out.push(' ');
                if let Some((rest, is_readable)) =
                    self.part_and_comma(&part, style, start, columns)?
                {
                    if !is_readable && parts.end_at_fault() {
                        break;
                    }
                    left = Some(rest);
                    continue;
                }
                self.out.truncate(start);
            }
            self.out.push('\n');
            self.out.extend((0..indentation).map(|_| '\t'));
            let start = self.out.len();
            let columns = match self.options.columns {
                usize::MAX => usize::MAX,
                columns => columns.saturating_sub(indentation * TAB),
            };
            let is_readable;
            if let Some((rest, readable)) = self.part_and_comma(&part, style, start, columns)? {
                left = is_same_line.then_some(rest);
                is_readable = readable;
            } else {
                self.out.truncate(start);
                let written = self.part_on_lines(&part, style)?;
                self.out.push(',');
                left = None;
                is_readable = !matches!(written, Written::Unreadable);
            }
            if !is_readable && parts.end_at_fault() {
                break;
            }
        }
        if frame.is_cut {
            is_empty = false;
            self.out.push('\n');
            self.out.extend((0..indentation).map(|_| '\t'));
            self.out.push_str("...");
        }
        if !is_empty {
            self.out.push('\n');
            self.out.extend((1..indentation).map(|_| '\t'));
        }
        self.out.push_str(frame.close.trim_start());
        Ok(())
    }

    /// Writes a part and a comma behind what stands from `start` on, if that fits into `columns`.
    /// Gives the columns that are left, and whether the part could be read.
    fn part_and_comma(
        &mut self,
        part: &Part<'a>,
        style: Style,
        start: usize,
        columns: usize,
    ) -> Result<Option<(usize, bool)>> {
        let left = self.columns_left(columns, start);
        let is_readable = match self.part_on_line(part, style, left)? {
            Written::Nothing => return Ok(None),
            Written::Unreadable => false,
            Written::Whole => true,
        };
        self.out.push(',');
        let left = match columns {
            usize::MAX => Some(usize::MAX),
            _ => columns.checked_sub(self.width(start)),
        };
        Ok(left.map(|left| (left, is_readable)))
    }

    fn part_on_line(&mut self, part: &Part<'a>, style: Style, columns: usize) -> Result<Written> {
        let start = self.out.len();
        self.label(&part.label, style.depth);
        let left = self.columns_left(columns, start);
        let style = self.style_of(part, style);
        let inner = self.out.len();
        let result = match &part.object {
            Ok(object) => self.one_line(object, style, left),
            Err(error) => Err(error.clone()),
        };
        match result {
            Ok(true) => Ok(Written::Whole),
            Ok(false) => {
                self.out.truncate(start);
                Ok(Written::Nothing)
            }
            Err(error) => self.note(part, style, inner, error),
        }
    }

    fn part_on_lines(&mut self, part: &Part<'a>, style: Style) -> Result<Written> {
        self.label(&part.label, style.depth);
        let style = self.style_of(part, style);
        let inner = self.out.len();
        let result = match &part.object {
            Ok(object) => self.lines(object, style),
            Err(error) => Err(error.clone()),
        };
        match result {
            Ok(()) => Ok(Written::Whole),
            Err(error) => self.note(part, style, inner, error),
        }
    }

    /// Writes, in place of the part that begins at `inner`, why it cannot be shown.
    fn note(
        &mut self,
        part: &Part<'a>,
        style: Style,
        inner: usize,
        error: Error,
    ) -> Result<Written> {
        if !is_shown_in_place(&error) {
            return Err(error);
        }
        self.out.truncate(inner);
        // Where the type is what is damaged it has no name.
        if style.type_name && write_type_name(&mut self.out, self.target, part.ty).is_err() {
            self.out.truncate(inner);
        }
        match error.is_fault() {
            true => {
                self.has_failed = true;
                push(&mut self.out, format_args!("<fault: {error}>"));
                Ok(Written::Unreadable)
            }
            false => {
                push(&mut self.out, format_args!("<error: {error}>"));
                Ok(Written::Whole)
            }
        }
    }

    fn label(&mut self, label: &Label<'_>, depth: u32) {
        match label {
            Label::None => {}
            Label::Member(name) => push(&mut self.out, format_args!(".{name} = ")),
            Label::Name(name) => push(&mut self.out, format_args!(".{name} = ")),
            Label::Key(key) => self.key(key, depth),
            Label::Index(index) => push(&mut self.out, format_args!("[{index}] = ")),
        }
    }

    fn style_of(&self, part: &Part<'_>, outer: Style) -> Style {
        Style {
            type_name: match part.is_element {
                true => self.options.element_type_names,
                false => self.options.member_type_names,
            },
            depth: outer.depth + 1,
            replaced: 0,
        }
    }
}

pub(super) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let result = out.write_fmt(text);
    debug_assert!(result.is_ok());
}

pub(super) fn write_type_name(
    out: &mut String,
    target: &dyn Target,
    ty: QualifiedType,
) -> Result<()> {
    let name = type_name(target.types(), ty)?;
    push(out, format_args!("({name})"));
    Ok(())
}
