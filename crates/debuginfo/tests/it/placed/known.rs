//! What another reader knows of a file: `llvm-dwarfdump`, whose text is read here.

use crate::compiled::run;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;

/// An entry that has a name that others can use.
#[derive(Debug)]
pub(super) struct Known {
    /// As `struct`, `variable`.
    pub(super) keyword: &'static str,
    /// With namespaces and classes.
    pub(super) name: String,
    pub(super) facts: Facts,
}

/// What an entry says of itself.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Facts {
    /// The size, and the members of a structure with where they are in bits; `None` where only
    /// more than a number tells.
    Layout(u64, Vec<(String, Option<u64>)>),
    Value(i128),
    Address(u64),
    Other,
}

/// An entry as it stands in the text.
struct Entry<'t> {
    depth: usize,
    tag: &'t str,
    attributes: HashMap<&'t str, &'t str>,
    outer: Option<usize>,
}

/// All of them, functions' own aside.
pub(super) fn known(path: &Path) -> Vec<Known> {
    let text = run(
        "llvm-dwarfdump",
        [OsStr::new("--debug-info"), path.as_os_str()],
    );
    let entries = Entries::parse(&text);
    let all = (0..entries.all.len()).filter_map(|at| entries.known(at));
    let known: Vec<_> = all.collect();
    assert!(known.len() > 5, "{path:?}");
    known
}

struct Entries<'t> {
    all: Vec<Entry<'t>>,
    by_offset: HashMap<u64, usize>,
}

impl<'t> Entries<'t> {
    fn parse(text: &'t str) -> Self {
        let mut all: Vec<Entry<'t>> = Vec::new();
        let mut by_offset = HashMap::new();
        let mut open: Vec<usize> = Vec::new();
        for line in text.lines() {
            let trimmed = line.trim_start();
            if let Some((offset, tag)) = line.split_once(':')
                && let Some(offset) = number(offset)
                && tag.trim_start().starts_with("DW_TAG_")
            {
                let depth = tag.len() - tag.trim_start().len();
                while open.pop_if(|at| all[*at].depth >= depth).is_some() {}
                by_offset.insert(offset, all.len());
                all.push(Entry {
                    depth,
                    tag: tag.trim(),
                    attributes: HashMap::new(),
                    outer: open.last().copied(),
                });
                open.push(all.len() - 1);
            } else if let Some((name, value)) = trimmed.split_once('\t')
                && let Some(entry) = all.last_mut()
                && name.starts_with("DW_AT_")
            {
                entry.attributes.insert(name, value);
            }
        }
        Self { all, by_offset }
    }

