use std::fmt;

/// What became of a file that a module wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ModuleFileStatus {
    /// It is wanted and was not found yet.
    Want,
    /// It is there.
    Have,
    /// It is not wanted.
    DontWant,
    /// It is not needed: something else has all that it would give.
    DontNeed,
    /// A debug file was found, which needs a supplementary file that was not found yet.
    WantSupplementary,
}

/// As Python spells it.
impl fmt::Display for ModuleFileStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Want => "ModuleFileStatus.WANT",
            Self::Have => "ModuleFileStatus.HAVE",
            Self::DontWant => "ModuleFileStatus.DONT_WANT",
            Self::DontNeed => "ModuleFileStatus.DONT_NEED",
            Self::WantSupplementary => "ModuleFileStatus.WANT_SUPPLEMENTARY",
        })
    }
}
