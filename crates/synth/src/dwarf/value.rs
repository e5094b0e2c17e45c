use super::constants::form as f;
use super::file::{Dwarf, Label};
use super::shape::Shape;
use crate::Writer;

/// The value of an attribute.
#[derive(Clone, Debug)]
pub enum Value {
    /// A number, a signature, an address, an index, an offset into a section.
    Number(i128),
    /// A text: in the entry, or in the section that the form is for.
    Text(String),
    /// Bytes, behind the length that the form says.
    Bytes(Vec<u8>),
    /// An entry.
    To(Label),
    /// The form (`DW_FORM_indirect`) and the value.
    Indirect(u64, Box<Value>),
    /// These bytes, whatever the form says.
    Raw(Vec<u8>),
}

/// Where the place of an entry must be put when it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixup {
    pub(super) position: usize,
    /// Bytes; 0 for a LEB128 of [`PADDED`] bytes.
    pub(super) size: usize,
    pub(super) is_in_unit: bool,
    pub(super) label: Label,
}

/// Bytes of a LEB128 whose value is not known yet.
pub(super) const PADDED: usize = 5;

/// Appends an unsigned LEB128.
pub(super) fn put_uleb(out: &mut Writer, mut value: u128) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.u8(byte);
            return;
        }
        out.u8(byte | 0x80);
    }
}

/// Appends a signed LEB128.
pub(super) fn put_sleb(out: &mut Writer, mut value: i128) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == if byte & 0x40 != 0 { -1 } else { 0 } {
            out.u8(byte);
            return;
        }
        out.u8(byte | 0x80);
    }
}

/// An unsigned LEB128 of exactly this many bytes, with more than it takes.
pub(super) fn padded_uleb(value: u64, size: usize) -> Vec<u8> {
    let byte = |index: usize| {
        (value
            .checked_shr(u32::try_from(index * 7).unwrap_or(64))
            .unwrap_or(0)
            & 0x7f) as u8
    };
    let last = size.saturating_sub(1);
    (0..size)
        .map(|index| byte(index) | if index < last { 0x80 } else { 0 })
        .collect()
}

/// How the bytes of a form are made.
enum Layout {
    /// A number of this many bytes.
    Fixed(usize),
    Unsigned,
    Signed,
    /// A length of this many bytes, or a LEB128 if 0, and the bytes.
    Block(usize),
    Nothing,
    Inline,
}

fn layout(form: u64, shape: Shape) -> Layout {
    let offset = shape.offset_size();
    match form {
        f::DATA1 | f::REF1 | f::FLAG | f::STRX1 | f::ADDRX1 => Layout::Fixed(1),
        f::DATA2 | f::REF2 | f::STRX2 | f::ADDRX2 => Layout::Fixed(2),
        f::STRX3 | f::ADDRX3 => Layout::Fixed(3),
        f::DATA4 | f::REF4 | f::STRX4 | f::ADDRX4 | f::REF_SUP4 => Layout::Fixed(4),
        f::DATA8 | f::REF8 | f::REF_SIG8 | f::REF_SUP8 => Layout::Fixed(8),
        f::DATA16 => Layout::Fixed(16),
        f::ADDR => Layout::Fixed(shape.address_size.into()),
        f::REF_ADDR if shape.version == 2 => Layout::Fixed(shape.address_size.into()),
        f::REF_ADDR
        | f::SEC_OFFSET
        | f::STRP
        | f::LINE_STRP
        | f::STRP_SUP
        | f::GNU_REF_ALT
        | f::GNU_STRP_ALT => Layout::Fixed(offset),
        f::SDATA => Layout::Signed,
        f::BLOCK | f::EXPRLOC => Layout::Block(0),
        f::BLOCK1 => Layout::Block(1),
        f::BLOCK2 => Layout::Block(2),
        f::BLOCK4 => Layout::Block(4),
        f::FLAG_PRESENT | f::IMPLICIT_CONST => Layout::Nothing,
        f::STRING => Layout::Inline,
        _ => Layout::Unsigned,
    }
}

impl Dwarf {
    /// Appends a value; says what is to be put in later.
    pub(super) fn put_value(
        &mut self,
        out: &mut Writer,
        shape: Shape,
        form: u64,
        value: &Value,
    ) -> Option<Fixup> {
        let layout = layout(form, shape);
        match value {
            Value::Raw(bytes) => {
                out.put(bytes);
            }
            Value::Indirect(form, value) => {
                put_uleb(out, (*form).into());
                return self.put_value(out, shape, *form, value);
            }
            Value::Bytes(bytes) => {
                match layout {
                    Layout::Block(0) => put_uleb(out, bytes.len() as u128),
                    Layout::Block(size) => {
                        out.uint(bytes.len() as u64, size);
                    }
                    _ => {}
                }
                out.put(bytes);
            }
            Value::Text(text) => match layout {
                Layout::Inline => {
                    out.put(text.as_bytes()).u8(0);
                }
                layout => {
                    let number = self.intern(form, text);
                    put_number(out, &layout, number.into());
                }
            },
            Value::Number(number) => put_number(out, &layout, *number),
            Value::To(label) => {
                let position = out.bytes.len();
                let size = match layout {
                    Layout::Fixed(size) => size,
                    _ => 0,
                };
                out.put(&vec![0; if size == 0 { PADDED } else { size }]);
                return Some(Fixup {
                    position,
                    size,
                    is_in_unit: form != f::REF_ADDR,
                    label: *label,
                });
            }
        }
        None
    }
}

fn put_number(out: &mut Writer, layout: &Layout, number: i128) {
    match layout {
        Layout::Fixed(16) => {
            let (low, high) = (number as u64, (number >> 64) as u64);
            if out.is_big_endian() {
                out.u64(high).u64(low);
            } else {
                out.u64(low).u64(high);
            }
        }
        Layout::Fixed(size) => {
            out.uint(number as u64, *size);
        }
        Layout::Signed => put_sleb(out, number),
        Layout::Unsigned => put_uleb(out, number.cast_unsigned()),
        Layout::Block(_) | Layout::Nothing | Layout::Inline => {}
    }
}
