//! A target of which everything comes from the input: its types, in circles too, and its memory.

use spelunk_base::{Architecture, ByteOrder, Language, Platform};
use spelunk_object::{Error, PrimitiveTypes, Printers, Result, SymbolOffset, Target};
use spelunk_types::{
    Alignment, CompoundKind, Enumerator, FloatFormat, Member, MemberRole, Members, Parameter,
    PointerForm, ProducerId, QualifiedType, Qualifiers, TemplateParameter, Type, TypeData,
    TypeError, TypeKinds, TypeProducer, TypeStore, Variant, VariantPart,
};
use std::sync::{Arc, OnceLock};

/// Bytes of input that make one type.
const BYTES_PER_TYPE: usize = 8;
/// Where the readable memory starts.
pub(crate) const BASE: u64 = 0x1000;

pub(crate) struct HostileTarget {
    types: TypeStore,
    primitives: PrimitiveTypes,
    printers: Printers,
    producer: ProducerId,
    /// Of the names that it is asked for.
    pub(crate) language: Language,
    data: Vec<u8>,
}

struct Producer {
    id: OnceLock<ProducerId>,
    data: Vec<u8>,
}

impl HostileTarget {
    pub(crate) fn new(data: &[u8]) -> Option<Self> {
        let types = TypeStore::new();
        let producer = Arc::new(Producer {
            id: OnceLock::new(),
            data: data.to_vec(),
        });
        let id = types.register(producer.clone()).ok()?;
        producer.id.set(id).ok()?;
        Some(Self {
            types,
            primitives: PrimitiveTypes::default(),
            printers: Printers::default(),
            producer: id,
            language: Language::C,
            data: data.to_vec(),
        })
    }

    /// The types that the input makes.
    pub(crate) fn all_types(&self) -> Vec<QualifiedType> {
        let count = self.data.len().div_ceil(BYTES_PER_TYPE).min(64) as u64;
        (0..count)
            .filter_map(|key| Some(self.types.declare(self.producer, key).ok()?.into()))
            .collect()
    }
}

impl Producer {
    fn bytes(&self, key: u64) -> [u8; BYTES_PER_TYPE] {
        let start = key as usize * BYTES_PER_TYPE;
        std::array::from_fn(|index| self.data.get(start + index).copied().unwrap_or(0))
    }

    fn other(&self, store: &TypeStore, byte: u8) -> Result<QualifiedType, TypeError> {
        let count = self.data.len().div_ceil(BYTES_PER_TYPE).max(1) as u64;
        let id = store.declare(*self.id.get().expect("set"), u64::from(byte) % count)?;
        Ok(QualifiedType {
            id,
            qualifiers: Qualifiers::from_bits(byte >> 6),
        })
    }
}

/// Names of containers, which printers look into.
const CPP_CONTAINERS: [&str; 8] = [
    "vector<x>",
    "list<x>",
    "map<x, x>",
    "unordered_map<x, x>",
    "deque<x>",
    "optional<x>",
    "shared_ptr<x>",
    "basic_string<char>",
];
const RUST_CONTAINERS: [(&str, &str); 6] = [
    ("alloc::vec", "Vec<x>"),
    ("alloc::string", "String"),
    ("std::collections::hash::map", "HashMap<x, x>"),
    ("alloc::collections::btree::map", "BTreeMap<x, x>"),
    ("alloc::rc", "Rc<x>"),
    ("core::cell", "RefCell<x>"),
];
/// Names of what containers are made of.
const PARTS: [&str; 24] = [
    "a",
    "b",
    "c",
    "d",
    "_M_impl",
    "_M_start",
    "_M_finish",
    "_M_end_of_storage",
    "_M_next",
    "_M_header",
    "_M_left",
    "_M_right",
    "_M_node_count",
    "_M_p",
    "_M_h",
    "_M_before_begin",
    "_M_nxt",
    "_M_element_count",
    "ptr",
    "pointer",
    "len",
    "buf",
    "root",
    "value",
];

/// Small numbers mostly, enormous ones at times.
fn number(byte: u8) -> u64 {
    match byte {
        0..0xf0 => u64::from(byte % 40),
        0xf0..0xfc => 1 << (byte & 0x3f),
        _ => u64::MAX - u64::from(byte & 3),
    }
}

