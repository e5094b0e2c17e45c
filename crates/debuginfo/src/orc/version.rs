/// How the entries of a table are encoded. It changed with the kernel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OrcVersion {
    /// Linux 4.14 to 6.2.
    V1,
    /// Linux 6.3 ("x86/unwind/orc: Add 'signal' field to ORC metadata").
    V2,
    /// Linux 6.4 to 7.0 ("x86,objtool: Split UNWIND_HINT_EMPTY in two").
    V3,
    /// Linux 7.1 and later: the registers are numbered anew.
    V4,
}

impl OrcVersion {
    /// The version that `.orc_header` names (Linux 6.4 and later; some 6.3.y): SHA-1 of the
    /// definitions in `orc_types.h` as `scripts/orc_hash.sh` picks them.
    #[must_use]
    pub fn find_by_header(header: &[u8]) -> Option<Self> {
        match header {
            b"\x41\x72\xd7\xae\xd5\x79\x9f\xbe\xa2\xfa\x86\x7d\xec\x38\x0b\x52\x65\x7d\x21\x32" => {
                Some(Self::V2)
            }
            b"\xfe\x5d\x32\xbf\x58\x1b\xd6\x3b\x2c\xa9\xa5\xc6\x5b\xa5\xa6\x25\xea\xb3\xfe\x24" => {
                Some(Self::V3)
            }
            b"\x13\x7c\x36\xad\x76\x27\xc4\xdd\x55\x93\x21\x76\xbb\x0e\xcd\xbd\x50\x41\xfc\x82" => {
                Some(Self::V4)
            }
            _ => None,
        }
    }
}
