//! Programs that are compiled, run, and looked at as they were when they called `leave()`.

use spelunk_base::{Language, Platform};
use spelunk_debuginfo::{DebugFile, DebugInfo, ObjectKinds, ObjectValue};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_object::{Error, FormatOptions, Object, PrimitiveTypes, Result, SymbolOffset, Target};
use spelunk_synth::Workshop;
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};
use std::sync::Arc;

/// Writes all memory that can be read to a file: address, size and bytes of each mapping.
const LEAVE: &str = r#"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
void leave(void)
{
    int out = open("memory", O_RDWR | O_CREAT | O_TRUNC, 0600);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    off_t end = 0;
    fflush(stdout);
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, stop;
        char readable;
        if (sscanf(line, "%lx-%lx %c", &start, &stop, &readable) != 3 || readable != 'r')
            continue;
        uint64_t header[2] = { start, stop - start };
        pwrite(out, header, sizeof header, end);
        if (pwrite(out, (void *)start, header[1], end + 16) == (ssize_t)header[1])
            end += 16 + header[1];
    }
    ftruncate(out, end);
}
"#;

pub(crate) struct Process {
    types: Arc<TypeStore>,
    info: DebugInfo,
    memory: Vec<(u64, Vec<u8>)>,
    platform: Platform,
    language: Language,
    primitives: PrimitiveTypes,
    /// What it printed.
    pub(crate) output: String,
}

impl Process {
    /// `source`, compiled by `compiler` and run. `name` must be that of one test. Without a build ID
    /// no index of it is kept.
    pub(crate) fn run(name: &str, compiler: &str, source: &str, flags: &[&str]) -> Self {
        let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), name);
        let is_rust = compiler == "rustc";
        let file = if is_rust { "program.rs" } else { "program.cpp" };
        workshop.write(file, source);
        workshop.write("leave.c", LEAVE);
        workshop.run("gcc", ["-w", "-c", "-fno-pic", "leave.c"]);
        let options: &[&str] = match is_rust {
            true => &[
                "-Crelocation-model=static",
                "-Clink-arg=leave.o",
                "-Clink-arg=-no-pie",
                "-Clink-arg=-Wl,--build-id=none,--no-gc-sections",
            ],
            false => &["leave.o", "-no-pie", "-w", "-Wl,--build-id=none"],
        };
        let common = ["-g", file, "-o", "program"];
        workshop.run(compiler, [&common, options, flags].concat());
        let output = workshop.run(workshop.path("program"), [""; 0]);
        let language = match is_rust {
            true => Language::Rust,
            false => Language::Cpp,
        };
        Self::open(&workshop, language, output)
    }

    fn open(workshop: &Workshop, language: Language, output: String) -> Self {
        let bytes = workshop.read("memory");
        std::fs::remove_file(workshop.path("memory")).unwrap();
        let mut memory = Vec::new();
        let mut rest = &bytes[..];
        while let Some((header, tail)) = rest.split_first_chunk::<16>() {
            let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
            let (segment, tail) = tail.split_at(word(&header[8..]) as usize);
            memory.push((word(&header[..8]), segment.to_vec()));
            rest = tail;
        }
        let elf = ElfFile::parse(FileData::open(&workshop.path("program")).unwrap()).unwrap();
        let platform = elf.platform();
        let types = Arc::new(TypeStore::new());
        let info = DebugInfo::new(Arc::clone(&types));
        info.add(DebugFile::new(elf, SectionAddresses::default(), 0))
            .unwrap();
        Self {
            types,
            info,
            memory,
            platform,
            language,
            primitives: PrimitiveTypes::default(),
            output,
        }
    }

    /// The variable called `name`.
    pub(crate) fn variable(&self, name: &str) -> Object {
        let found = self.info.find_object(name, None, ObjectKinds::ANY).unwrap();
        let found = found.unwrap_or_else(|| panic!("there is no {name}"));
        match found.value {
            ObjectValue::Address(address) => Object::at(found.ty, address),
            value => panic!("{name}: {value:?}"),
        }
    }

    /// `variable.member.member[index]`
    pub(crate) fn at(&self, path: &str) -> Object {
        let mut parts = path.split('.');
        let mut object: Option<Object> = None;
        for part in &mut parts {
            let (name, indices) = part.split_once('[').unwrap_or((part, ""));
            let mut next = match object {
                None if self.language == Language::Rust => {
                    self.variable(&format!("program::{name}"))
                }
                None => self.variable(name),
                Some(object) => object.member(self, name).unwrap(),
            };
            for index in indices.split(['[', ']']).filter(|index| !index.is_empty()) {
                next = next.index(self, index.parse().unwrap()).unwrap();
            }
            object = Some(next);
        }
        object.unwrap()
    }

    /// The object as drgn's `str()` would show it, without the bases of addresses.
    pub(crate) fn show(&self, path: &str) -> String {
        let options = FormatOptions {
            symbolize: false,
            ..FormatOptions::default()
        };
        self.at(path).format(self, &options).unwrap()
    }

    /// Compares each `path = number` that the program printed with what is seen there.
    pub(crate) fn check_output(&self) {
        assert!(self.output.lines().count() > 5);
        for line in self.output.lines() {
            let (path, value) = line.split_once(" = ").unwrap();
            let seen = self.at(path).to_i128(self);
            let seen = seen.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(seen.to_string(), value, "{path}");
        }
    }
}

impl Target for Process {
    fn types(&self) -> &TypeStore {
        &self.types
    }

    fn platform(&self) -> Option<Platform> {
        Some(self.platform)
    }

    fn language(&self) -> Language {
        self.language
    }

    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        let found = self.memory.iter().find_map(|(start, bytes)| {
            let start = usize::try_from(address.checked_sub(*start)?).ok()?;
            bytes.get(start..start.checked_add(buf.len())?)
        });
        match found {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(Error::fault("could not find memory segment", address)),
        }
    }

    fn find_type(
        &self,
        kinds: TypeKinds,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<QualifiedType>> {
        let kinds: Vec<_> = kinds.iter().collect();
        let found = self.info.find_type(&kinds, name, filename);
        found.map_err(|error| Error::other(error.to_string()))
    }

    fn symbolize(&self, _: u64) -> Result<Option<SymbolOffset>> {
        Ok(None)
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }
}
