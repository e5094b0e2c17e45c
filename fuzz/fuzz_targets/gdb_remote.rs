#![no_main]
#[path = "../bodies/gdb_remote.rs"]
mod body;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
