#![no_main]
#[path = "../bodies/code_sections.rs"]
mod body;
#[path = "../bodies/frames.rs"]
mod frames;
#[path = "../bodies/sections.rs"]
mod sections;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
