#![no_main]
#[path = "../bodies/constants.rs"]
mod body;
#[path = "../bodies/hostile_target.rs"]
mod hostile_target;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
