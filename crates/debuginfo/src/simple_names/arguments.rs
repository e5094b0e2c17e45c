use super::{Depth, MAX_LENGTH, constant, type_text};
use crate::entry::Die;
use crate::error::DebugInfoError;
use gimli::constants as dw;
use std::ops::ControlFlow;

const SEPARATOR: &str = ", ";

/// The arguments of a template, as they stand between the angle brackets. `None` for what is no
/// template, or has an argument that cannot be told.
pub(super) fn of(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<String> {
    let mut list = List::default();
    list.collect(die, depth).ok()?;
    if !list.is_template || list.is_unknown {
        return None;
    }
    let mut text = list.arguments.join(SEPARATOR);
    if text.ends_with('>') {
        text.push(' ');
    }
    Some(text)
}

#[derive(Default)]
struct List {
    arguments: Vec<String>,
    length: usize,
    is_template: bool,
    is_unknown: bool,
}

impl List {
    fn collect(&mut self, die: &Die<'_, '_>, depth: Depth<'_>) -> Result<(), DebugInfoError> {
        die.visit_children(|child| {
            let argument = match child.tag() {
                dw::DW_TAG_template_type_parameter => type_text::of_reference(&child, depth),
                dw::DW_TAG_template_value_parameter => constant::text(&child, depth),
                dw::DW_TAG_GNU_template_template_param => template_name(&child),
                // There are no packs in packs.
                dw::DW_TAG_GNU_template_parameter_pack if die.tag() != child.tag() => {
                    self.is_template = true;
                    self.collect(&child, depth)?;
                    return Ok(ControlFlow::Continue(()));
                }
                dw::DW_TAG_formal_parameter | dw::DW_TAG_unspecified_parameters => {
                    return Ok(ControlFlow::Continue(()));
                }
                // Members and the like come after all arguments.
                _ => return Ok(ControlFlow::Break(())),
            };
            self.is_template = true;
            Ok(match argument {
                Some(argument) if self.length <= MAX_LENGTH => {
                    let length = argument.len().saturating_add(SEPARATOR.len());
                    self.length = self.length.saturating_add(length);
                    self.arguments.push(argument);
                    ControlFlow::Continue(())
                }
                _ => {
                    self.is_unknown = true;
                    ControlFlow::Break(())
                }
            })
        })
    }
}

/// The name of a template that is an argument.
fn template_name(die: &Die<'_, '_>) -> Option<String> {
    let name = die.attr(dw::DW_AT_GNU_template_name)?;
    let name = die.unit().dwarf().attr_string(die.unit(), name).ok()?;
    Some(String::from_utf8_lossy(name.slice()).into_owned())
}