    /// The value of an attribute, without what is around it.
    fn attribute(&self, at: usize, name: &str) -> Option<&'t str> {
        let value = self.all[at].attributes.get(name)?;
        let value = value.strip_prefix('(').unwrap_or(value);
        Some(value.strip_suffix(')').unwrap_or(value))
    }

    fn number(&self, at: usize, name: &str) -> Option<u64> {
        number(self.attribute(at, name)?)
    }

    /// The entry that this one completes or is the code of.
    fn origin(&self, at: usize) -> Option<usize> {
        let value = self.attribute(at, "DW_AT_specification");
        let value = value.or_else(|| self.attribute(at, "DW_AT_abstract_origin"))?;
        let offset = number(value.split_whitespace().next()?)?;
        self.by_offset.get(&offset).copied()
    }

    fn name(&self, at: usize) -> Option<String> {
        match self.attribute(at, "DW_AT_name") {
            Some(name) => Some(name.trim_matches('"').replace(r"\\", r"\")),
            None => self.name(self.origin(at)?),
        }
    }

    /// The name with what is around it; `None` in a function or a closure, where none can name it.
    fn path(&self, at: usize) -> Option<String> {
        let mut path = self.name(at)?;
        let mut declared = at;
        while let Some(origin) = self.origin(declared) {
            declared = origin;
        }
        let mut outer = self.all[declared].outer;
        while let Some(around) = outer {
            let is_unscoped =
                self.attribute(around, "DW_AT_enum_class").is_none() && !self.is_of_rust(around);
            match self.all[around].tag {
                "DW_TAG_subprogram" | "DW_TAG_lexical_block" => return None,
                "DW_TAG_compile_unit" => break,
                "DW_TAG_enumeration_type" if is_unscoped => {}
                // Those of anonymous namespaces count as of the one around.
                tag => match self.name(around) {
                    Some(name) => path = format!("{name}::{path}"),
                    None if tag == "DW_TAG_namespace" => {}
                    None => return None,
                },
            }
            outer = self.all[around].outer;
        }
        Some(path)
    }

    fn is_of_rust(&self, at: usize) -> bool {
        let unit = std::iter::successors(Some(at), |at| self.all[*at].outer).last();
        let language = unit.and_then(|unit| self.attribute(unit, "DW_AT_language"));
        language == Some("DW_LANG_Rust")
    }

    fn known(&self, at: usize) -> Option<Known> {
        let is_declaration = self.attribute(at, "DW_AT_declaration").is_some();
        let entry = &self.all[at];
        let (keyword, facts) = match entry.tag {
            _ if is_declaration => return None,
            "DW_TAG_structure_type" => ("struct", self.layout(at)?),
            "DW_TAG_union_type" => ("union", self.layout(at)?),
            "DW_TAG_class_type" => ("class", self.layout(at)?),
            "DW_TAG_enumeration_type" => ("enum", Facts::Other),
            "DW_TAG_typedef" => ("typedef", Facts::Other),
            "DW_TAG_base_type" => (
                "base",
                Facts::Layout(self.number(at, "DW_AT_byte_size")?, Vec::new()),
            ),
            "DW_TAG_enumerator" => {
                let value = self.attribute(at, "DW_AT_const_value")?;
                let value = wide(value)
                    .or_else(|| value.parse().ok())
                    .or_else(|| number(value).map(i128::from))?;
                ("constant", Facts::Value(value))
            }
            "DW_TAG_variable" => match self.attribute(at, "DW_AT_location") {
                Some(place) => match place.strip_prefix("DW_OP_addr ") {
                    // 0 is the place of what the linker left out.
                    Some(address) if number(address)? != 0 => {
                        ("variable", Facts::Address(number(address)?))
                    }
                    Some(_) => ("variable", Facts::Other),
                    None => ("variable", Facts::Other),
                },
                None => return None,
            },
            "DW_TAG_subprogram" => match self.number(at, "DW_AT_low_pc") {
                Some(0) | None => ("function", Facts::Other),
                Some(address) => ("function", Facts::Address(address)),
            },
            _ => return None,
        };
        let name = self.path(at)?;
        Some(Known {
            keyword,
            name,
            facts,
        })
    }

    fn layout(&self, at: usize) -> Option<Facts> {
        let size = self.number(at, "DW_AT_byte_size")?;
        let inside = self.all.iter().enumerate().skip(at + 1);
        let inside = inside.take_while(|(_, entry)| entry.depth > self.all[at].depth);
        let members = inside.filter(|(inner, entry)| {
            let is_static = ["DW_AT_external", "DW_AT_declaration"];
            entry.outer == Some(at)
                && entry.tag == "DW_TAG_member"
                && is_static
                    .iter()
                    .all(|name| self.attribute(*inner, name).is_none())
        });
        let members = members.map(|(inner, _)| {
            let name = self.name(inner).unwrap_or_default();
            (name, self.bit_offset(inner))
        });
        Some(Facts::Layout(size, members.collect()))
    }

    /// As it is said in DWARF 4 and 5; before, the order of bytes matters.
    fn bit_offset(&self, at: usize) -> Option<u64> {
        if self.attribute(at, "DW_AT_bit_offset").is_some() {
            return None;
        }
        let bits = self.number(at, "DW_AT_data_bit_offset").unwrap_or(0);
        let bytes = match self.attribute(at, "DW_AT_data_member_location") {
            Some(place) => number(place.trim_start_matches("DW_OP_plus_uconst "))?,
            None => 0,
        };
        Some(bytes * 8 + bits)
    }
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A value of 16 bytes, which are shown as they stand in the file (of a machine like this one).
fn wide(text: &str) -> Option<i128> {
    let value = u128::from_str_radix(text, 16)
        .ok()
        .filter(|_| text.len() == 32)?;
    Some(value.swap_bytes().cast_signed())
}
