use spelunk_elf::{FileData, ReadAt, ReadAtError, SectionData, SubRange, open_decompressed};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("spelunk-elf-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn read(file: &dyn ReadAt, offset: u64, size: usize) -> Result<Vec<u8>, ReadAtError> {
    let mut bytes = vec![0; size];
    file.read_at(offset, &mut bytes).map(|()| bytes)
}

#[test]
fn mapped_and_read_files_are_the_same() {
    let temp = TempFile::new("plain", b"0123456789");
    let mapped = FileData::open(&temp.0).unwrap();
    assert!(mapped.bytes().is_some());
    assert_eq!(read(&*mapped, 3, 4).unwrap(), b"3456");
    let past_end = ReadAtError::PastEnd { offset: 8, len: 10 };
    assert_eq!(read(&*mapped, 8, 3), Err(past_end));

    // Files of the kernel are read, though they say that they are regular.
    let generated = FileData::open("/proc/self/maps".as_ref()).unwrap();
    assert!(generated.bytes().is_none());
    assert_eq!(read(&*generated, 0, 4).unwrap().len(), 4);
    assert!(
        FileData::open("/nonexistent/file".as_ref())
            .is_err_and(|error| error.to_string().contains("/nonexistent/file"))
    );
    assert!(FileData::open("/".as_ref()).is_err());

    let empty = TempFile::new("empty", b"");
    assert_eq!(FileData::open(&empty.0).unwrap().len(), 0);
}

#[test]
fn a_part_of_a_file_is_a_file() {
    let file = FileData::from_bytes("whole", b"0123456789".to_vec());
    let part: Arc<dyn ReadAt> = Arc::new(SubRange::new(file, 4, 100));
    assert_eq!(part.len(), 6);
    assert_eq!(part.bytes(), Some(&b"456789"[..]));
    assert_eq!(read(&*part, 1, 3).unwrap(), b"567");
    let past_end = ReadAtError::PastEnd { offset: 4, len: 6 };
    assert_eq!(read(&*part, 4, 3), Err(past_end));
    let data = SectionData::read(&part, 2, 100).unwrap();
    assert_eq!(&*data, b"6789");
    assert_eq!(SectionData::read(&part, 50, 100).unwrap().len(), 0);
}

/// Compresses with the tool of the same name, as distributions compress their modules.
fn compress(tool: &str, arguments: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
    let input = TempFile::new(tool, bytes);
    let output = Command::new(tool)
        .args(arguments)
        .arg("-c")
        .arg(&input.0)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then_some(output.stdout)
}

#[test]
fn compressed_modules_open() {
    let content = b"\x7fELF module ".repeat(5000);
    for (tool, arguments) in [
        ("gzip", &["-9"][..]),
        // As scripts/Makefile.modinst compresses modules.
        ("xz", &["--check=crc32", "--lzma2=dict=1MiB"]),
        ("xz", &["--x86", "--lzma2"]),
        ("zstd", &["-q", "-19"]),
    ] {
        let Some(compressed) = compress(tool, arguments, &content) else {
            // gzip and xz are everywhere; zstd's format is tested with our own encoder too.
            assert_eq!(tool, "zstd", "{tool} is missing");
            continue;
        };
        let file = TempFile::new(&format!("module.{tool}"), &compressed);
        let opened = open_decompressed(&file.0).unwrap();
        assert!(opened.bytes() == Some(&content[..]), "{tool}");

        let cut = TempFile::new(&format!("cut.{tool}"), &compressed[..compressed.len() / 2]);
        let error = open_decompressed(&cut.0).err().unwrap().to_string();
        assert!(
            error.contains("cut off") || error.contains("damaged"),
            "{error}"
        );
    }
    let plain = TempFile::new("module.ko", &content);
    assert!(open_decompressed(&plain.0).unwrap().bytes() == Some(&content[..]));
}

#[test]
fn what_files_name_is_only_opened_if_it_is_a_file() {
    let pipe = std::env::temp_dir().join(format!("spelunk-pipe-{}", std::process::id()));
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for path in [&*pipe, "/dev/null".as_ref()] {
        let error = open_decompressed(path).err().unwrap().to_string();
        assert_eq!(error, format!("{}: not a regular file", path.display()));
        assert!(FileData::open_regular(path).is_err());
    }
    std::fs::remove_file(&pipe).unwrap();
    let missing = open_decompressed("/nonexistent/file".as_ref())
        .err()
        .unwrap();
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn debug_links_name_a_file_and_nothing_else() {
    use spelunk_synth::elf::{EM_X86_64, ET_EXEC, ElfBuilder, SHT_PROGBITS, Section};
    let link = |data: &[u8]| {
        let file = ElfBuilder::new(spelunk_synth::Encoding::LITTLE_64, ET_EXEC, EM_X86_64);
        let file = file.section(Section {
            name: ".gnu_debuglink".to_owned(),
            kind: SHT_PROGBITS,
            data: data.to_vec(),
            ..Section::default()
        });
        let file = spelunk_elf::FileData::from_bytes("test", file.build());
        let link = spelunk_elf::ElfFile::parse(file).unwrap().debug_link();
        link.map(|link| (link.name, link.crc))
    };
    let sound = Some(("ab.debug".to_owned(), 0x0403_0201));
    assert_eq!(link(b"ab.debug\0\0\0\0\x01\x02\x03\x04"), sound);
    let odd: [&[u8]; 6] = [
        b"",
        b"ab.debug",
        b"ab.debug\0\0\0\0\x01\x02\x03",
        b"\0\0\0\0\x01\x02\x03\x04",
        b"../a\0\0\0\0\x01\x02\x03\x04",
        b"/etc/passwd\0\x01\x02\x03\x04",
    ];
    for data in odd {
        assert_eq!(link(data), None, "{data:?}");
    }
}
