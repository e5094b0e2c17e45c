use crate::{
    Members, PointerForm, QualifiedType, Stored, Type, TypeData, TypeError, UNKNOWN_LENGTH,
};
use hashbrown::HashMap;
use spelunk_base::{ByteOrder, Language};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// A type of one [`TypeStore`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(NonZeroU32);

impl TypeId {
    /// The id as a number that no other type of the store has.
    #[must_use]
    pub fn as_u32(self) -> u32 {
        self.0.get()
    }
}

/// A producer that a store knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ProducerId(u16);

/// Who can say what a type is: DWARF, BTF, a user.
///
/// Called without any lock held; two threads may ask for the same type at once, and the first
/// answer counts.
pub trait TypeProducer: Send + Sync {
    /// The type called `key`, one level deep: types it refers to are declared in `store`.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    fn complete(&self, store: &TypeStore, key: u64) -> Result<Type, TypeError>;

    /// The members of the structure, union or class called `key`.
    ///
    /// # Errors
    ///
    /// If the debug information is damaged there.
    fn members(&self, store: &TypeStore, key: u64) -> Result<Members, TypeError>;
}

/// Where a slot's content comes from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// It was there from the start.
    Ready,
    /// A producer knows it under this key.
    Producer(ProducerId, u64),
}

struct Slot {
    origin: Origin,
    ty: OnceLock<Result<Type, TypeError>>,
    members: OnceLock<Result<Box<Members>, TypeError>>,
    stored: OnceLock<Stored>,
}

/// What makes two handed-out types the same one.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Identity {
    Void(Language),
    Pointer(PointerForm, QualifiedType, u64, ByteOrder, Language),
    Array(QualifiedType, Option<u64>, Language),
    Produced(ProducerId, u64),
    Equal(Type),
}

/// Slots stand in chunks, each twice as large as the one before, so that a slot never moves.
const FIRST_CHUNK: usize = 1 << 10;
const CHUNKS: usize = 23;

type Chunk = Box<[OnceLock<Slot>]>;

/// All types of one program. See the crate's documentation.
pub struct TypeStore {
    chunks: [OnceLock<Chunk>; CHUNKS],
    ids: Mutex<Ids>,
    producers: RwLock<Vec<Arc<dyn TypeProducer>>>,
}

#[derive(Default)]
struct Ids {
    count: u32,
    known: HashMap<Identity, TypeId, foldhash::fast::RandomState>,
}

impl Default for TypeStore {
    fn default() -> Self {
        Self::new()
    }
}

