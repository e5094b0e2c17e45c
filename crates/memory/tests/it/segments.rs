use crate::Bytes;
use spelunk_base::ByteOrder;
use spelunk_memory::{
    AddressSpace, Fault, FaultKind, Memory, ReadMemory, Segment, SegmentFault, SegmentMap,
    SegmentReader,
};
use std::sync::Arc;

const PHYSICAL: AddressSpace = AddressSpace::Physical;

fn segment(start: u64, bytes: &[u8]) -> Segment {
    Segment::new(start, bytes.len() as u64, 0, Bytes::new(bytes)).unwrap()
}

fn read(map: &SegmentMap, address: u64, size: usize) -> Result<String, Fault> {
    let mut bytes = vec![0; size];
    map.read_at(address, &mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap())
}

fn fault(address: u64, kind: FaultKind) -> Fault {
    Fault::new(PHYSICAL, address, kind)
}

#[test]
fn a_read_spans_segments_and_the_newest_wins() {
    let map = SegmentMap::new(PHYSICAL);
    map.add(segment(100, b"abcdefghij"));
    map.add(segment(110, b"klmno"));
    assert_eq!(read(&map, 100, 15).unwrap(), "abcdefghijklmno");
    map.add(segment(103, b"XYZ"));
    assert_eq!(read(&map, 100, 15).unwrap(), "abcXYZghijklmno");
    map.add(segment(99, b"01"));
    map.add(segment(114, b"89"));
    assert_eq!(read(&map, 99, 17).unwrap(), "01bcXYZghijklmn89");
    assert_eq!(map.segments().len(), 6);
}

#[test]
fn faults_are_at_the_first_byte_that_is_missing() {
    let map = SegmentMap::new(PHYSICAL);
    map.add(segment(100, b"abcd"));
    assert_eq!(read(&map, 98, 4), Err(fault(98, FaultKind::NotMapped)));
    assert_eq!(read(&map, 102, 4), Err(fault(104, FaultKind::NotMapped)));
    // A segment that promises more than its reader has.
    map.add(Segment::new(200, 100, 0, Bytes::new(*b"abcd")).unwrap());
    assert_eq!(read(&map, 202, 4), Err(fault(204, FaultKind::CutOff)));
    assert_eq!(read(&map, 0, 0).as_deref(), Ok(""));
    let other = map.read_u8(AddressSpace::Virtual, 100).unwrap_err();
    assert_eq!(other.to_string(), "virtual address 0x64 is not mapped");
}

#[test]
fn memory_reaches_the_last_address_and_does_not_wrap() {
    let map = SegmentMap::new(PHYSICAL);
    map.add(Segment {
        start: u64::MAX - 3,
        last: u64::MAX,
        offset: 0,
        reader: Bytes::new(*b"abcd"),
    });
    map.add(segment(0, b"zero"));
    assert_eq!(read(&map, u64::MAX - 3, 4).unwrap(), "abcd");
    assert_eq!(
        read(&map, u64::MAX - 3, 5),
        Err(fault(u64::MAX - 3, FaultKind::NotMapped))
    );
    assert!(Segment::new(u64::MAX, 2, 0, Bytes::new(*b"")).is_none());
    assert!(Segment::new(0, 0, 0, Bytes::new(*b"")).is_none());
}

/// Offsets are whatever the reader means by them: here, the virtual addresses themselves.
struct LowByte;

impl SegmentReader for LowByte {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        for (byte, index) in buf.iter_mut().zip(offset..) {
            *byte = index.to_le_bytes()[0];
        }
        Ok(())
    }
}

#[test]
fn segments_keep_their_offsets_when_they_are_cut() {
    let map = SegmentMap::new(PHYSICAL);
    map.add(Segment::new(0x1000, 0x1000, 0x50, Arc::new(LowByte)).unwrap());
    map.add(segment(0x1010, b"--------"));
    assert_eq!(map.read_u8(PHYSICAL, 0x1000), Ok(0x50));
    assert_eq!(map.read_u8(PHYSICAL, 0x1018), Ok(0x68));
    assert_eq!(
        map.read_u32(PHYSICAL, 0x100e, ByteOrder::Big),
        Ok(0x5e5f_2d2d)
    );
}

#[test]
fn strings_end_at_nul_or_at_the_limit() {
    let memory = Memory::default();
    let mut bytes = vec![b'a'; 100];
    bytes.extend(b"\0rest");
    let segments = memory.segments(PHYSICAL);
    segments.add(segment(0x1001, &bytes));
    let read = |address, max| memory.read_c_string(PHYSICAL, address, max);
    assert_eq!(read(0x1001, 1000).unwrap().len(), 100);
    assert_eq!(read(0x1001, 100).unwrap().len(), 100);
    assert_eq!(read(0x1001, 7).unwrap(), b"aaaaaaa");
    // The string ends before the memory does, and no byte behind its chunk is asked for.
    segments.add(segment(
        0x2000,
        b"end\0............................................................",
    ));
    assert_eq!(read(0x2000, 1000).unwrap(), b"end");
    assert_eq!(
        read(0x1001 + 101, 1000),
        Err(fault(0x1001 + 105, FaultKind::NotMapped))
    );
}

#[test]
fn integers_have_a_byte_order() {
    let memory = Memory::default();
    memory
        .segments(PHYSICAL)
        .add(segment(0, &[1, 2, 3, 4, 5, 6, 7, 8]));
    let order = ByteOrder::Little;
    assert_eq!(memory.read_u16(PHYSICAL, 0, order), Ok(0x0201));
    assert_eq!(
        memory.read_u64(PHYSICAL, 0, order),
        Ok(0x0807_0605_0403_0201)
    );
    assert_eq!(memory.read_uint(PHYSICAL, 0, 3, order), Ok(0x03_0201));
    assert_eq!(
        memory.read_uint(PHYSICAL, 0, 4, ByteOrder::Big),
        Ok(0x0102_0304)
    );
}

#[test]
fn reads_go_on_while_segments_are_added() {
    let map = SegmentMap::new(PHYSICAL);
    map.add(segment(0, &[7; 64]));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for address in (0..64).cycle().take(100_000) {
                    let byte = map.read_u8(PHYSICAL, address).unwrap();
                    assert!(byte == 7 || byte == 8);
                }
            });
        }
        scope.spawn(|| {
            for start in 0..64 {
                map.add(segment(start, &[8]));
            }
        });
    });
    assert_eq!(map.segments().len(), 64);
}
