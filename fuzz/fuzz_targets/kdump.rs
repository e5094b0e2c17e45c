#![no_main]
#[path = "../bodies/kdump.rs"]
mod body;
#[path = "../bodies/open_image.rs"]
mod open_image;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
