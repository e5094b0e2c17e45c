//! Symbols: names of addresses, as linkers know them.
//!
//! A [`SymbolTable`] is made of an ELF file (`elf.rs`): its `.symtab`, or else its `.dynsym` and what MiniDebugInfo adds to
//! it; or of what a kernel keeps in its memory ([`kallsyms`](crate::kallsyms)).

mod elf;
mod name;
mod symbol;
mod table;
mod version;

pub use name::SymbolName;
pub use symbol::Symbol;
pub use table::SymbolTable;
pub(crate) use table::{Entry, Name};
