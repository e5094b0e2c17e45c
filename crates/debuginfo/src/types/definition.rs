use crate::die::DieId;
use crate::entry::Die;
use crate::error::DebugInfoError;
use crate::file::DebugFile;
use crate::index::{IndexEntry, NameKind};
use crate::wanted_name::WantedName;
use gimli::constants as dw;
use spelunk_types::{TypeId, TypeStore};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What was found where a definition was sought.
#[derive(Clone, Copy)]
enum Found {
    Nothing,
    /// One, perhaps in many copies.
    One(IndexEntry),
    /// Different ones: which was meant cannot be known.
    Several,
}

impl DebugFile {
    /// The type that a declaration (`struct foo;`) stands for: the file's own of that name, else
    /// the other files'. `None` if `die` is no declaration, or there is no definition, or there are
    /// different ones; the type then stays incomplete.
    pub(super) fn find_definition(
        &self,
        store: &TypeStore,
        die: &Die<'_, '_>,
    ) -> Result<Option<TypeId>, DebugInfoError> {
        let kind = match die.tag() {
            dw::DW_TAG_structure_type => NameKind::Struct,
            dw::DW_TAG_union_type => NameKind::Union,
            dw::DW_TAG_class_type => NameKind::Class,
            dw::DW_TAG_enumeration_type => NameKind::Enum,
            _ => return Ok(None),
        };
        if let Some(ty) = die.reference(dw::DW_AT_signature)? {
            return Ok(Some(store.declare(self.producer()?, ty.as_u64())?));
        }
        if !die.flag(dw::DW_AT_declaration) {
            return Ok(None);
        }
        let Some(name) = die.path()? else {
            return Ok(None);
        };
        let name = WantedName::new(&name);
        match self.find_one(kind, &name, Found::Nothing)? {
            Found::One(entry) => return self.declare_entry(store, entry.die).map(Some),
            Found::Several => return Ok(None),
            Found::Nothing => {}
        }
        let Some(files) = self.program_files() else {
            return Ok(None);
        };
        let mut found = Found::Nothing;
        let mut place: Option<Arc<DebugFile>> = None;
        files.look_in_each(&name, |_, file| {
            if !std::ptr::eq(&**file, self) {
                found = file.find_one(kind, &name, found)?;
            }
            Ok(match found {
                Found::One(_) => {
                    place.get_or_insert_with(|| Arc::clone(file));
                    ControlFlow::Continue(())
                }
                Found::Several => ControlFlow::Break(()),
                Found::Nothing => ControlFlow::Continue(()),
            })
        })?;
        match (found, place) {
            (Found::One(entry), Some(file)) => file.declare_entry(store, entry.die).map(Some),
            _ => Ok(None),
        }
    }

    fn declare_entry(&self, store: &TypeStore, die: DieId) -> Result<TypeId, DebugInfoError> {
        Ok(store.declare(self.producer()?, die.as_u64())?)
    }

    /// Adds the file's definitions of `name` to those that were `found` before.
    fn find_one(
        &self,
        kind: NameKind,
        name: &WantedName<'_>,
        found: Found,
    ) -> Result<Found, DebugInfoError> {
        let entries = match self.entries(name, |entry| entry.kind == kind) {
            Err(DebugInfoError::Cancelled) => return Err(DebugInfoError::Cancelled),
            // A file whose index cannot be made has no definitions; its own lookups say why.
            entries => entries.unwrap_or_default(),
        };
        Ok(entries.into_iter().fold(found, |found, entry| match found {
            Found::Nothing => Found::One(entry),
            Found::One(first) if first.mark == entry.mark => Found::One(first),
            Found::One(_) | Found::Several => Found::Several,
        }))
    }
}
