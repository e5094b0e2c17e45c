use super::{OrcTable, OrcVersion};
use spelunk_base::ByteOrder;
use spelunk_base::arch::x86_64::{CS, R10, R15, RAX, RBP, RBX, RDX, RIP, RSP};
use spelunk_unwind::{CfaRule, RegisterRule, Row};

const ORDER: ByteOrder = ByteOrder::Little;

/// An entry as the C compiler lays out `struct orc_entry`: `flags` from the lowest bits up, each
/// with its width.
fn entry(sp_offset: i16, bp_offset: i16, flags: &[(u16, u32)]) -> [u8; 6] {
    let mut word = 0;
    let mut shift = 0;
    for (value, width) in flags {
        word |= value << shift;
        shift += width;
    }
    let mut bytes = [0; 6];
    bytes[..2].copy_from_slice(&sp_offset.to_le_bytes());
    bytes[2..4].copy_from_slice(&bp_offset.to_le_bytes());
    bytes[4..].copy_from_slice(&word.to_le_bytes());
    bytes
}

// sp_reg:4, bp_reg:4, type:2, end:1
fn v1(sp_reg: u16, bp_reg: u16, kind: u16, end: u16, sp: i16, bp: i16) -> [u8; 6] {
    entry(sp, bp, &[(sp_reg, 4), (bp_reg, 4), (kind, 2), (end, 1)])
}

// sp_reg:4, bp_reg:4, type:2, signal:1, end:1
fn v2(sp_reg: u16, bp_reg: u16, kind: u16, signal: u16, end: u16, sp: i16) -> [u8; 6] {
    let flags = [(sp_reg, 4), (bp_reg, 4), (kind, 2), (signal, 1), (end, 1)];
    entry(sp, 0, &flags)
}

// sp_reg:4, bp_reg:4, type:3, signal:1; version 4 has other numbers of registers
fn v3(sp_reg: u16, bp_reg: u16, kind: u16, signal: u16, sp: i16, bp: i16) -> [u8; 6] {
    let flags = [(sp_reg, 4), (bp_reg, 4), (kind, 3), (signal, 1)];
    entry(sp, bp, &flags)
}

/// A table at 0x10000 whose entries hold from the addresses given on.
fn table(version: OrcVersion, entries: &[(u64, [u8; 6])]) -> OrcTable {
    let place = |index: usize| 0x10000 + 4 * index as u64;
    let ips = entries
        .iter()
        .enumerate()
        .flat_map(|(index, (address, _))| {
            (address.wrapping_sub(place(index)) as u32).to_le_bytes()
        });
    let ips: Vec<u8> = ips.collect();
    let bytes: Vec<u8> = entries.iter().flat_map(|(_, bytes)| *bytes).collect();
    OrcTable::parse(version, ORDER, ips, 0x10000, bytes).unwrap()
}

fn row(version: OrcVersion, bytes: [u8; 6]) -> Option<Row> {
    table(version, &[(0x2000, bytes)]).find_row(0x2000)
}

#[test]
fn a_call_in_every_version() {
    for (version, bytes) in [
        (OrcVersion::V1, v1(5, 1, 0, 0, 24, -16)),
        (OrcVersion::V2, {
            let mut bytes = v2(5, 1, 0, 0, 0, 24);
            bytes[2..4].copy_from_slice(&(-16i16).to_le_bytes());
            bytes
        }),
        (OrcVersion::V3, v3(5, 1, 2, 0, 24, -16)),
        (OrcVersion::V4, v3(3, 8, 2, 0, 24, -16)),
    ] {
        let row = row(version, bytes).unwrap();
        assert_eq!(row.cfa, CfaRule::RegisterPlus(RSP, 24), "{version:?}");
        assert_eq!(row.find(RIP), Some(&RegisterRule::AtCfa(-8)));
        assert_eq!(row.find(RBP), Some(&RegisterRule::AtCfa(-16)));
        assert_eq!(row.find(RBX), None, "ORC knows nothing of it");
        assert!(!row.is_signal_frame && !row.is_outermost);
    }
}

