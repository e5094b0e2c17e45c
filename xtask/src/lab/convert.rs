//! The other dump formats, made from one ELF vmcore by makedumpfile on the host.
//!
//! Snappy and zstd are left out: Debian's makedumpfile is built without them, takes their options,
//! writes uncompressed pages and succeeds.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{run_quietly, tool};

/// File names and the options that make them.
const FORMATS: &[(&str, &[&str])] = &[
    ("kdump.zlib.d0", &["-c", "-d", "0"]),
    ("kdump.zlib.d1", &["-c", "-d", "1"]),
    ("kdump.zlib.d31", &["-c", "-d", "31"]),
    ("kdump.lzo.d31", &["-l", "-d", "31"]),
    ("kdump.raw.d31", &["-d", "31"]),
    ("elf.d31", &["-E", "-d", "31"]),
];

/// Makes all of them in `folder`, and a flattened one, and one split in two.
pub(super) fn convert(vmcore: &Path, folder: &Path) -> Result<()> {
    fs::create_dir(folder)?;
    let copy = folder.join("copy.elf");
    run_quietly(tool("cp").args(["--sparse=always"]).arg(vmcore).arg(&copy))?;
    move_program_headers_up(&copy).with_context(|| vmcore.display().to_string())?;
    for (name, options) in FORMATS {
        let out = folder.join(name);
        run_quietly(tool("makedumpfile").args(*options).arg(&copy).arg(out))?;
    }
    run_quietly(
        tool("makedumpfile")
            .args(["--split", "-c", "-d", "31"])
            .arg(&copy)
            .args([folder.join("split.1"), folder.join("split.2")]),
    )?;
    // A flattened dump goes to standard output.
    let flattened = tool("makedumpfile")
        .args(["-F", "-c", "-d", "31"])
        .arg(&copy)
        .stdout(File::create(folder.join("flat.zlib.d31"))?)
        .stderr(File::create(folder.join("log"))?)
        .status()?;
    if !flattened.success() {
        bail!("makedumpfile -F: {flattened}");
    }
    fs::remove_file(folder.join("log"))?;
    fs::remove_file(copy)?;
    Ok(())
}

/// makedumpfile 1.7.2 expects the program headers right after the ELF header and ignores `e_phoff`;
/// QEMU 7.2 and later put section headers there ("Can't get the number of PT_LOAD").
fn move_program_headers_up(path: &Path) -> Result<()> {
    /// `sizeof(Elf64_Ehdr)`
    const HEADER_SIZE: u64 = 64;
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut field = |offset: u64, size: usize| -> Result<u64> {
        let mut bytes = [0; 8];
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes.get_mut(..size).context("a wide field")?)?;
        Ok(u64::from_le_bytes(bytes))
    };
    let (phoff, phentsize, phnum) = (field(32, 8)?, field(54, 2)?, field(56, 2)?);
    if phoff == HEADER_SIZE {
        return Ok(());
    }
    let mut table = vec![0; usize::try_from(phentsize * phnum)?];
    file.seek(SeekFrom::Start(phoff))?;
    file.read_exact(&mut table)?;
    // The table may well lie over the section headers now: there are none any more.
    file.seek(SeekFrom::Start(HEADER_SIZE))?;
    file.write_all(&table)?;
    file.seek(SeekFrom::Start(32))?;
    file.write_all(&HEADER_SIZE.to_le_bytes())?; // e_phoff
    file.write_all(&[0; 8])?; // e_shoff
    file.seek(SeekFrom::Start(58))?;
    file.write_all(&[0; 6])?; // e_shentsize, e_shnum, e_shstrndx
    Ok(())
}
