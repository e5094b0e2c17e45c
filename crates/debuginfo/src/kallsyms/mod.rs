//! kallsyms: the symbol table that a kernel has of itself (`kernel/kallsyms.c`, written by `scripts/kallsyms.c`).
//!
//! * [`KallsymsTables`] are the tables in the kernel's memory: names, compressed by a table of 256 tokens, and addresses,
//!   in one of several forms.
//! * [`find_tables`] finds them in kernels that do not tell where they are.
//! * [`parse_proc_kallsyms`] reads `/proc/kallsyms`, as the kernel shows them.

mod find;
mod letter;
mod proc;
mod symbols;
mod tables;

pub use find::{KallsymsPlace, find_tables};
pub use proc::{ModuleSymbol, parse_proc_kallsyms};
pub use symbols::Kallsyms;
pub use tables::{AddressTable, DamagedKallsyms, KallsymsTables};
