//! ORC tables: the first half of the bytes are addresses, the rest entries, read as every version.

use spelunk_base::ByteOrder;
use spelunk_debuginfo::orc::{OrcTable, OrcVersion};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let count = data.len() / 10;
    let (ips, entries) = data.split_at(count * 4);
    let entries = entries.get(..count * 6).unwrap_or_default();
    let _ = OrcVersion::find_by_header(data);
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let guess = OrcVersion::guess(entries, order);
        let versions = [
            OrcVersion::V1,
            OrcVersion::V2,
            OrcVersion::V3,
            OrcVersion::V4,
            guess,
        ];
        for version in versions {
            let Ok(table) = OrcTable::parse(version, order, ips.to_vec(), 0x1000, entries.to_vec())
            else {
                panic!("as many entries as addresses");
            };
            for pc in (0..0x2000).step_by(8).chain([u64::MAX]) {
                let _ = table.find_row(pc);
            }
            assert!(
                OrcTable::parse(version, order, ips.to_vec(), u64::MAX, data.to_vec()).is_err()
                    || data.is_empty()
            );
        }
    }
}
