#![no_main]
#[path = "../bodies/hostile_target.rs"]
mod hostile_target;
#[path = "../bodies/type_name.rs"]
mod body;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
