#![no_main]
#[path = "../bodies/any_os.rs"]
mod any_os;
#[path = "../bodies/module_lists.rs"]
mod body;
libfuzzer_sys::fuzz_target!(|data: &[u8]| body::run(data));
