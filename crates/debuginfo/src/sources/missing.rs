use std::fmt;

/// What a file is to the debugging information that stands in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SourceKind {
    /// The program or module itself, or its separate debug file.
    Main,
    /// What `dwz` found in several files (`.gnu_debugaltlink`, `.debug_sup`).
    Supplementary,
    /// A `.dwo` file: DWARF 5, section 7.3.2.
    SplitObject,
    /// A `.dwp` file: DWARF 5, section 7.3.5.
    Package,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Main => "debug file",
            Self::Supplementary => "supplementary file",
            Self::SplitObject => "split debug file",
            Self::Package => "package of split debug files",
        })
    }
}

/// A file that the debugging information refers to and that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingSource {
    /// What it is.
    pub kind: SourceKind,
    /// The file, as the debugging information says.
    pub path: String,
    /// Why it cannot be used.
    pub reason: String,
}

impl MissingSource {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.kind {
            SourceKind::Main => "load it anew",
            SourceKind::Supplementary => {
                "install the debugging information of the package that it belongs to"
            }
            SourceKind::SplitObject => {
                "keep it where it was compiled, or put it, or a package of all (PROGRAM.dwp), \
                 beside the program"
            }
            SourceKind::Package => "make it anew from this build's split debug files",
        }
    }
}

impl fmt::Display for MissingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, path, reason } = self;
        write!(f, "{kind} {path}: {reason}")
    }
}
