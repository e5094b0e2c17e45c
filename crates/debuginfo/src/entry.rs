use crate::die::DieId;
use crate::dwarf::{Entry, Slice};
use crate::error::DebugInfoError;
use crate::unit::Unit;
use crate::units::Units;
use gimli::{AttributeValue, DwAt, DwTag, constants as dw};
use spelunk_base::Language;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Namespaces in namespaces: more is no program but a damaged file.
const MAX_DEPTH: usize = 128;
/// What a namespace without a name is called in text.
pub(crate) const ANONYMOUS_NAMESPACE: &str = "(anonymous namespace)";

/// An entry with its unit: what attributes mean depends on both.
pub struct Die<'u, 'a> {
    units: &'u Units<'a>,
    unit: &'u Unit<'a>,
    entry: Entry<'a>,
    id: DieId,
}

impl<'a> Units<'a> {
    /// The entry with this id.
    ///
    /// # Errors
    ///
    /// If there is none, or it is damaged.
    pub fn die(&self, id: DieId) -> Result<Die<'_, 'a>, DebugInfoError> {
        let outside = || self.damaged(id, "no unit has an entry here".to_owned());
        let unit = self.unit(self.find_unit(id).ok_or_else(outside)?)?;
        let entry = unit
            .entry(unit.offset_of(id).ok_or_else(outside)?)
            .map_err(|error| self.damaged(id, error.to_string()))?;
        Ok(Die {
            units: self,
            unit,
            entry,
            id,
        })
    }
}

impl<'u, 'a> Die<'u, 'a> {
    /// Where the entry is.
    #[must_use]
    pub fn id(&self) -> DieId {
        self.id
    }

    /// All units of the file.
    #[must_use]
    pub fn units(&self) -> &'u Units<'a> {
        self.units
    }

    /// The unit that the entry is in.
    #[must_use]
    pub fn unit(&self) -> &'u Unit<'a> {
        self.unit
    }

