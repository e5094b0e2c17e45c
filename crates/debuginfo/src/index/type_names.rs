use hashbrown::HashMap;

/// The names of types that have units of their own, by signature, without their scopes: what
/// declares members of such a type elsewhere may have its signature alone.
#[derive(Default)]
pub(super) struct TypeNames(HashMap<u64, Box<[u8]>, foldhash::fast::RandomState>);

impl TypeNames {
    pub(super) fn get(&self, signature: u64) -> Option<&[u8]> {
        self.0.get(&signature).map(|name| &**name)
    }
}

/// Of copies of a type the first counts.
impl FromIterator<(u64, Box<[u8]>)> for TypeNames {
    fn from_iter<I: IntoIterator<Item = (u64, Box<[u8]>)>>(names: I) -> Self {
        let mut all = Self::default();
        for (signature, name) in names {
            all.0.entry(signature).or_insert(name);
        }
        all
    }
}
