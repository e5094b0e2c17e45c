//! A compiled program that waits while its memory is looked at.

use spelunk::base::Platform;
use spelunk::memory::{FaultKind, SegmentFault, SegmentReader};
use spelunk::{AddressSpace, FormatOptions, Object, ObjectKinds, Program};
use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::Random;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

pub(super) struct Process {
    child: Child,
    pub(super) program: Arc<Program>,
}

impl Process {
    /// Compiles `source` and runs the program up to where it has written a line and reads its
    /// input. `compiler` is called with `-o` and the source's name.
    pub(super) fn start(compiler: &[&str], name: &str, source: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("printers-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), source).unwrap();
        let path: PathBuf = folder.join("program");
        let output = Command::new(compiler[0])
            .current_dir(&folder)
            .args(&compiler[1..])
            .args(["-o", "program", name])
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", compiler[0]));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{compiler:?}: {errors}");
        let mut child = Command::new(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let ready = child.stdout.as_mut().unwrap().read_exact(&mut [0]);
        ready.expect("the program should be ready");
        let program = Program::new(Some(Platform::host()));
        let elf = ElfFile::parse(FileData::open(&path).unwrap()).unwrap();
        let debug_file = DebugFile::new(elf, SectionAddresses::default(), 0);
        program.debug_info().add(debug_file).unwrap();
        let process = Self { child, program };
        process.read_by(|memory| Arc::new(memory));
        process
    }

    /// Lets all memory be read by what is made of the process's.
    fn read_by(&self, reader: impl FnOnce(Memory) -> Arc<dyn SegmentReader>) {
        let memory = File::open(format!("/proc/{}/mem", self.child.id())).unwrap();
        let reader = reader(Memory(memory));
        let (space, end) = (AddressSpace::Virtual, 1 << 47);
        self.program.add_memory_segment(space, 0, end, reader);
    }

    /// Shows these objects and walks what they hold while memory is damaged, each time another way.
    pub(super) fn survives_damage(&self, objects: &[Object]) {
        let target = &*self.program;
        for seed in 0..DAMAGES {
            self.read_by(|memory| Arc::new(Damaged { memory, seed }));
            for object in objects {
                let text = object.format(target, &FormatOptions::default());
                assert!(text.map_or(0, |text| text.len()) < MAX_TEXT, "{seed}");
                let _ = object.string(target);
                let Ok(mut walk) = object.children(target) else {
                    continue;
                };
                let mut children = 0;
                while let Ok(Some(_)) = walk.next(target)
                    && children < MAX_CHILDREN
                {
                    children += 1;
                }
            }
        }
        self.read_by(|memory| Arc::new(memory));
    }

    pub(super) fn variable(&self, name: &str) -> Object {
        let kinds = ObjectKinds::VARIABLE;
        self.program.object(name, kinds, None).unwrap()
    }

    /// What is shown of an object on one line; addresses are `*`.
    pub(super) fn text_of(&self, object: &Object) -> String {
        let options = FormatOptions {
            members_same_line: true,
            ..FormatOptions::default()
        };
        let text = object.format(&*self.program, &options);
        without_addresses(&text.unwrap_or_else(|error| error.to_string()))
    }

    /// Compares what is shown of variables.
    pub(super) fn expect_all(&self, expected: &[(&str, &str)]) {
        let mut failures = String::new();
        for (name, expected) in expected {
            let text = self.text_of(&self.variable(name));
            if text != *expected {
                failures += &format!("{name}:\n  {text}\n  {expected}\n");
            }
        }
        assert!(failures.is_empty(), "{failures}");
    }

    /// What `str()` gives of the variable.
    pub(super) fn text(&self, name: &str) -> String {
        let options = FormatOptions::default();
        let object = self.variable(name);
        object.format(&*self.program, &options).unwrap()
    }
}

fn without_addresses(text: &str) -> String {
    let mut pieces = text.split("0x");
    let mut result = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        result.push('*');
        result += piece.trim_start_matches(|character: char| character.is_ascii_hexdigit());
    }
    result
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ways in which memory is damaged.
const DAMAGES: u64 = 4;
/// No text of any object gets longer: a million values may be in it, of which each takes some bytes.
const MAX_TEXT: usize = 1 << 27;
/// Containers of absurd sizes are not walked to their ends.
const MAX_CHILDREN: usize = 1 << 16;

/// Memory in which some words are wrong: the same each time they are read.
struct Damaged {
    memory: Memory,
    seed: u64,
}

impl Damaged {
    /// What stands instead of a word.
    fn damage(&self, address: u64, word: u64) -> u64 {
        let mixed = (address ^ self.seed << 56).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let random = Random::new(mixed).next_u64();
        match random % 160 {
            0 => 0,
            1 => u64::MAX,
            2 => address,
            3 => address.wrapping_sub(16),
            4 => 1 << (random >> 58),
            5 => word.wrapping_add(8),
            6 => word.rotate_left(32),
            7 => word ^ 1 << (random >> 58),
            8 => random,
            9 => 3,
            _ => word,
        }
    }
}

impl SegmentReader for Damaged {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        self.memory.read(offset, buf)?;
        let start = (offset.next_multiple_of(8) - offset) as usize;
        let words = buf.get_mut(start..).unwrap_or(&mut []).chunks_exact_mut(8);
        for (index, word) in words.enumerate() {
            let address = offset + (start + 8 * index) as u64;
            let value = u64::from_ne_bytes(word.try_into().unwrap());
            word.copy_from_slice(&self.damage(address, value).to_ne_bytes());
        }
        Ok(())
    }
}

struct Memory(File);

impl SegmentReader for Memory {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        self.0.read_exact_at(buf, offset).map_err(|_| SegmentFault {
            offset,
            kind: FaultKind::NotMapped,
        })
    }
}
