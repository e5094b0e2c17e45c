//! Members and elements, of which those that C would set to zero by itself may be left out.

use super::options::FormatOptions;
use crate::layout::{resolve, sizeof};
use crate::object::{AbsenceReason, Repr, add};
use crate::scalar::scalar_of;
use crate::{Error, ErrorKind, Object, Result, Target};
use spelunk_base::Language;
use spelunk_types::{Member, MemberRole, QualifiedType, TypeData, TypeId, TypeStore};

/// The ends of arrays are looked for in such pieces.
const CHUNK: u64 = 1 << 16;
/// Elements without size that are shown.
const MAX_EMPTY: u64 = 1 << 10;
/// Members of one structure,
const MAX_MEMBERS: usize = 1 << 18;
/// and how many of them take as long to look at as a value takes to be written.
const MEMBERS_PER_STEP: usize = 16;
/// Anonymous members in anonymous members.
const MAX_DEPTH: u32 = 64;
/// Base classes in a base class that are looked at to see whether it is empty.
const MAX_BASES: u32 = 64;
/// Numbers that are looked at to see whether an object is zero.
const MAX_STEPS: u32 = 1 << 12;

/// A member or element.
pub(super) struct Part<'a> {
    pub(super) label: Label<'a>,
    pub(super) is_element: bool,
    pub(super) ty: QualifiedType,
    /// The part, or why there is none.
    pub(super) object: Result<Object>,
}

#[derive(Clone)]
pub(super) enum Label<'a> {
    None,
    Member(&'a str),
    Index(u64),
    /// A member that a printer made up.
    Name(Box<str>),
    /// The key of a map.
    Key(Box<Object>),
}

/// What stands around parts.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// Around nothing.
    pub(super) empty: &'static str,
    /// Whether there are more parts than are shown.
    pub(super) is_cut: bool,
}

impl Frame {
    pub(super) const BRACES: Self = Self {
        open: "{ ",
        close: " }",
        empty: "{}",
        is_cut: false,
    };
    pub(super) const PARENTHESES: Self = Self {
        open: "(",
        close: ")",
        empty: "()",
        is_cut: false,
    };
}

/// The parts of an object that are shown.
pub(super) enum Parts<'a> {
    Members(Vec<Part<'a>>),
    /// What a printer found.
    Presented(Vec<Part<'a>>, Frame),
    Elements {
        array: Object,
        element: QualifiedType,
        end: u64,
        size: u64,
        with_index: bool,
        skip_implicit: bool,
        /// Set where a printer found the array: whether there are more elements.
        is_cut: Option<bool>,
    },
}

impl<'a> Parts<'a> {
    /// The members of a structure, union or class, those of anonymous ones in it too. `steps` is how many values may
    /// still be written.
    pub(super) fn members(
        target: &'a dyn Target,
        options: &FormatOptions,
        object: &Object,
        id: TypeId,
        steps: &mut usize,
    ) -> Result<Self> {
        let most = MAX_MEMBERS.min(*steps);
        let mut flat = FlatParts {
            target,
            options,
            object,
            parts: Vec::new(),
            left: most,
        };
        flat.add_members(id, 0, 0)?;
        *steps -= (most - flat.left) / MEMBERS_PER_STEP;
        let mut parts = flat.parts;
        if !options.implicit_members {
            let shown = |part: &Part<'_>| match &part.object {
                Ok(object) => !is_implicit(target, object),
                Err(_) => true,
            };
            if options.member_names {
                parts.retain(shown);
            } else {
                // Without names, only what stands before others can be told.
                let end = parts.iter().rposition(shown).map_or(0, |last| last + 1);
                parts.truncate(end);
            }
        }
        Ok(Self::Members(parts))
    }

    /// The elements of an array.
    pub(super) fn elements(
        target: &dyn Target,
        options: &FormatOptions,
        array: &Object,
        element: QualifiedType,
        length: u64,
    ) -> Result<Self> {
        let size = sizeof(target.types(), element)?;
        // An initializer of Rust gives every element.
        let is_rust = resolve(target.types(), array.ty.id)?.1.language == Language::Rust;
        let all = options.implicit_elements || is_rust;
        let end = match all {
            true => length,
            // Where the end cannot be read, elements are shown up to where they cannot be.
            false => find_end(target, array, element, size, length, &mut 0).unwrap_or(length),
        };
        Ok(Self::Elements {
            array: array.clone(),
            element,
            end: if size == 0 { end.min(MAX_EMPTY) } else { end },
            size,
            with_index: options.element_indices,
            skip_implicit: options.element_indices && !all,
            is_cut: None,
        })
    }

    /// The first `end` elements of an array that a printer found, zero or not.
    pub(super) fn all_elements(
        target: &dyn Target,
        options: &FormatOptions,
        array: &Object,
        element: QualifiedType,
        end: u64,
        is_cut: bool,
    ) -> Result<Self> {
        Ok(Self::Elements {
            array: array.clone(),
            element,
            end,
            size: sizeof(target.types(), element)?,
            with_index: options.element_indices,
            skip_implicit: false,
            is_cut: Some(is_cut),
        })
    }

    pub(super) fn frame(&self) -> Frame {
        match self {
            Self::Presented(_, frame) => *frame,
            Self::Members(_) => Frame::BRACES,
            Self::Elements { is_cut, .. } => Frame {
                is_cut: is_cut.unwrap_or(false),
                ..Frame::BRACES
            },
        }
    }

    /// Whether the parts may stand anywhere in memory, not only inside of the object.
    pub(super) fn are_elsewhere(&self) -> bool {
        match self {
            Self::Presented(..) => true,
            Self::Members(_) => false,
            Self::Elements { is_cut, .. } => is_cut.is_some(),
        }
    }

    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Members(parts) | Self::Presented(parts, _) => parts.len() as u64,
            Self::Elements { end, .. } => *end,
        }
    }

    /// The part at `index`, unless it is left out.
    pub(super) fn get(&self, target: &dyn Target, index: u64) -> Option<Part<'a>> {
        match self {
            Self::Members(parts) | Self::Presented(parts, _) => {
                let part = parts.get(usize::try_from(index).ok()?)?;
                Some(Part {
                    label: part.label.clone(),
                    is_element: part.is_element,
                    ty: part.ty,
                    object: part.object.clone(),
                })
            }
            Self::Elements {
                array,
                element,
                size,
                with_index,
                skip_implicit,
                ..
            } => {
                let object = array.element(target, *element, index.cast_signed());
                if *skip_implicit
                    && let Ok(object) = &object
                    && is_implicit(target, object)
                {
                    return None;
                }
                Some(Part {
                    label: match with_index {
                        true => Label::Index(index),
                        false => Label::None,
                    },
                    is_element: true,
                    ty: *element,
                    object: object.and_then(|object| {
                        // The array ends where memory does, however long it is said to be.
                        if let Some(address) = object.address()
                            && *size > 0
                        {
                            target.read(address, &mut [0])?;
                        }
                        Ok(object)
                    }),
                })
            }
        }
    }

    /// Whether what follows a part that cannot be read is no better.
    pub(super) fn end_at_fault(&self) -> bool {
        matches!(self, Self::Elements { .. })
    }
}

