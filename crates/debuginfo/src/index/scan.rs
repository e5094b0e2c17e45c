use super::abbreviation::{
    Abbreviation, Abbreviations, Reference, Step, Wanted, read_form, read_number, read_reference,
    skip_form,
};
use super::kind::NameKind;
use super::name_ref::{NameRef, Place, c_str};
use super::raw::{Deferred, RawNames};
use super::scan_unit::ScanUnit;
use super::type_names::TypeNames;
use crate::die::DieId;
use crate::language;
use gimli::{DwForm, DwLang, constants as dw};
use spelunk_base::{Cursor, Language, Truncated};
use std::rc::Rc;

/// Scopes in scopes: what is deeper is left out, since that is no program but a damaged file.
const MAX_DEPTH: usize = 4096;
/// Entries that take their name from an entry that takes its name from an entry.
const MAX_ORIGINS: u32 = 8;

/// Bytes of `A::B::`: what is in deeper namespaces counts as being in the last that fits.
const MAX_PATH: usize = 1 << 10;

/// What the entries inside an entry are to the index. Inside of most (locals, parameters, members)
/// is nothing.
enum Scope {
    /// Members of a namespace; `outer` is the path without it.
    Space { outer: Rc<[u8]> },
    /// Enumerators of this enumeration.
    Enumerators {
        outer: Rc<[u8]>,
        die: DieId,
        mark: u16,
    },
}

/// The attributes of an entry that the index looks at.
#[derive(Default)]
struct Fields {
    name: Option<NameRef>,
    sibling: Option<u64>,
    origin: Option<DieId>,
    import: Option<DieId>,
    signature: Option<u64>,
    is_declaration: bool,
    byte_size: u64,
    decl_line: u64,
}

/// Collects the names of one unit.
pub(super) struct Scan<'a, 'o> {
    unit: &'a ScanUnit<'a>,
    abbreviations: &'a Abbreviations,
    type_names: &'a TypeNames,
    names: &'o mut RawNames,
    /// Whether the language has names in classes, where the unit says.
    has_nested_names: Option<bool>,
    str_offsets_base: Option<u64>,
    /// `A::B::` inside of namespace A and class B.
    path: Rc<[u8]>,
    /// The paths of entries in namespaces that other entries may take their name from, by offset.
    paths: Vec<(u64, Rc<[u8]>)>,
    /// Entries that have their names from others, which may follow them: Clang defines a static
    /// member before the class that declares it.
    late: Vec<(NameKind, DieId, DieId, u16)>,
    /// Entries of other units that have their names from this one, by origin: then those are what
    /// is collected, instead of the unit's own.
    wanted: Option<&'o [Deferred]>,
}

impl<'a, 'o> Scan<'a, 'o> {
    pub(super) fn new(
        unit: &'a ScanUnit<'a>,
        abbreviations: &'a Abbreviations,
        type_names: &'a TypeNames,
        names: &'o mut RawNames,
    ) -> Self {
        Self {
            unit,
            abbreviations,
            type_names,
            names,
            has_nested_names: None,
            str_offsets_base: unit.str_offsets_base,
            path: Rc::default(),
            paths: Vec::new(),
            late: Vec::new(),
            wanted: None,
        }
    }

    /// Collects the names of entries in other units that are names of entries of this one.
    pub(super) fn for_origins(mut self, wanted: &'o [Deferred]) -> Self {
        self.wanted = Some(wanted);
        self
    }

    /// Collects up to the unit's end, or to the first damage.
    pub(super) fn run(&mut self) -> Result<(), Truncated> {
        let result = self.scan();
        for (kind, origin, die, mark) in std::mem::take(&mut self.late) {
            self.add_by_origin(kind, origin, die, mark);
        }
        result
    }

