use std::fmt;

/// What an address means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AddressSpace {
    /// What the target's own code uses: the kernel's addresses, or those of the process.
    Virtual,
    /// What the memory bus of the target uses.
    Physical,
}

impl fmt::Display for AddressSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Virtual => "virtual",
            Self::Physical => "physical",
        })
    }
}
