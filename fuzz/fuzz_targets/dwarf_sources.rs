#![no_main]
#[path = "../bodies/dwarf_sources.rs"]
mod body;
#[path = "../bodies/dwarf_types.rs"]
mod dwarf_types;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