pub(super) fn too_large_to_show() -> Error {
    Error::new(ErrorKind::Memory, "object is too large to show")
}

/// The parts of `object`, collected through anonymous members.
struct FlatParts<'a, 'o> {
    target: &'a dyn Target,
    options: &'o FormatOptions,
    object: &'o Object,
    parts: Vec<Part<'a>>,
    /// Members that may still be looked at: with anonymous members in each other there is no end of them.
    left: usize,
}

impl<'a> FlatParts<'a, '_> {
    fn add_members(&mut self, id: TypeId, offset: u64, depth: u32) -> Result<()> {
        let types = self.target.types();
        if depth > MAX_DEPTH {
            return Err(crate::layout::too_deep());
        }
        let Some(members) = types.members(id)? else {
            return Ok(());
        };
        for member in &members.members {
            self.left = self.left.checked_sub(1).ok_or_else(too_large_to_show)?;
            if member.role != MemberRole::Member {
                if !is_empty(types, member.ty.id, &mut { MAX_BASES }) {
                    self.add(member, offset);
                }
                continue;
            }
            if member.name.is_none() && self.options.member_names {
                let inner = resolve(types, member.ty.id).map(|(inner, _)| inner);
                if let Ok(inner) = inner
                    && types.members(inner).is_ok_and(|members| members.is_some())
                {
                    let offset = offset.wrapping_add(member.bit_offset);
                    self.add_members(inner, offset, depth + 1)?;
                    continue;
                }
            }
            self.add(member, offset);
        }
        let Some(variants) = &members.variant_part else {
            return Ok(());
        };
        match self.object.variant_of(self.target, members, offset) {
            Ok(variant) => {
                for member in variant.map_or(&[][..], |variant| &variant.members) {
                    self.add(member, offset);
                }
            }
            Err(error) => {
                if let Some(discriminant) = &variants.discriminant {
                    self.parts.push(Part {
                        label: Label::None,
                        is_element: false,
                        ty: discriminant.ty,
                        object: Err(error),
                    });
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, member: &'a Member, outer: u64) {
        let part = part_of(self.target, self.options, self.object, member, outer);
        self.parts.push(part);
    }
}

/// The member of what stands `outer` bits from the start of `object`; a base class has its name as
/// a member would.
fn part_of<'a>(
    target: &'a dyn Target,
    options: &FormatOptions,
    object: &Object,
    member: &'a Member,
    outer: u64,
) -> Part<'a> {
    let mut ty = member.ty;
    let mut name = member.name.as_deref();
    let mut object = object.member_part(target, member, outer);
    if member.role != MemberRole::Member
        && let Ok((id, class)) = resolve(target.types(), member.ty.id)
    {
        // By whatever typedef it was named.
        ty.id = id;
        name = class.data.tag();
        if let Ok(object) = &mut object {
            object.ty.id = id;
        }
    }
    Part {
        label: match name {
            Some(name) if options.member_names => Label::Member(name),
            _ => Label::None,
        },
        is_element: false,
        ty,
        object,
    }
}

