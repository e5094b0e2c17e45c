#![no_main]
#[path = "../bodies/maps.rs"]
mod body;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
