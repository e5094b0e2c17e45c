use crate::error::{Damage, ImageError};
use crate::flattened::{FlattenedFile, is_flattened};
use crate::kdump::{self, Pages};
use crate::notes::StoredNote;
use crate::qemu::QemuCpuState;
use crate::utsname::Utsname;
use crate::vmcoreinfo::Vmcoreinfo;
use crate::{elf_core, plain as plain_format, vmcoreinfo_scan};
use spelunk_base::{ByteOrder, Cancel, Cancelled, Platform, Progress};
use spelunk_elf::{ReadAt, SectionData, open_decompressed_dump};
use spelunk_memory::{AddressSpace, FaultKind, Memory, Segment};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The format of a dump.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// An ELF core.
    Elf,
    /// The bytes of physical memory, from address 0 on.
    Raw,
    /// Ranges of physical memory, as LiME and AVML write them.
    Lime,
    /// A kdump-compressed file, with this version of its header.
    Kdump {
        /// 1 to 6.
        version: u32,
    },
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf => f.write_str("ELF core"),
            Self::Raw => f.write_str("raw image of memory"),
            Self::Lime => f.write_str("LiME image of memory"),
            Self::Kdump { version } => write!(f, "kdump-compressed, version {version}"),
        }
    }
}

/// What a dump is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetKind {
    /// A kernel.
    Kernel,
    /// A process.
    Process,
}

/// A part of a process's memory that the dump tells of and does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingRange {
    /// The addresses.
    pub range: Range<u64>,
    /// How reads of it fail: it was left out, or the file is cut off.
    pub kind: FaultKind,
}

/// An open dump: what it holds, and readers for its memory.
pub struct Image {
    pub(crate) format: Format,
    pub(crate) flattened: bool,
    pub(crate) target: TargetKind,
    pub(crate) platform: Option<Platform>,
    pub(crate) byte_order: ByteOrder,
    pub(crate) virtual_segments: Vec<Segment>,
    pub(crate) physical_segments: Vec<Segment>,
    /// Virtual addresses whose contents are not in the file.
    pub(crate) missing: Vec<MissingRange>,
    /// The physical addresses and sizes of what a file without pages holds, and no more than it
    /// can hold.
    pub(crate) stored: Vec<(u64, u64)>,
    /// The pages, where the format has such a thing.
    pub(crate) pages: Option<Arc<Pages>>,
    pub(crate) notes: Vec<StoredNote>,
    pub(crate) vmcoreinfo: Option<Vmcoreinfo>,
    pub(crate) utsname: Option<Utsname>,
    pub(crate) dump_level: Option<u32>,
    pub(crate) phys_base: Option<u64>,
    pub(crate) damage: Vec<Damage>,
}

impl Image {
    /// Opens the dump in the files at `paths`: one, or all parts of a split one in any order. What is
    /// compressed as a whole (zstd, LZ4, xz, gzip: systemd-coredump's) is decompressed.
    ///
    /// # Errors
    ///
    /// [`ImageError`] if a file cannot be opened or its headers cannot be understood. What is
    /// behind the headers may be cut off.
    pub fn open(paths: &[&Path]) -> Result<Self, ImageError> {
        let files = paths
            .iter()
            .map(|path| open_decompressed_dump(path).map_err(ImageError::Open))
            .collect::<Result<Vec<_>, _>>()?;
        Self::from_files(files)
    }

    /// As [`open`](Self::open), with files that are open, or in memory.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_files(files: Vec<Arc<dyn ReadAt>>) -> Result<Self, ImageError> {
        let mut damage = Vec::new();
        let mut flattened = false;
        let mut plain = Vec::with_capacity(files.len());
        for file in files {
            if is_flattened(&magic(&file)?) {
                flattened = true;
                plain.push(FlattenedFile::open(file, &mut damage)?);
            } else {
                plain.push(file);
            }
        }
        let first = plain.first().ok_or(ImageError::NoFiles)?;
        let first_magic = magic(first)?;
        let mut image = if kdump::is_kdump(&first_magic) {
            kdump::open(&plain)?
        } else if first_magic.starts_with(&spelunk_elf::constants::ELFMAG) {
            if let Some(second) = plain.get(1) {
                return Err(ImageError::NotParts {
                    file: second.name().to_owned(),
                    reason: "the first file is an ELF core, which is never split",
                });
            }
            elf_core::open(first)?
        } else if plain_format::is_lime(&first_magic) {
            plain_format::open_lime(first)?
        } else if plain.len() == 1 && plain_format::may_be_raw(first.as_ref()) {
            plain_format::open_raw(first)
        } else {
            return Err(ImageError::UnknownFormat {
                file: first.name().to_owned(),
            });
        };
        image.flattened = flattened;
        image.damage.splice(0..0, damage);
        Ok(image)
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether the file is in the flattened form.
    #[must_use]
    pub fn is_flattened(&self) -> bool {
        self.flattened
    }