impl TypeStore {
    /// A store without types.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chunks: [const { OnceLock::new() }; CHUNKS],
            ids: Mutex::default(),
            producers: RwLock::default(),
        }
    }

    /// Makes a producer known, so that it can [`declare`](Self::declare) types.
    ///
    /// # Errors
    ///
    /// If there are 65,536 of them already.
    pub fn register(&self, producer: Arc<dyn TypeProducer>) -> Result<ProducerId, TypeError> {
        let mut producers = self
            .producers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let id = u16::try_from(producers.len())
            .map_err(|_| TypeError::new("too many files with debugging information"))?;
        producers.push(producer);
        Ok(ProducerId(id))
    }

    /// The id of the type that `producer` knows as `key`. The same key gives the same id.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn declare(&self, producer: ProducerId, key: u64) -> Result<TypeId, TypeError> {
        self.hand_out(Identity::Produced(producer, key), || Slot {
            origin: Origin::Producer(producer, key),
            ty: OnceLock::new(),
            members: OnceLock::new(),
            stored: OnceLock::new(),
        })
    }

    /// A new type, different from all others. A structure, union or class gets no members.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn add(&self, ty: Type) -> Result<TypeId, TypeError> {
        self.add_compound(ty, Members::new(Vec::new(), Vec::new()))
    }

    /// A new structure, union or class with these members, different from all other types.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn add_compound(&self, ty: Type, members: Members) -> Result<TypeId, TypeError> {
        let mut slot = Slot::ready(Ok(ty));
        if slot.is_compound() {
            slot.members = OnceLock::from(Ok(Box::new(members)));
        }
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        self.push(&mut ids, slot)
    }

    /// The type that is equal to this one: a number's, or a typedef. Those of several programs'
    /// files are different from it.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn share(&self, ty: Type) -> Result<TypeId, TypeError> {
        self.hand_out(Identity::Equal(ty.clone()), || Slot::ready(Ok(ty)))
    }

    /// A type of which nothing is known but why: what a member has whose type is damaged.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn add_unknown(&self, error: TypeError) -> Result<TypeId, TypeError> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        self.push(&mut ids, Slot::ready(Err(error)))
    }

    /// The type `void` of a language.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn void(&self, language: Language) -> Result<TypeId, TypeError> {
        self.hand_out(Identity::Void(language), || {
            Slot::plain(language, TypeData::Void)
        })
    }

    /// The pointer to `referenced` of `size` bytes; the same for the same arguments.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn pointer(
        &self,
        referenced: QualifiedType,
        size: u64,
        byte_order: ByteOrder,
        language: Language,
    ) -> Result<TypeId, TypeError> {
        self.pointer_of(PointerForm::Pointer, referenced, size, byte_order, language)
    }

    /// The pointer or reference to `referenced` of `size` bytes; the same for the same arguments.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn pointer_of(
        &self,
        form: PointerForm,
        referenced: QualifiedType,
        size: u64,
        byte_order: ByteOrder,
        language: Language,
    ) -> Result<TypeId, TypeError> {
        let identity = Identity::Pointer(form, referenced, size, byte_order, language);
        self.hand_out(identity, || {
            let data = TypeData::Pointer {
                form,
                size,
                byte_order,
                referenced,
            };
            Slot::plain(language, data)
        })
    }

    /// The array of `length` elements; the same for the same arguments.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn array(
        &self,
        element: QualifiedType,
        length: Option<u64>,
        language: Language,
    ) -> Result<TypeId, TypeError> {
        self.hand_out(Identity::Array(element, length, language), || {
            Slot::plain(language, TypeData::Array { element, length })
        })
    }

    /// The array of `element`s that has a length, which is not known.
    ///
    /// # Errors
    ///
    /// If the store is full.
    pub fn array_of_unknown_length(
        &self,
        element: QualifiedType,
        language: Language,
    ) -> Result<TypeId, TypeError> {
        let length = None;
        self.share(Type {
            spelling: Some(UNKNOWN_LENGTH.into()),
            ..Type::new(language, TypeData::Array { element, length })
        })
    }

    /// What the type is, one level deep.
    ///
    /// # Errors
    ///
    /// If its producer cannot say; the same error each time, unless it is a front end's own.
    #[inline]
    pub fn get(&self, id: TypeId) -> Result<&Type, TypeError> {
        match self.find_slot(id).and_then(|slot| slot.ty.get()) {
            Some(Ok(ty)) => Ok(ty),
            _ => self.complete(id),
        }
    }

    #[cold]
    fn complete(&self, id: TypeId) -> Result<&Type, TypeError> {
        let slot = self.slot(id)?;
        if let Some(ty) = slot.ty.get() {
            return ty.as_ref().map_err(Clone::clone);
        }
        // Completed outside of any lock: producers look at other types.
        let ty = match slot.origin {
            Origin::Producer(producer, key) => self.producer(producer)?.complete(self, key),
            Origin::Ready => Err(lost(id)),
        };
        let ty = worth_remembering(ty)?;
        slot.ty.get_or_init(|| ty).as_ref().map_err(Clone::clone)
    }

    /// The members of a structure, union or class; `None` for other kinds.
    ///
    /// # Errors
    ///
    /// If its producer cannot say; the same error each time, unless it is a front end's own.
    pub fn members(&self, id: TypeId) -> Result<Option<&Members>, TypeError> {
        let slot = self.slot(id)?;
        if let Some(members) = slot.members.get() {
            return members.as_deref().map(Some).map_err(Clone::clone);
        }
        if !matches!(self.get(id)?.data, TypeData::Compound { .. }) {
            return Ok(None);
        }
        let members = match slot.origin {
            Origin::Producer(producer, key) => self.producer(producer)?.members(self, key),
            Origin::Ready => Err(lost(id)),
        };
        let members = worth_remembering(members)?;
        slot.members
            .get_or_init(|| members.map(Box::new))
            .as_deref()
            .map(Some)
            .map_err(Clone::clone)
    }

    /// What [`stored`](Self::stored) found before, if it was asked.
    #[inline]
    #[must_use]
    pub fn remembered_stored(&self, id: TypeId) -> Option<&Stored> {
        self.find_slot(id)?.stored.get()
    }

    /// Remembers what [`stored`](Self::stored) found.
    pub(crate) fn remember_stored(&self, id: TypeId, stored: Stored) -> Result<&Stored, TypeError> {
        Ok(self.slot(id)?.stored.get_or_init(|| stored))
    }

    fn producer(&self, id: ProducerId) -> Result<Arc<dyn TypeProducer>, TypeError> {
        self.producers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(usize::from(id.0))
            .cloned()
            .ok_or_else(|| TypeError::new("type belongs to another program"))
    }

    fn slot(&self, id: TypeId) -> Result<&Slot, TypeError> {
        self.find_slot(id).ok_or_else(|| lost(id))
    }

    #[inline]
    fn find_slot(&self, id: TypeId) -> Option<&Slot> {
        let (chunk, index) = position(id.as_u32());
        self.chunks.get(chunk)?.get()?.get(index)?.get()
    }

    fn hand_out(
        &self,
        identity: Identity,
        slot: impl FnOnce() -> Slot,
    ) -> Result<TypeId, TypeError> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = ids.known.get(&identity) {
            return Ok(*id);
        }
        let id = self.push(&mut ids, slot())?;
        ids.known.insert(identity, id);
        Ok(id)
    }

    fn push(&self, ids: &mut Ids, slot: Slot) -> Result<TypeId, TypeError> {
        let full = || TypeError::new("too many types");
        let count = ids.count.checked_add(1).ok_or_else(full)?;
        let id = NonZeroU32::new(count).map(TypeId).ok_or_else(full)?;
        let (chunk, index) = position(count);
        let place = self
            .chunks
            .get(chunk)
            .ok_or_else(full)?
            .get_or_init(|| (0..FIRST_CHUNK << chunk).map(|_| OnceLock::new()).collect())
            .get(index)
            .ok_or_else(full)?;
        // The mutex is held, so the place is free; where it is not, `full` ends the matter.
        place.set(slot).map_err(|_| full())?;
        ids.count = count;
        Ok(id)
    }
}

