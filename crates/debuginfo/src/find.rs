use crate::die::DieId;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::filename;
use crate::index::{IndexEntry, NameIndex, NameKey, NameKind};
use crate::object::{FoundObject, ObjectKinds, ObjectValue};
use crate::place::{function_value, variable_value};
use crate::simple_names;
use crate::symtab::SymbolTable;
use crate::wanted_name::WantedName;
use gimli::{DwTag, constants as dw};
use hashbrown::{HashMap, HashSet};
use spelunk_base::Language;
use spelunk_types::{QualifiedType, TypeData, TypeKind, TypeStore};

impl NameKind {
    /// Which kind of object it is the name of, if of any.
    pub(crate) fn object_kind(self) -> Option<ObjectKinds> {
        match self {
            Self::Enumerator | Self::Constant => Some(ObjectKinds::CONSTANT),
            Self::Function | Self::InlineFunction => Some(ObjectKinds::FUNCTION),
            Self::Variable => Some(ObjectKinds::VARIABLE),
            _ => None,
        }
    }

    /// Whether the index leads to an entry of this tag.
    fn has_tag(self, tag: DwTag) -> bool {
        let own = match self {
            Self::Struct => dw::DW_TAG_structure_type,
            Self::Union => dw::DW_TAG_union_type,
            Self::Class => dw::DW_TAG_class_type,
            Self::Enum | Self::Enumerator => dw::DW_TAG_enumeration_type,
            Self::Typedef => dw::DW_TAG_typedef,
            Self::BaseType => dw::DW_TAG_base_type,
            Self::Constant if tag == dw::DW_TAG_member => tag,
            Self::Variable | Self::Constant => dw::DW_TAG_variable,
            Self::Function | Self::InlineFunction => dw::DW_TAG_subprogram,
        };
        tag == own
    }
}

impl DebugFile {
    /// The file's first type of one of these kinds that is called `name`.
    pub(crate) fn find_type(
        &self,
        store: &TypeStore,
        kinds: &[TypeKind],
        name: &WantedName<'_>,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>, DebugInfoError> {
        let wanted = |entry: &IndexEntry| kinds.iter().any(|kind| entry.kind.may_be(*kind));
        let entries = self.entries(name, wanted)?;
        let mut of_rust = None;
        let found = self.find_entry(&entries, filename, |entry, die| {
            let id = store.declare(self.producer()?, die.id().as_u64())?;
            if entry.kind == NameKind::BaseType {
                let ty = store.get(id)?;
                if !kinds.contains(&ty.data.kind()) {
                    return Ok(None);
                }
                // A kernel with code in Rust has two types `char`, of which that of C is meant.
                if ty.language == Language::Rust {
                    of_rust = of_rust.or(Some(id.into()));
                    return Ok(None);
                }
            }
            Ok(Some(id.into()))
        })?;
        Ok(found.or(of_rust))
    }

    /// The file's first object of one of these kinds that is called `name`; one that has a place
    /// or value, if there is one.
    pub(crate) fn find_object(
        &self,
        store: &TypeStore,
        name: &WantedName<'_>,
        filename: Option<&str>,
        kinds: ObjectKinds,
    ) -> Result<Option<FoundObject>, DebugInfoError> {
        let wanted = |entry: &IndexEntry| {
            let kind = entry.kind.object_kind();
            kind.is_some_and(|kind| kinds.contains(kind))
        };
        let mut entries = self.entries(name, wanted)?;
        self.drop_overridden(name.as_written(), &mut entries)?;
        // Code first: copies of an inline function stand in every file that includes its header.
        // So do declarations that tell a value; memory goes before them.
        entries.sort_by_key(|entry| {
            matches!(entry.kind, NameKind::InlineFunction | NameKind::Constant)
        });
        let mut absent = None;
        let found = self.find_entry(&entries, filename, |entry, die| {
            let found = self.object(store, name.as_written(), entry, die)?;
            match found {
                Some(FoundObject {
                    value: ObjectValue::Absent(_),
                    ..
                }) if entry.kind != NameKind::InlineFunction => {
                    absent = absent.take().or(found);
                    Ok(None)
                }
                found => Ok(found),
            }
        })?;
        Ok(match found {
            Some(found) if !matches!(found.value, ObjectValue::Absent(_)) => Some(found),
            found => absent.or(found),
        })
    }

