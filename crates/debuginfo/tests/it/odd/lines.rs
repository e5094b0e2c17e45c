//! Line programs (DWARF 5, section 6.2) that make no sense cost lines, and nothing else.

use super::{C11, Odd, Opened, int, number, text};
use spelunk_synth::dwarf::{UnitKind, at, form, tag};
use spelunk_synth::{Encoding, Writer};

/// A line program of version 4 for one file, and what to change of its header.
#[derive(Clone)]
struct Lines {
    version: u16,
    header_error: i32,
    line_range: u8,
    opcode_base: u8,
    files: &'static [u8],
    program: Vec<u8>,
}

impl Lines {
    /// Address 0x1000 is line 7, up to 0x1010.
    fn sound() -> Self {
        let mut program = Writer::new(Encoding::LITTLE_64);
        program
            .put(&[0, 9, 2])
            .u64(0x1000)
            .put(&[3, 6, 1, 2, 0x10, 0, 1, 1]);
        Self {
            version: 4,
            header_error: 0,
            line_range: 14,
            opcode_base: 13,
            files: b"\0odd.c\0\0\0\0\0",
            program: program.bytes,
        }
    }

    fn build(&self) -> Vec<u8> {
        let mut rest = Writer::new(Encoding::LITTLE_64);
        let lengths = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
        rest.put(&[1, 1, 1, 0xfb, self.line_range, self.opcode_base]);
        rest.put(&lengths).put(self.files);
        let header = i32::try_from(rest.bytes.len()).unwrap() + self.header_error;
        rest.put(&self.program);
        let mut out = Writer::new(Encoding::LITTLE_64);
        out.u32(u32::try_from(rest.bytes.len()).unwrap() + 6);
        out.u16(self.version)
            .u32(header.cast_unsigned())
            .put(&rest.bytes);
        out.bytes
    }

    fn open(&self) -> Opened {
        open(self.build())
    }
}

fn open(section: Vec<u8>) -> Opened {
    let mut odd = Odd::usual();
    let mut unit = odd.dwarf.unit(UnitKind::Compile);
    unit.shape.version = 4;
    unit.begin(
        tag::COMPILE_UNIT,
        &[
            text("odd.c"),
            number(at::LANGUAGE, form::DATA1, C11),
            number(at::LOW_PC, form::ADDR, 0x1000),
            number(at::HIGH_PC, form::DATA8, 0x100),
            number(at::STMT_LIST, form::SEC_OFFSET, 0),
        ],
    );
    int(&mut unit);
    unit.finish();
    odd.dwarf.sections.push((".debug_line".to_owned(), section));
    odd.open()
}

/// The line at an address, with its file.
fn line_at(opened: &Opened, address: u64) -> Option<(String, u32)> {
    let files = opened.0.info.files();
    let line = files[0].find_line(address).ok().flatten();
    let line = line.filter(|line| line.is_known());
    line.map(|line| (line.file.to_string(), line.line))
}

#[test]
fn a_sound_program_has_its_line() {
    let opened = Lines::sound().open();
    let (file, line) = line_at(&opened, 0x1008).unwrap();
    assert!(file.ends_with("odd.c") && line == 7, "{file}:{line}");
    assert_eq!(line_at(&opened, 0x1010), None);
}

#[test]
fn headers_that_make_no_sense_cost_lines_alone() {
    let sound = Lines::sound();
    let cases = [
        Lines {
            version: 1,
            ..sound.clone()
        },
        Lines {
            version: 6,
            ..sound.clone()
        },
        Lines {
            header_error: 1000,
            ..sound.clone()
        },
        Lines {
            header_error: -30,
            ..sound.clone()
        },
        Lines {
            header_error: i32::MIN,
            ..sound.clone()
        },
        Lines {
            line_range: 0,
            ..sound.clone()
        },
        Lines {
            opcode_base: 0,
            ..sound.clone()
        },
        Lines {
            opcode_base: 255,
            ..sound.clone()
        },
        Lines {
            files: b"\0",
            ..sound.clone()
        },
        Lines {
            files: &[0xff; 40],
            ..sound.clone()
        },
    ];
    for case in cases {
        let opened = case.open();
        for address in [0x1000, 0x1008, 0x10ff] {
            let _ = line_at(&opened, address);
        }
    }
}

