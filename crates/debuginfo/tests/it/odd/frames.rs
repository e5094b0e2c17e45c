//! Call frame information (DWARF 5, section 6.4) that makes no sense.

use super::{Odd, Opened, assert_tells};
use spelunk_synth::{Encoding, Writer};

/// Where the FDE of [`section`] starts.
const FDE: usize = 20;
const START: u64 = 0x1000;

/// `.debug_frame` with a CIE whose CFA is `rsp + 8`, and an FDE of the addresses from [`START`] on.
fn section(cie: u32, length: u64, program: &[u8]) -> Vec<u8> {
    let mut out = Writer::new(Encoding::LITTLE_64);
    // Version 4, no augmentation, addresses of 8 bytes, factors 1 and -8, return address in 16.
    let parts: &[u8] = &[4, 0, 8, 0, 1, 0x78, 16, 0x0c, 7, 8];
    out.u32(4 + parts.len() as u32 + 2)
        .u32(u32::MAX)
        .put(parts)
        .put(&[0, 0]);
    assert_eq!(out.bytes.len(), FDE);
    out.u32(4 + 16 + u32::try_from(program.len()).unwrap());
    out.u32(cie).u64(START).u64(length).put(program);
    out.bytes
}

fn open(section: Vec<u8>) -> Opened {
    let mut odd = Odd::usual();
    odd.dwarf
        .sections
        .push((".debug_frame".to_owned(), section));
    odd.open()
}

/// Whether there is a row at an address.
fn row_at(opened: &Opened, address: u64) -> Result<bool, String> {
    let files = opened.0.info.files();
    let row = files[0].find_row(address);
    row.map(|row| row.is_some())
        .map_err(|error| error.to_string())
}

#[test]
fn an_fde_has_rows_for_its_addresses_alone() {
    let opened = open(section(0, 0x10, &[0x41, 0x0e, 16]));
    let found = [START - 1, START, START + 0xf, START + 0x10].map(|at| row_at(&opened, at));
    assert_eq!(found, [Ok(false), Ok(true), Ok(true), Ok(false)]);
}

#[test]
fn programs_that_make_no_sense_say_in_which_fde_they_stand() {
    let programs: &[&[u8]] = &[
        // An unknown instruction; one that is cut off; a block that is.
        &[0x3f],
        &[0x0e, 0x80],
        &[0x0f, 0x7f, 1],
        // Nothing was remembered.
        &[0x0b],
        // The CFA is an expression: it has no register to keep.
        &[0x0f, 1, 0x30, 0x0d, 6],
        // An address before the FDE's.
        &[0x01, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    for program in programs {
        let opened = open(section(0, 0x10, program));
        let error = row_at(&opened, START + 8).unwrap_err();
        assert_tells(
            &error,
            ".debug_frame",
            &format!("+{FDE:#x}: frame information"),
        );
    }
}

#[test]
fn what_is_remembered_without_end_takes_no_memory_without_end() {
    let opened = open(section(0, 0x10, &[0x0a; 100_000]));
    assert!(row_at(&opened, START).is_err());
    // More registers than there are, each with a rule.
    let rules: Vec<u8> = (0..20_000u16)
        .flat_map(|register| {
            let low = (register & 0x7f) as u8 | 0x80;
            [0x05, low, (register >> 7) as u8 & 0x7f, 1]
        })
        .collect();
    let _ = row_at(&open(section(0, 0x10, &rules)), START);
}

#[test]
fn entries_that_lead_nowhere_have_no_rows() {
    // CIEs: the FDE itself, in its middle, behind the end.
    for cie in [FDE as u32, FDE as u32 + 8, 4, 0x7fff_fff0, 0xffff_fffe] {
        let opened = open(section(cie, 0x10, &[]));
        assert_eq!(row_at(&opened, START), Ok(false), "{cie:#x}");
    }
    for length in [0, u64::MAX, u64::MAX - START] {
        let _ = row_at(&open(section(0, length, &[])), START);
    }
}

#[test]
fn a_section_that_is_cut_off_has_rows_up_to_there() {
    let whole = section(0, 0x10, &[0x41, 0x0e, 16]);
    for size in 0..whole.len() {
        let found = row_at(&open(whole[..size].to_vec()), START);
        assert!(!matches!(found, Ok(true)), "{size}");
    }
    let mut twice = whole.clone();
    twice.extend_from_slice(&[0xff; 40]);
    assert_eq!(row_at(&open(twice), START), Ok(true));
}
