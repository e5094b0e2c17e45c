use super::known::{Facts, Known};
use crate::compiled::parse;
use crate::describe::{definition, reference};
use spelunk_debuginfo::{
    DebugFile, DebugInfo, FoundObject, NameKind, ObjectKinds, ObjectValue, SymbolTable,
};
use spelunk_elf::constants::SHF_ALLOC;
use spelunk_elf::{ElfFile, SectionAddresses};
use spelunk_types::{QualifiedType, TypeData, TypeId, TypeKind, TypeStore};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

/// What each name means, by kind and name; several things if it is the name of several.
pub(super) type Answers = BTreeMap<String, BTreeSet<String>>;

/// A file that is asked.
pub(super) struct Asked {
    file: Arc<DebugFile>,
    info: DebugInfo,
    symbols: SymbolTable,
    /// Rust's standard library is linked in, too.
    is_ours: fn(&str) -> bool,
}

impl Asked {
    /// Each section of a relocatable file has a place of its own.
    pub(super) fn new(path: &Path, is_ours: fn(&str) -> bool) -> Self {
        Self::at(path, addresses(&parse(path)), is_ours)
    }

    /// A relocatable file as `llvm-dwarfdump` shows it, with all sections at 0.
    pub(super) fn unplaced(path: &Path) -> Self {
        Self::at(path, SectionAddresses::default(), |_| true)
    }

    fn at(path: &Path, addresses: SectionAddresses, is_ours: fn(&str) -> bool) -> Self {
        let info = DebugInfo::new(Arc::new(TypeStore::new()));
        let file = DebugFile::new(parse(path), addresses.clone(), 0);
        info.add(Arc::clone(&file)).unwrap();
        let symbols = SymbolTable::parse(&parse(path), &addresses, 0).unwrap();
        Self {
            file,
            info,
            symbols,
            is_ours,
        }
    }

    pub(super) fn info(&self) -> &DebugInfo {
        &self.info
    }

    /// What the file says of all names in it, and of all types that these lead to.
    pub(super) fn answers(&self) -> Answers {
        let mut answers = Answers::new();
        let mut reached = HashSet::new();
        for (name, entries) in self.file.index().unwrap().names() {
            let name = std::str::from_utf8(name).unwrap();
            // Nobody can name the function of a closure, where it has no name of its own either.
            if !(self.is_ours)(name) || name.ends_with("operator()") {
                continue;
            }
            for entry in entries {
                let (ty, answer) = self.answer(entry.kind, name);
                let key = format!("{} {name}", keyword(entry.kind));
                answers.entry(key).or_default().insert(answer);
                if let Some(ty) = ty {
                    self.reach(ty.id, &mut reached, &mut answers);
                }
            }
        }
        answers
    }

    /// What the file says of the names in `names`, and of all types that these lead to.
    pub(super) fn answers_to(&self, names: &Answers) -> Answers {
        let mut answers = Answers::new();
        let mut reached = HashSet::new();
        for key in names.keys() {
            let (keyword, name) = key.split_once(' ').unwrap();
            let Some(kind) = kind(keyword) else { continue };
            let (ty, answer) = self.answer(kind, name);
            answers.entry(key.clone()).or_default().insert(answer);
            if let Some(ty) = ty {
                self.reach(ty.id, &mut reached, &mut answers);
            }
        }
        answers
    }

    /// What a name means, and its type.
    fn answer(&self, kind: NameKind, name: &str) -> (Option<QualifiedType>, String) {
        if let Some(kinds) = object_kinds(kind) {
            return self.object(kinds, name);
        }
        match self.info.find_type(type_kinds(kind), name, None) {
            Ok(Some(ty)) => (Some(ty), self.definition(ty)),
            Ok(None) => (None, "nothing".to_owned()),
            Err(error) => (None, format!("error: {error}")),
        }
    }

