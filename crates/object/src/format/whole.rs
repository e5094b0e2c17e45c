//! An object as a whole: what a pointer leads to, and memory read once.

use super::checks::{is_character, is_shown_in_place};
use super::formatter::{Formatter, push, write_type_name};
use super::options::FormatOptions;
use super::snapshot::Snapshot;
use crate::layout::resolve;
use crate::{Object, Result, Target};
use spelunk_types::{PointerForm, QualifiedType, TypeData};

/// Values that may be written, also where they do not stay: of objects that are read part by part,
const MAX_STEPS: usize = 1 << 24;
/// of those that cannot be read as a whole,
const MAX_STEPS_IN_HOLES: usize = 1 << 14;
/// of others for each byte, since unions show it several times, and at least.
const STEPS_PER_BYTE: usize = 64;
const MIN_STEPS: usize = 1 << 10;

pub(super) fn format(
    object: &Object,
    target: &dyn Target,
    options: &FormatOptions,
) -> Result<String> {
    if let Some(text) = format_dereferenced(object, target, options)? {
        return Ok(text);
    }
    format_whole(object, target, options, String::new(), options.type_name)
}

/// `*(struct foo *)0x1234 = { ... }`, or `(Foo &)0x1234 = { ... }` for a reference of C++; `None` if that is not wanted or there is nothing behind it.
fn format_dereferenced(
    object: &Object,
    target: &dyn Target,
    options: &FormatOptions,
) -> Result<Option<String>> {
    let types = target.types();
    let TypeData::Pointer {
        form, referenced, ..
    } = &resolve(types, object.ty.id)?.1.data
    else {
        return Ok(None);
    };
    let is_reference = *form != PointerForm::Pointer;
    if options.dereference && object.is_synthetic_pointer() {
        return format_synthetic(object, *referenced, target, options);
    }
    if !options.dereference || object.is_absent() {
        return Ok(None);
    }
    let has_values = match &resolve(types, referenced.id)?.1.data {
        TypeData::Void | TypeData::Function { .. } | TypeData::Array { length: None, .. } => false,
        _ => is_reference || !(options.string && is_character(target, *referenced)?),
    };
    if !has_values {
        return Ok(None);
    }
    let (address, mut text) = match object.referent(target)? {
        Some(referent) => (referent.address().unwrap_or(0), String::new()),
        None => (object.pointer_value(target)?, String::from("*")),
    };
    if options.type_name {
        write_type_name(&mut text, target, object.ty)?;
    }
    match options
        .symbolize
        .then(|| target.symbolize(address))
        .transpose()?
        .flatten()
    {
        Some(symbol) => push(
            &mut text,
            format_args!("({}+{:#x} = {address:#x})", symbol.name, symbol.offset),
        ),
        None => push(&mut text, format_args!("{address:#x}")),
    }
    text.push_str(" = ");
    match format_whole(
        &Object::at(*referenced, address),
        target,
        options,
        text,
        false,
    ) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_shown_in_place(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `*(struct foo *)<synthetic pointer> = { ... }`
fn format_synthetic(
    pointer: &Object,
    referenced: QualifiedType,
    target: &dyn Target,
    options: &FormatOptions,
) -> Result<Option<String>> {
    let Ok(Some(pointee)) = pointer.pointee(target, referenced, 0) else {
        return Ok(None);
    };
    let mut text = String::from("*");
    if options.type_name {
        write_type_name(&mut text, target, pointer.ty)?;
    }
    text.push_str("<synthetic pointer> = ");
    format_whole(&pointee, target, options, text, false).map(Some)
}

/// The object behind `text`, read at once if that is possible.
fn format_whole(
    object: &Object,
    target: &dyn Target,
    options: &FormatOptions,
    text: String,
    with_type_name: bool,
) -> Result<String> {
    let run = |target: &dyn Target, steps_left| -> Result<(String, bool)> {
        let mut formatter = Formatter::new(target, options, text.clone(), steps_left);
        formatter.whole(object, with_type_name)?;
        let is_lost = formatter.has_failed && !formatter.has_read;
        Ok((formatter.out, is_lost))
    };
    match Snapshot::take(target, object) {
        Ok(snapshot) => {
            let steps = match snapshot.memory.size() {
                0 => MAX_STEPS,
                size => MIN_STEPS + size * STEPS_PER_BYTE,
            };
            Ok(run(&snapshot, steps)?.0)
        }
        Err(error) if error.is_fault() => match run(target, MAX_STEPS_IN_HOLES)? {
            (text, false) => Ok(text),
            // Nothing of it can be read.
            (_, true) => Err(error),
        },
        Err(error) => Err(error),
    }
}
