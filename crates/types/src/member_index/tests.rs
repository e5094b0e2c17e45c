use super::*;
use crate::{CompoundKind, Type, TypeData, Variant, VariantPart};
use spelunk_base::{ByteOrder, Language};

fn int(store: &TypeStore) -> TypeId {
    let data = TypeData::Int {
        name: "int".into(),
        size: 4,
        precision: None,
        is_signed: true,
        byte_order: ByteOrder::Little,
    };
    store.add(Type::new(Language::Cpp, data)).unwrap()
}

fn member(name: Option<&str>, ty: TypeId, bit_offset: u64, role: MemberRole) -> Member {
    Member {
        name: name.map(Into::into),
        ty: ty.into(),
        bit_offset,
        bit_field_size: None,
        alignment: None,
        role,
    }
}

fn class(store: &TypeStore, tag: &str, members: Vec<Member>) -> TypeId {
    let data = TypeData::Compound {
        kind: CompoundKind::Class,
        tag: Some(tag.into()),
        size: Some(64),
    };
    let members = Members::new(members, Vec::new());
    store
        .add_compound(Type::new(Language::Cpp, data), members)
        .unwrap()
}

fn find(store: &TypeStore, ty: TypeId, name: &str) -> Option<FlatMember> {
    let members = store.members(ty).unwrap().unwrap();
    members.find(store, name).unwrap()
}

#[test]
fn own_members_hide_those_of_bases() {
    let store = TypeStore::new();
    let int = int(&store);
    let own = MemberRole::Member;
    let base = class(
        &store,
        "Base",
        vec![
            member(Some("x"), int, 0, own),
            member(Some("y"), int, 32, own),
        ],
    );
    let derived = class(
        &store,
        "Derived",
        vec![
            member(None, base, 64, MemberRole::Base),
            member(Some("x"), int, 128, own),
        ],
    );
    let offset = |name| find(&store, derived, name).map(|member| member.bit_offset);
    assert_eq!(offset("x"), Some(128));
    assert_eq!(offset("y"), Some(96));
    assert_eq!(offset("Base"), Some(64));
    assert_eq!(offset("z"), None);
}

fn typedef(store: &TypeStore, name: &str, aliased: TypeId) -> TypeId {
    let data = TypeData::Typedef {
        name: name.into(),
        aliased: aliased.into(),
    };
    store.add(Type::new(Language::Cpp, data)).unwrap()
}

/// `using Alias = Base; using Outer = Alias; struct Derived : Outer {}`, as Clang has it.
#[test]
fn bases_named_through_typedefs_are_the_classes() {
    let store = TypeStore::new();
    let int = int(&store);
    let base = class(
        &store,
        "Base",
        vec![member(Some("x"), int, 32, MemberRole::Member)],
    );
    let alias = typedef(&store, "Alias", base);
    let outer = typedef(&store, "Outer", alias);
    let virtually = MemberRole::VirtualBase { table_offset: -24 };
    for (name, role) in [("D", MemberRole::Base), ("V", virtually)] {
        let derived = class(&store, name, vec![member(None, outer, 64, role)]);
        assert!(find(&store, derived, "x").is_some(), "{name}");
        let found = find(&store, derived, "Base").unwrap();
        assert_eq!(found.ty.id, base, "{name}");
        assert_eq!(find(&store, derived, "Outer"), None, "{name}");
    }
    // The same base class by two names is one.
    let v = class(&store, "V1", vec![member(None, alias, 0, virtually)]);
    let w = class(
        &store,
        "W",
        vec![
            member(None, v, 0, MemberRole::Base),
            member(None, base, 0, virtually),
        ],
    );
    let index = store.members(w).unwrap().unwrap().by_name(&store);
    assert_eq!(index.paths.len(), 1);
}

