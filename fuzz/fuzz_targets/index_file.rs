#![no_main]
#[path = "../bodies/index_file.rs"]
mod body;
#[path = "../bodies/debug_file.rs"]
mod debug_file;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