    /// Leaves out functions that another of the same name took the place of: a weak function
    /// (`__weak` in the kernel) keeps its code and its entry, but the symbol leads to the other.
    fn drop_overridden(
        &self,
        name: &str,
        entries: &mut Vec<IndexEntry>,
    ) -> Result<(), DebugInfoError> {
        let is_function = |entry: &&IndexEntry| entry.kind == NameKind::Function;
        if entries.iter().filter(is_function).nth(1).is_none() {
            return Ok(());
        }
        let (platform, bias) = (self.elf().platform(), self.load_bias());
        let external: HashMap<DieId, u64> = self.with_units(|units| {
            let mut external = HashMap::new();
            for entry in entries.iter().filter(is_function) {
                let die = units.die(entry.die)?;
                let is_external = match die.origin()? {
                    Some(origin) => origin.flag(dw::DW_AT_external),
                    None => die.flag(dw::DW_AT_external),
                };
                if let ObjectValue::Address(address) = function_value(&die, platform, bias)?
                    && is_external
                {
                    external.insert(entry.die, address);
                }
            }
            Ok(external)
        })?;
        if external.len() < 2 {
            return Ok(());
        }
        let Ok(symbols) = SymbolTable::parse(self.elf(), self.addresses(), self.bias()) else {
            return Ok(());
        };
        let named: Vec<u64> = symbols
            .all_named(name)
            .iter()
            .map(|symbol| symbol.address)
            .collect();
        if external.values().any(|address| named.contains(address)) {
            entries.retain(|entry| {
                let address = external.get(&entry.die);
                address.is_none_or(|address| named.contains(address))
            });
        }
        Ok(())
    }

