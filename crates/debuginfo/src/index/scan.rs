use super::IndexEntry;
use super::abbreviation::{Abbreviations, Attributes, Interest, Wanted};
use super::definition::DefinitionFields;
use super::entries::{Entries, Entry};
use super::format::Depth;
use super::kind::NameKind;
use super::name_ref::NameRef;
use super::raw::{Deferred, RawNames};
use super::scan_unit::ScanUnit;
use super::seen::{Seen, mix};
use super::source_files::{LastSourceFiles, SourceFiles};
use super::type_names::TypeNames;
use crate::die::DieId;
use crate::hash::hash_bytes;
use gimli::constants as dw;
use spelunk_base::Truncated;
use std::ops::Range;
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
    Space { outer: Path },
    /// Enumerators of this enumeration.
    Enumerators {
        outer: Path,
        indexed: IndexEntry,
        key: Option<u64>,
    },
    /// Names of another index.
    Hidden,
}

/// A scope that the entries that follow are in.
struct OpenScope {
    scope: Scope,
    /// Where its next sibling starts, or one of a scope around it.
    end: usize,
}

/// `A::B::` inside of namespace A and class B.
#[derive(Clone, Default)]
struct Path {
    bytes: Rc<[u8]>,
    /// A number that tells it from other paths.
    key: u64,
}

