//! What a server of gdb's remote protocol sends, and what QEMU's monitor prints.

use spelunk_live::gdb::{Packet, PacketReader, TargetDescription, write_packet};
use spelunk_live::{parse_flat_view, parse_host_address, parse_words};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let mut reader = PacketReader::default();
    let mut count = 0;
    for piece in data.chunks(7) {
        reader.push(piece);
        while let Some(packet) = reader.next() {
            count += 1;
            if let Packet::Data(data) = packet {
                let mut again = PacketReader::default();
                again.push(&write_packet(&data));
                assert_eq!(again.next(), Some(Packet::Data(data)));
            }
        }
    }
    assert!(count <= data.len());
    let text = String::from_utf8_lossy(data);
    let mut description = TargetDescription::default();
    description.add(&text);
    assert!(description.registers.len() <= data.len());
    let _ = description.values(data).count();
    let _ = parse_flat_view(&text).len();
    let _ = parse_host_address(&text);
    assert!(parse_words(&text).len() <= data.len());
}