    fn object(&self, kinds: ObjectKinds, name: &str) -> (Option<QualifiedType>, String) {
        let FoundObject { ty, value, .. } = match self.info.find_object(name, None, kinds) {
            Ok(Some(found)) => found,
            Ok(None) => return (None, "nothing".to_owned()),
            Err(error) => return (None, format!("error: {error}")),
        };
        let text = reference(self.info.store(), ty).unwrap_or_else(|error| error.to_string());
        let text = match value {
            // Where it is differs from build to build; that it is at its symbol does not.
            ObjectValue::Address(address) => {
                let symbol = self.symbols.find(address);
                let symbol =
                    symbol.map_or_else(|| "nothing".into(), |symbol| symbol.name.to_string());
                let symbol = any_structor(symbol.split('.').next().unwrap_or_default());
                format!("{text} at {symbol}")
            }
            ObjectValue::ThreadLocal(_) => format!("{text}, thread-local"),
            value => format!("{text} = {value:?}"),
        };
        (Some(ty), text)
    }

    /// One level of a type, with its template's parameters.
    fn definition(&self, ty: QualifiedType) -> String {
        let store = self.info.store();
        let mut text = definition(store, ty).unwrap_or_else(|error| error.to_string());
        let alignment = store.get(ty.id).unwrap().alignment;
        text += &alignment.map_or_else(String::new, |alignment| format!(" aligned {alignment:?}"));
        for parameter in store
            .members(ty.id)
            .into_iter()
            .flatten()
            .flat_map(|all| &all.template_parameters)
        {
            let of = reference(store, parameter.ty).unwrap_or_else(|error| error.to_string());
            let value = match parameter.value {
                // Differs from build to build.
                _ if of.starts_with('*') => "somewhere".to_owned(),
                value => format!("{value:?}"),
            };
            text += &format!(" <{:?} {of} {value}>", parameter.name);
        }
        text
    }

    /// Adds the types that a type is made of.
    fn reach(&self, ty: TypeId, reached: &mut HashSet<TypeId>, answers: &mut Answers) {
        let store = self.info.store();
        let mut next = vec![ty];
        while let Some(id) = next.pop() {
            if !reached.insert(id) {
                continue;
            }
            let Ok(ty) = store.get(id) else { continue };
            match &ty.data {
                TypeData::Pointer { referenced, .. } => next.push(referenced.id),
                TypeData::MemberPointer {
                    class, referenced, ..
                } => next.extend([*class, referenced.id]),
                TypeData::Array { element, .. } => next.push(element.id),
                TypeData::Function {
                    return_type,
                    parameters,
                    ..
                } => {
                    next.push(return_type.id);
                    next.extend(parameters.iter().map(|parameter| parameter.ty.id));
                }
                TypeData::Typedef { aliased, .. } => next.push(aliased.id),
                _ => {}
            }
            if let Ok(Some(members)) = store.members(id) {
                next.extend(members.fixed().map(|member| member.ty.id));
                next.extend(members.template_parameters.iter().map(|all| all.ty.id));
            }
            let name = ty.data.name();
            let scope = ty.scope.as_deref().unwrap_or_default();
            if let Some(name) = name
                && (self.is_ours)(scope)
            {
                let key = format!("reached {} {scope}::{name}", ty.data.kind());
                answers
                    .entry(key)
                    .or_default()
                    .insert(self.definition(id.into()));
            }
        }
    }

