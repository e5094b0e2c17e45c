//! Members by name, those of anonymous members, variants and base classes included.

use crate::{Member, MemberRole, Members, QualifiedType, TypeData, TypeError, TypeId, TypeStore};
use hashbrown::{HashMap, HashSet};

/// Where a member stands in the type that it was asked of, through anonymous members and base
/// classes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlatMember {
    /// The type.
    pub ty: QualifiedType,
    /// Distance in bits from the start of the outermost type; where there is a virtual base class
    /// on the way (`via`), from the start of that.
    pub bit_offset: u64,
    /// Width in bits of a bit field.
    pub bit_field_size: Option<u64>,
    /// The virtual base classes on the way, which are elsewhere in each object.
    pub via: Option<VirtualPath>,
}

/// A way through virtual base classes; what it is stands at [`MemberIndex::virtual_path`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VirtualPath(u32);

/// One step of such a way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VirtualStep {
    /// Where the class that has the virtual base starts: in bits from the outermost type, or from
    /// what the step before led to.
    pub bit_offset: u64,
    /// See [`MemberRole::VirtualBase`].
    pub table_offset: i64,
}

/// All members of a type by name.
#[derive(Debug, Default)]
pub struct MemberIndex {
    by_name: HashMap<Box<str>, FlatMember, foldhash::fast::FixedState>,
    paths: Vec<Box<[VirtualStep]>>,
    /// Why members may be missing.
    error: Option<TypeError>,
}

/// Anonymous members in anonymous members: deeper is not C but a broken (or cyclic) file.
const MAX_DEPTH: usize = 64;
/// Members that one type may have, anonymous ones' included.
const MAX_MEMBERS: usize = 1 << 20;
/// Ways through virtual base classes, and steps of one.
const MAX_PATHS: usize = 1 << 12;
const MAX_STEPS: usize = 1 << 6;

impl MemberIndex {
    pub(crate) fn new(store: &TypeStore, members: &Members) -> Self {
        let mut indexer = Indexer {
            store,
            index: Self::default(),
            bases: HashMap::default(),
            virtual_bases: HashSet::new(),
            around: Vec::new(),
            seen: 0,
        };
        let start = Place {
            bit_offset: 0,
            via: None,
        };
        let result = indexer.add(members, start);
        // A member hides a base class of the same name.
        for (name, base) in indexer.bases {
            indexer.index.by_name.entry(name).or_insert(base);
        }
        let mut index = indexer.index;
        index.error = index.error.or(result.err());
        index
    }

    /// The member called `name`.
    ///
    /// # Errors
    ///
    /// As [`Members::find`].
    pub fn find(&self, name: &str) -> Result<Option<FlatMember>, TypeError> {
        match (self.by_name.get(name), &self.error) {
            (Some(member), _) => Ok(Some(*member)),
            (None, None) => Ok(None),
            (None, Some(error)) => Err(error.clone()),
        }
    }

    /// All members with their names, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FlatMember)> {
        self.by_name.iter().map(|(name, member)| (&**name, member))
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    /// The steps of a way, from the outermost type on.
    #[must_use]
    pub fn virtual_path(&self, path: VirtualPath) -> &[VirtualStep] {
        self.paths
            .get(path.0 as usize)
            .map_or(&[], |steps| &**steps)
    }
}

/// Where a type stands whose members are added.
#[derive(Clone, Copy)]
struct Place {
    bit_offset: u64,
    via: Option<VirtualPath>,
}

struct Indexer<'a> {
    store: &'a TypeStore,
    index: MemberIndex,
    /// Base classes by name, of those with the same name the first.
    bases: HashMap<Box<str>, FlatMember, foldhash::fast::FixedState>,
    /// An object has one of each.
    virtual_bases: HashSet<TypeId>,
    /// The types whose members are being added, one in the other.
    around: Vec<TypeId>,
    seen: usize,
}

