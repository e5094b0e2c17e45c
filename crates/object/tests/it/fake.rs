//! A target made by hand: types, a little memory, symbols.

use spelunk_base::{Architecture, ByteOrder, Language, Platform};
use spelunk_object::{
    Error, FormatOptions, Object, PrimitiveTypes, Result, SymbolOffset, Target, Value, lookup_type,
};
use spelunk_types::{
    CompoundKind, Enumerator, Member, MemberRole, Members, Parameter, QualifiedType, Qualifiers,
    Type, TypeData, TypeKinds, TypeStore,
};
use std::sync::Mutex;

/// Where the memory starts.
pub(crate) const BASE: u64 = 0xffff_0000;

pub(crate) struct Fake {
    types: TypeStore,
    primitives: PrimitiveTypes,
    pub(crate) platform: Option<Platform>,
    pub(crate) language: Language,
    pub(crate) memory: Mutex<Vec<u8>>,
    pub(crate) symbols: Vec<(u64, u64, &'static str)>,
    named: Mutex<Vec<(String, QualifiedType)>>,
}

impl Target for Fake {
    fn types(&self) -> &TypeStore {
        &self.types
    }

    fn platform(&self) -> Option<Platform> {
        self.platform
    }

    fn language(&self) -> Language {
        self.language
    }

    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        let memory = self.memory.lock().unwrap();
        for (index, byte) in buf.iter_mut().enumerate() {
            let address = address.wrapping_add(index as u64);
            *byte = address
                .checked_sub(BASE)
                .and_then(|offset| memory.get(offset as usize).copied())
                .ok_or_else(|| Error::fault("could not find memory segment", address))?;
        }
        Ok(())
    }

    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        if filename.is_some() {
            return Ok(None);
        }
        let named = self.named.lock().unwrap();
        let found = named.iter().find(|(known, ty)| {
            let kind = self.types.get(ty.id).unwrap().data.kind();
            known == name && kinds.contains(kind)
        });
        Ok(found.map(|(_, ty)| *ty))
    }

    fn symbolize(&self, address: u64) -> Result<Option<SymbolOffset>> {
        let found = self
            .symbols
            .iter()
            .find(|(start, size, _)| (*start..start + size).contains(&address))
            .map(|(start, _, name)| SymbolOffset {
                name: (*name).into(),
                offset: address - start,
            });
        Ok(found)
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }
}

impl Fake {
    pub(crate) fn new(architecture: Architecture) -> Self {
        Self {
            types: TypeStore::new(),
            primitives: PrimitiveTypes::default(),
            platform: Some(Platform::of(architecture)),
            language: Language::C,
            memory: Mutex::new(vec![0; 4096]),
            symbols: Vec::new(),
            named: Mutex::default(),
        }
    }

    /// x86-64 with the types that most tests speak of.
    pub(crate) fn x86_64() -> Self {
        let fake = Self::new(Architecture::X86_64);
        let (int, uint) = (fake.ty("int"), fake.ty("unsigned int"));
        let point = fake.compound(
            CompoundKind::Struct,
            Some("point"),
            8,
            vec![member("x", int, 0), member("y", int, 32)],
        );
        fake.compound(
            CompoundKind::Struct,
            Some("bf"),
            8,
            vec![
                bit_field("a", int, 0, 4),
                bit_field("b", uint, 4, 12),
                bit_field("c", int, 16, 1),
            ],
        );
        fake.add(
            "inc",
            TypeData::Compound {
                kind: CompoundKind::Struct,
                tag: Some("inc".into()),
                size: None,
            },
        );
        let union = fake.compound(
            CompoundKind::Union,
            None,
            4,
            vec![member("ui", int, 0), member("uu", uint, 0)],
        );
        let inner = fake.compound(CompoundKind::Struct, None, 4, vec![member("q", int, 0)]);
        fake.compound(
            CompoundKind::Struct,
            Some("outer"),
            16,
            vec![
                member("p", point, 0),
                unnamed(union, 64),
                member("named", inner, 96),
            ],
        );
        fake.enumeration("color", uint, &[("RED", 0), ("GREEN", 1), ("BLUE", 2)]);
        fake.enumeration("neg", int, &[("M", -1), ("Z", 0)]);
        fake.typedef("myint", int);
        fake.typedef("pt_t", point);
        let s = fake.ty("char *");
        let parameter = |name: &str, ty| Parameter {
            name: Some(name.into()),
            ty,
        };
        fake.add(
            "fn",
            TypeData::Function {
                return_type: int,
                parameters: [parameter("a", int), parameter("s", s)].into(),
                is_variadic: false,
            },
        );
        fake
    }