    /// What is wrong with what the file says of a name that another reader knows.
    pub(super) fn check(&self, known: &Known) -> Option<String> {
        let Known {
            keyword,
            name,
            facts,
        } = known;
        if !(self.is_ours)(name) {
            return None;
        }
        let complain = |what: String| Some(format!("{keyword} {name}: {what}, not {facts:x?}"));
        let kinds = match *keyword {
            "variable" => Some(ObjectKinds::VARIABLE),
            "function" => Some(ObjectKinds::FUNCTION),
            "constant" => Some(ObjectKinds::CONSTANT),
            _ => None,
        };
        if let Some(kinds) = kinds {
            let found = match self.info.find_object(name, None, kinds) {
                Ok(Some(found)) => found.value,
                other => return complain(format!("{other:?}")),
            };
            return match (&found, facts) {
                (ObjectValue::Address(found), Facts::Address(place)) if found == place => None,
                // Enumerators of 8 bytes are shown as if they were negative.
                (ObjectValue::Constant(found), Facts::Value(value))
                    if (found ^ value) << 64 == 0 =>
                {
                    None
                }
                (_, Facts::Other) => None,
                _ => complain(format!("{found:x?}")),
            };
        }
        let kinds: &[TypeKind] = match *keyword {
            "struct" => &[TypeKind::Struct],
            "union" => &[TypeKind::Union],
            "class" => &[TypeKind::Class],
            "enum" => &[TypeKind::Enum],
            "typedef" => &[TypeKind::Typedef],
            _ => type_kinds(NameKind::BaseType),
        };
        let id = match self.info.find_type(kinds, name, None) {
            Ok(Some(ty)) => ty.id,
            other => return complain(format!("{other:?}")),
        };
        let store = self.info.store();
        let Facts::Layout(size, places) = facts else {
            return None;
        };
        let found_size = match &store.get(id).unwrap().data {
            TypeData::Compound { size, .. } => *size,
            TypeData::Int { size, .. }
            | TypeData::Bool { size, .. }
            | TypeData::Float { size, .. } => Some(*size),
            _ => None,
        };
        let members = store.members(id).unwrap();
        let members = members.map_or(&[][..], |all| &all.members).iter();
        let members: Vec<_> = members
            .filter(|member| member.role == spelunk_types::MemberRole::Member)
            .collect();
        let agrees =
            |(member, (name, offset)): (&&spelunk_types::Member, &(String, Option<u64>))| {
                member.name.as_deref().unwrap_or_default() == name
                    && offset.is_none_or(|offset| offset == member.bit_offset)
            };
        let all_agree = members.len() == places.len() && members.iter().zip(places).all(agrees);
        match found_size == Some(*size) && all_agree {
            true => None,
            false => complain(self.definition(id.into())),
        }
    }
}

/// Each loaded section of a relocatable file has a place of its own.
fn addresses(elf: &ElfFile) -> SectionAddresses {
    let sections = elf.sections().iter().enumerate();
    sections
        .filter(|(_, section)| elf.is_relocatable() && section.flags.contains(SHF_ALLOC))
        .map(|(index, section)| (section.name.clone(), (index as u64 + 1) << 20))
        .collect()
}

fn keyword(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Struct => "struct",
        NameKind::Union => "union",
        NameKind::Class => "class",
        NameKind::Enum => "enum",
        NameKind::Typedef => "typedef",
        NameKind::BaseType => "base",
        NameKind::Variable => "variable",
        NameKind::Function | NameKind::InlineFunction => "function",
        NameKind::Enumerator | NameKind::Constant => "constant",
    }
}

fn kind(keyword: &str) -> Option<NameKind> {
    Some(match keyword {
        "struct" => NameKind::Struct,
        "union" => NameKind::Union,
        "class" => NameKind::Class,
        "enum" => NameKind::Enum,
        "typedef" => NameKind::Typedef,
        "base" => NameKind::BaseType,
        "variable" => NameKind::Variable,
        "function" => NameKind::Function,
        "constant" => NameKind::Enumerator,
        _ => return None,
    })
}

fn type_kinds(kind: NameKind) -> &'static [TypeKind] {
    match kind {
        NameKind::Struct => &[TypeKind::Struct],
        NameKind::Union => &[TypeKind::Union],
        NameKind::Class => &[TypeKind::Class],
        NameKind::Enum => &[TypeKind::Enum],
        NameKind::Typedef => &[TypeKind::Typedef],
        _ => &[TypeKind::Int, TypeKind::Bool, TypeKind::Float],
    }
}

fn object_kinds(kind: NameKind) -> Option<ObjectKinds> {
    match kind {
        NameKind::Variable => Some(ObjectKinds::VARIABLE),
        NameKind::Function | NameKind::InlineFunction => Some(ObjectKinds::FUNCTION),
        NameKind::Enumerator | NameKind::Constant => Some(ObjectKinds::CONSTANT),
        _ => None,
    }
}

/// Of the copies that a constructor or destructor has (`C1`, `C2`, `D0`...), each is as good.
fn any_structor(symbol: &str) -> String {
    let copies = ["C1E", "C2E", "D0E", "D1E", "D2E"];
    let replace = |name: String, copy: &&str| name.replace(copy, "structorE");
    copies.iter().fold(symbol.to_owned(), replace)
}
