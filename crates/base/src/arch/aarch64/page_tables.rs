//! The page tables of AArch64 that Linux uses. Sources: Arm Architecture Reference Manual (DDI 0487),
//! section D8.3 (translation table descriptors); Linux `arch/arm64/include/asm/pgtable-hwdef.h`.

use crate::arch::{EntryForm, Level, PageTableGeometry, UpperBits};

const VALID: u64 = 1;
/// Leads to a table; at the lowest level, maps a page.
const TABLE: EntryForm = EntryForm::new(0b11, 0b11);
/// Maps a block of pages.
const BLOCK: EntryForm = EntryForm::new(0b11, 0b01);

/// A level whose entries lead to tables alone.
const fn tables(shift: u32, bits: u32) -> Level {
    Level::new(shift, bits, None)
}

/// A level whose entries may map blocks.
const fn blocks(shift: u32, bits: u32) -> Level {
    Level::new(shift, bits, Some(BLOCK))
}

/// The lowest level.
const fn pages(shift: u32, bits: u32) -> Level {
    Level::new(shift, bits, Some(TABLE))
}

/// Physical addresses of 48 bits.
const fn narrow(
    name: &'static str,
    page_shift: u32,
    virtual_bits: u32,
    levels: &'static [Level],
) -> PageTableGeometry {
    PageTableGeometry {
        name,
        entry_size: 8,
        virtual_bits,
        upper_bits: UpperBits::Halves,
        page_shift,
        levels,
        address_mask: (1 << 48) - (1 << page_shift),
        moved: (0, 0),
        present: VALID,
        table: TABLE,
    }
}

/// With 64 KiB pages, bits 12 to 15 are bits 48 to 51 of addresses (`FEAT_LPA`); without that they are 0.
const fn lpa(name: &'static str, virtual_bits: u32, levels: &'static [Level]) -> PageTableGeometry {
    PageTableGeometry {
        moved: (0xf000, 36),
        ..narrow(name, 16, virtual_bits, levels)
    }
}

/// With smaller pages and virtual addresses of 52 bits, bits 8 and 9 are bits 50 and 51 of addresses
/// (`FEAT_LPA2`); without that they say how memory is shared.
const fn lpa2(name: &'static str, page_shift: u32, levels: &'static [Level]) -> PageTableGeometry {
    PageTableGeometry {
        address_mask: (1 << 50) - (1 << page_shift),
        moved: (0x300, 42),
        ..narrow(name, page_shift, 52, levels)
    }
}

/// All of them, by the size of pages and then the width of addresses.
pub(super) const ALL: &[&PageTableGeometry] = &[
    &narrow(
        "4K 39-bit",
        12,
        39,
        &[blocks(30, 9), blocks(21, 9), pages(12, 9)],
    ),
    &narrow(
        "4K 48-bit",
        12,
        48,
        &[tables(39, 9), blocks(30, 9), blocks(21, 9), pages(12, 9)],
    ),
    &lpa2(
        "4K 52-bit",
        12,
        &[
            tables(48, 4),
            blocks(39, 9),
            blocks(30, 9),
            blocks(21, 9),
            pages(12, 9),
        ],
    ),
    &narrow("16K 36-bit", 14, 36, &[blocks(25, 11), pages(14, 11)]),
    &narrow(
        "16K 47-bit",
        14,
        47,
        &[tables(36, 11), blocks(25, 11), pages(14, 11)],
    ),
    &narrow(
        "16K 48-bit",
        14,
        48,
        &[tables(47, 1), tables(36, 11), blocks(25, 11), pages(14, 11)],
    ),
    &lpa2(
        "16K 52-bit",
        14,
        &[tables(47, 5), blocks(36, 11), blocks(25, 11), pages(14, 11)],
    ),
    &lpa("64K 42-bit", 42, &[blocks(29, 13), pages(16, 13)]),
    &lpa(
        "64K 48-bit",
        48,
        &[blocks(42, 6), blocks(29, 13), pages(16, 13)],
    ),
    &lpa(
        "64K 52-bit",
        52,
        &[blocks(42, 10), blocks(29, 13), pages(16, 13)],
    ),
];
