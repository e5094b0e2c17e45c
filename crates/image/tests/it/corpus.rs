//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/elf_core.rs"]
mod elf_core;
#[path = "../../../../fuzz/bodies/flattened.rs"]
mod flattened;
#[path = "../../../../fuzz/bodies/kdump.rs"]
mod kdump;
#[path = "../../../../fuzz/bodies/vmcoreinfo.rs"]
mod vmcoreinfo;

use crate::{allocation, open_image};
use spelunk_synth::elf::{self as synth, ElfBuilder, Segment, note};
use spelunk_synth::flattened::{flatten, flatten_backwards};
use spelunk_synth::kdump::{Codec, Frame, KdumpBuilder};
use spelunk_synth::{Encoding, exercise};

const ROUNDS: usize = 150;

fn notes(encoding: Encoding) -> Vec<u8> {
    let info = spelunk_synth::vmcoreinfo("6.1.0-test");
    [
        note(encoding, 4, "CORE", synth::NT_PRSTATUS, &[1; 336]),
        note(encoding, 4, "QEMU", 0, &[2; 440]),
        note(encoding, 4, "VMCOREINFO", 0, info.as_bytes()),
    ]
    .concat()
}

fn cores() -> Vec<Vec<u8>> {
    Encoding::ALL
        .into_iter()
        .map(|encoding| {
            let load = |virtual_address, physical_address| Segment {
                kind: synth::PT_LOAD,
                virtual_address,
                physical_address,
                data: b"memory  ".repeat(64),
                memory_size: 1 << 20,
                ..Segment::default()
            };
            ElfBuilder::new(encoding, synth::ET_CORE, synth::EM_X86_64)
                .segment(Segment {
                    kind: synth::PT_NOTE,
                    data: notes(encoding),
                    ..Segment::default()
                })
                .segment(load(0, 0x1000))
                .segment(load(0xc000_2000, 0x2000))
                .build()
        })
        .collect()
}

fn dump(version: u32, codec: Codec) -> KdumpBuilder {
    let mut builder = KdumpBuilder::new(version, codec)
        .frame(0, Frame::Page(b"memory  ".repeat(64)))
        .frame(1, Frame::Page(vec![0; 512]))
        .frame(2, Frame::Excluded)
        .frame(9, Frame::Page(b"page    ".repeat(64)));
    builder.page_size = 512;
    builder.notes = notes(Encoding::LITTLE_64);
    builder.vmcoreinfo = spelunk_synth::vmcoreinfo("6.1.0-test");
    builder
}

fn dumps() -> Vec<Vec<u8>> {
    let mut dumps: Vec<Vec<u8>> = Codec::ALL
        .into_iter()
        .zip(2..)
        .map(|(codec, version)| dump(version, codec).build())
        .collect();
    let mut nameless = dump(6, Codec::Plain);
    nameless.machine = String::new();
    dumps.push(nameless.build());
    dumps.push(dump(6, Codec::Lzo).build_split(0, 5));
    let mut big_endian = dump(4, Codec::Zlib);
    big_endian.machine = "s390".to_owned();
    big_endian.encoding = Encoding::ALL[3];
    dumps.push(big_endian.build());
    dumps
}

#[test]
fn elf_cores() {
    exercise(&cores(), ROUNDS, elf_core::run);
    assert!(allocation::peak() < allocation::LIMIT);
}

#[test]
fn kdump_compressed_files() {
    exercise(&dumps(), ROUNDS, kdump::run);
    assert!(allocation::peak() < allocation::LIMIT);
}

#[test]
fn flattened_files() {
    let core = cores().swap_remove(0);
    let seeds = [
        flatten_backwards(&dump(6, Codec::Zlib).build(), 700),
        flatten_backwards(&core, 300),
        flatten([(0, &core[..]), (4, &core[4..200]), (1 << 40, b"far away")]),
    ];
    exercise(&seeds, ROUNDS, flattened::run);
    assert!(allocation::peak() < allocation::LIMIT);
}

#[test]
fn texts_of_vmcoreinfo() {
    let seeds = [
        spelunk_synth::vmcoreinfo("6.1.0-test").into_bytes(),
        b"NUMBER(x)=0xffffffffffffffff\nNUMBER(y)=18446744073709551615\nBUILD-ID=0\n".to_vec(),
        b"=\n()=\n)(=1\nSYMBOL(\nSIZE()=\xff\xfe\n\0".to_vec(),
    ];
    exercise(&seeds, 1000, vmcoreinfo::run);
}