    /// What the dump is of.
    #[must_use]
    pub fn target(&self) -> TargetKind {
        self.target
    }

    /// The machine, as far as the dump tells: from ELF's header, from the name of the machine in a
    /// kdump header or, where that is empty (QEMU), from the notes and VMCOREINFO.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        self.platform
    }

    /// The order of the bytes in integers of the headers, and so of the target.
    #[must_use]
    pub fn byte_order(&self) -> ByteOrder {
        self.byte_order
    }

    /// The memory that the dump holds, by virtual or by physical address, in the order in which
    /// [`SegmentMap`](spelunk_memory::SegmentMap) wants it: the last wins.
    ///
    /// The dump of a process has no physical segments. That of a kernel may have no virtual ones:
    /// then virtual addresses are for the page tables.
    #[must_use]
    pub fn segments(&self, space: AddressSpace) -> &[Segment] {
        match space {
            AddressSpace::Virtual => &self.virtual_segments,
            AddressSpace::Physical => &self.physical_segments,
        }
    }

    /// What of a process's memory the dump tells of and does not have. Files that were mapped may have
    /// it, where nothing wrote to it.
    #[must_use]
    pub fn missing_ranges(&self) -> &[MissingRange] {
        &self.missing
    }

    /// A memory of all segments.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let memory = Memory::default();
        for space in [AddressSpace::Virtual, AddressSpace::Physical] {
            let segments = self.segments(space).iter().cloned();
            memory.segments(space).add_all(segments);
        }
        memory
    }

    /// All notes, in order.
    #[must_use]
    pub fn notes(&self) -> &[StoredNote] {
        &self.notes
    }

    /// The descriptors of the `NT_PRSTATUS` notes, in order: of the CPUs that wrote one in the
    /// dump of a kernel (in the order of their numbers, but some may be missing), of the threads
    /// in that of a process.
    pub fn prstatus(&self) -> impl Iterator<Item = &[u8]> {
        self.notes
            .iter()
            .filter(|note| note.is_prstatus())
            .map(|note| &*note.desc)
    }

    /// The CPUs' states that QEMU wrote, in the order of their numbers; none if QEMU did not
    /// write the dump.
    pub fn qemu_cpus(&self) -> impl Iterator<Item = QemuCpuState> {
        self.notes
            .iter()
            .filter(|note| *note.name == *b"QEMU")
            .filter_map(|note| QemuCpuState::parse(&note.desc).ok())
    }

    /// What the kernel tells of itself, if the dump has it where it belongs; else see
    /// [`scan_for_vmcoreinfo`](Self::scan_for_vmcoreinfo).
    #[must_use]
    pub fn vmcoreinfo(&self) -> Option<&Vmcoreinfo> {
        self.vmcoreinfo.as_ref()
    }

    /// Takes `info` for what the kernel tells of itself, whatever the dump says.
    pub fn set_vmcoreinfo(&mut self, info: Vmcoreinfo) {
        self.platform = self.platform.or(info.platform());
        self.vmcoreinfo = Some(info);
    }

    /// Searches all physical memory for the kernel's own buffer of VMCOREINFO: for dumps made by
    /// a hypervisor that was not told where it is.
    ///
    /// Looks at the start of every page, which takes about a second per GiB where pages are
    /// compressed.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if `cancel` says so.
    pub fn scan_for_vmcoreinfo(
        &self,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Option<Vmcoreinfo>, Cancelled> {
        vmcoreinfo_scan::scan(self, cancel, progress)
    }

    /// The kernel's names and versions, where the format has them and they are not empty.
    #[must_use]
    pub fn utsname(&self) -> Option<&Utsname> {
        self.utsname.as_ref()
    }

    /// Which pages makedumpfile was told to leave out (its option `-d`), where the format says.
    #[must_use]
    pub fn dump_level(&self) -> Option<u32> {
        self.dump_level
    }

    /// The physical address that the kernel's image was moved by, where a kdump header tells it.
    #[must_use]
    pub fn phys_base(&self) -> Option<u64> {
        self.phys_base
    }

    /// What the dump should hold and does not.
    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }
}

fn magic(file: &Arc<dyn ReadAt>) -> Result<SectionData, ImageError> {
    SectionData::read(file, 0, 16).map_err(|error| ImageError::Read {
        file: file.name().to_owned(),
        error,
    })
}
