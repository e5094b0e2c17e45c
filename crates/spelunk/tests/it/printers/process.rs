//! A compiled program that waits while its memory is looked at.

use spelunk::base::Platform;
use spelunk::memory::{FaultKind, SegmentFault, SegmentReader};
use spelunk::{AddressSpace, FormatOptions, Object, ObjectKinds, Program};
use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
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
        let memory = File::open(format!("/proc/{}/mem", child.id())).unwrap();
        let end = 1 << 47;
        program.add_memory_segment(AddressSpace::Virtual, 0, end, Arc::new(Memory(memory)));
        Self { child, program }
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

struct Memory(File);

impl SegmentReader for Memory {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        self.0.read_exact_at(buf, offset).map_err(|_| SegmentFault {
            offset,
            kind: FaultKind::NotMapped,
        })
    }
}
