//! ELF Application Binary Interface s390x supplement 1.6, table 3.2.

use super::form::{Form, NONE, absolute, relative, thread_local};
use crate::constants::{self as elf, RelocationType};

pub(super) fn s390(kind: RelocationType) -> Option<Form> {
    Some(match kind {
        elf::R_390_NONE => NONE,
        elf::R_390_64 => absolute(8),
        elf::R_390_32 => absolute(4),
        elf::R_390_16 => absolute(2),
        elf::R_390_8 => absolute(1),
        elf::R_390_PC64 => relative(8),
        elf::R_390_PC32 => relative(4),
        elf::R_390_PC16 => relative(2),
        elf::R_390_TLS_LDO64 => thread_local(8, 0),
        elf::R_390_TLS_LDO32 => thread_local(4, 0),
        _ => return None,
    })
}
