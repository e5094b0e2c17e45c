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
}

/// Whether these are the notes of a process's core dump. Both kinds have `NT_PRSTATUS`, and a live
/// kernel's `/proc/kcore` has `NT_PRPSINFO` too.
pub(crate) fn are_of_process(notes: &[StoredNote]) -> bool {
    let has = |kinds: &[NoteType]| {
        notes
            .iter()
            .any(|note| kinds.iter().any(|kind| note.is_core(*kind)))
    };
    let is_kernel = notes
        .iter()
        .any(|note| [&b"VMCOREINFO"[..], b"QEMU"].contains(&&*note.name));
    has(&[elf::NT_AUXV, elf::NT_FILE, elf::NT_SIGINFO]) || has(&[elf::NT_PRPSINFO]) && !is_kernel
}