// entry_64.S: where all of pt_regs is on the stack, the CFA is where they stand.
#[test]
fn registers_in_every_version() {
    for (version, bytes) in [
        (OrcVersion::V1, v1(5, 0, 1, 0, 8, 0)),
        (OrcVersion::V2, v2(5, 0, 1, 1, 0, 8)),
        (OrcVersion::V3, v3(5, 0, 3, 1, 8, 0)),
        (OrcVersion::V4, v3(3, 0, 3, 1, 8, 0)),
    ] {
        let row = row(version, bytes).unwrap();
        assert_eq!(row.cfa, CfaRule::RegisterPlus(RSP, 8), "{version:?}");
        // Offsets of struct pt_regs.
        for (register, offset) in [
            (R15, 0),
            (RBP, 32),
            (RBX, 40),
            (RAX, 80),
            (RIP, 128),
            (CS, 136),
            (RSP, 152),
        ] {
            assert_eq!(row.find(register), Some(&RegisterRule::AtCfa(offset)));
        }
        assert!(row.is_signal_frame);
    }
}

// What the processor pushes: rip, cs, rflags, rsp, ss.
#[test]
fn partial_registers_in_every_version() {
    for (version, bytes) in [
        (OrcVersion::V1, v1(2, 0, 2, 0, 8, 0)),
        (OrcVersion::V2, v2(2, 0, 2, 1, 0, 8)),
        (OrcVersion::V3, v3(2, 0, 4, 1, 8, 0)),
        (OrcVersion::V4, v3(2, 0, 4, 1, 8, 0)),
    ] {
        let row = row(version, bytes).unwrap();
        assert_eq!(row.cfa, CfaRule::RegisterPlus(RDX, 8), "{version:?}");
        assert_eq!(row.find(RIP), Some(&RegisterRule::AtCfa(0)));
        assert_eq!(row.find(RSP), Some(&RegisterRule::AtCfa(24)));
        assert_eq!(row.find(RBX), None);
        assert_eq!(row.find(RBP), Some(&RegisterRule::SameValue));
        assert!(row.is_signal_frame);
    }
}

#[test]
fn ends_and_gaps_in_every_version() {
    for (version, end, gap) in [
        (OrcVersion::V1, v1(0, 0, 0, 1, 0, 0), v1(0, 0, 0, 0, 0, 0)),
        (OrcVersion::V2, v2(0, 0, 0, 0, 1, 0), v2(0, 0, 0, 0, 0, 0)),
        (OrcVersion::V3, v3(0, 0, 1, 0, 0, 0), v3(0, 0, 0, 0, 0, 0)),
        (OrcVersion::V4, v3(0, 0, 1, 0, 0, 0), v3(0, 0, 0, 0, 0, 0)),
    ] {
        assert!(row(version, end).unwrap().is_outermost, "{version:?}");
        assert_eq!(row(version, gap), None, "{version:?}");
    }
}

#[test]
fn other_bases() {
    let cfa = |bytes| row(OrcVersion::V3, bytes).unwrap().cfa;
    assert_eq!(cfa(v3(4, 4, 2, 0, 16, -16)), CfaRule::RegisterPlus(RBP, 16));
    assert_eq!(cfa(v3(6, 4, 2, 0, 0, 0)), CfaRule::RegisterPlus(R10, 0));
    assert_eq!(
        cfa(v3(8, 4, 2, 0, -24, 0)),
        CfaRule::AtRegister(RBP, -24, 0)
    );
    assert_eq!(
        cfa(v3(9, 1, 2, 0, 24, -16)),
        CfaRule::AtRegister(RSP, 0, 24)
    );
    let latest = |bytes| row(OrcVersion::V4, bytes).unwrap().cfa;
    assert_eq!(
        latest(v3(10, 4, 2, 0, -24, 0)),
        CfaRule::AtRegister(RBP, -24, 0)
    );
    assert_eq!(latest(v3(1, 4, 2, 0, 0, 0)), CfaRule::RegisterPlus(RAX, 0));
    let saved = row(OrcVersion::V3, v3(4, 4, 2, 0, 16, -16)).unwrap();
    assert_eq!(saved.find(RBP), Some(&RegisterRule::AtRegister(RBP, -16)));
    // Numbers that no kernel has, and bits that are not used.
    assert_eq!(row(OrcVersion::V3, v3(12, 0, 2, 0, 0, 0)), None);
    assert_eq!(row(OrcVersion::V3, v3(5, 9, 2, 0, 8, 0)), None);
    assert_eq!(row(OrcVersion::V3, v3(5, 0, 7, 0, 8, 0)), None);
    assert_eq!(
        row(
            OrcVersion::V3,
            entry(8, 0, &[(5, 4), (0, 4), (2, 3), (0, 1), (1, 4)])
        ),
        None
    );
}

