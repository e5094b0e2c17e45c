use crate::constants::{self as elf, FileType, Machine};
use crate::error::ElfError;
use spelunk_base::{Architecture, ByteOrder, Cursor, Platform, Truncated};

/// The ELF header: what the file is, and where its tables stand.
#[derive(Clone, Debug)]
pub struct Header {
    /// Relocatable file, executable, shared object or core.
    pub kind: FileType,
    /// The machine's number.
    pub machine: Machine,
    /// The machine, the byte order and the width of addresses.
    pub platform: Platform,
    /// The address at which execution starts.
    pub entry: u64,
    pub(crate) segments: Table,
    pub(crate) sections: Table,
    pub(crate) section_names: u16,
}

/// A table of headers in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) offset: u64,
    pub(crate) entry_size: u16,
    pub(crate) count: u16,
}

impl Header {
    /// Size of the larger of the two headers.
    pub const MAX_SIZE: u64 = 64;

    /// Where the table of segments stands, the size of an entry and how many there are; in a file of
    /// a program all of them, as no count is too large for this header there.
    #[must_use]
    pub fn segment_table(&self) -> (u64, u16, u16) {
        let Table {
            offset,
            entry_size,
            count,
        } = self.segments;
        (offset, entry_size, count)
    }

    /// Parses the header at the start of `bytes`, of which [`Header::MAX_SIZE`] are enough.
    ///
    /// # Errors
    ///
    /// [`ElfError`] if there is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, ElfError> {
        if !bytes.starts_with(&elf::ELFMAG) {
            return Err(ElfError::NotElf);
        }
        let ident = |index: usize| bytes.get(index).copied().unwrap_or(0);
        let is_64_bit = match ident(4) {
            1 => false,
            2 => true,
            class => return Err(invalid("class", class)),
        };
        let byte_order = match ident(5) {
            1 => ByteOrder::Little,
            2 => ByteOrder::Big,
            encoding => return Err(invalid("data encoding", encoding)),
        };
        Self::parse_fields(bytes, is_64_bit, byte_order).map_err(|_| ElfError::Table {
            table: "ELF header",
            offset: 0,
            expected: 1,
            found: 0,
        })
    }

    fn parse_fields(
        bytes: &[u8],
        is_64_bit: bool,
        byte_order: ByteOrder,
    ) -> Result<Self, Truncated> {
        let address_size = if is_64_bit { 8 } else { 4 };
        let mut cursor = Cursor::new(bytes, byte_order);
        cursor.seek(16);
        let kind = FileType(cursor.u16()?);
        let machine = Machine(cursor.u16()?);
        let _version = cursor.u32()?;
        let entry = cursor.uint(address_size)?;
        let segments_offset = cursor.uint(address_size)?;
        let sections_offset = cursor.uint(address_size)?;
        let _flags = cursor.u32()?;
        let _header_size = cursor.u16()?;
        let mut table = |offset| -> Result<Table, Truncated> {
            Ok(Table {
                offset,
                entry_size: cursor.u16()?,
                count: cursor.u16()?,
            })
        };
        Ok(Self {
            kind,
            machine,
            platform: platform(machine, is_64_bit, byte_order),
            entry,
            segments: table(segments_offset)?,
            sections: table(sections_offset)?,
            section_names: cursor.u16()?,
        })
    }
}

fn invalid(field: &'static str, value: u8) -> ElfError {
    ElfError::Header {
        field,
        value: u64::from(value),
    }
}

fn platform(machine: Machine, is_64_bit: bool, byte_order: ByteOrder) -> Platform {
    let architecture = match (machine, is_64_bit) {
        (elf::EM_X86_64, _) => Architecture::X86_64,
        (elf::EM_386, _) => Architecture::I386,
        (elf::EM_AARCH64, _) => Architecture::Aarch64,
        (elf::EM_ARM, _) => Architecture::Arm,
        (elf::EM_PPC64, _) => Architecture::Ppc64,
        (elf::EM_RISCV, true) => Architecture::Riscv64,
        (elf::EM_RISCV, false) => Architecture::Riscv32,
        (elf::EM_S390, true) => Architecture::S390x,
        (elf::EM_S390, false) => Architecture::S390,
        (elf::EM_LOONGARCH, true) => Architecture::LoongArch64,
        _ => Architecture::Unknown,
    };
    Platform {
        architecture,
        byte_order,
        is_64_bit,
    }
}