    pub(crate) fn entries(
        &self,
        name: &WantedName<'_>,
        wanted: impl Fn(&IndexEntry) -> bool,
    ) -> Result<Vec<IndexEntry>, DebugInfoError> {
        let found = self.entries_of_whole_name(name, &wanted)?;
        let index = self.index()?;
        let may_be_in_other = match name.key().may_be_in_scope() {
            true => index.has_scopes(),
            false => index.has_open_scopes(),
        };
        if !found.is_empty() || !may_be_in_other {
            return Ok(found);
        }
        for whole in self.names_in_inline_namespaces(name.key().name())? {
            let found = self.entries_of_whole_name(&WantedName::new(&whole), &wanted)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(found)
    }

    /// The index, with the names in namespaces and classes if `name` may be among them.
    fn index_for(&self, name: &NameKey<'_>) -> Result<&NameIndex, DebugInfoError> {
        let index = self.index()?;
        if name.may_be_in_scope() && index.wants_scopes() {
            self.result_of(|progress, cancel| index.prepare_scopes(progress, cancel))?;
        }
        Ok(index)
    }

    fn entries_of_whole_name(
        &self,
        name: &WantedName<'_>,
        wanted: impl Fn(&IndexEntry) -> bool,
    ) -> Result<Vec<IndexEntry>, DebugInfoError> {
        let found = self.index_for(name.key())?.find_key(name.key());
        let found: Vec<_> = found.filter(&wanted).collect();
        match name.simple() {
            Some(simple) if found.is_empty() => {
                self.entries_of_template(name.key().name(), simple, wanted)
            }
            _ => Ok(found),
        }
    }

    /// The entries of a template's simple name whose full one is `name`.
    fn entries_of_template(
        &self,
        name: &str,
        simple: &NameKey<'_>,
        wanted: impl Fn(&IndexEntry) -> bool,
    ) -> Result<Vec<IndexEntry>, DebugInfoError> {
        let index = self.index_for(simple)?;
        let candidates: Vec<_> = index.find_key(simple).filter(wanted).collect();
        let simple = simple.name();
        if candidates.is_empty() {
            return Ok(candidates);
        }
        self.with_units(|units| {
            let is_it = |entry: &IndexEntry| {
                let die = units.die(entry.die).ok()?;
                let mut path = match entry.kind.has_tag(die.tag()) {
                    true => die.path_around().ok()?,
                    false => return None,
                };
                match entry.kind {
                    NameKind::Enumerator if !die.is_scoped_enumeration() => {}
                    NameKind::Enumerator => path = die.path().ok()?? + "::",
                    _ => path = die.path().ok()??,
                }
                if entry.kind == NameKind::Enumerator {
                    path.push_str(simple.rsplit("::").next()?);
                }
                Some(simple_names::is_same_path(&path, name))
            };
            let is_it = |entry: &IndexEntry| is_it(entry).unwrap_or(false);
            Ok(candidates.into_iter().filter(is_it).collect())
        })
    }

    /// What `accept` makes of the first entry in a file that matches `filename` and of which it
    /// makes anything.
    fn find_entry<T>(
        &self,
        entries: &[IndexEntry],
        filename: Option<&str>,
        mut accept: impl FnMut(&IndexEntry, &Die<'_, '_>) -> Result<Option<T>, DebugInfoError>,
    ) -> Result<Option<T>, DebugInfoError> {
        if entries.is_empty() {
            return Ok(None);
        }
        self.with_units(|units| {
            let mut seen = HashSet::new();
            // The same definition may stand in many units: look at one of each mark first.
            let (first, rest): (Vec<&IndexEntry>, Vec<&IndexEntry>) = entries
                .iter()
                .partition(|entry| seen.insert((entry.kind, entry.mark)));
            for entry in first.into_iter().chain(rest) {
                let die = units.die(entry.die)?;
                // An index file that is out of date leads to anything.
                if !entry.kind.has_tag(die.tag())
                    || filename.is_some_and(|filename| !filename::matches(&die, filename))
                {
                    continue;
                }
                if let Some(found) = accept(entry, &die)? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
    }

    fn object(
        &self,
        store: &TypeStore,
        name: &str,
        entry: &IndexEntry,
        die: &Die<'_, '_>,
    ) -> Result<Option<FoundObject>, DebugInfoError> {
        let (platform, bias) = (self.elf().platform(), self.load_bias());
        let Some(kind) = entry.kind.object_kind() else {
            return Ok(None);
        };
        let (ty, value) = match entry.kind {
            NameKind::Variable | NameKind::Constant => (
                self.type_of(store, die.id())?,
                variable_value(die, platform, bias)?,
            ),
            NameKind::Enumerator => {
                let ty = self.type_at(store, die.id())?;
                let Some(value) = enumerator(store, ty, name)? else {
                    return Ok(None);
                };
                (ty, ObjectValue::Constant(value))
            }
            _ => (
                self.type_at(store, die.id())?,
                function_value(die, platform, bias)?,
            ),
        };
        Ok(Some(FoundObject {
            ty,
            kind,
            value,
            file: 0,
        }))
    }
}

/// The value of the enumerator that is the last component of `path`.
fn enumerator(
    store: &TypeStore,
    ty: QualifiedType,
    path: &str,
) -> Result<Option<i128>, DebugInfoError> {
    let name = path.rsplit("::").next().unwrap_or(path);
    let TypeData::Enum {
        enumerators: Some(enumerators),
        ..
    } = &store.get(ty.id)?.data
    else {
        return Ok(None);
    };
    let found = enumerators
        .iter()
        .find(|enumerator| &*enumerator.name == name);
    Ok(found.map(|enumerator| enumerator.value))
}
