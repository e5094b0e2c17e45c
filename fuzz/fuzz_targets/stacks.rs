#![no_main]
#[path = "../bodies/any_os.rs"]
mod any_os;
#[path = "../bodies/stacks.rs"]
mod body;
#[path = "../bodies/sections.rs"]
mod sections;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
