/// The two properties by which ELF files of one machine differ from those of another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encoding {
    /// Whether integers begin with their most significant byte.
    pub big_endian: bool,
    /// Whether addresses have 64 bits; else 32.
    pub is_64_bit: bool,
}

impl Encoding {
    /// That of x86-64.
    pub const LITTLE_64: Self = Self {
        big_endian: false,
        is_64_bit: true,
    };

    /// All four.
    pub const ALL: [Self; 4] = [
        Self::LITTLE_64,
        Self {
            big_endian: false,
            is_64_bit: false,
        },
        Self {
            big_endian: true,
            is_64_bit: true,
        },
        Self {
            big_endian: true,
            is_64_bit: false,
        },
    ];

    /// Size of an address in bytes.
    #[must_use]
    pub fn word(self) -> usize {
        if self.is_64_bit { 8 } else { 4 }
    }
}

/// Bytes being written in an encoding.
#[derive(Clone, Debug)]
pub struct Writer {
    /// What was written.
    pub bytes: Vec<u8>,
    encoding: Encoding,
}

impl Writer {
    /// Nothing yet.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self {
            bytes: Vec::new(),
            encoding,
        }
    }

    /// Whether integers begin with their most significant byte.
    #[must_use]
    pub fn is_big_endian(&self) -> bool {
        self.encoding.big_endian
    }

    /// Appends the lowest `size` bytes of `value`.
    pub fn uint(&mut self, value: u64, size: usize) -> &mut Self {
        let bytes = value.to_le_bytes();
        let bytes = bytes.iter().take(size).copied();
        if self.encoding.big_endian {
            self.bytes.extend(bytes.rev());
        } else {
            self.bytes.extend(bytes);
        }
        self
    }

    /// Appends a byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.uint(value.into(), 1)
    }

    /// Appends a 16-bit integer.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.uint(value.into(), 2)
    }

    /// Appends a 32-bit integer.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.uint(value.into(), 4)
    }

    /// Appends a 64-bit integer.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.uint(value, 8)
    }

    /// Appends an integer of the size of an address.
    pub fn word(&mut self, value: u64) -> &mut Self {
        self.uint(value, self.encoding.word())
    }

    /// Appends bytes.
    pub fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends zeros up to the next multiple of `alignment`.
    pub fn align(&mut self, alignment: usize) -> &mut Self {
        let size = self.bytes.len().next_multiple_of(alignment.max(1));
        self.pad_to(size)
    }

    /// Appends zeros up to `size` bytes.
    pub fn pad_to(&mut self, size: usize) -> &mut Self {
        if size > self.bytes.len() {
            self.bytes.resize(size, 0);
        }
        self
    }
}
