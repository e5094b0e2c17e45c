//! A program that was compiled here, with its types out of its debugging information and its
//! memory out of its core or file.

use spelunk_base::{Language, Platform};
use spelunk_debuginfo::{DebugFile, DebugInfo, ObjectKinds, ObjectValue};
use spelunk_elf::{ElfFile, FileData, SectionAddresses, constants};
use spelunk_image::Image;
use spelunk_memory::{AddressSpace, Memory, ReadMemory};
use spelunk_object::{Error, Object, PrimitiveTypes, Result, ShortName, Target};
use spelunk_synth::Workshop;
use spelunk_types::{QualifiedType, TypeKinds, TypeStore};
use std::sync::Arc;

/// Where the contents of variables come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The core of the program as it ran.
    Core,
    /// The file's section of data.
    Data,
}

enum Contents {
    Core(Memory),
    /// Addresses, and what is there.
    Data(Vec<(u64, Vec<u8>)>),
}

pub(crate) struct TestProgram {
    store: Arc<TypeStore>,
    primitives: PrimitiveTypes,
    info: DebugInfo,
    platform: Platform,
    language: Language,
    contents: Contents,
}

/// Compiles the program, and runs it if its core is asked for.
pub(crate) fn build(name: &str, text: &str, compiler: &[&str], holder: Holder) -> TestProgram {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &format!("structures-{name}"));
    let (language, file, standard) = match compiler[0].ends_with("++") {
        true => (Language::Cpp, "a.cpp", "-std=c++17"),
        false => (Language::C, "a.c", "-std=gnu11"),
    };
    let start =
        "\n#ifdef __cplusplus\nextern \"C\"\n#endif\nvoid _start(void) { __builtin_trap(); }\n";
    workshop.write(file, format!("{text}{start}"));
    let (program, flags) = compiler.split_first().unwrap();
    let freestanding = ["-c", "-w", "-g", standard, "-ffreestanding", "-fno-pic"];
    workshop.run(
        program,
        [&freestanding[..], &["-o", "a.o", file], flags].concat(),
    );
    // Linked, so that debugging information needs no relocation; without build ID, so that no
    // index of it is kept.
    let static_at = ["-static", "-e", "_start", "-z", "norelro"];
    let files = ["--build-id=none", "-o", "a.out", "a.o"];
    workshop.run("ld.lld", [&static_at[..], &files].concat());
    let bytes = workshop.read("a.out");
    let elf = ElfFile::parse(FileData::from_bytes("test", bytes.clone())).unwrap();
    let contents = match holder {
        Holder::Core => Contents::Core(dump(&workshop)),
        Holder::Data => Contents::Data(load(&elf, &bytes)),
    };
    let store = Arc::new(TypeStore::new());
    let info = DebugInfo::new(Arc::clone(&store));
    let platform = elf.platform();
    info.add(DebugFile::new(elf, SectionAddresses::default(), 0))
        .unwrap();
    workshop.remove();
    TestProgram {
        store,
        primitives: PrimitiveTypes::default(),
        info,
        platform,
        language,
        contents,
    }
}

/// The memory of the program before it runs.
fn load(elf: &ElfFile, bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let segments = elf
        .segments()
        .iter()
        .filter(|segment| segment.kind == constants::PT_LOAD);
    segments
        .map(|segment| {
            let (start, size) = (segment.offset as usize, segment.file_size as usize);
            let mut memory = bytes[start..start + size].to_vec();
            memory.resize(segment.memory_size as usize, 0);
            (segment.virtual_address, memory)
        })
        .collect()
}

/// The core of the program where it traps. gdb makes it: where the kernel puts cores, if at all,
/// is up to the machine.
fn dump(workshop: &Workshop) -> Memory {
    let commands = ["-ex", "run", "-ex", "generate-core-file core", "./a.out"];
    workshop.run("gdb", [&["-q", "-nx", "-batch"], &commands[..]].concat());
    let core = FileData::from_bytes("core", workshop.read("core"));
    Image::from_files(vec![core]).unwrap().memory()
}

impl TestProgram {
    pub(crate) fn variable(&self, name: &str) -> Object {
        let found = self.info.find_object(name, None, ObjectKinds::VARIABLE);
        let found = found.unwrap().unwrap();
        match found.value {
            ObjectValue::Address(address) => Object::at(found.ty, address),
            other => panic!("{name}: {other:?}"),
        }
    }
}

impl Target for TestProgram {
    fn types(&self) -> &TypeStore {
        &self.store
    }

    fn platform(&self) -> Option<Platform> {
        Some(self.platform)
    }

    fn language(&self) -> Language {
        self.language
    }

    fn read(&self, address: u64, buf: &mut [u8]) -> Result<()> {
        let fault = || Error::fault("could not find memory segment", address);
        match &self.contents {
            Contents::Core(memory) => memory
                .read(AddressSpace::Virtual, address, buf)
                .map_err(|_| fault()),
            Contents::Data(segments) => {
                let found = segments.iter().find_map(|(start, bytes)| {
                    let offset = usize::try_from(address.checked_sub(*start)?).ok()?;
                    bytes.get(offset..offset.checked_add(buf.len())?)
                });
                buf.copy_from_slice(found.ok_or_else(fault)?);
                Ok(())
            }
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

    fn find_whole_names(&self, kinds: TypeKinds, name: &ShortName) -> Result<Vec<Box<str>>> {
        let kinds: Vec<_> = kinds.iter().collect();
        let fits = |whole: &str| name.fits(whole);
        let found = self.info.find_type_names(&kinds, name.word(), &fits);
        found.map_err(|error| Error::other(error.to_string()))
    }

    fn primitives(&self) -> &PrimitiveTypes {
        &self.primitives
    }
}
