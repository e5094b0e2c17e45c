#![no_main]
#[path = "../bodies/dwarf_sources.rs"]
mod body;
#[path = "../bodies/debug_file.rs"]
mod debug_file;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