impl Slot {
    fn is_compound(&self) -> bool {
        matches!(self.ty.get(), Some(Ok(ty)) if matches!(ty.data, TypeData::Compound { .. }))
    }

    fn plain(language: Language, data: TypeData) -> Self {
        Self::ready(Ok(Type::new(language, data)))
    }

    fn ready(ty: Result<Type, TypeError>) -> Self {
        Self {
            origin: Origin::Ready,
            ty: OnceLock::from(ty),
            members: OnceLock::new(),
            stored: OnceLock::new(),
        }
    }
}

/// The answer of a producer, but for an error that may be gone the next time.
fn worth_remembering<T>(answer: Result<T, TypeError>) -> Result<Result<T, TypeError>, TypeError> {
    match answer {
        Err(error) if error.as_foreign().is_some() => Err(error),
        answer => Ok(answer),
    }
}

fn lost(id: TypeId) -> TypeError {
    TypeError::new(format!("type {} belongs to another program", id.as_u32()))
}

/// The chunk of the `count`th slot (from 1), and its index in there.
#[inline]
fn position(count: u32) -> (usize, usize) {
    // With as many slots before them as the first chunk has, chunks start at the powers of two.
    let place = count as usize + FIRST_CHUNK - 1;
    let chunk = place.ilog2() - FIRST_CHUNK.ilog2();
    (chunk as usize, place - (FIRST_CHUNK << chunk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompoundKind, Member, MemberRole};

    fn int(name: &str) -> Type {
        Type::new(
            Language::C,
            TypeData::Int {
                name: name.into(),
                size: 4,
                precision: None,
                is_signed: true,
                byte_order: ByteOrder::Little,
            },
        )
    }

    #[test]
    fn slots_fill_chunks_without_gap_or_overlap() {
        let first = u32::try_from(FIRST_CHUNK).unwrap();
        assert_eq!(position(1), (0, 0));
        assert_eq!(position(first), (0, FIRST_CHUNK - 1));
        assert_eq!(position(first + 1), (1, 0));
        assert_eq!(position(3 * first), (1, 2 * FIRST_CHUNK - 1));
        assert_eq!(position(3 * first + 1), (2, 0));
        assert_eq!(position(u32::MAX).0, CHUNKS - 1);
    }

    #[test]
    fn ids_stay_good_as_the_store_grows() {
        let store = TypeStore::new();
        let ids: Vec<_> = (0..5000)
            .map(|number| store.add(int(&number.to_string())).unwrap())
            .collect();
        for (number, id) in ids.into_iter().enumerate() {
            assert_eq!(
                store.get(id).unwrap().data.name(),
                Some(&*number.to_string())
            );
        }
    }

    #[test]
    fn derived_types_are_shared_and_new_ones_are_not() {
        let store = TypeStore::new();
        let a = store.add(int("int")).unwrap();
        let b = store.add(int("int")).unwrap();
        assert_ne!(a, b);
        let pointer = |id: TypeId| {
            store
                .pointer(id.into(), 8, ByteOrder::Little, Language::C)
                .unwrap()
        };
        assert_eq!(pointer(a), pointer(a));
        assert_ne!(pointer(a), pointer(b));
        let array = |length| store.array(a.into(), length, Language::C).unwrap();
        assert_ne!(array(Some(0)), array(None));
    }

    /// `struct key { struct key+1 *next; };`, where key 7 is damaged.
    struct Chain(OnceLock<ProducerId>);

    impl TypeProducer for Chain {
        fn complete(&self, _: &TypeStore, key: u64) -> Result<Type, TypeError> {
            if key == 7 {
                return Err(TypeError::new("damaged"));
            }
            Ok(Type::new(
                Language::C,
                TypeData::Compound {
                    kind: CompoundKind::Struct,
                    tag: Some(key.to_string().into()),
                    size: Some(8),
                },
            ))
        }

        fn members(&self, store: &TypeStore, key: u64) -> Result<Members, TypeError> {
            let next = store.declare(*self.0.get().unwrap(), key + 1)?;
            let ty = store.pointer(next.into(), 8, ByteOrder::Little, Language::C)?;
            let member = Member {
                name: Some("next".into()),
                ty: ty.into(),
                bit_offset: 0,
                bit_field_size: None,
                alignment: None,
                role: MemberRole::Member,
            };
            Ok(Members::new(vec![member], Vec::new()))
        }
    }

    #[test]
    fn equal_types_are_shared_where_that_is_asked_for() {
        let store = TypeStore::new();
        let a = store.share(int("int")).unwrap();
        assert_eq!(store.share(int("int")).unwrap(), a);
        assert_ne!(store.share(int("long")).unwrap(), a);
        assert_ne!(store.add(int("int")).unwrap(), a);
    }

    /// A producer that is ready the second time it is asked.
    struct Late(std::sync::atomic::AtomicBool);

    impl TypeProducer for Late {
        fn complete(&self, _: &TypeStore, _: u64) -> Result<Type, TypeError> {
            match self.0.swap(true, std::sync::atomic::Ordering::Relaxed) {
                true => Ok(int("int")),
                false => Err(TypeError::foreign("not yet", Arc::new("front end's"))),
            }
        }

        fn members(&self, _: &TypeStore, _: u64) -> Result<Members, TypeError> {
            Err(TypeError::new("no members"))
        }
    }

    #[test]
    fn errors_of_a_front_end_pass_through_and_are_not_remembered() {
        let store = TypeStore::new();
        let producer = store.register(Arc::new(Late(false.into()))).unwrap();
        let id = store.declare(producer, 0).unwrap();
        let error = store.get(id).unwrap_err();
        let foreign = error.as_foreign().unwrap().downcast_ref::<&str>();
        assert_eq!(foreign, Some(&"front end's"));
        assert_eq!(store.get(id).unwrap().data.name(), Some("int"));
    }

    #[test]
    fn types_are_completed_when_looked_at() {
        let store = TypeStore::new();
        let chain = Arc::new(Chain(OnceLock::new()));
        let producer = store.register(chain.clone()).unwrap();
        chain.0.set(producer).unwrap();
        let mut id = store.declare(producer, 0).unwrap();
        assert_eq!(store.declare(producer, 0).unwrap(), id);
        for key in 0..7 {
            assert_eq!(store.get(id).unwrap().data.tag(), Some(&*key.to_string()));
            let members = store.members(id).unwrap().unwrap();
            let next = members.find(&store, "next").unwrap().unwrap();
            assert_eq!(members.find(&store, "previous").unwrap(), None);
            let TypeData::Pointer { referenced, .. } = store.get(next.ty.id).unwrap().data else {
                panic!("no pointer");
            };
            id = referenced.id;
        }
        assert_eq!(store.get(id).unwrap_err().to_string(), "damaged");
        assert_eq!(store.members(id).unwrap_err().to_string(), "damaged");
    }

    #[test]
    fn one_thread_or_many_see_the_same_ids() {
        let store = TypeStore::new();
        let chain = Arc::new(Chain(OnceLock::new()));
        let producer = store.register(chain.clone()).unwrap();
        chain.0.set(producer).unwrap();
        let all: Vec<Vec<TypeId>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..3000)
                            .map(|key| store.declare(producer, key).unwrap())
                            .collect()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(all.iter().all(|ids| *ids == all[0]));
    }
}