    /// The entry's tag.
    #[must_use]
    pub fn tag(&self) -> DwTag {
        self.entry.tag()
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, name: DwAt) -> Option<AttributeValue<Slice<'a>>> {
        self.entry.attr_value(name)
    }

    /// The error that says what is wrong with the entry.
    #[must_use]
    pub fn damaged(&self, message: impl Into<String>) -> DebugInfoError {
        self.units.damaged(self.id, message.into())
    }

    /// The name, if it has one. What is not UTF-8 is replaced.
    ///
    /// # Errors
    ///
    /// If the name cannot be read.
    pub fn name(&self) -> Result<Option<Cow<'a, str>>, DebugInfoError> {
        let Some(value) = self.attr(dw::DW_AT_name) else {
            return Ok(None);
        };
        let name = self.unit.dwarf().attr_string(self.unit, value);
        let name = name.map_err(|error| self.damaged(format!("DW_AT_name: {error}")))?;
        Ok(Some(String::from_utf8_lossy(name.slice())))
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn flag(&self, name: DwAt) -> bool {
        matches!(self.attr(name), Some(AttributeValue::Flag(true)))
    }

    /// A constant that is no negative number.
    #[must_use]
    pub fn unsigned(&self, name: DwAt) -> Option<u64> {
        self.attr(name)?.udata_value()
    }

    /// The entry that an attribute refers to.
    ///
    /// # Errors
    ///
    /// If the attribute is no reference, or leads out of the file.
    pub fn reference(&self, name: DwAt) -> Result<Option<DieId>, DebugInfoError> {
        let Some(value) = self.attr(name) else {
            return Ok(None);
        };
        let id = match value {
            AttributeValue::UnitRef(offset) if offset.is_in_bounds(&self.unit.header) => {
                Some(self.unit.die_id(offset))
            }
            AttributeValue::DebugInfoRef(offset) => Some(self.unit.die_in_section(offset.0)),
            AttributeValue::DebugTypesRef(signature) => {
                let signature = signature.0;
                return self
                    .units
                    .find_type_unit(signature)
                    .map(Some)
                    .ok_or_else(|| {
                        self.damaged(format!("{name}: no unit has the type {signature:#018x}"))
                    });
            }
            AttributeValue::DebugInfoRefSup(offset) => {
                return self
                    .units
                    .supplementary_die(offset.0)
                    .map(Some)
                    .ok_or_else(|| {
                        self.damaged(format!(
                            "{name} leads to a supplementary file, which is missing"
                        ))
                    });
            }
            _ => None,
        };
        id.map(Some)
            .ok_or_else(|| self.damaged(format!("{name} leads to no entry")))
    }

    /// The entry that this one is the code or the definition of, if any.
    ///
    /// # Errors
    ///
    /// As [`reference`](Self::reference).
    pub fn origin(&self) -> Result<Option<Die<'u, 'a>>, DebugInfoError> {
        let origin = self.reference(dw::DW_AT_abstract_origin)?;
        let origin = match origin {
            Some(origin) => Some(origin),
            None => self.reference(dw::DW_AT_specification)?,
        };
        origin.map(|origin| self.units.die(origin)).transpose()
    }

    /// The language of the unit.
    #[must_use]
    pub fn language(&self) -> Language {
        let of_root = |root: &Die<'_, '_>| match root.attr(dw::DW_AT_language) {
            Some(AttributeValue::Language(language)) => Some(crate::language::language(language)),
            _ => None,
        };
        let Ok(root) = self.root() else {
            return Language::C;
        };
        // What `dwz` moved into partial units is in the language of those who import it.
        let of_importer = || {
            let importer = self.units.find_importer(self.units.find_unit(self.id)?)?;
            let importer = self.units.unit(importer).ok()?;
            let root = importer.die_id(importer.header.root_offset());
            of_root(&self.units.die(root).ok()?)
        };
        of_root(&root).or_else(of_importer).unwrap_or(Language::C)
    }

    /// Whether the enumerators of this enumeration are named by it, as in `E::X`. DWARF 2 and 3 cannot
    /// say it; Rust has no others.
    pub(crate) fn is_scoped_enumeration(&self) -> bool {
        self.flag(dw::DW_AT_enum_class) || self.language() == Language::Rust
    }

    /// The name: its own, that of what it is the code or the definition of, or that of the type that
    /// it stands for.
    pub(crate) fn any_name(&self) -> Result<Option<Cow<'a, str>>, DebugInfoError> {
        match (self.full_name()?, self.origin()?) {
            (None, Some(origin)) => origin.full_name(),
            // Clang's stubs of classes in type units have a signature alone. A type that is missing
            // has no name to tell.
            (None, None) => match self.reference(dw::DW_AT_signature) {
                Ok(Some(ty)) => self.units.die(ty)?.full_name(),
                _ => Ok(None),
            },
            (name, _) => Ok(name),
        }
    }

    /// The name with the namespaces and classes that it is in, as the index has it: `A::B`.
    ///
    /// # Errors
    ///
    /// If names cannot be read.
    pub fn path(&self) -> Result<Option<String>, DebugInfoError> {
        let Some(name) = self.any_name()? else {
            return Ok(None);
        };
        Ok(Some(self.path_around()? + &name))
    }

    /// The namespaces and classes that it is in, as [`path`](Self::path) has them: `A::`.
    pub(crate) fn path_around(&self) -> Result<String, DebugInfoError> {
        let mut path = String::new();
        for outer in self.scopes()? {
            if let Some(name) = outer.any_name()? {
                path.push_str(&name);
                path.push_str("::");
            }
        }
        Ok(path)
    }

    /// The namespaces, types and functions that it is declared in, as people write them:
    /// `A::(anonymous namespace)::B::f()`. `None` at the outermost level.
    ///
    /// # Errors
    ///
    /// If names cannot be read.
    pub(crate) fn scope(&self) -> Result<Option<String>, DebugInfoError> {
        let mut names = Vec::new();
        for outer in self.scopes()? {
            match (outer.any_name()?, outer.tag()) {
                (Some(name), dw::DW_TAG_subprogram) => names.push(format!("{name}()")),
                (Some(name), _) => names.push(name.into_owned()),
                (None, dw::DW_TAG_namespace) => names.push(ANONYMOUS_NAMESPACE.to_owned()),
                (None, _) => {}
            }
        }
        Ok((!names.is_empty()).then(|| names.join("::")))
    }

    /// The namespaces, types and functions around the entry, or around the declaration that it
    /// completes, from the outermost on. C has none.
    pub(crate) fn scopes(&self) -> Result<Vec<Self>, DebugInfoError> {
        let mut scopes = Vec::new();
        if self.language() == Language::C {
            return Ok(scopes);
        }
        let declaration = self.reference(dw::DW_AT_specification)?.unwrap_or(self.id);
        let declaration = self.units.die(declaration)?;
        let Some(table) = self.units.scopes(declaration.id)? else {
            return Ok(scopes);
        };
        for outer in table.around(declaration.entry.offset()).take(MAX_DEPTH) {
            scopes.push(self.units.die(declaration.unit.die_id(outer))?);
        }
        scopes.reverse();
        Ok(scopes)
    }

    /// The unit's first entry.
    pub(crate) fn root(&self) -> Result<Die<'u, 'a>, DebugInfoError> {
        self.units
            .die(self.unit.die_id(self.unit.header.root_offset()))
    }

    /// Calls `visit` with the entries directly inside of this one, in order.
    ///
    /// # Errors
    ///
    /// If they are damaged, or what `visit` returns.
    pub fn for_each_child(
        &self,
        mut visit: impl FnMut(Die<'u, 'a>) -> Result<(), DebugInfoError>,
    ) -> Result<(), DebugInfoError> {
        self.visit_children(|child| visit(child).map(ControlFlow::Continue))
    }

    /// As [`for_each_child`](Self::for_each_child), up to where `visit` breaks.
    pub(crate) fn visit_children(
        &self,
        mut visit: impl FnMut(Die<'u, 'a>) -> Result<ControlFlow<()>, DebugInfoError>,
    ) -> Result<(), DebugInfoError> {
        if !self.entry.has_children() {
            return Ok(());
        }
        let damaged = |error: gimli::Error| self.damaged(format!("entries inside: {error}"));
        let mut cursor = self
            .unit
            .entries_at_offset(self.entry.offset())
            .map_err(damaged)?;
        cursor.next_entry().map_err(damaged)?;
        let mut more = cursor.next_entry().map_err(damaged)?;
        while more && let Some(entry) = cursor.current() {
            let child = Die {
                units: self.units,
                unit: self.unit,
                entry: entry.clone(),
                id: self.unit.die_id(entry.offset()),
            };
            if visit(child)?.is_break() {
                break;
            }
            more = cursor.next_sibling().map_err(damaged)?.is_some();
        }
        Ok(())
    }
}
