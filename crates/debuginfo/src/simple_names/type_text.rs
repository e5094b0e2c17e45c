use super::Depth;
use crate::entry::{ANONYMOUS_NAMESPACE, Die};
use gimli::constants as dw;
use std::ops::ControlFlow;

/// A type around what is declared to be of it: `int (*` and `)(char)`.
struct Text {
    before: String,
    after: String,
    /// Whether a pointer to it needs parentheses.
    is_suffixed: bool,
}

/// The type that an entry refers to; `void` where there is none.
pub(super) fn of_reference(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<String> {
    let Text { before, after, .. } = referenced(die, depth)?;
    Some(before + &after)
}

/// The name of a type with what is around it, but functions.
pub(super) fn path(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<String> {
    let mut path = String::new();
    for outer in die.scopes().ok()? {
        if outer.tag() == dw::DW_TAG_subprogram {
            path.clear();
            continue;
        }
        match outer.full_name_at(depth).ok()? {
            Some(name) => path.push_str(&name),
            None if outer.tag() == dw::DW_TAG_namespace => path.push_str(ANONYMOUS_NAMESPACE),
            None => return None,
        }
        path.push_str("::");
    }
    let name = match die.full_name_at(depth).ok()? {
        Some(name) => name,
        // In a type unit of its own.
        None => die.any_name().ok()??,
    };
    Some(path + &name)
}

fn referenced(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<Text> {
    let depth = depth.inner()?;
    match die.reference(dw::DW_AT_type).ok()? {
        Some(ty) => text(&die.units().die(ty).ok()?, depth),
        None => Some(Text::plain("void".to_owned())),
    }
}

fn text(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<Text> {
    Some(match die.tag() {
        dw::DW_TAG_const_type | dw::DW_TAG_volatile_type | dw::DW_TAG_restrict_type => {
            qualified(die, depth)?
        }
        dw::DW_TAG_pointer_type => referenced(die, depth)?.pointed("*"),
        dw::DW_TAG_reference_type => referenced(die, depth)?.pointed("&"),
        dw::DW_TAG_rvalue_reference_type => referenced(die, depth)?.pointed("&&"),
        dw::DW_TAG_ptr_to_member_type => {
            let class = die.reference(dw::DW_AT_containing_type).ok()??;
            let class = path(&die.units().die(class).ok()?, depth.inner()?)?;
            referenced(die, depth)?.pointed(&format!("{class}::*"))
        }
        dw::DW_TAG_array_type => {
            let mut text = referenced(die, depth)?;
            let dimensions =
                crate::types::dimensions(die, |subrange| Ok(crate::types::length(subrange)));
            let dimensions: String = dimensions
                .ok()?
                .into_iter()
                .map(|length| match length {
                    Some(length) => format!("[{length}]"),
                    None => "[]".to_owned(),
                })
                .collect();
            text.after = dimensions + &text.after;
            text.is_suffixed = true;
            text
        }
        dw::DW_TAG_subroutine_type => function(die, depth)?,
        dw::DW_TAG_unspecified_type => Text::plain("std::nullptr_t".to_owned()),
        _ => Text::plain(path(die, depth)?),
    })
}

/// A type with all its qualifiers, in the usual order.
fn qualified(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<Text> {
    let mut words = [(dw::DW_TAG_const_type, "const", false); 3];
    words[1] = (dw::DW_TAG_volatile_type, "volatile", false);
    words[2] = (dw::DW_TAG_restrict_type, "__restrict", false);
    let mut mark = |tag| {
        let word = words.iter_mut().find(|word| word.0 == tag);
        word.map(|word| word.2 = true).is_some()
    };
    mark(die.tag());
    let mut inner = die.reference(dw::DW_AT_type).ok()?;
    let mut behind = None;
    for _ in 0..4 {
        let Some(id) = inner else { break };
        let next = die.units().die(id).ok()?;
        if !mark(next.tag()) {
            behind = Some(next);
            break;
        }
        inner = next.reference(dw::DW_AT_type).ok()?;
    }
    let words = words.iter().filter(|word| word.2).map(|word| word.1);
    let words: Vec<_> = words.collect();
    let words = words.join(" ");
    let Some(behind) = behind else {
        return Some(Text::plain(format!("{words} void")));
    };
    let mut text = text(&behind, depth.inner()?)?;
    match behind.tag() {
        dw::DW_TAG_pointer_type | dw::DW_TAG_ptr_to_member_type => text.before.push_str(&words),
        _ => text.before = format!("{words} {}", text.before),
    }
    Some(text)
}

fn function(die: &Die<'_, '_>, depth: Depth<'_>) -> Option<Text> {
    let mut text = referenced(die, depth)?;
    let mut parameters = Vec::new();
    let mut is_const = false;
    let mut is_known = true;
    die.visit_children(|child| {
        match child.tag() {
            // What a member function is called on.
            dw::DW_TAG_formal_parameter if child.flag(dw::DW_AT_artificial) => {
                let object = of_reference(&child, depth);
                is_const |= object.is_some_and(|text| text.starts_with("const "));
            }
            dw::DW_TAG_formal_parameter => match of_reference(&child, depth) {
                Some(text) => parameters.push(text),
                None => is_known = false,
            },
            dw::DW_TAG_unspecified_parameters => parameters.push("...".to_owned()),
            _ => {}
        }
        Ok(match is_known {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        })
    })
    .ok()?;
    if !is_known {
        return None;
    }
    let suffix = if is_const { " const" } else { "" };
    text.after = format!("({}){suffix}{}", parameters.join(", "), text.after);
    text.part();
    text.is_suffixed = true;
    Some(text)
}

impl Text {
    fn plain(name: String) -> Self {
        Self {
            before: name,
            after: String::new(),
            is_suffixed: false,
        }
    }

    /// Puts a blank behind a word.
    fn part(&mut self) {
        if !self.before.ends_with([' ', '*', '&']) {
            self.before.push(' ');
        }
    }

    /// A pointer or reference to it.
    fn pointed(mut self, sigil: &str) -> Self {
        self.part();
        if self.is_suffixed {
            self.before.push('(');
            self.after.insert(0, ')');
        }
        self.before.push_str(sigil);
        self.is_suffixed = false;
        self
    }
}