impl Indexer<'_> {
    /// Adds the members of a type that stands at `place`: its own, then those of its base classes.
    fn add(&mut self, members: &Members, place: Place) -> Result<(), TypeError> {
        let variants = members.variant_part.iter().flat_map(|part| &part.variants);
        let of_variants = variants.flat_map(|variant| &variant.members);
        for member in members.members.iter().chain(of_variants) {
            self.seen += 1;
            if self.seen > MAX_MEMBERS {
                return Err(TypeError::new("type has too many members"));
            }
            match (&member.name, member.role) {
                (Some(name), MemberRole::Member) => {
                    let member = place.member(member);
                    self.index.by_name.entry(name.clone()).or_insert(member);
                }
                (None, MemberRole::Member) => self.add_inner(member, place)?,
                _ => {}
            }
        }
        for member in &members.members {
            match member.role {
                MemberRole::Member => {}
                MemberRole::Base => self.add_inner(member, place)?,
                MemberRole::VirtualBase { table_offset } => {
                    if self
                        .virtual_bases
                        .insert(self.behind_typedefs(member.ty).id)
                    {
                        let place = self.virtual_place(place, table_offset)?;
                        self.add_inner(member, place)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the members of an anonymous member or base class of what stands at `outer`.
    fn add_inner(&mut self, member: &Member, outer: Place) -> Result<(), TypeError> {
        let ty = self.behind_typedefs(member.ty);
        let flat = FlatMember {
            ty,
            ..outer.member(member)
        };
        let place = Place {
            bit_offset: flat.bit_offset,
            via: flat.via,
        };
        if member.role != MemberRole::Member
            && let Ok(class) = self.store.get(ty.id)
            && let Some(tag) = class.data.tag()
            && !self.bases.contains_key(tag)
        {
            self.bases.insert(tag.into(), flat);
        }
        let inner = if self.around.contains(&ty.id) {
            Err(TypeError::new("type is a member of itself"))
        } else if self.around.len() >= MAX_DEPTH {
            Err(TypeError::new("anonymous members are nested too deeply"))
        } else {
            self.store.members(ty.id)
        };
        match inner {
            Ok(Some(inner)) => {
                self.around.push(ty.id);
                let added = self.add(inner, place);
                self.around.pop();
                added
            }
            Ok(None) => Ok(()),
            // The others are members all the same.
            Err(error) => {
                self.index.error.get_or_insert(error);
                Ok(())
            }
        }
    }

    /// The class that a base class is: Clang has the typedef that it was named by. What cannot be
    /// known stays as it is.
    fn behind_typedefs(&self, ty: QualifiedType) -> QualifiedType {
        let mut class = ty;
        for _ in 0..MAX_DEPTH {
            match self.store.get(class.id).map(|ty| &ty.data) {
                Ok(TypeData::Typedef { aliased, .. }) => {
                    class = QualifiedType {
                        qualifiers: class.qualifiers | aliased.qualifiers,
                        ..*aliased
                    }
                }
                Ok(_) => return class,
                Err(_) => break,
            }
        }
        ty
    }

    /// Where a virtual base class of what stands at `place` is.
    fn virtual_place(&mut self, place: Place, table_offset: i64) -> Result<Place, TypeError> {
        let before = place.via.map(|path| self.index.virtual_path(path));
        let mut steps = before.unwrap_or(&[]).to_vec();
        if steps.len() == MAX_STEPS || self.index.paths.len() == MAX_PATHS {
            return Err(TypeError::new("type has too many virtual base classes"));
        }
        steps.push(VirtualStep {
            bit_offset: place.bit_offset,
            table_offset,
        });
        let path = u32::try_from(self.index.paths.len()).ok().map(VirtualPath);
        self.index.paths.push(steps.into());
        Ok(Place {
            bit_offset: 0,
            via: path,
        })
    }
}

impl Place {
    /// A member of what stands here.
    fn member(self, member: &Member) -> FlatMember {
        let offset = match member.role {
            MemberRole::VirtualBase { .. } => 0,
            _ => member.bit_offset,
        };
        FlatMember {
            ty: member.ty,
            bit_offset: self.bit_offset.wrapping_add(offset),
            bit_field_size: member.bit_field_size,
            via: self.via,
        }
    }
}

#[cfg(test)]
mod tests;
