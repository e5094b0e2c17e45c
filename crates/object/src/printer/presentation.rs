use super::reach::check_element;
use crate::layout::{name_of, resolve, sizeof};
use crate::{Error, Object, Result, Target};
use spelunk_types::{QualifiedType, TypeData};

/// What an object is to someone who uses it.
pub enum Presentation {
    /// This text, as it is: `5ms`.
    Text(String),
    /// A string literal. Bytes that are UTF-8 are shown as characters, others escaped.
    String {
        /// What stands before the quotes: `L`.
        prefix: &'static str,
        /// The characters.
        bytes: Vec<u8>,
        /// Whether these are only the first of them.
        is_cut: bool,
    },
    /// Another object in its place, such as what an atomic variable or optional holds.
    Object(Object),
    /// As [`Object`](Self::Object), with its own type's name: what a variant holds.
    Alternative(Object),
    /// An array, all of whose elements are shown: `{ 1, 2 }`.
    Array(Object),
    /// Elements, or keys and values, that are found one after the other: `{ 1, 2 }`,
    /// `{ [1] = 2 }`.
    Children(Box<dyn Walk>),
    /// A few parts without names, after a name of their own: `Some(5)`, `(1, 2)`, `None`.
    Tuple {
        /// The name; empty for none.
        name: Box<str>,
        /// The parts.
        parts: Vec<Object>,
    },
    /// Parts with names: `{ .x = (int)1 }`.
    Members {
        /// What stands before them; empty for nothing.
        name: Box<str>,
        /// The parts.
        members: Vec<(Box<str>, Object)>,
    },
    /// A pointer: its address, and what it points to where pointers are looked behind.
    Pointer {
        /// The address.
        address: u64,
        /// What to add to the address: ` (use count 1, weak count 0)`.
        note: String,
        /// What it points to.
        to: Option<Object>,
    },
}

/// One thing in a container.
#[derive(Clone, Debug)]
pub struct Child {
    /// What it stands under; `None` for an element.
    pub key: Option<Key>,
    /// The element, or the value of the key.
    pub value: Object,
}

/// What a thing in a container stands under.
#[derive(Clone, Debug)]
pub enum Key {
    /// The key of a map: `[key] = `.
    Object(Object),
    /// The name of a member: `.name = `.
    Name(Box<str>),
    /// A number that is in no memory: `[1] = `.
    Index(u64),
}

impl From<Object> for Child {
    fn from(value: Object) -> Self {
        Self { key: None, value }
    }
}

/// Gives the children of a container one by one. It ends, whatever is in memory.
pub trait Walk: Send {
    /// The next child, `None` at the end.
    ///
    /// # Errors
    ///
    /// If memory cannot be read or the container is damaged. There is no way on from there.
    fn next(&mut self, target: &dyn Target) -> Result<Option<Child>>;
}

impl<F: FnMut(&dyn Target) -> Result<Option<Child>> + Send> Walk for F {
    fn next(&mut self, target: &dyn Target) -> Result<Option<Child>> {
        self(target)
    }
}

/// The children of the objects that have some; of references and pointers, those of what they
/// lead to.
pub(super) fn children(object: &Object, target: &dyn Target) -> Result<Box<dyn Walk>> {
    let none = || {
        let name = name_of(target.types(), object.ty);
        Error::type_(format!("'{name}' has no children"))
    };
    let object = object.lvalue(target)?;
    let object = &*object;
    match object.lookup_presentation(target)? {
        None => match &resolve(target.types(), object.ty.id)?.1.data {
            TypeData::Array { .. } => elements(target, object.clone()),
            TypeData::Pointer { .. } => behind_pointer(target, object, none),
            _ => Err(none()),
        },
        Some(Presentation::Array(array)) => elements(target, array),
        Some(Presentation::Children(walk)) => Ok(walk),
        Some(Presentation::Tuple { parts, .. }) => Ok(few(parts)),
        Some(Presentation::Members { members, .. }) => {
            Ok(few(members.into_iter().map(|(_, member)| member)))
        }
        Some(Presentation::Object(inner) | Presentation::Alternative(inner)) => {
            match inner.ty == object.ty {
                true => Err(none()),
                false => Ok(few([inner])),
            }
        }
        Some(Presentation::Pointer { to, .. }) => Ok(few(to)),
        Some(Presentation::Text(_) | Presentation::String { .. }) => Err(none()),
    }
}

/// The array that the object, or what it refers to, is or holds.
pub(super) fn array(object: &Object, target: &dyn Target) -> Result<Object> {
    let object = object.lvalue(target)?;
    if matches!(
        resolve(target.types(), object.ty.id)?.1.data,
        TypeData::Array { .. }
    ) {
        return Ok(object.into_owned());
    }
    let presentation = object.lookup_presentation(target)?;
    if let Some(Presentation::Array(array)) = presentation {
        return Ok(array);
    }
    let name = name_of(target.types(), object.ty);
    let hint = object.container_hint(target);
    Err(Error::type_(format!("'{name}' holds no array{hint}")))
}

/// The children of what a pointer leads to, which is no pointer itself.
fn behind_pointer(
    target: &dyn Target,
    pointer: &Object,
    none: impl Fn() -> Error,
) -> Result<Box<dyn Walk>> {
    let TypeData::Pointer { referenced, .. } = resolve(target.types(), pointer.ty.id)?.1.data
    else {
        return Err(none());
    };
    match resolve(target.types(), referenced.id)?.1.data {
        TypeData::Compound { .. } | TypeData::Array { .. } => {
            children(&pointer.dereference(target)?, target)
        }
        _ => Err(none()),
    }
}

fn few(objects: impl IntoIterator<Item = Object>) -> Box<dyn Walk> {
    let objects: Vec<Object> = objects.into_iter().collect();
    let mut objects = objects.into_iter();
    Box::new(move |_: &dyn Target| Ok(objects.next().map(Child::from)))
}

fn elements(target: &dyn Target, array: Object) -> Result<Box<dyn Walk>> {
    let length = array.len(target)?;
    let TypeData::Array { element, .. } = resolve(target.types(), array.ty.id)?.1.data else {
        return Ok(few(None));
    };
    let element: QualifiedType = element;
    let size = sizeof(target.types(), element)?;
    let mut index = 0;
    Ok(Box::new(move |target: &dyn Target| {
        if index >= length {
            return Ok(None);
        }
        let child = array.element(target, element, index.cast_signed())?;
        if let Some(address) = child.address() {
            check_element(target, address, size, index)?;
        }
        index += 1;
        Ok(Some(child.into()))
    }))
}
