//! What a trace has in common with others of the same crash.

use super::{Frame, StackTrace};
use crate::{ModuleKind, Program};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// What the function of a frame has to do with where a program crashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionRole {
    /// It does its own work.
    Code,
    /// It runs after a crash only, to end the program: `panic()`, `abort()`.
    Crash,
    /// It handles what interrupted the program, which may be a crash or not: `exc_page_fault()`.
    Exception,
    /// It is on the stack however things went: the entry from user code, or what calls `main()`.
    Entry,
}

/// Where a program was, by the names of functions alone: equal for the same crash, however often
/// it happens, whatever the addresses are, and in whatever format the memory was dumped.
///
/// Its recipe, for those who want to compute it elsewhere:
///
/// 1. Frames that calls in tail position lost, and user code that called the kernel, are left out.
///    Functions that were inlined count as if they were not.
/// 2. All frames up to the outermost of a [crash](FunctionRole::Crash) are left out, and those of
///    [exceptions](FunctionRole::Exception) and entries that follow at once: what is left begins where things
///    went wrong. [Entries](FunctionRole::Entry) are left out anywhere. If nothing would be left,
///    nothing is left out by this rule.
/// 3. Each frame is called by its function, with the namespaces around it, else by its symbol, else
///    `?`; without what compilers append to the names of parts and copies of functions (`.isra.0`,
///    `.constprop.0`, `.part.0`, `.cold`, `.lto_priv.0`, `.llvm.1234`...), and without the hash of
///    Rust's symbols. The name of the module follows, without directories: `main [program]`; but
///    the kernel's own functions are called by their names alone.
/// 4. Of equal names in a row, one is left, so that the depth of a recursion does not matter; and of
///    all, the first [`DEPTH`](Self::DEPTH), or as many as the user wants.
///
/// The [digest](Self::digest) is the first 16 hexadecimal digits of the SHA-256 of these lines, each
/// of which ends in a newline.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    frames: Vec<String>,
}

impl Signature {
    /// The number of frames that count, if the user does not say.
    ///
    /// Crashes of one kernel in the same place of a driver differ in how they got there, from some
    /// frame on; locks and other inlined functions take many.
    pub const DEPTH: usize = 12;

    /// What it is made of, at least one, innermost first: `kyber_bio_merge [kyber_buggy]`.
    #[must_use]
    pub fn frames(&self) -> &[String] {
        &self.frames
    }

    /// All that in 16 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for frame in &self.frames {
            hasher.update(frame);
            hasher.update("\n");
        }
        let mut text = String::new();
        for byte in hasher.finalize().iter().take(8) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digest())
    }
}

impl StackTrace {
    /// What this trace has in common with others of the same crash, by its first `depth` frames
    /// that count. `None` if there is no such frame: traces that could not be unwound have nothing
    /// in common.
    #[must_use]
    pub fn signature(&self, program: &Program, depth: usize) -> Option<Signature> {
        let os = program.os();
        let frames = self.frames.iter().filter(|frame| {
            !frame.is_tail_call()
                && !self.is_user(frame.index())
                && os.is_none_or(|os| os.is_own_frame(frame.registers()))
        });
        let functions: Vec<(String, FunctionRole)> = frames
            .map(|frame| {
                let name = function(frame, program);
                let role = os.map_or(FunctionRole::Code, |os| os.function_role(&name));
                (labelled(&name, frame, program), role)
            })
            .collect();
        let mut frames: Vec<String> = Vec::new();
        for name in where_it_went_wrong(&functions) {
            if frames.last() != Some(name) {
                frames.push(name.clone());
            }
        }
        frames.truncate(depth);
        (!frames.is_empty()).then_some(Signature { frames })
    }
}

/// The names of functions that neither handle the crash nor are there anyway; all if that is none.
fn where_it_went_wrong(functions: &[(String, FunctionRole)]) -> Vec<&String> {
    let is = |role| move |(_, other): &(String, FunctionRole)| *other == role;
    let start = match functions.iter().rposition(is(FunctionRole::Crash)) {
        Some(crash) => {
            let after = functions.get(crash.saturating_add(1)..).unwrap_or_default();
            let handlers = after.iter().take_while(|(_, role)| {
                matches!(role, FunctionRole::Exception | FunctionRole::Entry)
            });
            crash.saturating_add(1).saturating_add(handlers.count())
        }
        None => 0,
    };
    let left = functions.iter().skip(start);
    let names: Vec<&String> = left
        .filter(|(_, role)| *role != FunctionRole::Entry)
        .map(|(name, _)| name)
        .collect();
    match names.is_empty() {
        true => functions.iter().map(|(name, _)| name).collect(),
        false => names,
    }
}

