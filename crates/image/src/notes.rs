use spelunk_elf::Note;
use spelunk_elf::constants::{self as elf, NoteType};

/// A note of the dump. See [`Note`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredNote {
    /// The name of its definer, without the NUL at its end.
    pub name: Box<[u8]>,
    /// Its type, which means something together with the name only.
    pub kind: NoteType,
    /// The descriptor.
    pub desc: Box<[u8]>,
}

impl From<Note<'_>> for StoredNote {
    fn from(note: Note<'_>) -> Self {
        Self {
            name: note.name.into(),
            kind: note.kind,
            desc: note.desc.into(),
        }
    }
}

impl StoredNote {
    /// Whether this is the note of type `kind` of the core file format itself.
    pub(crate) fn is_core(&self, kind: NoteType) -> bool {
        *self.name == *b"CORE" && self.kind == kind
    }

    /// Whether this is `NT_PRSTATUS`, the registers of a thread or CPU.
    pub(crate) fn is_prstatus(&self) -> bool {
        self.is_core(elf::NT_PRSTATUS)
    }

    /// Whether only the core dump of a process has such a note.
    pub(crate) fn is_of_process(&self) -> bool {
        [elf::NT_AUXV, elf::NT_FILE, elf::NT_SIGINFO]
            .into_iter()
            .any(|kind| self.is_core(kind))
    }
}
