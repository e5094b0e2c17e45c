//! Programs compiled for a test, and what other tools say about them.

use spelunk_debuginfo::DebugFile;
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_synth::{Workshop, output_of};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// Loops, inlined functions that call inlined functions, lexical blocks, a frame that is realigned.
pub(crate) const PROGRAM: &str = r#"
#include <stddef.h>
volatile int sink;
struct pair { long first, second; };
static inline __attribute__((always_inline)) int twice(int value)
{
    int doubled = value * 2;
    sink = doubled;
    return doubled;
}
static inline __attribute__((always_inline)) int quadruple(int value)
{
    {
        int inner = twice(value);
        return twice(inner);
    }
}
__attribute__((noipa)) int callee(int *array, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        int element = array[i];
        sum += quadruple(element);
    }
    return sum;
}
__attribute__((noipa)) long aligned(int count)
{
    char buffer[count + 64] __attribute__((aligned(64)));
    for (int i = 0; i < count; i++)
        buffer[i] = sink;
    return callee((int *)buffer, count / sizeof(int));
}
__attribute__((noipa)) int many(long a, long b, long c, long d, long e, long f, long g)
{
    const int answer = 42;
    struct pair pair = { a + sink, b };
    long t = callee(NULL, 0) + a * b * c * d * e * f * g + answer;
    return t + pair.first + pair.second + callee(NULL, 0) * e * f + c;
}
int main(int argc, char **argv)
{
    int array[] = { 1, argc, 3 };
    return callee(array, 3) + (int)aligned(argc) + many(argc, 2, 3, 4, 5, 6, 7) + !argv;
}
"#;

pub(crate) struct Compiled {
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<DebugFile>,
}

impl Compiled {
    /// `source`, compiled with these options. `name` must be that of one test.
    pub(crate) fn new(name: &str, source: &str, options: &[&str]) -> Self {
        Self::with("gcc", name, source, options)
    }

    /// `source`, compiled by `compiler`.
    pub(crate) fn with(compiler: &str, name: &str, source: &str, options: &[&str]) -> Self {
        let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), name);
        workshop.write("program.c", source);
        let path = workshop.path("program");
        // From another folder and by its whole path, so that its name tells where it is, as
        // `addr2line` does. Clang leaves `.dwo` files there.
        let folder = workshop.path("elsewhere");
        std::fs::create_dir_all(&folder).unwrap();
        output_of(
            Command::new(compiler)
                .current_dir(&folder)
                .args(options)
                .arg("-o")
                .args([&path, &workshop.path("program.c")]),
        );
        Self {
            file: DebugFile::new(parse(&path), SectionAddresses::default(), 0),
            path,
        }
    }

    /// Where the function `name` starts and ends, as `nm` tells.
    pub(crate) fn function(&self, name: &str) -> (u64, u64) {
        let text = run("nm", [OsStr::new("-S"), self.path.as_os_str()]);
        let line = text
            .lines()
            .find(|line| line.ends_with(&format!(" {name}")));
        let words: Vec<_> = line.unwrap().split_whitespace().collect();
        let start = hex(words[0]);
        (start, start + hex(words[1]))
    }
}

pub(crate) fn parse(path: &Path) -> ElfFile {
    ElfFile::parse(FileData::open(path).unwrap()).unwrap()
}

pub(crate) fn hex(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap()
}

/// What a program prints.
pub(crate) fn run<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> String {
    output_of(Command::new(program).args(arguments))
}