/// Whether a base class has nothing to show, as many of the standard library.
fn is_empty(types: &TypeStore, id: TypeId, steps: &mut u32) -> bool {
    let Some(left) = steps.checked_sub(1) else {
        return false;
    };
    *steps = left;
    let class = resolve(types, id).ok();
    let Some(Ok(Some(members))) = class.map(|(class, _)| types.members(class)) else {
        return false;
    };
    let mut is_empty_base =
        |member: &Member| member.role != MemberRole::Member && is_empty(types, member.ty.id, steps);
    members.variant_part.is_none() && members.members.iter().all(&mut is_empty_base)
}

/// Whether C would give the object its value by itself: zeros. What cannot be read is not zero.
fn is_implicit(target: &dyn Target, object: &Object) -> bool {
    is_zero(target, object, 0, &mut 0).unwrap_or(false)
}

fn is_zero(target: &dyn Target, object: &Object, depth: u32, steps: &mut u32) -> Result<bool> {
    *steps += 1;
    if depth > MAX_DEPTH || *steps > MAX_STEPS {
        return Ok(false);
    }
    // What has no values is as good as zero; what was lost is not.
    if let Some(reason) = object.absence_reason() {
        return Ok(reason == AbsenceReason::Other);
    }
    let types = target.types();
    if let Some(scalar) = scalar_of(types, object.ty.id)? {
        return Ok(object.load_number(target, scalar)?.is_zero());
    }
    let (id, ty) = resolve(types, object.ty.id)?;
    match &ty.data {
        TypeData::Compound {
            size: Some(size), ..
        } => {
            if find_last_byte(target, object, *size)?.is_none() {
                return Ok(true);
            }
            let Some(members) = types.members(id)? else {
                return Ok(true);
            };
            if members.variant_part.is_some() {
                return Ok(false);
            }
            for member in &members.members {
                let part = object.member_part(target, member, 0)?;
                if !is_zero(target, &part, depth + 1, steps)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        TypeData::Array {
            element,
            length: Some(length),
        } => {
            let size = sizeof(types, *element)?;
            Ok(find_end(target, object, *element, size, *length, steps)? == 0)
        }
        TypeData::Array { length: None, .. } => Ok(true),
        _ => Ok(false),
    }
}

/// The number of elements up to the last that is not zero.
fn find_end(
    target: &dyn Target,
    array: &Object,
    element: QualifiedType,
    size: u64,
    length: u64,
    steps: &mut u32,
) -> Result<u64> {
    if size == 0 {
        return Ok(0);
    }
    let mut end = length;
    while end > 0 {
        // Zero bytes are zero elements; but bytes that are none may be padding.
        let bytes = end.checked_mul(size).ok_or_else(too_large)?;
        let Some(last) = find_last_byte(target, array, bytes)? else {
            return Ok(0);
        };
        end = last / size;
        let candidate = array.element(target, element, end.cast_signed())?;
        if !is_zero(target, &candidate, 1, steps)? {
            return Ok(end + 1);
        }
    }
    Ok(0)
}

fn too_large() -> Error {
    Error::new(ErrorKind::Overflow, "type size is too large")
}

/// Where the last byte that is not zero stands among the first `end` of the object.
fn find_last_byte(target: &dyn Target, object: &Object, end: u64) -> Result<Option<u64>> {
    let last = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte != 0);
    let Repr::Reference { address, .. } = object.repr else {
        let bytes = object.value_bytes().unwrap_or(&[]);
        let end = usize::try_from(end).unwrap_or(usize::MAX).min(bytes.len());
        return Ok(last(bytes.get(..end).unwrap_or(&[])).map(|place| place as u64));
    };
    let mut end = end;
    let mut buf = vec![0; end.min(CHUNK) as usize];
    while end > 0 {
        let start = (end - 1) / CHUNK * CHUNK;
        let chunk = buf.get_mut(..(end - start) as usize).unwrap_or(&mut []);
        target.read(add(target, address, start), chunk)?;
        if let Some(place) = last(chunk) {
            return Ok(Some(start + place as u64));
        }
        end = start;
    }
    Ok(None)
}