/// The name of the frame's function, as it is in all builds.
fn function(frame: &Frame, program: &Program) -> String {
    if let Some(name) = frame.qualified_name() {
        return without_suffixes(&name).to_owned();
    }
    match frame.symbol(program) {
        Ok(symbol) => without_suffixes(&symbol.demangled_name()).to_owned(),
        Err(_) => "?".into(),
    }
}

fn labelled(name: &str, frame: &Frame, program: &Program) -> String {
    let Some(module) = frame.module() else {
        return name.to_owned();
    };
    let is_kernel = program.os().is_some_and(|os| os.is_kernel());
    if is_kernel && module.kind() == ModuleKind::Main {
        return name.to_owned();
    }
    let file = module.name().rsplit('/').next().unwrap_or_default();
    format!("{name} [{file}]")
}

/// What compilers append, behind a dot, to the name of a function that is a part or a copy of
/// another, or of which there are several: GCC (`isra`, `constprop`, `part`, `cold`, `lto_priv`,
/// `localalias`), and Clang (`llvm`, `__uniq`, `cold`, `specialized`...).
const SUFFIXES: [&str; 14] = [
    ".isra",
    ".constprop",
    ".part",
    ".cold",
    ".unlikely",
    ".lto_priv",
    ".localalias",
    ".llvm.",
    ".__uniq.",
    ".specialized.",
    ".resume",
    ".destroy",
    // Versions of symbols.
    "@",
    // As demanglers show them.
    " [clone ",
];

fn without_suffixes(name: &str) -> &str {
    let ends = SUFFIXES.iter().filter_map(|suffix| name.find(suffix));
    let end = ends.filter(|end| *end > 0).min().unwrap_or(name.len());
    let name = name.get(..end).unwrap_or(name);
    without_hash(name)
}

/// Rust's older scheme ends names in a hash of the crate's version and options: `::h` and 16
/// hexadecimal digits.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            rest
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::FunctionRole::{Code, Crash, Entry, Exception};
    use super::*;

    #[test]
    fn what_compilers_append_is_no_part_of_a_name() {
        for (name, expected) in [
            ("do_one_initcall", "do_one_initcall"),
            ("__do_sys_wait4.isra.0", "__do_sys_wait4"),
            ("f.constprop.0.isra.0.cold", "f"),
            ("f.llvm.1234567", "f"),
            ("f.__uniq.123.llvm.4", "f"),
            ("ns::f(int, ...) [clone .cold]", "ns::f(int, ...)"),
            ("ns::f(char const*, ...)", "ns::f(char const*, ...)"),
            ("std::rt::run::h0123456789abcdef", "std::rt::run"),
            ("std::hash::hasher", "std::hash::hasher"),
            (".cold", ".cold"),
        ] {
            assert_eq!(without_suffixes(name), expected);
        }
    }

    fn left(functions: &[(&str, FunctionRole)]) -> String {
        let functions: Vec<_> = functions
            .iter()
            .map(|(name, role)| ((*name).to_owned(), *role))
            .collect();
        let left = where_it_went_wrong(&functions);
        left.iter().map(|name| name.as_str()).collect()
    }

    #[test]
    fn a_signature_begins_where_it_went_wrong() {
        let oops = [
            ("die", Crash),
            ("helper", Code),
            ("oops", Crash),
            ("fault", Exception),
            ("entry", Entry),
            ("asm", Exception),
            ("A", Code),
            ("entry", Entry),
            ("B", Code),
        ];
        assert_eq!(left(&oops), "AB");
        let inside_a_page_fault = [
            ("panic", Crash),
            ("A", Code),
            ("fault", Exception),
            ("B", Code),
        ];
        assert_eq!(left(&inside_a_page_fault), "AfaultB");
        assert_eq!(left(&[("asleep", Code), ("B", Code)]), "asleepB");
        assert_eq!(left(&[("panic", Crash), ("entry", Entry)]), "panicentry");
        assert_eq!(left(&[]), "");
    }

    #[test]
    fn digests_are_those_of_sha256sum() {
        let digest = |frames: &[&str]| {
            let frames = frames.iter().map(ToString::to_string).collect();
            Signature { frames }.digest()
        };
        // printf 'a\n' | sha256sum, and printf 'a\nb [c]\n' | sha256sum
        assert_eq!(digest(&["a"]), "87428fc522803d31");
        assert_eq!(digest(&["a", "b [c]"]), "c04b4fedf7812e36");
    }
}