/// `struct V { int v; }; struct W : virtual V {}; struct D : (at 8) W, virtual V {}` where W has
/// another virtual base in V.
#[test]
fn virtual_bases_are_reached_step_by_step() {
    let store = TypeStore::new();
    let int = int(&store);
    let own = MemberRole::Member;
    let virtual_base = |table_offset| MemberRole::VirtualBase { table_offset };
    let v = class(&store, "V", vec![member(Some("v"), int, 64, own)]);
    let u = class(&store, "U", vec![member(None, v, 0, virtual_base(-32))]);
    let w = class(
        &store,
        "W",
        vec![
            member(Some("w"), int, 64, own),
            member(None, u, 0, virtual_base(-24)),
        ],
    );
    let d = class(&store, "D", vec![member(None, w, 128, MemberRole::Base)]);
    let index = store.members(d).unwrap().unwrap().by_name(&store);
    let w = index.find("w").unwrap().unwrap();
    assert_eq!((w.bit_offset, w.via), (192, None));
    let v = index.find("v").unwrap().unwrap();
    assert_eq!(v.bit_offset, 64);
    let step = |bit_offset, table_offset| VirtualStep {
        bit_offset,
        table_offset,
    };
    assert_eq!(
        index.virtual_path(v.via.unwrap()),
        [step(128, -24), step(0, -32)]
    );
}

#[test]
fn members_of_variants_are_members() {
    let store = TypeStore::new();
    let int = int(&store);
    let variant = |name| Variant {
        discriminants: [].into(),
        members: [member(Some(name), int, 32, MemberRole::Member)].into(),
    };
    let data = TypeData::Compound {
        kind: CompoundKind::Struct,
        tag: Some("Shape".into()),
        size: Some(8),
    };
    let members = Members::new(Vec::new(), Vec::new()).with_variants(Some(VariantPart {
        discriminant: Some(member(None, int, 0, MemberRole::Member)),
        variants: [variant("Square"), variant("Circle")].into(),
    }));
    let shape = store
        .add_compound(Type::new(Language::Rust, data), members)
        .unwrap();
    assert!(find(&store, shape, "Circle").is_some());
    assert!(find(&store, shape, "Square").is_some());
}

#[test]
fn an_unknown_anonymous_member_spoils_no_other() {
    let store = TypeStore::new();
    let int = int(&store);
    let unknown = store.add_unknown(TypeError::new("damaged")).unwrap();
    let ty = class(
        &store,
        "C",
        vec![
            member(None, unknown, 0, MemberRole::Member),
            member(Some("x"), int, 32, MemberRole::Member),
        ],
    );
    assert!(find(&store, ty, "x").is_some());
    let members = store.members(ty).unwrap().unwrap();
    let error = members.find(&store, "y").unwrap_err();
    assert_eq!(error.to_string(), "damaged");
}

/// Each has the one before twice: 2^40 members, were all looked at.
#[test]
fn many_copies_of_a_base_come_to_an_end() {
    let store = TypeStore::new();
    let int = int(&store);
    let mut ty = class(
        &store,
        "C",
        vec![member(Some("x"), int, 0, MemberRole::Member)],
    );
    for _ in 0..40 {
        let base = |offset| member(None, ty, offset, MemberRole::Base);
        ty = class(&store, "C", vec![base(0), base(64)]);
    }
    assert!(find(&store, ty, "x").is_some());
    let members = store.members(ty).unwrap().unwrap();
    assert!(members.find(&store, "y").is_err());
}

/// Each class has the one before it as its base twice; all have the same long name, which is kept once.
#[test]
fn bases_without_end_take_no_memory_without_end() {
    let store = TypeStore::new();
    let tag = "x".repeat(1 << 16);
    let mut last = class(&store, &tag, Vec::new());
    for _ in 0..15 {
        let base = member(None, last, 0, MemberRole::Base);
        last = class(&store, &tag, vec![base.clone(), base]);
    }
    assert_eq!(find(&store, last, &tag).unwrap().bit_offset, 0);
}