impl TypeProducer for Producer {
    fn complete(&self, store: &TypeStore, key: u64) -> Result<Type, TypeError> {
        let [kind, a, b, c, d, ..] = self.bytes(key);
        let name: Box<str> = ["int", "char", "long unsigned int", "x"][usize::from(a & 3)].into();
        let byte_order = match b & 1 {
            0 => ByteOrder::Little,
            _ => ByteOrder::Big,
        };
        let size = number(c);
        let other = || self.other(store, d);
        let mut data = match kind % 14 {
            0 => TypeData::Void,
            1 | 2 => TypeData::Int {
                name,
                size,
                precision: (a & 8 != 0).then(|| u32::from(c)),
                is_signed: b & 2 != 0,
                byte_order,
            },
            3 => TypeData::Bool {
                name,
                size,
                byte_order,
            },
            4 => TypeData::Float {
                format: FloatFormat::of(&name, size, Architecture::X86_64),
                name,
                size,
                is_complex: b & 2 != 0,
                byte_order,
            },
            5..=7 => TypeData::Compound {
                kind: CompoundKind::Struct,
                tag: (a & 4 != 0).then(|| name.clone()),
                size: (b & 4 != 0).then_some(size),
            },
            8 => TypeData::Enum {
                tag: None,
                compatible: match b & 8 {
                    0 => Some(other()?.id),
                    _ => None,
                },
                enumerators: (b & 16 == 0).then(|| {
                    [Enumerator {
                        name,
                        value: i128::from(c),
                    }]
                    .into()
                }),
            },
            9 => TypeData::Typedef {
                name,
                aliased: other()?,
            },
            10 => TypeData::Pointer {
                form: match b & 12 {
                    4 => PointerForm::Reference,
                    8 => PointerForm::RvalueReference,
                    _ => PointerForm::Pointer,
                },
                size,
                byte_order,
                referenced: other()?,
            },
            11 => TypeData::Array {
                element: other()?,
                length: (b & 4 != 0).then_some(size),
            },
            12 => TypeData::MemberPointer {
                size,
                byte_order,
                class: self.other(store, a)?.id,
                referenced: other()?,
            },
            _ => TypeData::Function {
                return_type: other()?,
                parameters: (0..a % 4)
                    .map(|index| {
                        Ok(Parameter {
                            name: None,
                            ty: self.other(store, d.wrapping_add(index))?,
                        })
                    })
                    .collect::<Result<_, TypeError>>()?,
                is_variadic: b & 2 != 0,
            },
        };
        let language = match b & 0x60 {
            0x20 => Language::Cpp,
            0x40 => Language::Rust,
            _ => Language::C,
        };
        let mut scope = (language == Language::Cpp).then_some("ns::(anonymous namespace)");
        if let TypeData::Compound { tag, .. } = &mut data
            && a & 0x80 != 0
        {
            let index = usize::from(c);
            let (of, container) = match language {
                Language::Cpp => ("std", CPP_CONTAINERS[index % CPP_CONTAINERS.len()]),
                _ => RUST_CONTAINERS[index % RUST_CONTAINERS.len()],
            };
            scope = Some(of);
            *tag = Some(container.into());
        }
        Ok(Type {
            scope: scope.map(Into::into),
            alignment: Alignment::new(number(b.rotate_left(2))),
            ..Type::new(language, data)
        })
    }

    fn members(&self, store: &TypeStore, key: u64) -> Result<Members, TypeError> {
        let bytes = self.bytes(key);
        let mut members = Vec::new();
        for (index, byte) in bytes.into_iter().skip(4).enumerate() {
            members.push(Member {
                name: (byte & 0x30 != 0).then(|| match bytes[0] & 0x80 {
                    0 => PARTS[index % 4].into(),
                    _ => PARTS[usize::from(byte) % PARTS.len()].into(),
                }),
                ty: self.other(store, byte)?,
                bit_offset: match byte & 8 {
                    0 => index as u64 * 32,
                    _ => number(byte.wrapping_mul(29)),
                },
                bit_field_size: (byte & 0x0f == 3).then(|| number(byte.rotate_left(3))),
                alignment: Alignment::new(number(byte.rotate_left(5))),
                role: match byte {
                    0x77 => MemberRole::Base,
                    0x37 => MemberRole::VirtualBase {
                        table_offset: number(bytes[2]).cast_signed().wrapping_neg(),
                    },
                    _ => MemberRole::Member,
                },
            });
        }
        if bytes[1] & 0x30 != 0x30 {
            let arguments = [bytes[3], bytes[4]].map(|byte| {
                Ok(TemplateParameter {
                    name: None,
                    ty: self.other(store, byte)?,
                    value: None,
                    is_default: false,
                })
            });
            let arguments: Result<_, TypeError> = arguments.into_iter().collect();
            return Ok(Members::new(members, arguments?));
        }
        // The first member tells which of the others is there.
        let mut members = members.into_iter();
        let discriminant = members.next().filter(|_| bytes[1] & 0x40 == 0);
        let variants = members.map(|member| {
            let first = i128::from(number(bytes[2])).wrapping_neg();
            let last = i128::from(number(bytes[3]));
            Variant {
                discriminants: match bytes[1] & 0x80 {
                    0 => [(first, last), (last, first)].into(),
                    _ => [].into(),
                },
                members: [member].into(),
            }
        });
        Ok(
            Members::new(Vec::new(), Vec::new()).with_variants(Some(VariantPart {
                discriminant,
                variants: variants.collect(),
            })),
        )
    }
}

impl Target for HostileTarget {
    fn types(&self) -> &TypeStore {
        &self.types
    }

    fn platform(&self) -> Option<Platform> {
        let architectures = [
            Architecture::X86_64,
            Architecture::S390x,
            Architecture::I386,
        ];
        let first = self.data.first().copied().unwrap_or(0);
        architectures
            .get(usize::from(first % 4))
            .map(|architecture| Platform::of(*architecture))
    }

    fn language(&self) -> Language {
        self.language
    }

    /// The input once, from [`BASE`] on; holes around it.
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        for (index, byte) in buf.iter_mut().enumerate() {
            let address = address.wrapping_add(index as u64);
            *byte = address
                .checked_sub(BASE)
                .and_then(|offset| self.data.get(usize::try_from(offset).ok()?).copied())
                .ok_or_else(|| Error::fault("hole", address))?;
        }
        Ok(())
    }

    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        _filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        Ok(self.all_types().into_iter().find(|ty| {
            self.types.get(ty.id).is_ok_and(|ty| {
                kinds.contains(ty.data.kind())
                    && (ty.data.name() == Some(name) || ty.data.tag() == Some(name))
            })
        }))
    }

    fn symbolize(&self, address: u64) -> Result<Option<SymbolOffset>> {
        let offset = address.checked_sub(BASE);
        Ok(offset.map(|offset| SymbolOffset {
            name: "symbol".into(),
            offset,
        }))
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }

    fn printers(&self) -> Option<&Printers> {
        Some(&self.printers)
    }
}