#[test]
fn programs_that_make_no_sense_cost_lines_alone() {
    let sound = Lines::sound();
    let programs: [&[u8]; 8] = [
        &[],
        // Rows without address; a file that there is none of.
        &[1; 1000],
        &[4, 99, 1, 2, 0x10, 0, 1, 1],
        // Lines and addresses that run over.
        &[3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1],
        &[
            2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 1,
        ],
        // Extended opcodes of no and of unknown kind, and one that is cut off.
        &[0, 0, 0, 1, 0x80, 0, 0xff, 0xff, 1],
        &[0, 9, 2, 1],
        // Addresses that go back.
        &[
            0, 9, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 1, 0, 9, 2, 0, 0x10, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1,
        ],
    ];
    for program in programs {
        let both = [program, &sound.program[..]].concat();
        for program in [program.to_vec(), both] {
            let opened = Lines {
                program,
                ..sound.clone()
            }
            .open();
            for address in [0, 0x1000, 0x1008, 0x10ff, u64::MAX] {
                let _ = line_at(&opened, address);
            }
        }
    }
}

/// Rows that go back within a sequence, by an address that is set or by one that runs over, are what
/// `addr2line` of binutils makes of them; the sequence behind is not lost.
#[test]
fn rows_that_go_back_cost_nothing() {
    let address = |program: &mut Writer, address: u64| {
        program.put(&[0, 9, 2]).u64(address);
    };
    for by_setting in [true, false] {
        let mut program = Writer::new(Encoding::LITTLE_64);
        address(&mut program, 0x1000);
        // Lines 7 at 0x1000, 8 at 0x1010, 9 at 0x1030.
        program.put(&[3, 6, 1, 2, 0x10, 3, 1, 1, 2, 0x20, 3, 1, 1]);
        match by_setting {
            true => address(&mut program, 0x1018),
            false => {
                let mut back = [0xff; 10];
                (back[0], back[9]) = (0xe8, 1);
                program.put(&[2]).put(&back);
            }
        }
        // Lines 10 at 0x1018, 11 at 0x1020.
        program.put(&[3, 1, 1, 2, 8, 3, 1, 1]);
        address(&mut program, 0x1040);
        program.put(&[0, 1, 1]);
        address(&mut program, 0x1080);
        program.put(&[3, 19, 1, 2, 0x10, 0, 1, 1]);
        let opened = Lines {
            program: program.bytes,
            ..Lines::sound()
        }
        .open();
        let lines = [
            0x1000, 0x100f, 0x1010, 0x1018, 0x101f, 0x1020, 0x102f, 0x1030, 0x103f, 0x1040, 0x1080,
        ]
        .map(|address| line_at(&opened, address).map_or(0, |(_, line)| line));
        assert_eq!(
            lines,
            [7, 7, 8, 10, 10, 11, 11, 9, 9, 0, 20],
            "{by_setting}"
        );
    }
}

#[test]
fn a_section_that_is_cut_off_costs_lines_alone() {
    let whole = Lines::sound().build();
    for size in 0..whole.len() {
        let opened = open(whole[..size].to_vec());
        assert_eq!(line_at(&opened, 0x1008), None, "{size}");
    }
}

/// As many rows as fit: each takes a byte.
#[test]
fn as_many_rows_as_there_are_bytes_take_their_time() {
    let mut program = Lines::sound().program;
    program.truncate(11);
    program.extend_from_slice(&[0x30; 1_000_000]);
    program.extend_from_slice(&[0, 1, 1]);
    let opened = Lines {
        program,
        ..Lines::sound()
    }
    .open();
    let _ = line_at(&opened, 0x1008);
}
