#![no_main]
#[path = "../bodies/dwarf_sections.rs"]
mod body;
#[path = "../bodies/debug_file.rs"]
mod debug_file;
#[path = "../bodies/section_files.rs"]
mod section_files;
#[path = "../bodies/sections.rs"]
mod sections;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
