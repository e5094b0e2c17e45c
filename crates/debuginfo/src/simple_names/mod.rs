//! The full names of templates that Clang calls by their simple ones.
//!
//! With `-gsimple-template-names` a class is called `array` and has entries for the arguments, from
//! which its name `array<int, 3>` is put together here, as Clang spells it without that option. The
//! index has the simple names; whoever looks up a full one finds those of the simple name first and
//! then compares.

mod arguments;
mod constant;
mod path;
mod type_text;

pub(crate) use path::{is_same_path, without_arguments};

use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::unit::UnitIndex;
use gimli::{UnitType, constants as dw};
use spelunk_base::Language;
use std::borrow::Cow;
use std::cell::Cell;

/// Arguments in arguments: more is no program but a damaged file.
const MAX_DEPTH: u32 = 24;
/// Types and values in all of a name.
const MAX_STEPS: u32 = 1 << 11;
/// Longer names are left simple: a few entries can make any number of arguments.
const MAX_LENGTH: usize = 1 << 12;

/// Units that are looked through for the first that is no type unit.
const MAX_UNITS: usize = 1 << 14;

/// How much may still be done for a name.
#[derive(Clone, Copy)]
struct Depth<'b> {
    level: u32,
    steps: &'b Cell<u32>,
}

impl Depth<'_> {
    /// That of a part; `None` if it is too deep, or one part too many.
    fn inner(self) -> Option<Self> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        let level = self.level.checked_sub(1)?;
        Some(Self { level, ..self })
    }
}

impl<'a> Die<'_, 'a> {
    /// The name with the arguments of a template, which stand in entries of their own where the
    /// compiler gave it its simple name.
    pub(crate) fn full_name(&self) -> Result<Option<Cow<'a, str>>, DebugInfoError> {
        let steps = Cell::new(MAX_STEPS);
        let level = MAX_DEPTH;
        self.full_name_at(Depth {
            level,
            steps: &steps,
        })
    }

    fn full_name_at(&self, depth: Depth<'_>) -> Result<Option<Cow<'a, str>>, DebugInfoError> {
        let name = self.name()?;
        let Some(simple) = name.as_deref().filter(|name| self.may_be_simple(name)) else {
            return Ok(name);
        };
        let arguments = arguments::of(self, depth).filter(|text| text.len() <= MAX_LENGTH);
        Ok(match arguments {
            Some(arguments) => Some(format!("{simple}<{arguments}>").into()),
            None => name,
        })
    }

    /// Whether the name may lack the arguments of a template.
    fn may_be_simple(&self, name: &str) -> bool {
        let is_of_template = matches!(
            self.tag(),
            dw::DW_TAG_structure_type
                | dw::DW_TAG_class_type
                | dw::DW_TAG_union_type
                | dw::DW_TAG_subprogram
                | dw::DW_TAG_variable
        );
        let is_full = name.ends_with('>') && !name.starts_with("operator");
        is_of_template && !is_full && self.is_of_clang()
    }

    /// Which version of Clang made the unit or, since type units do not say, the first other one of
    /// the file.
    fn clang_version(&self) -> Option<u32> {
        let own = self.root().ok().and_then(|root| version(&root));
        own.or_else(|| {
            let units = self.units();
            let is_other = |index: &UnitIndex| {
                let kind = units.header(*index).map(|header| header.type_());
                !matches!(
                    kind,
                    Some(UnitType::Type { .. } | UnitType::SplitType { .. })
                )
            };
            let first = units.indices().take(MAX_UNITS).find(is_other)?;
            let first = units.unit(first).ok()?;
            version(&units.die(first.die_id(first.header.root_offset())).ok()?)
        })
    }

    /// Whether Clang made the unit; `dwz` leaves that out of partial units.
    fn is_of_clang(&self) -> bool {
        let Ok(root) = self.root() else { return false };
        if self.language() != Language::Cpp {
            return false;
        }
        match root.attr(dw::DW_AT_producer) {
            Some(producer) => {
                let text = self.unit().dwarf().attr_string(self.unit(), producer);
                text.is_ok_and(|text| text.slice().windows(5).any(|word| word == b"clang"))
            }
            None => true,
        }
    }
}

/// The version of Clang that the first entry of a unit tells: `Debian clang version 14.0.6`.
fn version(root: &Die<'_, '_>) -> Option<u32> {
    const VERSION: &[u8] = b"clang version ";
    let producer = root.attr(dw::DW_AT_producer)?;
    let unit = root.unit();
    let text = unit.dwarf().attr_string(unit, producer).ok()?;
    let at = memchr::memmem::find(text.slice(), VERSION)?;
    let version = text.slice().get(at.checked_add(VERSION.len())?..)?;
    let digits = version.iter().take_while(|byte| byte.is_ascii_digit());
    str::from_utf8(version.get(..digits.count())?)
        .ok()?
        .parse()
        .ok()
}