#[test]
fn an_entry_holds_up_to_the_next() {
    let call = |offset| v1(5, 0, 0, 0, offset, 0);
    let table = table(
        OrcVersion::V1,
        &[
            (0x2000, call(8)),
            (0x2004, call(16)),
            (0x2100, v1(0, 0, 0, 0, 0, 0)),
        ],
    );
    let cfa = |pc| table.find_row(pc).map(|row| row.cfa);
    assert_eq!(cfa(0x1fff), None);
    assert_eq!(cfa(0x2003), Some(CfaRule::RegisterPlus(RSP, 8)));
    assert_eq!(cfa(0x20ff), Some(CfaRule::RegisterPlus(RSP, 16)));
    assert_eq!(cfa(0x2100), None);
    assert_eq!(cfa(u64::MAX), None);
}

// Modules' files have one table per section, each with an entry that ends it, which may stand at
// the address where the next section starts.
#[test]
fn tables_of_modules_are_sorted() {
    let gap = v1(0, 0, 0, 0, 0, 0);
    let call = |offset| v1(5, 0, 0, 0, offset, 0);
    let table = table(
        OrcVersion::V1,
        &[
            (0x3000, call(24)),
            (0x3100, gap),
            (0x2000, call(8)),
            (0x3000, gap),
        ],
    );
    let cfa = |pc| table.find_row(pc).map(|row| row.cfa);
    assert_eq!(cfa(0x2fff), Some(CfaRule::RegisterPlus(RSP, 8)));
    assert_eq!(cfa(0x3000), Some(CfaRule::RegisterPlus(RSP, 24)));
    assert_eq!(cfa(0x3100), None);
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let parse = |ips: &[u8], entries: &[u8]| {
        OrcTable::parse(OrcVersion::V3, ORDER, ips.to_vec(), 0, entries.to_vec()).map(drop)
    };
    assert!(parse(&[0; 8], &[0; 12]).is_ok());
    assert!(parse(&[0; 8], &[0; 18]).is_err());
    assert!(parse(&[0; 7], &[0; 6]).is_err());
    assert!(parse(&[], &[]).is_ok());
}

#[test]
fn versions_are_told_from_the_header_or_else_from_the_entries() {
    // As Debian's 7.2 vmlinux has it.
    let header = [
        0x13, 0x7c, 0x36, 0xad, 0x76, 0x27, 0xc4, 0xdd, 0x55, 0x93, 0x21, 0x76, 0xbb, 0x0e, 0xcd,
        0xbd, 0x50, 0x41, 0xfc, 0x82,
    ];
    assert_eq!(OrcVersion::find_by_header(&header), Some(OrcVersion::V4));
    assert_eq!(OrcVersion::find_by_header(&header[..19]), None);

    let guess = |entries: &[[u8; 6]]| OrcVersion::guess(&entries.concat(), ORDER);
    // A function that pushes rbp, one with a frame, and interrupts, as each version has them.
    let old = [
        v1(5, 0, 0, 0, 8, 0),
        v1(5, 1, 0, 0, 16, -16),
        v1(4, 1, 0, 0, 16, -16),
        v1(0, 0, 0, 1, 0, 0),
    ];
    assert_eq!(
        guess(&[&old[..], &[v1(5, 0, 1, 0, 0, 0)]].concat()),
        OrcVersion::V1
    );
    let signals = [v2(5, 0, 1, 1, 0, 0), v2(0, 0, 0, 0, 1, 0)];
    assert_eq!(guess(&[&old[..3], &signals].concat()), OrcVersion::V2);
    let third = [
        v3(5, 0, 2, 0, 8, 0),
        v3(5, 1, 2, 0, 16, -16),
        v3(4, 1, 2, 0, 16, -16),
        v3(5, 0, 3, 1, 0, 0),
    ];
    assert_eq!(guess(&third), OrcVersion::V3);
    let fourth = [
        v3(3, 0, 2, 0, 8, 0),
        v3(3, 8, 2, 0, 16, -16),
        v3(4, 8, 2, 0, 16, -16),
    ];
    assert_eq!(guess(&fourth), OrcVersion::V4);
}
