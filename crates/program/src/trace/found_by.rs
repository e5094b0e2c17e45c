use spelunk_debuginfo::RowSource;
use std::fmt;

/// How a frame was found, and so how far it can be trusted.
///
/// Shown, it is what tells the way: `.debug_frame`, `frame pointer (guess)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FoundBy {
    /// It is where the stack begins: its registers were saved, or given.
    Registers,
    /// Unwind tables tell how the code of the frame before was called.
    Table(RowSource),
    /// The system saved its registers as it was entered, by the code of the frame before.
    Entry,
    /// The system knows the code of the frame before: that it goes on to another stack, or has saved nothing yet.
    KnownCode,
    /// A guess: no table has the code of the frame before, but it seems to keep a frame pointer.
    FramePointer,
    /// A guess: the frame before is no code at all, and so what was called by mistake. What called it is
    /// on top of the stack, or in the register for return addresses.
    BadCall,
    /// It is gone, but call sites leave one way that calls may have gone.
    CallSites,
    /// Someone else recorded it.
    Given,
}

impl FoundBy {
    /// Whether nothing but plausibility speaks for it.
    #[must_use]
    pub fn is_guess(self) -> bool {
        matches!(self, Self::FramePointer | Self::BadCall)
    }
}

impl fmt::Display for FoundBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registers => "registers",
            Self::Table(RowSource::DebugFrame) => ".debug_frame",
            Self::Table(RowSource::EhFrame) => ".eh_frame",
            Self::Table(RowSource::Orc) => "ORC",
            Self::Entry => "saved on entry",
            Self::KnownCode => "known code",
            Self::FramePointer => "frame pointer (guess)",
            Self::BadCall => "return address of a bad call (guess)",
            Self::CallSites => "call sites",
            Self::Given => "given",
        })
    }
}