    fn scan(&mut self) -> Result<(), Truncated> {
        let bytes = self.unit.bytes.get(..self.unit.end).unwrap_or(&[]);
        let mut cursor = Cursor::new(bytes, self.unit.order);
        cursor.seek(self.unit.root);
        let mut scopes: Vec<Scope> = Vec::new();
        // How deep inside of entries that hold nothing, which are not on the stack.
        let mut bodies = 0_usize;
        let mut fields = Fields::default();
        while !cursor.is_empty() {
            let start = cursor.position();
            let Some(abbreviation) = self.read_abbreviation(&mut cursor)? else {
                if let Some(outer) = bodies.checked_sub(1) {
                    bodies = outer;
                } else if let Some(inner) = scopes.pop() {
                    self.leave(inner);
                }
                if scopes.is_empty() && bodies == 0 {
                    break;
                }
                continue;
            };
            self.read_fields(&mut cursor, abbreviation, &mut fields)?;
            let inside = match bodies {
                0 => self.visit(scopes.last(), start, abbreviation, &fields),
                _ => None,
            };
            if !abbreviation.has_children {
                // Nothing is in it: a class that is only declared.
                if let Some(inside) = inside {
                    self.leave(inside);
                }
                if scopes.is_empty() && bodies == 0 {
                    break;
                }
                continue;
            }
            match inside {
                Some(inside) if scopes.len() < MAX_DEPTH => {
                    scopes.push(inside);
                    continue;
                }
                Some(inside) => self.leave(inside),
                None => {}
            }
            match self.next_sibling(&fields, cursor.position()) {
                Some(next) => cursor.seek(next),
                None => bodies = bodies.saturating_add(1),
            }
        }
        Ok(())
    }

    /// Goes back to the path around a scope.
    fn leave(&mut self, scope: Scope) {
        let (Scope::Space { outer } | Scope::Enumerators { outer, .. }) = scope;
        self.path = outer;
    }

