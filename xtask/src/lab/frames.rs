//! Programs that have shared libraries.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::initramfs::Initramfs;
use super::libraries::Libraries;
use super::machine::{AMD64, I386, Machine};
use crate::command::{run_quietly, text, tool};

/// Programs of how many bits are compiled, and as for which machine.
const BITS: &[(&str, &Machine)] = &[("64", AMD64), ("32", I386)];

/// Compiles `lab-frames` and its library into `folder`, and puts them into the guest with all that they need. What that
/// is stays in `folder`, too: the host's may change.
pub(super) fn add_programs(
    initramfs: &mut Initramfs,
    sources: &Path,
    folder: PathBuf,
) -> Result<()> {
    for (bits, machine) in BITS {
        let [compiler, options @ ..] = machine.compiler else {
            bail!("no compiler for {}", machine.name);
        };
        let folder = folder.join(bits);
        fs::create_dir_all(&folder)?;
        let compile = |name: &str, source: &str, more: &[&str]| {
            run_quietly(
                tool(compiler)
                    .args(options)
                    .args(["-O1", "-g", "-o", name])
                    .arg(sources.join(source))
                    .args(more)
                    .current_dir(&folder),
            )
        };
        let library = ["-shared", "-fPIC"];
        compile("liblab-frames.so", "lab-frames-library.c", &library)?;
        let program = ["-L.", "-llab-frames", "-Wl,-rpath,$ORIGIN"];
        compile("lab-frames", "lab-frames.c", &program)?;
        for name in ["lab-frames", "liblab-frames.so"] {
            initramfs.copy(&format!("libraries/{bits}/{name}"), &folder.join(name))?;
        }
        let libraries = Libraries::of(&[folder.join("lab-frames")])?;
        if !libraries.missing.is_empty() {
            bail!(
                "lab-frames lacks libraries: {}",
                libraries.missing.join(", ")
            );
        }
        for library in libraries.found {
            if !library.starts_with(&folder) {
                initramfs.copy(text(&library)?.trim_start_matches('/'), &library)?;
                let name = library.file_name().context("a library without a name")?;
                fs::copy(&library, folder.join(name))?;
            }
        }
    }
    Ok(())
}
