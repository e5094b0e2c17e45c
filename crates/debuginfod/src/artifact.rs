use spelunk_base::BuildId;

/// What a server has of a build ID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Artifact {
    /// The file with debugging information.
    DebugInfo,
    /// The file that is loaded.
    Executable,
}

impl Artifact {
    /// What it is called in addresses and in the cache.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DebugInfo => "debuginfo",
            Self::Executable => "executable",
        }
    }
}

/// A file that is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The build ID that it must have.
    pub build_id: BuildId,
    /// Which of the files with that build ID.
    pub artifact: Artifact,
    /// What the user knows it by, for the display of progress.
    pub label: String,
}