    /// A type that `name` finds.
    pub(crate) fn add(&self, name: &str, data: TypeData) -> QualifiedType {
        let ty = self.new_type(data);
        self.named.lock().unwrap().push((name.into(), ty));
        ty
    }

    pub(crate) fn new_type(&self, data: TypeData) -> QualifiedType {
        let language = self.language;
        self.types.add(Type::new(language, data)).unwrap().into()
    }

    pub(crate) fn compound(
        &self,
        kind: CompoundKind,
        tag: Option<&str>,
        size: u64,
        members: Vec<Member>,
    ) -> QualifiedType {
        let data = TypeData::Compound {
            kind,
            tag: tag.map(Into::into),
            size: Some(size),
        };
        let language = self.language;
        let members = Members::new(members, Vec::new());
        let id = self
            .types
            .add_compound(Type::new(language, data), members)
            .unwrap();
        if let Some(tag) = tag {
            self.named.lock().unwrap().push((tag.into(), id.into()));
        }
        id.into()
    }

    pub(crate) fn structure(&self, tag: &str, size: u64, members: Vec<Member>) -> QualifiedType {
        self.compound(CompoundKind::Struct, Some(tag), size, members)
    }

    pub(crate) fn enumeration(
        &self,
        tag: &str,
        compatible: QualifiedType,
        names: &[(&str, i128)],
    ) -> QualifiedType {
        let enumerators = names.iter().map(|(name, value)| Enumerator {
            name: (*name).into(),
            value: *value,
        });
        self.add(
            tag,
            TypeData::Enum {
                tag: Some(tag.into()),
                compatible: Some(compatible.id),
                enumerators: Some(enumerators.collect()),
            },
        )
    }

    pub(crate) fn typedef(&self, name: &str, aliased: QualifiedType) -> QualifiedType {
        self.add(
            name,
            TypeData::Typedef {
                name: name.into(),
                aliased,
            },
        )
    }

    pub(crate) fn int(
        &self,
        name: &str,
        size: u64,
        is_signed: bool,
        order: ByteOrder,
    ) -> QualifiedType {
        self.new_type(TypeData::Int {
            name: name.into(),
            size,
            precision: None,
            is_signed,
            byte_order: order,
        })
    }

    /// The type of this name. `fn` is a function type.
    pub(crate) fn ty(&self, name: &str) -> QualifiedType {
        if name == "fn" {
            let kinds = TypeKinds::of(spelunk_types::TypeKind::Function);
            return self.find_type(kinds, name, None).unwrap().unwrap();
        }
        lookup_type(self, name, None).unwrap()
    }

    /// The variable of this type where memory starts.
    pub(crate) fn at(&self, ty: &str) -> Object {
        Object::at(self.ty(ty), BASE)
    }

    pub(crate) fn value(&self, ty: &str, value: impl Into<Value>) -> Object {
        Object::from_value(self, self.ty(ty), &value.into(), None).unwrap()
    }

    pub(crate) fn bits(&self, ty: &str, value: impl Into<Value>, size: u64) -> Object {
        Object::from_value(self, self.ty(ty), &value.into(), Some(size)).unwrap()
    }

    pub(crate) fn write(&self, offset: usize, bytes: &[u8]) {
        self.memory.lock().unwrap()[offset..offset + bytes.len()].copy_from_slice(bytes);
    }

    /// What `str(object)` gives.
    pub(crate) fn text(&self, object: &Object) -> String {
        object.format(self, &FormatOptions::default()).unwrap()
    }
}

pub(crate) fn member(name: &str, ty: QualifiedType, bit_offset: u64) -> Member {
    Member {
        name: Some(name.into()),
        ..unnamed(ty, bit_offset)
    }
}

pub(crate) fn unnamed(ty: QualifiedType, bit_offset: u64) -> Member {
    Member {
        name: None,
        ty,
        bit_offset,
        bit_field_size: None,
        alignment: None,
        role: MemberRole::Member,
    }
}

pub(crate) fn bit_field(name: &str, ty: QualifiedType, bit_offset: u64, size: u64) -> Member {
    Member {
        bit_field_size: Some(size),
        ..member(name, ty, bit_offset)
    }
}

pub(crate) fn qualified(ty: QualifiedType, qualifiers: Qualifiers) -> QualifiedType {
    QualifiedType {
        id: ty.id,
        qualifiers,
    }
}

/// `{'x': 1}`
pub(crate) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Struct(
        fields
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
    )
}

/// `[1, 2]`
pub(crate) fn items<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::Array(items.into_iter().map(Into::into).collect())
}
