//! What the targets of debug files do: find all types and objects, and everything they lead to.

use spelunk_debuginfo::{DebugFile, DebugInfo, ObjectKinds};
use spelunk_elf::{ElfFile, SectionAddresses};
use spelunk_types::{QualifiedType, TypeData, TypeKind, TypeStore};
use std::collections::HashSet;
use std::sync::Arc;

const KINDS: [TypeKind; 8] = [
    TypeKind::Struct,
    TypeKind::Union,
    TypeKind::Class,
    TypeKind::Enum,
    TypeKind::Typedef,
    TypeKind::Int,
    TypeKind::Bool,
    TypeKind::Float,
];

/// The debug file that is asked.
pub(crate) fn open(elf: ElfFile) -> Arc<DebugFile> {
    DebugFile::new(elf, SectionAddresses::default(), 0x1000)
}

/// Asks a debug file, and those that it refers to, for everything.
pub(crate) fn ask(file: Arc<DebugFile>) {
    let store = Arc::new(TypeStore::new());
    let info = DebugInfo::new(Arc::clone(&store));
    if let Ok(missing) = file.missing_sources() {
        drop(missing.iter().map(ToString::to_string).collect::<String>());
    }
    if info.add(file).is_err() {
        return;
    }
    let mut seen = HashSet::new();
    let mut types = Vec::new();
    for name in info.type_names("", &KINDS, 200).unwrap_or_default() {
        for filename in [None, Some("a.c")] {
            let found = info.find_type(&KINDS, &name, filename);
            types.extend(found.ok().flatten());
        }
    }
    for name in info
        .object_names("", ObjectKinds::ANY, 200)
        .unwrap_or_default()
    {
        let found = info.find_object(&name, None, ObjectKinds::ANY);
        types.extend(found.ok().flatten().map(|found| found.ty));
    }
    while let Some(ty) = types.pop() {
        if seen.len() < 1000 && seen.insert(ty.id) {
            visit(&store, ty, &mut types);
        }
    }
}

/// Adds the types that `ty` refers to.
fn visit(store: &TypeStore, ty: QualifiedType, types: &mut Vec<QualifiedType>) {
    if let Ok(Some(members)) = store.members(ty.id) {
        types.extend(members.members.iter().map(|member| member.ty));
        types.extend(
            members
                .template_parameters
                .iter()
                .map(|parameter| parameter.ty),
        );
        if let Some(part) = &members.variant_part {
            types.extend(part.discriminant.iter().map(|member| member.ty));
            let variants = part.variants.iter();
            let members = variants.flat_map(|variant| &variant.members);
            types.extend(members.map(|member| member.ty));
        }
        let _ = members.find(store, "x");
    }
    match store.get(ty.id).map(|ty| &ty.data) {
        Ok(TypeData::Typedef { aliased: ty, .. })
        | Ok(TypeData::Pointer { referenced: ty, .. })
        | Ok(TypeData::MemberPointer { referenced: ty, .. })
        | Ok(TypeData::Array { element: ty, .. }) => types.push(*ty),
        Ok(TypeData::Function {
            return_type,
            parameters,
            ..
        }) => {
            types.push(*return_type);
            types.extend(parameters.iter().map(|parameter| parameter.ty));
        }
        Ok(_) => {}
        Err(error) => drop(error.to_string()),
    }
}
