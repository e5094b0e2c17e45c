//! kallsyms: the bytes are each of the tables, from where the first bytes say; a kernel's image; `/proc/kallsyms`.

use spelunk_base::{Architecture, ByteOrder, Platform};
use spelunk_debuginfo::SymbolTable;
use spelunk_debuginfo::kallsyms::{AddressTable, KallsymsTables, find_tables, parse_proc_kallsyms};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let (head, tables) = data.split_at(data.len().min(5));
    let at = |index: usize| usize::from(head.get(index).copied().unwrap_or(0));
    let part = |index: usize| tables.get(at(index) * 8..).unwrap_or_default();
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let addresses = [
            AddressTable::Absolute {
                addresses: part(3),
                word: 8,
            },
            AddressTable::ToBase {
                offsets: part(3),
                base: 0xffff_ffff_8100_0000,
            },
            AddressTable::ToItself {
                offsets: part(3),
                address: u64::MAX,
            },
        ];
        for addresses in addresses {
            let tables = KallsymsTables {
                count: u32::try_from(at(4)).unwrap_or(0),
                names: part(0),
                token_table: part(1),
                token_index: part(2),
                addresses,
                order,
            };
            if let Ok(symbols) = tables.parse() {
                assert_eq!(symbols.len(), at(4));
                assert_eq!(symbols.symbols().len(), symbols.iter().count());
                ask(&symbols.into_table());
            }
        }
        if let Some(place) = find_tables(data, order) {
            assert!(place.offsets < place.names && place.names < place.token_table);
        }
        for is_64_bit in [true, false] {
            let platform = Platform {
                architecture: Architecture::X86_64,
                byte_order: order,
                is_64_bit,
            };
            let read = |last: u32| Ok::<_, ()>(data.get(..last as usize).unwrap_or(data).to_vec());
            if let Ok(table) = SymbolTable::parse_loaded(data, platform, read) {
                ask(&table);
            }
        }
    }
    if let Some((kernel, _)) = parse_proc_kallsyms(data) {
        ask(&kernel.into_table());
    }
}

fn ask(table: &SymbolTable) {
    for symbol in table.iter().take(64) {
        let is_exact = !symbol.name.contains(char::REPLACEMENT_CHARACTER);
        assert!(!is_exact || !table.all_named(&symbol.name).is_empty());
        let _ = table.find(symbol.address.wrapping_add(symbol.size));
        let _ = table.all_at(symbol.address);
    }
}
