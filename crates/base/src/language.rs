use std::fmt;

/// The language that a type or function was written in, which decides how it is printed.
///
/// Constants: DWARF 5, section 7.12.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Language {
    /// Any version of C, and every language without rules of its own here.
    #[default]
    C,
    /// Any version of C++.
    Cpp,
    /// Rust.
    Rust,
}

impl Language {
    /// The language's usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Rust => "Rust",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