    /// The abbreviation of the next entry; `None` at the end of a list of entries.
    fn read_abbreviation(
        &self,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<Abbreviation>, Truncated> {
        let offset = cursor.position();
        match cursor.uleb128()? {
            0 => Ok(None),
            code => self
                .abbreviations
                .get(code)
                .map(Some)
                .ok_or(Truncated { offset }),
        }
    }

    /// Where the next sibling starts, if that is said and makes sense.
    fn next_sibling(&self, fields: &Fields, position: usize) -> Option<usize> {
        let sibling = usize::try_from(fields.sibling?).ok()?;
        let next = self.unit.start.checked_add(sibling)?;
        (position..self.unit.end).contains(&next).then_some(next)
    }

    fn read_fields(
        &mut self,
        cursor: &mut Cursor<'_>,
        abbreviation: Abbreviation,
        fields: &mut Fields,
    ) -> Result<(), Truncated> {
        *fields = Fields::default();
        let sizes = self.unit.sizes;
        for step in self.abbreviations.steps(abbreviation) {
            match *step {
                Step::Skip(count) => cursor.skip(count as usize)?,
                Step::SkipForm(form) => skip_form(cursor, form, sizes)?,
                Step::Number(wanted, size) => {
                    let value = match size {
                        1 => cursor.u8()?.into(),
                        2 => cursor.u16()?.into(),
                        4 => cursor.u32()?.into(),
                        _ => cursor.uint(usize::from(size))?,
                    };
                    self.set(fields, wanted, value);
                }
                Step::Read(Wanted::Name, form) => fields.name = self.read_name(cursor, form)?,
                Step::Read(Wanted::Origin, form) => {
                    fields.origin = self.read_reference(cursor, form)?;
                }
                Step::Read(Wanted::Import, form) => {
                    fields.import = self.read_reference(cursor, form)?;
                }
                Step::Read(wanted, form) => {
                    if let Some(value) = read_number(cursor, form, sizes)? {
                        self.set(fields, wanted, value);
                    }
                }
                Step::Constant(wanted, value) => self.set(fields, wanted, value.cast_unsigned()),
            }
        }
        Ok(())
    }

    fn set(&mut self, fields: &mut Fields, wanted: Wanted, value: u64) {
        match wanted {
            Wanted::Name => {}
            Wanted::Sibling => fields.sibling = Some(value),
            Wanted::Origin => fields.origin = Some(self.resolve(Reference::Unit(value))),
            // Only the form for it gets here.
            Wanted::Signature => fields.signature = Some(value),
            Wanted::Import => fields.import = Some(self.resolve(Reference::Unit(value))),
            Wanted::Declaration => fields.is_declaration = value != 0,
            Wanted::ByteSize => fields.byte_size = value,
            Wanted::DeclLine => fields.decl_line = value,
            Wanted::StrOffsetsBase => self.str_offsets_base = Some(value),
            Wanted::Language => {
                let language = DwLang(u16::try_from(value).unwrap_or(0));
                self.has_nested_names = Some(language::language(language) != Language::C);
            }
        }
    }

    fn read_reference(
        &self,
        cursor: &mut Cursor<'_>,
        form: DwForm,
    ) -> Result<Option<DieId>, Truncated> {
        let form = match form {
            dw::DW_FORM_indirect => read_form(cursor)?,
            form => form,
        };
        let reference = read_reference(cursor, form, self.unit.sizes)?;
        Ok(reference.map(|reference| self.resolve(reference)))
    }

    /// The entry that a reference leads to; where it leads nowhere, one that does not exist.
    fn resolve(&self, reference: Reference) -> DieId {
        let nowhere = DieId::from_u64(u64::MAX);
        let (from, offset) = match reference {
            Reference::Unit(offset) => (self.unit.base.plus(self.unit.start), offset),
            Reference::Section(offset) => (self.unit.info, offset),
            Reference::Supplementary(offset) => match &self.unit.supplementary {
                Some(supplementary) => (supplementary.info, offset),
                None => return nowhere,
            },
        };
        usize::try_from(offset).map_or(nowhere, |offset| from.plus(offset))
    }

    fn read_name(
        &self,
        cursor: &mut Cursor<'_>,
        form: DwForm,
    ) -> Result<Option<NameRef>, Truncated> {
        let form = match form {
            dw::DW_FORM_indirect => read_form(cursor)?,
            form => form,
        };
        let source = self.unit.strings.source;
        let (place, source) = match form {
            dw::DW_FORM_string => {
                let place = self.unit.base.plus(cursor.position());
                cursor.c_str()?;
                return Ok(Some(NameRef::new(Place::Units, source, place.as_u64())));
            }
            dw::DW_FORM_strp => (Place::Str, Some(source)),
            dw::DW_FORM_line_strp => (Place::LineStr, Some(source)),
            dw::DW_FORM_strp_sup | dw::DW_FORM_GNU_strp_alt => {
                let supplementary = self.unit.supplementary.as_ref();
                (Place::Str, supplementary.map(|file| file.strings.source))
            }
            dw::DW_FORM_strx
            | dw::DW_FORM_strx1
            | dw::DW_FORM_strx2
            | dw::DW_FORM_strx3
            | dw::DW_FORM_strx4
            | dw::DW_FORM_GNU_str_index => {
                let index = read_number(cursor, form, self.unit.sizes)?;
                return Ok(index.and_then(|index| self.indexed_name(index)));
            }
            _ => return skip_form(cursor, form, self.unit.sizes).map(|()| None),
        };
        let offset = cursor.uint(usize::from(self.unit.sizes.offset))?;
        Ok(source.map(|source| NameRef::new(place, source, offset)))
    }

    /// The name that `.debug_str_offsets` has at `index`.
    fn indexed_name(&self, index: u64) -> Option<NameRef> {
        let size = self.unit.sizes.offset;
        let base = self.str_offsets_base?;
        let position = index.checked_mul(u64::from(size))?.checked_add(base)?;
        let mut cursor = Cursor::new(self.unit.str_offsets, self.unit.order);
        cursor.seek(usize::try_from(position).ok()?);
        let offset = cursor.uint(usize::from(size)).ok()?;
        Some(NameRef::new(Place::Str, self.unit.strings.source, offset))
    }

    /// Takes note of an entry, and says what the entries in it are; `None` if nothing.
    fn visit(
        &mut self,
        scope: Option<&Scope>,
        start: usize,
        abbreviation: Abbreviation,
        fields: &Fields,
    ) -> Option<Scope> {
        let declared = fields.name.and(fields.origin);
        let Some(path) = declared.and_then(|origin| self.path_of(origin)) else {
            return self.visit_in_path(scope, start, abbreviation, fields);
        };
        // In type units of GCC the definition stands outside of the namespaces of its declaration.
        let around = std::mem::replace(&mut self.path, path);
        let mut inside = self.visit_in_path(scope, start, abbreviation, fields);
        match &mut inside {
            Some(Scope::Space { outer } | Scope::Enumerators { outer, .. }) => *outer = around,
            None => self.path = around,
        }
        inside
    }

    /// The path of an earlier entry of the unit.
    fn path_of(&self, origin: DieId) -> Option<Rc<[u8]>> {
        let start = origin.as_u64().checked_sub(self.unit.base.as_u64())?;
        let place = self.paths.binary_search_by_key(&start, |path| path.0);
        let (_, path) = self.paths.get(place.ok()?)?;
        Some(Rc::clone(path))
    }

    fn visit_in_path(
        &mut self,
        scope: Option<&Scope>,
        start: usize,
        abbreviation: Abbreviation,
        fields: &Fields,
    ) -> Option<Scope> {
        if let Some(wanted) = self.wanted {
            self.name_wanted(wanted, start, fields);
        }
        let die = self.unit.base.plus(start);
        let mark = mark(fields.byte_size, fields.decl_line);
        let outer = Rc::clone(&self.path);
        let kind = match abbreviation.tag {
            dw::DW_TAG_compile_unit | dw::DW_TAG_partial_unit | dw::DW_TAG_type_unit => {
                return scope.is_none().then_some(Scope::Space { outer });
            }
            dw::DW_TAG_imported_unit => {
                self.names.imports.extend(fields.import);
                return None;
            }
            dw::DW_TAG_namespace => {
                self.enter(fields.name);
                return Some(Scope::Space { outer });
            }
            dw::DW_TAG_enumerator => {
                if let (Some(&Scope::Enumerators { die, mark, .. }), Some(name)) =
                    (scope, fields.name)
                {
                    self.add(NameKind::Enumerator, name, die, mark);
                }
                return None;
            }
            dw::DW_TAG_enumeration_type => {
                self.remember_path(start);
                if let Some(name) = fields.name.filter(|_| !fields.is_declaration) {
                    self.add(NameKind::Enum, name, die, mark);
                }
                if abbreviation.is_scoped {
                    self.enter(fields.name);
                }
                return Some(Scope::Enumerators { outer, die, mark });
            }
            dw::DW_TAG_structure_type => NameKind::Struct,
            dw::DW_TAG_union_type => NameKind::Union,
            dw::DW_TAG_class_type => NameKind::Class,
            dw::DW_TAG_typedef => NameKind::Typedef,
            dw::DW_TAG_base_type => NameKind::BaseType,
            dw::DW_TAG_variable => NameKind::Variable,
            dw::DW_TAG_subprogram if abbreviation.has_code => NameKind::Function,
            dw::DW_TAG_subprogram => NameKind::InlineFunction,
            dw::DW_TAG_member => {
                self.remember_path(start);
                self.add_constant(abbreviation, fields, die, mark);
                return None;
            }
            _ => return None,
        };
        let is_class = matches!(kind, NameKind::Struct | NameKind::Union | NameKind::Class);
        self.remember_path(start);
        if !fields.is_declaration && self.wanted.is_none() {
            match (fields.name, fields.origin) {
                (Some(name), _) => self.add(kind, name, die, mark),
                (None, Some(origin)) => self.late.push((kind, origin, die, mark)),
                (None, None) => {}
            }
        }
        if kind == NameKind::Variable {
            self.add_constant(abbreviation, fields, die, mark);
        }
        // `dwz` leaves the language out of partial units; nothing is in classes of C.
        if is_class && self.has_nested_names.unwrap_or(true) {
            let name = match (fields.name, fields.signature) {
                (Some(name), _) => self.bytes_of(name),
                // Clang names methods of classes in type units inside a class without a name.
                (None, Some(signature)) => self.type_names.get(signature),
                (None, None) => return None,
            };
            self.enter_bytes(name);
            return Some(Scope::Space { outer });
        }
        None
    }

    /// Makes a name part of the path.
    fn enter(&mut self, name: Option<NameRef>) {
        self.enter_bytes(name.and_then(|name| self.bytes_of(name)));
    }

    fn enter_bytes(&mut self, name: Option<&[u8]>) {
        if let Some(name) = name
            && self.path.len().saturating_add(name.len()) < MAX_PATH
        {
            self.path = [&*self.path, name, b"::"].concat().into();
        }
    }

    /// The name of a type unit's type, with its signature.
    pub(super) fn type_name(&mut self) -> Option<(u64, &'a [u8])> {
        let (signature, start) = self.unit.type_entry?;
        let bytes = self.unit.bytes.get(..self.unit.end)?;
        let mut fields = Fields::default();
        // The first entry says where the unit's names are.
        for start in [self.unit.root, start.max(self.unit.root)] {
            let mut cursor = Cursor::new(bytes, self.unit.order);
            cursor.seek(start);
            let abbreviation = self.read_abbreviation(&mut cursor).ok()??;
            self.read_fields(&mut cursor, abbreviation, &mut fields)
                .ok()?;
        }
        Some((signature, self.bytes_of(fields.name?)?))
    }

    fn remember_path(&mut self, start: usize) {
        if !self.path.is_empty() {
            self.paths.push((start as u64, Rc::clone(&self.path)));
        }
    }

    /// Gives those that are wanted their names if this entry has them.
    fn name_wanted(&mut self, wanted: &[Deferred], start: usize, fields: &Fields) {
        let origin = self.unit.base.plus(start);
        let first = wanted.partition_point(|deferred| deferred.origin < origin);
        let wanted = wanted.get(first..).unwrap_or_default();
        for deferred in wanted
            .iter()
            .take_while(|deferred| deferred.origin == origin)
        {
            let Deferred {
                kind, die, mark, ..
            } = *deferred;
            match (fields.name, fields.origin) {
                (Some(name), _) => self.add_name(kind, name, die, mark),
                (None, Some(origin)) => self.late.push((kind, origin, die, mark)),
                (None, None) => {}
            }
        }
    }

    /// Adds the declaration of a static member if it tells its value (`static constexpr int x = 1`):
    /// there may be no definition.
    fn add_constant(&mut self, abbreviation: Abbreviation, fields: &Fields, die: DieId, mark: u16) {
        if abbreviation.has_value
            && fields.is_declaration
            && let Some(name) = fields.name
        {
            self.add(NameKind::Constant, name, die, mark);
        }
    }

    fn add(&mut self, kind: NameKind, name: NameRef, die: DieId, mark: u16) {
        if self.wanted.is_none() {
            self.add_name(kind, name, die, mark);
        }
    }

    fn add_name(&mut self, kind: NameKind, name: NameRef, die: DieId, mark: u16) {
        let Some(bytes) = self.bytes_of(name) else {
            return;
        };
        if self.path.is_empty() {
            self.names.add(kind, name, bytes, die, mark);
        } else {
            self.names.add_path(kind, &self.path, bytes, die, mark);
        }
    }

    /// Adds an entry that has its name from another one: the definition of what was declared
    /// before, or the code of an inline function.
    fn add_by_origin(&mut self, kind: NameKind, mut origin: DieId, die: DieId, mark: u16) {
        let mut fields = Fields::default();
        for _ in 0..MAX_ORIGINS {
            if !self.unit.range().contains(&origin) {
                self.names.deferred.push(Deferred {
                    origin,
                    kind,
                    die,
                    mark,
                });
                return;
            }
            let in_section = origin.as_u64().checked_sub(self.unit.base.as_u64());
            let Some(start) = in_section.and_then(|start| usize::try_from(start).ok()) else {
                return;
            };
            let bytes = self.unit.bytes.get(..self.unit.end).unwrap_or(&[]);
            let mut cursor = Cursor::new(bytes, self.unit.order);
            cursor.seek(start.max(self.unit.root));
            let Ok(Some(abbreviation)) = self.read_abbreviation(&mut cursor) else {
                return;
            };
            if self
                .read_fields(&mut cursor, abbreviation, &mut fields)
                .is_err()
            {
                return;
            }
            if let Some(bytes) = fields.name.and_then(|name| self.bytes_of(name)) {
                let place = self
                    .paths
                    .binary_search_by_key(&(start as u64), |path| path.0);
                match place.ok().and_then(|place| self.paths.get(place)) {
                    Some((_, path)) => self.names.add_path(kind, path, bytes, die, mark),
                    None => {
                        if let Some(name) = fields.name {
                            self.names.add(kind, name, bytes, die, mark);
                        }
                    }
                }
                return;
            }
            match fields.origin {
                Some(next) => origin = next,
                None => return,
            }
        }
    }

    fn bytes_of(&self, name: NameRef) -> Option<&'a [u8]> {
        let own = &self.unit.strings;
        let others = self.unit.supplementary.as_ref().map(|file| &file.strings);
        let strings = match others {
            Some(others) if others.source as usize == name.source() => others,
            _ => own,
        };
        match name.place()? {
            Place::Str => c_str(strings.str, name.offset()),
            Place::LineStr => c_str(strings.line_str, name.offset()),
            Place::Units => {
                let base = usize::try_from(self.unit.base.as_u64()).ok()?;
                c_str(self.unit.bytes, name.offset().checked_sub(base)?)
            }
            Place::Index => None,
        }
    }
}

/// A few bits that tell definitions of the same name apart, without looking at them.
fn mark(byte_size: u64, decl_line: u64) -> u16 {
    let mixed = (byte_size ^ decl_line.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u16::try_from(mixed >> 48).unwrap_or(0)
}
