use std::fmt;

/// The build ID that the linker gives a file, from its `NT_GNU_BUILD_ID` note.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildId(Box<[u8]>);

impl BuildId {
    /// A build ID of these bytes; `None` if there are none or more than any linker makes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (1..=64).contains(&bytes.len()).then(|| Self(bytes.into()))
    }

    /// The bytes as they stand in the note.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildId({self})")
    }
}

impl std::str::FromStr for BuildId {
    type Err = InvalidBuildId;

    fn from_str(text: &str) -> Result<Self, InvalidBuildId> {
        let digits = text.as_bytes();
        if !digits.len().is_multiple_of(2) {
            return Err(InvalidBuildId);
        }
        let bytes: Option<Vec<u8>> = digits
            .chunks_exact(2)
            .map(|pair| {
                let pair = std::str::from_utf8(pair).ok()?;
                if pair.starts_with('+') {
                    return None;
                }
                u8::from_str_radix(pair, 16).ok()
            })
            .collect();
        bytes
            .and_then(|bytes| Self::new(&bytes))
            .ok_or(InvalidBuildId)
    }
}

/// A text that is no build ID: not 1 to 64 bytes in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidBuildId;

impl fmt::Display for InvalidBuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid build ID: expected 1 to 64 bytes in hexadecimal")
    }
}

impl std::error::Error for InvalidBuildId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_round_trip() {
        let id = BuildId::new(&[0x00, 0xab, 0x9f]).unwrap();
        assert_eq!(id.to_string(), "00ab9f");
        assert_eq!("00AB9f".parse(), Ok(id));
    }

    #[test]
    fn what_is_no_build_id_is_refused() {
        for text in ["", "a", "+1", "zz", "é0", &"00".repeat(65)] {
            assert_eq!(text.parse::<BuildId>(), Err(InvalidBuildId), "{text}");
        }
    }
}
