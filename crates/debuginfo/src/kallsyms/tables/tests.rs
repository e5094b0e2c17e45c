use super::*;

/// Tables for these symbols (letter and name, address), compressed by tokens of one and two letters.
pub(in crate::kallsyms) fn names(symbols: &[&str]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let (mut table, mut index) = (Vec::new(), Vec::new());
    for code in 0..=255u8 {
        index.extend(u16::try_from(table.len()).unwrap().to_le_bytes());
        match code {
            1 => table.extend(b"vfs_"),
            code => table.push(code.max(1)),
        }
        table.push(0);
    }
    let mut bytes = Vec::new();
    for symbol in symbols {
        let compressed = symbol.replace("vfs_", "\x01").into_bytes();
        let len = compressed.len();
        if len < 0x80 {
            bytes.push(u8::try_from(len).unwrap());
        } else {
            bytes.push(u8::try_from(len & 0x7f).unwrap() | 0x80);
            bytes.push(u8::try_from(len >> 7).unwrap());
        }
        bytes.extend(compressed);
    }
    (bytes, table, index)
}

fn parse(
    symbols: &[&str],
    addresses: AddressTable<'_>,
) -> Result<Vec<(u64, char, String)>, DamagedKallsyms> {
    let (names, token_table, token_index) = names(symbols);
    let tables = KallsymsTables {
        count: u32::try_from(symbols.len()).unwrap(),
        names: &names,
        token_table: &token_table,
        token_index: &token_index,
        addresses,
        order: ByteOrder::Little,
    };
    let symbols = tables.parse()?;
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let symbols = symbols.iter();
    Ok(symbols
        .map(|(address, letter, name)| (address, letter, text(name)))
        .collect())
}

fn offsets(offsets: &[i32]) -> Vec<u8> {
    offsets
        .iter()
        .flat_map(|offset| offset.to_le_bytes())
        .collect()
}

fn addresses(found: &[(u64, char, String)]) -> Vec<u64> {
    found.iter().map(|(address, ..)| *address).collect()
}

const BASE: u64 = 0xffff_ffff_8100_0000;

#[test]
fn names_are_put_together() {
    let long = format!("t{}", "x".repeat(300));
    let offsets = offsets(&[0, 16, 32]);
    let table = AddressTable::ToBase {
        offsets: &offsets,
        base: BASE,
    };
    let found = parse(&["T_stext", "tvfs_read", &long], table).unwrap();
    assert_eq!(found[0], (BASE, 'T', "_stext".to_owned()));
    assert_eq!(found[1], (BASE + 16, 't', "vfs_read".to_owned()));
    assert_eq!(found[2].2, "x".repeat(300));
}

#[test]
fn addresses_of_every_form() {
    let symbols = ["Ax", "Tx", "tx"];
    let absolute: Vec<u8> = [BASE, BASE + 1, 7]
        .iter()
        .flat_map(|a| a.to_le_bytes())
        .collect();
    let table = AddressTable::Absolute {
        addresses: &absolute,
        word: 8,
    };
    assert_eq!(
        addresses(&parse(&symbols, table).unwrap()),
        [BASE, BASE + 1, 7]
    );
    // Without per-CPU symbols: unsigned.
    let plain = offsets(&[0, 0x10, 0x6fff_ffff]);
    let table = AddressTable::ToBase {
        offsets: &plain,
        base: BASE,
    };
    let expected = [BASE, BASE + 0x10, BASE + 0x6fff_ffff];
    assert_eq!(addresses(&parse(&symbols, table).unwrap()), expected);
    // With them: those not negative are addresses.
    let per_cpu = offsets(&[0x1000, -1, -0x11]);
    let table = AddressTable::ToBase {
        offsets: &per_cpu,
        base: BASE,
    };
    let expected = [0x1000, BASE, BASE + 0x10];
    assert_eq!(addresses(&parse(&symbols, table).unwrap()), expected);
    let itself = offsets(&[-0x1000, 0, 4]);
    let table = AddressTable::ToItself {
        offsets: &itself,
        address: BASE,
    };
    let expected = [BASE - 0x1000, BASE + 4, BASE + 12];
    assert_eq!(addresses(&parse(&symbols, table).unwrap()), expected);
}

#[test]
fn damage_is_told() {
    let offsets = offsets(&[0]);
    let table = AddressTable::ToBase {
        offsets: &offsets,
        base: BASE,
    };
    let error = parse(&["Ta", "tb"], table).unwrap_err();
    assert_eq!(
        error.to_string(),
        "damaged kallsyms: kallsyms_offsets makes no sense at symbol 1"
    );
    let unnamed = parse(&["", "Tlonger"], table).unwrap_err();
    assert_eq!((unnamed.table, unnamed.symbol), ("kallsyms_names", 0));
    let (names, token_table, token_index) = names(&["Ta"]);
    let tables = KallsymsTables {
        count: u32::MAX,
        names: &names,
        token_table: &token_table,
        token_index: &token_index,
        addresses: table,
        order: ByteOrder::Little,
    };
    assert_eq!(tables.parse().err().unwrap().table, "kallsyms_num_syms");
}
