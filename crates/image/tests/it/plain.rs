use crate::{open, read};
use spelunk_image::{Damage, Format, ImageError};
use spelunk_memory::FaultKind;

/// The header as LiME's documentation has it: magic, version, first and last address, eight bytes of nothing.
fn lime(start: u64, last: u64, data: &[u8]) -> Vec<u8> {
    let mut file = 0x4c69_4d45_u32.to_le_bytes().to_vec();
    file.extend(1u32.to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend(last.to_le_bytes());
    file.extend([0; 8]);
    file.extend(data);
    file
}

#[test]
fn ranges_of_lime_stand_where_their_headers_say() {
    let mut file = lime(0x1000, 0x1003, b"abcd");
    file.extend(lime(0x1_0000_0000, 0x1_0000_0001, b"ef"));
    let image = open(vec![file.clone()]).unwrap();
    assert_eq!((image.format(), image.damage()), (Format::Lime, &[][..]));
    let memory = image.memory();
    assert_eq!(read(&memory, 0x1001, 3).unwrap(), b"bcd");
    assert_eq!(read(&memory, 0x1_0000_0000, 2).unwrap(), b"ef");
    assert_eq!(read(&memory, 0x1004, 1), Err(FaultKind::NotMapped));

    let image = open(vec![file[..file.len() - 1].to_vec()]).unwrap();
    assert!(matches!(image.damage(), [Damage::CutOff { .. }]));
    let memory = image.memory();
    assert_eq!(read(&memory, 0x1_0000_0000, 1).unwrap(), b"e");
    assert_eq!(read(&memory, 0x1_0000_0001, 1), Err(FaultKind::CutOff));
}

#[test]
fn impossible_headers_are_told() {
    for (mut file, field) in [
        (lime(2, 0, b""), "last address"),
        (lime(0, u64::MAX, b""), "last address"),
        (lime(0, 0, b"x"), "version"),
    ] {
        if field == "version" {
            file[4] = 2;
        }
        match open(vec![file.clone()]) {
            Err(ImageError::Lime { field: told, .. }) => assert_eq!(told, field),
            other => panic!("{:?}", other.err()),
        }
        // Behind a whole range it spoils nothing.
        let mut behind = lime(0, 0, b"x");
        behind.extend(file);
        let image = open(vec![behind]).unwrap();
        assert!(matches!(image.damage(), [Damage::Lime(_)]));
        assert_eq!(read(&image.memory(), 0, 1).unwrap(), b"x");
    }
}

#[test]
fn what_has_the_size_of_memory_may_be_a_raw_image() {
    let mut file = vec![0; 1 << 20];
    file[0x1234] = 7;
    let image = open(vec![file.clone()]).unwrap();
    assert_eq!(image.format(), Format::Raw);
    assert_eq!(read(&image.memory(), 0x1234, 1).unwrap(), [7]);
    assert_eq!(read(&image.memory(), 1 << 20, 1), Err(FaultKind::NotMapped));
    file.pop();
    let error = open(vec![file]).err().unwrap();
    assert!(error.to_string().contains("no dump"), "{error}");
}
