use super::abbreviation::{Slot, Wanted};
use super::kind::NameKind;
use super::name_ref::{NameRef, Place};
use super::seen::mix;
use gimli::{DwTag, constants as dw};

/// Where the definitions of an abbreviation have what tells copies of one from others, if that has
/// the same place and size in all of them; compilers write nearly all definitions of C so.
///
/// Nine definitions of ten are copies, and this is all that is read of them.
pub(super) struct Definition {
    pub(super) kind: NameKind,
    name: Field,
    file: Field,
    line: Field,
    size: Field,
    encoding: Field,
}

/// What tells a definition from others.
pub(super) struct DefinitionFields {
    pub(super) name: Option<NameRef>,
    pub(super) file: u64,
    pub(super) line: u64,
    pub(super) size: u64,
    pub(super) encoding: u64,
}

impl DefinitionFields {
    /// A number that all copies of the definition have, and no others, nearly always.
    #[inline]
    pub(super) fn key(&self, kind: NameKind) -> u64 {
        let name = self.name.map_or(u64::MAX, NameRef::as_u64);
        let place = mix(self.file, self.line);
        let form = mix(self.size, self.encoding << 8 | u64::from(kind.as_u8()));
        mix(mix(name, place), form)
    }
}

impl Definition {
    /// Of an abbreviation with this tag, in little-endian order; `None` if its entries are no definitions of types, or have
    /// to be looked at more closely.
    pub(super) fn new(tag: DwTag, slot: impl Fn(Wanted) -> Slot) -> Option<Self> {
        let kind = match tag {
            dw::DW_TAG_structure_type => NameKind::Struct,
            dw::DW_TAG_union_type => NameKind::Union,
            dw::DW_TAG_class_type => NameKind::Class,
            dw::DW_TAG_enumeration_type => NameKind::Enum,
            dw::DW_TAG_typedef => NameKind::Typedef,
            _ => return None,
        };
        let has = |wanted| slot(wanted) != Slot::Absent;
        if has(Wanted::Declaration) || has(Wanted::Origin) || !has(Wanted::DeclFile) {
            return None;
        }
        let name = match slot(Wanted::Name) {
            Slot::Str { size, run, offset } => Field::new(Slot::Number { size, run, offset }),
            _ => None,
        };
        let field = |wanted| Field::new(slot(wanted));
        Some(Self {
            kind,
            name: name?,
            file: field(Wanted::DeclFile)?,
            line: field(Wanted::DeclLine)?,
            size: field(Wanted::ByteSize)?,
            encoding: field(Wanted::Encoding)?,
        })
    }

    /// The values of an entry; `source` is the number of the file.
    #[inline]
    pub(super) fn read(&self, window: &Window, source: u32) -> DefinitionFields {
        let name = NameRef::new(Place::Str, source, self.name.read(window));
        DefinitionFields {
            name: Some(name),
            file: self.file.read(window),
            line: self.line.read(window),
            size: self.size.read(window),
            encoding: self.encoding.read(window),
        }
    }
}

/// A value of up to four bytes, in little-endian order: those that stand at an offset, or a constant.
/// There is nothing to choose when it is read, which processors would guess wrong.
#[derive(Clone, Copy)]
pub(super) struct Field {
    offset: u8,
    mask: u32,
    constant: u32,
}

/// The largest offset of a field.
const MAX_OFFSET: u8 = 15;

/// The first values of an entry, with all fields.
pub(super) type Window = [u8; MAX_OFFSET as usize + 4];

impl Field {
    /// A value that stands there; `None` if it has to be read in another way.
    pub(super) fn new(slot: Slot) -> Option<Self> {
        let constant = |constant| Self {
            offset: 0,
            mask: 0,
            constant,
        };
        match slot {
            Slot::Absent => Some(constant(0)),
            Slot::Constant(value) => Some(constant(value)),
            Slot::Number {
                size: size @ 1..=4,
                run: 0,
                offset,
            } => Some(Self {
                offset: u8::try_from(offset)
                    .ok()
                    .filter(|offset| *offset <= MAX_OFFSET)?,
                mask: u32::MAX >> (32 - 8 * u32::from(size)),
                constant: 0,
            }),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn read(&self, window: &Window) -> u64 {
        // That it is not larger, the compiler does not know.
        let offset = usize::from(self.offset & MAX_OFFSET);
        let bytes = window.get(offset..).and_then(<[u8]>::first_chunk);
        let value = bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes));
        u64::from(value & self.mask | self.constant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    ];

    fn number(size: u8, run: u8, offset: u32) -> Slot {
        Slot::Number { size, run, offset }
    }

    #[test]
    fn fields_have_their_own_bytes_only() {
        let read = |slot| Field::new(slot).map(|field| field.read(&WINDOW));
        assert_eq!(read(number(1, 0, 0)), Some(1));
        assert_eq!(read(number(2, 0, 3)), Some(0x0504));
        assert_eq!(read(number(3, 0, 1)), Some(0x04_0302));
        assert_eq!(read(number(4, 0, 15)), Some(0x1312_1110));
        assert_eq!(read(Slot::Constant(77)), Some(77));
        assert_eq!(read(Slot::Absent), Some(0));
        // Behind the window, too large, or behind a value of variable length.
        assert_eq!(read(number(1, 0, 16)), None);
        assert_eq!(read(number(1, 0, 256)), None);
        assert_eq!(read(number(8, 0, 0)), None);
        assert_eq!(read(number(4, 1, 0)), None);
    }

    #[test]
    fn definitions_have_a_file_and_a_name_and_are_whole() {
        let is_definition = |absent: Option<Wanted>, present: Option<Wanted>| {
            let slot = |wanted| match wanted {
                wanted if Some(wanted) == absent => Slot::Absent,
                wanted if Some(wanted) == present => Slot::Constant(1),
                Wanted::Name => Slot::Str {
                    size: 4,
                    run: 0,
                    offset: 0,
                },
                Wanted::DeclFile => Slot::Constant(3),
                Wanted::DeclLine => number(2, 0, 4),
                _ => Slot::Absent,
            };
            let definition = Definition::new(dw::DW_TAG_typedef, slot)?;
            Some(definition.read(&WINDOW, 0))
        };
        let fields = is_definition(None, None).unwrap();
        assert_eq!(fields.name, Some(NameRef::new(Place::Str, 0, 0x0403_0201)));
        assert_eq!((fields.file, fields.line), (3, 0x0605));
        for wanted in [Wanted::Name, Wanted::DeclFile] {
            assert!(is_definition(Some(wanted), None).is_none());
        }
        for wanted in [Wanted::Declaration, Wanted::Origin] {
            assert!(is_definition(None, Some(wanted)).is_none());
        }
    }
}