/// Collects the names of one unit.
pub(super) struct Scan<'a, 'o> {
    unit: &'a ScanUnit<'a>,
    entries: Entries<'a>,
    type_names: &'a TypeNames,
    names: &'o mut RawNames,
    seen: &'o mut Seen,
    depth: Depth,
    /// What entries must be good for to be looked at.
    interest: Interest,
    /// Whether copies of definitions can be passed over before anything else is read of them.
    passes_copies: bool,
    source_files: Option<Rc<SourceFiles>>,
    last_source_files: &'o mut LastSourceFiles,
    path: Path,
    /// The paths of entries in namespaces that other entries may take their name from, by offset.
    paths: Vec<(u64, Path)>,
    /// Where entries stand whose names are those of another index, by offset.
    hidden: Vec<Range<usize>>,
    /// Entries that have their names from others, which may follow them: Clang defines a static
    /// member before the class that declares it.
    late: Vec<Deferred>,
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
        seen: &'o mut Seen,
        last_source_files: &'o mut LastSourceFiles,
        depth: Depth,
    ) -> Self {
        Self {
            unit,
            entries: Entries::new(unit, abbreviations),
            type_names,
            names,
            seen,
            interest: match depth {
                Depth::File => Interest::Inside,
                Depth::Scopes => Interest::Scope,
            },
            depth,
            passes_copies: false,
            source_files: None,
            last_source_files,
            path: Path::default(),
            paths: Vec::new(),
            hidden: Vec::new(),
            late: Vec::new(),
            wanted: None,
        }
    }

    /// Collects the names of entries in other units that are names of entries of this one.
    pub(super) fn for_origins(mut self, wanted: &'o [Deferred]) -> Self {
        self.wanted = Some(wanted);
        self.interest = Interest::Scope;
        self
    }

    /// Collects up to the unit's end, or to the first damage.
    pub(super) fn run(&mut self) -> Result<(), Truncated> {
        let result = self.scan();
        for late in std::mem::take(&mut self.late) {
            self.add_by_origin(late);
        }
        result
    }

    fn scan(&mut self) -> Result<(), Truncated> {
        let mut cursor = self.entries.cursor(self.unit.root);
        let mut scopes: Vec<OpenScope> = Vec::new();
        // How deep inside of entries that hold nothing, which are not on the stack, and where the
        // outermost of them starts if it hides names.
        let (mut bodies, mut hidden) = (0_usize, None);
        while !cursor.is_empty() {
            let least = match bodies {
                0 => self.interest,
                _ => Interest::Everything,
            };
            let end = scopes.last().map_or(self.unit.end, |open| open.end);
            let Some(entry) = self.entries.next(&mut cursor, least, end)? else {
                if let Some(outer) = bodies.checked_sub(1) {
                    bodies = outer;
                    if let Some(start) = hidden.take_if(|_| bodies == 0) {
                        self.hidden.push(start..cursor.position());
                    }
                } else if let Some(inner) = scopes.pop() {
                    self.leave(inner.scope);
                }
                if scopes.is_empty() && bodies == 0 {
                    break;
                }
                continue;
            };
            let is_root = scopes.is_empty() && bodies == 0;
            if is_root {
                self.start_unit();
            }
            let is_new = entry.abbreviation.interest >= least && !self.is_copy(&entry);
            let inside = match is_new {
                true => self.visit(scopes.last().map(|open| &open.scope), &entry),
                false => None,
            };
            if !entry.abbreviation.has_children {
                // Nothing is in it: a class that is only declared.
                if let Some(inside) = inside {
                    self.leave(inside);
                }
                if is_root {
                    break;
                }
                continue;
            }
            let next = self.entries.next_sibling(&entry, cursor.position(), end);
            let is_hidden = match inside {
                Some(Scope::Hidden) => true,
                Some(scope) if scopes.len() < MAX_DEPTH => {
                    let end = next.unwrap_or(end);
                    scopes.push(OpenScope { scope, end });
                    continue;
                }
                Some(inside) => {
                    self.leave(inside);
                    false
                }
                None => false,
            };
            match next {
                Some(next) => {
                    cursor.seek(next);
                    if is_hidden {
                        self.hidden.push(entry.start..next);
                    }
                }
                None => {
                    bodies = bodies.saturating_add(1);
                    if is_hidden {
                        hidden = Some(entry.start);
                    }
                }
            }
        }
        Ok(())
    }

    /// Goes back to the path around a scope.
    fn leave(&mut self, scope: Scope) {
        if let Scope::Space { outer } | Scope::Enumerators { outer, .. } = scope {
            self.path = outer;
        }
    }

    /// With the first entry of the unit.
    fn start_unit(&mut self) {
        let of_unit = &self.entries.of_unit;
        let folder = of_unit.folder.map_or(0, NameRef::as_u64);
        let lines = of_unit.lines;
        self.source_files = lines
            .filter(|_| self.has_full_names())
            .and_then(|lines| self.last_source_files.get(self.unit, lines, folder));
        // Nothing is in classes of C.
        if self.interest == Interest::Inside && of_unit.has_nested_names() == Some(false) {
            self.interest = Interest::Names;
            self.passes_copies = true;
        }
    }

    /// Whether the arguments of templates are in their names. Clang may leave them out
    /// (`-gsimple-template-names`): what is on the same line then need not be the same definition.
    fn has_full_names(&self) -> bool {
        let of_unit = &self.entries.of_unit;
        let producer = of_unit
            .producer
            .and_then(|name| self.entries.bytes_of(name));
        of_unit.has_nested_names() == Some(false)
            || producer.is_some_and(|producer| producer.starts_with(b"GNU "))
    }

    /// Whether an entry is a copy of a definition that was seen before, where that is told quickly.
    #[inline]
    fn is_copy(&self, entry: &Entry<'_>) -> bool {
        let (true, Some(files)) = (self.passes_copies, &self.source_files) else {
            return false;
        };
        let Some((kind, fields)) = self.entries.definition(entry) else {
            return false;
        };
        files.get(fields.file).is_some_and(|file| {
            let fields = DefinitionFields { file, ..fields };
            self.seen.knows(mix(fields.key(kind), self.path.key))
        })
    }

    /// Takes note of an entry, and says what the entries in it are; `None` if nothing.
    fn visit(&mut self, scope: Option<&Scope>, entry: &Entry<'_>) -> Option<Scope> {
        let origin = self.entries.reference(entry, Wanted::Origin);
        let declared = origin.filter(|_| self.name(entry).is_some());
        if declared.is_some_and(|origin| self.is_hidden(origin)) {
            return Some(Scope::Hidden);
        }
        let Some(path) = declared.and_then(|origin| self.path_of(origin)) else {
            return self.visit_in_path(scope, entry);
        };
        // In type units of GCC the definition stands outside of the namespaces of its declaration.
        let around = std::mem::replace(&mut self.path, path);
        let mut inside = self.visit_in_path(scope, entry);
        match &mut inside {
            Some(Scope::Space { outer } | Scope::Enumerators { outer, .. }) => *outer = around,
            Some(Scope::Hidden) | None => self.path = around,
        }
        inside
    }

    fn visit_in_path(&mut self, scope: Option<&Scope>, entry: &Entry<'_>) -> Option<Scope> {
        if let Some(wanted) = self.wanted {
            self.name_wanted(wanted, entry);
        }
        let abbreviation = entry.abbreviation;
        let kind = match abbreviation.tag {
            dw::DW_TAG_compile_unit | dw::DW_TAG_partial_unit | dw::DW_TAG_type_unit => {
                let outer = self.path.clone();
                return scope.is_none().then_some(Scope::Space { outer });
            }
            dw::DW_TAG_imported_unit => {
                let import = self.entries.reference(entry, Wanted::Import);
                self.names.imports.extend(import);
                return None;
            }
            dw::DW_TAG_namespace => {
                let name = self.name(entry);
                if name.is_some() && self.path.bytes.is_empty() {
                    let is_open = abbreviation.has(Attributes::EXPORT_SYMBOLS);
                    self.names.has_open_scopes |= is_open;
                }
                return Some(self.enter(name.and_then(|name| self.entries.bytes_of(name))));
            }
            dw::DW_TAG_enumerator => {
                if let (Some(&Scope::Enumerators { indexed, key, .. }), Some(name)) =
                    (scope, self.name(entry))
                {
                    let key = key.map(|key| mix(key, name.as_u64()));
                    self.add_once(name, key, |_| indexed);
                }
                return None;
            }
            dw::DW_TAG_enumeration_type => return self.visit_enumeration(entry),
            dw::DW_TAG_structure_type => NameKind::Struct,
            dw::DW_TAG_union_type => NameKind::Union,
            dw::DW_TAG_class_type => NameKind::Class,
            dw::DW_TAG_typedef => NameKind::Typedef,
            dw::DW_TAG_base_type => NameKind::BaseType,
            dw::DW_TAG_variable => NameKind::Variable,
            dw::DW_TAG_subprogram if abbreviation.has(Attributes::CODE) => NameKind::Function,
            dw::DW_TAG_subprogram => NameKind::InlineFunction,
            dw::DW_TAG_member => {
                self.remember_path(entry.start);
                self.add_constant(entry);
                return None;
            }
            _ => return None,
        };
        self.remember_path(entry.start);
        if !self.is_declaration(entry) && self.wanted.is_none() {
            if let Some(name) = self.name(entry) {
                let key = self.key(kind, Some(name), entry);
                self.add_once(name, key, |scan| scan.indexed(kind, entry));
            } else if let Some(origin) = self.entries.reference(entry, Wanted::Origin) {
                let entry = self.indexed(kind, entry);
                self.late.push(Deferred { origin, entry });
            }
        }
        match kind {
            NameKind::Variable => self.add_constant(entry),
            NameKind::Struct | NameKind::Union | NameKind::Class => {
                return self.enter_class(entry);
            }
            _ => {}
        }
        None
    }

    fn visit_enumeration(&mut self, entry: &Entry<'_>) -> Option<Scope> {
        self.remember_path(entry.start);
        let name = self.name(entry);
        let key = self.key(NameKind::Enum, name, entry);
        if let Some(name) = name.filter(|_| !self.is_declaration(entry))
            && !self.add_once(name, key, |scan| scan.indexed(NameKind::Enum, entry))
        {
            // The enumerators of a copy are copies, too.
            return None;
        }
        let indexed = self.indexed(NameKind::Enumerator, entry);
        // DWARF 2 and 3 cannot say it; Rust has no others. (`dwz` leaves the language out of partial units:
        // of theirs, the enumerators are as in C.)
        let is_scoped = entry.abbreviation.has(Attributes::ENUM_CLASS)
            || self.entries.of_unit.language == Some(dw::DW_LANG_Rust);
        if !is_scoped {
            let outer = self.path.clone();
            return Some(Scope::Enumerators {
                outer,
                indexed,
                key,
            });
        }
        let name = name.and_then(|name| self.entries.bytes_of(name));
        Some(match self.enter(name) {
            Scope::Space { outer } => Scope::Enumerators {
                outer,
                indexed,
                key,
            },
            hidden => hidden,
        })
    }

    #[inline]
    fn name(&self, entry: &Entry<'_>) -> Option<NameRef> {
        self.entries.text(entry, Wanted::Name)
    }

    #[inline]
    fn is_declaration(&self, entry: &Entry<'_>) -> bool {
        let value = self.entries.number(entry, Wanted::Declaration);
        value.is_some_and(|value| value != 0)
    }

    /// What the index says of an entry.
    fn indexed(&self, kind: NameKind, entry: &Entry<'_>) -> IndexEntry {
        let number = |wanted| self.entries.number(entry, wanted).unwrap_or(0);
        let mixed = mix(number(Wanted::ByteSize), number(Wanted::DeclLine));
        IndexEntry {
            kind,
            die: self.unit.base.plus(entry.start),
            mark: u16::try_from(mixed >> 48).unwrap_or(0),
        }
    }

    /// What the entries in a class are.
    fn enter_class(&mut self, entry: &Entry<'_>) -> Option<Scope> {
        // `dwz` leaves the language out of partial units; nothing is in classes of C.
        let has_nested_names = self.entries.of_unit.has_nested_names().unwrap_or(true);
        if !has_nested_names || !entry.abbreviation.has_children {
            return None;
        }
        let name = match self.name(entry) {
            Some(name) => self.entries.bytes_of(name),
            // Clang names methods of classes in type units inside a class without a name.
            None => {
                let signature = self.entries.number(entry, Wanted::Signature)?;
                self.type_names.get(signature)
            }
        };
        Some(self.enter(name))
    }

    /// Makes a name part of the path, if names in there are looked for.
    fn enter(&mut self, name: Option<&[u8]>) -> Scope {
        let outer = self.path.clone();
        if let Some(name) = name {
            self.names.has_scopes = true;
            if self.depth == Depth::File {
                return Scope::Hidden;
            }
            if outer.bytes.len().saturating_add(name.len()) < MAX_PATH {
                self.path = Path {
                    bytes: [&*outer.bytes, name, b"::"].concat().into(),
                    key: mix(outer.key, hash_bytes(name)),
                };
            }
        }
        Scope::Space { outer }
    }

    /// The path of an earlier entry of the unit.
    fn path_of(&self, origin: DieId) -> Option<Path> {
        let start = origin.as_u64().checked_sub(self.unit.base.as_u64())?;
        let place = self.paths.binary_search_by_key(&start, |path| path.0);
        let (_, path) = self.paths.get(place.ok()?)?;
        Some(path.clone())
    }

    /// Whether the name of an earlier entry of the unit is one of another index.
    fn is_hidden(&self, origin: DieId) -> bool {
        let start = origin.as_u64().checked_sub(self.unit.base.as_u64());
        let Some(start) = start.and_then(|start| usize::try_from(start).ok()) else {
            return false;
        };
        let after = self.hidden.partition_point(|hidden| hidden.start < start);
        let hidden = after.checked_sub(1).and_then(|at| self.hidden.get(at));
        hidden.is_some_and(|hidden| hidden.contains(&start))
    }

    fn remember_path(&mut self, start: usize) {
        if !self.path.bytes.is_empty() {
            self.paths.push((start as u64, self.path.clone()));
        }
    }

    /// A number that all copies of a definition have, and no others; `None` if it cannot be told
    /// what is a copy.
    fn key(&self, kind: NameKind, name: Option<NameRef>, entry: &Entry<'_>) -> Option<u64> {
        let number = |wanted| self.entries.number(entry, wanted);
        let file = match kind {
            // Each variable and each function with code is one of its own.
            NameKind::Variable | NameKind::Function => return None,
            // They are the language's.
            NameKind::BaseType => u64::from(self.entries.of_unit.language.map_or(0, |l| l.0)),
            _ => self.source_files.as_ref()?.get(number(Wanted::DeclFile)?)?,
        };
        let fields = DefinitionFields {
            name,
            file,
            line: number(Wanted::DeclLine).unwrap_or(0),
            size: number(Wanted::ByteSize).unwrap_or(0),
            encoding: number(Wanted::Encoding).unwrap_or(0),
        };
        Some(mix(fields.key(kind), self.path.key))
    }

    /// Gives those that are wanted their names if this entry has them.
    fn name_wanted(&mut self, wanted: &[Deferred], entry: &Entry<'_>) {
        let here = self.unit.base.plus(entry.start);
        let first = wanted.partition_point(|deferred| deferred.origin < here);
        let wanted = wanted.get(first..).unwrap_or_default();
        for deferred in wanted.iter().take_while(|wanted| wanted.origin == here) {
            if let Some(name) = self.name(entry) {
                self.add(name, deferred.entry);
            } else if let Some(origin) = self.entries.reference(entry, Wanted::Origin) {
                self.late.push(Deferred {
                    origin,
                    ..*deferred
                });
            }
        }
    }

    /// Adds the declaration of a static member if it tells its value (`static constexpr int x = 1`):
    /// there may be no definition.
    fn add_constant(&mut self, entry: &Entry<'_>) {
        if entry.abbreviation.has(Attributes::VALUE)
            && self.is_declaration(entry)
            && let Some(name) = self.name(entry)
        {
            let kind = NameKind::Constant;
            let key = self.key(kind, Some(name), entry);
            self.add_once(name, key, |scan| scan.indexed(kind, entry));
        }
    }

    /// Adds a name unless a copy of its definition was seen before. Returns whether it is no copy.
    fn add_once(
        &mut self,
        name: NameRef,
        key: Option<u64>,
        indexed: impl FnOnce(&Self) -> IndexEntry,
    ) -> bool {
        if self.wanted.is_some() {
            return true;
        }
        let is_new = !key.is_some_and(|key| self.seen.has(key));
        if is_new {
            self.add(name, indexed(self));
        }
        is_new
    }

    fn add(&mut self, name: NameRef, entry: IndexEntry) {
        match (self.depth, &*self.path.bytes) {
            (Depth::File, _) => self.names.add(name, entry),
            // It is in the other index.
            (Depth::Scopes, []) => {}
            (Depth::Scopes, path) => {
                if let Some(bytes) = self.entries.bytes_of(name) {
                    self.names.add_path(path, bytes, entry);
                }
            }
        }
    }

    /// Adds an entry that has its name from another one: the definition of what was declared
    /// before, or the code of an inline function.
    fn add_by_origin(&mut self, late: Deferred) {
        let Deferred { mut origin, entry } = late;
        for _ in 0..MAX_ORIGINS {
            if !self.unit.range().contains(&origin) {
                self.names.deferred.push(Deferred { origin, entry });
                return;
            }
            let in_section = origin.as_u64().checked_sub(self.unit.base.as_u64());
            let Some(start) = in_section.and_then(|start| usize::try_from(start).ok()) else {
                return;
            };
            if self.is_hidden(origin) {
                return;
            }
            let Ok(Some(named)) = self.entries.entry_at(start) else {
                return;
            };
            if let Some(name) = self.name(&named) {
                self.path = self.path_of(origin).unwrap_or_default();
                self.add(name, entry);
                self.path = Path::default();
                return;
            }
            match self.entries.reference(&named, Wanted::Origin) {
                Some(next) => origin = next,
                None => return,
            }
        }
    }
}
